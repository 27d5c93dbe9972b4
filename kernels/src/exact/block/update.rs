//! Blocks of a slice, each by the kernel that its bounds allow.

use super::bounds::{Bounds, Scan, scan, scan_carefully};
use super::classes::{self, CLASS_WIDTH, Class};
use super::digits::BLOCK;
use super::powers::{MAX_DIGITS, add_powers, digits_needed, in_safe_zone};
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::exact::accumulator::Accumulator;
use crate::exact::counts::Counts;

/// Takes `values` into the counts and sums of powers.
pub(crate) struct UpdateF64<'a, const DEGREE: usize> {
    pub(crate) values: &'a [f64],
    pub(crate) counts: &'a mut Counts,
    pub(crate) sums: &'a mut [Accumulator; DEGREE],
    /// What the tests force: at least so many digits, or classes always.
    pub(crate) route: Route,
}

/// How a block is summed. The result is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// The least number of digits that is at least this.
    Digits(usize),
    /// Classes, whether or not the block needs them.
    #[cfg(test)]
    Classes,
}

/// Buffers of the rare paths.
#[derive(Default)]
struct Scratch {
    finite: Vec<f64>,
    sorted: Vec<f64>,
    classes: Vec<Class>,
}

impl<const DEGREE: usize> Kernel for UpdateF64<'_, DEGREE> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { values, counts, sums, route } = self;
        let mut scratch = Scratch::default();
        counts.total += values.len() as u64;
        for block in values.chunks(BLOCK) {
            let mut pieces = Pieces { values: block, bounds: None };
            match scan(simd, block, PREFETCH_BYTES) {
                Scan::Normal(bounds) => pieces.bounds = Some(bounds),
                Scan::Careful => {
                    let specials = counts.nan + counts.positive_infinity + counts.negative_infinity;
                    pieces.bounds = scan_carefully(block, counts);
                    if specials != counts.nan + counts.positive_infinity + counts.negative_infinity {
                        scratch.finite.clear();
                        scratch.finite.extend(block.iter().map(|&x| if x.is_finite() { x } else { 0.0 }));
                        pieces.values = &scratch.finite;
                    }
                }
            }
            if let Some(bounds) = pieces.bounds {
                add_block(
                    simd,
                    pieces.values,
                    bounds,
                    route,
                    &mut scratch.sorted,
                    &mut scratch.classes,
                    sums,
                );
            }
        }
    }
}

const PREFETCH_BYTES: usize = 2048;

struct Pieces<'a> {
    values: &'a [f64],
    bounds: Option<Bounds>,
}

/// Adds the powers of a block's finite values.
#[inline(always)]
pub(crate) fn add_block<S: Simd, const DEGREE: usize>(
    simd: S,
    values: &[f64],
    bounds: Bounds,
    route: Route,
    sorted: &mut Vec<f64>,
    classes: &mut Vec<Class>,
    sums: &mut [Accumulator; DEGREE],
) {
    let needed = digits_needed(DEGREE, bounds.top, bounds.low);
    let (least, cut) = match route {
        Route::Digits(least) => (least, false),
        #[cfg(test)]
        Route::Classes => (1, true),
    };
    if cut || needed > MAX_DIGITS || !in_safe_zone(DEGREE, bounds.top) {
        classes::sort(values, sorted, classes);
        for class in classes.iter() {
            let values = &sorted[class.start..class.end];
            add_piece(simd, values, CLASS_WIDTH, MAX_DIGITS, class.shift, sums);
        }
    } else {
        add_piece(simd, values, bounds.top, needed.max(least), 0, sums);
    }
}

#[inline(always)]
fn add_piece<S: Simd, const DEGREE: usize>(
    simd: S,
    values: &[f64],
    top: i32,
    digits: usize,
    shift: i32,
    sums: &mut [Accumulator; DEGREE],
) {
    match digits {
        1 => add_powers::<S, DEGREE, 1>(simd, values, top, shift, sums),
        2 => add_powers::<S, DEGREE, 2>(simd, values, top, shift, sums),
        _ => add_powers::<S, DEGREE, 3>(simd, values, top, shift, sums),
    }
}
