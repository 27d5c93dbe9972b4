//! Which of several errors is reported: the lowest (file, row, column), whatever the schedule.
//!
//! A worker that fails notes where. Others then skip what lies above the lowest place noted so far and still do
//! what lies below it, where a lower error may hide; so the lowest place of all is always found.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use arrcalc_datasets as datasets;
use arrcalc_datasets::{Schema, Unit};

use crate::error::Error;

/// File, row within it, column of the schema.
pub(crate) type Place = (usize, u64, usize);

/// The lowest error of a pass so far.
#[derive(Debug, Default)]
pub(crate) struct Failure {
    failed: AtomicBool,
    stopped: AtomicBool,
    lowest: Mutex<Option<(Place, Error)>>,
}

impl Failure {
    /// Whether work that starts at `place` may still matter.
    pub(crate) fn admits(&self, place: Place) -> bool {
        if self.stopped.load(Relaxed) {
            return false;
        }
        if !self.failed.load(Relaxed) {
            return true;
        }
        let lowest = self.lowest.lock().unwrap_or_else(|poison| poison.into_inner());
        lowest.as_ref().is_none_or(|(at, _)| place < *at)
    }

    /// Notes an error at `place`. Cancelling and deadlines end the pass at once.
    pub(crate) fn note(&self, place: Place, error: Error) {
        let stop = matches!(error, Error::Cancelled | Error::Deadline { .. });
        let place = if stop { (0, 0, 0) } else { place };
        let mut lowest = self.lowest.lock().unwrap_or_else(|poison| poison.into_inner());
        let stopped = self.stopped.load(Relaxed);
        if !stopped && (stop || lowest.as_ref().is_none_or(|(at, _)| place < *at)) {
            *lowest = Some((place, error));
        }
        self.failed.store(true, Relaxed);
        if stop {
            self.stopped.store(true, Relaxed);
        }
    }

    /// The error to report, if any.
    pub(crate) fn into_error(self) -> Option<Error> {
        self.lowest.into_inner().unwrap_or_else(|poison| poison.into_inner()).map(|(_, error)| error)
    }
}

/// Where `unit` begins, rows counted from `source_start`.
pub(crate) fn start_of(unit: &Unit, source_start: u64) -> Place {
    (unit.source, unit.rows.start - source_start, unit.columns.iter().copied().min().unwrap_or(0))
}

/// Where `error`, met in `unit`, lies: as exactly as it says.
pub(crate) fn place_of(error: &Error, unit: &Unit, source_start: u64, schema: &Schema) -> Place {
    let start = start_of(unit, source_start);
    let (column, row) = match error {
        Error::Dataset(datasets::Error::Malformed { column, rows, .. }) => {
            (column.as_deref(), rows.map(|(first, _)| first))
        }
        Error::Dataset(datasets::Error::Unsupported { column, .. }) => (column.as_deref(), None),
        Error::Evaluation { column, row, .. } => (Some(column.as_str()), Some(*row)),
        _ => (None, None),
    };
    (start.0, row.unwrap_or(start.1), column.and_then(|name| schema.index_of(name)).unwrap_or(start.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bad(row: u64) -> Error {
        Error::Evaluation { file: "f".into(), column: "x".into(), row, reason: "bad".into() }
    }

    #[test]
    fn the_lowest_place_wins_and_lower_work_is_still_admitted() {
        let failure = Failure::default();
        assert!(failure.admits((9, 0, 0)));
        failure.note((1, 50, 0), bad(50));
        assert!(failure.admits((1, 49, 3)) && failure.admits((0, 99, 0)) && !failure.admits((1, 51, 0)));
        failure.note((1, 60, 0), bad(60));
        failure.note((1, 20, 1), bad(20));
        assert!(matches!(failure.into_error(), Some(Error::Evaluation { row: 20, .. })));
    }

    #[test]
    fn cancelling_ends_everything() {
        let failure = Failure::default();
        failure.note((1, 50, 0), bad(50));
        failure.note((3, 0, 0), Error::Cancelled);
        failure.note((0, 0, 0), bad(0));
        assert!(!failure.admits((0, 0, 0)));
        assert!(matches!(failure.into_error(), Some(Error::Cancelled)));
    }
}
