//! A generated column: where its numbers come from and how rows of it are filled.

use arrcalc_kernels::random::{
    Bernoulli, Choice, Distribution, Doubles, Exponential, Fault, Gamma, Integers, Lognormal, Normal, Philox,
    Poisson, RawWords, Uniform,
};
use arrcalc_kernels::{Bits, Level};

use super::generator::{Choices, Generator};
use crate::chunk::{Column, Text, Values};

/// Streams of nulls stand this many jumps behind those of values.
const NULL_JUMPS: u64 = 1 << 63;
/// Columns that a correlated one may depend on: each costs its draws.
const SOURCES_MAX: usize = 64;

/// A column whose parameters make sense.
#[derive(Debug)]
pub(super) struct GeneratedColumn {
    kind: Kind,
    words: Philox,
    nulls: Option<Nulls>,
}

#[derive(Debug)]
struct Nulls {
    valid: Bernoulli,
    words: Philox,
}

#[derive(Debug)]
enum Kind {
    Row,
    Raw,
    Doubles,
    Uniform(Uniform),
    /// Integers, or microseconds.
    Integers(Integers),
    Days(Integers),
    Bernoulli(Bernoulli),
    Normal(Normal),
    Lognormal(Lognormal),
    Exponential(Exponential),
    Poisson(Poisson),
    Gamma(Gamma),
    ChoiceOfIntegers(Choice, Vec<i64>),
    ChoiceOfFloats(Choice, Vec<f64>),
    ChoiceOfTexts(Choice, Vec<String>),
    Correlated {
        sources: Vec<(f64, Philox)>,
        mean: f64,
        std: f64,
    },
}

/// A column's rows between filling and lending; the memory is reused from chunk to chunk.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    words: Vec<u64>,
    signed: Vec<i64>,
    days: Vec<i32>,
    codes: Vec<u32>,
    floats: Vec<f64>,
    other_floats: Vec<f64>,
    truths: Vec<bool>,
    bits: Vec<u8>,
    validity: Vec<u8>,
}

impl GeneratedColumn {
    /// A column behind those that are `made`, whose names are `names`.
    ///
    /// # Errors
    /// What is wrong with the parameters.
    pub(super) fn new(
        generator: &Generator,
        seed: &Philox,
        names: &[(String, Generator)],
        made: &[GeneratedColumn],
    ) -> Result<Self, String> {
        let index = made.len() as u64;
        let words = seed.jumped(index);
        let kind = kind(generator.values(), words, names, made)?;
        let probability = match generator {
            Generator::Nullable { generator, .. } if matches!(**generator, Generator::Nullable { .. }) => {
                return Err("nullable(nullable(...)): say once how often a value is null".into());
            }
            Generator::Nullable { probability, .. } => Some(*probability),
            _ => None,
        };
        let nulls = probability.map(|probability| {
            let valid = Bernoulli::new(1.0 - probability).map_err(|fault| format!("nullable: {fault}"))?;
            Ok::<_, String>(Nulls { valid, words: seed.jumped(NULL_JUMPS + index) })
        });
        Ok(Self { kind, words, nulls: nulls.transpose()? })
    }

    /// Whether a value may be null.
    pub(super) fn has_nulls(&self) -> bool {
        self.nulls.is_some()
    }

    /// The standard normals that the column is the sum of: their factors, whose squares sum to one, and their streams.
    fn sources(&self) -> Option<Vec<(f64, Philox)>> {
        match &self.kind {
            Kind::Normal(_) | Kind::Lognormal(_) => Some(vec![(1.0, self.words)]),
            Kind::Correlated { sources, .. } => Some(sources.clone()),
            _ => None,
        }
    }

