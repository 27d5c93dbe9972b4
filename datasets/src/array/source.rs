//! Columns of arrays as a [`Source`].

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::copied::Copying;
use super::decode::{Elements, Scratch};
use super::element::Stored;
use super::strided::Strided;
use super::table::{ArrayColumn, Table};
use crate::chunk::{Chunk, Column};
use crate::error::{Error, Result};
use crate::mapped_file::MappedFile;
use crate::schema::{Field, Schema};
use crate::source::{ColumnFacts, Flow, Layout, ReadRequest, Source, SourceFacts, Unit};

/// Bytes that one chunk decodes into, all columns together: half of a usual second-level cache.
const SCRATCH_BYTES: usize = 512 << 10;
/// Rows that a chunk has however wide the table is, so that the work per chunk stays small beside the rows.
const ROWS_MIN: usize = 512;

/// Where arrays come from.
#[derive(Debug)]
pub(crate) struct SourceOrigin {
    /// The file, or a name for memory.
    pub(crate) path: PathBuf,
    /// `npy 1.0`, `npz`, `raw`, `memory`.
    pub(crate) format: String,
    /// The map, where there is one.
    pub(crate) file: Option<Arc<MappedFile>>,
}

/// Columns of arrays of one length.
#[derive(Debug)]
pub(crate) struct ArraySource<'a> {
    origin: SourceOrigin,
    schema: Schema,
    columns: Vec<ArrayColumn<'a>>,
    /// One for each column.
    copying: Vec<Copying>,
    row_count: usize,
    notes: Vec<String>,
}

/// A column while some of its rows are read.
struct Reading<'s, 'a> {
    column: &'s ArrayColumn<'a>,
    /// All of the column's array.
    bytes: &'s [u8],
    /// Where rows are copied first: what a copy lies in, and how it is read.
    copy: Option<(Vec<u64>, Elements)>,
    scratch: Scratch,
}

impl Reading<'_, '_> {
    /// The elements, the bytes they are in, and the row that is the first there.
    fn place(&self, first: usize) -> (&Elements, &[u8], usize) {
        match &self.copy {
            Some((copied, elements)) => (elements, bytemuck::cast_slice(copied), first),
            None => (&self.column.elements, self.bytes, 0),
        }
    }

    /// Prepares rows `first..first + count`; a fault tells its row.
    fn fill(&mut self, first: usize, count: usize) -> std::result::Result<(), (usize, String)> {
        let mut scratch = std::mem::take(&mut self.scratch);
        let (elements, bytes, base) = self.place(first);
        let filled = elements.fill(bytes, first - base, count, &mut scratch);
        self.scratch = scratch;
        filled.map_err(|fault| (base + fault.row, fault.reason))
    }

    /// What `fill` prepared.
    fn lend(&self, first: usize, count: usize) -> Column<'_> {
        let (elements, bytes, base) = self.place(first);
        elements.lend(bytes, first - base, count, &self.scratch)
    }
}

impl<'a> ArraySource<'a> {
    /// The columns of `table`, which came from `origin`.
    pub(crate) fn new(origin: SourceOrigin, table: Table<'a>) -> Self {
        let fields = table.columns.iter().map(|column| Field {
            name: column.name.clone(),
            data_type: column.elements.element.data_type.clone(),
        });
        let schema = Schema { fields: fields.collect() };
        let copying =
            table.columns.iter().map(|column| Copying::of(column, origin.file.as_deref())).collect();
        let Table { columns, row_count, notes } = table;
        Self { origin, schema, columns, copying, row_count, notes }
    }

