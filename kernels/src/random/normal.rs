//! Normals by inversion, and their exponentials.

use super::distribution::Distribution;
use super::fault::Fault;
use super::normal_quantile::{centre, far, is_central, is_far, near, tail_argument, upper_normal_quantile};
use super::parts::{PART, by_parts};
use super::words::Words;
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::elementary::{Function, apply};
use crate::level::Level;

/// Normals by inversion: the top bit of a word is the sign, the other 63 the probability of a larger magnitude.
///
/// The quantile is within 5 ulp of the exact one, magnitudes reach 9.16; `mean + std z` is rounded twice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normal {
    mean: f64,
    std: f64,
}

impl Normal {
    /// With this mean and standard deviation.
    ///
    /// # Errors
    /// [`Fault::Location`], [`Fault::Scale`].
    pub fn new(mean: f64, std: f64) -> Result<Self, Fault> {
        if !mean.is_finite() {
            Err(Fault::Location)
        } else if !(std.is_finite() && std >= 0.0) {
            Err(Fault::Scale)
        } else {
            Ok(Self { mean, std })
        }
    }
}

impl Distribution for Normal {
    type Value = f64;

    fn fill<W: Words>(&self, level: Level, words: &W, first: u64, out: &mut [f64]) {
        by_parts(level, words, first, out, |_, drawn, part| {
            standard_normals(level, drawn, part);
            for value in part {
                *value = self.mean + self.std * *value;
            }
        });
    }
}

/// Exponentials of normals: `exp(mean + std z)` of the normals `z` of [`Normal`], the exponential within 1 ulp.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lognormal(Normal);

impl Lognormal {
    /// Whose logarithm has this mean and standard deviation.
    ///
    /// # Errors
    /// As [`Normal::new`].
    pub fn new(mean: f64, std: f64) -> Result<Self, Fault> {
        Normal::new(mean, std).map(Self)
    }
}

impl Distribution for Lognormal {
    type Value = f64;

    fn fill<W: Words>(&self, level: Level, words: &W, first: u64, out: &mut [f64]) {
        let mut logarithms = [0.0; PART];
        by_parts(level, words, first, out, |_, drawn, part| {
            let logarithms = &mut logarithms[..part.len()];
            standard_normals(level, drawn, logarithms);
            for value in logarithms.iter_mut() {
                *value = self.0.mean + self.0.std * *value;
            }
            apply(level, Function::Exp, logarithms, part);
        });
    }
}

/// Standard normals of rows `first ..`: see [`Normal`].
pub fn fill_normals<W: Words>(level: Level, words: &W, first: u64, out: &mut [f64]) {
    by_parts(level, words, first, out, |_, drawn, part| standard_normals(level, drawn, part));
}

/// `(k + 1/2) / 2^64` for the low 63 bits `k`: in `(0, 1/2]`, as `2k + 1` so that small `k` stay exact.
#[inline(always)]
fn tail(word: u64) -> f64 {
    (word << 1 | 1) as f64 * (1.0 / 36_893_488_147_419_103_232.0)
}

/// With the sign of the word's top bit.
#[inline(always)]
fn signed(magnitude: f64, word: u64) -> f64 {
    f64::from_bits(magnitude.to_bits() ^ (word & 1 << 63))
}

/// The standard normal of one word.
#[inline(always)]
pub(super) fn normal(word: u64) -> f64 {
    signed(upper_normal_quantile(tail(word)), word)
}

/// The standard normals of at most [`PART`] words.
pub(super) fn standard_normals(level: Level, words: &[u64], out: &mut [f64]) {
    level.run(Normals { words, out });
}

/// All words as if they were central, without branches; then the tails (15 %) side by side; then the far ones.
struct Normals<'a> {
    words: &'a [u64],
    out: &'a mut [f64],
}

impl Kernel for Normals<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Normals { words, out } = self;
        for (slot, &word) in out.iter_mut().zip(words) {
            *slot = signed(centre(tail(word)), word);
        }
        let (mut places, mut count) = ([0u16; PART], 0);
        for (place, &word) in words.iter().enumerate() {
            places[count] = place as u16;
            count += usize::from(!is_central(tail(word)));
        }
        let places = &places[..count];
        let mut arguments = [0.0; PART];
        let arguments = &mut arguments[..count];
        for (argument, &place) in arguments.iter_mut().zip(places) {
            *argument = tail(words[usize::from(place)]);
        }
        for argument in arguments.iter_mut() {
            *argument = tail_argument(*argument);
        }
        let mut quantiles = [0.0; PART];
        let quantiles = &mut quantiles[..count];
        for (quantile, &argument) in quantiles.iter_mut().zip(arguments.iter()) {
            *quantile = near(argument);
        }
        for ((&place, &argument), &quantile) in places.iter().zip(arguments.iter()).zip(quantiles.iter()) {
            let quantile = if is_far(argument) { far(argument) } else { quantile };
            let place = usize::from(place);
            out[place] = signed(quantile, words[place]);
        }
    }
}
