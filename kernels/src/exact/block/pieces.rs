//! Which kernel sums which part of a block.

use super::bounds::{Bounds, measure};
use super::classes::{self, CLASS_WIDTH, Class};
use super::powers::{MAX_DIGITS, digits_needed, in_safe_zone};
use crate::arch::Simd;
use crate::exact::counts::Counts;

/// How a block is summed; the result is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// As its bounds suggest, with no fewer digits than this.
    Digits(usize),
    /// In classes, whether or not it needs them.
    #[cfg(test)]
    Classes,
}

/// Values for one run of a kernel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece {
    /// Whether `start..end` is of the sorted values instead of the block's own.
    pub(crate) is_sorted: bool,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Every value is below `2^top` and has at most so many digits.
    pub(crate) top: i32,
    pub(crate) digits: usize,
    /// Binary exponent of the scale that was taken off.
    pub(crate) shift: i32,
}

/// The plan for a block, and buffers for what must be moved. Kept from block to block.
#[derive(Default)]
pub(crate) struct Pieces {
    pub(crate) pieces: Vec<Piece>,
    pub(crate) sorted: Vec<f64>,
    classes: Vec<Class>,
}

/// Values of the parts that a block with too wide a range is tried in, before its values are sorted: smaller
/// parts have smaller ranges, and lognormal data of some twenty binades mostly fits then.
const PART: usize = 512;

impl Pieces {
    /// Plans for `values`, which are finite and have these bounds.
    #[inline(always)]
    pub(crate) fn plan<S: Simd>(
        &mut self,
        simd: S,
        degree: usize,
        values: &[f64],
        bounds: Bounds,
        route: Route,
    ) {
        self.pieces.clear();
        self.sorted.clear();
        if self.try_whole(degree, 0, values.len(), bounds, route) {
            return;
        }
        if degree == 1 {
            self.sort(values);
            return;
        }
        for (part, values) in values.chunks(PART).enumerate() {
            let mut counted = Counts::default(); // they are in the counts of the block
            if let Some(bounds) = measure(simd, values, &mut counted).bounds {
                let start = part * PART;
                if !self.try_whole(degree, start, start + values.len(), bounds, route) {
                    self.sort(values);
                }
            }
        }
    }

    #[inline(always)]
    fn try_whole(&mut self, degree: usize, start: usize, end: usize, bounds: Bounds, route: Route) -> bool {
        let least = match route {
            Route::Digits(least) => least,
            #[cfg(test)]
            Route::Classes => return false,
        };
        let digits = digits_needed(degree, bounds.top, bounds.low).max(least);
        let fits = digits <= MAX_DIGITS && in_safe_zone(degree, bounds.top);
        if fits {
            self.pieces.push(Piece { is_sorted: false, start, end, top: bounds.top, digits, shift: 0 });
        }
        fits
    }

    #[inline(never)]
    fn sort(&mut self, values: &[f64]) {
        classes::sort(values, &mut self.sorted, &mut self.classes);
        self.pieces.extend(self.classes.iter().map(|class| Piece {
            is_sorted: true,
            start: class.start,
            end: class.end,
            top: CLASS_WIDTH,
            digits: MAX_DIGITS,
            shift: class.shift,
        }));
    }
}
