//! Dates, times and timestamps as ISO 8601.
//!
//! Written: `2013-01-01`, `06:00:00.250`, `2013-01-01T06:00:00Z` (`Z` where the type has a zone: ticks are UTC
//! then). Fractions of a second have 0, 3, 6 or 9 digits, as many as needed. Years past 9999 or before 0 carry a
//! sign, as ISO 8601 asks. Read: the same, a space for the `T`, lower-case `t` and `z`, seconds left out, 1 to 9
//! digits of fraction, and offsets `+01:00`, `-0330`, `+01`.

use crate::schema::TimeUnit;
use crate::text::calendar::{civil_from_days, days_from_civil};

const SECONDS_PER_DAY: i64 = 86_400;

/// A point in time as read: exact, before it is fitted to a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamp {
    /// Seconds since 1970-01-01T00:00:00; in UTC where the text has an offset.
    pub seconds: i64,
    /// 0..1,000,000,000.
    pub nanoseconds: u32,
    /// Whether the text has an offset from UTC.
    pub zoned: bool,
}

impl Timestamp {
    /// Ticks of `unit`; `None` where they are not whole or do not fit.
    pub fn ticks(self, unit: TimeUnit) -> Option<i64> {
        let per_tick = 1_000_000_000 / unit.ticks_per_second();
        let nanoseconds = i64::from(self.nanoseconds);
        if nanoseconds % per_tick != 0 {
            return None;
        }
        let ticks = i128::from(self.seconds) * i128::from(unit.ticks_per_second())
            + i128::from(nanoseconds / per_tick);
        i64::try_from(ticks).ok()
    }
}

/// Appends `2013-01-01`.
///
/// # Panics
/// If `|days|` is 2^62 or more.
pub fn push_date(out: &mut String, days: i64) {
    let (year, month, day) = civil_from_days(days);
    if (0..=9_999).contains(&year) {
        push_digits(out, year.unsigned_abs(), 4);
    } else {
        out.push(if year < 0 { '-' } else { '+' });
        push_digits(out, year.unsigned_abs(), 4);
    }
    out.push('-');
    push_digits(out, u64::from(month), 2);
    out.push('-');
    push_digits(out, u64::from(day), 2);
}

/// Appends `06:00:00.250`, ticks since midnight. What is no time of a day is printed with more hours or a sign.
pub fn push_time(out: &mut String, ticks: i64, unit: TimeUnit) {
    if ticks < 0 {
        out.push('-');
    }
    let ticks = ticks.unsigned_abs();
    let per_second = unit.ticks_per_second().unsigned_abs();
    let seconds = ticks / per_second;
    push_digits(out, seconds / 3_600, 2);
    out.push(':');
    push_digits(out, seconds / 60 % 60, 2);
    out.push(':');
    push_digits(out, seconds % 60, 2);
    push_fraction(out, (ticks % per_second) as i64, unit);
}

/// Appends `2013-01-01T06:00:00`, with `Z` where the type has a zone.
///
/// ```
/// use arrcalc_datasets::{TimeUnit, text::push_timestamp};
/// let mut text = String::new();
/// push_timestamp(&mut text, 1_357_020_000_250, TimeUnit::Millisecond, true);
/// assert_eq!(text, "2013-01-01T06:00:00.250Z");
/// ```
pub fn push_timestamp(out: &mut String, ticks: i64, unit: TimeUnit, zoned: bool) {
    let per_second = unit.ticks_per_second();
    let (seconds, subsecond) = (ticks.div_euclid(per_second), ticks.rem_euclid(per_second));
    push_date(out, seconds.div_euclid(SECONDS_PER_DAY));
    out.push('T');
    push_time(out, seconds.rem_euclid(SECONDS_PER_DAY) * per_second + subsecond, unit);
    if zoned {
        out.push('Z');
    }
}

/// Days since 1970-01-01 of `2013-01-01`.
pub fn parse_date(text: &str) -> Option<i64> {
    let (days, rest) = take_date(text.as_bytes())?;
    rest.is_empty().then_some(days)
}

