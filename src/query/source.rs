//! The rows that the passes of a query see: those of its table, beside the columns that functions over the order of rows
//! made.

use std::ops::ControlFlow;

use arrcalc_datasets::{Chunk, Column, Dataset, Layout, Values};

use crate::answer::OwnedColumn;
use crate::error::{Error, Result};
use crate::execute::{Choice, Pass, Reservation, Scope};

use super::kept::Kept;

/// A table, and columns that lie beside it in memory.
pub(super) struct Source<'s> {
    pub(super) dataset: &'s Dataset<'s>,
    /// Columns of the table: the made ones are counted from there.
    pub(super) file_columns: usize,
    /// By number; `None`: not made yet.
    pub(super) made: Vec<Option<Made>>,
    /// The rows that the predicate keeps, where a made column needs to know.
    pub(super) kept: Option<(Kept, Reservation)>,
}

/// A column that a row function made.
pub(super) struct Made {
    pub(super) values: OwnedColumn,
    /// Whether it has values for the kept rows alone, side by side.
    pub(super) is_of_kept: bool,
    /// Its memory.
    pub(super) _room: Reservation,
}

impl<'s> Source<'s> {
    /// The rows of `dataset` with `made` columns to come.
    pub(super) fn new(dataset: &'s Dataset<'s>, made: usize) -> Self {
        let file_columns = dataset.schema().fields.len();
        Self { dataset, file_columns, made: (0..made).map(|_| None).collect(), kept: None }
    }

    /// Those of `columns`, which ascend, that the table has.
    pub(super) fn of_file<'c>(&self, columns: &'c [usize]) -> &'c [usize] {
        &columns[..columns.partition_point(|&column| column < self.file_columns)]
    }

    /// As [`Scope::pass_over`] of `columns`, of the table and made ones, ascending.
    pub(super) fn pass_over<S: Send>(
        &self,
        scope: &Scope<'_>,
        columns: &[usize],
        choice: &dyn Choice,
        start: impl Fn() -> Result<S> + Sync,
        step: impl Fn(&mut S, &Chunk<'_>) -> Result<()> + Sync,
    ) -> Result<Vec<S>> {
        if columns.is_empty() {
            // The number of rows is all that counts.
            let mut state = start()?;
            step(&mut state, &Chunk { first_row: 0, row_count: self.rows(), columns: vec![] })?;
            return Ok(vec![state]);
        }
        let file = self.of_file(columns);
        let made = &columns[file.len()..];
        if file.is_empty() {
            let chunk_rows = scope.chunk_rows(columns.len());
            let states = scope.fold(
                self.rows().div_ceil(chunk_rows),
                || None,
                |state: &mut Option<S>, index| {
                    let state = match state {
                        Some(state) => state,
                        none => none.insert(start()?),
                    };
                    self.joined(made, &self.bare(index * chunk_rows, chunk_rows), |chunk| step(state, chunk))
                },
            )?;
            return Ok(states.into_iter().flatten().collect());
        }
        let pass = Pass { dataset: self.dataset, columns: file, layout: Layout::Together };
        scope.pass_over(&pass, choice, start, |state, _, chunk| {
            self.joined(made, chunk, |chunk| step(state, chunk))
        })
    }

    /// As [`Scope::in_order_until`] of `columns`, of the table and made ones, ascending; at least one.
    pub(super) fn in_order_until(
        &self,
        scope: &Scope<'_>,
        columns: &[usize],
        choice: &dyn Choice,
        mut step: impl FnMut(&Chunk<'_>) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        let file = self.of_file(columns);
        let made = &columns[file.len()..];
        if file.is_empty() {
            let chunk_rows = scope.chunk_rows(columns.len());
            for first in (0..self.rows()).step_by(chunk_rows) {
                scope.check()?;
                if self.joined(made, &self.bare(first, chunk_rows), &mut step)?.is_break() {
                    break;
                }
            }
            return Ok(());
        }
        let pass = Pass { dataset: self.dataset, columns: file, layout: Layout::Together };
        scope.in_order_over(&pass, choice, |chunk| self.joined(made, chunk, &mut step))
    }

    /// The values of column `column`, a made one, as one column.
    pub(super) fn whole(&self, column: usize) -> Result<&Made> {
        let made = column.checked_sub(self.file_columns).and_then(|index| self.made.get(index)?.as_ref());
        // Plans settle inner functions before outer ones.
        made.ok_or_else(|| Error::Bug { message: format!("column {column} is used before it is made") })
    }

    fn rows(&self) -> usize {
        usize::try_from(self.dataset.row_count()).unwrap_or(usize::MAX)
    }

    /// Up to `rows` rows from `first` without a column.
    fn bare(&self, first: usize, rows: usize) -> Chunk<'static> {
        Chunk { first_row: first as u64, row_count: rows.min(self.rows() - first), columns: vec![] }
    }

    /// Lends `chunk` with the columns `made` behind its own.
    fn joined<R>(
        &self,
        made: &[usize],
        chunk: &Chunk<'_>,
        body: impl FnOnce(&Chunk<'_>) -> Result<R>,
    ) -> Result<R> {
        if made.is_empty() {
            return body(chunk);
        }
        let first = usize::try_from(chunk.first_row).unwrap_or(usize::MAX);
        let rows = first..first + chunk.row_count;
        let mut columns = chunk.columns.clone();
        let wide: Vec<Wide<'_>> = made
            .iter()
            .map(|&column| {
                let made = self.whole(column)?;
                let values = made.values.lend();
                Ok(match &self.kept {
                    Some((kept, _)) if made.is_of_kept => kept.spread(&made.values, rows.clone()),
                    _ => Wide::Lent(values.slice(rows.clone())),
                })
            })
            .collect::<Result<_>>()?;
        columns.extend(wide.iter().map(Wide::column));
        body(&Chunk { first_row: chunk.first_row, row_count: chunk.row_count, columns })
    }
}

/// A made column for the rows of a chunk.
pub(super) enum Wide<'w> {
    /// As it lies.
    Lent(Column<'w>),
    /// No row is kept: nobody looks at the values.
    Nothing(usize),
    /// Kept rows in their places, anything in the others.
    Spread(OwnedColumn),
}

impl Wide<'_> {
    pub(super) fn column(&self) -> Column<'_> {
        match self {
            Wide::Lent(column) => *column,
            Wide::Nothing(rows) => Column { values: Values::Null(*rows), validity: None },
            Wide::Spread(values) => values.lend(),
        }
    }
}
