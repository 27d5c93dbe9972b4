//! Rows that stay rows: chosen, computed from, ordered.

use std::ops::ControlFlow;

use arrcalc_datasets::{Chunk, Column, Field};
use arrcalc_kernels::Level;

use crate::aggregate::BLOCK_ROWS;
use crate::answer::Table;
use crate::error::Result;
use crate::execute::{Reservation, Scope};
use crate::expression::{Bound, Evaluator};
use crate::order::{SortKey, first_rows, rows_reaching};
use crate::plan::{Clause, Plan, field};

use super::blocks::{Blocks, Rows, cut};
use super::early::Filtered;
use super::fault::Fallen;
use super::finish;
use super::source::Source;
use super::text::Texts;

/// What needs the memory, for messages.
const WHAT: &str = "the rows of the answer";

/// One thread's rows.
pub(super) struct Worker {
    blocks: Blocks,
    evaluator: Evaluator,
    /// The rows of each chunk: values of the answer, then keys of its order.
    pub(super) pieces: Vec<(u64, Table)>,
    /// Rows that may still come; `None`: all.
    pub(super) wanted: Option<u64>,
    /// The key of a row that as many are known to reach as are wanted, where one key orders the answer.
    bar: Option<Table>,
    /// Rows of the pieces; where the answer is ordered and limited, they are thinned out when there are many.
    rows: usize,
    reserved: Reservation,
}

