//! Durations as ISO 8601: `PT1.5S`, `P2DT3H`, `-PT0.000001S`. A day is 86,400 seconds.

use crate::schema::TimeUnit;
use crate::text::number::push_integer;
use crate::text::temporal::{parse_fraction, push_fraction};

/// Appends `ticks` of `unit`.
///
/// ```
/// use arrcalc_datasets::{TimeUnit, text::push_duration};
/// let mut text = String::new();
/// push_duration(&mut text, -93_784_500, TimeUnit::Millisecond);
/// assert_eq!(text, "-P1DT2H3M4.500S");
/// ```
pub fn push_duration(out: &mut String, ticks: i128, unit: TimeUnit) {
    let per_second = u128::from(unit.ticks_per_second().unsigned_abs());
    let (seconds, subsecond) = (ticks.unsigned_abs() / per_second, ticks.unsigned_abs() % per_second);
    let (days, seconds) = (seconds / 86_400, seconds % 86_400);
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    out.push_str(if ticks < 0 { "-P" } else { "P" });
    let mut part = |count: u128, letter: char| {
        if count > 0 {
            push_integer(out, count as i128);
            out.push(letter);
        }
    };
    part(days, 'D');
    if days > 0 && hours + minutes + seconds + subsecond == 0 {
        return;
    }
    out.push('T');
    let mut part = |count: u128, letter: char| {
        if count > 0 {
            push_integer(out, count as i128);
            out.push(letter);
        }
    };
    part(hours, 'H');
    part(minutes, 'M');
    if seconds + subsecond > 0 || days + hours + minutes == 0 {
        push_integer(out, seconds as i128);
        push_fraction(out, subsecond as i64, unit);
        out.push('S');
    }
}

/// Ticks of `unit` in ISO 8601 text of weeks, days, hours, minutes and seconds (months and years have no length);
/// `None` where it is something else, or is not a whole number of ticks that fits.
pub fn parse_duration(text: &str, unit: TimeUnit) -> Option<i64> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let rest = rest.strip_prefix('P')?;
    let (date, time) = match rest.split_once('T') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (rest, ""),
    };
    if date.is_empty() && time.is_empty() {
        return None;
    }
    let (mut seconds, mut nanoseconds) = (0i128, 0i64);
    for (part, letters) in [(date, "WD"), (time, "HMS")] {
        let (mut part, mut letters) = (part, letters);
        while !part.is_empty() {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            // Twenty digits of seconds pass every tick count of 64 bits.
            if digits == 0 || digits > 20 {
                return None;
            }
            let count = part[..digits].parse::<i128>().ok()?;
            part = &part[digits..];
            if let Some(fraction) = part.strip_prefix('.') {
                let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
                nanoseconds = parse_fraction(&fraction.as_bytes()[..digits])?;
                part = &fraction[digits..];
                if part != "S" {
                    return None;
                }
            }
            let letter = part.chars().next()?;
            // Each letter once, in order.
            letters = &letters[letters.find(letter)? + 1..];
            part = &part[1..];
            seconds += count
                * match letter {
                    'W' => 604_800,
                    'D' => 86_400,
                    'H' => 3_600,
                    'M' => 60,
                    _ => 1,
                };
        }
    }
    let per_tick = 1_000_000_000 / unit.ticks_per_second();
    if nanoseconds % per_tick != 0 {
        return None;
    }
    let ticks = seconds * i128::from(unit.ticks_per_second()) + i128::from(nanoseconds / per_tick);
    i64::try_from(if negative { -ticks } else { ticks }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNITS: [TimeUnit; 4] =
        [TimeUnit::Second, TimeUnit::Millisecond, TimeUnit::Microsecond, TimeUnit::Nanosecond];

    #[test]
    fn durations_come_back_in_every_unit() {
        for unit in UNITS {
            for ticks in [0, 1, -1, 59, 60, 61, 3_600, 86_400, 90_061, 1_500_000_123, i64::MAX, i64::MIN] {
                let mut out = String::new();
                push_duration(&mut out, i128::from(ticks), unit);
                assert_eq!(parse_duration(&out, unit), Some(ticks), "{out}");
            }
        }
    }

    #[test]
    fn the_shortest_sequence_of_parts_is_written() {
        let text = |ticks, unit| {
            let mut out = String::new();
            push_duration(&mut out, ticks, unit);
            out
        };
        assert_eq!(text(0, TimeUnit::Second), "PT0S");
        assert_eq!(text(86_400, TimeUnit::Second), "P1D");
        assert_eq!(text(1_500, TimeUnit::Millisecond), "PT1.500S");
        assert_eq!(text(3_600, TimeUnit::Second), "PT1H");
    }

    #[test]
    fn what_is_not_a_duration_is_none() {
        for wrong in [
            "", "P", "PT", "P1", "1S", "PT1", "P1S", "PT1D", "PT1M1H", "PT1.5M", "P1Y", "PT1.S", "P1DT",
            "PTé",
        ] {
            assert_eq!(parse_duration(wrong, TimeUnit::Nanosecond), None, "{wrong}");
        }
        assert_eq!(parse_duration("PT0.5S", TimeUnit::Second), None, "half a tick");
        assert_eq!(parse_duration("P2W", TimeUnit::Second), Some(1_209_600));
    }
}
