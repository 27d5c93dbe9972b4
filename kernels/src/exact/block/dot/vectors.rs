//! Loops over pairs, a vector at a time.

use super::PAIRS;
use crate::arch::Simd;
use crate::exact::block::bounds::{Scan, Scanner};

/// Calls `push` with every vector of pairs, the last of them filled up with zeros; returns how often.
#[inline(always)]
pub(super) fn for_each_vector<S: Simd, P: Push<S>>(simd: S, x: &[f64], y: &[f64], sums: &mut P) -> usize {
    let (x, rest_x) = simd.vectors(x);
    let (y, rest_y) = simd.vectors(y);
    let ((x_lines, x_odd), (y_lines, y_odd)) = (x.as_chunks::<2>(), y.as_chunks::<2>());
    for (x, y) in x_lines.iter().zip(y_lines) {
        prefetch_line(simd, x, PAIRS * 8);
        prefetch_line(simd, y, PAIRS * 8);
        sums.push(simd.load(&x[0]), simd.load(&y[0]));
        sums.push(simd.load(&x[1]), simd.load(&y[1]));
    }
    for (x, y) in x_odd.iter().zip(y_odd) {
        sums.push(simd.load(x), simd.load(y));
    }
    if rest_x.is_empty() {
        return x.len();
    }
    sums.push(simd.load_rest(rest_x), simd.load_rest(rest_y));
    x.len() + 1
}

/// Calls `push` with every vector of pairs while it reads as many pairs that come next, for the first time.
#[inline(always)]
pub(super) fn for_each_vector_and_scan<S: Simd, P: Push<S>>(
    simd: S,
    x: &[f64],
    y: &[f64],
    next: [&[f64]; 2],
    sums: &mut P,
) -> (usize, [Scan; 2]) {
    let mut scanners = [Scanner::new(simd), Scanner::new(simd)];
    let [(next_x, next_rest_x), (next_y, next_rest_y)] = next.map(|next| simd.vectors(next));
    let ((x, rest_x), (y, rest_y)) = (simd.vectors(x), simd.vectors(y));
    let ((x_lines, x_odd), (y_lines, y_odd)) = (x.as_chunks::<2>(), y.as_chunks::<2>());
    let (next_x_lines, next_x_odd) = next_x.as_chunks::<2>();
    let (next_y_lines, next_y_odd) = next_y.as_chunks::<2>();
    let next_lines = next_x_lines.iter().zip(next_y_lines);
    for ((x, y), (next_x, next_y)) in x_lines.iter().zip(y_lines).zip(next_lines) {
        prefetch_line(simd, next_x, AHEAD_BYTES);
        prefetch_line(simd, next_y, AHEAD_BYTES);
        for at in 0..2 {
            sums.push(simd.load(&x[at]), simd.load(&y[at]));
            scanners[0].push(simd.load(&next_x[at]));
            scanners[1].push(simd.load(&next_y[at]));
        }
    }
    for ((x, y), (next_x, next_y)) in x_odd.iter().zip(y_odd).zip(next_x_odd.iter().zip(next_y_odd)) {
        sums.push(simd.load(x), simd.load(y));
        scanners[0].push(simd.load(next_x));
        scanners[1].push(simd.load(next_y));
    }
    let mut count = x.len();
    if !rest_x.is_empty() {
        sums.push(simd.load_rest(rest_x), simd.load_rest(rest_y));
        count += 1;
    }
    (count, [scanners[0].finish(next_rest_x), scanners[1].finish(next_rest_y)])
}

/// Far enough for memory to answer, near enough to stay in the cache.
const AHEAD_BYTES: usize = 8192;

/// Asks for what lies `bytes` past two vectors: one cache line or two.
#[inline(always)]
fn prefetch_line<S: Simd>(simd: S, vectors: &[S::Floats; 2], bytes: usize) {
    simd.prefetch(&vectors[0], bytes);
    if S::LANES > 4 {
        simd.prefetch(&vectors[1], bytes);
    }
}

/// Sums that take a vector of pairs at a time.
pub(super) trait Push<S: Simd> {
    fn push(&mut self, x: S::F64, y: S::F64);
}
