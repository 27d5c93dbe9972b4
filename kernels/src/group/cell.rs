//! The sum of a group: three digits that additions never carry between.
//!
//! A term of at most 117 bits is three digits of 39; the words that hold their sums have room for some millions of them
//! before the digits must be carried (Kulisch's long accumulator with delayed carries, after R. Neal 2015,
//! arXiv:1505.05571, cut down to the window of [`super::sums`]). So a row costs one addition of a vector: three digits
//! and the count.

use crate::exact::Accumulator;

/// Bits of a digit.
pub(super) const WIDTH: u32 = 39;
/// Terms that a cell takes after its digits were carried: each adds less than 2^39 to the lower digits, and as much at
/// most to the first.
pub(super) const ADDS: usize = 1 << 23;
/// Where the first digit has no more room.
const FIRST_LIMIT: i64 = 1 << 61;
const DIGIT: i64 = (1 << WIDTH) - 1;

/// Σ `digits[i] * 2^(WIDTH * (2 - i))` units, and the count of values.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(32))]
pub(super) struct Cell {
    pub(super) digits: [i64; 3],
    pub(super) count: u64,
}

/// The exponent of the unit of sums whose floats' last places are at field `base`.
pub(super) fn unit(base: u64) -> i32 {
    base as i32 - 1075
}

/// The digits of an integer, the lower two not negative.
#[inline(always)]
pub(super) fn digits_of(term: i128) -> [i64; 3] {
    [(term >> (2 * WIDTH)) as i64, (term >> WIDTH) as i64 & DIGIT, term as i64 & DIGIT]
}

/// Whether the first digit of a term is one that [`ADDS`] of can be added.
#[inline(always)]
pub(super) fn is_small(first: i64) -> bool {
    first.wrapping_add(1 << (WIDTH - 1)) as u64 >> WIDTH == 0
}

impl Cell {
    /// Adds the digits of a term and `count` values, as one vector.
    #[inline(always)]
    pub(super) fn add(&mut self, [first, second, third, count]: [u64; 4]) {
        // No addition overflows: see `ADDS`.
        self.digits[0] = self.digits[0].wrapping_add(first as i64);
        self.digits[1] = self.digits[1].wrapping_add(second as i64);
        self.digits[2] = self.digits[2].wrapping_add(third as i64);
        self.count = self.count.wrapping_add(count);
    }

    /// Adds an integer, or nothing where it is too large.
    pub(super) fn add_integer(&mut self, term: i128) -> bool {
        let digits = digits_of(term);
        if digits[0].unsigned_abs() > 1 << 60 || (self.digits[0] + digits[0]).abs() > FIRST_LIMIT {
            return false;
        }
        self.digits.iter_mut().zip(digits).for_each(|(held, digit)| *held += digit);
        true
    }

    /// Carries, so that there is room for [`ADDS`] more terms; `false` where the first digit has none.
    pub(super) fn carry(&mut self) -> bool {
        let [first, second, third] = &mut self.digits;
        *second += *third >> WIDTH;
        *third &= DIGIT;
        *first += *second >> WIDTH;
        *second &= DIGIT;
        first.abs() <= FIRST_LIMIT
    }

    /// The cell as what [`Cell::add`] takes for one of [`ADDS`] terms, if it is small enough.
    #[inline(always)]
    pub(super) fn term(mut self) -> Option<[u64; 4]> {
        let has_room = self.carry() && is_small(self.digits[0]);
        let [first, second, third] = self.digits;
        has_room.then_some([first as u64, second as u64, third as u64, self.count])
    }

    /// The sum in units, where it is less than 2^126.
    #[inline]
    pub(super) fn total(self) -> Option<i128> {
        let [first, second, third] = self.digits.map(i128::from);
        // The two others are below 2^103 together.
        (self.digits[0].unsigned_abs() < 1 << 46)
            .then_some((first << (2 * WIDTH)) + (second << WIDTH) + third)
    }

    /// Adds the sum to `sum`, where units are those of field `base`.
    pub(super) fn add_to(&self, sum: &mut Accumulator, base: u64) {
        for (digit, place) in self.digits.into_iter().zip([2, 1, 0]) {
            sum.add_i64(digit, unit(base) + place * WIDTH as i32);
        }
    }

    /// Makes the sum 0; the count stays.
    pub(super) fn clear(&mut self) {
        self.digits = [0; 3];
    }
}
