//! Arrow IPC files and streams: mapped, and lent without a copy where buffers are neither compressed nor misaligned;
//! compressed ones are decoded batch by batch. All framing, metadata and buffer places are checked when the file is
//! opened, contents (offsets, UTF-8, codes) before they are lent. The arrow-ipc crate gives the flatbuffer types and
//! nothing else: its readers panic and abort on damaged files.
//! Source: apache/arrow, docs/source/format/Columnar.rst.

mod batch;
mod build;
mod check;
mod copied;
mod dictionaries;
mod layout;
mod messages;
mod schema;

use std::ops::Range;
use std::path::Path;

use arrow_ipc::CompressionType;

use self::batch::Cursor;
use self::copied::Copies;
use self::dictionaries::{Cache, Dictionaries};
use self::layout::Parts;
use self::messages::{Messages, Place};
pub(crate) use self::schema::embedded_schema;
use crate::arrow_columns::{self, LendError};
use crate::chunk::Chunk;
use crate::error::Result;
use crate::fault::Fault;
use crate::limits::Limits;
use crate::mapped_file::MappedFile;
use crate::options::OpenOptions;
use crate::pieces;
use crate::schema::{DataType, Field, Schema};
use crate::source::{ColumnFacts, Flow, Layout, ReadRequest, Source, SourceFacts, Unit};

/// An open IPC file or stream.
#[derive(Debug)]
struct IpcFile {
    file: MappedFile,
    messages: Messages,
    /// Positions of the record batches among the messages.
    batches: Vec<usize>,
    /// First row of each record batch, and the end.
    starts: Vec<u64>,
    /// What stands before each column in a batch.
    before: Vec<Parts>,
    schema: Schema,
    dictionaries: Cache,
    copies: Copies,
    limits: Limits,
}

/// Opens a file of this format.
pub(crate) fn open(path: &Path, options: &OpenOptions) -> Result<Box<dyn Source>> {
    let file = MappedFile::open(path)?;
    let messages =
        messages::index(file.bytes(), &options.limits).map_err(|fault| fault.at(path, None, None))?;
    let batches: Vec<usize> =
        (0..messages.places.len()).filter(|&at| messages.places[at].dictionary.is_none()).collect();
    let mut starts = vec![0];
    for place in messages.batches() {
        starts.push(starts[starts.len() - 1] + place.row_count);
    }
    let mut before = vec![Parts::default()];
    for column in &messages.columns {
        let parts = column.node.parts(messages.union_validity);
        before.push(before[before.len() - 1].plus(parts));
    }
    let fields = messages
        .columns
        .iter()
        .map(|column| Field { name: column.name.clone(), data_type: arrow_columns::data_type(&column.arrow) })
        .collect();
    let copies = Copies::of(&file, messages.columns.len());
    Ok(Box::new(IpcFile {
        file,
        messages,
        batches,
        starts,
        before,
        schema: Schema { fields },
        dictionaries: Cache::default(),
        copies,
        limits: options.limits,
    }))
}

impl IpcFile {
    fn place(&self, batch: usize) -> &Place {
        &self.messages.places[self.batches[batch]]
    }

    fn dictionaries(&self, batch: usize, memory_bytes: u64) -> Dictionaries<'_> {
        Dictionaries {
            file: self.file.bytes(),
            places: &self.messages.places,
            before: self.batches[batch],
            cache: &self.dictionaries,
            memory_bytes,
            depth: self.limits.nesting,
        }
    }

    /// A cursor before `column` of `batch`.
    fn cursor(
        &self,
        batch: usize,
        column: usize,
        memory_bytes: u64,
    ) -> std::result::Result<Cursor<'_>, Fault> {
        let mut cursor = Cursor::new(self.file.bytes(), self.place(batch), memory_bytes)?;
        cursor.skip(self.before[column])?;
        Ok(cursor)
    }

    fn compression(&self, batch: usize) -> Option<CompressionType> {
        let cursor = Cursor::new(self.file.bytes(), self.place(batch), 0).ok()?;
        cursor.compression().map(|compression| compression.codec())
    }

    fn name(&self, column: usize) -> Option<&str> {
        Some(&self.schema.fields[column].name)
    }

    /// Lends `rows` (within the batch) of `columns` of one batch.
    fn read_batch(
        &self,
        batch: usize,
        rows: Range<usize>,
        columns: &[usize],
        request: &ReadRequest,
        sink: &mut dyn FnMut(&Chunk<'_>) -> Flow,
    ) -> Result<Flow> {
        let start = self.starts[batch];
        // What is wrong with a batch is told of the whole batch, however units cut it.
        let whole = (start, self.starts[batch + 1]);
        let mut stored = Vec::with_capacity(columns.len());
        let mut memory_left = request.memory_bytes;
        for &column in columns {
            let at = |fault: Fault| fault.at(self.file.path(), self.name(column), Some(whole));
            if let DataType::Unsupported(name) = &self.schema.fields[column].data_type {
                return Err(at(Fault::shown_only(name)));
            }
            let described = &self.messages.columns[column];
            let dictionaries = self.dictionaries(batch, request.memory_bytes);
            let built = self.cursor(batch, column, memory_left).and_then(|mut cursor| {
                let built = build::column(
                    &mut cursor,
                    &described.arrow,
                    &described.node,
                    rows.clone(),
                    &dictionaries,
                )?;
                memory_left = cursor.memory_left();
                Ok(built)
            });
            stored.push(built.map_err(at)?);
        }
        let first = start + rows.start as u64;
        let count = rows.len();
        let lend = |chunk_rows: usize, sink: &mut dyn FnMut(&Chunk<'_>) -> Flow| {
            arrow_columns::lend(&stored, 0..count, first, chunk_rows, sink)
        };
        let lent = match self.copies.begin(columns, count as u64) {
            Some(copied) => {
                let chunk_rows = Copies::chunk_rows(&copied, request.chunk_rows);
                self.copies.read(&self.file, &copied, sink, |sink| lend(chunk_rows, sink))?
            }
            None => lend(request.chunk_rows, sink),
        };
        lent.map_err(|LendError { column, row, reason }| {
            let rows = row.map_or(whole, |row| (first + row, first + row + 1));
            Fault::Malformed(reason).at(self.file.path(), self.name(columns[column]), Some(rows))
        })
    }
}

