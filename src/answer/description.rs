//! What `describe` says of a table. The fields are those of `describe --format json` (docs: the fixed forms),
//! and depend on the data alone: not on file names, format, threads, chunks or time.

use arrcalc_datasets::DataType;

use super::Scalar;

/// Statistics of every column.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// Rows of the table.
    pub rows: u64,
    /// One entry a column, in file order.
    pub columns: Vec<ColumnDescription>,
}

/// Statistics of one column. What has no meaning for its type is `Scalar::Null` or `None`.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnDescription {
    /// Name.
    pub name: String,
    /// Logical type.
    pub data_type: DataType,
    /// Values that are neither null nor NaN.
    pub count: u64,
    /// Nulls.
    pub nulls: u64,
    /// NaNs (floats only).
    pub nans: Option<u64>,
    /// Infinities of either sign (floats only).
    pub infinities: Option<u64>,
    /// Zeros of either sign (numbers only).
    pub zeros: Option<u64>,
    /// Number of distinct values while below 65,536; `None` above.
    pub distinct: Option<u64>,
    /// HyperLogLog estimate (p = 14): the same for any split.
    pub distinct_estimate: Option<u64>,
    /// Exact sum, rounded once.
    pub sum: Scalar,
    /// Mean.
    pub mean: Scalar,
    /// Standard deviation, ddof = 1.
    pub std: Scalar,
    /// Variance, ddof = 1.
    pub var: Scalar,
    /// Smallest value.
    pub min: Scalar,
    /// Quantiles by linear interpolation (R type 7), in the order of [`ColumnDescription::QUANTILES`].
    pub quantiles: [Scalar; 7],
    /// Largest value.
    pub max: Scalar,
    /// Population skewness g1.
    pub skewness: Scalar,
    /// Population excess kurtosis g2.
    pub kurtosis: Scalar,
    /// Counts of finite values in 8 equal bins over [min, max] of the finite values (numbers and temporal types).
    pub histogram: Option<[u64; 8]>,
    /// Most frequent values and their counts, at most 8: count descending, then value ascending; empty where
    /// `distinct` is `None`.
    pub most_frequent: Vec<(Scalar, u64)>,
}

impl ColumnDescription {
    /// Names and values (numerator, denominator) of the quantiles of a description.
    pub const QUANTILES: [(&'static str, u32, u32); 7] = [
        ("q01", 1, 100),
        ("q05", 5, 100),
        ("q25", 25, 100),
        ("median", 50, 100),
        ("q75", 75, 100),
        ("q95", 95, 100),
        ("q99", 99, 100),
    ];
}
