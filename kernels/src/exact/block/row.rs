//! A row of positions of a product, and their integer sums.

use super::digits::{magic, total};
use crate::arch::Simd;
use crate::exact::accumulator::Accumulator;

/// Integer sums of bit patterns, and the magic numbers that put floats into them.
pub(super) struct Row<S: Simd, const N: usize> {
    pub(super) magic: [S::F64; N],
    pub(super) sum: [S::I64; N],
}

impl<S: Simd, const N: usize> Row<S, N> {
    /// Position `k` in units of `2^(first - k width)`.
    #[inline(always)]
    pub(super) fn new(simd: S, first: i32, width: i32) -> Self {
        let mut magics = [simd.splat(0.0); N];
        let mut unit = first;
        for entry in &mut magics {
            *entry = simd.splat(magic(unit));
            unit -= width;
        }
        Row { magic: magics, sum: [simd.splat_integer(0); N] }
    }

    /// Adds what was added to `self.magic[k]`.
    #[inline(always)]
    pub(super) fn push(&mut self, simd: S, k: usize, rounded: S::F64) {
        self.sum[k] = simd.add_integers(self.sum[k], simd.bits(rounded));
    }

    #[inline(always)]
    #[allow(clippy::too_many_arguments, reason = "the numbers that define a row")]
    pub(super) fn flush(
        &self,
        simd: S,
        range: std::ops::Range<usize>,
        count: usize,
        first: i32,
        width: i32,
        extra: i32,
        to: &mut Accumulator,
    ) {
        for k in range {
            let unit = first - k as i32 * width;
            to.add_i64(total(simd, self.sum[k], count, unit), unit + extra);
        }
    }
}