impl Source for IpcFile {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn row_count(&self) -> u64 {
        self.starts[self.starts.len() - 1]
    }

    fn units(&self, columns: &[usize], layout: Layout, unit_rows: u64) -> Vec<Unit> {
        // Not where every part of a batch would decompress all of it.
        let is_divisible = |batch| self.compression(batch).is_none();
        pieces::units(&self.starts, columns, layout, unit_rows, is_divisible)
    }

    fn read(
        &self,
        unit: &Unit,
        request: &ReadRequest,
        sink: &mut dyn FnMut(&Chunk<'_>) -> Flow,
    ) -> Result<()> {
        for (batch, rows) in pieces::of_unit(&self.starts, unit) {
            if self.read_batch(batch, rows, &unit.columns, request, sink)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn read_twice(&self, columns: &[usize]) {
        columns.iter().for_each(|&column| self.copies.allow(column, 2 * self.row_count()));
    }

    fn null_count(&self, column: usize, memory_bytes: u64) -> Result<Option<u64>> {
        let node = &self.messages.columns[column].node;
        let mut nulls = 0;
        for batch in 0..self.batches.len() {
            let dictionaries = self.dictionaries(batch, memory_bytes);
            let counted = self.cursor(batch, column, memory_bytes).and_then(|mut cursor| {
                let counts = check::column(&mut cursor, node, &dictionaries, self.messages.union_validity)?;
                if (counts.len as u64) < self.place(batch).row_count {
                    return Err(Fault::malformed("it is shorter than its batch; the file is damaged"));
                }
                Ok(counts.nulls)
            });
            let rows = Some((self.starts[batch], self.starts[batch + 1]));
            nulls += counted.map_err(|fault| fault.at(self.file.path(), self.name(column), rows))? as u64;
        }
        Ok(Some(nulls))
    }

    fn facts(&self) -> SourceFacts {
        let codecs: Vec<Option<CompressionType>> =
            (0..self.batches.len()).map(|batch| self.compression(batch)).collect();
        let codec = match codecs.iter().flatten().next() {
            Some(&CompressionType::LZ4_FRAME) => Some("lz4"),
            Some(&CompressionType::ZSTD) => Some("zstd"),
            Some(_) => Some("compressed"),
            None => None,
        };
        let columns = self.messages.columns.iter().enumerate().map(|(column, described)| {
            let nulls = (0..self.batches.len()).try_fold(0u64, |nulls, batch| {
                let cursor = self.cursor(batch, column, 0).ok()?;
                Some(nulls + cursor.peek_node().ok()?.nulls as u64)
            });
            // A dictionary's or a run's values may be null as well, and null columns count by their length.
            let by_node = !matches!(
                described.node.layout,
                layout::Layout::Null | layout::Layout::Runs | layout::Layout::Union { .. }
            ) && described.node.dictionary.is_none();
            let mut encoding = vec![arrow_columns::storage_name(&described.arrow)];
            encoding.extend(codec.map(String::from));
            ColumnFacts {
                held: false,
                mapped: codec.is_none() && arrow_columns::is_lent_in_place(&described.arrow),
                encoding: encoding.join(", "),
                null_count: nulls.filter(|_| by_node),
            }
        });
        SourceFacts {
            format: if self.messages.stream { "Arrow IPC stream" } else { "Arrow IPC file" }.into(),
            file_bytes: self.file.bytes().len() as u64,
            parts: self.batches.len(),
            notes: Vec::new(),
            columns: columns.collect(),
        }
    }

    fn verify_unchanged(&self) -> Result<()> {
        self.file.verify_unchanged()
    }

    fn path(&self) -> &Path {
        self.file.path()
    }
}
