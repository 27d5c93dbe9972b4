//! Which kernel sums which part of a block.

use super::bounds::{Bounds, are_multiples, measure};
use super::classes::{self, CLASS_WIDTH, Class};
use super::powers::wide::WIDE_BITS;
use super::powers::{MAX_DIGITS, digits_needed, in_safe_zone, top_width, width};
use crate::arch::Simd;
use crate::exact::counts::Counts;

/// How a block is summed; the result is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// As its bounds suggest, with no fewer digits than this.
    Digits(usize),
    /// In classes, whether or not it needs them.
    #[cfg_attr(not(test), expect(dead_code, reason = "what tests force"))]
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

/// How many bits too wide a block may be for its parts to be worth a try: halving a sample a few times takes some
/// binades off the range of common distributions, not tens.
const SLACK: i32 = 16;

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
        if let Some(digits) = digits_of(simd, degree, values, bounds, route) {
            self.push(0, values.len(), bounds.top, digits);
            return;
        }
        let capacity = top_width(degree) + (MAX_DIGITS as i32 - 1) * width(degree);
        if bounds.top - bounds.low > capacity + SLACK || !in_safe_zone(degree, bounds.top) {
            self.sort(values);
            return;
        }
        let mut start = 0;
        for values in values.chunks(PART) {
            let mut counted = Counts::default(); // they are in the counts of the block
            if let Some(bounds) = measure(simd, values, &mut counted).bounds {
                match digits_of(simd, degree, values, bounds, route) {
                    Some(digits) => self.push(start, start + values.len(), bounds.top, digits),
                    None => self.sort(values),
                }
            }
            start += values.len();
        }
    }

    #[inline(always)]
    fn push(&mut self, start: usize, end: usize, top: i32, digits: usize) {
        self.pieces.push(Piece { is_sorted: false, start, end, top, digits, shift: 0 });
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

/// Digits for a kernel that can take all the values at once, or `None`.
#[inline(always)]
fn digits_of<S: Simd>(simd: S, degree: usize, values: &[f64], bounds: Bounds, route: Route) -> Option<usize> {
    let least = match route {
        Route::Digits(least) => least,
        Route::Classes => return None,
    };
    if !in_safe_zone(degree, bounds.top) {
        return None;
    }
    let Bounds { top, low, has_short_fractions, .. } = bounds;
    let mut digits = digits_needed(degree, top, low);
    if degree > 1 && has_short_fractions {
        while digits > 1 {
            let unit = top - top_width(degree) - (digits as i32 - 2) * width(degree);
            if unit + 51 < top || !are_multiples(simd, values, unit) {
                break;
            }
            digits -= 1;
        }
    }
    if degree >= 3 && digits > MAX_DIGITS && top - low <= WIDE_BITS && simd.has_power_digits() {
        digits = MAX_DIGITS;
    }
    (digits <= MAX_DIGITS).then_some(digits.max(least))
}
