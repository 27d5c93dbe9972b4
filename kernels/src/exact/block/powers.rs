//! Sums of powers of a block of values that share one grid.
//!
//! With `K = top - TOP` a value is `x = d_0 + d_1 + d_2`, where `d_i` is an integer of at most `WIDTH` bits in
//! units of `2^(K - i WIDTH)`. Then, position by position,
//!
//! ```text
//! x² = Σ_k c_k,  c_k = Σ_{i+j=k} d_i d_j           in units of 2^(2K - k WIDTH)
//! x² = Σ_k f_k,  the c_k with their upper halves carried to the next position, so that they are digits again
//! x³ = Σ_k Σ_{i+j=k} f_i d_j                        in units of 2^(3K + (1 - k) WIDTH)
//! x⁴ = Σ_k Σ_{i+j=k} f_i f_j                        in units of 2^(4K + (2 - k) WIDTH)
//! ```
//!
//! Every partial sum here is an integer of at most 2^51 units, so no operation rounds. In units of `2^(WIDTH-1)`
//! for a digit and `2^(2 WIDTH - 2)` for a product, `2^51` is 2 for `WIDTH` 26 and 8 for `WIDTH` 25:
//!
//! ```text
//! degree 2, WIDTH 26, TOP 24:  d = 1/2, 1, 1   c = 1/4, 1, 2, 2, 1  <= 2
//! degree 4, WIDTH 25, TOP 23:  d = 1/2, 1, 1   c = 1/4, 1, 2, 2, 1  <= 8
//!     f: c_k carries c_k / 2 up and keeps at most 1:  1/8, 1+1/2, 1+1, 1+1, 1+1/2, 1
//!     f d: at most 1/2 f_k + f_(k-1) + f_(k-2) <= 1 + 2 + 2 = 5 <= 8
//!     f f: squares at most 4; cross terms, counted once, at most 1/8 + 1.5 * 1.5 + 2 * 2 = 6.4 <= 8
//! ```
//! The digit idea is that of integer multiplication; doing it in floats is T. J. Dekker's (1971); the bounds and
//! the integer sums of bit patterns are this project's.
#![allow(clippy::needless_range_loop, reason = "the indices are positions of a product")]

pub(crate) mod wide;

use super::bounds::{Scan, Scanner, scan};
use super::higher::{HigherPowers, WAITING};
use super::row::Row;
use crate::arch::Simd;
use crate::exact::accumulator::Accumulator;
use wide::add_wide_powers;

/// Bits of a digit.
pub(crate) const fn width(degree: usize) -> i32 {
    match degree {
        1 => 52,
        2 => 26,
        _ => 25,
    }
}

/// Bits of the first digit, without its sign.
pub(crate) const fn top_width(degree: usize) -> i32 {
    match degree {
        1 => 51,
        2 => 24,
        _ => 23,
    }
}

/// Digits that a kernel is compiled for.
pub(crate) const MAX_DIGITS: usize = 3;

/// Digits that values below `2^top`, multiples of `2^low`, need: `1..=MAX_DIGITS`, or more where the block must
/// be cut up.
pub(crate) fn digits_needed(degree: usize, top: i32, low: i32) -> usize {
    let beyond = (top - low - top_width(degree)).max(0);
    1 + (beyond as usize).div_ceil(width(degree) as usize)
}

/// Whether all units and sums of a block below `2^top` are far from the ends of the range of `f64`.
pub(crate) fn in_safe_zone(degree: usize, top: i32) -> bool {
    // The units of the power p reach from 2^(p K - 2 (p WIDTH)) to 2^(p K + 2 WIDTH + 52), K = top - TOP.
    let limit = match degree {
        1 => 800,
        2 => 400,
        _ => 160,
    };
    -limit <= top && top <= limit
}

