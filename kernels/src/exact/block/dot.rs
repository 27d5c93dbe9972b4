//! Sums of products of a block of pairs.
//!
//! Both values of a pair are cut into digits as in [`super::powers`], each column on a grid of its own, and
//!
//! ```text
//! x y = Σ_k c_k,  c_k = Σ_{i+j=k} x_i y_j     in units of 2^(K_x + K_y - k WIDTH)
//! ```
//!
//! With digits of at most 2^24, 2^25, 2^25 units every partial sum is at most `2^49 + 2^50 + 2^49 = 2^51` units:
//! no operation rounds, and nothing can overflow or underflow between the safe zones of `x` and `y`.

use super::bounds::{Bounds, Measured, measure};
use super::classes::{self, CLASS_WIDTH, Class};
use super::digits::{BLOCK, magic, total};
use super::pieces::Route;
use super::powers::{MAX_DIGITS, digits_needed, in_safe_zone, top_width, width};
use crate::arch::{LANES, Simd};
use crate::dispatch::Kernel;
use crate::exact::accumulator::Accumulator;
use crate::exact::counts::Counts;

/// Digits are those of squares.
const WIDTH: i32 = width(2);
const TOP: i32 = top_width(2);

/// Pairs of a block: both columns' halves of it share the first-level cache.
const PAIRS: usize = BLOCK / 2;

/// Pairs of the parts that a block with too wide a range is tried in.
const PART: usize = 256;

/// Takes pairs into the counts and the sum of products.
pub(crate) struct UpdateDot<'a> {
    pub(crate) x: &'a [f64],
    pub(crate) y: &'a [f64],
    pub(crate) counts: &'a mut Counts,
    pub(crate) sum: &'a mut Accumulator,
    pub(crate) route: Route,
}

/// Pairs for one run of the kernel.
struct Piece {
    is_sorted: bool,
    start: usize,
    end: usize,
    tops: [i32; 2],
    digits: usize,
    shift: i32,
}

#[derive(Default)]
struct Scratch {
    pieces: Vec<Piece>,
    classes: Vec<Class>,
    sorted: [Vec<f64>; 2],
    finite: [Vec<f64>; 2],
}

impl Kernel for UpdateDot<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { x, y, counts, sum, route } = self;
        let mut scratch = Scratch::default();
        counts.total += x.len() as u64;
        for (x, y) in x.chunks(PAIRS).zip(y.chunks(PAIRS)) {
            let (in_x, in_y) = measure_pairs(simd, x, y);
            let Scratch { pieces, classes, sorted, finite } = &mut scratch;
            let (mut x, mut y) = (x, y);
            if in_x.has_special || in_y.has_special {
                set_aside_special(x, y, counts, finite);
                [x, y] = [&finite[0], &finite[1]];
            }
            if in_x.has_zero || in_y.has_zero {
                counts.negative_zero += count_negative_zeros(x, y);
            }
            let (Some(bounds_x), Some(bounds_y)) = (in_x.bounds, in_y.bounds) else { continue };
            plan(simd, [x, y], [bounds_x, bounds_y], route, pieces, classes, sorted);
            for piece in pieces.iter() {
                let [from_x, from_y] =
                    if piece.is_sorted { [&sorted[0][..], &sorted[1][..]] } else { [x, y] };
                let (x, y) = (&from_x[piece.start..piece.end], &from_y[piece.start..piece.end]);
                match piece.digits {
                    1 => add_products::<S, 1>(simd, x, y, piece.tops, piece.shift, sum),
                    2 => add_products::<S, 2>(simd, x, y, piece.tops, piece.shift, sum),
                    _ => add_products::<S, 3>(simd, x, y, piece.tops, piece.shift, sum),
                }
            }
        }
    }
}

/// What is special in the columns; it is counted by products, not here.
#[inline(always)]
fn measure_pairs<S: Simd>(simd: S, x: &[f64], y: &[f64]) -> (Measured, Measured) {
    let mut counted = Counts::default();
    (measure(simd, x, &mut counted), measure(simd, y, &mut counted))
}

