//! Ticks and days: changes of unit, parts of dates and times, truncation. Timestamps with a zone are computed in
//! UTC, which is what their ticks count.

use arrcalc_datasets::text::{civil_from_days, days_from_civil};
use arrcalc_kernels::elementwise::{Operand, map};

use super::super::bind::node::{Node, Op, Part};
use super::state::{Cell, Lane, STRIDE, View};
use super::unary::checked;

const SECONDS_PER_DAY: i64 = 86_400;

/// Computes `node` from its operand of days or ticks.
pub(super) fn temporal(view: View<'_>, node: &Node, cell: &mut Cell) {
    let from = node.operands[0];
    match node.op {
        Op::Scale(factor) => checked::<i64>(view, from, cell, |x| x.overflowing_mul(factor)),
        Op::FloorScale(factor) => checked::<i64>(view, from, cell, |x| (x.div_euclid(factor), false)),
        Op::Calendar(part, per_second) => {
            let out = &mut i64::buffer_mut(&mut cell.buffer)[..view.len];
            view.values::<i64, _>(from, |values| {
                map(view.level, values, out, |x| calendar(x, part, per_second))
            });
        }
        Op::Truncate(part, per_second) => checked::<i64>(view, from, cell, |x| {
            let truncated = truncate(x, part, per_second);
            (truncated.unwrap_or(0), truncated.is_none())
        }),
        Op::MakeDate => make_date(view, node, cell),
        _ => {}
    }
}

/// Days of years, months and days; what is no date fails.
fn make_date(view: View<'_>, node: &Node, cell: &mut Cell) {
    let [year, month, day] = [0, 1, 2].map(|at: usize| view.operand::<i64>(node.operands[at]));
    let out = &mut i64::buffer_mut(&mut cell.buffer)[..view.len];
    let mut faults = [0; STRIDE / 64];
    for (row, days) in out.iter_mut().enumerate() {
        let small = |operand: &Operand<'_, i64>| u32::try_from(operand.get(row)).ok();
        let date = small(&month).zip(small(&day));
        let found = date.and_then(|(month, day)| days_from_civil(year.get(row), month, day));
        // Dates are days of 32 bits.
        match found.filter(|days| i32::try_from(*days).is_ok()) {
            Some(found) => *days = found,
            None => {
                *days = 0;
                faults[row / 64] |= 1 << (row % 64);
            }
        }
    }
    cell.fail(&faults);
}

/// Days, second of the day.
fn split(value: i64, per_second: i64) -> (i64, i64) {
    if per_second == 0 {
        return (value, 0);
    }
    let seconds = value.div_euclid(per_second);
    (seconds.div_euclid(SECONDS_PER_DAY), seconds.rem_euclid(SECONDS_PER_DAY))
}

/// A part of days (`per_second` 0) or ticks; weekdays count from Monday, 0.
fn calendar(value: i64, part: Part, per_second: i64) -> i64 {
    let (days, second) = split(value, per_second);
    match part {
        Part::Year => civil_from_days(days).0,
        Part::Quarter => i64::from(civil_from_days(days).1.div_ceil(3)),
        Part::Month => civil_from_days(days).1.into(),
        Part::Day => civil_from_days(days).2.into(),
        Part::Week => {
            // ISO 8601: the week belongs to the year of its Thursday.
            let thursday = days - (days + 3).rem_euclid(7) + 3;
            let year = civil_from_days(thursday).0;
            let first = days_from_civil(year, 1, 1).unwrap_or(thursday);
            (thursday - first) / 7 + 1
        }
        // 1970-01-01 was a Thursday.
        Part::Weekday => (days + 3).rem_euclid(7),
        Part::Hour => second / 3_600,
        Part::Minute => second / 60 % 60,
        Part::Second => second % 60,
    }
}

/// The first day or tick of the part that `value` lies in; `None` where it does not fit.
fn truncate(value: i64, part: Part, per_second: i64) -> Option<i64> {
    let of_seconds = |seconds: i64| seconds.checked_mul(per_second);
    let of_days = |days: i64| {
        if per_second == 0 { Some(days) } else { of_seconds(days.checked_mul(SECONDS_PER_DAY)?) }
    };
    let (days, second) = split(value, per_second);
    let (year, month, _) = civil_from_days(days);
    match part {
        Part::Year => of_days(days_from_civil(year, 1, 1)?),
        Part::Quarter => of_days(days_from_civil(year, (month - 1) / 3 * 3 + 1, 1)?),
        Part::Month => of_days(days_from_civil(year, month, 1)?),
        Part::Week => of_days(days - (days + 3).rem_euclid(7)),
        Part::Day | Part::Weekday => of_days(days),
        _ if per_second == 0 => Some(days),
        _ => {
            let unit = match part {
                Part::Hour => 3_600,
                Part::Minute => 60,
                _ => 1,
            };
            of_seconds(days.checked_mul(SECONDS_PER_DAY)? + second / unit * unit)
        }
    }
}