/// Adds to `sums[p - 1]` the sum of `(x * 2^shift)^p` over `values`, at most `BLOCK` of them.
///
/// Every value is below `2^top` and a multiple of the unit of the last digit, and `in_safe_zone(DEGREE, top)`.
/// Meanwhile as many of the values that come next are read for the first time: adding keeps some pipes busy,
/// reading others, and the memory all the time. Where nothing comes next it is the values themselves, and what is found
/// means nothing.
///
/// Where the CPU multiplies integers, three digits of degree 3 or 4 are two wide ones; a value may then be a multiple of
/// `2^(top - WIDE_BITS)` (see [`wide`]).
#[inline(always)]
pub(crate) fn add_powers<S: Simd, const DEGREE: usize, const DIGITS: usize>(
    simd: S,
    values: &[f64],
    next: &[f64],
    top: i32,
    shift: i32,
    sums: &mut [Accumulator; DEGREE],
) -> Scan {
    assert_eq!(values.len(), next.len(), "what is read ahead must be as long");
    if DEGREE >= 3 && DIGITS == MAX_DIGITS {
        let gap = (next.as_ptr() as usize).wrapping_sub(values.as_ptr() as usize);
        if add_wide_powers(simd, values, gap.wrapping_add(PREFETCH_BYTES), top, shift, sums) {
            // Values that are their own next ones are read ahead for nobody.
            return scan(simd, if gap == 0 { &[] } else { next });
        }
    }
    let mut scanner = Scanner::new(simd);
    let mut lanes = PowerLanes::<S, DEGREE, DIGITS>::new(simd, top - top_width(DEGREE));
    let (next_vectors, next_rest) = simd.vectors(next);
    let (vectors, rest) = simd.vectors(values);
    let (lines, odd) = vectors.as_chunks::<2>();
    let (next_lines, next_odd) = next_vectors.as_chunks::<2>();
    for (lines, next_lines) in lines.chunks(WAITING / 2).zip(next_lines.chunks(WAITING / 2)) {
        for ([left, right], [next_left, next_right]) in lines.iter().zip(next_lines) {
            simd.prefetch(next_left, PREFETCH_BYTES);
            if S::LANES > 4 {
                simd.prefetch(next_right, PREFETCH_BYTES);
            }
            lanes.push(simd.load(left));
            scanner.push(simd.load(next_left));
            lanes.push(simd.load(right));
            scanner.push(simd.load(next_right));
        }
        lanes.settle();
    }
    for (vector, next) in odd.iter().zip(next_odd) {
        lanes.push(simd.load(vector));
        scanner.push(simd.load(next));
    }
    let mut count = vectors.len();
    if !rest.is_empty() {
        lanes.push(simd.load_rest(rest));
        count += 1;
    }
    lanes.settle();
    lanes.flush(count, shift, sums);
    scanner.finish(next_rest)
}

/// Far enough for memory to answer, near enough to stay in the cache.
const PREFETCH_BYTES: usize = 8192;

/// The sums of a block, lane by lane.
pub(crate) struct PowerLanes<S: Simd, const DEGREE: usize, const DIGITS: usize> {
    simd: S,
    /// Unit of the first digit.
    unit: i32,
    /// Σ of the levels of x, one per digit.
    first: Row<S, 3>,
    /// Rounds `d_0 .. ` off: the magic numbers of digits, where they differ from those of `first`.
    digit: Row<S, 3>,
    second: Row<S, 5>,
    /// Splits `c_k`.
    carry: Row<S, 5>,
    higher: HigherPowers<S, DEGREE, DIGITS>,
}

impl<S: Simd, const DEGREE: usize, const DIGITS: usize> PowerLanes<S, DEGREE, DIGITS> {
    const WIDTH: i32 = width(DEGREE);

    /// No sums yet, of values whose first digit is in units of `2^unit`.
    #[inline(always)]
    pub(crate) fn new(simd: S, unit: i32) -> Self {
        let width = Self::WIDTH;
        Self {
            simd,
            unit,
            first: Row::new(simd, unit, width * if DEGREE == 1 { 1 } else { DIGITS as i32 - 1 }),
            digit: Row::new(simd, unit, width),
            second: Row::new(simd, 2 * unit, width),
            carry: Row::new(simd, 2 * unit + width, width),
            higher: HigherPowers::new(simd, unit),
        }
    }

    /// Adds the powers of a vector of values.
    #[inline(always)]
    fn push(&mut self, x: S::F64) {
        if DEGREE == 1 {
            self.push_sum(x);
        } else {
            let digits = self.push_digits(x);
            self.push_powers(digits);
        }
    }

    /// Adds the powers of a vector of values that were cut into three digits.
    #[inline(always)]
    pub(crate) fn push_cut(&mut self, d: [S::F64; 3]) {
        let simd = self.simd;
        self.first.push(simd, 0, simd.add(d[0], self.first.magic[0]));
        // Two digits are one number of at most 2^51 units of the last.
        let others = simd.add(d[1], d[2]);
        self.first.push(simd, 1, simd.add(others, self.first.magic[1]));
        self.push_powers(d);
    }

