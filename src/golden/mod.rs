//! Golden results: what every kernel makes of fixed data, hashed. Equal on every machine, at every level, for any
//! threads and chunks; a difference is a miscompiled binary, a broken CPU or a bug.
//!
//! The data come from SplitMix64 (Steele, Lea, Flood 2014): integer arithmetic, so they are the same everywhere.

mod chance;

use arrcalc_datasets::{ArrayView, DataType, Dataset};
use arrcalc_kernels::Level;
use arrcalc_kernels::histogram::{Bins, Histogram};
use sha2::{Digest, Sha256};

use crate::Describe;
use crate::aggregate::{
    Aggregate, Distinct, Dot, Extremum, Kurtosis, NanPolicy, Probability, QuantileMethod, Quantiles, Which,
};
use crate::error::Result;
use crate::execute::{Engine, Reduce, Repeat, Scope, Task};
use crate::present::{Precision, description_json, push_json};

/// The hash of all parts: what [`hash`] gives where nothing is wrong.
pub const SHA256: &str = "2cf1feb9ccfb1b4708bdefbdd427136e1a615da1df44397b6ca542adcf3c2505";

/// Rows of the golden data: several blocks and a rest at every lane count.
const ROWS: usize = 10_007;

/// Results of one family of kernels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What was computed.
    pub name: &'static str,
    /// Hash of its canonical bytes, in hexadecimal.
    pub sha256: String,
}

/// Computes every part with `engine`'s level, threads and chunks.
///
/// # Errors
/// See [`crate::Error`]: only where the engine is stopped or short of memory.
pub fn parts(engine: &Engine) -> Result<Vec<Part>> {
    let data = Data::new();
    let table = data.table()?;
    let mut parts = Vec::new();
    let mut part =
        |name, bytes: &[u8]| parts.push(Part { name, sha256: hexadecimal(&Sha256::digest(bytes)) });
    let description = engine.run(&Describe::new(&table))?;
    part("describe", description_json(&description, &Precision::default()).as_bytes());
    part("moments", &moments(engine, &table)?);
    part("dot", &dots(engine, &table)?);
    part("extrema", &extrema(engine, &table)?);
    part("distinct", &distinct(engine, &table)?);
    part("quantiles", &quantiles(engine, &table)?);
    part("histogram", &histogram(engine.level(), &data));
    part("random", &chance::draws(engine.level())?);
    part("resampling", &chance::orders(engine)?);
    Ok(parts)
}

/// One hash over the names and hashes of `parts`.
pub fn hash(parts: &[Part]) -> String {
    let mut all = Sha256::new();
    for part in parts {
        all.update(format!("{} {}\n", part.name, part.sha256));
    }
    hexadecimal(&all.finalize())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SplitMix64.
struct Words(u64);

impl Words {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }
}

/// The golden columns.
struct Data {
    /// Finite doubles of every binade and sign.
    wide: Vec<f64>,
    /// Pairs that cancel but for a rest far below.
    cancelling: Vec<f64>,
    /// Values of everyday size with many ties and zeros of both signs.
    everyday: Vec<f64>,
    /// Infinities, NaNs of many payloads, subnormals.
    special: Vec<f64>,
    /// Finite floats of every binade and sign.
    narrow: Vec<f32>,
    signed: Vec<i64>,
    unsigned: Vec<u64>,
    small: Vec<i16>,
    truth: Vec<bool>,
}

impl Data {
    fn new() -> Self {
        let mut words = Words(2013);
        let finite = |word: u64| if word >> 52 & 0x7ff == 0x7ff { word ^ 1 << 62 } else { word };
        let wide: Vec<f64> = (0..ROWS).map(|_| f64::from_bits(finite(words.next()))).collect();
        let cancelling = (0..ROWS)
            .map(|row| match row % 4 {
                0 => wide[row / 4],
                1 => -wide[row / 4],
                2 => wide[row / 4] * (1.0 / (1u64 << 60) as f64),
                _ => 1.0 / (row as f64),
            })
            .collect();
        let everyday = (0..ROWS).map(|_| -(((words.next() % 2_001) as f64 - 1_000.0) / 8.0)).collect();
        let special = (0..ROWS)
            .map(|_| match words.next() {
                word if word % 101 == 0 => f64::INFINITY,
                word if word % 103 == 0 => f64::from_bits(0x7ff0_0000_0000_0001 | word >> 13),
                word if word % 107 == 0 => f64::from_bits(0xfff8_0000_0000_0000 | word >> 13),
                word if word % 3 == 0 => f64::from_bits(word & 0x800f_ffff_ffff_ffff),
                word => f64::from((word >> 40) as u32),
            })
            .collect();
        let narrow = (0..ROWS)
            .map(|_| words.next() as u32)
            .map(|word| f32::from_bits(if word >> 23 & 0xff == 0xff { word ^ 1 << 30 } else { word }))
            .collect();
        Self {
            wide,
            cancelling,
            everyday,
            special,
            narrow,
            signed: (0..ROWS).map(|_| words.next() as i64).collect(),
            unsigned: (0..ROWS).map(|_| words.next() >> (words.0 >> 58)).collect(),
            small: (0..ROWS).map(|_| words.next() as i16).collect(),
            truth: (0..ROWS).map(|_| words.next().is_multiple_of(3)).collect(),
        }
    }

