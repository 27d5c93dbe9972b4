//! Integers of a range, without bias.

use super::distribution::Distribution;
use super::fault::Fault;
use super::parts::by_parts;
use super::words::Words;
use crate::level::Level;

/// Integers uniform in a range, without bias.
///
/// D. Lemire, "Fast random integer generation in an interval" (2019): row `i` takes the high half of word `i` times the
/// number of values. A product whose low half is below `2^64 mod count` would favour some values, and is replaced by
/// that of word `i` of the stream beside, and so on: the row alone decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Integers {
    low: i64,
    /// How many values; 0 for 2^64.
    count: u64,
}

impl Integers {
    /// Integers of `low..high`.
    ///
    /// # Errors
    /// [`Fault::Empty`] where there is none.
    pub fn new(low: i64, high: i64) -> Result<Self, Fault> {
        if low < high { Ok(Self { low, count: high.wrapping_sub(low) as u64 }) } else { Err(Fault::Empty) }
    }

    /// Integers of `low..=high`.
    ///
    /// # Errors
    /// [`Fault::Empty`] where there is none.
    pub fn inclusive(low: i64, high: i64) -> Result<Self, Fault> {
        let count = (high.wrapping_sub(low) as u64).wrapping_add(1);
        if low <= high { Ok(Self { low, count }) } else { Err(Fault::Empty) }
    }
}

impl Distribution for Integers {
    type Value = i64;

    fn fill<W: Words>(&self, level: Level, words: &W, first: u64, out: &mut [i64]) {
        let Integers { low, count } = *self;
        if count == 0 {
            return by_parts(level, words, first, out, |_, drawn, part| {
                for (slot, &word) in part.iter_mut().zip(drawn) {
                    *slot = low.wrapping_add(word as i64);
                }
            });
        }
        let biased = count.wrapping_neg() % count;
        by_parts(level, words, first, out, |row, drawn, part| {
            for (offset, (slot, &word)) in part.iter_mut().zip(drawn).enumerate() {
                let mut product = u128::from(word) * u128::from(count);
                let mut attempt = 0;
                while (product as u64) < biased {
                    attempt += 1;
                    let word = words.beside(attempt).at(row.wrapping_add(offset as u64));
                    product = u128::from(word) * u128::from(count);
                }
                *slot = low.wrapping_add((product >> 64) as i64);
            }
        });
    }
}

/// Integers of rows `first ..`, uniform in `low..high` without bias: see [`Integers`].
///
/// # Panics
/// If there is no integer in `low..high`.
pub fn fill_integers<W: Words>(level: Level, words: &W, first: u64, low: i64, high: i64, out: &mut [i64]) {
    let integers = Integers::new(low, high).expect("a range of random integers must not be empty");
    integers.fill(level, words, first, out);
}
