//! The sum of a window kept in two digits on fixed grids, exact from row to row: the way of ordinary values.
//!
//! Where all values are below `2^(m - 12)` and multiples of `2^(m - 95)` (they lie within 31 binades, or have bits to
//! spare), adding and subtracting `1.5 * 2^m` splits each in a multiple of `2^(m - 52)` and a rest of at most
//! `2^(m - 53)` (S. M. Rump, T. Ogita and S. Oishi, "Accurate floating-point summation", 2008). Over the [`BLOCK`]
//! differences of a block, the sum of the upper digits stays below `2^m`, that of the lower ones below `2^(m - 42)`: 53
//! bits each, so that no addition rounds, whatever its order, and the sum is known exactly at every row. Between blocks
//! what the lower digits have gathered moves up.
//!
//! A sum of all rows outgrows its values, and the grid is the sum's. There the lower digits move up after every vector: of
//! eight values they gather less than `2^(m - 49)`, and the values may be multiples of `2^(m - 102)`.

use super::carry::{Carry, two_sum};
use super::digits::{BLOCK, Bounds, Rows, power_of_two};
use super::near::{Near, Settled, remainder};
use crate::arch::Simd;

/// Exponents of grids whose digits, and what is computed from them, stay far from the ends of the floats.
const GRIDS: (i32, i32) = (-700, 900);

/// Binades below a grid's that values reach, of moving windows and of growing ones.
const REACH: [i32; 2] = [43, 50];

/// Rows by which a mean may be divided here.
pub(super) const COUNT_MAX: usize = 1 << 25;

/// The share of a mean's correction by which it may be wrong: it takes three roundings.
const DOUBT: f64 = 1.0 / (1u64 << 48) as f64;

/// An exact sum on its grid.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sliding {
    high: f64,
    low: f64,
    /// `m`.
    grid: i32,
    /// The exponents of values are the grid's less this at least.
    reach: i32,
    /// Rows from here on are known to be within the bounds of the grid.
    pub(super) known_from: usize,
}

impl Sliding {
    /// The carried sum, on a grid for it and for values within `bounds`, where nothing leaves the window if it `grows`;
    /// `None` if there is no such grid, or if the sum is not known exactly.
    pub(super) fn new(carry: &Carry, bounds: &Bounds, known_from: usize, grows: bool) -> Option<Self> {
        let [first, second, third] = carry.parts;
        let is_exact = carry.error == 0.0 && first.abs() < f64::MAX / 4.0;
        if !is_exact {
            return None;
        }
        // A binade to spare for the values, and for the sum.
        let sum_exponent = (first.to_bits() >> 52 & 0x7ff) as i32 - 1022;
        let grid = (bounds.exponent() + 13).max(sum_exponent + 3).max(GRIDS.0);
        if grid > GRIDS.1 {
            return None;
        }
        let reach = REACH[usize::from(grows)];
        let mut sliding = Self { high: 0.0, low: 0.0, grid, reach, known_from };
        let (upper, lower) = (sliding.magic(), 1.5 * power_of_two(grid - reach));
        for part in [first, second, third] {
            let high = (part + upper) - upper;
            let low = part - high;
            if (low + lower) - lower != low {
                return None;
            }
            sliding.high += high;
            sliding.low += low;
        }
        sliding.reaches(bounds).then_some(sliding)
    }

    /// Whether the digits of values within `bounds` are on the grid, and the sum stays on it for a block of them.
    #[inline(always)]
    pub(super) fn reaches(&self, bounds: &Bounds) -> bool {
        bounds.exponent() <= self.grid - 12
            && bounds.least_exponent() >= self.grid - self.reach
            && self.high.abs() <= power_of_two(self.grid - 1)
    }

    /// The sum as it is carried.
    pub(super) fn carry(&self) -> Carry {
        let (first, second) = two_sum(self.high, self.low);
        Carry { parts: [first, second, 0.0], error: 0.0 }
    }

    fn magic(&self) -> f64 {
        1.5 * power_of_two(self.grid)
    }

    /// Takes in the rows of a block within the bounds of the grid, takes out others, and hands the sum at each row to `out`.
    #[inline(always)]
    pub(super) fn advance<S: Simd>(
        &mut self,
        simd: S,
        entering: &Rows,
        leaving: Option<&Rows>,
        out: &mut impl Sums<S>,
    ) {
        match leaving {
            Some(leaving) => self.advance_by(simd, entering, simd.vectors(leaving).0, out),
            None => self.advance_by(simd, entering, &[], out),
        }
    }