/// The answer of `plan`, which aggregates nothing.
pub(super) fn table(scope: &Scope<'_>, source: &Source<'_>, plan: &Plan, texts: &Texts) -> Result<Table> {
    let dataset = source.dataset;
    let columns = plan.columns();
    let level = scope.level();
    let filtered = Filtered::new(plan, dataset, source.of_file(&columns), level);
    // Rows of an ordered answer that may be among the first.
    let first = plan
        .limit
        .filter(|_| !plan.order.is_empty())
        .map(|limit| usize::try_from(limit.saturating_add(plan.offset)).unwrap_or(usize::MAX));
    let start = || Worker::new(scope, plan, &columns);
    let update = |worker: &mut Worker, chunk: &Chunk<'_>| {
        let bytes = worker.update(level, plan, chunk);
        let bytes = bytes.map_err(|fallen| fallen.into_error(dataset, texts, chunk.first_row))?;
        if let Some(first) = first {
            return worker.keep(scope, plan, first);
        }
        worker.reserved.grow(WHAT, bytes as u64)
    };
    let workers = match (plan.order.is_empty(), plan.limit) {
        (true, Some(limit)) if !columns.is_empty() => {
            let mut worker = start()?;
            worker.wanted = Some(limit.saturating_add(plan.offset));
            source.in_order_until(scope, &columns, &filtered, |chunk| {
                if worker.wanted != Some(0) {
                    update(&mut worker, chunk)?;
                }
                Ok(if worker.wanted == Some(0) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
            })?;
            vec![worker]
        }
        _ => source.pass_over(scope, &columns, &filtered, start, update)?,
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
    finish::ordered(scope, plan, values, &keys)
}

impl Worker {
    /// A thread's work on chunks of `columns`.
    pub(super) fn new(scope: &Scope<'_>, plan: &Plan, columns: &[usize]) -> Result<Self> {
        Ok(Self {
            blocks: Blocks::new(plan.predicate.as_ref(), columns, &plan.used_columns(), BLOCK_ROWS),
            evaluator: Evaluator::new(&plan.row_expressions().cloned().collect::<Vec<Bound>>(), columns),
            pieces: Vec::new(),
            wanted: None,
            bar: None,
            rows: 0,
            reserved: scope.budget().reserve(WHAT, 0)?,
        })
    }

    /// Takes in the rows of `chunk`, within the budget; those before the one that cannot be computed are then taken in.
    pub(super) fn take_in(
        &mut self,
        scope: &Scope<'_>,
        source: &Source<'_>,
        plan: &Plan,
        texts: &Texts,
        chunk: &Chunk<'_>,
    ) -> Result<()> {
        let bytes = self.update(scope.level(), plan, chunk);
        let bytes = bytes.map_err(|fallen| fallen.into_error(source.dataset, texts, chunk.first_row))?;
        self.reserved.grow(WHAT, bytes as u64)
    }

    /// What was taken in has been handed on.
    pub(super) fn release(&mut self, scope: &Scope<'_>) -> Result<()> {
        self.rows = 0;
        self.reserved = scope.budget().reserve(WHAT, 0)?;
        Ok(())
    }

    /// Takes in the rows of `chunk`, or those before the one that cannot be computed; returns how many bytes they take.
    fn update(&mut self, level: Level, plan: &Plan, chunk: &Chunk<'_>) -> std::result::Result<usize, Fallen> {
        let Self { blocks, evaluator, pieces, wanted, bar, rows: held, .. } = self;
        let fields: Vec<Field> = plan.row_expressions().map(|bound| field("", bound.data_type())).collect();
        // Without a predicate as many rows as there are; with one, who knows.
        let rows = if plan.predicate.is_none() && bar.is_none() { chunk.row_count } else { 0 };
        let mut piece = Table::with_capacity(fields.clone(), rows);
        let done = blocks.visit(level, chunk, &mut |rows: &Rows<'_>| {
            let count = wanted.map_or(rows.dense.row_count, |wanted| {
                rows.dense.row_count.min(usize::try_from(wanted).unwrap_or(usize::MAX))
            });
            if count == 0 {
                return Ok(());
            }
            let first = cut(rows.dense, 0, count);
            let columns = evaluator.evaluate(level, &first, None);
            let columns = columns.map_err(|fault| {
                let is_output = fault.expression < plan.outputs.len();
                let clause = if is_output { Clause::Select } else { Clause::OrderBy };
                rows.placed(Fallen::of(clause)(fault))
            })?;
            match reaching(level, plan, &columns, bar.as_ref()) {
                None => piece.extend(&columns, count),
                Some(rows) if rows.is_empty() => {}
                Some(rows) => {
                    let mut block = Table::new(fields.clone());
                    block.extend(&columns, count);
                    piece.extend(&block.take(&rows).lend().columns, rows.len());
                }
            }
            if let Some(wanted) = wanted {
                *wanted -= count as u64;
            }
            Ok(())
        });
        let bytes = piece.memory_bytes();
        *held += piece.row_count();
        if piece.row_count() > 0 {
            pieces.push((chunk.first_row, piece));
        }
        match done {
            // A row after the last that is wanted has not been asked for, wherever the chunk ends.
            Err(_) if *wanted == Some(0) => Ok(bytes),
            done => done.map(|()| bytes),
        }
    }

    /// Drops rows that cannot be among the `first` of the answer: from the last piece at once, and from all of them where
    /// there are many. Rows that are left keep their order.
    fn keep(&mut self, scope: &Scope<'_>, plan: &Plan, first: usize) -> Result<()> {
        if let Some((_, piece)) = self.pieces.last_mut()
            && piece.row_count() > first
        {
            self.rows -= piece.row_count();
            let (mut kept, bar) = firsts(scope, plan, std::slice::from_ref(&&*piece), first)?;
            (*piece, self.bar) = (kept.swap_remove(0), bar);
            self.rows += piece.row_count();
        }
        if self.rows / 8 > first && self.rows > KEPT_ROWS {
            self.pieces.sort_unstable_by_key(|(row, _)| *row);
            let pieces: Vec<&Table> = self.pieces.iter().map(|(_, piece)| piece).collect();
            let (kept, bar) = firsts(scope, plan, &pieces, first)?;
            self.bar = bar;
            self.pieces = self.pieces.iter().map(|(row, _)| *row).zip(kept).collect();
            self.pieces.retain(|(_, piece)| piece.row_count() > 0);
            self.rows = first;
        }
        let bytes: usize = self.pieces.iter().map(|(_, piece)| piece.memory_bytes()).sum();
        let held = self.reserved.bytes();
        if bytes as u64 > held {
            return self.reserved.grow(WHAT, bytes as u64 - held);
        }
        if (bytes as u64) < held / 2 {
            self.reserved = scope.budget().reserve(WHAT, bytes as u64)?;
        }
        Ok(())
    }
}

