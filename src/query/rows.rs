//! Rows that stay rows: chosen, computed from, ordered.

use std::ops::ControlFlow;

use arrcalc_datasets::Chunk;
use arrcalc_kernels::Level;

use crate::aggregate::BLOCK_ROWS;
use crate::answer::Table;
use crate::error::Result;
use crate::execute::{Reservation, Scope};
use crate::expression::{Bound, Evaluator};
use crate::plan::{Clause, Plan, field};

use super::blocks::{Blocks, Rows, cut};
use super::fault::Fallen;
use super::finish;
use super::source::Source;
use super::text::Texts;

/// What needs the memory, for messages.
const WHAT: &str = "the rows of the answer";

/// One thread's rows.
struct Worker {
    blocks: Blocks,
    evaluator: Evaluator,
    /// The rows of each chunk: values of the answer, then keys of its order.
    pieces: Vec<(u64, Table)>,
    /// Rows that may still come; `None`: all.
    wanted: Option<u64>,
    reserved: Reservation,
}

/// The answer of `plan`, which aggregates nothing.
pub(super) fn table(scope: &Scope<'_>, source: &Source<'_>, plan: &Plan, texts: &Texts) -> Result<Table> {
    let dataset = source.dataset;
    let columns = plan.columns();
    let level = scope.level();
    let start = || {
        Ok(Worker {
            blocks: Blocks::new(plan.predicate.as_ref(), &columns, &plan.used_columns(), BLOCK_ROWS),
            evaluator: Evaluator::new(&plan.row_expressions().cloned().collect::<Vec<Bound>>(), &columns),
            pieces: Vec::new(),
            wanted: None,
            reserved: scope.budget().reserve(WHAT, 0)?,
        })
    };
    let update = |worker: &mut Worker, chunk: &Chunk<'_>| {
        let bytes = worker.update(level, plan, chunk);
        let bytes = bytes.map_err(|fallen| fallen.into_error(dataset, texts, chunk.first_row))?;
        worker.reserved.grow(WHAT, bytes as u64)
    };
    let workers = match (plan.order.is_empty(), plan.limit) {
        (true, Some(limit)) if !columns.is_empty() => {
            let mut worker = start()?;
            worker.wanted = Some(limit.saturating_add(plan.offset));
            source.in_order_until(scope, &columns, |chunk| {
                if worker.wanted != Some(0) {
                    update(&mut worker, chunk)?;
                }
                Ok(if worker.wanted == Some(0) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
            })?;
            vec![worker]
        }
        _ => source.pass_over(scope, &columns, &|unit| plan.wants(dataset, unit), start, update)?,
    };
    let mut pieces: Vec<(u64, Table)> = Vec::new();
    let mut reserved = Vec::new();
    for worker in workers {
        pieces.extend(worker.pieces);
        reserved.push(worker.reserved);
    }
    pieces.sort_unstable_by_key(|(first, _)| *first);
    let rows = pieces.iter().map(|(_, piece)| piece.row_count()).sum();
    let mut values = Table::with_capacity(plan.fields(), rows);
    let order_fields = plan.order.iter().map(|key| field("", key.value.data_type())).collect();
    let mut keys = Table::with_capacity(order_fields, rows);
    // Each piece goes when it has been copied, so that the rows are hardly ever there twice.
    for (_, piece) in pieces {
        let lent = piece.lend();
        let (mine, order) = lent.columns.split_at(plan.outputs.len());
        values.extend(mine, piece.row_count());
        keys.extend(order, piece.row_count());
    }
    Ok(finish::ordered(plan, values, &keys))
}

impl Worker {
    /// Takes in the rows of `chunk`; returns how many bytes they take.
    fn update(&mut self, level: Level, plan: &Plan, chunk: &Chunk<'_>) -> std::result::Result<usize, Fallen> {
        let Self { blocks, evaluator, pieces, wanted, .. } = self;
        let fields = plan.row_expressions().map(|bound| field("", bound.data_type())).collect();
        // Without a predicate as many rows as there are; with one, who knows.
        let rows = if plan.predicate.is_none() { chunk.row_count } else { 0 };
        let mut piece = Table::with_capacity(fields, rows);
        let done = blocks.visit(level, chunk, &mut |rows: &Rows<'_>| {
            let count = wanted.map_or(rows.dense.row_count, |wanted| {
                rows.dense.row_count.min(usize::try_from(wanted).unwrap_or(usize::MAX))
            });
            if count == 0 {
                return Ok(());
            }
            let first = cut(rows.dense, 0, count);
            let columns = evaluator.evaluate(level, &first, None);
            let columns = columns.map_err(|fault| rows.placed(Fallen::of(Clause::Select)(fault)))?;
            piece.extend(&columns, count);
            if let Some(wanted) = wanted {
                *wanted -= count as u64;
            }
            Ok(())
        });
        match done {
            // A row after the last that is wanted has not been asked for, wherever the chunk ends.
            Err(_) if *wanted == Some(0) => {}
            done => done?,
        }
        let bytes = piece.memory_bytes();
        if piece.row_count() > 0 {
            pieces.push((chunk.first_row, piece));
        }
        Ok(bytes)
    }
}
