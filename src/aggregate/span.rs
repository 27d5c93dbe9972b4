//! `range`.

use arrcalc_datasets::{Chunk, DataType, TimeUnit};
use arrcalc_kernels::Level;
use arrcalc_kernels::exact::{Dyadic, Ratio};

use crate::answer::Scalar;
use crate::error::{Error, Result};

use super::{Aggregate, Extremes, Kind, NanPolicy};

/// Highest value minus lowest: exact for integers and decimals, `RN(max - min)` for floats; of moments a duration.
///
/// Special values: a NaN gives NaN unless it is ignored, and so do values that are all one infinity; no values give
/// null. The range of dates is a duration in seconds.
/// Class: exact. Cost: one pass at the speed of memory.
#[derive(Clone, Debug)]
pub struct Span {
    extremes: Extremes,
}

impl Span {
    /// The empty state for a column of `data_type`.
    ///
    /// # Errors
    /// [`Error::Request`] for types whose values have no differences: text.
    pub fn new(data_type: &DataType, nan: NanPolicy) -> Result<Self> {
        if matches!(Kind::of(data_type), Kind::Text | Kind::Opaque) {
            return Err(Error::Request { reason: format!("no range of values of type {data_type}") });
        }
        Ok(Self { extremes: Extremes::new(data_type, nan)? })
    }

    /// The type of the answer: see [`Span`].
    pub(super) fn result_type(data_type: &DataType) -> DataType {
        match data_type {
            DataType::Date => DataType::Duration(TimeUnit::Second),
            DataType::Time(unit) | DataType::Timestamp(unit, _) => DataType::Duration(*unit),
            other => super::fit::sum_type(other),
        }
    }
}

/// Seconds of a day.
const DAY: i128 = 86_400;

impl Aggregate for Span {
    type Answer = Scalar;

    fn update(&mut self, level: Level, chunk: &Chunk<'_>) {
        self.extremes.update(level, chunk);
    }

    fn merge(&mut self, other: &Self) {
        self.extremes.merge(&other.extremes);
    }

    fn finish(&self) -> Scalar {
        let ticks = |low: i64, high: i64| i128::from(high) - i128::from(low);
        match (self.extremes.min(), self.extremes.max()) {
            (Scalar::Float64(low), Scalar::Float64(high)) => Scalar::Float64(canonical(high - low)),
            (Scalar::Float32(low), Scalar::Float32(high)) => {
                let exact = |value: f32| Dyadic::from_f64(value.into());
                match (exact(low), exact(high)) {
                    (Some(low), Some(high)) => Scalar::Float32(Ratio::from(high.sub(&low)).to_f32()),
                    _ => Scalar::Float32(super::sum_squares::narrow((high - low).into())),
                }
            }
            (Scalar::Bool(low), Scalar::Bool(high)) => Scalar::Integer((high && !low).into()),
            (Scalar::Integer(low), Scalar::Integer(high)) => Scalar::Integer(high - low),
            (Scalar::Duration(low, unit), Scalar::Duration(high, _)) => Scalar::Duration(high - low, unit),
            (Scalar::Date(low), Scalar::Date(high)) => {
                Scalar::Duration(ticks(low, high) * DAY, TimeUnit::Second)
            }
            (Scalar::Time(low, unit), Scalar::Time(high, _))
            | (Scalar::Timestamp(low, unit, _), Scalar::Timestamp(high, ..)) => {
                Scalar::Duration(ticks(low, high), unit)
            }
            (Scalar::Decimal { unscaled: low, scale }, Scalar::Decimal { unscaled: high, .. }) => {
                decimal(&low, &high, scale)
            }
            _ => Scalar::Null,
        }
    }

    fn to_bytes(&self) -> Vec<u8> {
        self.extremes.bytes(false)
    }
}

fn decimal(low: &str, high: &str, scale: i8) -> Scalar {
    match (low.parse::<i128>(), high.parse::<i128>()) {
        (Ok(low), Ok(high)) => Scalar::Decimal { unscaled: high.abs_diff(low).to_string(), scale },
        _ => Scalar::Null,
    }
}

fn canonical(value: f64) -> f64 {
    if value.is_nan() { f64::from_bits(0x7ff8_0000_0000_0000) } else { value }
}
