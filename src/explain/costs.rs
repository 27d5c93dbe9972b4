//! What kernels and decoders cost, in nanoseconds of one core for a value whose bytes are in cache.
//!
//! Measured once, on 50,000,000 rows by two cores of an AMD EPYC with AVX-512 (`benches/record`), time by cores by values;
//! where memory bounds the whole, the kernel's rate in cache (`benches/benches`). Another machine, another level or other
//! data may take twice or half of it: the numbers tell what a plan waits for, not how long to the millisecond.

use arrcalc_datasets::{ColumnFacts, SourceFacts};

/// A step of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Kernel {
    /// What it does.
    pub name: String,
    /// Nanoseconds a row, on one core.
    pub nanoseconds: f64,
}

impl Kernel {
    /// A step that takes `nanoseconds` a row.
    pub fn new(name: impl Into<String>, nanoseconds: f64) -> Self {
        Self { name: name.into(), nanoseconds }
    }
}

/// Aggregates by name, each row of a pass.
const AGGREGATES: [(&[&str], f64); 11] = [
    (&["count", "first", "last", "count_null"], 0.05),
    (&["min", "max", "range", "any", "all", "count_nan"], 0.12),
    (&["argmin", "argmax"], 0.2),
    (&["sum", "mean"], 0.25),
    (&["sum_squares", "norm", "rms", "var", "var_pop", "std", "std_pop"], 0.5),
    (&["product"], 1.0),
    (&["median", "quantile", "iqr", "mad"], 1.0),
    (&["dot", "weighted_mean"], 0.5),
    (&["cov", "cov_pop", "corr", "slope", "intercept", "r2"], 0.8),
    (&["skewness", "kurtosis"], 2.5),
    (&["distinct_estimate", "quantile_estimate"], 1.5),
];
/// Other aggregates: those that keep values by hash.
const HASHED: f64 = 6.0;

/// Finding the group of a row: keys of a narrow range, and keys by hash.
pub(crate) const GROUP_NARROW: f64 = 1.2;
pub(crate) const GROUP_HASHED: f64 = 12.0;
/// An operation of an expression: arithmetic or a comparison.
const OPERATION: f64 = 0.25;
/// An elementary function, or one of text or time.
const FUNCTION: f64 = 3.0;
/// Packing the chosen rows of a column.
pub(crate) const PACK: f64 = 0.3;
/// A function over the order of rows.
pub(crate) const ROW_FUNCTION: f64 = 2.5;
/// Every statistic of a column, all passes together.
pub(crate) const DESCRIBE: f64 = 3.5;
/// A column in order, with its rows behind it.
pub(crate) const SORT: f64 = 40.0;
/// A value moved to its row's new place.
pub(crate) const MOVE: f64 = 4.0;
/// A random number of a row.
pub(crate) const DRAW: f64 = 2.5;
/// A row's bin.
pub(crate) const BIN: f64 = 0.9;
/// A sorted column looked through.
pub(crate) const LOCATE: f64 = 0.3;
/// The arithmetic that `audit` compares with.
pub(crate) const AUDIT: f64 = 6.0;
/// A row for one weighting of a resampling: its digits weighed, or a state that takes it so often.
pub(crate) const RESAMPLE_DIGITS: f64 = 1.0;
pub(crate) const RESAMPLE_STATES: f64 = 10.0;
/// A value written as text, or as bytes.
pub(crate) const WRITE_TEXT: f64 = 40.0;
pub(crate) const WRITE_BYTES: f64 = 1.5;

/// What an expression of so many operations and functions costs a row.
pub(crate) fn expression([operations, functions]: [usize; 2]) -> f64 {
    operations as f64 * OPERATION + functions as f64 * FUNCTION
}

/// What the aggregate `name` costs a row; skipping NaN costs nothing that shows.
pub(crate) fn aggregate(name: &str) -> f64 {
    let name = name.strip_prefix("nan").unwrap_or(name);
    AGGREGATES.iter().find(|(names, _)| names.contains(&name)).map_or(HASHED, |(_, cost)| *cost)
}

/// What decoding a value of `column` of `file` costs; nothing where it is mapped.
pub(crate) fn decode(file: &SourceFacts, column: &ColumnFacts) -> f64 {
    if column.mapped {
        return 0.0;
    }
    let has = |codec: &str| column.encoding.contains(codec);
    match file.format.as_str() {
        format if format.starts_with("CSV") => 30.0,
        format if format.starts_with("Parquet") => match () {
            () if has("zstd") => 4.5,
            () if has("gzip") || has("brotli") => 9.0,
            () if has("snappy") || has("lz4") => 2.0,
            () => 0.8,
        },
        format if format.starts_with("Arrow") => 1.5,
        _ => 0.8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_aggregate_has_a_cost_and_every_cost_an_aggregate() {
        let names: Vec<&str> = crate::aggregate::Call::names().collect();
        for name in &names {
            assert!(aggregate(name) > 0.0, "{name}");
        }
        for (listed, _) in AGGREGATES {
            assert!(listed.iter().all(|name| names.contains(name)), "{listed:?}");
        }
    }
}
