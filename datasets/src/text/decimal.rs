//! Decimals: `unscaled * 10^-scale` as digits with a point, every digit of the scale shown.

/// Appends `12.50` for unscaled 1250 at scale 2; a negative scale appends zeros.
pub fn push_decimal(out: &mut String, unscaled: i128, scale: i8) {
    push_decimal_digits(out, itoa::Buffer::new().format(unscaled), scale);
}

/// As [`push_decimal`], for an unscaled integer of any size given as its decimal digits with an optional `-`.
pub fn push_decimal_digits(out: &mut String, unscaled: &str, scale: i8) {
    let (sign, digits) = match unscaled.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", unscaled),
    };
    out.push_str(sign);
    if scale <= 0 {
        out.push_str(digits);
        if digits != "0" {
            out.extend(std::iter::repeat_n('0', usize::from(scale.unsigned_abs())));
        }
        return;
    }
    let fraction_digits = usize::from(scale.unsigned_abs());
    if digits.len() > fraction_digits {
        let (whole, fraction) = digits.split_at(digits.len() - fraction_digits);
        out.push_str(whole);
        out.push('.');
        out.push_str(fraction);
    } else {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', fraction_digits - digits.len()));
        out.push_str(digits);
    }
}

/// The unscaled integer of decimal text at `precision` and `scale`: optional sign, digits, optional point and
/// digits, optional exponent. `None` where it is not a number, or does not fit without rounding.
pub fn parse_decimal(text: &str, precision: u8, scale: i8) -> Option<i128> {
    let (negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], unsigned[at + 1..].parse::<i32>().ok()?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.len() + fraction.len() == 0
        || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    // The value is digits * 10^-(fraction digits - exponent); wanted is digits' * 10^-scale.
    let mut digits: Vec<u8> =
        whole.bytes().chain(fraction.bytes()).skip_while(|&byte| byte == b'0').collect();
    let mut digits_scale = i64::try_from(fraction.len()).ok()? - i64::from(exponent);
    if digits.is_empty() {
        return Some(0);
    }
    while digits_scale > i64::from(scale) && digits.last() == Some(&b'0') {
        digits.pop();
        digits_scale -= 1;
    }
    let zeros = usize::try_from(i64::from(scale) - digits_scale).ok()?;
    if digits.len().checked_add(zeros)? > usize::from(precision.min(38)) {
        return None;
    }
    digits.extend(std::iter::repeat_n(b'0', zeros));
    let magnitude = digits.iter().fold(0i128, |value, digit| value * 10 + i128::from(digit - b'0'));
    Some(if negative { -magnitude } else { magnitude })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(unscaled: i128, scale: i8) -> String {
        let mut out = String::new();
        push_decimal(&mut out, unscaled, scale);
        out
    }

    #[test]
    fn decimals_show_every_digit_of_their_scale() {
        assert_eq!(text(1250, 2), "12.50");
        assert_eq!(text(-5, 3), "-0.005");
        assert_eq!(text(0, 2), "0.00");
        assert_eq!(text(12, -3), "12000");
        assert_eq!(text(0, -3), "0");
        assert_eq!(text(-100, 3), "-0.100");
    }

    #[test]
    fn decimals_come_back_or_are_refused() {
        let largest = 10i128.pow(38) - 1;
        for unscaled in [0, 1, -1, 1250, -99_999, largest, -largest] {
            for scale in [-5, 0, 1, 2, 10, 37, 38] {
                assert_eq!(
                    parse_decimal(&text(unscaled, scale), 38, scale),
                    Some(unscaled),
                    "{unscaled} {scale}"
                );
            }
        }
        assert_eq!(parse_decimal("1.5e2", 5, 0), Some(150));
        assert_eq!(parse_decimal("+.5", 5, 1), Some(5));
        assert_eq!(parse_decimal("1.25", 5, 1), None, "would round");
        assert_eq!(parse_decimal("100000", 5, 0), None, "too many digits");
        assert_eq!(parse_decimal("1e400", 38, 0), None);
        assert_eq!(parse_decimal("1e2147483647", 38, -128), None);
        for wrong in ["", "-", ".", "1.2.3", "1e", "e5", "--1", "1 ", "٣"] {
            assert_eq!(parse_decimal(wrong, 38, 2), None, "{wrong}");
        }
    }
}