    /// As [`Sliding::advance`], by vectors; no rows leave a window that grows.
    #[inline(always)]
    fn advance_by<S: Simd>(
        &mut self,
        simd: S,
        entering: &Rows,
        leaving: &[S::Floats],
        out: &mut impl Sums<S>,
    ) {
        let grows = leaving.is_empty();
        let magic = simd.splat(self.magic());
        let moved = (self.low + self.magic()) - self.magic();
        let mut high_before = simd.splat(self.high + moved);
        let mut low_before = simd.splat(self.low - moved);
        for (at, new) in simd.vectors(entering).0.iter().enumerate() {
            let new = simd.load(new);
            let mut high = simd.sub(simd.add(new, magic), magic);
            let mut low = simd.sub(new, high);
            if !grows {
                let old = simd.load(&leaving[at]);
                let old_high = simd.sub(simd.add(old, magic), magic);
                high = simd.sub(high, old_high);
                low = simd.sub(low, simd.sub(old, old_high));
            }
            let (high_sums, low_sums) = (simd.exact_running_sums(high), simd.exact_running_sums(low));
            out.take(simd, at, simd.add(high_sums, high_before), simd.add(low_sums, low_before));
            high_before = simd.add(high_before, simd.splat_last(high_sums));
            low_before = simd.add(low_before, simd.splat_last(low_sums));
            if grows {
                let moved = simd.sub(simd.add(low_before, magic), magic);
                high_before = simd.add(high_before, moved);
                low_before = simd.sub(low_before, moved);
            }
        }
        let mut lanes = [0.0; 8];
        simd.store(high_before, &mut simd.vectors_mut(&mut lanes).0[0]);
        self.high = lanes[0];
        simd.store(low_before, &mut simd.vectors_mut(&mut lanes).0[0]);
        self.low = lanes[0];
    }
}

/// Where sums go.
pub(super) trait Sums<S: Simd> {
    /// Takes the sums of vector `at` of a block's rows: `high + low`, exactly.
    fn take(&mut self, simd: S, at: usize, high: S::F64, low: S::F64);
}

/// Sums, each rounded once.
pub(super) struct Rounded<'a, S: Simd>(pub(super) &'a mut [S::Floats]);

impl<S: Simd> Sums<S> for Rounded<'_, S> {
    #[inline(always)]
    fn take(&mut self, simd: S, at: usize, high: S::F64, low: S::F64) {
        simd.store(simd.add(high, low), &mut self.0[at]);
    }
}

/// Sums, rounded, and what rounding left.
pub(super) struct Parted<'a, S: Simd> {
    pub(super) sums: &'a mut [S::Floats],
    pub(super) rests: &'a mut [S::Floats],
}

impl<S: Simd> Sums<S> for Parted<'_, S> {
    #[inline(always)]
    fn take(&mut self, simd: S, at: usize, high: S::F64, low: S::F64) {
        // D. E. Knuth's TwoSum.
        let sum = simd.add(high, low);
        let low_seen = simd.sub(sum, high);
        let rest = simd.add(simd.sub(high, simd.sub(sum, low_seen)), simd.sub(low, low_seen));
        simd.store(sum, &mut self.sums[at]);
        simd.store(rest, &mut self.rests[at]);
    }
}

/// The sums, rounded; whether all are certain.
#[inline(always)]
pub(super) fn settle_sums<T: Settled>(sums: &Rows, rests: &Rows, results: &mut [T; BLOCK]) -> bool {
    let mut is_sure = true;
    for (row, result) in results.iter_mut().enumerate() {
        let (settled, is_certain) = T::settle(sums[row], rests[row], 0.0);
        *result = settled;
        is_sure &= is_certain;
    }
    is_sure
}

/// The means of `count` (fewer than [`COUNT_MAX`]) values, rounded; whether all are certain.
#[inline(always)]
pub(super) fn settle_means<S: Simd, T: Settled>(
    simd: S,
    count: f64,
    sums: &Rows,
    rests: &Rows,
    results: &mut [T; BLOCK],
) -> bool {
    let inverse = 1.0 / count;
    let mut is_sure = true;
    for (row, result) in results.iter_mut().enumerate() {
        let sum = Near { center: sums[row], offset: rests[row], doubt: 0.0 };
        let mean = mean_of(simd, sum, count, inverse);
        let (settled, is_certain) = T::settle(mean.center, mean.offset, mean.doubt);
        *result = settled;
        is_sure &= is_certain;
    }
    is_sure
}

/// An exact sum over `count`, of which `inverse` is the rounded inverse.
///
/// The product of both is within two ulps of the quotient, so that what it leaves of the sum is a float.
#[inline(always)]
pub(super) fn mean_of<S: Simd>(_: S, sum: Near, count: f64, inverse: f64) -> Near {
    let center = sum.center * inverse;
    let left =
        if S::FUSED { center.mul_add(-count, sum.center) } else { remainder(sum.center, center, count) };
    let offset = (left + sum.offset) * inverse;
    Near { center, offset, doubt: offset.abs() * DOUBT }
}
