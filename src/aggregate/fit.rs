//! Whether an exact integer result fits the type that results have.

use arrcalc_datasets::DataType;

use crate::answer::Scalar;
use crate::error::{Error, Result};

/// Digits of a decimal128.
const DECIMAL_DIGITS: u8 = 38;

/// The type of an exact sum of a column of `data_type`: int64, uint64 of unsigned integers, 38 digits of decimals.
pub(super) fn sum_type(data_type: &DataType) -> DataType {
    use DataType::*;
    match data_type {
        Float16 | Float32 => Float32,
        Float64 => Float64,
        UInt8 | UInt16 | UInt32 | UInt64 => UInt64,
        Decimal128 { scale, .. } => Decimal128 { precision: DECIMAL_DIGITS, scale: *scale },
        Duration(unit) => Duration(*unit),
        _ => Int64,
    }
}

/// That `value`, the answer of the aggregate `name`, does not fit `data_type`; whoever knows the column adds it.
pub(super) fn overflow(name: &'static str, value: String, data_type: &DataType) -> Error {
    let (file, column, data_type) = (String::new(), String::new(), data_type.to_string());
    Error::Overflow { aggregate: name, file, column, value, data_type }
}

/// `value`, if it fits `data_type`; floats and nulls always do.
///
/// # Errors
/// [`Error::Overflow`], which shows the value.
pub(crate) fn fit_integers(name: &'static str, data_type: &DataType, value: Scalar) -> Result<Scalar> {
    let fits = match (&value, data_type) {
        (Scalar::Integer(value), DataType::UInt64) => u64::try_from(*value).is_ok(),
        (Scalar::Integer(value), _) | (Scalar::Duration(value, _), _) => i64::try_from(*value).is_ok(),
        (Scalar::Decimal { unscaled, .. }, DataType::Decimal128 { .. }) => {
            unscaled.trim_start_matches('-').len() <= usize::from(DECIMAL_DIGITS)
        }
        // An integer past 128 bits.
        (Scalar::Decimal { .. }, _) => false,
        _ => true,
    };
    if fits {
        return Ok(value);
    }
    let value = match value {
        Scalar::Integer(value) | Scalar::Duration(value, _) => value.to_string(),
        Scalar::Decimal { unscaled, scale: 0 } => unscaled,
        Scalar::Decimal { unscaled, scale } => format!("{unscaled}e{}", -i32::from(scale)),
        other => format!("{other:?}"),
    };
    Err(overflow(name, value, data_type))
}
