//! Types that meet: what both become.

use arrcalc_datasets::{DataType, TimeUnit};

use super::literal::{Weak, decimal_type};

/// Whether an integer, or a truth value, which counts as one.
pub(super) fn is_integer(data_type: &DataType) -> bool {
    use DataType::*;
    matches!(data_type, Bool | Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32 | UInt64)
}

/// Whether without a sign.
pub(super) fn is_unsigned(data_type: &DataType) -> bool {
    use DataType::*;
    matches!(data_type, UInt8 | UInt16 | UInt32 | UInt64)
}

/// Whether a decimal.
pub(super) fn is_decimal(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Decimal128 { .. })
}

/// Whether a binary16 holds all its values.
fn fits_float16(data_type: &DataType) -> bool {
    use DataType::*;
    matches!(data_type, Bool | Int8 | UInt8 | Float16)
}

/// Whether a binary32 holds all its values.
fn fits_float32(data_type: &DataType) -> bool {
    use DataType::*;
    matches!(data_type, Bool | Int8 | Int16 | UInt8 | UInt16 | Float16 | Float32)
}

/// The finer of two units.
pub(super) fn finer(a: TimeUnit, b: TimeUnit) -> TimeUnit {
    if a.ticks_per_second() >= b.ticks_per_second() { a } else { b }
}

/// A side of an operation: its type, and what it says if it is a literal.
pub(super) type Side<'s> = (&'s DataType, Option<&'s Weak>);

/// The type that two numbers are computed in; `None` where one is no number.
pub(super) fn arithmetic_type(a: Side<'_>, b: Side<'_>) -> Option<DataType> {
    use DataType::*;
    if !a.0.is_numeric() || !b.0.is_numeric() {
        return None;
    }
    // A number that is written down takes the other's type where that can hold it.
    match (a, b) {
        ((float, None), (_, Some(_))) | ((_, Some(_)), (float, None)) if float.is_float() => {
            return Some(float.clone());
        }
        ((decimal, None), (_, Some(weak))) | ((_, Some(weak)), (decimal, None)) if is_decimal(decimal) => {
            return Some(decimal_type(weak).map_or(Float64, |other| wider(decimal, &other)));
        }
        _ => {}
    }
    let (a_type, b_type) = (a.0, b.0);
    Some(if a_type.is_float() || b_type.is_float() {
        match [fits_float16, fits_float32].map(|fits| fits(a_type) && fits(b_type)) {
            [true, _] => Float16,
            [_, true] => Float32,
            _ => Float64,
        }
    } else if is_decimal(a_type) || is_decimal(b_type) {
        wider(a_type, b_type)
    } else {
        let natural = |side: Side<'_>| {
            is_unsigned(side.0) || matches!(side.1, Some(Weak::Integer(value)) if *value >= 0)
        };
        let wide = (*a_type == UInt64 && natural(b)) || (*b_type == UInt64 && natural(a));
        if wide { UInt64 } else { Int64 }
    })
}

/// The decimal at the larger scale.
fn wider(a: &DataType, b: &DataType) -> DataType {
    let scale =
        |data_type: &DataType| if let DataType::Decimal128 { scale, .. } = data_type { *scale } else { 0 };
    DataType::Decimal128 { precision: 38, scale: scale(a).max(scale(b)) }
}

/// The type in which two values are compared without loss, or chosen between; `None` where they have none in common.
pub(super) fn common_type(a: Side<'_>, b: Side<'_>, choosing: bool) -> Option<DataType> {
    use DataType::*;
    if a.0 == b.0 {
        return Some(a.0.clone());
    }
    match (a, b) {
        ((Null, _), (other, _)) | ((other, _), (Null, _)) => return Some(other.clone()),
        // A text that is written down is read as the other's type.
        ((String, Some(_)), (other, None)) | ((other, None), (String, Some(_))) if other.is_temporal() => {
            return Some(other.clone());
        }
        _ => {}
    }
    match (a.0, b.0) {
        (Date, Timestamp(unit, zone)) | (Timestamp(unit, zone), Date) => Some(Timestamp(*unit, zone.clone())),
        (Timestamp(u, zone), Timestamp(v, other)) => {
            (zone.is_some() == other.is_some()).then(|| Timestamp(finer(*u, *v), zone.clone()))
        }
        (Time(u), Time(v)) => Some(Time(finer(*u, *v))),
        (Duration(u), Duration(v)) => Some(Duration(finer(*u, *v))),
        (Bool, other) | (other, Bool) if choosing && other.is_numeric() => None,
        (x, y) if is_integer(x) && is_integer(y) => {
            let both = arithmetic_type(a, b)?;
            let mixed = (*x == UInt64 && !is_unsigned(y)) || (*y == UInt64 && !is_unsigned(x));
            // Compared exactly, whatever their signs; chosen between, checked.
            Some(if mixed && !choosing && both != UInt64 {
                Decimal128 { precision: 38, scale: 0 }
            } else {
                both
            })
        }
        _ => arithmetic_type(a, b),
    }
}