    /// Fills `buffer` with rows `first..first + len`.
    pub(super) fn fill(&self, level: Level, first: u64, len: usize, buffer: &mut Buffer) {
        let words = &self.words;
        match &self.kind {
            Kind::Row => {
                buffer.signed.clear();
                buffer.signed.extend((first..first + len as u64).map(|row| row as i64));
            }
            Kind::Raw => fill(&RawWords, level, words, first, len, &mut buffer.words),
            Kind::Doubles => fill(&Doubles, level, words, first, len, &mut buffer.floats),
            Kind::Uniform(of) => fill(of, level, words, first, len, &mut buffer.floats),
            Kind::Normal(of) => fill(of, level, words, first, len, &mut buffer.floats),
            Kind::Lognormal(of) => fill(of, level, words, first, len, &mut buffer.floats),
            Kind::Exponential(of) => fill(of, level, words, first, len, &mut buffer.floats),
            Kind::Gamma(of) => fill(of, level, words, first, len, &mut buffer.floats),
            Kind::Integers(of) => fill(of, level, words, first, len, &mut buffer.signed),
            Kind::Poisson(of) => fill(of, level, words, first, len, &mut buffer.signed),
            Kind::Days(of) => {
                fill(of, level, words, first, len, &mut buffer.signed);
                buffer.days.clear();
                buffer.days.extend(buffer.signed.iter().map(|&day| day as i32));
            }
            Kind::Bernoulli(of) => {
                fill(of, level, words, first, len, &mut buffer.truths);
                pack(&buffer.truths, &mut buffer.bits);
            }
            Kind::ChoiceOfIntegers(of, values) => {
                fill(of, level, words, first, len, &mut buffer.signed);
                buffer.signed.iter_mut().for_each(|slot| *slot = values[*slot as usize]);
            }
            Kind::ChoiceOfFloats(of, values) => {
                fill(of, level, words, first, len, &mut buffer.signed);
                buffer.floats.clear();
                buffer.floats.extend(buffer.signed.iter().map(|&slot| values[slot as usize]));
            }
            Kind::ChoiceOfTexts(of, _) => {
                fill(of, level, words, first, len, &mut buffer.signed);
                buffer.codes.clear();
                buffer.codes.extend(buffer.signed.iter().map(|&slot| slot as u32));
            }
            Kind::Correlated { sources, mean, std } => {
                let Buffer { floats, other_floats, .. } = buffer;
                floats.clear();
                floats.resize(len, 0.0);
                for (share, words) in sources {
                    other_floats.resize(len, 0.0);
                    arrcalc_kernels::random::fill_normals(level, words, first, other_floats);
                    floats.iter_mut().zip(other_floats.iter()).for_each(|(sum, z)| *sum += share * z);
                }
                floats.iter_mut().for_each(|value| *value = mean + std * *value);
            }
        }
        if let Some(Nulls { valid, words }) = &self.nulls {
            fill(valid, level, words, first, len, &mut buffer.truths);
            pack(&buffer.truths, &mut buffer.validity);
        }
    }

    /// The `len` rows of `buffer`; `texts` are this column's, see [`GeneratedColumn::texts`].
    pub(super) fn lend<'b>(&self, buffer: &'b Buffer, texts: &'b [&'b str], len: usize) -> Column<'b> {
        let values = match &self.kind {
            Kind::Row | Kind::Integers(_) | Kind::Poisson(_) | Kind::ChoiceOfIntegers(..) => {
                Values::Int64(&buffer.signed)
            }
            Kind::Raw => Values::UInt64(&buffer.words),
            Kind::Days(_) => Values::Int32(&buffer.days),
            Kind::Bernoulli(_) => Values::Bool(Bits::new(&buffer.bits, 0, len)),
            Kind::ChoiceOfTexts(..) => Values::Text(Text::Codes { codes: &buffer.codes, values: texts }),
            _ => Values::Float64(&buffer.floats),
        };
        Column { values, validity: self.nulls.as_ref().map(|_| Bits::new(&buffer.validity, 0, len)) }
    }

    /// The texts that this column chooses from.
    pub(super) fn texts(&self) -> Vec<&str> {
        match &self.kind {
            Kind::ChoiceOfTexts(_, values) => values.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }
}

