//! Units that all threads work on, handed over in row order.
//!
//! ```text
//! thread: take the next unit -> work on it -> wait until all units before it are delivered -> deliver it
//! ```
//! Each thread holds one unit at the most, so memory grows with threads and not with rows; the thread with the lowest
//! unit never waits.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use arrcalc_datasets::{Chunk, KnownBounds, ReadRequest, Unit};

use super::scope::{chunk_bytes, early_of, work_of};
use super::trace::Work;
use super::{Choice, Pass, Scope};
use crate::error::{Error, Result};

/// Whether the work on a unit is done, or was given up and is to be done again when the unit's turn comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoded {
    Yes,
    No,
}

/// What a thread does with units, one after the other.
pub(crate) trait UnitWork: Send {
    /// Takes rows of the unit.
    fn rows(&mut self, chunk: &Chunk<'_>) -> Result<Encoded>;

    /// Ends the unit, all of whose rows were taken.
    fn end(&mut self) -> Result<Encoded>;
}

/// Lends a unit's rows once more, to the one whose turn it is.
pub(crate) type Again<'a> = dyn FnMut(&mut dyn FnMut(&Chunk<'_>) -> Result<()>) -> Result<()> + 'a;

/// Whose turn it is.
struct Turn<D> {
    next: usize,
    deliver: D,
    /// The first error in row order; `Some` ends everything.
    ended: Option<Result<()>>,
}

struct Turns<D> {
    turn: Mutex<Turn<D>>,
    passed: Condvar,
}

impl<D> Turns<D> {
    fn lock(&self) -> MutexGuard<'_, Turn<D>> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the others' waiting where a thread panics.
struct Bail<'a, D>(&'a Turns<D>);

impl<D> Drop for Bail<'_, D> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.lock().ended.get_or_insert(Ok(()));
            self.0.passed.notify_all();
        }
    }
}

impl Scope<'_> {
    /// Lends every row of `pass`, but for those of which `choice` tells early that they do not count, to `workers`, a
    /// thread for each, and hands each unit of `unit_rows` rows or a little more
    /// to `deliver` in row order: its worker, what became of the work, and a way to read the unit again.
    ///
    /// # Errors
    /// What `deliver` answers first, in row order; cancelling; the deadline; a file that changed meanwhile.
    pub(crate) fn ordered<W: UnitWork>(
        &self,
        pass: &Pass<'_>,
        choice: &dyn Choice,
        unit_rows: u64,
        workers: Vec<W>,
        deliver: impl FnMut(&mut W, Result<Encoded>, &mut Again<'_>) -> Result<()> + Send,
    ) -> Result<()> {
        self.check()?;
        let Pass { dataset, columns, layout } = *pass;
        let rows = dataset.row_count();
        // No longer a list of units than other passes have.
        let unit_rows = unit_rows.max(rows >> 20);
        let mut units = dataset.units(columns, layout, unit_rows);
        units.retain(|unit| choice.wants(unit));
        let units = gathered(units, unit_rows);
        let threads = workers.len().min(units.len()).max(1);
        let request = ReadRequest {
            chunk_rows: self.chunk_rows(columns.len()),
            memory_bytes: self.budget().available_bytes() / threads as u64,
        };
        self.progress().begin_pass(rows, columns.len());
        let workers: Vec<Mutex<W>> = workers.into_iter().map(Mutex::new).collect();
        let taken = AtomicUsize::new(0);
        let turns =
            Turns { turn: Mutex::new(Turn { next: 0, deliver, ended: None }), passed: Condvar::new() };

        self.core.pool.run(threads, &|thread| {
            let _bail = Bail(&turns);
            let excludes = |bounds: &KnownBounds<'_>| choice.excludes(bounds);
            let mut worker = workers[thread].lock().unwrap_or_else(PoisonError::into_inner);
            loop {
                let index = taken.fetch_add(1, Relaxed);
                let Some(unit) = units.get(index) else { break };
                let rows = unit.iter().map(|part| part.rows.end - part.rows.start).sum();
                let work = |bytes| Work { rows, ..work_of(&unit[0], bytes) };
                let read = |step: &mut dyn FnMut(&Chunk<'_>) -> Result<Encoded>| {
                    for part in unit {
                        let mut outcome = Ok(Encoded::Yes);
                        let mut chooser = choice.chooser();
                        let mut early = early_of(choice, &excludes, &mut chooser);
                        dataset.read_where(part, &request, early.as_mut(), &mut |chunk| {
                            outcome = self.check().and_then(|()| step(chunk));
                            match outcome {
                                Ok(Encoded::Yes) => ControlFlow::Continue(()),
                                _ => ControlFlow::Break(()),
                            }
                        })?;
                        if outcome? == Encoded::No {
                            return Ok(Encoded::No);
                        }
                    }
                    Ok(Encoded::Yes)
                };
                let (running, mut bytes) = (self.progress().task(), 0);
                let mut encoded = read(&mut |chunk| {
                    let visited = chunk_bytes(chunk);
                    self.progress().advance((chunk.row_count * chunk.columns.len()) as u64, visited);
                    bytes += visited;
                    worker.rows(chunk)
                });
                if let Ok(Encoded::Yes) = encoded {
                    encoded = worker.end();
                }
                running.end("unit", work(bytes));
                let mut again = |step: &mut dyn FnMut(&Chunk<'_>) -> Result<()>| {
                    read(&mut |chunk| step(chunk).map(|()| Encoded::Yes)).map(drop)
                };
                let mut turn = turns.lock();
                while turn.next != index && turn.ended.is_none() {
                    turn = turns.passed.wait(turn).unwrap_or_else(PoisonError::into_inner);
                }
                if turn.ended.is_some() {
                    break;
                }
                let delivered = match encoded {
                    Err(stop @ (Error::Cancelled | Error::Deadline { .. })) => Err(stop),
                    encoded => {
                        let running = self.progress().task();
                        let delivered = (turn.deliver)(&mut worker, encoded, &mut again);
                        running.end("deliver", work(0));
                        delivered
                    }
                };
                match delivered {
                    Ok(()) => turn.next += 1,
                    failed => turn.ended = Some(failed),
                }
                turns.passed.notify_all();
            }
        });
        let turn = turns.turn.into_inner().unwrap_or_else(PoisonError::into_inner);
        turn.ended.unwrap_or(Ok(()))?;
        self.progress().end_pass();
        Ok(dataset.verify_unchanged()?)
    }
}

/// Neighbouring units together, until they have `unit_rows` rows.
fn gathered(units: Vec<Unit>, unit_rows: u64) -> Vec<Vec<Unit>> {
    let mut gathered: Vec<Vec<Unit>> = Vec::new();
    let mut rows = unit_rows;
    for unit in units {
        let more = unit.rows.end - unit.rows.start;
        match gathered.last_mut() {
            Some(last) if rows < unit_rows => {
                last.push(unit);
                rows += more;
            }
            _ => {
                gathered.push(vec![unit]);
                rows = more;
            }
        }
    }
    gathered
}
