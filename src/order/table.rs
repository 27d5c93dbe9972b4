//! The rows of a table in order.

use super::argsort::argsort;
use super::key::SortKey;
use super::take::take;
use crate::Scope;
use crate::answer::Table;
use crate::error::Result;

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
    let mut columns = Vec::with_capacity(chunk.columns.len());
    if u32::try_from(rows).is_ok() {
        let order: Vec<u32> = argsort(scope, &sort_keys, rows)?;
        for column in &chunk.columns {
            columns.push(take(scope, column, &order)?);
        }
    } else {
        let order: Vec<u64> = argsort(scope, &sort_keys, rows)?;
        for column in &chunk.columns {
            columns.push(take(scope, column, &order)?);
        }
    }
    Ok(Table::from_columns(table.fields().to_vec(), columns))
}
