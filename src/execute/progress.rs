//! How far a run has come, readable from any thread while it runs.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::trace::{Running, SpanKind, Trace, Work};

/// Counters that workers add to once a chunk.
#[derive(Debug, Default)]
pub struct Progress {
    pass: AtomicU32,
    passes: AtomicU32,
    rows_total: AtomicU64,
    columns: AtomicU64,
    cells_done: AtomicU64,
    bytes_done: AtomicU64,
    records: Mutex<Records>,
    trace: Option<Trace>,
}

/// What a pass did.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PassRecord {
    /// Rows of the table.
    pub rows: u64,
    /// Columns read.
    pub columns: usize,
    /// Bytes of values visited.
    pub bytes: u64,
    /// How long it took.
    pub elapsed: Duration,
}

/// Passes that ended, and the start of the one that runs.
#[derive(Debug, Default)]
struct Records {
    ended: Vec<PassRecord>,
    running: Option<(Instant, u64, PassRecord)>,
}

/// What [`Progress`] showed at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ProgressSnapshot {
    /// The pass that is running, from 1; 0 before the first.
    pub pass: u32,
    /// Passes in all, as far as known.
    pub passes: u32,
    /// Rows of this pass that are done.
    pub rows_done: u64,
    /// Rows of this pass.
    pub rows_total: u64,
    /// Bytes of values visited in all passes.
    pub bytes_done: u64,
}

impl ProgressSnapshot {
    /// Share of the work that is done, 0 to 1.
    pub fn fraction(&self) -> f64 {
        if self.pass == 0 || self.rows_total == 0 {
            return 0.0;
        }
        let passes = f64::from(self.passes.max(self.pass));
        let within = self.rows_done as f64 / self.rows_total as f64;
        ((f64::from(self.pass - 1) + within) / passes).min(1.0)
    }
}

impl Progress {
    /// Nothing done yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// As [`Progress::new`], with a timeline.
    pub fn traced() -> Self {
        Self { trace: Some(Trace::default()), ..Self::default() }
    }

    /// The timeline, where there is one.
    pub fn trace(&self) -> Option<&Trace> {
        self.trace.as_ref()
    }

    /// Runs `work` as a stage of the timeline.
    pub fn stage<R>(&self, name: &'static str, work: impl FnOnce() -> R) -> R {
        let begin = self.trace.as_ref().map(|trace| (trace, Instant::now()));
        let result = work();
        if let Some((trace, begin)) = begin {
            trace.note(SpanKind::Stage, name, begin, Work::default());
        }
        result
    }

    /// A task begins on this thread.
    pub(super) fn task(&self) -> Running<'_> {
        Running(self.trace.as_ref().map(|trace| (trace, Instant::now())))
    }

    /// The state of things now.
    pub fn snapshot(&self) -> ProgressSnapshot {
        let rows_total = self.rows_total.load(Relaxed);
        let columns = self.columns.load(Relaxed).max(1);
        ProgressSnapshot {
            pass: self.pass.load(Relaxed),
            passes: self.passes.load(Relaxed),
            rows_done: (self.cells_done.load(Relaxed) / columns).min(rows_total),
            rows_total,
            bytes_done: self.bytes_done.load(Relaxed),
        }
    }

    /// States how many passes there will be, where a task knows.
    pub fn expect_passes(&self, passes: u32) {
        self.passes.store(passes, Relaxed);
    }

    /// The passes that have ended, in their order.
    pub fn records(&self) -> Vec<PassRecord> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner).ended.clone()
    }

    /// The pass that runs has ended.
    pub(crate) fn end_pass(&self) {
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((start, bytes_before, record)) = records.running.take() {
            let bytes = self.bytes_done.load(Relaxed) - bytes_before;
            records.ended.push(PassRecord { bytes, elapsed: start.elapsed(), ..record });
            if let Some(trace) = &self.trace {
                let work = Work { first_row: 0, rows: record.rows, columns: record.columns, bytes };
                trace.note(SpanKind::Stage, "pass", start, work);
            }
        }
    }

    /// A pass over `rows` rows of `columns` columns begins.
    pub(crate) fn begin_pass(&self, rows: u64, columns: usize) {
        let record = PassRecord { rows, columns, ..PassRecord::default() };
        let running = Some((Instant::now(), self.bytes_done.load(Relaxed), record));
        self.records.lock().unwrap_or_else(PoisonError::into_inner).running = running;
        self.cells_done.store(0, Relaxed);
        self.rows_total.store(rows, Relaxed);
        self.columns.store(columns as u64, Relaxed);
        self.pass.fetch_add(1, Relaxed);
    }

    /// A chunk is done.
    pub(crate) fn advance(&self, cells: u64, bytes: u64) {
        self.cells_done.fetch_add(cells, Relaxed);
        self.bytes_done.fetch_add(bytes, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fraction_counts_passes_and_never_passes_one() {
        let progress = Progress::new();
        assert_eq!(progress.snapshot().fraction(), 0.0);
        progress.expect_passes(2);
        progress.begin_pass(10, 2);
        progress.advance(10, 80);
        assert_eq!(progress.snapshot().rows_done, 5);
        assert_eq!(progress.snapshot().fraction(), 0.25);
        progress.begin_pass(10, 2);
        progress.advance(40, 80);
        assert_eq!(progress.snapshot().fraction(), 1.0);
        assert_eq!(progress.snapshot().bytes_done, 160);
        progress.end_pass();
        progress.end_pass();
        let records = progress.records();
        assert_eq!(records.iter().map(|record| (record.rows, record.bytes)).collect::<Vec<_>>(), [(10, 80)]);
    }
}
