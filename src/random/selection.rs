//! Chosen rows of a dataset: handed over one chunk after the other, or gathered as a table.

use std::ops::ControlFlow;

use arrcalc_datasets::{Chunk, Dataset, Field, Layout, Unit};

use super::keys::{Cut, RowKeys};
use crate::answer::{OwnedColumn, Table};
use crate::error::Result;
use crate::order::take_values;
use crate::{Pass, Scope};

/// Rows of a table, in their order.
#[derive(Clone, Debug)]
pub(super) enum Selection {
    /// Those before a place in the order of keys.
    Before(RowKeys, Cut),
    /// Listed, ascending; a row may be there several times.
    Listed(Vec<u64>),
}

impl Selection {
    /// Replaces `picked` by the chosen of `count` rows from `first` on, counted from there.
    fn pick(&self, scope: &Scope<'_>, first: u64, count: usize, picked: &mut Vec<u32>) {
        picked.clear();
        match self {
            Selection::Before(keys, cut) => {
                keys.before(scope.level(), first, count, *cut, picked);
            }
            Selection::Listed(rows) => {
                let start = rows.partition_point(|&row| row < first);
                let end = start + rows[start..].partition_point(|&row| row < first + count as u64);
                picked.extend(rows[start..end].iter().map(|&row| (row - first) as u32));
            }
        }
    }

    /// Whether none of rows `first .. end` can be chosen.
    fn leaves_out(&self, first: u64, end: u64) -> bool {
        match self {
            Selection::Before(..) => false,
            Selection::Listed(rows) => {
                let start = rows.partition_point(|&row| row < first);
                rows.get(start).is_none_or(|&row| row >= end)
            }
        }
    }

    /// Lends the rows of `columns` in their order, until `take` breaks.
    ///
    /// # Errors
    /// As [`Scope::pass`], and what `take` meets.
    pub(super) fn deliver(
        &self,
        scope: &Scope<'_>,
        dataset: &Dataset<'_>,
        columns: &[usize],
        take: &mut dyn FnMut(&Chunk<'_>) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        let mut picked = Vec::new();
        let mut done = 0;
        let pass = Pass { dataset, columns, layout: Layout::Together };
        scope.in_order_until(&pass, |chunk| {
            self.pick(scope, chunk.first_row, chunk.row_count, &mut picked);
            if picked.is_empty() {
                return Ok(ControlFlow::Continue(()));
            }
            let columns = taken(scope, chunk, &picked)?;
            let columns = columns.iter().map(OwnedColumn::lend).collect();
            let chunk = Chunk { first_row: done, row_count: picked.len(), columns };
            done += picked.len() as u64;
            take(&chunk)
        })
    }

    /// The rows of `columns` as a table, read by all threads.
    ///
    /// # Errors
    /// As [`Scope::pass`]; the memory budget.
    pub(super) fn gather(
        &self,
        scope: &Scope<'_>,
        dataset: &Dataset<'_>,
        columns: &[usize],
    ) -> Result<Table> {
        let fields: Vec<Field> =
            columns.iter().map(|&index| dataset.schema().fields[index].clone()).collect();
        let pass = Pass { dataset, columns, layout: Layout::Together };
        let states = scope.pass_over(
            &pass,
            &|unit: &Unit| !self.leaves_out(unit.rows.start, unit.rows.end),
            || Ok((Vec::new(), Vec::new(), scope.budget().reserve("the sample", 0)?)),
            |(pieces, picked, reserved), _, chunk| {
                self.pick(scope, chunk.first_row, chunk.row_count, picked);
                if !picked.is_empty() {
                    let piece = Table::from_columns(fields.clone(), taken(scope, chunk, picked)?);
                    reserved.grow("the sample", 2 * piece.memory_bytes() as u64)?;
                    pieces.push((chunk.first_row, piece));
                }
                Ok(())
            },
        )?;
        let mut kept = Vec::new();
        let mut pieces = Vec::new();
        for (some, _, reserved) in states {
            pieces.extend(some);
            kept.push(reserved);
        }
        pieces.sort_unstable_by_key(|(first, _): &(u64, Table)| *first);
        let rows = pieces.iter().map(|(_, piece)| piece.row_count()).sum();
        let mut table = Table::with_capacity(fields, rows);
        pieces.iter().for_each(|(_, piece)| table.extend(&piece.lend().columns, piece.row_count()));
        Ok(table)
    }
}

/// The rows `rows` of a chunk, column by column.
pub(super) fn taken(scope: &Scope<'_>, chunk: &Chunk<'_>, rows: &[u32]) -> Result<Vec<OwnedColumn>> {
    chunk.columns.iter().map(|column| take_values(scope, column, rows)).collect()
}