    /// Rows that a chunk may have: all that fit the scratch, and as many as asked for where nothing is decoded.
    fn chunk_rows(&self, reading: &[Reading<'_, 'a>], request: &ReadRequest) -> usize {
        let row_bytes = |reading: &Reading<'_, 'a>| {
            let Reading { column, bytes, copy, .. } = reading;
            let elements = &column.elements;
            let copied = copy.as_ref().map_or(0, |_| elements.element.item_bytes);
            let is_lent = copied > 0 || elements.is_in_place(bytes);
            copied + if is_lent { 0 } else { elements.element.decoded_bytes() }
        };
        let row_bytes: usize = reading.iter().map(row_bytes).sum();
        let fitting = |bytes: usize| bytes.checked_div(row_bytes).unwrap_or(usize::MAX);
        let budget = fitting(usize::try_from(request.memory_bytes).unwrap_or(usize::MAX));
        fitting(SCRATCH_BYTES).max(ROWS_MIN).min(budget).min(request.chunk_rows).max(1)
    }

    /// Copies rows `first..first + count` of those of `reading` that are read by copying.
    fn copy(
        &self,
        columns: &[usize],
        reading: &mut [Reading<'_, 'a>],
        first: usize,
        count: usize,
    ) -> Result<()> {
        let Some(file) = self.origin.file.as_deref() else { return Ok(()) };
        for (&index, reading) in columns.iter().zip(reading) {
            if let Some((buffer, elements)) = &mut reading.copy {
                let width = elements.element.item_bytes;
                self.copying[index].fill(file, first..first + count, width, buffer)?;
                elements.strided = Strided::run(count, width);
            }
        }
        Ok(())
    }