/// Up to this many rows are kept without another look. Few, because each look leaves a bar that fewer later rows pass: of
/// rows in no order all looks together keep little more than the first chunk.
const KEPT_ROWS: usize = 1 << 10;

/// The rows of `columns`, values of the answer and then keys, that may be before `bar`, or beside it; `None`: all.
fn reaching(level: Level, plan: &Plan, columns: &[Column<'_>], bar: Option<&Table>) -> Option<Vec<usize>> {
    let (bar, [order], [.., column]) = (bar?, plan.order.as_slice(), columns) else { return None };
    let key = SortKey { column: *column, descending: order.descending, nulls_first: order.nulls_first };
    rows_reaching(level, &key, &bar.lend().columns[0])
}

/// Of each of `pieces`, which follow one another, the rows that are among the `count` first of all of them; and the key of
/// the last of these.
fn firsts(
    scope: &Scope<'_>,
    plan: &Plan,
    pieces: &[&Table],
    count: usize,
) -> Result<(Vec<Table>, Option<Table>)> {
    let outputs = plan.outputs.len();
    let fields = plan.order.iter().map(|key| field("", key.value.data_type())).collect();
    let mut keys = Table::new(fields);
    for piece in pieces {
        keys.extend(&piece.lend().columns[outputs..], piece.row_count());
    }
    let sort_keys = finish::sort_keys(plan, &keys.lend());
    let mut rows = first_rows(scope, &sort_keys, keys.row_count(), count)?;
    let last = rows.last().filter(|_| rows.len() == count && plan.order.len() == 1);
    let bar = last.map(|&last| keys.take(&[last as usize]));
    rows.sort_unstable();
    let (mut kept, mut start, mut rest) = (Vec::with_capacity(pieces.len()), 0, rows.as_slice());
    for piece in pieces {
        let end = start + piece.row_count();
        let (own, after) = rest.split_at(rest.partition_point(|&row| (row as usize) < end));
        kept.push(piece.take(&own.iter().map(|&row| row as usize - start).collect::<Vec<usize>>()));
        (start, rest) = (end, after);
    }
    Ok((kept, bar))
}

#[cfg(test)]
mod tests {
    use crate::{Engine, Query, QueryText};

    use arrcalc_datasets::Dataset;

    #[test]
    fn a_limit_gives_the_first_rows_of_the_whole_order() {
        let rows = 150_000u64;
        let mixed = |row: u64| row.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
        let keys: Vec<i32> = (0..rows).map(|row| (mixed(row) % 50) as i32).collect();
        let floats: Vec<f64> = (0..rows)
            .map(|row| if mixed(row) % 9 == 0 { f64::NAN } else { (mixed(row) % 7777) as f64 })
            .collect();
        let rows: Vec<i64> = (0..rows as i64).collect();
        let columns = vec![
            ("k".to_owned(), keys.as_slice().into()),
            ("x".to_owned(), floats.as_slice().into()),
            ("row".to_owned(), rows.as_slice().into()),
        ];
        let dataset = Dataset::from_arrays(columns).expect("columns of one length");
        let ask = |order_by: &str, limit, offset, chunk_rows| {
            let engine = Engine::builder().threads(3).chunk_rows(chunk_rows).build();
            let text = QueryText {
                select: "row".into(),
                predicate: "row % 10 <> 3".into(),
                order_by: order_by.into(),
                limit,
                offset,
                ..QueryText::default()
            };
            engine.run(&Query::parse(&dataset, &text).expect("a query")).expect("an answer")
        };
        for order_by in ["-x", "k, -x", "k desc nulls first", "x * 0", "x"] {
            let whole = ask(order_by, None, 0, 60_000);
            for (limit, offset, chunk_rows) in
                [(1, 0, 1000), (100, 7, 777), (12_000, 0, 50_000), (0, 5, 4096)]
            {
                let chosen: Vec<usize> = (offset as usize..(limit + offset) as usize).collect();
                assert!(ask(order_by, Some(limit), offset, chunk_rows) == whole.take(&chosen), "{order_by}");
            }
        }
    }
}
