//! Blocks of pairs into counts and a sum of products.

mod by_digits;
mod by_products;
mod vectors;

use super::bounds::{Bounds, Measured, Scan, measure_scanned, scan};
use super::classes::{self, CLASS_WIDTH, Class};
use super::digits::BLOCK;
use super::pieces::Route;
use super::powers::{MAX_DIGITS, digits_needed, in_safe_zone};
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::exact::accumulator::Accumulator;
use crate::exact::counts::Counts;

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
    method: Method,
    shift: i32,
}

/// How products are cut into integers.
#[derive(Clone, Copy)]
enum Method {
    /// The rounded product, and its error where it has one.
    Products { with_errors: bool },
    /// Products of so many digits of each value.
    Digits(usize),
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
        let columns = [x, y];
        let mut scanned = None;
        for start in (0..x.len()).step_by(PAIRS) {
            let end = columns[0].len().min(start + PAIRS);
            let [x, y] = columns.map(|column| &column[start..end]);
            let next = columns.map(|column| &column[end..column.len().min(end + PAIRS)]);
            let first = match scanned.take() {
                Some(scans) => scans, // no closure: it would be compiled without the level
                None => [scan(simd, x), scan(simd, y)],
            };
            let (in_x, in_y) = measure_pairs(simd, [x, y], first);
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
                let (tops, shift) = (piece.tops, piece.shift);
                match piece.method {
                    // With the 32 registers of eight lanes the next block can be read for the first time meanwhile;
                    // with 16 that would move sums to memory, at a higher price than reading it twice.
                    Method::Products { with_errors } if S::LANES > 4 && next[0].len() == x.len() => {
                        scanned = Some(match with_errors {
                            false => by_products::add_and_scan::<S, false>(simd, x, y, next, tops, sum),
                            true => by_products::add_and_scan::<S, true>(simd, x, y, next, tops, sum),
                        });
                    }
                    Method::Products { with_errors: false } => {
                        by_products::add_products::<S, false>(simd, x, y, tops, sum);
                    }
                    Method::Products { with_errors: true } => {
                        by_products::add_products::<S, true>(simd, x, y, tops, sum);
                    }
                    Method::Digits(1) => by_digits::add_products::<S, 1>(simd, x, y, tops, shift, sum),
                    Method::Digits(2) => by_digits::add_products::<S, 2>(simd, x, y, tops, shift, sum),
                    Method::Digits(_) => by_digits::add_products::<S, 3>(simd, x, y, tops, shift, sum),
                }
            }
        }
    }
}

/// What is special in the columns; it is counted by products, not here.
#[inline(always)]
fn measure_pairs<S: Simd>(simd: S, [x, y]: [&[f64]; 2], scans: [Scan; 2]) -> (Measured, Measured) {
    let mut counted = Counts::default();
    (measure_scanned(simd, x, scans[0], &mut counted), measure_scanned(simd, y, scans[1], &mut counted))
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
    if let Some(method) = method_of::<S>(bounds, route) {
        let tops = bounds.map(|bounds| bounds.top);
        pieces.push(Piece { is_sorted: false, start: 0, end: x.len(), tops, method, shift: 0 });
        return;
    }
    let mut start = 0;
    for (x, y) in x.chunks(PART).zip(y.chunks(PART)) {
        let end = start + x.len();
        let (in_x, in_y) = measure_pairs(simd, [x, y], [scan(simd, x), scan(simd, y)]);
        if let (Some(in_x), Some(in_y)) = (in_x.bounds, in_y.bounds) {
            if let Some(method) = method_of::<S>([in_x, in_y], route) {
                let tops = [in_x.top, in_y.top];
                pieces.push(Piece { is_sorted: false, start, end, tops, method, shift: 0 });
            } else {
                let [sorted_x, sorted_y] = &mut *sorted;
                classes::sort_pairs(x, y, (sorted_x, sorted_y), classes);
                pieces.extend(classes.iter().map(|class| Piece {
                    is_sorted: true,
                    start: class.start,
                    end: class.end,
                    tops: [1, CLASS_WIDTH],
                    method: Method::Digits(MAX_DIGITS),
                    shift: class.shift,
                }));
            }
        }
        start = end;
    }
}

/// How to sum pairs of values within these bounds at once, if they can be.
fn method_of<S: Simd>(bounds: [Bounds; 2], route: Route) -> Option<Method> {
    let least = match route {
        Route::Digits(least) => least,
        Route::Classes => return None,
    };
    if !bounds.iter().all(|bounds| in_safe_zone(2, bounds.top)) {
        return None;
    }
    if least <= 1
        && let Some(with_errors) = by_products::errors_needed(bounds)
        && (S::FUSED || !with_errors)
    {
        return Some(Method::Products { with_errors });
    }
    let [x, y] = bounds.map(|bounds| digits_needed(2, bounds.top, bounds.low));
    let digits = x.max(y).max(least);
    (digits <= MAX_DIGITS).then_some(Method::Digits(digits))
}

/// Products that are zero by a zero, and of negative sign.
pub(crate) fn count_negative_zeros(x: &[f64], y: &[f64]) -> u64 {
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
