//! Sine, cosine and tangent: reduction by `pi/2` in four parts, Taylor series on `[-pi/4, pi/4]`.
//!
//! Cody and Waite, "Software Manual for the Elementary Functions" (1980); Payne and Hanek, "Radian reduction for
//! trigonometric functions" (1983), for arguments of 2^20 and more. The reduced argument is a pair, good to 2^-62 of
//! itself whatever cancels.

use super::double_double::{DoubleDouble, fast_two_sum, split, two_sum};
use super::tables::TWO_OVER_PI;
use super::{ROUND, Unary};

const TWO_BY_PI: f64 = f64::from_bits(0x3fe4_5f30_6dc9_c883);
/// `pi/2` in three parts of 33 bits, whose products with 20 bits are exact, and a rest.
const PARTS: [f64; 4] = [
    f64::from_bits(0x3ff9_21fb_5440_0000),
    f64::from_bits(0x3dd0_b461_1a60_0000),
    f64::from_bits(0x3ba3_198a_2e00_0000),
    f64::from_bits(0x397b_839a_2520_49c1),
];
pub(super) const HALF_PI: DoubleDouble =
    DoubleDouble::new(f64::from_bits(0x3ff9_21fb_5444_2d18), f64::from_bits(0x3c91_a626_3314_5c07));

/// Below, `x` itself is the sine and the tangent, zero with its sign.
const TINY: f64 = 1.0 / (1u64 << 27) as f64;
/// From here on the parts' products are no longer exact.
const HUGE: f64 = (1u64 << 20) as f64;

/// The quadrant (its lower two bits) and the rest of `x`, `|x| < HUGE`.
#[inline(always)]
fn reduced(x: f64) -> (u64, DoubleDouble) {
    let shifted = x * TWO_BY_PI + ROUND;
    let k = shifted - ROUND;
    let first = two_sum(x - k * PARTS[0], -(k * PARTS[1]));
    let second = two_sum(first.high, -(k * PARTS[2]));
    let low = first.low + second.low - k * PARTS[3];
    (shifted.to_bits(), fast_two_sum(second.high, low))
}

/// The same for any finite `x` of [`HUGE`] and more.
fn reduced_huge(x: f64) -> (u64, DoubleDouble) {
    let bits = x.abs().to_bits();
    let mantissa = bits & 0x000f_ffff_ffff_ffff | 1 << 52;
    let exponent = (bits >> 52) as usize - 1075 + 128;
    // Bits of 2/pi above this window contribute multiples of four quadrants; the table begins with 64 zeros.
    let start = exponent - 128 + 62;
    let word = |index: usize| {
        let at = start + 64 * index;
        let pair = u128::from(TWO_OVER_PI[at / 64]) << 64 | u128::from(TWO_OVER_PI[at / 64 + 1]);
        (pair >> (64 - at % 64)) as u64
    };
    let products = [2, 1, 0].map(|index| u128::from(word(index)) * u128::from(mantissa));
    // The lowest 192 bits of the product: two of quadrant, 190 of fraction.
    let low = products[0] as u64;
    let middle = (products[0] >> 64) + u128::from(products[1] as u64);
    let high = (middle >> 64) as u64;
    let high = high.wrapping_add((products[1] >> 64) as u64).wrapping_add(products[2] as u64);
    let middle = middle as u64;
    let quadrant = high >> 62;
    // The fraction as a signed part of 2^192: above a half it belongs to the next quadrant.
    let upper = u128::from(high << 2 | middle >> 62) << 64 | u128::from(middle << 2 | low >> 62);
    let lower = low << 2;
    let is_above = upper >> 127 == 1;
    let (upper, lower) =
        if is_above { (!upper + u128::from(lower == 0), lower.wrapping_neg()) } else { (upper, lower) };
    let zeros = upper.leading_zeros();
    let lead = if zeros == 0 { upper } else { upper << zeros | u128::from(lower) << 64 >> (128 - zeros) };
    let size = f64::from_bits((1023 - 128 - u64::from(zeros)) << 52);
    let top = (lead >> 75) as f64 * 2.0f64.powi(75);
    let rest = (lead & ((1 << 75) - 1)) as f64;
    let rest = DoubleDouble::new(top * size, rest * size).times(HALF_PI);
    let quadrant = quadrant + u64::from(is_above);
    if x < 0.0 {
        (quadrant.wrapping_neg(), rest.signed(!is_above))
    } else {
        (quadrant, rest.signed(is_above))
    }
}

