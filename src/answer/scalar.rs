//! One typed value of a result.

use arrcalc_datasets::TimeUnit;

/// A value of a result, in the type that semantics.md gives it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Scalar {
    /// No value: undefined, or null.
    Null,
    /// A truth value.
    Bool(bool),
    /// An integer of any column type; sums of a column fit.
    Integer(i128),
    /// A binary64 number.
    Float64(f64),
    /// A binary32 number (results of binary16 and binary32 columns).
    Float32(f32),
    /// `unscaled * 10^-scale`; `unscaled` is the decimal integer, which may pass 38 digits in `describe`.
    Decimal {
        /// The digits, as an integer in decimal.
        unscaled: String,
        /// Digits after the point.
        scale: i8,
    },
    /// Days since 1970-01-01.
    Date(i64),
    /// Ticks since midnight.
    Time(i64, TimeUnit),
    /// Ticks since 1970-01-01T00:00:00, and the zone if there is one (ticks are UTC then).
    Timestamp(i64, TimeUnit, Option<Box<str>>),
    /// Ticks; sums of a column fit.
    Duration(i128, TimeUnit),
    /// Text.
    Text(String),
}