/// Ticks since midnight of `06:00`, `06:00:00` or `06:00:00.25`; `None` where they are not whole.
pub fn parse_time(text: &str, unit: TimeUnit) -> Option<i64> {
    let (seconds, nanoseconds, rest) = take_time(text.as_bytes())?;
    if !rest.is_empty() {
        return None;
    }
    Timestamp { seconds, nanoseconds, zoned: false }.ticks(unit)
}

/// A date, `T` or a space, a time, and perhaps an offset.
pub fn parse_timestamp(text: &str) -> Option<Timestamp> {
    let (days, rest) = take_date(text.as_bytes())?;
    let [b'T' | b't' | b' ', rest @ ..] = rest else { return None };
    let (second_of_day, nanoseconds, rest) = take_time(rest)?;
    let seconds = days * SECONDS_PER_DAY + second_of_day;
    let (offset, zoned) = match rest {
        [] => (0, false),
        [b'Z' | b'z'] => (0, true),
        [sign @ (b'+' | b'-'), offset @ ..] => {
            let (hours, minutes) = match offset {
                [_, _] => (two_digits(offset)?, 0),
                [_, _, m @ ..] if m.len() == 2 => (two_digits(offset)?, two_digits(m)?),
                [_, _, b':', m @ ..] if m.len() == 2 => (two_digits(offset)?, two_digits(m)?),
                _ => return None,
            };
            if hours > 23 || minutes > 59 {
                return None;
            }
            let seconds = hours * 3_600 + minutes * 60;
            (if *sign == b'-' { -seconds } else { seconds }, true)
        }
        _ => return None,
    };
    Some(Timestamp { seconds: seconds - offset, nanoseconds, zoned })
}

/// `.250` for 250 milliseconds: 3, 6 or 9 digits, nothing for 0. `subsecond` is in ticks of `unit`.
pub(super) fn push_fraction(out: &mut String, subsecond: i64, unit: TimeUnit) {
    let nanoseconds = subsecond * (1_000_000_000 / unit.ticks_per_second());
    if nanoseconds == 0 {
        return;
    }
    let (digits, fraction) = if nanoseconds % 1_000_000 == 0 {
        (3, nanoseconds / 1_000_000)
    } else if nanoseconds % 1_000 == 0 {
        (6, nanoseconds / 1_000)
    } else {
        (9, nanoseconds)
    };
    out.push('.');
    push_digits(out, fraction.unsigned_abs(), digits);
}

/// Nanoseconds of 1 to 9 digits after the point.
pub(super) fn parse_fraction(digits: &[u8]) -> Option<i64> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    let value = digits.iter().try_fold(0i64, |value, &digit| Some(value * 10 + digit_value(digit)?))?;
    Some(value * 10i64.pow(9 - digits.len() as u32))
}

/// Year, month and day at the front, and what follows.
fn take_date(text: &[u8]) -> Option<(i64, &[u8])> {
    let (negative, signed, rest) = match text {
        [b'-', rest @ ..] => (true, true, rest),
        [b'+', rest @ ..] => (false, true, rest),
        _ => (false, false, text),
    };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    // Nine digits: seconds of any year then fit 64 bits.
    if digits < 4 || digits > if signed { 9 } else { 4 } {
        return None;
    }
    let year = rest[..digits].iter().fold(0i64, |year, &digit| year * 10 + i64::from(digit - b'0'));
    let [b'-', m1, m2, b'-', d1, d2, rest @ ..] = &rest[digits..] else { return None };
    let (month, day) = (two_digits(&[*m1, *m2])?, two_digits(&[*d1, *d2])?);
    let days = days_from_civil(if negative { -year } else { year }, month as u32, day as u32)?;
    Some((days, rest))
}

/// Second of the day and nanoseconds at the front, and what follows.
fn take_time(text: &[u8]) -> Option<(i64, u32, &[u8])> {
    let [h1, h2, b':', m1, m2, rest @ ..] = text else { return None };
    let (hour, minute) = (two_digits(&[*h1, *h2])?, two_digits(&[*m1, *m2])?);
    let (second, nanoseconds, rest) = match rest {
        [b':', s1, s2, rest @ ..] => {
            let second = two_digits(&[*s1, *s2])?;
            match rest {
                [b'.', rest @ ..] => {
                    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
                    (second, parse_fraction(&rest[..digits])?, &rest[digits..])
                }
                _ => (second, 0, rest),
            }
        }
        _ => (0, 0, rest),
    };
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some((hour * 3_600 + minute * 60 + second, nanoseconds as u32, rest))
}

