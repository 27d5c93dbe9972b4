//! Rows that stay rows: chosen, computed from, ordered.

use std::ops::ControlFlow;

use arrcalc_datasets::{Chunk, Dataset, Layout};
use arrcalc_kernels::Level;

use crate::aggregate::BLOCK_ROWS;
use crate::answer::Table;
use crate::error::Result;
use crate::execute::{Pass, Reservation, Scope};
use crate::expression::{Bound, Evaluator};
use crate::plan::{Clause, Plan, field};

use super::blocks::{Blocks, Rows};
use super::fault::Fallen;
use super::finish;
use super::text::Texts;

/// What needs the memory, for messages.
const WHAT: &str = "the rows of the answer";

/// One thread's rows.
struct Worker {
    blocks: Blocks,
    evaluator: Evaluator,
    /// The rows of each chunk: values of the answer, then keys of its order.
    pieces: Vec<(u64, Table)>,
    reserved: Reservation,
}

/// The answer of `plan`, which aggregates nothing.
pub(super) fn table(scope: &Scope<'_>, dataset: &Dataset<'_>, plan: &Plan, texts: &Texts) -> Result<Table> {
    let columns = plan.columns();
    let level = scope.level();
    let pass = Pass { dataset, columns: &columns, layout: Layout::Together };
    let start = || {
        Ok(Worker {
            blocks: Blocks::new(plan.predicate.as_ref(), &columns, &plan.used_columns(), BLOCK_ROWS),
            evaluator: Evaluator::new(&plan.row_expressions().cloned().collect::<Vec<Bound>>(), &columns),
            pieces: Vec::new(),
            reserved: scope.budget().reserve(WHAT, 0)?,
        })
    };
    let update = |worker: &mut Worker, chunk: &Chunk<'_>| {
        let done = worker.update(level, plan, chunk);
        done.map_err(|fallen| fallen.into_error(dataset, texts, chunk.first_row))?;
        let piece = worker.pieces.last().map_or(0, |(_, piece)| piece.memory_bytes());
        worker.reserved.grow(WHAT, piece as u64)
    };
    let workers = if columns.is_empty() {
        // Constants alone: nothing is read.
        let mut worker = start()?;
        let rows = usize::try_from(dataset.row_count()).unwrap_or(usize::MAX);
        update(&mut worker, &Chunk { first_row: 0, row_count: rows, columns: vec![] })?;
        vec![worker]
    } else if let (true, Some(limit)) = (plan.order.is_empty(), plan.limit) {
        let wanted = limit.saturating_add(plan.offset);
        let mut worker = start()?;
        let mut found = 0;
        scope.in_order_until(&pass, |chunk| {
            if found < wanted {
                update(&mut worker, chunk)?;
                found += worker.pieces.last().map_or(0, |(_, piece)| piece.row_count() as u64);
            }
            Ok(if found < wanted { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        vec![worker]
    } else {
        scope.pass_over(&pass, &|unit| plan.wants(dataset, unit), start, |worker, _, chunk| {
            update(worker, chunk)
        })?
    };
    let mut pieces: Vec<&(u64, Table)> = workers.iter().flat_map(|worker| &worker.pieces).collect();
    pieces.sort_unstable_by_key(|(first, _)| *first);
    let mut values = Table::new(plan.fields());
    let mut keys = Table::new(plan.order.iter().map(|key| field("", key.value.data_type())).collect());
    for (_, piece) in pieces {
        let lent = piece.lend();
        let (mine, order) = lent.columns.split_at(plan.outputs.len());
        values.extend(mine, piece.row_count());
        keys.extend(order, piece.row_count());
    }
    Ok(finish::ordered(plan, values, &keys))
}

impl Worker {
    fn update(&mut self, level: Level, plan: &Plan, chunk: &Chunk<'_>) -> std::result::Result<(), Fallen> {
        let Self { blocks, evaluator, pieces, .. } = self;
        let fields = plan.row_expressions().map(|bound| field("", bound.data_type())).collect();
        let mut piece = Table::new(fields);
        blocks.visit(level, chunk, &mut |rows: &Rows<'_>| {
            let columns = evaluator.evaluate(level, rows.dense, None);
            let columns = columns.map_err(|fault| rows.placed(Fallen::of(Clause::Select)(fault)))?;
            piece.extend(&columns, rows.dense.row_count);
            Ok(())
        })?;
        if piece.row_count() > 0 {
            pieces.push((chunk.first_row, piece));
        }
        Ok(())
    }
}
