//! When a run did what: its stages, and in them the tasks of each thread. Recorded only where somebody asks, one entry
//! a unit of work, so that the work itself is not slowed.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Spans that are kept; of a longer run the rest is counted.
const SPANS_MAX: usize = 1 << 18;

/// A timeline of a run.
#[derive(Debug)]
pub struct Trace {
    origin: Instant,
    spans: Mutex<Spans>,
}

#[derive(Debug, Default)]
struct Spans {
    kept: Vec<Span>,
    left_out: u64,
}

/// Whether a span is of the whole run or of one thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanKind {
    /// A step of the run, which all threads may take part in.
    Stage,
    /// A piece of a stage, on one thread.
    Task,
}

/// Something that began and ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// Of the run, or of one thread.
    pub kind: SpanKind,
    /// What was done.
    pub name: &'static str,
    /// The thread: 0 is the one that asked, helpers count from 1.
    pub thread: usize,
    /// Time from the start of the trace.
    pub begin: Duration,
    /// How long it took.
    pub elapsed: Duration,
    /// What it worked on.
    pub work: Work,
}

/// What a span worked on, as far as it is told in rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Absolute row of the first one.
    pub first_row: u64,
    /// Rows.
    pub rows: u64,
    /// Columns read.
    pub columns: usize,
    /// Bytes of values visited.
    pub bytes: u64,
}

impl Default for Trace {
    fn default() -> Self {
        Self { origin: Instant::now(), spans: Mutex::default() }
    }
}

impl Trace {
    /// The spans in the order of their ends, and how many more there were than are kept.
    pub fn spans(&self) -> (Vec<Span>, u64) {
        let spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        (spans.kept.clone(), spans.left_out)
    }

    /// Notes what began at `begin` and ends now, on this thread.
    pub(super) fn note(&self, kind: SpanKind, name: &'static str, begin: Instant, work: Work) {
        let elapsed = begin.elapsed();
        let begin = begin.saturating_duration_since(self.origin);
        let thread = rayon::current_thread_index().map_or(0, |index| index + 1);
        let mut spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        if spans.kept.len() < SPANS_MAX {
            spans.kept.push(Span { kind, name, thread, begin, elapsed, work });
        } else {
            spans.left_out += 1;
        }
    }
}

/// A task that runs; says nothing where nobody traces.
#[derive(Clone, Copy, Debug)]
pub(super) struct Running<'t>(pub(super) Option<(&'t Trace, Instant)>);

impl Running<'_> {
    /// The task ends.
    pub(super) fn end(self, name: &'static str, work: Work) {
        if let Some((trace, begin)) = self.0 {
            trace.note(SpanKind::Task, name, begin, work);
        }
    }
}
