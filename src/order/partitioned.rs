//! Tables of numbers in order, by moving rows and not by looking them up.
//!
//! A gather by a sorted index reads a line of memory for each value. Here all columns are first written to parts by the
//! range of the first key, which moves whole lines, and each part is sorted where it stays in a core's second-level cache
//! (a sample sort with one level: Frazer and McKellar, "Samplesort", JACM 17, 1970; the order of writes is that of Manegold,
//! Boncz and Nes, "Cache-conscious radix-decluster projections", VLDB 2004).
//!
//! ```text
//! span and sample of the first key -> ranges -> count rows by unit and part -> write -> sort each part by all keys
//! ```

use std::sync::{Mutex, PoisonError};

use arrcalc_datasets::{Chunk, Field, Values};
use arrcalc_kernels::order::{Coder, Orderable, Span, append_codes, span};

use super::argsort::argsort_into;
use super::key::SortKey;
use super::moved::{Moved, Part, Scatter, room, width_bytes};
use super::pieces::for_each;
use super::table::TableKey;
use super::with_numbers::with_numbers;
use crate::Scope;
use crate::answer::{OwnedColumn, Table};
use crate::error::Result;

/// Fewer rows are sorted by a gather, which then stays in cache.
pub(crate) const ROWS_MIN: usize = 1 << 17;

/// Rows of a part: words to sort and a column to permute stay in a second-level cache.
const PART_ROWS: usize = 40_000;

/// Most parts: as many lines are written to in turns.
const PARTS_MAX: usize = 1024;

/// Cells that the span of the sample is divided into; parts are made of whole cells.
const CELLS: usize = 1 << 16;

/// Values of a unit that the sample takes.
const SAMPLE: usize = 4096;

/// Rows whose parts are found at once, and whose columns are then written one by one.
const BLOCK_ROWS: usize = 8192;

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
    let widths = fields.iter().map(|field| width_bytes(&field.data_type)).sum::<u64>();
    let _columns = scope.budget().reserve("the sorted table", widths * rows as u64)?;
    if fields.iter().any(|field| width_bytes(&field.data_type) == 0) {
        return Ok(None);
    }
    let Some(ranges) = Ranges::find(scope, units, first, rows)? else { return Ok(None) };
    let rooms = fields.iter().map(|field| room(scope, &field.data_type, rows));
    let Some(mut columns) = rooms.collect::<Result<Option<Vec<Box<dyn Moved>>>>>()? else { return Ok(None) };

    let counts: Vec<Mutex<Vec<usize>>> =
        units.unit_rows().iter().map(|_| Mutex::new(vec![0; ranges.parts])).collect();
    units.visit(scope, &[first.column], &|unit, chunk| {
        let mut counts = counts[unit].lock().unwrap_or_else(PoisonError::into_inner);
        ranges.each(scope, &chunk.columns[0].values, &mut |_, parts| {
            parts.iter().for_each(|&part| counts[usize::from(part)] += 1);
        });
        Ok(())
    })?;
    let counts: Vec<Vec<usize>> = counts
        .into_iter()
        .map(|counts| counts.into_inner().unwrap_or_else(PoisonError::into_inner))
        .collect();

    let every: Vec<usize> = (0..columns.len()).collect();
    let targets: Vec<Box<dyn Scatter + '_>> =
        columns.iter_mut().map(|column| column.targets(&counts)).collect();
    units.visit(scope, &every, &|unit, chunk| {
        ranges.each(scope, &chunk.columns[first.column].values, &mut |start, parts| {
            for (target, column) in targets.iter().zip(&chunk.columns) {
                target.scatter(unit, &column.values.slice(start..start + parts.len()), parts);
            }
        });
        Ok(())
    })?;
    drop(targets);

    let sizes: Vec<usize> =
        (0..ranges.parts).map(|part| counts.iter().map(|counts| counts[part]).sum()).collect();
    let mut parts: Vec<Vec<Box<dyn Part + '_>>> = sizes.iter().map(|_| Vec::new()).collect();
    for column in &mut columns {
        parts.iter_mut().zip(column.parts(&sizes)).for_each(|(part, column)| part.push(column));
    }
    // Large parts first, so that threads end at about the same time.
    parts.sort_by_key(|part| std::cmp::Reverse(part.first().map_or(0, |column| column.lend().values.len())));
    for done in for_each(scope, parts, |part| sort_part(scope, part, keys))? {
        done?;
    }
    let columns: Vec<OwnedColumn> = columns.into_iter().map(|column| column.finish()).collect();
    Ok(Some(Table::from_columns(fields.to_vec(), columns)))
}

