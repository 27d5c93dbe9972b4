//! Results that are almost known, and the test that tells whether their rounding is.
//!
//! A. Ziv, "Fast evaluation of elementary mathematical functions with correctly rounded last bit" (1991): where both
//! ends of the interval that holds the exact result round to the same float, it is that float.

use super::carry::{Carry, two_sum};
use super::digits::{BLOCK, Chain, Rows, halves, square};
use crate::exact::Rounding;
use crate::select::quantile::Position;

/// A number within `doubt` of `center + offset`. A doubt of zero says that it is exactly that.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Near {
    pub(super) center: f64,
    pub(super) offset: f64,
    pub(super) doubt: f64,
}

/// Below this, numbers are left to exact arithmetic: their rounding errors may be subnormal.
const TINY: f64 = f64::from_bits(0x07b0_0000_0000_0000); // 2^-900

/// A float type that results over windows are rounded to: `f64` or `f32`.
pub trait Settled: Rounding + PartialEq + std::fmt::Debug + Send + Sync {
    /// What stands for no result in a column with nulls.
    const MISSING: Self;
    /// The canonical quiet NaN.
    const NAN: Self;
    #[doc(hidden)]
    fn settle(center: f64, offset: f64, doubt: f64) -> (Self, bool);
    /// The results as floats of 64 bits, if they are.
    #[doc(hidden)]
    fn as_f64(_results: &mut [Self; BLOCK]) -> Option<&mut Rows> {
        None
    }
    /// The float nearest to `value`, the canonical NaN for NaN.
    fn nearest_of(value: f64) -> Self;
    /// The value at `position` between two, rounded once.
    fn between(position: &Position, low: f64, high: f64) -> Self;
    #[doc(hidden)]
    fn mean_of_exact(_sum: Near, _count: f64) -> Option<Self> {
        None
    }
}

impl Settled for f64 {
    const MISSING: f64 = super::plan::MISSING;
    const NAN: f64 = f64::from_bits(0x7ff8_0000_0000_0000);

    #[inline(always)]
    fn settle(center: f64, offset: f64, doubt: f64) -> (f64, bool) {
        let low = center + (offset - doubt);
        let high = center + (offset + doubt);
        (low, low == high)
    }

    #[inline(always)]
    fn as_f64(results: &mut [f64; BLOCK]) -> Option<&mut Rows> {
        Some(results)
    }

    #[inline(always)]
    fn nearest_of(value: f64) -> f64 {
        if value.is_nan() { Self::NAN } else { value }
    }

    fn between(position: &Position, low: f64, high: f64) -> f64 {
        position.of_floats(low, high)
    }

    fn mean_of_exact(sum: Near, count: f64) -> Option<f64> {
        mean_of_exact(sum, count)
    }
}

impl Settled for f32 {
    const MISSING: f32 = super::plan::MISSING_32;
    const NAN: f32 = f32::from_bits(0x7fc0_0000);

    #[inline(always)]
    fn nearest_of(value: f64) -> f32 {
        if value.is_nan() { Self::NAN } else { value as f32 }
    }

    fn between(position: &Position, low: f64, high: f64) -> f32 {
        position.of_floats_to_f32(low, high)
    }

    #[inline(always)]
    fn settle(center: f64, offset: f64, doubt: f64) -> (f32, bool) {
        let low = center + (offset - doubt);
        let high = center + (offset + doubt);
        // Rounding twice goes wrong only by way of a float halfway between two of 32 bits. Below the normal numbers of
        // 32 bits these lie elsewhere.
        let is_half = |x: f64| x.to_bits() & 0x1fff_ffff == 0x1000_0000;
        let is_small = low.abs() < f64::from(2.0 * f32::MIN_POSITIVE);
        let is_exact = offset == 0.0 && doubt == 0.0;
        let is_sure = low as f32 == high as f32 && !(is_half(low) | is_half(high) | is_small);
        (low as f32, is_sure | is_exact)
    }
}

/// What the sum is at a row of a chain: carried, and running.
#[inline(always)]
pub(super) fn sum_at(carry: &Carry, error: f64, chain: &Chain<'_>, row: usize) -> Near {
    let [first, second, third] = carry.parts;
    let high = chain.high[row] + chain.high_before;
    let low = chain.low[row] + chain.low_before;
    let (sum, rest) = two_sum(first, high);
    let (low, lower) = two_sum(low, second);
    let (middle, lowest) = two_sum(rest, low);
    let (center, rest) = two_sum(sum, middle);
    let tail = (lowest + lower) + third;
    let offset = rest + tail;
    let tails = (lowest.abs() + lower.abs()) + third.abs();
    let rounded = error + tails;
    // The tail's additions err by two ulps of its parts at most, the offset's by half of its own.
    let doubt =
        (error + tails * f64::EPSILON * 2.0) * (1.0 + f64::EPSILON * 8.0) + offset.abs() * f64::EPSILON;
    Near { center, offset, doubt: if rounded == 0.0 { 0.0 } else { doubt } }
}

/// A result of `D` running sums over `count` values.
pub(super) trait Finish<const D: usize>: Copy {
    fn finish(self, sums: [Near; D], count: f64) -> Near;
}

/// The sum itself.
#[derive(Clone, Copy)]
pub(super) struct Total;

impl Finish<1> for Total {
    #[inline(always)]
    fn finish(self, [sum]: [Near; 1], _: f64) -> Near {
        sum
    }
}