fn fill<D: Distribution>(
    of: &D,
    level: Level,
    words: &Philox,
    first: u64,
    len: usize,
    out: &mut Vec<D::Value>,
) {
    out.resize(len, D::Value::default());
    of.fill(level, words, first, out);
}

fn pack(truths: &[bool], bits: &mut Vec<u8>) {
    bits.clear();
    bits.extend(
        truths.chunks(8).map(|part| part.iter().rev().fold(0, |byte, &truth| byte << 1 | u8::from(truth))),
    );
}

fn kind(
    generator: &Generator,
    words: Philox,
    names: &[(String, Generator)],
    made: &[GeneratedColumn],
) -> Result<Kind, String> {
    let told = |fault: Fault| format!("{}: {fault}", generator.called());
    Ok(match generator {
        Generator::Row => Kind::Row,
        Generator::Raw => Kind::Raw,
        // Scaled by one it would be the same, but for the time it takes.
        Generator::Uniform { low: 0.0, high: 1.0 } => Kind::Doubles,
        Generator::Uniform { low, high } => Kind::Uniform(Uniform::new(*low, *high).map_err(told)?),
        Generator::Integers { low, high } => Kind::Integers(Integers::new(*low, *high).map_err(told)?),
        Generator::Timestamps { low, high } => Kind::Integers(Integers::new(*low, *high).map_err(told)?),
        Generator::Dates { first, last } => {
            Kind::Days(Integers::inclusive((*first).into(), (*last).into()).map_err(told)?)
        }
        Generator::Bernoulli { probability } => Kind::Bernoulli(Bernoulli::new(*probability).map_err(told)?),
        Generator::Normal { mean, std } => Kind::Normal(Normal::new(*mean, *std).map_err(told)?),
        Generator::Lognormal { mean, std } => Kind::Lognormal(Lognormal::new(*mean, *std).map_err(told)?),
        Generator::Exponential { scale } => Kind::Exponential(Exponential::new(*scale).map_err(told)?),
        Generator::Poisson { rate } => Kind::Poisson(Poisson::new(*rate).map_err(told)?),
        Generator::Gamma { shape, scale } => Kind::Gamma(Gamma::new(*shape, *scale).map_err(told)?),
        Generator::Choice { values, weights } => {
            let count = values.len();
            let alike = vec![1.0; if weights.is_empty() { count } else { 0 }];
            let weights = if weights.is_empty() { &alike } else { weights };
            if weights.len() != count {
                return Err(format!("choice: {count} values, but {} weights", weights.len()));
            }
            let choice = Choice::new(weights).map_err(told)?;
            match values {
                Choices::Integers(values) => Kind::ChoiceOfIntegers(choice, values.clone()),
                Choices::Floats(values) => Kind::ChoiceOfFloats(choice, values.clone()),
                Choices::Texts(values) => Kind::ChoiceOfTexts(choice, values.clone()),
            }
        }
        Generator::Correlated { with, correlation, mean, std } => {
            Normal::new(*mean, *std).map_err(told)?;
            if !(-1.0..=1.0).contains(correlation) {
                return Err(format!("correlated: a correlation must be between -1 and 1, not {correlation}"));
            }
            let place = names.iter().position(|(name, _)| name == with);
            let Some(other) = place.and_then(|index| made.get(index)) else {
                return Err(format!("correlated: no earlier column is called '{with}'"));
            };
            let Some(mut sources) = other.sources() else {
                return Err(format!("correlated: '{with}' must be normal, lognormal or correlated"));
            };
            if sources.len() == SOURCES_MAX {
                return Err(format!("correlated: '{with}' already depends on {SOURCES_MAX} columns"));
            }
            sources.iter_mut().for_each(|(share, _)| *share *= correlation);
            // IEEE 754 rounds the square root once: the same everywhere.
            sources.push(((1.0 - correlation * correlation).sqrt(), words));
            Kind::Correlated { sources, mean: *mean, std: *std }
        }
        Generator::Nullable { .. } => unreachable!("a nullable generator's values are another's"),
    })
}
