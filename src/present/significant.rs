//! Numbers for a person: a few significant digits, thousands separated, never wider than a table can bear.
//!
//! A number that needs no more than the asked digits is printed as it is (`12.5`, `-43`); another is rounded to
//! them and shows it: `1,040.` ends in a point because digits were dropped, `12.50` keeps the zero that was
//! rounded to. Whole parts below a million are never filled up with zeros: `123,457.`, not `123,500`.

/// Significant digits of the tables unless `--digits` says otherwise.
pub const DIGITS: usize = 4;

/// Whole numbers stay exact below this power of ten; beyond it a table shows `1.235e9`.
const WHOLE_EXPONENT: i32 = 7;

/// Numbers with a fraction leave fixed notation at 10^6 and below 10^-3.
const FIXED_EXPONENTS: std::ops::Range<i32> = -3..6;

/// `value` in at most `digits` significant digits.
pub fn float(value: f64, digits: usize) -> String {
    if value.is_nan() {
        return "NaN".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf".into() } else { "-inf".into() };
    }
    if value == 0.0 {
        return if value.is_sign_negative() { "-0".into() } else { "0".into() };
    }
    from_shortest(
        &format!("{value:e}"),
        digits,
        |decimals| format!("{value:.decimals$e}"),
        |decimals| format!("{value:.decimals$}"),
    )
}

/// `value` in at most `digits` significant digits, by binary32's own shortest decimal.
pub fn float32(value: f32, digits: usize) -> String {
    if !value.is_finite() || value == 0.0 {
        return float(f64::from(value), digits);
    }
    from_shortest(
        &format!("{value:e}"),
        digits,
        |decimals| format!("{value:.decimals$e}"),
        |decimals| format!("{value:.decimals$}"),
    )
}

/// `value` whole below ten million, else in at most `digits` significant digits.
pub fn integer(value: i128, digits: usize) -> String {
    if value.unsigned_abs() < 10_u128.pow(WHOLE_EXPONENT as u32) {
        return thousands(&value.to_string());
    }
    let decimals = digits.max(1) - 1;
    shorten_mantissa(&format!("{value:.decimals$e}"))
}

/// A share of `part` in `whole` as a percentage of at most two decimals and four digits; `·` for nothing.
///
/// What is not nothing never reads as nothing (`<0.01`), what is not everything never as everything (`99.99`).
pub fn percent(part: u64, whole: u64) -> String {
    if part == 0 || whole == 0 {
        return "·".into();
    }
    if part == whole {
        return "100".into();
    }
    let share = part as f64 / whole as f64 * 100.0;
    if share < 0.005 {
        return "<0.01".into();
    }
    format!("{:.2}", share.min(99.99))
}

/// `digits` of an integer (perhaps with a sign) in groups of three.
pub fn thousands(digits: &str) -> String {
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", digits),
    };
    let mut grouped = String::with_capacity(digits.len() * 4 / 3 + 1);
    grouped.push_str(sign);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Bytes in the unit a person would use: `812 B`, `5.0 MB`, `1.6 GB` (powers of ten, as `ls --si`).
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
    if count < 1000 {
        return format!("{count} B");
    }
    let mut scaled = count as f64;
    let mut unit = 0;
    // 999.95 kB would print as 1000.0: the next unit takes over where rounding would.
    while scaled >= 999.95 && unit + 1 < UNITS.len() {
        scaled /= 1000.0;
        unit += 1;
    }
    if scaled < 99.95 {
        format!("{scaled:.1} {}", UNITS[unit])
    } else {
        format!("{scaled:.0} {}", UNITS[unit])
    }
}

