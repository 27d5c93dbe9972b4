//! Numbers as written: `1_000_000`, `0xff`, `.5`, `1e-3`.
//!
//! Everything that a number could go on with is taken first and judged after, so that `12abc` and `1.2.3` are one
//! wrong number and not two right things side by side.

use super::Literal;
use super::words::shortened;

/// Bytes of the number that `text` begins with; `text` begins with a digit, or with a point and a digit.
pub(super) fn length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let hexadecimal = is_hexadecimal(text);
    let mut letters = 0;
    let mut end = 0;
    while let Some(&byte) = bytes.get(end) {
        // The sign of an exponent: after an `e` that is the first letter, before a digit.
        let signed = matches!(byte, b'+' | b'-')
            && !hexadecimal
            && letters == 1
            && matches!(bytes[end - 1], b'e' | b'E')
            && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        if !(signed || byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.') {
            break;
        }
        letters += usize::from(byte.is_ascii_alphabetic());
        end += 1;
    }
    end
}

/// The value of a number as written.
///
/// # Errors
/// What is wrong with it, in one line.
pub(crate) fn value(text: &str) -> Result<Literal, String> {
    let shown = shortened(text);
    let too_large = || format!("{shown} does not fit into 128 bits: write it with a point for a float");
    if is_hexadecimal(text) {
        let digits = &text[2..];
        if digits.is_empty() || !well_separated(digits, |byte| byte.is_ascii_hexdigit()) {
            return Err(format!("{shown} is not a number: '0x' is followed by 0-9 and a-f"));
        }
        return u128::from_str_radix(&digits.replace('_', ""), 16)
            .map(Literal::Integer)
            .map_err(|_| too_large());
    }
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], Some(text[at + 1..].trim_start_matches(['+', '-']))),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let parts = [Some(whole), fraction, exponent];
    let stray = parts.iter().flatten().any(|part| part.bytes().any(|byte| !is_digit_or_separator(byte)));
    if stray && text.bytes().all(|byte| byte != b'.') {
        return Err(format!(
            "{shown} is not a number; a name that begins with a digit stands in double quotes: \"{shown}\"",
            shown = shown.trim_matches('\'')
        ));
    }
    let empty =
        exponent == Some("") || (whole.is_empty() && fraction.is_none_or(|fraction| fraction.is_empty()));
    if stray || empty {
        return Err(format!("{shown} is not a number"));
    }
    if !parts.iter().flatten().all(|part| well_separated(part, |byte| byte.is_ascii_digit())) {
        return Err(format!("{shown} is not a number: '_' stands between two digits"));
    }
    let digits = text.replace('_', "");
    if fraction.is_some() || exponent.is_some() {
        return Ok(Literal::Decimal(digits));
    }
    digits.parse().map(Literal::Integer).map_err(|_| too_large())
}

fn is_hexadecimal(text: &str) -> bool {
    text.starts_with("0x") || text.starts_with("0X")
}

fn is_digit_or_separator(byte: u8) -> bool {
    byte.is_ascii_digit() || byte == b'_'
}

/// Whether `part` is digits with single separators between them; an empty part is.
fn well_separated(part: &str, is_digit: impl Fn(u8) -> bool) -> bool {
    part.is_empty() || part.split('_').all(|run| !run.is_empty() && run.bytes().all(&is_digit))
}
