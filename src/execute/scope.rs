//! What a task sees of the engine while it runs: passes over datasets, budget, cancelling, progress.

use std::fmt;
use std::ops::{ControlFlow, Deref};
use std::sync::{Arc, Mutex, PoisonError};

use arrcalc_datasets::{
    Chunk, Column, Dataset, Early, Executor, KnownBounds, Layout, ReadRequest, SourceFacts, Unit, Values,
};
use arrcalc_kernels::Level;

use crate::aggregate::{Aggregate, Rounds, Step};
use crate::error::Result;

use super::choice::{All, Chooser};
use super::engine::Core;
use super::failure::{Failure, place_of, start_of};
use super::queue::Queue;
use super::trace::Work;
use super::{Budget, Choice, Control, Progress};

/// Work of less than this many values is done on the calling thread: waking another takes as long (some 13 us), where a
/// value takes a nanosecond or more.
const SEQUENTIAL_VALUES: u64 = 16_384;

/// The same for one pass of an aggregate over values that need no decoding: sums, extrema and the like take a tenth of
/// that.
const SEQUENTIAL_AGGREGATE_VALUES: u64 = 1 << 18;

/// Units that each thread should find, so that stealing can even out what they cost.
const UNITS_PER_THREAD: u64 = 16;

/// Bounds of the rows of a unit where the format is free to choose: below, handing out units would show; above,
/// nothing is gained.
const UNIT_ROWS: (u64, u64) = (65_536, 1 << 20);

/// Bytes of a chunk, all columns together, that stay in a core's second-level cache.
const CHUNK_BYTES: usize = 512 << 10;

/// A computation: what runs through [`crate::Engine::run`] and [`crate::Engine::submit`].
pub trait Task {
    /// What it leads to.
    type Answer;

    /// Computes the answer with what `scope` lends.
    ///
    /// # Errors
    /// See [`crate::Error`].
    fn run(&self, scope: &Scope<'_>) -> Result<Self::Answer>;
}

/// The rows a task works on: a borrowed dataset for [`crate::Engine::run`], a shared one where the task must own it.
#[derive(Clone, Debug)]
pub enum Input<'a> {
    /// Borrowed for the run.
    Borrowed(&'a Dataset<'a>),
    /// Shared.
    Shared(Arc<Dataset<'a>>),
}

impl<'a> Deref for Input<'a> {
    type Target = Dataset<'a>;

    fn deref(&self) -> &Dataset<'a> {
        match self {
            Input::Borrowed(dataset) => dataset,
            Input::Shared(dataset) => dataset,
        }
    }
}

impl<'a> From<&'a Dataset<'a>> for Input<'a> {
    fn from(dataset: &'a Dataset<'a>) -> Self {
        Input::Borrowed(dataset)
    }
}

impl<'a> From<Arc<Dataset<'a>>> for Input<'a> {
    fn from(dataset: Arc<Dataset<'a>>) -> Self {
        Input::Shared(dataset)
    }
}

impl<'a> From<Dataset<'a>> for Input<'a> {
    fn from(dataset: Dataset<'a>) -> Self {
        Input::Shared(Arc::new(dataset))
    }
}

/// One pass over some columns of a dataset.
#[derive(Clone, Copy, Debug)]
pub struct Pass<'p> {
    /// The rows.
    pub dataset: &'p Dataset<'p>,
    /// Columns of the dataset's schema.
    pub columns: &'p [usize],
    /// Whether all columns of a row must arrive together.
    pub layout: Layout,
}

/// The engine, for one run.
pub struct Scope<'e> {
    pub(super) core: &'e Core,
    control: &'e Control,
}

impl fmt::Debug for Scope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").field("control", self.control).finish_non_exhaustive()
    }
}

impl<'e> Scope<'e> {
    pub(crate) fn new(core: &'e Core, control: &'e Control) -> Self {
        Self { core, control }
    }

    /// The instructions to compute with.
    pub fn level(&self) -> Level {
        self.core.level
    }

    /// Threads that may work, the calling one included.
    pub fn threads(&self) -> usize {
        self.core.pool.threads()
    }

    /// The memory account.
    pub fn budget(&self) -> &Budget {
        &self.core.budget
    }

    /// What stops and watches the run.
    pub(crate) fn control(&self) -> &Control {
        self.control
    }

    /// The progress counter.
    pub fn progress(&self) -> &Progress {
        self.control.progress()
    }

    /// Whether work may go on: asked once a chunk by passes, and by tasks in long stretches of their own.
    ///
    /// # Errors
    /// [`crate::Error::Cancelled`] or [`crate::Error::Deadline`].
    pub fn check(&self) -> Result<()> {
        self.control.check()
    }

