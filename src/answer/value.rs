//! One value of a column, in the type of its results.

use arrcalc_datasets::{Column, DataType, Values, text};

use super::Scalar;

/// Row `index` of `column` in the type of its results: binary16 as the binary32 number that prints alike.
pub(crate) fn value_at(column: &Column<'_>, data_type: &DataType, index: usize) -> Scalar {
    if text::is_null(column, index) {
        return Scalar::Null;
    }
    let integer = |value: i128| Scalar::Integer(value);
    match column.values {
        Values::Null(_) => Scalar::Null,
        Values::Bool(bits) => Scalar::Bool(bits.get(index)),
        Values::Int8(values) => integer(values[index].into()),
        Values::Int16(values) => integer(values[index].into()),
        Values::Int32(values) if *data_type == DataType::Date => Scalar::Date(values[index].into()),
        Values::Int32(values) => integer(values[index].into()),
        Values::Int64(values) => match data_type {
            DataType::Time(unit) => Scalar::Time(values[index], *unit),
            DataType::Timestamp(unit, zone) => Scalar::Timestamp(values[index], *unit, zone.clone()),
            DataType::Duration(unit) => Scalar::Duration(values[index].into(), *unit),
            _ => integer(values[index].into()),
        },
        Values::UInt8(values) => integer(values[index].into()),
        Values::UInt16(values) => integer(values[index].into()),
        Values::UInt32(values) => integer(values[index].into()),
        Values::UInt64(values) => integer(values[index].into()),
        Values::Float16(values) => {
            let mut shortest = String::new();
            text::push_float16(&mut shortest, values[index]);
            Scalar::Float32(text::parse_float32(&shortest).unwrap_or(f32::NAN))
        }
        Values::Float32(values) => Scalar::Float32(values[index]),
        Values::Float64(values) => Scalar::Float64(values[index]),
        Values::Decimal128(values) => {
            let scale = if let DataType::Decimal128 { scale, .. } = data_type { *scale } else { 0 };
            Scalar::Decimal { unscaled: values[index].to_string(), scale }
        }
        Values::Text(text) => Scalar::Text(String::from_utf8_lossy(text.bytes(index)).into_owned()),
    }
}
