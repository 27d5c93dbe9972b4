//! Products as the nearest float and its error, `x y = p + e` without rounding.
//!
//! `p` is one rounded product; `e = x y - p` is a float too, which one fused operation gives (T. J. Dekker 1971,
//! W. Kahan). Each is summed on two levels of 52 bits, as values are for a sum alone. Where no product is longer
//! than 53 bits there is no `e`, and every level can do this.

use super::vectors::{Push, for_each_vector, for_each_vector_and_scan};
use crate::arch::Simd;
use crate::exact::accumulator::Accumulator;
use crate::exact::block::bounds::{Bounds, Scan};
use crate::exact::block::digits::{magic, total};

/// Units of the levels of `p` and then of `e`, below the top of the products: `|p| <= 2^top` in units of
/// `2^(top - 51)` and what is left of it in the next; `|e| <= 2^(top - 54)`, half a unit in the last place, so too.
const UNITS: [i32; 4] = [-51, -103, -105, -157];

/// Whether products of values within these bounds need their errors summed, or `None` where the levels do not
/// reach low enough.
pub(super) fn errors_needed(bounds: [Bounds; 2]) -> Option<bool> {
    let [x, y] = bounds;
    let (top, low, least) = (x.top + y.top, x.low + y.low, x.least + y.least);
    // A rounded product is a multiple of its last place, and of the product of the grids.
    let last_place = (least - 52).max(low);
    let with_errors = low < top - 53;
    (last_place >= top + UNITS[1] && (!with_errors || low >= top + UNITS[3])).then_some(with_errors)
}

/// Adds the sum of `x[i] * y[i]`.
#[inline(always)]
pub(super) fn add_products<S: Simd, const WITH_ERRORS: bool>(
    simd: S,
    x: &[f64],
    y: &[f64],
    tops: [i32; 2],
    sum: &mut Accumulator,
) {
    let mut lanes = Products::<S, WITH_ERRORS>::new(simd, tops);
    let count = for_each_vector(simd, x, y, &mut lanes);
    lanes.flush(count, tops, sum);
}

/// Adds the sum of `x[i] * y[i]`, and reads as many values that come next.
#[inline(always)]
pub(super) fn add_and_scan<S: Simd, const WITH_ERRORS: bool>(
    simd: S,
    x: &[f64],
    y: &[f64],
    next: [&[f64]; 2],
    tops: [i32; 2],
    sum: &mut Accumulator,
) -> [Scan; 2] {
    let mut lanes = Products::<S, WITH_ERRORS>::new(simd, tops);
    let (count, scans) = for_each_vector_and_scan(simd, x, y, next, &mut lanes);
    lanes.flush(count, tops, sum);
    scans
}

struct Products<S: Simd, const WITH_ERRORS: bool> {
    simd: S,
    magic: [S::F64; 4],
    sums: [S::I64; 4],
}

impl<S: Simd, const WITH_ERRORS: bool> Push<S> for Products<S, WITH_ERRORS> {
    #[inline(always)]
    fn push(&mut self, x: S::F64, y: S::F64) {
        let product = self.simd.mul(x, y);
        self.push_levels(product, 0);
        if WITH_ERRORS {
            let error = self.simd.product_error(x, y, product);
            self.push_levels(error, 2);
        }
    }
}

impl<S: Simd, const WITH_ERRORS: bool> Products<S, WITH_ERRORS> {
    #[inline(always)]
    fn new(simd: S, tops: [i32; 2]) -> Self {
        let magic = UNITS.map(|unit| simd.splat(magic(unit + tops[0] + tops[1])));
        Self { simd, magic, sums: [simd.splat_integer(0); 4] }
    }

    #[inline(always)]
    fn flush(&self, count: usize, tops: [i32; 2], sum: &mut Accumulator) {
        let levels = if WITH_ERRORS { 4 } else { 2 };
        for (unit, &lane) in UNITS.iter().zip(&self.sums).take(levels) {
            let unit = unit + tops[0] + tops[1];
            sum.add_i64(total(self.simd, lane, count, unit), unit);
        }
    }

    #[inline(always)]
    fn push_levels(&mut self, value: S::F64, level: usize) {
        let simd = self.simd;
        let high = simd.add(value, self.magic[level]);
        let rest = simd.sub(value, simd.sub(high, self.magic[level]));
        let low = simd.add(rest, self.magic[level + 1]);
        self.sums[level] = simd.add_integers(self.sums[level], simd.bits(high));
        self.sums[level + 1] = simd.add_integers(self.sums[level + 1], simd.bits(low));
    }
}
