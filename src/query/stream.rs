//! Rows that stay rows, handed on as they are found: the answer is never in memory as a whole.

use std::ops::ControlFlow;

use arrcalc_datasets::write::TableWriter;
use arrcalc_datasets::{Chunk, Layout};

use crate::answer::Table;
use crate::error::Result;
use crate::execute::{Encoded, Pass, Scope, UnitWork};
use crate::plan::Plan;

use super::early::Filtered;
use super::rows::Worker;
use super::source::Source;
use super::text::Texts;

/// Rows of a unit: what a thread holds while others hand on theirs.
const UNIT_ROWS: u64 = 65_536;
/// Tables of fewer rows are not worth a second thread.
const PARALLEL_ROWS: u64 = 16_384;

/// Whether the rows of `plan` come in the order of the table, so that they can be handed on.
pub(super) fn is_possible(plan: &Plan) -> bool {
    plan.order.is_empty() && !plan.columns().is_empty()
}

/// Lends the rows of the answer to `plan`, of which [`is_possible`] holds, in their order, until `take` breaks.
pub(super) fn lend(
    scope: &Scope<'_>,
    source: &Source<'_>,
    plan: &Plan,
    texts: &Texts,
    take: &mut dyn FnMut(&Chunk<'_>) -> Result<ControlFlow<()>>,
) -> Result<()> {
    let columns = plan.columns();
    let mut worker = Worker::new(scope, plan, &columns)?;
    worker.wanted = plan.limit.map(|limit| limit.saturating_add(plan.offset));
    let mut skipped = plan.offset;
    if worker.wanted == Some(0) {
        return Ok(());
    }
    let filtered = Filtered::new(plan, source.dataset, source.of_file(&columns), scope.level());
    source.in_order_until(scope, &columns, &filtered, |chunk| {
        let taken = worker.take_in(scope, source, plan, texts, chunk);
        for (first_row, piece) in worker.pieces.drain(..) {
            let before = usize::try_from(skipped).unwrap_or(usize::MAX).min(piece.row_count());
            skipped -= before as u64;
            let Chunk { columns, .. } = piece.lend_rows(before..piece.row_count());
            let row_count = piece.row_count() - before;
            if row_count > 0 && take(&Chunk { first_row, row_count, columns })?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        worker.release(scope)?;
        taken?;
        Ok(if worker.wanted == Some(0) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })
}

/// A thread's part in writing rows.
struct Selecting<'a> {
    scope: &'a Scope<'a>,
    source: &'a Source<'a>,
    plan: &'a Plan,
    texts: &'a Texts,
    worker: Worker,
}

impl UnitWork for Selecting<'_> {
    fn rows(&mut self, chunk: &Chunk<'_>) -> Result<Encoded> {
        self.worker.take_in(self.scope, self.source, self.plan, self.texts, chunk)?;
        Ok(Encoded::Yes)
    }

    fn end(&mut self) -> Result<Encoded> {
        Ok(Encoded::Yes)
    }
}

/// Writes the rows of the answer to `plan`, of which [`is_possible`] holds; returns how many.
pub(super) fn write(
    scope: &Scope<'_>,
    source: &Source<'_>,
    plan: &Plan,
    texts: &Texts,
    writer: &mut dyn TableWriter,
) -> Result<u64> {
    let columns = plan.columns();
    let file = source.of_file(&columns);
    let is_shared = scope.threads() > 1 && source.dataset.row_count() >= PARALLEL_ROWS;
    let mut rows = 0;
    // Of the first rows no more are looked at than are wanted; made columns lie beside the units.
    if plan.limit.is_some() || plan.offset > 0 || file.len() < columns.len() || !is_shared {
        lend(scope, source, plan, texts, &mut |chunk| {
            rows += chunk.row_count as u64;
            writer.write(chunk)?;
            Ok(ControlFlow::Continue(()))
        })?;
        return Ok(rows);
    }
    let worker =
        |_| Ok(Selecting { scope, source, plan, texts, worker: Worker::new(scope, plan, &columns)? });
    let workers: Vec<Selecting<'_>> = (0..scope.threads()).map(worker).collect::<Result<_>>()?;
    let pass = Pass { dataset: source.dataset, columns: file, layout: Layout::Together };
    let filtered = Filtered::new(plan, source.dataset, file, scope.level());
    scope.ordered(&pass, &filtered, UNIT_ROWS, workers, |Selecting { worker, .. }, done, _| {
        done?;
        for (_, piece) in worker.pieces.drain(..) {
            rows += piece.row_count() as u64;
            writer.write(&piece.lend())?;
        }
        worker.release(scope)
    })?;
    Ok(rows)
}

/// Lends all rows of `answer`.
pub(super) fn whole(
    answer: &Table,
    take: &mut dyn FnMut(&Chunk<'_>) -> Result<ControlFlow<()>>,
) -> Result<()> {
    if answer.row_count() == 0 { Ok(()) } else { take(&answer.lend()).map(drop) }
}