/// Puts the rows of one part in order.
fn sort_part(scope: &Scope<'_>, mut part: Vec<Box<dyn Part + '_>>, keys: &[TableKey]) -> Result<()> {
    let rows = part.first().map_or(0, |column| column.lend().values.len());
    let mut order = vec![0; rows];
    let sort_keys: Vec<SortKey<'_>> = (keys.iter())
        .map(|key| SortKey {
            column: part[key.column].lend(),
            descending: key.descending,
            nulls_first: key.nulls_first,
        })
        .collect();
    argsort_into(scope, &sort_keys, &mut order)?;
    drop(sort_keys);
    if !order.iter().copied().eq(0..rows as u64) {
        part.iter_mut().for_each(|column| column.permute(&order));
    }
    Ok(())
}

/// Ranges of the first key, of about as many rows each.
struct Ranges {
    coder: Coder,
    /// The code at which cells begin, and how wide they are: `2^shift`.
    lowest: u64,
    shift: u32,
    /// The part of each cell.
    part: Vec<u16>,
    parts: usize,
}

impl Ranges {
    /// From the span of the key and a sample; `None` where a column has nulls or the key is no number.
    fn find(scope: &Scope<'_>, units: &dyn Units, key: &TableKey, rows: usize) -> Result<Option<Self>> {
        let every: Vec<usize> = (0..units.fields().len()).collect();
        let seen = Mutex::new((Span::EMPTY, Vec::new(), true));
        units.visit(scope, &every, &|unit, chunk| {
            let values = &chunk.columns[key.column].values;
            let is_whole = chunk.columns.iter().all(|column| {
                column.validity.is_none_or(|bits| bits.count_ones() == bits.len())
                    && !matches!(column.values, Values::Null(_))
            });
            let step = (units.unit_rows()[unit] / SAMPLE).max(1);
            let (own, sample) = with_numbers!(*values, values => {
                let sample: Vec<u64> = values.iter().step_by(step).map(|value| value.ordered()).collect();
                (span(scope.level(), values, None), sample)
            }, return none(&seen));
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.0 = seen.0.merge(own);
            seen.1.extend(sample);
            seen.2 &= is_whole;
            Ok(())
        })?;
        let (span, mut sample, is_whole) = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        if !is_whole || sample.is_empty() {
            return Ok(None);
        }
        let coder = Coder::new(span, key.descending);
        sample.iter_mut().for_each(|code| *code = coder.code(*code));
        sample.sort_unstable();
        let (lowest, highest) = (sample[0], sample[sample.len() - 1]);
        let shift = (64 - (highest - lowest).leading_zeros()).saturating_sub(CELLS.ilog2());
        let parts = rows.div_ceil(PART_ROWS).clamp(1, PARTS_MAX);
        let mut ranges = Self { coder, lowest, shift, part: vec![0; CELLS], parts };
        let mut below = vec![0u64; CELLS];
        sample.iter().for_each(|&code| below[ranges.cell(code)] += 1);
        let mut sum = 0;
        for (part, count) in ranges.part.iter_mut().zip(below) {
            let middle = (2 * sum + count) * parts as u64 / (2 * sample.len() as u64);
            *part = middle.min(parts as u64 - 1) as u16;
            sum += count;
        }
        Ok(Some(ranges))
    }

    fn cell(&self, code: u64) -> usize {
        (code.saturating_sub(self.lowest) >> self.shift).min(CELLS as u64 - 1) as usize
    }

    /// Calls `take` with the parts of some values at a time, and where they start.
    fn each(&self, scope: &Scope<'_>, values: &Values<'_>, take: &mut dyn FnMut(usize, &[u16])) {
        let rows = values.len();
        let mut codes = vec![0; rows.min(BLOCK_ROWS)];
        let mut parts = vec![0; rows.min(BLOCK_ROWS)];
        for start in (0..rows).step_by(BLOCK_ROWS) {
            let end = rows.min(start + BLOCK_ROWS);
            let codes = &mut codes[..end - start];
            with_numbers!(*values, values => {
                append_codes(scope.level(), &values[start..end], None, self.coder, (0, 0), codes);
            }, return);
            for (part, code) in parts.iter_mut().zip(codes.iter_mut()) {
                *part = self.part[self.cell(*code)];
                *code = 0;
            }
            take(start, &parts[..end - start]);
        }
    }
}

/// Notes that the key is no number.
fn none(seen: &Mutex<(Span, Vec<u64>, bool)>) -> Result<()> {
    seen.lock().unwrap_or_else(PoisonError::into_inner).2 = false;
    Ok(())
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
