//! Numbers out: the shortest decimal that reads back to the same bits, in serde_json's form.

use std::fmt::Write;

use arrcalc_kernels::elementwise::nearest_binary16;
use half::f16;

/// Appends `3.0`, `1e20`, `-0.0`; `NaN`, `Infinity`, `-Infinity`.
///
/// ```
/// let mut text = String::new();
/// arrcalc_datasets::text::push_float64(&mut text, 0.1 + 0.2);
/// assert_eq!(text, "0.30000000000000004");
/// ```
pub fn push_float64(out: &mut String, value: f64) {
    if value.is_finite() {
        push_finite(out, zmij::Buffer::new().format_finite(value));
    } else {
        out.push_str(special(value));
    }
}

/// As [`push_float64`], with the shortest decimal of the binary32 value: `0.1`, not `0.10000000149011612`.
pub fn push_float32(out: &mut String, value: f32) {
    if value.is_finite() {
        push_finite(out, zmij::Buffer::new().format_finite(value));
    } else {
        out.push_str(special(f64::from(value)));
    }
}

/// As [`push_float64`], with the shortest decimal of the binary16 value.
pub fn push_float16(out: &mut String, value: f16) {
    let wide = f64::from(value);
    if !value.is_finite() {
        return out.push_str(special(wide));
    }
    // Five significant digits tell all binary16 values apart (1 + ceil(11 log10 2)); six or fewer digits survive
    // binary32, so its shortest decimal is the candidate itself.
    for fraction_digits in 0..5 {
        let candidate = format!("{wide:.fraction_digits$e}").parse::<f64>().unwrap_or(wide);
        if nearest_binary16(candidate).to_bits() == value.to_bits() {
            return push_float32(out, candidate as f32);
        }
    }
    push_float32(out, f32::from(value));
}

/// Appends an integer in decimal.
pub fn push_integer(out: &mut String, value: i128) {
    match i64::try_from(value) {
        Ok(value) => out.push_str(itoa::Buffer::new().format(value)),
        // Writing to a string cannot fail.
        Err(_) => write!(out, "{value}").unwrap_or_default(),
    }
}

/// Appends `1e20` for zmij's `1e+20`: the sign says nothing.
fn push_finite(out: &mut String, text: &str) {
    match text.split_once("e+") {
        Some((mantissa, exponent)) => {
            out.push_str(mantissa);
            out.push('e');
            out.push_str(exponent);
        }
        None => out.push_str(text),
    }
}

fn special(value: f64) -> &'static str {
    if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn float64(value: f64) -> String {
        let mut out = String::new();
        push_float64(&mut out, value);
        out
    }

    #[test]
    fn finite_floats_have_serde_jsons_form() {
        let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
        let mut values =
            vec![3.0, 1e20, -0.0, 0.0, 1e16, 1e15, 1e-5, 1e-7, f64::MIN_POSITIVE, 5e-324, f64::MAX];
        for _ in 0..20_000 {
            bits = bits.wrapping_mul(0xd134_2543_de82_ef95).wrapping_add(1);
            values.push(f64::from_bits(bits));
        }
        for value in values.into_iter().filter(|value| value.is_finite()) {
            let text = float64(value);
            assert_eq!(text, serde_json::to_string(&value).unwrap().replace("e+", "e"));
            assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits());
        }
        assert_eq!(
            [float64(f64::NAN), float64(-f64::NAN), float64(f64::INFINITY)],
            ["NaN", "NaN", "Infinity"]
        );
    }

    #[test]
    fn every_binary16_value_comes_back_from_its_shortest_decimal() {
        for bits in 0..=u16::MAX {
            let value = f16::from_bits(bits);
            let mut out = String::new();
            push_float16(&mut out, value);
            let back = nearest_binary16(out.parse::<f64>().unwrap());
            assert!(back.to_bits() == bits || value.is_nan() && back.is_nan(), "{out} is not {value}");
        }
        let mut out = String::new();
        push_float16(&mut out, nearest_binary16(0.1));
        assert_eq!(out, "0.1");
    }

    #[test]
    fn integers_of_any_size_are_exact() {
        for value in [0, -1, i128::from(i64::MIN), i128::from(u64::MAX), i128::MIN, i128::MAX] {
            let mut out = String::new();
            push_integer(&mut out, value);
            assert_eq!(out, value.to_string());
        }
    }
}
