//! Tables of numbers in order, by moving rows and not by looking them up.
//!
//! A gather by a sorted index reads a line of memory for each value. Here each column is first written to parts by the
//! range of the first key, which moves whole lines, and each part is sorted where it stays in a core's second-level cache
//! (a sample sort with one level: Frazer and McKellar, "Samplesort", JACM 17, 1970; the order of writes is that of Manegold,
//! Boncz and Nes, "Cache-conscious radix-decluster projections", VLDB 2004).
//!
//! ```text
//! span and sample of the first key -> ranges -> part of each row, rows by unit and part -> write -> sort each part
//! ```
//! Columns are written one after the other: the lines that one of them is writing to fit the second-level cache, those of
//! all do not.

use std::sync::{Mutex, PoisonError};

use arrcalc_datasets::{Chunk, Field, Scratch};

use super::moved::{Moved, Part, room, width_bytes};
use super::part::{PartSort, sort_together};
use super::pieces::each_with;
use super::ranges::Ranges;
use super::table::TableKey;
use crate::Scope;
use crate::answer::{OwnedColumn, Table};
use crate::error::Result;

/// Fewer rows are sorted by a gather, which then stays in cache.
pub(crate) const ROWS_MIN: usize = 1 << 17;

/// What the memory is for, in messages.
const WHAT: &str = "the sorted table";

/// Rows that are visited several times, in units that threads take.
pub(crate) trait Units: Sync {
    /// Names and types of the columns.
    fn fields(&self) -> &[Field];

    /// Rows of each unit, in order.
    fn unit_rows(&self) -> &[usize];

    /// Lends the rows of `columns`, those of each unit in order and by one thread.
    fn visit(&self, scope: &Scope<'_>, columns: &[usize], look: &Look<'_>) -> Result<()>;
}

/// What is called with the number of a unit and some of its rows.
pub(crate) type Look<'l> = dyn Fn(usize, &Chunk<'_>) -> Result<()> + Sync + 'l;

/// The rows of `units` in the order of `keys`; `None` where not all columns are numbers without nulls.
pub(crate) fn sorted(scope: &Scope<'_>, units: &dyn Units, keys: &[TableKey]) -> Result<Option<Table>> {
    let rows: usize = units.unit_rows().iter().sum();
    let fields = units.fields();
    let Some(first) = keys.first() else { return Ok(None) };
    let widths = fields.iter().map(|field| width_bytes(&field.data_type));
    if widths.clone().any(|bytes| bytes == 0) {
        return Ok(None);
    }
    let part_bytes = size_of::<u16>() as u64;
    let _columns = scope.budget().reserve(WHAT, (widths.sum::<u64>() + part_bytes) * rows as u64)?;
    let Some(ranges) = Ranges::find(scope, units, first, rows)? else { return Ok(None) };
    let rooms = fields.iter().map(|field| room(scope, &field.data_type, rows));
    let Some(mut columns) = rooms.collect::<Result<Option<Vec<Box<dyn Moved>>>>>()? else { return Ok(None) };

    let Some(mut block) = Scratch::any(rows * size_of::<u16>()) else { return Ok(None) };
    let counts = tell(scope, units, (first.column, &ranges), block.slice_mut(rows))?;
    let parts: &[u16] = block.slice(rows);
    for (index, column) in columns.iter_mut().enumerate() {
        let targets = column.targets(&counts);
        units.visit(scope, &[index], &|unit, chunk| {
            let start = chunk.first_row as usize;
            targets.scatter(unit, &chunk.columns[0].values, &parts[start..start + chunk.row_count]);
            Ok(())
        })?;
    }
    drop(block);

    let sizes: Vec<usize> =
        (0..ranges.parts).map(|part| counts.iter().map(|counts| counts[part]).sum()).collect();
    sort_parts(scope, &mut columns, &sizes, keys)?;
    let columns: Vec<OwnedColumn> = columns.into_iter().map(|column| column.finish()).collect();
    Ok(Some(Table::from_columns(fields.to_vec(), columns)))
}

/// The part of each row, by `ranges` of a column; answers how many rows of each unit there are in each part.
fn tell(
    scope: &Scope<'_>,
    units: &dyn Units,
    (column, ranges): (usize, &Ranges),
    mut parts: &mut [u16],
) -> Result<Vec<Vec<usize>>> {
    let mut told = Vec::with_capacity(units.unit_rows().len());
    for &rows in units.unit_rows() {
        let (own, after) = parts.split_at_mut(rows);
        told.push(Mutex::new((own, vec![0; ranges.parts])));
        parts = after;
    }
    units.visit(scope, &[column], &|unit, chunk| {
        let mut told = told[unit].lock().unwrap_or_else(PoisonError::into_inner);
        let (parts, counts) = &mut *told;
        let (now, after) = std::mem::take(parts).split_at_mut(chunk.row_count);
        ranges.tell(scope, &chunk.columns[0].values, now, counts);
        *parts = after;
        Ok(())
    })?;
    Ok(told.into_iter().map(|told| told.into_inner().unwrap_or_else(PoisonError::into_inner).1).collect())
}

/// Puts the rows of each part in order.
fn sort_parts(
    scope: &Scope<'_>,
    columns: &mut [Box<dyn Moved>],
    sizes: &[usize],
    keys: &[TableKey],
) -> Result<()> {
    let mut parts: Vec<Vec<Box<dyn Part + '_>>> = sizes.iter().map(|_| Vec::new()).collect();
    for column in columns {
        parts.iter_mut().zip(column.parts(sizes)).for_each(|(part, column)| part.push(column));
    }
    let rows = |part: &Vec<Box<dyn Part + '_>>| part.first().map_or(0, |column| column.lend().values.len());
    // Large parts first, so that threads end at about the same time.
    parts.sort_by_key(|part| std::cmp::Reverse(rows(part)));
    let few = parts.split_off(parts.partition_point(|part| rows(part) >= PartSort::LARGE_ROWS));
    for part in parts {
        sort_together(scope, part, keys)?;
    }
    each_with(scope, few, PartSort::default, |sort, _, part| sort.sort(scope, part, keys))
}

/// A table in units of its own.
pub(crate) struct TableUnits<'t> {
    table: &'t Table,
    rows: Vec<usize>,
}

/// Rows of a unit of a table.
const UNIT_ROWS: usize = 1 << 19;

impl<'t> TableUnits<'t> {
    pub(crate) fn new(table: &'t Table) -> Self {
        let rows = table.row_count();
        let rows = (0..rows).step_by(UNIT_ROWS).map(|start| UNIT_ROWS.min(rows - start)).collect();
        Self { table, rows }
    }
}

impl Units for TableUnits<'_> {
    fn fields(&self) -> &[Field] {
        self.table.fields()
    }

    fn unit_rows(&self) -> &[usize] {
        &self.rows
    }

    fn visit(&self, scope: &Scope<'_>, columns: &[usize], look: &Look<'_>) -> Result<()> {
        let visit = |(): &mut (), unit: usize| {
            let start = unit * UNIT_ROWS;
            let chunk = self.table.lend_rows(start..start + self.rows[unit]);
            let columns = columns.iter().map(|&column| chunk.columns[column]).collect();
            look(unit, &Chunk { columns, ..chunk })
        };
        scope.fold(self.rows.len(), || (), visit)?;
        Ok(())
    }
}