#[inline(always)]
fn plan<S: Simd>(
    simd: S,
    [x, y]: [&[f64]; 2],
    bounds: [Bounds; 2],
    route: Route,
    pieces: &mut Vec<Piece>,
    classes: &mut Vec<Class>,
    sorted: &mut [Vec<f64>; 2],
) {
    pieces.clear();
    sorted[0].clear();
    sorted[1].clear();
    let whole = digits_of(bounds, route);
    if let Some(digits) = whole {
        let tops = [bounds[0].top, bounds[1].top];
        pieces.push(Piece { is_sorted: false, start: 0, end: x.len(), tops, digits, shift: 0 });
        return;
    }
    let mut start = 0;
    for (x, y) in x.chunks(PART).zip(y.chunks(PART)) {
        let end = start + x.len();
        let (in_x, in_y) = measure_pairs(simd, x, y);
        if let (Some(in_x), Some(in_y)) = (in_x.bounds, in_y.bounds) {
            if let Some(digits) = digits_of([in_x, in_y], route) {
                pieces.push(Piece {
                    is_sorted: false,
                    start,
                    end,
                    tops: [in_x.top, in_y.top],
                    digits,
                    shift: 0,
                });
            } else {
                let [sorted_x, sorted_y] = &mut *sorted;
                classes::sort_pairs(x, y, (sorted_x, sorted_y), classes);
                pieces.extend(classes.iter().map(|class| Piece {
                    is_sorted: true,
                    start: class.start,
                    end: class.end,
                    tops: [1, CLASS_WIDTH],
                    digits: MAX_DIGITS,
                    shift: class.shift,
                }));
            }
        }
        start = end;
    }
}

fn digits_of(bounds: [Bounds; 2], route: Route) -> Option<usize> {
    let least = match route {
        Route::Digits(least) => least,
        #[cfg(test)]
        Route::Classes => return None,
    };
    let digits = bounds.map(|bounds| digits_needed(2, bounds.top, bounds.low));
    let is_safe = bounds.iter().all(|bounds| in_safe_zone(2, bounds.top));
    let digits = digits[0].max(digits[1]).max(least);
    (is_safe && digits <= MAX_DIGITS).then_some(digits)
}

/// Products that are zero by a zero, and of negative sign.
fn count_negative_zeros(x: &[f64], y: &[f64]) -> u64 {
    let is_negative_zero = |(x, y): (&f64, &f64)| {
        let (x, y) = (x.to_bits(), y.to_bits());
        u64::from((x << 1 == 0) | (y << 1 == 0)) & (x ^ y) >> 63
    };
    x.iter().zip(y).map(is_negative_zero).sum()
}

/// Counts the products that are NaN or infinite, and copies the pairs with zeros in the place of those.
#[inline(never)]
fn set_aside_special(x: &[f64], y: &[f64], counts: &mut Counts, finite: &mut [Vec<f64>; 2]) {
    let [finite_x, finite_y] = finite;
    finite_x.clear();
    finite_y.clear();
    for (&x, &y) in x.iter().zip(y) {
        let is_finite = x.is_finite() && y.is_finite();
        if !is_finite {
            // IEEE 754's product: NaN, infinite, or NaN for infinity times zero.
            let product = x * y;
            counts.nan += u64::from(product.is_nan());
            counts.positive_infinity += u64::from(product == f64::INFINITY);
            counts.negative_infinity += u64::from(product == f64::NEG_INFINITY);
        }
        finite_x.push(if is_finite { x } else { 0.0 });
        finite_y.push(if is_finite { y } else { 0.0 });
    }
}

/// Adds the sum of `x[i] * y[i] * 2^shift`.
#[inline(always)]
fn add_products<S: Simd, const DIGITS: usize>(
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
    let (x, rest_x) = x.as_chunks::<LANES>();
    let (y, rest_y) = y.as_chunks::<LANES>();
    let ((x_lines, x_odd), (y_lines, y_odd)) = (x.as_chunks::<2>(), y.as_chunks::<2>());
    for (x, y) in x_lines.iter().zip(y_lines) {
        simd.prefetch(&x[0], PAIRS * 8);
        simd.prefetch(&y[0], PAIRS * 8);
        lanes.push(simd.load(&x[0]), simd.load(&y[0]));
        lanes.push(simd.load(&x[1]), simd.load(&y[1]));
    }
    for (x, y) in x_odd.iter().zip(y_odd) {
        lanes.push(simd.load(x), simd.load(y));
    }
    let mut count = x.len();
    if !rest_x.is_empty() {
        let mut last = [[0.0; LANES]; 2];
        last[0][..rest_x.len()].copy_from_slice(rest_x);
        last[1][..rest_y.len()].copy_from_slice(rest_y);
        lanes.push(simd.load(&last[0]), simd.load(&last[1]));
        count += 1;
    }
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

impl<S: Simd, const DIGITS: usize> Products<S, DIGITS> {
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
