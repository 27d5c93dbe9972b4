//! Values of a block as digits on one fixed-point grid, a row of floats for each place of the grid.

use super::{BLOCK, DIGIT_BITS};

/// A number `±magnitude * 2^exponent`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Term {
    /// Whether it is below zero.
    pub negative: bool,
    /// The magnitude; a zero has any exponent.
    pub magnitude: u128,
    /// The exponent.
    pub exponent: i32,
}

impl From<f64> for Term {
    /// # Panics
    /// If `value` is NaN or infinite.
    #[inline]
    fn from(value: f64) -> Self {
        assert!(value.is_finite(), "a term is finite");
        let bits = value.to_bits();
        let (field, fraction) = ((bits >> 52 & 0x7ff) as i32, bits & ((1 << 52) - 1));
        let magnitude = if field == 0 { fraction } else { fraction | 1 << 52 };
        Term { negative: bits >> 63 == 1, magnitude: magnitude.into(), exponent: field.max(1) - 1075 }
    }
}

impl From<i64> for Term {
    #[inline]
    fn from(value: i64) -> Self {
        Term { negative: value < 0, magnitude: value.unsigned_abs().into(), exponent: 0 }
    }
}

impl From<u64> for Term {
    #[inline]
    fn from(value: u64) -> Self {
        Term { negative: false, magnitude: value.into(), exponent: 0 }
    }
}

impl Term {
    /// The product, where both magnitudes are below 2^64; else `None`.
    #[inline]
    pub fn product(self, other: Term) -> Option<Term> {
        let (a, b) = (u64::try_from(self.magnitude).ok()?, u64::try_from(other.magnitude).ok()?);
        Some(Term {
            negative: self.negative != other.negative,
            magnitude: u128::from(a) * u128::from(b),
            exponent: self.exponent + other.exponent,
        })
    }
}

/// Rows of digits of a block: row `r` holds, for each row of the block, an integer below `2^37` in magnitude, in units of
/// `2^exponents[r]`.
#[derive(Clone, Debug, Default)]
pub struct Digits {
    digits: Vec<[f64; BLOCK]>,
    exponents: Vec<i32>,
}

impl Digits {
    /// Forgets all rows, and keeps their memory.
    pub fn clear(&mut self) {
        self.exponents.clear();
    }

    /// Rows of digits.
    pub fn len(&self) -> usize {
        self.exponents.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.exponents.is_empty()
    }

    /// The unit of row `row`: a power of two.
    pub fn exponent(&self, row: usize) -> i32 {
        self.exponents[row]
    }

    /// The rows of digits.
    pub fn rows(&self) -> &[[f64; BLOCK]] {
        &self.digits[..self.exponents.len()]
    }

    /// Appends rows whose sum over all places is that of `terms`, each at its row of the block; rows of the block that
    /// no term names have zeros. As few rows as the terms' exponents need: places where all are zero have none.
    ///
    /// # Panics
    /// If a term names a row past the block.
    pub fn push(&mut self, terms: impl Iterator<Item = (usize, Term)> + Clone) {
        let (mut low, mut high) = (i32::MAX, i32::MIN);
        for (_, term) in terms.clone() {
            if term.magnitude != 0 {
                low = low.min(term.exponent + term.magnitude.trailing_zeros() as i32);
                high = high.max(term.exponent + 128 - term.magnitude.leading_zeros() as i32);
            }
        }
        if low > high {
            return;
        }
        let places = ((high - low) as u32).div_ceil(DIGIT_BITS) as usize;
        let first = self.len();
        self.open(places);
        const MASK: u128 = (1 << DIGIT_BITS) - 1;
        let mut used = [0u64; 4]; // a bit each place: products of floats reach over 4,300 binades, 117 places
        for (row, term) in terms {
            let Term { negative, mut magnitude, exponent } = term;
            if magnitude == 0 {
                continue;
            }
            // Zeros at the end of a magnitude may lie below the grid.
            let mut shift = exponent - low;
            if shift < 0 {
                magnitude >>= shift.unsigned_abs();
                shift = 0;
            }
            let sign = if negative { -1.0 } else { 1.0 };
            let (mut place, offset) = (shift as u32 / DIGIT_BITS, shift as u32 % DIGIT_BITS);
            let mut digit = (magnitude << offset) & MASK;
            magnitude >>= DIGIT_BITS - offset;
            loop {
                if digit != 0 {
                    self.digits[first + place as usize][row] = sign * digit as u64 as f64;
                    used[place as usize / 64] |= 1 << (place % 64);
                }
                if magnitude == 0 {
                    break;
                }
                digit = magnitude & MASK;
                magnitude >>= DIGIT_BITS;
                place += 1;
            }
        }
        self.exponents.truncate(first);
        for place in 0..places {
            if used[place / 64] >> (place % 64) & 1 == 1 {
                let to = self.exponents.len();
                self.digits.swap(first + place, to);
                self.exponents.push(low + place as i32 * DIGIT_BITS as i32);
            }
        }
    }

    /// Appends a row of ones at the rows of `rows`.
    pub fn push_ones(&mut self, rows: impl Iterator<Item = usize>) {
        let row = self.len();
        self.open(1);
        rows.for_each(|at| self.digits[row][at] = 1.0);
    }

    /// Appends rows of zeros.
    fn open(&mut self, count: usize) {
        for _ in 0..count {
            let row = self.exponents.len();
            match self.digits.get_mut(row) {
                Some(digits) => digits.fill(0.0),
                None => self.digits.push([0.0; BLOCK]),
            }
            self.exponents.push(0);
        }
    }
}
