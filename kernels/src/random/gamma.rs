//! Gamma variates by rejection, the row's attempts from streams beside.

use super::distribution::Distribution;
use super::fault::Fault;
use super::logarithm::ln;
use super::normal::{normal, standard_normals};
use super::parts::{OfWord, PART, by_parts, map_part};
use super::uniform::positive;
use super::words::Words;
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::elementary::{Function, apply};
use crate::level::Level;

/// Gamma variates of a shape and a scale.
///
/// G. Marsaglia and W. W. Tsang, "A simple method for generating gamma variables" (2000): `d (1 + c z)^3` of a normal `z`,
/// kept with a probability above 0.95. Attempt `i` of a row takes its normal from the row's word of stream `2i + 1`
/// beside, or of the stream itself for the first, and its judgement from that of stream `2i + 2`, or 1. Shapes below one
/// multiply the variate of the shape one larger by `u^(1 / shape)`, `u` from stream 2.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gamma {
    shape: f64,
    scale: f64,
    d: f64,
    c: f64,
}

/// The stream of the judgement of the first attempt.
const JUDGEMENT: u64 = 1;
/// The stream of the power of shapes below one.
const POWER: u64 = 2;

impl Gamma {
    /// With mean `shape` times `scale`.
    ///
    /// # Errors
    /// [`Fault::Shape`], [`Fault::Scale`].
    pub fn new(shape: f64, scale: f64) -> Result<Self, Fault> {
        if !(shape.is_finite() && shape > 0.0) {
            return Err(Fault::Shape);
        } else if !(scale.is_finite() && scale >= 0.0) {
            return Err(Fault::Scale);
        }
        let d = if shape < 1.0 { shape + 1.0 } else { shape } - 1.0 / 3.0;
        Ok(Self { shape, scale, d, c: 1.0 / (9.0 * d).sqrt() })
    }

    /// The variate over `d` of one attempt, and whether it is kept without a closer look.
    #[inline(always)]
    fn attempt(self, z: f64, judgement: u64) -> (f64, bool) {
        let root = 1.0 + self.c * z;
        let square = z * z;
        let is_sure = positive(judgement) < 1.0 - 0.0331 * (square * square);
        (root * root * root, is_sure & (root > 0.0))
    }

    /// Whether an attempt is kept, at a closer look.
    fn is_kept(self, v: f64, z: f64, judgement: u64) -> bool {
        v >= f64::MIN_POSITIVE && ln(positive(judgement)) < 0.5 * (z * z) + self.d * (1.0 - v + ln(v))
    }

    /// The variate over `d` of the second attempt and those after it.
    #[cold]
    fn later<W: Words>(self, words: &W, row: u64) -> f64 {
        let mut stream = POWER;
        loop {
            let word = |stream| words.beside(stream).at(row);
            let (z, judgement) = (normal(word(stream + 1)), word(stream + 2));
            let (v, is_sure) = self.attempt(z, judgement);
            if is_sure || self.is_kept(v, z, judgement) {
                return v;
            }
            stream += 2;
        }
    }
}

impl Distribution for Gamma {
    type Value = f64;

    fn fill<W: Words>(&self, level: Level, words: &W, first: u64, out: &mut [f64]) {
        let (judge, power) = (words.beside(JUDGEMENT), words.beside(POWER));
        let (mut further, mut factors, mut powers) = ([0; PART], [0.0; PART], [0.0; PART]);
        by_parts(level, words, first, out, |row, drawn, part| {
            let further = &mut further[..part.len()];
            judge.fill(level, row, further);
            standard_normals(level, drawn, part);
            let (places, count) =
                level.run(FirstAttempts { gamma: *self, judgements: further, values: part });
            for &place in &places[..count] {
                let (word, judgement) = (drawn[usize::from(place)], further[usize::from(place)]);
                let z = normal(word);
                let (v, _) = self.attempt(z, judgement);
                let is_kept = self.is_kept(v, z, judgement);
                let v = if is_kept { v } else { self.later(words, row.wrapping_add(u64::from(place))) };
                part[usize::from(place)] = self.d * v * self.scale;
            }
            if self.shape < 1.0 {
                let (factors, powers) = (&mut factors[..part.len()], &mut powers[..part.len()]);
                power.fill(level, row, further);
                map_part(level, Power { shape: self.shape }, further, powers);
                apply(level, Function::Exp, powers, factors);
                part.iter_mut().zip(factors.iter()).for_each(|(value, factor)| *value *= factor);
            }
        });
    }
}

/// The first attempts of at most [`PART`] rows, whose normals become variates; the answer is the places of those that
/// want a closer look, and how many they are.
struct FirstAttempts<'a> {
    gamma: Gamma,
    judgements: &'a [u64],
    values: &'a mut [f64],
}

impl Kernel for FirstAttempts<'_> {
    type Output = ([u16; PART], usize);

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> Self::Output {
        let mut sure = [false; PART];
        let rows = self.values.iter_mut().zip(self.judgements).zip(&mut sure);
        for ((value, &judgement), sure) in rows {
            let (v, is_sure) = self.gamma.attempt(*value, judgement);
            *value = self.gamma.d * v * self.gamma.scale;
            *sure = is_sure;
        }
        let (mut places, mut count) = ([0; PART], 0);
        for (place, is_sure) in sure[..self.values.len()].iter().enumerate() {
            places[count] = place as u16;
            count += usize::from(!is_sure);
        }
        (places, count)
    }
}

/// The logarithm of `u^(1 / shape)`.
#[derive(Clone, Copy)]
struct Power {
    shape: f64,
}

impl OfWord for Power {
    type Value = f64;

    #[inline(always)]
    fn of(self, word: u64) -> f64 {
        ln(positive(word)) / self.shape
    }
}
