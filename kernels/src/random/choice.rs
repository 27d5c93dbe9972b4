//! Numbers drawn by weight.

use super::cumulative::Cumulative;
use super::distribution::Distribution;
use super::fault::Fault;
use super::words::Words;
use crate::level::Level;

/// Bits of the sum of all weights as integers.
const BITS: u32 = 95;

/// The numbers `0 ..` of weights, each with a probability in proportion to its weight: a row's word is compared with the
/// cumulative sums of the weights, in integers.
///
/// Weights are cut to a common grid of 95 bits less the bits of their number, their sums to multiples of 2^-64: for up
/// to 2^15 weights, cumulative probabilities are within 2^-63. A weight of zero is never drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    cumulative: Cumulative,
}

impl Choice {
    /// By these weights, which need not sum to one.
    ///
    /// # Errors
    /// [`Fault::Weight`], [`Fault::NoWeight`], [`Fault::TooMany`].
    pub fn new(weights: &[f64]) -> Result<Self, Fault> {
        if u32::try_from(weights.len()).is_err() {
            return Err(Fault::TooMany);
        }
        if !weights.iter().all(|weight| weight.is_finite() && *weight >= 0.0) {
            return Err(Fault::Weight);
        }
        let largest = weights.iter().fold(0.0, |largest: f64, &weight| largest.max(weight));
        if largest == 0.0 {
            return Err(Fault::NoWeight);
        }
        let bits = BITS - (weights.len() as u64).next_power_of_two().trailing_zeros();
        // The grid on which the largest weight has so many bits.
        let (mantissa, exponent) = parts(largest);
        let grid = exponent + (128 - mantissa.leading_zeros()) as i32 - bits as i32;
        let on_grid = |weight: &f64| {
            let (mantissa, exponent) = parts(*weight);
            match exponent - grid {
                up @ 0.. => mantissa << up,
                down => mantissa.checked_shr(down.unsigned_abs()).unwrap_or(0),
            }
        };
        let total: u128 = weights.iter().map(on_grid).sum();
        let mut sum = 0;
        let reached = weights.iter().map(|weight| {
            sum += on_grid(weight);
            sum
        });
        // What reaches the total is 2^64, above every word.
        let thresholds = reached.take_while(|&sum| sum < total).map(|sum| ratio(sum, total)).collect();
        Ok(Self { cumulative: Cumulative::new(thresholds) })
    }
}

/// A non-negative finite double as an integer times a power of two.
fn parts(value: f64) -> (u128, i32) {
    let bits = value.to_bits();
    let (fraction, exponent) = (bits & ((1 << 52) - 1), (bits >> 52) as i32);
    match exponent {
        0 => (fraction.into(), -1074),
        _ => ((fraction | 1 << 52).into(), exponent - 1075),
    }
}

/// `floor(2^64 part / whole)` of `part < whole < 2^96`, 32 bits at a time.
fn ratio(part: u128, whole: u128) -> u64 {
    let (high, rest) = ((part << 32) / whole, (part << 32) % whole);
    ((high << 32) + (rest << 32) / whole) as u64
}

impl Distribution for Choice {
    type Value = i64;

    fn fill<W: Words>(&self, level: Level, words: &W, first: u64, out: &mut [i64]) {
        self.cumulative.fill(level, words, first, 0, out);
    }
}
