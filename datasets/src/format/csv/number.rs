//! Integers from digits, eight at a time, and short decimals; everything unusual goes to the standard library's
//! parser.

use crate::text;

/// Up to so many digits fit `i64` whatever they are.
const SAFE_DIGITS: usize = 18;

/// Powers of ten that binary64 holds exactly, as many as a short decimal needs.
const POWERS_OF_TEN: [f64; SHORT_DIGITS + 1] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
/// Integers of so many digits are below 2^53.
const SHORT_DIGITS: usize = 15;

/// A decimal, correctly rounded, or one of the standard library's names of infinity and NaN.
///
/// Up to 15 digits with a point among them are an exact integer divided by an exact power of ten: one rounding, as
/// W. D. Clinger ("How to Read Floating Point Numbers Accurately", 1990) shows.
#[inline]
pub(super) fn parse_f64(cell: &str) -> Option<f64> {
    short_decimal(cell.as_bytes()).or_else(|| text::parse_float64(cell))
}

#[inline]
fn short_decimal(cell: &[u8]) -> Option<f64> {
    let (negative, digits) = match cell {
        [b'-', digits @ ..] => (true, digits),
        _ => (false, cell),
    };
    if digits.len() > SHORT_DIGITS + 1 {
        return None;
    }
    let (mut mantissa, mut digit_count, mut point_at) = (0_u64, 0, None);
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            // Sixteen digits at most.
            mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit));
            digit_count += 1;
        } else if byte == b'.' && point_at.is_none() {
            point_at = Some(digit_count);
        } else {
            return None;
        }
    }
    if digit_count == 0 || digit_count > SHORT_DIGITS {
        return None;
    }
    let value = mantissa as f64 / POWERS_OF_TEN[digit_count - point_at.unwrap_or(digit_count)];
    Some(if negative { -value } else { value })
}

/// A decimal integer with an optional sign.
#[inline]
pub(super) fn parse_i64(cell: &[u8]) -> Option<i64> {
    let (negative, digits) = match cell {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        _ => (false, cell),
    };
    if digits.is_empty() || digits.len() > SAFE_DIGITS {
        return str::from_utf8(cell).ok()?.parse().ok();
    }
    let mut value = 0_u64;
    let (words, rest) = digits.as_chunks::<8>();
    for &word in words {
        value = value.wrapping_mul(100_000_000).wrapping_add(eight_digits(u64::from_le_bytes(word))?);
    }
    for &digit in rest {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
    }
    let value = value as i64;
    Some(if negative { value.wrapping_neg() } else { value })
}

/// The number that eight ASCII digits, first one lowest, write.
#[inline]
fn eight_digits(word: u64) -> Option<u64> {
    let digits = word.wrapping_sub(0x3030_3030_3030_3030);
    // Each byte is 0..=9 exactly when neither it nor it plus 0x76 has its top bit set.
    if (digits | digits.wrapping_add(0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080 != 0 {
        return None;
    }
    // Pairs, then fours, then all eight: each multiplication adds ten (hundred, ten thousand) times the lower half.
    let pairs = (digits.wrapping_mul(10).wrapping_add(digits >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(100).wrapping_add(pairs >> 16)) & 0x0000_ffff_0000_ffff;
    Some((fours.wrapping_mul(10_000).wrapping_add(fours >> 32)) & 0xffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_those_of_the_standard_library() {
        let mut cells: Vec<String> = [
            "",
            "+",
            "-",
            "0",
            "-0",
            "+0",
            "007",
            "1234567",
            "12345678",
            "-123456789",
            "1234567890123456",
            "999999999999999999",
            "9223372036854775807",
            "-9223372036854775808",
            "9223372036854775808",
            "1 ",
            "12a45678",
            "1234567/",
            "1234567:",
            "--1",
            "+-1",
            "00000000000000000000001",
            "1234567é",
        ]
        .map(String::from)
        .to_vec();
        let mut state = 1_u64;
        for _ in 0..20_000 {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            cells.push(((state as i64) >> (state >> 58)).to_string());
        }
        for cell in &cells {
            assert_eq!(parse_i64(cell.as_bytes()), cell.parse().ok(), "'{cell}'");
        }
    }

    #[test]
    fn floats_are_those_of_the_standard_library() {
        let mut cells: Vec<String> = [
            "",
            ".",
            "-",
            "-.",
            "5.",
            ".5",
            "-.5",
            "+1.5",
            "1.5.",
            "..1",
            "0",
            "-0",
            "-0.0",
            "000000000000000",
            "1e5",
            "nan",
            "-inf",
            "1_0",
            "1.5 ",
            "123456789012345",
            "1234567890123456",
            "9007199254740993",
        ]
        .map(String::from)
        .to_vec();
        let mut state = 3_u64;
        for round in 0..100_000 {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            let mut digits = (state >> (state >> 58)).to_string();
            digits.insert(round % (digits.len() + 1), '.');
            cells.push(if state & 1 == 0 { format!("-{digits}") } else { digits });
        }
        for cell in &cells {
            let expected = text::parse_float64(cell).map(f64::to_bits);
            assert_eq!(parse_f64(cell).map(f64::to_bits), expected, "'{cell}'");
        }
    }

    #[test]
    fn each_wrong_byte_in_a_word_of_digits_is_seen() {
        for at in 0..8 {
            for byte in 0..=255_u8 {
                let mut word = *b"12345678";
                word[at] = byte;
                let expected = str::from_utf8(&word)
                    .ok()
                    .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
                    .and_then(|text| text.parse().ok());
                assert_eq!(eight_digits(u64::from_le_bytes(word)), expected, "{byte:#x} at {at}");
            }
        }
    }
}