    /// Rows a chunk for a request of `columns` columns.
    pub fn chunk_rows(&self, columns: usize) -> usize {
        self.core.chunk_rows.unwrap_or((CHUNK_BYTES / (8 * columns.max(1))).clamp(1024, 65_536))
    }

    /// Rows of a unit of a pass over `rows` rows, where the format is free to choose.
    pub(crate) fn unit_rows(&self, rows: u64) -> u64 {
        unit_rows(rows, self.threads())
    }

    /// Visits every row of `pass` once. Each thread that finds work makes one state by `start` and takes chunks
    /// into it by `step`, which is also told the unit the chunk belongs to; the states come back in no particular
    /// order.
    ///
    /// # Errors
    /// The lowest (file, row, column) that is wrong, whatever the schedule; cancelling; the deadline; a file that
    /// changed meanwhile.
    pub fn pass<S: Send>(
        &self,
        pass: &Pass<'_>,
        start: impl Fn() -> Result<S> + Sync,
        step: impl Fn(&mut S, &Unit, &Chunk<'_>) -> Result<()> + Sync,
    ) -> Result<Vec<S>> {
        self.pass_from(SEQUENTIAL_VALUES, pass, &All, start, step)
    }

    /// As [`Scope::pass`], without rows of which `choice` tells early that they do not count.
    ///
    /// # Errors
    /// As [`Scope::pass`].
    pub(crate) fn pass_over<S: Send>(
        &self,
        pass: &Pass<'_>,
        choice: &dyn Choice,
        start: impl Fn() -> Result<S> + Sync,
        step: impl Fn(&mut S, &Unit, &Chunk<'_>) -> Result<()> + Sync,
    ) -> Result<Vec<S>> {
        self.pass_from(SEQUENTIAL_VALUES, pass, choice, start, step)
    }

    /// [`Scope::pass`], with more than the calling thread from `sequential_values` on.
    fn pass_from<S: Send>(
        &self,
        sequential_values: u64,
        pass: &Pass<'_>,
        choice: &dyn Choice,
        start: impl Fn() -> Result<S> + Sync,
        step: impl Fn(&mut S, &Unit, &Chunk<'_>) -> Result<()> + Sync,
    ) -> Result<Vec<S>> {
        self.check()?;
        let Pass { dataset, columns, layout } = *pass;
        let rows = dataset.row_count();
        let values = rows.saturating_mul(columns.len() as u64);
        let threads = if values < sequential_values { 1 } else { self.threads() };
        let mut units = dataset.units(columns, layout, unit_rows(rows, threads));
        let source_starts = source_starts(&units);
        units.retain(|unit| choice.wants(unit));
        let threads = threads.min(units.len()).max(1);
        let request = ReadRequest {
            chunk_rows: self.chunk_rows(columns.len()),
            memory_bytes: self.budget().available_bytes() / threads as u64,
        };
        let read_rows = units.iter().map(|unit| unit.rows.end - unit.rows.start).sum::<u64>();
        let read_rows = if layout == Layout::Together { read_rows } else { rows };
        self.progress().begin_pass(read_rows, columns.len());

        let queue = Queue::new(units.len(), threads);
        let failure = Failure::default();
        let states = Mutex::new(Vec::with_capacity(threads));
        let read = |state: &mut S, chooser: &mut Option<Chooser<'_>>, unit: &Unit| -> Result<()> {
            let excludes = |bounds: &KnownBounds<'_>| choice.excludes(bounds);
            let mut early = early_of(choice, &excludes, chooser);
            let mut outcome = Ok(());
            let (running, mut bytes) = (self.progress().task(), 0);
            let done = dataset.read_where(unit, &request, early.as_mut(), &mut |chunk| {
                outcome = self.check().and_then(|()| step(state, unit, chunk));
                let cells = (chunk.row_count * chunk.columns.len()) as u64;
                let visited = chunk_bytes(chunk);
                self.progress().advance(cells, visited);
                bytes += visited;
                if outcome.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            });
            running.end("unit", work_of(unit, bytes));
            done?;
            outcome
        };
        self.core.pool.run(threads, &|worker| {
            let mut state = None;
            let mut chooser = choice.chooser();
            while let Some(index) = queue.next(worker) {
                let unit = &units[index];
                let source_start = source_starts[unit.source];
                if !failure.admits(start_of(unit, source_start)) {
                    continue;
                }
                let done = match &mut state {
                    Some(state) => read(state, &mut chooser, unit),
                    none => start().and_then(|fresh| read(none.insert(fresh), &mut chooser, unit)),
                };
                if let Err(error) = done {
                    failure.note(place_of(&error, unit, source_start, dataset.schema()), error);
                }
            }
            if let Some(state) = state {
                states.lock().unwrap_or_else(|poison| poison.into_inner()).push(state);
            }
        });
        self.progress().end_pass();
        dataset.verify_unchanged()?;
        match failure.into_error() {
            Some(error) => Err(error),
            None => Ok(states.into_inner().unwrap_or_else(|poison| poison.into_inner())),
        }
    }

    /// Lends column `column` of `dataset` to `body`, where all its rows lie side by side in memory; else `None`.
    ///
    /// # Errors
    /// Those of `body`; a file that changed meanwhile.
    pub(crate) fn lent<R>(
        &self,
        dataset: &Dataset<'_>,
        column: usize,
        body: impl FnOnce(&Column<'_>) -> Result<R>,
    ) -> Result<Option<R>> {
        let units = dataset.units(&[column], Layout::Together, dataset.row_count().max(1));
        let ([unit], true) = (&*units, are_mapped(dataset, &[column])) else { return Ok(None) };
        self.check()?;
        let request = ReadRequest { chunk_rows: usize::MAX, memory_bytes: self.budget().available_bytes() };
        let (mut body, mut done) = (Some(body), None);
        self.progress().begin_pass(dataset.row_count(), 1);
        dataset.read(unit, &request, &mut |chunk| {
            // A chunk of all rows: there is no other.
            if chunk.row_count as u64 == dataset.row_count()
                && let Some(body) = body.take()
            {
                done = Some(body(&chunk.columns[0]));
                self.progress().advance(chunk.row_count as u64, chunk_bytes(chunk));
            }
            ControlFlow::Break(())
        })?;
        self.progress().end_pass();
        dataset.verify_unchanged()?;
        done.transpose()
    }

    /// The state of `empty` after every row of `columns` of `dataset`.
    ///
    /// # Errors
    /// As [`Scope::pass`].
    pub fn aggregate<A: Aggregate>(&self, dataset: &Dataset<'_>, columns: &[usize], empty: &A) -> Result<A> {
        let values = dataset.row_count().saturating_mul(columns.len() as u64);
        let is_between = (SEQUENTIAL_VALUES..SEQUENTIAL_AGGREGATE_VALUES).contains(&values);
        let sequential = if is_between && are_mapped(dataset, columns) {
            SEQUENTIAL_AGGREGATE_VALUES
        } else {
            SEQUENTIAL_VALUES
        };
        self.aggregate_from(sequential, dataset, columns, empty)
    }

    fn aggregate_from<A: Aggregate>(
        &self,
        sequential_values: u64,
        dataset: &Dataset<'_>,
        columns: &[usize],
        empty: &A,
    ) -> Result<A> {
        let pass = Pass { dataset, columns, layout: Layout::Together };
        let level = self.level();
        let states = self.pass_from(
            sequential_values,
            &pass,
            &All,
            || Ok(empty.clone()),
            |state, _, chunk| {
                state.update(level, chunk);
                Ok(())
            },
        )?;
        let mut states = states.into_iter();
        let mut merged = states.next().unwrap_or_else(|| empty.clone());
        states.for_each(|state| merged.merge(&state));
        Ok(merged)
    }

    /// Runs the passes of `rounds` until it has its answer.
    ///
    /// # Errors
    /// As [`Scope::pass`].
    pub fn rounds<R: Rounds>(
        &self,
        dataset: &Dataset<'_>,
        columns: &[usize],
        rounds: &R,
    ) -> Result<R::Answer> {
        let mut state = rounds.first();
        loop {
            match rounds.next(self.aggregate_from(SEQUENTIAL_VALUES, dataset, columns, &state)?) {
                Step::Again(next) => state = next,
                Step::Done(answer) => return Ok(answer),
            }
        }
    }

    /// Takes pieces `0..count` of something that is not a file into states, one a thread, as [`Scope::pass`] does.
    ///
    /// # Errors
    /// The error of the lowest piece that failed; cancelling; the deadline.
    pub fn fold<S: Send>(
        &self,
        count: usize,
        start: impl Fn() -> S + Sync,
        step: impl Fn(&mut S, usize) -> Result<()> + Sync,
    ) -> Result<Vec<S>> {
        let states: Vec<Mutex<Option<S>>> = (0..self.threads_for(count)).map(|_| Mutex::new(None)).collect();
        self.share(count, &|worker, index| {
            // Only this thread asks for this state.
            let mut state = states[worker].lock().unwrap_or_else(PoisonError::into_inner);
            step(state.get_or_insert_with(&start), index)
        })?;
        let state_of = |state: Mutex<Option<S>>| state.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(states.into_iter().filter_map(state_of).collect())
    }

    /// Calls `step` for pieces `0..count` of something that is not a file, with the number of the thread that does.
    ///
    /// # Errors
    /// As [`Scope::fold`].
    pub(crate) fn share(&self, count: usize, step: &Share<'_>) -> Result<()> {
        let threads = self.threads_for(count);
        let queue = Queue::new(count, threads);
        let failure = Failure::default();
        self.core.pool.run(threads, &|worker| {
            while let Some(index) = queue.next(worker) {
                let place = (0, index as u64, 0);
                if !failure.admits(place) {
                    continue;
                }
                let running = self.progress().task();
                let done = self.check().and_then(|()| step(worker, index));
                running.end("piece", Work::default());
                if let Err(error) = done {
                    failure.note(place, error);
                }
            }
        });
        failure.into_error().map_or(Ok(()), Err)
    }

    /// Threads that share `count` pieces.
    fn threads_for(&self, count: usize) -> usize {
        self.threads().min(count).max(1)
    }
}

/// What is done with a piece: told the number of the thread, below [`Scope::threads`], and that of the piece.
pub(crate) type Share<'s> = dyn Fn(usize, usize) -> Result<()> + Sync + 's;

impl Executor for Scope<'_> {
    fn run(&self, count: usize, task: &(dyn Fn(usize) + Sync)) {
        let threads = self.threads().min(count);
        let queue = Queue::new(count, threads.max(1));
        self.core.pool.run(threads, &|worker| {
            while let Some(index) = queue.next(worker) {
                let running = self.progress().task();
                task(index);
                running.end("piece", Work::default());
            }
        });
    }
}

/// What `choice` and a thread's chooser tell a reader.
pub(super) fn early_of<'e>(
    choice: &'e dyn Choice,
    excludes: &'e dyn Fn(&KnownBounds<'_>) -> bool,
    chooser: &'e mut Option<Chooser<'_>>,
) -> Option<Early<'e>> {
    let columns = choice.early();
    let chooses = chooser.as_mut()?;
    Some(Early { columns, excludes, chooses })
}

