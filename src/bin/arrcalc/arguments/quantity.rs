//! Numbers as people type them: `1e6`, `1_000_000`, `512MiB`, `500ms`.

use std::time::Duration;

/// A count: `1000`, `1_000`, `1e6`, `2.5e3`; whole and not negative.
pub(crate) fn count(text: &str) -> Result<u64, String> {
    whole(text, 1).ok_or_else(|| format!("'{text}' is not a whole number; write 1000, 1_000 or 1e3"))
}

/// A count of at least 1 that fits `usize`.
pub(crate) fn positive(text: &str) -> Result<usize, String> {
    match count(text)? {
        0 => Err("0 is too few; at least 1".into()),
        count => usize::try_from(count).map_err(|_| format!("'{text}' is too large")),
    }
}

/// Bytes: `1e9`, `512MiB`, `4GB`, `100kB`.
pub(crate) fn bytes(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, u64); 10] = [
        ("kib", 1 << 10),
        ("mib", 1 << 20),
        ("gib", 1 << 30),
        ("tib", 1 << 40),
        ("kb", 1_000),
        ("mb", 1_000_000),
        ("gb", 1_000_000_000),
        ("tb", 1_000_000_000_000),
        ("b", 1),
        ("", 1),
    ];
    let lower = text.to_ascii_lowercase();
    let (number, unit) = split_unit(&lower);
    UNITS
        .iter()
        .find(|(name, _)| *name == unit)
        .and_then(|(_, factor)| whole(number, *factor))
        .ok_or_else(|| format!("'{text}' is not a size; write 512MiB, 4GB or 1e9"))
}

/// A length of time: `10s`, `500ms`, `2m`, `1.5h`; a bare number is seconds.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    const UNITS: [(&str, u64); 7] = [
        ("ns", 1),
        ("us", 1_000),
        ("ms", 1_000_000),
        ("s", 1_000_000_000),
        ("", 1_000_000_000),
        ("m", 60_000_000_000),
        ("h", 3_600_000_000_000),
    ];
    let (number, unit) = split_unit(text);
    UNITS
        .iter()
        .find(|(name, _)| *name == unit)
        .and_then(|(_, factor)| whole(number, *factor))
        .map(Duration::from_nanos)
        .ok_or_else(|| format!("'{text}' is not a duration; write 10s, 500ms or 2m"))
}

/// The number and the letters after it; an exponent's `e` belongs to the number.
fn split_unit(text: &str) -> (&str, &str) {
    let end = text.bytes().rposition(|byte| byte.is_ascii_digit() || byte == b'.').map_or(0, |last| last + 1);
    let (number, unit) = text.split_at(end);
    (number, unit.trim())
}

/// `text * factor` where that is whole, computed in decimal: `1.1e3` is 1100 and not a float near it.
fn whole(text: &str, factor: u64) -> Option<u64> {
    let text: String = text.trim().chars().filter(|&character| character != '_').collect();
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text.as_str(), 0),
    };
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{before}{}", after.trim_end_matches('0'));
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let scaled = digits.parse::<u128>().ok()?.checked_mul(u128::from(factor))?;
    let shift = exponent.checked_sub(i32::try_from(after.trim_end_matches('0').len()).ok()?)?;
    let power = 10_u128.checked_pow(shift.unsigned_abs())?;
    let value = match shift {
        0.. => scaled.checked_mul(power)?,
        _ if scaled % power == 0 => scaled / power,
        _ => return None,
    };
    u64::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_exactly_or_refused() {
        assert_eq!(count("1e6"), Ok(1_000_000));
        assert_eq!(count("1_000"), Ok(1_000));
        assert_eq!(count("2.5e3"), Ok(2_500));
        assert_eq!(count("1.10e2"), Ok(110));
        assert_eq!(count("18446744073709551615"), Ok(u64::MAX));
        for bad in ["", "-1", "1.5", "1e-1", "abc", "1e99", "18446744073709551616", "e5", ".", "+1"] {
            assert!(count(bad).is_err(), "{bad}");
        }
        assert_eq!(count("0"), Ok(0));
        assert!(positive("0").is_err());
    }

    #[test]
    fn sizes_have_units_of_powers_of_two_and_of_ten() {
        assert_eq!(bytes("512MiB"), Ok(512 << 20));
        assert_eq!(bytes("1e9"), Ok(1_000_000_000));
        assert_eq!(bytes("1.5 GiB"), Ok(3 << 29));
        assert_eq!(bytes("100kB"), Ok(100_000));
        assert_eq!(bytes("7b"), Ok(7));
        for bad in ["", "MiB", "1XB", "-1GB", "0.3b"] {
            assert!(bytes(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn durations_are_in_seconds_unless_they_say_otherwise() {
        assert_eq!(duration("10s"), Ok(Duration::from_secs(10)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("0.5"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        assert!(duration("10 parsecs").is_err());
    }
}
