//! One value of a chunk's column as text.

use crate::chunk::{Column, Values};
use crate::schema::{DataType, TimeUnit};
use crate::text::{
    push_date, push_decimal, push_duration, push_float16, push_float32, push_float64, push_integer,
    push_time, push_timestamp,
};

/// Whether row `row` of the column is null.
///
/// # Panics
/// If `row` is not a row of the column.
pub fn is_null(column: &Column<'_>, row: usize) -> bool {
    matches!(column.values, Values::Null(_)) || column.validity.is_some_and(|validity| !validity.get(row))
}

/// Appends row `row` of `values`, unquoted: numbers shortest, temporal types ISO 8601, text as it is; a `Null`
/// column appends nothing. Nulls are the caller's: see [`is_null`].
///
/// # Panics
/// If `row` is not a row of the column.
pub fn push_value(out: &mut String, values: &Values<'_>, row: usize, data_type: &DataType) {
    match *values {
        Values::Null(_) => {}
        Values::Bool(bits) => out.push_str(if bits.get(row) { "true" } else { "false" }),
        Values::Int8(values) => push_integer(out, values[row].into()),
        Values::Int16(values) => push_integer(out, values[row].into()),
        Values::Int32(values) if *data_type == DataType::Date => push_date(out, values[row].into()),
        Values::Int32(values) => push_integer(out, values[row].into()),
        Values::Int64(values) => push_ticks(out, values[row], data_type),
        Values::UInt8(values) => push_integer(out, values[row].into()),
        Values::UInt16(values) => push_integer(out, values[row].into()),
        Values::UInt32(values) => push_integer(out, values[row].into()),
        Values::UInt64(values) => push_integer(out, values[row].into()),
        Values::Float16(values) => push_float16(out, values[row]),
        Values::Float32(values) => push_float32(out, values[row]),
        Values::Float64(values) => push_float64(out, values[row]),
        Values::Decimal128(values) => {
            let scale = if let DataType::Decimal128 { scale, .. } = data_type { *scale } else { 0 };
            push_decimal(out, values[row], scale);
        }
        // Text is UTF-8 by contract; were it not, replacement characters are better than a panic.
        Values::Text(text) => out.push_str(&String::from_utf8_lossy(text.bytes(row))),
    }
}

/// A 64-bit integer, or ticks of a temporal type.
fn push_ticks(out: &mut String, ticks: i64, data_type: &DataType) {
    match data_type {
        DataType::Time(unit) => push_time(out, ticks, *unit),
        DataType::Timestamp(unit, zone) => push_timestamp(out, ticks, *unit, zone.is_some()),
        DataType::Duration(unit) => push_duration(out, ticks.into(), *unit),
        DataType::Date => push_timestamp(out, ticks, TimeUnit::Second, false),
        _ => out.push_str(itoa::Buffer::new().format(ticks)),
    }
}
