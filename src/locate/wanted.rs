//! What is looked for: values as typed or as another column holds them, in the type of the column looked through.

use arrcalc_datasets::{DataType, text};
use half::f16;

use crate::answer::Scalar;
use crate::order::Number;

/// `text` as a value of a column of `data_type`, decimals excepted; among whole numbers also a float.
pub(super) fn scalar_of(text: &str, data_type: &DataType) -> Option<Scalar> {
    Some(match data_type {
        DataType::Bool => Scalar::Bool(text::parse_bool(text)?),
        data_type if is_whole(data_type) => match text::parse_integer(text) {
            Some(integer) => Scalar::Integer(integer),
            None => Scalar::Float64(text::parse_float64(text)?),
        },
        DataType::Float16 => Scalar::Float32(text::parse_float16(text)?.to_f32()),
        DataType::Float32 => Scalar::Float32(text::parse_float32(text)?),
        DataType::Float64 => Scalar::Float64(text::parse_float64(text)?),
        DataType::Date => Scalar::Date(text::parse_date(text)?),
        DataType::Time(unit) => Scalar::Time(text::parse_time(text, *unit)?, *unit),
        DataType::Timestamp(unit, zone) => {
            let ticks = match text::parse_timestamp(text) {
                Some(moment) => moment.ticks(*unit)?,
                // A date is its midnight.
                None => text::parse_date(text)?.checked_mul(86_400 * unit.ticks_per_second())?,
            };
            Scalar::Timestamp(ticks, *unit, zone.clone())
        }
        DataType::Duration(unit) => Scalar::Duration(text::parse_duration(text, *unit)?.into(), *unit),
        DataType::String => Scalar::Text(text.to_owned()),
        _ => return None,
    })
}

/// The ticks that `text` writes as a value of a column of temporal `data_type`.
pub(crate) fn ticks_of(text: &str, data_type: &DataType) -> Option<i128> {
    match number_of(&scalar_of(text, data_type)?, data_type)? {
        Number::Integer(ticks) if data_type.is_temporal() => Some(ticks),
        _ => None,
    }
}

/// Whether every one of `values` is a value of `data_type` itself.
pub(super) fn are_of_type(values: &[Scalar], data_type: &DataType) -> bool {
    let (low, high) = match data_type {
        DataType::Int8 => (i8::MIN.into(), i8::MAX.into()),
        DataType::Int16 => (i16::MIN.into(), i16::MAX.into()),
        DataType::Int32 => (i32::MIN.into(), i32::MAX.into()),
        DataType::Int64 => (i64::MIN.into(), i64::MAX.into()),
        DataType::UInt8 => (0, u8::MAX.into()),
        DataType::UInt16 => (0, u16::MAX.into()),
        DataType::UInt32 => (0, u32::MAX.into()),
        DataType::UInt64 => (0, u64::MAX.into()),
        _ => return true,
    };
    let fits = |value: &Scalar| matches!(value, Scalar::Integer(value) if (low..=high).contains(value));
    values.iter().all(fits)
}

/// Whether values of `wanted` have a place among those of `data_type`.
pub(super) fn are_comparable(data_type: &DataType, wanted: &DataType) -> bool {
    let is_number = |data_type: &DataType| {
        is_whole(data_type) || matches!(data_type, DataType::Float16 | DataType::Float32 | DataType::Float64)
    };
    match (data_type, wanted) {
        (DataType::Decimal128 { .. }, DataType::Decimal128 { .. }) => true,
        (_, DataType::Null) => true,
        (left, right) => left == right || is_number(left) && is_number(right),
    }
}

fn is_whole(data_type: &DataType) -> bool {
    use DataType::*;
    matches!(data_type, Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32 | UInt64)
}

/// The number that stands for `value`, of a column of `data_type`, in columns: ticks, days; `None` for null, text
/// and decimals.
pub(super) fn number_of(value: &Scalar, data_type: &DataType) -> Option<Number> {
    Some(match value {
        Scalar::Null | Scalar::Text(_) | Scalar::Decimal { .. } => return None,
        Scalar::Bool(truth) => Number::Integer((*truth).into()),
        Scalar::Integer(integer) | Scalar::Duration(integer, _) => Number::Integer(*integer),
        Scalar::Float64(float) => Number::Float(*float),
        // Results show binary16 as the binary32 number that prints alike.
        Scalar::Float32(float) if *data_type == DataType::Float16 => {
            Number::Float(f16::from_f32(*float).to_f64())
        }
        Scalar::Float32(float) => Number::Float(f64::from(*float)),
        Scalar::Date(ticks) | Scalar::Time(ticks, _) | Scalar::Timestamp(ticks, ..) => {
            Number::Integer((*ticks).into())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrcalc_datasets::TimeUnit;

    #[test]
    fn text_is_read_as_the_columns_type() {
        let second = DataType::Timestamp(TimeUnit::Second, None);
        assert_eq!(scalar_of("1970-01-02", &DataType::Date), Some(Scalar::Date(1)));
        let day = Scalar::Timestamp(86_400, TimeUnit::Second, None);
        assert_eq!(scalar_of("1970-01-02", &second), Some(day.clone()));
        assert_eq!(scalar_of("1970-01-02T00:00:00", &second), Some(day));
        assert_eq!(scalar_of("1970-01-02T00:00:00.5", &second), None);
        assert_eq!(scalar_of("7", &DataType::Int8), Some(Scalar::Integer(7)));
        assert_eq!(scalar_of("7.5", &DataType::Int8), Some(Scalar::Float64(7.5)));
        assert_eq!(scalar_of("seven", &DataType::Int8), None);
        assert_eq!(scalar_of("0.1", &DataType::Float32), Some(Scalar::Float32(0.1)));
        assert!(are_of_type(&[Scalar::Integer(127)], &DataType::Int8));
        assert!(!are_of_type(&[Scalar::Integer(128)], &DataType::Int8));
        assert!(!are_of_type(&[Scalar::Float64(1.5)], &DataType::Int64));
        assert!(are_comparable(&DataType::Int64, &DataType::Float32));
        assert!(!are_comparable(&DataType::Date, &DataType::Int32));
        assert!(!are_comparable(&DataType::String, &DataType::Int32));
    }
}