/// A mean of a number of values that is a power of two: no division rounds.
#[derive(Clone, Copy)]
pub(super) struct Scaled(pub(super) f64);

impl Finish<1> for Scaled {
    #[inline(always)]
    fn finish(self, [sum]: [Near; 1], _: f64) -> Near {
        let is_tiny = sum.center != 0.0 && sum.center.abs() < TINY;
        Near {
            center: sum.center * self.0,
            offset: sum.offset * self.0,
            doubt: if is_tiny { f64::INFINITY } else { sum.doubt * self.0 },
        }
    }
}

/// A mean of fewer than 2^26 values.
#[derive(Clone, Copy)]
pub(super) struct Mean;

impl Finish<1> for Mean {
    #[inline(always)]
    fn finish(self, [sum]: [Near; 1], count: f64) -> Near {
        let quotient = sum.center / count;
        let rest = remainder(sum.center, quotient, count) + sum.offset;
        let offset = rest / count;
        let is_tiny = sum.center != 0.0 && quotient.abs() < TINY;
        let doubt = offset.abs() * (f64::EPSILON * 4.0) + sum.doubt / count * (1.0 + f64::EPSILON * 8.0);
        Near { center: quotient, offset, doubt: if is_tiny { f64::INFINITY } else { doubt } }
    }
}

/// `dividend - quotient * divisor`, exact where the quotient is within an ulp or so and the divisor is a whole number
/// of at most 26 bits.
#[inline(always)]
pub(super) fn remainder(dividend: f64, quotient: f64, divisor: f64) -> f64 {
    let (upper, lower) = halves(quotient);
    (dividend - upper * divisor) - lower * divisor
}

/// The exact number `center + offset` over `count`, rounded to nearest, ties to even: for the means that lie so near
/// to the middle of two floats that no interval tells. `None` where that cannot be seen without wider numbers.
pub(super) fn mean_of_exact(sum: Near, count: f64) -> Option<f64> {
    let near = Mean.finish([sum], count);
    let low = near.center + (near.offset - near.doubt);
    let high = near.center + (near.offset + near.doubt);
    if sum.doubt != 0.0 || low.next_up() != high || low.abs() <= TINY || low.signum() != high.signum() {
        return None;
    }
    let half = (high - low) * 0.5; // exact: a power of two
    let beyond = remainder(sum.center, low, count) - half * count;
    Some(match beyond.partial_cmp(&-sum.offset)? {
        std::cmp::Ordering::Less => low,
        std::cmp::Ordering::Greater => high,
        std::cmp::Ordering::Equal if low.to_bits() & 1 == 0 => low,
        std::cmp::Ordering::Equal => high,
    })
}

/// `Σ(x - mean)² / (n - ddof)` of fewer than 2^26 values.
#[derive(Clone, Copy)]
pub(super) struct Variance(pub(super) f64);

impl Finish<2> for Variance {
    #[inline(always)]
    fn finish(self, [sum, squares]: [Near; 2], count: f64) -> Near {
        let Variance(ddof) = self;
        let (s, s_rest) = two_sum(sum.center, sum.offset);
        let (t, t_rest) = two_sum(squares.center, squares.offset);
        // n Σx² - (Σx)², each product as two floats.
        let product = count * t;
        let (upper, lower) = halves(t);
        let product_rest = (upper * count - product) + lower * count;
        let (square, square_rest) = square(s);
        let (difference, lost) = two_sum(product, -square);
        let rest = lost + ((product_rest - square_rest) + (count * t_rest - 2.0 * s * s_rest));
        let (a, a_rest) = two_sum(difference, rest);
        let two_to_minus_98 = f64::EPSILON * f64::EPSILON * 64.0;
        let doubt = count * squares.doubt
            + 2.0 * s.abs() * sum.doubt
            + sum.doubt * sum.doubt
            + (product + square) * two_to_minus_98;
        let divisor = count * (count - ddof);
        let quotient = a / divisor;
        let (upper, lower) = halves(quotient);
        let (divisor_upper, divisor_lower) = halves(divisor);
        let left = ((a - upper * divisor_upper) - (upper * divisor_lower + lower * divisor_upper))
            - lower * divisor_lower
            + a_rest;
        let offset = left / divisor;
        let doubt = doubt / divisor * (1.0 + f64::EPSILON * 64.0)
            + offset.abs() * (f64::EPSILON * 8.0)
            + quotient.abs() * two_to_minus_98;
        // Nothing is said of what is not clearly above zero.
        let is_clear = quotient > TINY && quotient > doubt * 4.0;
        Near { center: quotient, offset, doubt: if is_clear { doubt } else { f64::INFINITY } }
    }
}

/// The square root of [`Variance`].
#[derive(Clone, Copy)]
pub(super) struct Deviation(pub(super) f64);

impl Finish<2> for Deviation {
    #[inline(always)]
    fn finish(self, sums: [Near; 2], count: f64) -> Near {
        let variance = Variance(self.0).finish(sums, count);
        let root = variance.center.sqrt();
        let (product, rest) = square(root);
        let left = ((variance.center - product) - rest) + variance.offset;
        let offset = left / (2.0 * root);
        // Newton's step leaves offset² / 2 root; an offset is a few ulps of the root.
        let doubt = variance.doubt / root
            + offset.abs() * (f64::EPSILON * 8.0)
            + root * (f64::EPSILON * f64::EPSILON * 64.0)
            + offset * offset / root;
        Near { center: root, offset, doubt }
    }
}
