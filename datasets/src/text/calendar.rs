//! Days since 1970-01-01 to proleptic Gregorian dates and back.
//!
//! Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2013): years start in March, so that the
//! leap day is the last of its year, and eras of 400 years have the same number of days.

/// Days of 400 Gregorian years.
const DAYS_PER_ERA: i64 = 146_097;
/// Days from 0000-03-01 to 1970-01-01.
const EPOCH_DAYS: i64 = 719_468;

/// Year, month (1..=12) and day (1..=31) of `days` since 1970-01-01.
///
/// # Panics
/// Never for days of an `i32` or of any timestamp; `|days|` must stay below 2^62.
///
/// ```
/// assert_eq!(arrcalc_datasets::text::civil_from_days(19_723), (2024, 1, 1));
/// ```
pub fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let shifted = days + EPOCH_DAYS;
    let (era, day_of_era) = (shifted.div_euclid(DAYS_PER_ERA), shifted.rem_euclid(DAYS_PER_ERA));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month as u32, day as u32)
}

/// Days since 1970-01-01 of a date; `None` where the month has no such day.
///
/// Years beyond ±2^40 are `None` too: no type holds them.
pub fn days_from_civil(year: i64, month: u32, day: u32) -> Option<i64> {
    if year.unsigned_abs() > 1 << 40 || day == 0 || day > days_in_month(year, month)? {
        return None;
    }
    let year = year - i64::from(month <= 2);
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let month_from_march = i64::from((month + 9) % 12);
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * DAYS_PER_ERA + day_of_era - EPOCH_DAYS)
}

fn days_in_month(year: i64, month: u32) -> Option<u32> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 => Some(28 + u32::from(leap)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_eight_centuries_follows_the_one_before() {
        let first = days_from_civil(1600, 1, 1).unwrap();
        let (mut year, mut month, mut day) = (1600, 1, 1);
        for days in first..first + 2 * DAYS_PER_ERA {
            assert_eq!(civil_from_days(days), (year, month, day));
            assert_eq!(days_from_civil(year, month, day), Some(days));
            (year, month, day) = if day < days_in_month(year, month).unwrap() {
                (year, month, day + 1)
            } else if month < 12 {
                (year, month + 1, 1)
            } else {
                (year + 1, 1, 1)
            };
        }
    }

    #[test]
    fn far_dates_come_back() {
        for days in [i64::from(i32::MIN), i64::from(i32::MAX), 0, -1, 106_751_991_167, -106_751_991_168] {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), Some(days));
        }
        assert_eq!(days_from_civil(2023, 2, 29), None);
        assert_eq!(days_from_civil(1900, 2, 29), None);
        assert_eq!(days_from_civil(2000, 2, 29), Some(11_016));
        assert_eq!(days_from_civil(2000, 13, 1), None);
        assert_eq!(days_from_civil(i64::MAX, 1, 1), None);
    }
}