    /// Lends the rows of `unit`, as many at a time as `chunk_rows`.
    fn read_chunks(
        &self,
        unit: &Unit,
        chunk_rows: usize,
        reading: &mut [Reading<'_, 'a>],
        sink: &mut dyn FnMut(&Chunk<'_>) -> Flow,
    ) -> Result<()> {
        let (mut first, end) = (unit.rows.start as usize, unit.rows.end as usize);
        while first < end {
            let mut count = chunk_rows.min(end - first);
            self.copy(&unit.columns, reading, first, count)?;
            // The lowest wrong row counts, then the first column; the rows before it are lent, so that what a
            // receiver finds wrong in them comes first.
            let mut fault: Option<(usize, String, &str)> = None;
            for reading in reading.iter_mut() {
                if let Err((row, reason)) = reading.fill(first, count)
                    && fault.as_ref().is_none_or(|(lowest, ..)| row < *lowest)
                {
                    fault = Some((row, reason, &reading.column.name));
                }
            }
            if let Some((row, ..)) = &fault {
                count = row - first;
                for reading in reading.iter_mut() {
                    // Nothing is wrong before the lowest wrong row.
                    let _ = reading.fill(first, count);
                }
            }
            let columns: Vec<Column<'_>> = reading.iter().map(|reading| reading.lend(first, count)).collect();
            let flow = if count == 0 {
                Flow::Continue(())
            } else {
                sink(&Chunk { first_row: first as u64, row_count: count, columns })
            };
            if flow.is_break() {
                return Ok(());
            }
            if let Some((row, reason, column)) = fault {
                return Err(Error::Malformed {
                    path: self.origin.path.clone(),
                    column: Some(column.into()),
                    rows: Some((row as u64, row as u64 + 1)),
                    reason,
                });
            }
            first += count;
        }
        Ok(())
    }

    fn check_readable(&self, column: &ArrayColumn<'a>) -> Result<()> {
        if column.elements.element.stored != Stored::Unreadable {
            return Ok(());
        }
        Err(Error::Unsupported {
            path: self.origin.path.clone(),
            column: Some(column.name.clone()),
            reason: format!("type {} is not computed with", column.elements.element.data_type),
        })
    }
}

impl Source for ArraySource<'_> {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn row_count(&self) -> u64 {
        self.row_count as u64
    }

    fn units(&self, columns: &[usize], layout: Layout, unit_rows: u64) -> Vec<Unit> {
        let groups: Vec<Vec<usize>> = match layout {
            Layout::Together => vec![columns.to_vec()],
            Layout::Apart => {
                // Columns that lie between one another share cache lines, so that one pass reads them all; the
                // others are read each by itself.
                let is_interleaved = |&&index: &&usize| {
                    let elements = &self.columns[index].elements;
                    !elements.strided.is_contiguous(elements.element.item_bytes)
                };
                let interleaved: Vec<usize> = columns.iter().filter(is_interleaved).copied().collect();
                let alone = columns.iter().filter(|index| !is_interleaved(index)).map(|&index| vec![index]);
                alone.chain((!interleaved.is_empty()).then_some(interleaved.clone())).collect()
            }
        };
        let step = unit_rows.max(1);
        let mut units = Vec::new();
        let mut start = 0;
        while start < self.row_count() {
            let end = self.row_count().min(start.saturating_add(step));
            units.extend(groups.iter().map(|columns| Unit {
                source: 0,
                part: 0,
                rows: start..end,
                columns: columns.clone(),
            }));
            start = end;
        }
        units
    }

    fn read(
        &self,
        unit: &Unit,
        request: &ReadRequest,
        sink: &mut dyn FnMut(&Chunk<'_>) -> Flow,
    ) -> Result<()> {
        let mut reading = Vec::with_capacity(unit.columns.len());
        for &index in &unit.columns {
            let column = &self.columns[index];
            self.check_readable(column)?;
            let element = &column.elements.element;
            let unit_bytes = (unit.rows.end - unit.rows.start).saturating_mul(element.item_bytes as u64);
            let copy = self.copying[index].begin(unit_bytes).map(|buffer| {
                let strided = Strided::run(0, element.item_bytes);
                (buffer, Elements { element: element.clone(), strided })
            });
            reading.push(Reading {
                column,
                bytes: column.storage.bytes()?,
                copy,
                scratch: Scratch::default(),
            });
        }
        let chunk_rows = self.chunk_rows(&reading, request);
        let done = self.read_chunks(unit, chunk_rows, &mut reading, sink);
        for (&index, reading) in unit.columns.iter().zip(reading) {
            if let Some((buffer, _)) = reading.copy {
                self.copying[index].end(buffer);
            }
        }
        done
    }

    fn read_once(&self, columns: &[usize]) {
        columns.iter().for_each(|&index| self.copying[index].allow());
    }

    /// Arrays have no nulls but NaT, and that is of types which are computed with.
    fn null_count(&self, _column: usize, _memory_bytes: u64) -> Result<Option<u64>> {
        Ok(Some(0))
    }

    fn facts(&self) -> SourceFacts {
        let columns = self.columns.iter().map(|column| {
            let elements = &column.elements;
            let mapped = column.storage.present().is_some_and(|bytes| elements.is_in_place(bytes));
            let mut encoding = vec![if elements.element.big_endian { "big-endian" } else { "little-endian" }];
            if elements.element.item_bytes == 1 {
                encoding.clear();
            }
            let is_contiguous = elements.strided.is_contiguous(elements.element.item_bytes);
            if !is_contiguous {
                encoding.push("strided");
            } else if !mapped && !elements.element.is_swapped() && column.storage.present().is_some() {
                encoding.push("converted");
            }
            if column.storage.present().is_none() {
                encoding.push("deflated");
            }
            ColumnFacts { mapped, held: false, encoding: encoding.join(", "), null_count: None }
        });
        let memory: usize = self.columns.iter().map(|column| column.storage.len()).max().unwrap_or(0);
        SourceFacts {
            format: self.origin.format.clone(),
            file_bytes: self.origin.file.as_ref().map_or(memory as u64, |file| file.bytes().len() as u64),
            parts: 1,
            notes: self.notes.clone(),
            columns: columns.collect(),
        }
    }

    fn verify_unchanged(&self) -> Result<()> {
        self.origin.file.as_ref().map_or(Ok(()), |file| file.verify_unchanged())
    }

    fn path(&self) -> &Path {
        &self.origin.path
    }
}
