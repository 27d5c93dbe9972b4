//! From the middle table to the answer: having, the values of the answer, its order, its first rows.

use arrcalc_datasets::{Chunk, Column};
use arrcalc_kernels::{Bits, Level};

use crate::aggregate::BLOCK_ROWS;
use crate::answer::{OwnedColumn, Table};
use crate::error::{Error, Result};
use crate::execute::Scope;
use crate::expression::{Bound, Evaluator};
use crate::order::{SortKey, argsort, first_rows, take_rows};
use crate::plan::{Clause, Plan, field};

use super::text::Texts;

/// The answer of `plan` from its middle table, whose rows are in the order of the keys.
pub(super) fn answer(scope: &Scope<'_>, plan: &Plan, middle: Table, texts: &Texts) -> Result<Table> {
    if let Some(places) = as_they_lie(plan) {
        let mut columns: Vec<Option<OwnedColumn>> = middle.into_columns().into_iter().map(Some).collect();
        let columns = places.into_iter().filter_map(|place| columns[place].take()).collect();
        return Ok(Table::from_columns(plan.fields(), columns));
    }
    let level = scope.level();
    // Without a predicate every row of the middle table is one of the answer, before limits.
    let rows = if plan.having.is_some() { 0 } else { middle.row_count() };
    let mut values = Table::with_capacity(plan.fields(), rows);
    let mut keys = Table::new(plan.order.iter().map(|key| field("", key.value.data_type())).collect());
    let columns: Vec<usize> = (0..plan.middle.len()).collect();
    let mut having =
        plan.having.as_ref().map(|predicate| Computed::new([predicate], &columns, Clause::Having, texts));
    let mut outputs =
        Computed::new(plan.outputs.iter().map(|output| &output.value), &columns, Clause::Select, texts);
    let mut order = Computed::new(plan.order.iter().map(|key| &key.value), &columns, Clause::OrderBy, texts);
    let mut start = 0;
    while start < middle.row_count() {
        scope.check()?;
        let end = middle.row_count().min(start + BLOCK_ROWS);
        let kept;
        let mut block = middle.lend_rows(start..end);
        if let Some(having) = &mut having {
            let chosen = having.values(level, &block)?;
            let rows: Vec<usize> = (0..block.row_count).filter(|&row| is_true(&chosen[0], row)).collect();
            let rows: Vec<usize> = rows.into_iter().map(|row| start + row).collect();
            kept = middle.take(&rows);
            block = kept.lend();
        }
        let rows = block.row_count;
        values.extend(&outputs.values(level, &block)?, rows);
        keys.extend(&order.values(level, &block)?, rows);
        start = end;
    }
    ordered(scope, plan, values, &keys)
}

/// Where the columns of the answer are in the middle table, if it has all rows and they are different columns as they lie.
fn as_they_lie(plan: &Plan) -> Option<Vec<usize>> {
    let is_whole = plan.having.is_none() && plan.order.is_empty() && plan.limit.is_none() && plan.offset == 0;
    let mut places = Vec::with_capacity(plan.outputs.len());
    for output in &plan.outputs {
        places.push(output.value.column().filter(|place| is_whole && !places.contains(place))?);
    }
    (!places.is_empty()).then_some(places)
}

/// `values` in the order of `keys`, without what offset and limit leave out.
pub(super) fn ordered(scope: &Scope<'_>, plan: &Plan, values: Table, keys: &Table) -> Result<Table> {
    let rows = values.row_count();
    let first = usize::try_from(plan.offset).unwrap_or(usize::MAX).min(rows);
    let count =
        plan.limit.map_or(rows, |limit| usize::try_from(limit).unwrap_or(usize::MAX)).min(rows - first);
    if plan.order.is_empty() && count == rows {
        return Ok(values);
    }
    let chunk = keys.lend();
    let keys = sort_keys(plan, &chunk);
    let order: Vec<u64> = if plan.order.is_empty() {
        (0..(first + count) as u64).collect()
    } else if first + count < rows {
        first_rows(scope, &keys, rows, first + count)?
    } else {
        argsort(scope, &keys, rows)?
    };
    take_rows(scope, &values, &order[first..first + count])
}

/// The order of the answer, by columns that hold its keys.
pub(super) fn sort_keys<'c>(plan: &Plan, keys: &Chunk<'c>) -> Vec<SortKey<'c>> {
    (keys.columns.iter().zip(&plan.order))
        .map(|(&column, key)| SortKey { column, descending: key.descending, nulls_first: key.nulls_first })
        .collect()
}

/// Whether row `row` of a predicate is true: neither false nor null.
fn is_true(predicate: &Column<'_>, row: usize) -> bool {
    match predicate.values {
        arrcalc_datasets::Values::Bool(bits) => {
            bits.get(row) && predicate.validity.is_none_or(|valid: Bits<'_>| valid.get(row))
        }
        _ => false,
    }
}

/// Expressions over the middle table.
struct Computed<'t> {
    evaluator: Evaluator,
    clause: Clause,
    texts: &'t Texts,
}

impl<'t> Computed<'t> {
    fn new<'b>(
        expressions: impl IntoIterator<Item = &'b Bound>,
        columns: &[usize],
        clause: Clause,
        texts: &'t Texts,
    ) -> Self {
        let expressions: Vec<Bound> = expressions.into_iter().cloned().collect();
        Self { evaluator: Evaluator::new(&expressions, columns), clause, texts }
    }

    fn values<'s>(&'s mut self, level: Level, block: &'s Chunk<'_>) -> Result<Vec<Column<'s>>> {
        let Self { evaluator, clause, texts } = self;
        evaluator.evaluate(level, block, None).map_err(|fault| Error::Evaluation {
            file: "the answer".into(),
            column: texts.part(*clause, fault.span).to_owned(),
            row: block.first_row + fault.row as u64,
            reason: fault.reason,
        })
    }
}
