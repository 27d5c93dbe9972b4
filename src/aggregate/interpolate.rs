//! A quantile from the two order statistics that it lies between, in the result type of its column.

use arrcalc_datasets::DataType;
use arrcalc_kernels::exact::Dyadic;
use arrcalc_kernels::select::quantile::Position;

use crate::answer::Scalar;

use super::kind::{integer_value, scale};

/// A value that quantiles interpolate between.
pub(crate) trait Interpolate: Copy {
    /// The value at `position`, between `lower` and `upper`: exact, rounded once to the result type of a column of
    /// `data_type`: binary64, binary32 for binary32 and binary16, the nearest tick for temporal types.
    fn at(data_type: &DataType, position: &Position, lower: Self, upper: Self) -> Scalar;
}

impl Interpolate for f64 {
    fn at(data_type: &DataType, position: &Position, lower: f64, upper: f64) -> Scalar {
        match data_type {
            DataType::Float16 | DataType::Float32 => Scalar::Float32(position.of_floats_to_f32(lower, upper)),
            _ => Scalar::Float64(position.of_floats(lower, upper)),
        }
    }
}

impl Interpolate for i64 {
    fn at(data_type: &DataType, position: &Position, lower: i64, upper: i64) -> Scalar {
        match data_type {
            temporal if temporal.is_temporal() => {
                integer_value(temporal, position.of_ticks(lower, upper).into())
            }
            _ => Scalar::Float64(position.of_integers(lower.into(), upper.into())),
        }
    }
}

/// The unscaled integers of decimals.
impl Interpolate for i128 {
    fn at(data_type: &DataType, position: &Position, lower: i128, upper: i128) -> Scalar {
        let exact = position.ratio(Dyadic::from(lower), Dyadic::from(upper));
        Scalar::Float64(exact.scaled(i32::from(scale(data_type))).to_f64())
    }
}

impl Interpolate for u64 {
    fn at(_: &DataType, position: &Position, lower: u64, upper: u64) -> Scalar {
        Scalar::Float64(position.of_integers(lower.into(), upper.into()))
    }
}