/// A unit as a timeline tells it.
pub(super) fn work_of(unit: &Unit, bytes: u64) -> Work {
    let rows = unit.rows.end - unit.rows.start;
    Work { first_row: unit.rows.start, rows, columns: unit.columns.len(), bytes }
}

/// Rows of a unit of a pass over `rows` rows by `threads` threads.
fn unit_rows(rows: u64, threads: usize) -> u64 {
    (rows / (threads as u64 * UNITS_PER_THREAD)).clamp(UNIT_ROWS.0, unit_rows_max(rows))
}

/// Whether `columns` are lent as they lie in every file, without decoding.
fn are_mapped(dataset: &Dataset<'_>, columns: &[usize]) -> bool {
    let is_mapped = |file: &SourceFacts| {
        columns.iter().all(|&index| file.columns.get(index).is_some_and(|column| column.mapped))
    };
    dataset.facts().iter().all(is_mapped)
}

/// Most rows of a unit: more for tables past 2^40 rows, whose list of units would be long.
pub(super) fn unit_rows_max(rows: u64) -> u64 {
    UNIT_ROWS.1.max(rows >> 20)
}

/// First absolute row of each source that has units.
fn source_starts(units: &[Unit]) -> Vec<u64> {
    let sources = units.iter().map(|unit| unit.source + 1).max().unwrap_or(0);
    let mut starts = vec![u64::MAX; sources];
    for unit in units {
        starts[unit.source] = starts[unit.source].min(unit.rows.start);
    }
    starts
}

/// Bytes of a chunk's values, as progress counts them.
pub(super) fn chunk_bytes(chunk: &Chunk<'_>) -> u64 {
    let width = |values: &Values<'_>| match values {
        Values::Null(_) | Values::Bool(_) | Values::Int8(_) | Values::UInt8(_) => 1,
        Values::Int16(_) | Values::UInt16(_) | Values::Float16(_) => 2,
        Values::Int32(_) | Values::UInt32(_) | Values::Float32(_) => 4,
        Values::Decimal128(_) => 16,
        _ => 8,
    };
    chunk.columns.iter().map(|column| width(&column.values) * chunk.row_count as u64).sum()
}
