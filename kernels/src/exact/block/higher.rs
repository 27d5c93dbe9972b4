//! Third and fourth powers of values whose squares are digits.
//!
//! A value's factors wait in the first-level cache until some have come, and then every position of a power is summed
//! for all of them: its sums stay in registers, and no multiplication waits for the carries of the squares. Done value
//! by value it takes some 30 sums at once, twice as many as AVX2 has registers.
#![allow(clippy::needless_range_loop, reason = "the indices are positions of a product")]

use super::powers::width;
use super::row::Row;
use crate::arch::Simd;
use crate::exact::accumulator::Accumulator;

/// Vectors whose factors may wait.
pub(super) const WAITING: usize = 16;

/// The digits of x² and of x.
#[derive(Clone, Copy)]
struct Factors<S: Simd> {
    f: [S::F64; 6],
    d: [S::F64; 3],
}

/// Sums of x³ and x⁴ of a block, lane by lane.
pub(super) struct HigherPowers<S: Simd, const DEGREE: usize, const DIGITS: usize> {
    simd: S,
    /// Unit of the first digit of x.
    unit: i32,
    waiting: [Factors<S>; WAITING],
    count: usize,
    third: Row<S, 8>,
    /// Products of two different digits of x², which count twice.
    cross: Row<S, 11>,
    square: Row<S, 6>,
}

impl<S: Simd, const DEGREE: usize, const DIGITS: usize> HigherPowers<S, DEGREE, DIGITS> {
    const WIDTH: i32 = width(DEGREE);

    #[inline(always)]
    pub(super) fn new(simd: S, unit: i32) -> Self {
        let width = Self::WIDTH;
        let zero = simd.splat(0.0);
        Self {
            simd,
            unit,
            waiting: [Factors { f: [zero; 6], d: [zero; 3] }; WAITING],
            count: 0,
            third: Row::new(simd, 3 * unit + width, width),
            cross: Row::new(simd, 4 * unit + 2 * width, width),
            square: Row::new(simd, 4 * unit + 2 * width, 2 * width),
        }
    }

    /// Adds values with the digits `d`, whose squares have the digits `f`; [`WAITING`] times before they are settled.
    #[inline(always)]
    pub(super) fn push(&mut self, f: [S::F64; 6], d: [S::F64; 3]) {
        self.waiting[self.count] = Factors { f, d };
        self.count += 1;
    }

    /// Sums up what is waiting.
    #[inline(always)]
    pub(super) fn settle(&mut self) {
        let waiting = &self.waiting[..self.count];
        self.count = 0;
        let simd = self.simd;
        let (magic, mut sum) = (self.third.magic, self.third.sum);
        for Factors { f, d } in waiting {
            for k in 0..3 * DIGITS - 1 {
                let mut products = magic[k];
                for i in 0..2 * DIGITS {
                    if i <= k && k - i < DIGITS {
                        products = simd.add_exact_product(f[i], d[k - i], products);
                    }
                }
                sum[k] = simd.add_integers(sum[k], simd.bits(products));
            }
        }
        self.third.sum = sum;
        if DEGREE < 4 {
            return;
        }
        let (magic, mut sum) = (self.cross.magic, self.cross.sum);
        for Factors { f, .. } in waiting {
            for k in 1..4 * DIGITS - 2 {
                let mut products = magic[k];
                for i in 0..2 * DIGITS {
                    if 2 * i < k && k - i < 2 * DIGITS {
                        products = simd.add_exact_product(f[i], f[k - i], products);
                    }
                }
                sum[k] = simd.add_integers(sum[k], simd.bits(products));
            }
        }
        self.cross.sum = sum;
        let (magic, mut sum) = (self.square.magic, self.square.sum);
        for Factors { f, .. } in waiting {
            for i in 0..2 * DIGITS {
                let product = simd.add_exact_product(f[i], f[i], magic[i]);
                sum[i] = simd.add_integers(sum[i], simd.bits(product));
            }
        }
        self.square.sum = sum;
    }

    /// Adds the sums of `count` vectors, each of values scaled by `2^-shift`.
    #[inline(always)]
    pub(super) fn flush(&self, count: usize, shift: i32, sums: &mut [Accumulator; DEGREE]) {
        let (simd, unit, width) = (self.simd, self.unit, Self::WIDTH);
        let first = 3 * unit + width;
        self.third.flush(simd, 0..3 * DIGITS - 1, count, first, width, 3 * shift, &mut sums[2]);
        if DEGREE >= 4 {
            let first = 4 * unit + 2 * width;
            self.cross.flush(simd, 1..4 * DIGITS - 2, count, first, width, 4 * shift + 1, &mut sums[3]);
            self.square.flush(simd, 0..2 * DIGITS, count, first, 2 * width, 4 * shift, &mut sums[3]);
        }
    }
}