    /// Adds the powers from the second on.
    #[inline(always)]
    fn push_powers(&mut self, d: [S::F64; 3]) {
        let simd = self.simd;
        let mut twice = d;
        for digit in &mut twice {
            *digit = simd.add(*digit, *digit);
        }
        if DEGREE == 2 {
            for k in 0..2 * DIGITS - 1 {
                let rounded = products::<S, DIGITS>(simd, k, &d, &twice, Some(self.second.magic[k]));
                self.second.push(simd, k, rounded);
            }
            return;
        }
        let f = self.push_squares(&d, &twice);
        self.higher.push(f, d);
    }

    /// Sums up what is waiting: due after every [`WAITING`] pushes, and after the last.
    #[inline(always)]
    pub(crate) fn settle(&mut self) {
        if DEGREE >= 3 {
            self.higher.settle();
        }
    }

    /// Levels of 52 bits: nothing but the sum is wanted.
    #[inline(always)]
    fn push_sum(&mut self, x: S::F64) {
        let simd = self.simd;
        let mut rest = x;
        for level in 0..DIGITS {
            let rounded = simd.add(rest, self.first.magic[level]);
            self.first.push(simd, level, rounded);
            if level + 1 < DIGITS {
                rest = simd.sub(rest, simd.sub(rounded, self.first.magic[level]));
            }
        }
    }

    /// The digits of x, and x into its sums: the first digit, and all the others as one number.
    #[inline(always)]
    fn push_digits(&mut self, x: S::F64) -> [S::F64; 3] {
        let simd = self.simd;
        let mut d = [simd.splat(0.0); 3];
        let mut rest = x;
        for i in 0..DIGITS {
            if i + 1 == DIGITS {
                d[i] = rest;
            } else {
                let rounded = simd.add(rest, self.digit.magic[i]);
                d[i] = simd.sub(rounded, self.digit.magic[i]);
                rest = simd.sub(rest, d[i]);
                if i == 0 {
                    self.first.push(simd, 0, rounded);
                    let others = simd.add(rest, self.first.magic[1]);
                    self.first.push(simd, 1, others);
                }
            }
        }
        if DIGITS == 1 {
            self.first.push(simd, 0, simd.add(x, self.first.magic[0]));
        }
        d
    }

    /// x² into its sums; its digits.
    #[inline(always)]
    fn push_squares(&mut self, d: &[S::F64; 3], twice: &[S::F64; 3]) -> [S::F64; 6] {
        let simd = self.simd;
        let mut f = [simd.splat(0.0); 6];
        for k in 0..2 * DIGITS - 1 {
            let c = products::<S, DIGITS>(simd, k, d, twice, None);
            self.second.push(simd, k, simd.add(c, self.second.magic[k]));
            let high = simd.sub(simd.add(c, self.carry.magic[k]), self.carry.magic[k]);
            f[k] = if k == 0 { high } else { simd.add(f[k], high) };
            f[k + 1] = simd.sub(c, high);
        }
        f
    }

    /// Adds the sums of `count` vectors, each of values scaled by `2^-shift`.
    #[inline(always)]
    pub(crate) fn flush(&self, count: usize, shift: i32, sums: &mut [Accumulator; DEGREE]) {
        let (simd, unit, width) = (self.simd, self.unit, Self::WIDTH);
        if DEGREE == 1 {
            self.first.flush(simd, 0..DIGITS, count, unit, width, shift, &mut sums[0]);
            return;
        }
        self.first.flush(
            simd,
            0..DIGITS.min(2),
            count,
            unit,
            width * (DIGITS as i32 - 1),
            shift,
            &mut sums[0],
        );
        self.second.flush(simd, 0..2 * DIGITS - 1, count, 2 * unit, width, 2 * shift, &mut sums[1]);
        if DEGREE >= 3 {
            self.higher.flush(count, shift, sums);
        }
    }
}

/// `c_k`, added to `start`.
#[inline(always)]
fn products<S: Simd, const DIGITS: usize>(
    simd: S,
    k: usize,
    d: &[S::F64; 3],
    twice: &[S::F64; 3],
    start: Option<S::F64>,
) -> S::F64 {
    let mut sum = start;
    for i in 0..DIGITS {
        if 2 * i <= k && k - i < DIGITS {
            let left = if 2 * i == k { d[i] } else { twice[i] };
            sum = Some(match sum {
                None => simd.mul(left, d[k - i]),
                Some(sum) => simd.add_exact_product(left, d[k - i], sum),
            });
        }
    }
    sum.unwrap_or(simd.splat(0.0))
}
