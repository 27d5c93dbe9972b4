//! Integers from digits, eight at a time, and decimals of up to 19 digits; everything unusual goes to the standard
//! library's parser.

use super::shape::other_bytes;
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
    let bytes = cell.as_bytes();
    other_bytes(bytes)
        .and_then(|others| long_decimal(bytes, others))
        .or_else(|| short_decimal(bytes))
        .or_else(|| text::parse_float64(cell))
}

/// A number as its digits write it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    Integer(i64),
    Float(f64),
}

/// The number of a cell of digits, with a sign perhaps and a point among them: an integer where there is none and 64
/// bits hold it. `None` for other cells, and for some numbers.
#[inline]
pub(super) fn number(cell: &[u8]) -> Option<Number> {
    let Some(others) = other_bytes(cell) else {
        // The shortest cells, and very long ones.
        return match parse_i64(cell) {
            Some(value) => Some(Number::Integer(value)),
            None if cell.len() > SHORT_DIGITS => None,
            None => short_decimal(cell).map(Number::Float),
        };
    };
    let is_signed = matches!(cell[0], b'-' | b'+');
    if others & !u32::from(is_signed) == 0 {
        return parse_i64(cell).map(Number::Integer);
    }
    long_decimal(cell, others).map(Number::Float)
}

/// Digits with a point among them, 8 to 20 bytes and a sign, at most 8 digits before the point and 16 behind it.
/// Bits of `others` are set where a byte is no digit.
#[inline]
fn long_decimal(cell: &[u8], others: u32) -> Option<f64> {
    let is_negative = cell[0] == b'-';
    let sign = usize::from(is_negative);
    let others = others & !u32::from(is_negative);
    let point = others.trailing_zeros() as usize;
    if !others.is_power_of_two() || cell[point] != b'.' {
        return None;
    }
    let (before, behind) = (point - sign, cell.len() - 1 - point);
    if before > 8 || behind > 16 || !(1..=19).contains(&(before + behind)) {
        return None;
    }
    let low = digits_before(cell, cell.len(), behind.min(8));
    let high = if behind > 8 { digits_before(cell, cell.len() - 8, behind - 8) } else { 0 };
    // At most 19 digits: below 2^64.
    let mantissa =
        digits_before(cell, point, before) * POWERS_OF_TEN_64[behind] + high * POWERS_OF_TEN_64[8] + low;
    let value = if mantissa <= 1 << f64::MANTISSA_DIGITS {
        mantissa as f64 / POWERS_OF_TEN_64[behind] as f64
    } else {
        quotient(mantissa, behind)?
    };
    Some(if is_negative { -value } else { value })
}

/// The number that the `count` digits before byte `end` write, 8 at the most, in a cell of 8 bytes or more.
#[inline]
fn digits_before(cell: &[u8], end: usize, count: usize) -> u64 {
    if count == 0 {
        return 0;
    }
    let start = end.saturating_sub(8);
    let word = cell[start..].first_chunk::<8>().map_or(0, |word| u64::from_le_bytes(*word));
    // The digits at the top, zeros before them.
    let word = word << (8 * (start + 8 - end));
    let kept = u64::MAX << (8 * (8 - count));
    word_of_digits((word & kept | ZEROS & !kept).wrapping_sub(ZEROS))
}

/// `mantissa` / 10^`power`, correctly rounded, for mantissas from 2^53 on: `None` where an interval around the quotient
/// does not tell how it rounds.
///
/// With w the mantissa moved up to 64 bits and r = floor(2^(63 + b) / 10^power), where b is the length of 10^power in
/// bits, the quotient lies in `[u, u + 2)` units, u the upper half of w r: the scheme of D. Lemire, "Number Parsing at
/// a Gigabyte per Second" (2021), without its second product.
#[inline]
fn quotient(mantissa: u64, power: usize) -> Option<f64> {
    if power == 0 {
        return Some(mantissa as f64);
    }
    let zeros = mantissa.leading_zeros();
    let upper = ((u128::from(mantissa << zeros) * u128::from(RECIPROCALS[power])) >> 64) as u64;
    let dropped = 64 - f64::MANTISSA_DIGITS - upper.leading_zeros();
    let (rest, half) = (upper & ((1 << dropped) - 1), 1 << (dropped - 1));
    let rounded = if rest + 2 <= half {
        upper >> dropped
    } else if rest > half {
        (upper >> dropped) + 1
    } else {
        return None;
    };
    let bits = u64::BITS - POWERS_OF_TEN_64[power].leading_zeros();
    let exponent = i64::from(dropped) + 1 - i64::from(bits) - i64::from(zeros);
    // Within +-64: no subnormal, no overflow, so that scaling is exact.
    Some(rounded as f64 * f64::from_bits(((1023 + exponent) as u64) << 52))
}

/// 10^0 to 10^16.
const POWERS_OF_TEN_64: [u64; 17] = {
    let mut powers = [1; 17];
    let mut power = 1;
    while power < 17 {
        powers[power] = powers[power - 1] * 10;
        power += 1;
    }
    powers
};

/// For 10^p, p from 1, of b bits: floor(2^(63 + b) / 10^p), which has its top bit set.
const RECIPROCALS: [u64; 17] = {
    let mut reciprocals = [0; 17];
    let mut power = 1;
    while power < 17 {
        let bits = u64::BITS - POWERS_OF_TEN_64[power].leading_zeros();
        reciprocals[power] = ((1u128 << (63 + bits)) / POWERS_OF_TEN_64[power] as u128) as u64;
        power += 1;
    }
    reciprocals
};

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
    let digits = word.wrapping_sub(ZEROS);
    // Each byte is 0..=9 exactly when neither it nor it plus 0x76 has its top bit set.
    if (digits | digits.wrapping_add(0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080 != 0 {
        return None;
    }
    Some(word_of_digits(digits))
}

/// Eight ASCII zeros.
const ZEROS: u64 = 0x3030_3030_3030_3030;

/// The number that eight digits, each 0 to 9, first one lowest, write.
#[inline]
fn word_of_digits(digits: u64) -> u64 {
    // Pairs, then fours, then all eight: each multiplication adds ten (hundred, ten thousand) times the lower half.
    let pairs = (digits.wrapping_mul(10).wrapping_add(digits >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(100).wrapping_add(pairs >> 16)) & 0x0000_ffff_0000_ffff;
    (fours.wrapping_mul(10_000).wrapping_add(fours >> 32)) & 0xffff_ffff
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
        // All shapes of up to 22 digits, and neighbours of halves between two floats.
        for _ in 0..300_000 {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            let digits = format!("{:022}", u128::from(state) * u128::from(state >> 20 | 1) % 10u128.pow(22));
            let digits = &digits[(state >> 59) as usize % 22..];
            let point = (state >> 40) as usize % (digits.len() + 1);
            let sign = if state & 1 << 30 == 0 { "-" } else { "" };
            cells.push(format!("{sign}{}.{}", &digits[..point], &digits[point..]));
            let float = f64::from_bits((state >> 12) | 1023 << 52) * f64::from(1 << (state >> 61));
            let half = (u128::from(float.to_bits() & ((1 << 52) - 1) | 1 << 52) * 2 + 1) * 10u128.pow(16);
            let half = half >> (53 - (state >> 61).min(7));
            for near in [half - 1, half, half + 1] {
                cells.push(format!("{}.{:016}", near / 10u128.pow(16), near % 10u128.pow(16)));
            }
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