/// The number in the first two bytes.
fn two_digits(text: &[u8]) -> Option<i64> {
    Some(digit_value(text[0])? * 10 + digit_value(text[1])?)
}

fn digit_value(byte: u8) -> Option<i64> {
    byte.is_ascii_digit().then(|| i64::from(byte - b'0'))
}

/// Appends `value` with at least `width` digits.
fn push_digits(out: &mut String, value: u64, width: usize) {
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(value);
    out.extend(std::iter::repeat_n('0', width.saturating_sub(digits.len())));
    out.push_str(digits);
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNITS: [TimeUnit; 4] =
        [TimeUnit::Second, TimeUnit::Millisecond, TimeUnit::Microsecond, TimeUnit::Nanosecond];

    #[test]
    fn timestamps_come_back_in_every_unit_with_and_without_zone() {
        for unit in UNITS {
            // 10^16 seconds are 317 million years: the nine digits that are read.
            let far = if unit == TimeUnit::Second { 10_000_000_000_000_000 } else { i64::MAX };
            for ticks in [0, 1, -1, 999, 1_357_020_000_250, -62_135_596_800, far, -far] {
                for zoned in [false, true] {
                    let mut out = String::new();
                    push_timestamp(&mut out, ticks, unit, zoned);
                    let read = parse_timestamp(&out).unwrap();
                    assert_eq!((read.ticks(unit), read.zoned), (Some(ticks), zoned), "{out}");
                }
            }
        }
    }

    #[test]
    fn dates_and_times_come_back() {
        for days in [0, -1, 19_723, i64::from(i32::MIN), i64::from(i32::MAX), -719_528, -719_529, 2_932_897] {
            let mut out = String::new();
            push_date(&mut out, days);
            assert_eq!(parse_date(&out), Some(days), "{out}");
        }
        for unit in UNITS {
            for ticks in [0, 1, 86_399, 86_400 * unit.ticks_per_second() - 1] {
                let mut out = String::new();
                push_time(&mut out, ticks, unit);
                assert_eq!(parse_time(&out, unit), Some(ticks), "{out}");
            }
        }
    }

    #[test]
    fn offsets_are_taken_off() {
        let seconds = |text| parse_timestamp(text).map(|read: Timestamp| (read.seconds, read.zoned));
        assert_eq!(seconds("1970-01-01T01:00:00+01:00"), Some((0, true)));
        assert_eq!(seconds("1969-12-31 20:30-0330"), Some((0, true)));
        assert_eq!(seconds("1970-01-01t00:00z"), Some((0, true)));
        assert_eq!(seconds("1970-01-01 00:00:01"), Some((1, false)));
        assert_eq!(parse_timestamp("1970-01-01T00:00:00.1").unwrap().nanoseconds, 100_000_000);
        assert_eq!(parse_timestamp("1970-01-01T00:00:00.1").unwrap().ticks(TimeUnit::Second), None);
    }

    #[test]
    fn what_is_not_iso_8601_is_none() {
        for wrong in [
            "",
            "2013",
            "2013-1-1",
            "2013-01-1",
            "20130101",
            "2013/01/01",
            "2013-02-30",
            "2013-00-01",
            "12013-01-01",
            "+1234567890-01-01",
            "2013-01-01 ",
            "2013-01-01T",
            "2013-01-01T1:00",
            "2013-01-01T24:00",
            "2013-01-01T00:60",
            "2013-01-01T00:00:60",
            "2013-01-01T00:00:00.",
            "2013-01-01T00:00:00.0000000000",
            "2013-01-01T00:00:00+",
            "2013-01-01T00:00:00+1",
            "2013-01-01T00:00:00+24:00",
            "2013-01-01T00:00:00+0:00",
            "2013-01-01T00:00:00Zx",
            "2013-01-01é",
            "2013-01-01Té0:00",
        ] {
            assert_eq!(parse_timestamp(wrong), None, "{wrong}");
            assert_eq!(parse_date(wrong), None, "{wrong}");
        }
    }
}