/// Chooses between the shortest decimal and a rounded one, and between fixed and scientific notation.
fn from_shortest(
    shortest: &str,
    digits: usize,
    scientific: impl Fn(usize) -> String,
    fixed: impl Fn(usize) -> String,
) -> String {
    let digits = digits.max(1);
    let (shortest_digits, shortest_exponent) = digits_and_exponent(shortest);
    let is_whole = shortest_digits as i32 <= shortest_exponent + 1;
    if is_whole && shortest_exponent < WHOLE_EXPONENT {
        return thousands(&fixed(0));
    }
    let is_exact = shortest_digits <= digits;
    let shown = if is_exact { shortest.to_owned() } else { scientific(digits - 1) };
    // Rounding may carry into the next power of ten, hence the exponent of what is shown.
    let (shown_digits, exponent) = digits_and_exponent(&shown);
    if !FIXED_EXPONENTS.contains(&exponent) {
        return shown;
    }
    let decimals = (shown_digits as i32 - 1 - exponent).max(0) as usize;
    let plain = fixed(decimals);
    match plain.split_once('.') {
        Some((whole, fraction)) => format!("{}.{fraction}", thousands(whole)),
        None => format!("{}.", thousands(&plain)),
    }
}

/// `1.2500e9` without the zeros that say nothing: `1.25e9`; integers only, whose zeros are exact.
fn shorten_mantissa(scientific: &str) -> String {
    match scientific.split_once('e') {
        Some((mantissa, exponent)) if mantissa.contains('.') => {
            format!("{}e{exponent}", mantissa.trim_end_matches('0').trim_end_matches('.'))
        }
        _ => scientific.to_owned(),
    }
}

/// Number of mantissa digits and the decimal exponent of `-1.25e-7`.
fn digits_and_exponent(scientific: &str) -> (usize, i32) {
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
    (digits, exponent.parse().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_keep_four_digits_and_show_that_more_were_dropped() {
        let cases = [
            (1039.9126, "1,040."),
            (733.23303, "733.2"),
            (40.21006, "40.21"),
            (12.639, "12.64"),
            (12.5, "12.5"),
            (12.4996, "12.50"),
            (-43.0, "-43"),
            (1301.0, "1,301"),
            (0.0, "0"),
            (-0.0, "-0"),
            (0.0012345, "0.001234"),
            (0.00012345, "1.234e-4"),
            (0.0001, "1e-4"),
            (123456.7, "123,457."),
            (999999.7, "1.000e6"),
            (999.96, "1,000."),
            (1234567.0, "1,234,567"),
            (12345678.0, "1.235e7"),
            (1e300, "1e300"),
            (f64::MIN_POSITIVE, "2.225e-308"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-inf"),
            (0.1 + 0.2, "0.3000"),
        ];
        for (value, text) in cases {
            assert_eq!(float(value, DIGITS), text, "{value:?}");
        }
    }

    #[test]
    fn binary32_is_rounded_from_its_own_decimal() {
        assert_eq!(float32(0.1, DIGITS), "0.1");
        assert_eq!(float32(16_777_216.0, DIGITS), "1.678e7");
        assert_eq!(float32(2.5, DIGITS), "2.5");
    }

    #[test]
    fn integers_are_whole_below_ten_million() {
        let cases = [
            (0, "0"),
            (-999, "-999"),
            (1000, "1,000"),
            (9_999_999, "9,999,999"),
            (10_000_000, "1e7"),
            (-1_234_567_890, "-1.235e9"),
            (i128::MAX, "1.701e38"),
        ];
        for (value, text) in cases {
            assert_eq!(integer(value, DIGITS), text);
        }
    }

    #[test]
    fn percentages_never_claim_nothing_or_everything_wrongly() {
        let cases = [
            (0, 100, "·"),
            (0, 0, "·"),
            (8_255, 336_776, "2.45"),
            (1, 1_000_000, "<0.01"),
            (999_999, 1_000_000, "99.99"),
            (7, 7, "100"),
            (50, 100, "50.00"),
        ];
        for (part, whole, text) in cases {
            assert_eq!(percent(part, whole), text);
        }
    }

    #[test]
    fn bytes_read_as_a_person_would_say_them() {
        let cases = [
            (0, "0 B"),
            (999, "999 B"),
            (15_241, "15.2 kB"),
            (999_960, "1.0 MB"),
            (5_048_942, "5.0 MB"),
            (812_345_678, "812 MB"),
            (u64::MAX, "18.4 EB"),
        ];
        for (count, text) in cases {
            assert_eq!(bytes(count), text);
        }
    }
}
