//! The rows of a table in order.

use super::argsort::{RowIndex, argsort};
use super::key::SortKey;
use super::partitioned::{ROWS_MIN, TableUnits, sorted};
use super::take_column::take;
use crate::Scope;
use crate::answer::Table;
use crate::error::Result;

/// Fewer rows are taken by the calling thread.
const SEQUENTIAL_ROWS: usize = 16_384;

/// A column that rows are ordered by, as an index into the table's columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableKey {
    /// The column.
    pub column: usize,
    /// Largest first; NaN stays last.
    pub descending: bool,
    /// Nulls before everything, instead of after it.
    pub nulls_first: bool,
}

/// `table` with its rows in the order of `keys`, of which the first counts most; rows that are equal in all keys keep their
/// order. NaN and nulls stand last unless a key says otherwise.
///
/// Cost: `O(rows log rows)` on all threads; the answer's memory beside the table's, and 16 bytes a row.
///
/// # Errors
/// The memory budget; cancelling; the deadline.
///
/// # Panics
/// If a key names no column of the table.
pub fn sort_table(scope: &Scope<'_>, table: &Table, keys: &[TableKey]) -> Result<Table> {
    if table.row_count() >= ROWS_MIN
        && let Some(sorted) = sorted(scope, &TableUnits::new(table), keys)?
    {
        return Ok(sorted);
    }
    let chunk = table.lend();
    let sort_keys: Vec<SortKey<'_>> = (keys.iter())
        .map(|key| SortKey {
            column: chunk.columns[key.column],
            descending: key.descending,
            nulls_first: key.nulls_first,
        })
        .collect();
    let rows = table.row_count();
    let _answer = scope.budget().reserve("the sorted table", table.memory_bytes() as u64)?;
    if u32::try_from(rows).is_ok() {
        take_rows(scope, table, &argsort::<u32>(scope, &sort_keys, rows)?)
    } else {
        take_rows(scope, table, &argsort::<u64>(scope, &sort_keys, rows)?)
    }
}

/// The rows `rows` of `table`, in that order, as a table of their own.
pub(crate) fn take_rows<I: RowIndex>(scope: &Scope<'_>, table: &Table, rows: &[I]) -> Result<Table> {
    let chunk = table.lend();
    if rows.len() < SEQUENTIAL_ROWS {
        return Ok(table.take(&rows.iter().map(|row| row.row()).collect::<Vec<usize>>()));
    }
    let columns = chunk.columns.iter().map(|column| take(scope, column, rows));
    Ok(Table::from_columns(table.fields().to_vec(), columns.collect::<Result<Vec<_>>>()?))
}
