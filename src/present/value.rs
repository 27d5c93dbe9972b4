//! One value at full precision: as text (CSV, tables of rows) and as JSON.
//!
//! Floats are the shortest decimal that reads back to the same bits, in serde_json's form (`3.0`, `1e20`,
//! `-0.0`), binary32 by its own; `NaN`, `Infinity`, `-Infinity` are strings in JSON, as are decimals, dates
//! and durations; integers are exact at any size.

use std::fmt::Write;

use arrcalc_datasets::text;

use crate::answer::Scalar;

/// How floats are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Precision {
    /// Round to that many significant decimal digits (`--digits`); `None`: the shortest decimal that reads
    /// back to the same bits.
    pub digits: Option<usize>,
    /// Hexadecimal floats, as C's `%a` and Python's `float.hex` (`--float hex`).
    pub hex: bool,
}

/// `value` as bare text; null is empty.
pub fn plain(value: &Scalar, precision: &Precision) -> String {
    let mut out = String::new();
    push_plain(value, precision, &mut out);
    out
}

/// Appends `value` as bare text; null is nothing.
pub(crate) fn push_plain(value: &Scalar, precision: &Precision, out: &mut String) {
    match value {
        Scalar::Null => {}
        Scalar::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Scalar::Integer(integer) => text::push_integer(out, *integer),
        Scalar::Float64(float) => push_float64(*float, precision, out),
        Scalar::Float32(float) => push_float32(*float, precision, out),
        Scalar::Decimal { unscaled, scale } => text::push_decimal_digits(out, unscaled, *scale),
        Scalar::Date(days) => text::push_date(out, *days),
        Scalar::Time(ticks, unit) => text::push_time(out, *ticks, *unit),
        Scalar::Timestamp(ticks, unit, zone) => text::push_timestamp(out, *ticks, *unit, zone.is_some()),
        Scalar::Duration(ticks, unit) => text::push_duration(out, *ticks, *unit),
        Scalar::Text(text) => out.push_str(text),
    }
}

/// Appends `value` as JSON.
pub fn push_json(value: &Scalar, precision: &Precision, out: &mut String) {
    let is_bare = match value {
        Scalar::Null => return out.push_str("null"),
        Scalar::Bool(_) | Scalar::Integer(_) => true,
        Scalar::Float64(float) => float.is_finite() && !precision.hex,
        Scalar::Float32(float) => float.is_finite() && !precision.hex,
        Scalar::Text(text) => return push_json_string(text, out),
        _ => false,
    };
    if is_bare {
        push_plain(value, precision, out);
    } else {
        push_json_string(&plain(value, precision), out);
    }
}

/// Appends `text` as a JSON string.
pub(crate) fn push_json_string(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            character if character < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(character));
            }
            character => out.push(character),
        }
    }
    out.push('"');
}

fn push_float64(value: f64, precision: &Precision, out: &mut String) {
    if precision.hex && value.is_finite() {
        return push_hexadecimal(value, out);
    }
    let value = match precision.digits {
        // Rounded in decimal and read back, so that the shortest form of what is left is printed.
        Some(digits) => format!("{value:.*e}", digits.max(1) - 1).parse().unwrap_or(value),
        None => value,
    };
    text::push_float64(out, value);
}

fn push_float32(value: f32, precision: &Precision, out: &mut String) {
    if precision.hex && value.is_finite() {
        return push_hexadecimal(f64::from(value), out);
    }
    let value = match precision.digits {
        Some(digits) => format!("{value:.*e}", digits.max(1) - 1).parse().unwrap_or(value),
        None => value,
    };
    text::push_float32(out, value);
}

/// `-0x1.921fb54442d18p+1`: the form of Python's `float.hex`.
fn push_hexadecimal(value: f64, out: &mut String) {
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let bits = value.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let exponent = (bits >> 52 & 0x7ff) as i32;
    // Writing to a string cannot fail.
    let _ = match (exponent, fraction) {
        (0, 0) => write!(out, "{sign}0x0.0p+0"),
        (0, _) => write!(out, "{sign}0x0.{fraction:013x}p-1022"),
        _ => write!(out, "{sign}0x1.{fraction:013x}p{:+}", exponent - 1023),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json_of(value: Scalar) -> String {
        let mut out = String::new();
        push_json(&value, &Precision::default(), &mut out);
        out
    }

    #[test]
    fn floats_are_in_the_form_of_serde_json() {
        let values =
            [3.0, 1e20, -0.0, 0.1, 1e-7, 1e16, 123456789012345680.0, f64::MIN_POSITIVE, f64::MAX, 5e-324];
        // serde_json 1.0.154 (2026-11) writes the sign of a positive exponent; the fixed form does not.
        let expected = |text: String| text.replace("e+", "e");
        for value in values {
            let text = serde_json::to_string(&value).expect("finite");
            assert_eq!(json_of(Scalar::Float64(value)), expected(text));
            let narrow = value as f32;
            if narrow.is_finite() {
                let text = serde_json::to_string(&narrow).expect("finite");
                assert_eq!(json_of(Scalar::Float32(narrow)), expected(text));
            }
        }
        assert_eq!(json_of(Scalar::Float64(f64::NAN)), "\"NaN\"");
        assert_eq!(json_of(Scalar::Float32(f32::NEG_INFINITY)), "\"-Infinity\"");
    }

    #[test]
    fn every_string_is_valid_json_and_reads_back() {
        let hard = "q\"uote \\ back\n\r\t\u{0}\u{1f}\u{7f} é 日本 \u{1f600} \u{2028}";
        let read: String = serde_json::from_str(&json_of(Scalar::Text(hard.into()))).expect("valid");
        assert_eq!(read, hard);
    }

    #[test]
    fn integers_are_exact_at_any_size() {
        assert_eq!(json_of(Scalar::Integer(i128::MIN)), "-170141183460469231731687303715884105728");
    }

    #[test]
    fn decimals_keep_their_scale() {
        let of = |unscaled: &str, scale| {
            plain(&Scalar::Decimal { unscaled: unscaled.into(), scale }, &Precision::default())
        };
        assert_eq!(of("12345", 2), "123.45");
        assert_eq!(of("-5", 3), "-0.005");
        assert_eq!(of("7", -2), "700");
        assert_eq!(of("0", 2), "0.00");
        assert_eq!(json_of(Scalar::Decimal { unscaled: "1".into(), scale: 1 }), "\"0.1\"");
    }

    #[test]
    fn hexadecimal_floats_are_those_of_python() {
        let hex = Precision { hex: true, digits: None };
        let of = |value| plain(&Scalar::Float64(value), &hex);
        // float.hex of CPython 3.11
        assert_eq!(of(3.0), "0x1.8000000000000p+1");
        assert_eq!(of(-std::f64::consts::PI), "-0x1.921fb54442d18p+1");
        assert_eq!(of(5e-324), "0x0.0000000000001p-1022");
        assert_eq!(of(-0.0), "-0x0.0p+0");
        assert_eq!(of(f64::MAX), "0x1.fffffffffffffp+1023");
    }

    #[test]
    fn digits_round_what_is_written() {
        let three = Precision { digits: Some(3), hex: false };
        assert_eq!(plain(&Scalar::Float64(1039.9126), &three), "1040.0");
        assert_eq!(plain(&Scalar::Float32(0.123456), &three), "0.123");
        assert_eq!(plain(&Scalar::Integer(123456), &three), "123456");
    }
}