/// Sine and cosine of a pair within `[-pi/4, pi/4]`; the first terms left out are below 2^-62 of the results.
#[inline(always)]
fn sine_and_cosine(r: DoubleDouble) -> (DoubleDouble, DoubleDouble) {
    let x = r.high;
    let z = x * x;
    let (x1, x0) = split(x);
    let z_low = (x1 * x1 - z) + x0 * (x + x1);
    let odd = -1.0 / 6.0
        + z * (1.0 / 120.0
            + z * (-1.0 / 5040.0
                + z * (1.0 / 362_880.0
                    + z * (-1.0 / 39_916_800.0
                        + z * (1.0 / 6_227_020_800.0
                            + z * (-1.0 / 1_307_674_368_000.0 + z * (1.0 / 355_687_428_096_000.0)))))));
    let even = 1.0 / 24.0
        + z * (-1.0 / 720.0
            + z * (1.0 / 40_320.0
                + z * (-1.0 / 3_628_800.0
                    + z * (1.0 / 479_001_600.0
                        + z * (-1.0 / 87_178_291_200.0
                            + z * (1.0 / 20_922_789_888_000.0 + z * (-1.0 / 6_402_373_705_728_000.0)))))));
    let half = 0.5 * z;
    let sine = fast_two_sum(x, x * z * odd + r.low * (1.0 - half));
    let head = fast_two_sum(1.0, -half);
    let cosine = fast_two_sum(head.high, z * z * even + (head.low - 0.5 * z_low - x * r.low));
    (sine, cosine)
}

#[inline(always)]
fn sine_of((quadrant, r): (u64, DoubleDouble)) -> f64 {
    let (sine, cosine) = sine_and_cosine(r);
    cosine.or(sine, quadrant & 1 == 1).signed(quadrant & 2 == 2).rounded()
}

#[inline(always)]
fn tangent_of((quadrant, r): (u64, DoubleDouble)) -> f64 {
    let (sine, cosine) = sine_and_cosine(r);
    let odd = quadrant & 1 == 1;
    cosine.signed(true).or(sine, odd).over(sine.or(cosine, odd)).rounded()
}

pub(super) struct Sin;

impl Unary for Sin {
    #[inline(always)]
    fn common(x: f64) -> (f64, bool) {
        (if x.abs() < TINY { x } else { sine_of(reduced(x)) }, x.abs() < HUGE)
    }

    fn rare(x: f64) -> f64 {
        if x.is_finite() { sine_of(reduced_huge(x)) } else { f64::NAN }
    }
}

pub(super) struct Cos;

impl Unary for Cos {
    #[inline(always)]
    fn common(x: f64) -> (f64, bool) {
        let (quadrant, r) = reduced(x);
        (sine_of((quadrant + 1, r)), x.abs() < HUGE)
    }

    fn rare(x: f64) -> f64 {
        if !x.is_finite() {
            return f64::NAN;
        }
        let (quadrant, r) = reduced_huge(x);
        sine_of((quadrant.wrapping_add(1), r))
    }
}

pub(super) struct Tan;

impl Unary for Tan {
    #[inline(always)]
    fn common(x: f64) -> (f64, bool) {
        (if x.abs() < TINY { x } else { tangent_of(reduced(x)) }, x.abs() < HUGE)
    }

    fn rare(x: f64) -> f64 {
        if x.is_finite() { tangent_of(reduced_huge(x)) } else { f64::NAN }
    }
}
