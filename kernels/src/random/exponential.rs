//! Exponentials by inversion.

use super::distribution::Distribution;
use super::fault::Fault;
use super::logarithm::ln;
use super::parts::{OfWord, map_words};
use super::uniform::positive;
use super::words::Words;
use crate::level::Level;

/// Waiting times: `-ln u` times the scale, which is their mean, where `u` is the middle of one of 2^63 parts of `[0, 1]`.
///
/// The logarithm is within 1.3 ulp. Unscaled values are at most 44.4, and their grid near zero is 2^-53.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exponential {
    scale: f64,
}

impl Exponential {
    /// With this mean.
    ///
    /// # Errors
    /// [`Fault::Scale`].
    pub fn new(scale: f64) -> Result<Self, Fault> {
        if scale.is_finite() && scale >= 0.0 { Ok(Self { scale }) } else { Err(Fault::Scale) }
    }
}

impl OfWord for Exponential {
    type Value = f64;

    #[inline(always)]
    fn of(self, word: u64) -> f64 {
        // From zero, so that ln 1 gives no negative zero.
        (0.0 - ln(positive(word))) * self.scale
    }
}

impl Distribution for Exponential {
    type Value = f64;

    fn fill<W: Words>(&self, level: Level, words: &W, first: u64, out: &mut [f64]) {
        map_words(level, words, first, *self, out);
    }
}