    fn table(&self) -> Result<Dataset<'_>> {
        let columns: [(&str, ArrayView<'_>); 9] = [
            ("wide", self.wide.as_slice().into()),
            ("cancelling", self.cancelling.as_slice().into()),
            ("everyday", self.everyday.as_slice().into()),
            ("special", self.special.as_slice().into()),
            ("narrow", self.narrow.as_slice().into()),
            ("signed", self.signed.as_slice().into()),
            ("unsigned", self.unsigned.as_slice().into()),
            ("small", self.small.as_slice().into()),
            ("truth", self.truth.as_slice().into()),
        ];
        Ok(Dataset::from_arrays(columns.into_iter().map(|(name, array)| (name.to_owned(), array)).collect())?)
    }
}

/// The canonical bytes of a merged state.
struct StateBytes<'a, A>(Reduce<'a, A>);

impl<A: Aggregate> Task for StateBytes<'_, A> {
    type Answer = Vec<u8>;

    fn run(&self, scope: &Scope<'_>) -> Result<Vec<u8>> {
        Ok(self.0.state(scope)?.to_bytes())
    }
}

/// States of `make`'s aggregate, a column each.
fn states<A: Aggregate>(
    engine: &Engine,
    table: &Dataset<'_>,
    make: impl Fn(&DataType) -> Result<A>,
) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for (index, field) in table.schema().fields.iter().enumerate() {
        let empty = make(&field.data_type)?;
        bytes.extend(engine.run(&StateBytes(Reduce::new(table, [index], empty)))?);
    }
    Ok(bytes)
}

fn moments(engine: &Engine, table: &Dataset<'_>) -> Result<Vec<u8>> {
    states(engine, table, |data_type| Kurtosis::new(data_type, NanPolicy::Propagate))
}

fn dots(engine: &Engine, table: &Dataset<'_>) -> Result<Vec<u8>> {
    let fields = &table.schema().fields;
    let mut bytes = Vec::new();
    for left in 0..fields.len() {
        let right = (left + 2) % fields.len();
        let empty = Dot::new(&fields[left].data_type, &fields[right].data_type)?;
        bytes.extend(engine.run(&StateBytes(Reduce::new(table, [left, right], empty)))?);
    }
    Ok(bytes)
}

fn extrema(engine: &Engine, table: &Dataset<'_>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for which in [Which::Min, Which::Max, Which::ArgMin, Which::ArgMax] {
        for nan in [NanPolicy::Propagate, NanPolicy::Ignore] {
            bytes.extend(states(engine, table, |data_type| Extremum::new(data_type, which, nan))?);
        }
    }
    Ok(bytes)
}

fn distinct(engine: &Engine, table: &Dataset<'_>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // Once counted exactly, once estimated.
    for limit in [1 << 16, 100] {
        bytes.extend(states(engine, table, |data_type| {
            Distinct::new(data_type, NanPolicy::Propagate, limit)
        })?);
    }
    Ok(bytes)
}

fn quantiles(engine: &Engine, table: &Dataset<'_>) -> Result<Vec<u8>> {
    let probabilities: Vec<Probability> = ["0", "0.001", "0.333", "0.5", "0.95", "1"]
        .iter()
        .filter_map(|text| Probability::parse(text))
        .collect();
    let mut text = String::new();
    for (index, field) in table.schema().fields.iter().enumerate() {
        for method in QuantileMethod::ALL {
            let rounds = Quantiles::new(&field.data_type, probabilities.clone(), NanPolicy::Ignore)?;
            for value in engine.run(&Repeat::new(table, [index], rounds.method(method)))? {
                push_json(&value, &Precision::default(), &mut text);
                text.push('\n');
            }
        }
    }
    Ok(text.into_bytes())
}

fn histogram(level: Level, data: &Data) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (low, high) in [(-125.0, 125.0), (-1e300, 1e300), (0.1, 0.3)] {
        let Some(bins) = Bins::equal(low, high, 37) else { continue };
        for values in [&data.wide, &data.everyday, &data.special] {
            let mut histogram = Histogram::new(bins.clone());
            histogram.update(level, values);
            let outside = [histogram.below(), histogram.above(), histogram.nan()];
            bytes.extend(histogram.counts().iter().chain(&outside).flat_map(|count| count.to_le_bytes()));
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden_results_are_the_same_at_every_level_for_any_threads_and_chunks() {
        for level in Level::available() {
            for (threads, chunk_rows) in [(1, 0), (2, 1_000), (5, 3)] {
                let engine = Engine::builder().level(level).threads(threads).chunk_rows(chunk_rows).build();
                let parts = parts(&engine).expect("golden results can be computed");
                let case = format!("level {level}, {threads} threads, chunks of {chunk_rows}: {parts:?}");
                assert_eq!(hash(&parts), SHA256, "{case}");
            }
        }
    }

    #[test]
    fn a_hash_depends_on_every_part() {
        let part = |name, text: &str| Part { name, sha256: text.into() };
        let one = [part("a", "1"), part("b", "2")];
        let other = [part("a", "1"), part("b", "3")];
        assert_ne!(hash(&one), hash(&other));
    }
}
