//! Poisson counts by exact inversion.

use super::cumulative::Cumulative;
use super::distribution::Distribution;
use super::fault::Fault;
use super::words::Words;
use crate::level::Level;

/// Terms below this part of the largest one are left out: 2^-76.
const NEGLIGIBLE: f64 = 1.0 / 75_557_863_725_914_323_419_136.0;

/// Numbers of independent events at a mean rate: the smallest `k` whose cumulative probability is above the row's word
/// over 2^64.
///
/// The probabilities are products of ratios `rate / k` outward from the mode, divided by their sum: no factorial, no
/// exponential. Those of either tail are added from its end, in multiples of 2^-64. A product has at most 10 square
/// roots of the rate factors, each rounded twice, so a probability of rate 10^9 is within 10^-10 of itself. The table
/// has about 20 square roots of the rate entries: 16 MiB at the largest rate.
#[derive(Clone, Debug, PartialEq)]
pub struct Poisson {
    least: i64,
    cumulative: Cumulative,
}

impl Poisson {
    /// The largest rate.
    pub const MAX_RATE: f64 = 4_294_967_296.0;

    /// With this mean. Cost: about 20 square roots of it.
    ///
    /// # Errors
    /// [`Fault::Rate`].
    pub fn new(rate: f64) -> Result<Self, Fault> {
        if !(0.0..=Self::MAX_RATE).contains(&rate) {
            return Err(Fault::Rate);
        }
        let mode = rate as i64;
        // Terms relative to the mode's, outward.
        let (mut below, mut above) = (Vec::new(), Vec::new());
        let (mut term, mut k) = (1.0, mode);
        while k > 0 && term > NEGLIGIBLE {
            term *= k as f64 / rate;
            below.push(term);
            k -= 1;
        }
        let least = k;
        (term, k) = (1.0, mode);
        while term > NEGLIGIBLE {
            k += 1;
            term *= rate / k as f64;
            above.push(term);
        }
        let sum = |terms: &[f64]| terms.iter().rev().fold(0.0, |sum, term| sum + term);
        let scale = 18_446_744_073_709_551_616.0 / (sum(&below) + sum(&above) + 1.0);
        let mut thresholds = Vec::with_capacity(below.len() + above.len());
        let mut reached = 0.0;
        for &term in below.iter().rev() {
            reached += term;
            thresholds.push((reached * scale) as u64);
        }
        let start = thresholds.len();
        let mut left = 0.0;
        for &term in above.iter().rev() {
            left += term;
            // 2^64 less the tail, which no word reaches where the tail is nothing.
            let tail = (left * scale) as u64;
            thresholds.extend((tail > 0).then(|| tail.wrapping_neg()));
        }
        thresholds[start..].reverse();
        Ok(Self { least, cumulative: Cumulative::new(thresholds) })
    }
}

impl Distribution for Poisson {
    type Value = i64;

    fn fill<W: Words>(&self, level: Level, words: &W, first: u64, out: &mut [i64]) {
        self.cumulative.fill(level, words, first, self.least, out);
    }
}
