//! Products by digits of both values.
//!
//! Both values of a pair are cut into digits as in `block::powers`, each column on a grid of its own, and
//!
//! ```text
//! x y = Σ_k c_k,  c_k = Σ_{i+j=k} x_i y_j     in units of 2^(K_x + K_y - k WIDTH)
//! ```
//!
//! With digits of at most 2^24, 2^25, 2^25 units every partial sum is at most `2^49 + 2^50 + 2^49 = 2^51` units:
//! no operation rounds, and nothing can overflow or underflow between the safe zones of `x` and `y`.
#![allow(clippy::needless_range_loop, reason = "the indices are positions of a product")]

use super::vectors::{Push, for_each_vector};
use crate::arch::Simd;
use crate::exact::accumulator::Accumulator;
use crate::exact::block::digits::{magic, total};
use crate::exact::block::powers::{top_width, width};

/// Digits are those of squares.
const WIDTH: i32 = width(2);
const TOP: i32 = top_width(2);

/// Adds the sum of `x[i] * y[i] * 2^shift`.
#[inline(always)]
pub(super) fn add_products<S: Simd, const DIGITS: usize>(
    simd: S,
    x: &[f64],
    y: &[f64],
    tops: [i32; 2],
    shift: i32,
    sum: &mut Accumulator,
) {
    let units = tops.map(|top| top - TOP);
    let first = units[0] + units[1];
    let mut lanes = Products::<S, DIGITS> {
        simd,
        split: units.map(|unit| [simd.splat(magic(unit)), simd.splat(magic(unit - WIDTH))]),
        magic: std::array::from_fn(|k| simd.splat(magic(first - k as i32 * WIDTH))),
        sums: [simd.splat_integer(0); 5],
    };
    let count = for_each_vector(simd, x, y, &mut lanes);
    for k in 0..2 * DIGITS - 1 {
        let unit = first - k as i32 * WIDTH;
        sum.add_i64(total(simd, lanes.sums[k], count, unit), unit + shift);
    }
}

struct Products<S: Simd, const DIGITS: usize> {
    simd: S,
    /// What splits the digits of `x` and of `y`.
    split: [[S::F64; 2]; 2],
    magic: [S::F64; 5],
    sums: [S::I64; 5],
}

impl<S: Simd, const DIGITS: usize> Push<S> for Products<S, DIGITS> {
    #[inline(always)]
    fn push(&mut self, x: S::F64, y: S::F64) {
        let simd = self.simd;
        let x = self.digits(x, 0);
        let y = self.digits(y, 1);
        for k in 0..2 * DIGITS - 1 {
            let mut sum = self.magic[k];
            for i in 0..DIGITS {
                if i <= k && k - i < DIGITS {
                    sum = simd.add_exact_product(x[i], y[k - i], sum);
                }
            }
            self.sums[k] = simd.add_integers(self.sums[k], simd.bits(sum));
        }
    }
}

impl<S: Simd, const DIGITS: usize> Products<S, DIGITS> {
    #[inline(always)]
    fn digits(&self, value: S::F64, column: usize) -> [S::F64; 3] {
        let simd = self.simd;
        let mut digits = [simd.splat(0.0); 3];
        let mut rest = value;
        for i in 0..DIGITS - 1 {
            let magic = self.split[column][i];
            digits[i] = simd.sub(simd.add(rest, magic), magic);
            rest = simd.sub(rest, digits[i]);
        }
        digits[DIGITS - 1] = rest;
        digits
    }
}
