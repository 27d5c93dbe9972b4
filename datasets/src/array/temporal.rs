//! NumPy's datetime64 in units that columns do not have: hours, days, weeks, months, years. All conversions are exact
//! or refused with the index of the first value that does not fit.

/// NumPy's "not a time".
pub(super) const NAT: i64 = i64::MIN;

/// Multiplies in place; NaT becomes 0, its slot being null.
pub(super) fn scale(ticks: &mut [i64], factor: i64) -> Result<(), usize> {
    for (index, tick) in ticks.iter_mut().enumerate() {
        *tick = if *tick == NAT { 0 } else { tick.checked_mul(factor).ok_or(index)? };
    }
    Ok(())
}

/// 32-bit days of counts of `factor` days.
pub(super) fn days(counts: &[i64], factor: i64, days: &mut Vec<i32>) -> Result<(), usize> {
    convert(counts, days, |count| count.checked_mul(factor))
}

/// 32-bit days of the first of the month, `factor` months a count after January 1970.
pub(super) fn days_of_months(counts: &[i64], factor: i64, days: &mut Vec<i32>) -> Result<(), usize> {
    // 32-bit days reach less than 6 million years, 72 million months: wider values need no calendar.
    convert(counts, days, |count| count.checked_mul(factor).filter(|m| m.abs() < 1 << 40).map(first_of_month))
}

fn convert(counts: &[i64], days: &mut Vec<i32>, f: impl Fn(i64) -> Option<i64>) -> Result<(), usize> {
    days.clear();
    for (index, &count) in counts.iter().enumerate() {
        let day = if count == NAT { Some(0) } else { f(count).and_then(|day| i32::try_from(day).ok()) };
        days.push(day.ok_or(index)?);
    }
    Ok(())
}

/// Days from 1970-01-01 to the first of the month that is `months` after January 1970, in the proleptic Gregorian
/// calendar: years are counted from March, so that the leap day is the last of its year, in eras of 400 years =
/// 146,097 days (H. Hinnant, "chrono-compatible low-level date algorithms", 2013).
fn first_of_month(months: i64) -> i64 {
    // Months since March of the year 0.
    let months = months + 1970 * 12 - 2;
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12));
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * month + 2) / 5;
    let day_of_era = 365 * year + year / 4 - year / 100 + day_of_year;
    // 719,468 days from 0000-03-01 to 1970-01-01.
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_and_years_begin_on_their_first_day() {
        // np.datetime64('2000-03').astype('M8[D]').astype(int) and so on.
        for (months, day) in [
            (0, 0),
            (1, 31),
            (-1, -31),
            (12, 365),
            (30 * 12 + 2, 11017),
            (30 * 12 + 1, 10988),
            (-70 * 12, -25567),
            (130 * 12 + 2, 47541),
            (-1970 * 12, -719528),
        ] {
            assert_eq!(first_of_month(months), day, "{months}");
        }
    }

    #[test]
    fn what_does_not_fit_is_the_first_such_index() {
        let mut days_out = Vec::new();
        assert_eq!(days(&[0, NAT, 1 << 31, 1 << 40], 1, &mut days_out), Err(2));
        assert_eq!(days(&[-(1 << 31), (1 << 31) - 1], 1, &mut days_out), Ok(()));
        assert_eq!(days_out, [i32::MIN, i32::MAX]);
        assert_eq!(scale(&mut [1, i64::MAX / 2], 3), Err(1));
        assert_eq!(days_of_months(&[i64::MAX, 0], 12, &mut days_out), Err(0));
        assert_eq!(days_of_months(&[1 << 35], 1, &mut days_out), Err(0));
    }
}
