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

use arrcalc_datasets::{Chunk, KnownBounds, ReadRequest};

use super::scope::{chunk_bytes, early_of, work_of};
use super::{Choice, Pass, Scope};
use crate::error::{Error, Result};

/// Whether the work on a unit is done, or was given up and is to be done again when the unit's turn comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoded {
    Yes,
    No,
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
    /// Lends every row of `pass`, but those of which `choice` tells early that they do not count, to `work`, each thread with one of `states`, and hands each unit of about `unit_rows`
    /// rows to `deliver` in row order: its state, what became of the work, and a way to read the unit again.
    ///
    /// # Errors
    /// What `deliver` answers first, in row order; cancelling; the deadline; a file that changed meanwhile.
    pub(crate) fn ordered<S: Send>(
        &self,
        pass: &Pass<'_>,
        choice: &dyn Choice,
        unit_rows: u64,
        states: Vec<S>,
        work: impl Fn(&mut S, &Chunk<'_>) -> Result<Encoded> + Sync,
        deliver: impl FnMut(&mut S, Result<Encoded>, &mut Again<'_>) -> Result<()> + Send,
    ) -> Result<()> {
        self.check()?;
        let Pass { dataset, columns, layout } = *pass;
        let rows = dataset.row_count();
        // No longer a list of units than other passes have.
        let mut units = dataset.units(columns, layout, unit_rows.max(rows >> 20));
        units.retain(|unit| choice.wants(unit));
        let threads = states.len().min(units.len()).max(1);
        let request = ReadRequest {
            chunk_rows: self.chunk_rows(columns.len()),
            memory_bytes: self.budget().available_bytes() / threads as u64,
        };
        self.progress().begin_pass(rows, columns.len());
        let states: Vec<Mutex<S>> = states.into_iter().map(Mutex::new).collect();
        let taken = AtomicUsize::new(0);
        let turns =
            Turns { turn: Mutex::new(Turn { next: 0, deliver, ended: None }), passed: Condvar::new() };

        self.core.pool.run(threads, &|worker| {
            let _bail = Bail(&turns);
            let mut state = states[worker].lock().unwrap_or_else(PoisonError::into_inner);
            let mut chooser = choice.chooser();
            let excludes = |bounds: &KnownBounds<'_>| choice.excludes(bounds);
            loop {
                let index = taken.fetch_add(1, Relaxed);
                let Some(unit) = units.get(index) else { break };
                let mut outcome = Ok(Encoded::Yes);
                let (running, mut bytes) = (self.progress().task(), 0);
                let mut early = early_of(choice, &excludes, &mut chooser);
                let read = dataset.read_where(unit, &request, early.as_mut(), &mut |chunk| {
                    outcome = self.check().and_then(|()| work(&mut state, chunk));
                    let visited = chunk_bytes(chunk);
                    self.progress().advance((chunk.row_count * chunk.columns.len()) as u64, visited);
                    bytes += visited;
                    match outcome {
                        Ok(Encoded::Yes) => ControlFlow::Continue(()),
                        _ => ControlFlow::Break(()),
                    }
                });
                running.end("unit", work_of(unit, bytes));
                let encoded = read.map_err(Error::from).and(outcome);
                let mut again = |step: &mut dyn FnMut(&Chunk<'_>) -> Result<()>| {
                    let mut outcome = Ok(());
                    dataset.read(unit, &request, &mut |chunk| {
                        outcome = self.check().and_then(|()| step(chunk));
                        if outcome.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
                    })?;
                    outcome
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
                        let delivered = (turn.deliver)(&mut state, encoded, &mut again);
                        running.end("deliver", work_of(unit, 0));
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
