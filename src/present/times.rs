//! Times in a table: ISO 8601 with a blank for the `T`, without the parts that say nothing in any of them.

use crate::answer::Scalar;

use super::value::{Precision, plain};

/// How the times of one table are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TimeForm {
    /// All are instants in UTC; the heading says so instead of every cell.
    pub(crate) utc: bool,
    precision: Shown,
}

/// The last part that is not zero everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Shown {
    Dates,
    Minutes,
    Seconds,
    Fractions,
}

/// Whether all of `values` are instants in UTC, and there is one.
pub(crate) fn all_utc<'a>(values: impl Iterator<Item = &'a Scalar>) -> bool {
    let mut known = values.filter(|value| **value != Scalar::Null).peekable();
    known.peek().is_some() && known.all(|value| matches!(value, Scalar::Timestamp(_, _, Some(_))))
}

/// The shortest form in which all of `values` can be told.
pub(crate) fn shared_form<'a>(values: impl Iterator<Item = &'a Scalar>, utc: bool) -> TimeForm {
    let needed = |value: &Scalar| {
        let Scalar::Timestamp(ticks, unit, _) = value else { return Shown::Dates };
        let per_second = unit.ticks_per_second();
        let seconds = ticks.div_euclid(per_second);
        if ticks.rem_euclid(per_second) != 0 {
            Shown::Fractions
        } else if seconds.rem_euclid(60) != 0 {
            Shown::Seconds
        } else if seconds.rem_euclid(86_400) != 0 {
            Shown::Minutes
        } else {
            Shown::Dates
        }
    };
    TimeForm { utc, precision: values.map(needed).max().unwrap_or(Shown::Dates) }
}

impl TimeForm {
    /// `value` in this form; values that are no timestamps are written as everywhere.
    pub(crate) fn text(&self, value: &Scalar) -> String {
        let full = plain(value, &Precision::default());
        if !matches!(value, Scalar::Timestamp(..)) {
            return full;
        }
        let (zoneless, zone) = match full.strip_suffix('Z') {
            Some(rest) => (rest, if self.utc { "" } else { "Z" }),
            None => (full.as_str(), ""),
        };
        let Some((date, time)) = zoneless.split_once('T') else { return full };
        let whole_seconds = time.split_once('.').map_or(time, |(seconds, _)| seconds);
        let time = match self.precision {
            Shown::Dates => return format!("{date}{zone}"),
            Shown::Minutes => whole_seconds.get(..5).unwrap_or(whole_seconds),
            Shown::Seconds => whole_seconds,
            Shown::Fractions => time,
        };
        format!("{date} {time}{zone}")
    }
}
