//! Booleans, numbers and type names from text. Grammar and rounding of floats are those of Rust's standard
//! library (decimal digits, optional sign, point and exponent; `nan`, `inf`, `infinity` in any case), correctly
//! rounded.

use arrcalc_kernels::elementwise::nearest_binary16;
use half::f16;

use crate::schema::{DataType, TimeUnit};

/// `true`, `True`, `TRUE`, and the same of false.
pub fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// The nearest binary64; every NaN is the canonical one.
pub fn parse_float64(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().map(|value| if value.is_nan() { f64::NAN } else { value })
}

/// The nearest binary32, rounded once.
pub fn parse_float32(text: &str) -> Option<f32> {
    text.parse::<f32>().ok().map(|value| if value.is_nan() { f32::NAN } else { value })
}

/// The binary16 nearest to the nearest binary64 (the same as rounding once for up to 17 significant digits).
pub fn parse_float16(text: &str) -> Option<f16> {
    parse_float64(text).map(nearest_binary16)
}

/// A decimal integer with an optional sign.
pub fn parse_integer(text: &str) -> Option<i128> {
    text.parse().ok()
}

/// A type by the name that arrcalc prints: `float64`, `timestamp[us, UTC]`, `decimal128(10, 2)`; also `float32`'s
/// and friends' usual short names (`f32`, `i8`, `u64`, `str`).
pub fn parse_data_type(name: &str) -> Option<DataType> {
    use DataType::*;
    Some(match name.trim() {
        "null" => Null,
        "bool" | "boolean" => Bool,
        "int8" | "i8" => Int8,
        "int16" | "i16" => Int16,
        "int32" | "i32" => Int32,
        "int64" | "i64" | "int" => Int64,
        "uint8" | "u8" => UInt8,
        "uint16" | "u16" => UInt16,
        "uint32" | "u32" => UInt32,
        "uint64" | "u64" => UInt64,
        "float16" | "f16" => Float16,
        "float32" | "f32" => Float32,
        "float64" | "f64" | "float" | "double" => Float64,
        "date" | "date32" => Date,
        "string" | "str" | "text" | "utf8" => String,
        other => {
            let open = other.find(['[', '('])?;
            let (kind, inner) = (&other[..open], other[open + 1..].strip_suffix([']', ')'])?);
            let (first, second) = match inner.split_once(',') {
                Some((first, second)) => (first.trim(), Some(second.trim())),
                None => (inner.trim(), None),
            };
            match (kind, second) {
                ("time", None) => Time(unit(first)?),
                ("duration", None) => Duration(unit(first)?),
                ("timestamp", zone) => Timestamp(unit(first)?, zone.map(Box::from)),
                ("decimal128" | "decimal", _) => {
                    let precision = first.parse().ok().filter(|precision| (1..=38).contains(precision))?;
                    Decimal128 { precision, scale: second.unwrap_or("0").parse().ok()? }
                }
                _ => return None,
            }
        }
    })
}

fn unit(symbol: &str) -> Option<TimeUnit> {
    [TimeUnit::Second, TimeUnit::Millisecond, TimeUnit::Microsecond, TimeUnit::Nanosecond]
        .into_iter()
        .find(|unit| unit.symbol() == symbol)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_types_name_is_read_back() {
        use DataType::*;
        let mut types = vec![
            Null, Bool, Int8, Int16, Int32, Int64, UInt8, UInt16, UInt32, UInt64, Float16, Float32, Float64,
        ];
        types.extend([Date, String, Decimal128 { precision: 38, scale: -2 }]);
        for unit in [TimeUnit::Second, TimeUnit::Millisecond, TimeUnit::Microsecond, TimeUnit::Nanosecond] {
            types.extend([
                Time(unit),
                Duration(unit),
                Timestamp(unit, None),
                Timestamp(unit, Some("UTC".into())),
            ]);
        }
        for data_type in types {
            assert_eq!(parse_data_type(&data_type.to_string()), Some(data_type));
        }
        for wrong in
            ["", "floats", "timestamp", "timestamp[xs]", "decimal128(39, 1)", "time[us", "time[us, UTC]"]
        {
            assert_eq!(parse_data_type(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_nan_is_the_canonical_one_whatever_its_sign() {
        for text in ["NaN", "nan", "-nan", "+NaN"] {
            assert_eq!(parse_float64(text).unwrap().to_bits(), 0x7ff8_0000_0000_0000);
            assert_eq!(parse_float32(text).unwrap().to_bits(), 0x7fc0_0000);
        }
        assert_eq!(parse_float64("-Infinity"), Some(f64::NEG_INFINITY));
        assert_eq!(parse_float64("1_0"), None);
    }
}
