//! Doubles between two bounds, and truths with a probability.

use super::distribution::Distribution;
use super::fault::Fault;
use super::parts::{OfWord, map_words};
use super::words::Words;
use crate::level::Level;

/// The 53 high bits of a word as a multiple of 2^-53 in `[0, 1)`: NumPy's `Generator.random`.
#[inline(always)]
pub(super) fn double(word: u64) -> f64 {
    (word >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
}

/// The middle of one of 2^63 equal parts of `[0, 1]`, rounded: from 2^-64 to 1, never 0.
#[inline(always)]
pub(super) fn positive(word: u64) -> f64 {
    (word | 1) as f64 * (1.0 / 18_446_744_073_709_551_616.0)
}

/// Doubles uniform in `[0, 1)`: bit for bit NumPy's `Generator.random` on the same stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Doubles;

#[derive(Clone, Copy)]
struct Double;

impl OfWord for Double {
    type Value = f64;

    #[inline(always)]
    fn of(self, word: u64) -> f64 {
        double(word)
    }
}

impl Distribution for Doubles {
    type Value = f64;

    fn fill<W: Words>(&self, level: Level, words: &W, first: u64, out: &mut [f64]) {
        map_words(level, words, first, Double, out);
    }
}

/// Doubles of rows `first ..`, uniform in `[0, 1)`: bit for bit NumPy's `Generator.random()` on the same stream.
pub fn fill_doubles<W: Words>(level: Level, words: &W, first: u64, out: &mut [f64]) {
    Doubles.fill(level, words, first, out);
}

/// Doubles between two bounds: `low + (high - low) u`, rounded twice, of the doubles `u` of [`Doubles`]. Rounding may
/// give `high` itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Uniform {
    low: f64,
    width: f64,
}

impl Uniform {
    /// Between `low` and `high`.
    ///
    /// # Errors
    /// [`Fault::Bounds`] where they, or their distance, are not finite, or not in order.
    pub fn new(low: f64, high: f64) -> Result<Self, Fault> {
        let width = high - low;
        if low <= high && width.is_finite() { Ok(Self { low, width }) } else { Err(Fault::Bounds) }
    }
}

impl OfWord for Uniform {
    type Value = f64;

    #[inline(always)]
    fn of(self, word: u64) -> f64 {
        self.low + self.width * double(word)
    }
}

impl Distribution for Uniform {
    type Value = f64;

    fn fill<W: Words>(&self, level: Level, words: &W, first: u64, out: &mut [f64]) {
        map_words(level, words, first, *self, out);
    }
}

/// Truths with a probability, cut down to a multiple of 2^-64: a row's word is below the probability times 2^64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bernoulli {
    /// The largest word that is true, if any is.
    last: u64,
    is_possible: bool,
}

impl Bernoulli {
    /// True with this probability.
    ///
    /// # Errors
    /// [`Fault::Probability`] where it is not in `[0, 1]`.
    pub fn new(probability: f64) -> Result<Self, Fault> {
        if !(0.0..=1.0).contains(&probability) {
            return Err(Fault::Probability);
        }
        // The product is exact.
        let count = (probability * 18_446_744_073_709_551_616.0) as u128;
        Ok(Self { last: count.saturating_sub(1) as u64, is_possible: count > 0 })
    }
}

impl OfWord for Bernoulli {
    type Value = bool;

    #[inline(always)]
    fn of(self, word: u64) -> bool {
        (word <= self.last) & self.is_possible
    }
}

impl Distribution for Bernoulli {
    type Value = bool;

    fn fill<W: Words>(&self, level: Level, words: &W, first: u64, out: &mut [bool]) {
        map_words(level, words, first, *self, out);
    }
}
