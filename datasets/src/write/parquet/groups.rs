//! Row groups, encoded by whoever has the rows: a group's bytes depend on its rows alone, so threads may encode several
//! at once and the writer put them one after the other.

use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};
use parquet::errors::ParquetError;

use super::parquet_error;
use crate::chunk::{Chunk, Column, Values};
use crate::error::Result;
use crate::write::record_batch::{BatchBuilder, Refused};
use crate::write::{Part, PartEncoder, value_not_written};

/// Rows of a row group.
pub(super) const GROUP_ROWS: usize = 1 << 20;
/// Rows handed to the encoder at a time, unless their values are many bytes. The encoder ends pages by what it has
/// been handed: batches are cut where the rows say, never where a chunk ends.
const BATCH_ROWS: usize = 1 << 16;
/// Rows between two looks at the bytes of a batch.
const PART_ROWS: usize = 1 << 12;
/// Bytes handed to the encoder at the most.
const BATCH_BYTES: usize = 32 << 20;
/// Encoded bytes at which a row group ends early: what an encoder holds.
const GROUP_BYTES: usize = 64 << 20;

/// The column chunks of an encoded row group.
#[derive(Debug)]
pub(in crate::write) struct RowGroup(pub(super) Vec<ArrowColumnChunk>);

impl RowGroup {
    pub(in crate::write) fn byte_count(&self) -> usize {
        self.0.iter().map(|chunk| chunk.close().bytes_written as usize).sum()
    }
}

/// Encodes rows into row groups.
pub(super) struct GroupEncoder {
    factory: Arc<ArrowRowGroupWriterFactory>,
    schema: SchemaRef,
    builder: BatchBuilder,
    /// Of the group that is begun; none where none is.
    writers: Vec<ArrowColumnWriter>,
    /// Rows of that group, those of the builder aside.
    rows: usize,
    /// Name, and whether seconds become milliseconds.
    columns: Arc<[(String, bool)]>,
    path: PathBuf,
}

impl GroupEncoder {
    pub(super) fn new(
        factory: Arc<ArrowRowGroupWriterFactory>,
        schema: SchemaRef,
        columns: Arc<[(String, bool)]>,
        path: PathBuf,
    ) -> Self {
        let builder = BatchBuilder::new(SchemaRef::clone(&schema));
        Self { factory, schema, builder, writers: Vec::new(), rows: 0, columns, path }
    }

    /// An encoder like this one, without rows.
    pub(super) fn fresh(&self) -> Self {
        let factory = Arc::clone(&self.factory);
        Self::new(factory, SchemaRef::clone(&self.schema), Arc::clone(&self.columns), self.path.clone())
    }

    /// Takes the rows of `chunk` and hands over each row group that they fill.
    pub(super) fn push(
        &mut self,
        chunk: &Chunk<'_>,
        take: &mut dyn FnMut(RowGroup) -> Result<()>,
    ) -> Result<()> {
        let mut start = 0;
        while start < chunk.row_count {
            let end = chunk.row_count.min(start + PART_ROWS - self.builder.rows() % PART_ROWS);
            let columns: Vec<_> = chunk.columns.iter().map(|column| column.slice(start..end)).collect();
            self.gather(&columns, end - start)?;
            start = end;
            let rows = self.builder.rows();
            let is_full = rows >= BATCH_ROWS.min(GROUP_ROWS - self.rows);
            if is_full || rows.is_multiple_of(PART_ROWS) && self.builder.bytes() >= BATCH_BYTES {
                self.encode()?;
                if self.rows >= GROUP_ROWS || self.memory() >= GROUP_BYTES {
                    self.end().transpose().into_iter().try_for_each(|group| take(group?))?;
                }
            }
        }
        Ok(())
    }

    /// Ends the row group that is begun, if one is.
    pub(super) fn end(&mut self) -> Result<Option<RowGroup>> {
        self.encode()?;
        if self.rows == 0 {
            return Ok(None);
        }
        self.rows = 0;
        let chunks =
            self.writers.drain(..).map(ArrowColumnWriter::close).collect::<std::result::Result<_, _>>();
        chunks.map(|chunks| Some(RowGroup(chunks))).map_err(|error| parquet_error(&self.path, error))
    }

    /// Bytes that the begun group's encoders hold.
    fn memory(&self) -> usize {
        self.writers.iter().map(ArrowColumnWriter::memory_size).sum()
    }

    /// Encodes the gathered rows.
    fn encode(&mut self) -> Result<()> {
        if self.builder.rows() == 0 {
            return Ok(());
        }
        let fail = |error| parquet_error(&self.path, error);
        let batch = self.builder.take().map_err(|reason| fail(ParquetError::General(reason)))?;
        if self.rows == 0 {
            self.writers = self.factory.create_column_writers(0).map_err(fail)?;
        }
        self.rows += batch.num_rows();
        write(&mut self.writers, &self.schema, &batch).map_err(fail)
    }

    /// Appends rows to the batch, seconds as milliseconds.
    fn gather(&mut self, columns: &[Column<'_>], rows: usize) -> Result<()> {
        let mut milliseconds = Vec::new();
        for (column, (name, is_seconds)) in columns.iter().zip(self.columns.iter()) {
            let mut scaled = Vec::new();
            if let (true, Values::Int64(seconds)) = (is_seconds, column.values) {
                for (row, &value) in seconds.iter().enumerate() {
                    let is_null = column.validity.is_some_and(|bits| !bits.get(row));
                    let value = if is_null { Some(0) } else { value.checked_mul(1_000) };
                    scaled.push(value.ok_or_else(|| {
                        let reason =
                            format!("{} s do not fit milliseconds, Parquet's coarsest unit", seconds[row]);
                        value_not_written(&self.path, name, reason)
                    })?);
                }
            }
            milliseconds.push(scaled);
        }
        let scaled = columns.iter().zip(&milliseconds).zip(self.columns.iter()).map(
            |((column, scaled), (_, is_seconds))| {
                if *is_seconds { Column { values: Values::Int64(scaled), ..*column } } else { *column }
            },
        );
        self.builder.push(&scaled.collect::<Vec<_>>(), rows).map_err(|Refused { column, reason }| {
            value_not_written(&self.path, &self.columns[column].0, reason)
        })
    }
}

/// Hands each column of `batch` to its encoders.
fn write(
    writers: &mut [ArrowColumnWriter],
    schema: &SchemaRef,
    batch: &RecordBatch,
) -> std::result::Result<(), ParquetError> {
    let mut writers = writers.iter_mut();
    for (field, array) in schema.fields().iter().zip(batch.columns()) {
        for (leaf, writer) in compute_leaves(field, array)?.iter().zip(&mut writers) {
            writer.write(leaf)?;
        }
    }
    Ok(())
}

impl std::fmt::Debug for GroupEncoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GroupEncoder").field("path", &self.path).finish_non_exhaustive()
    }
}

impl PartEncoder for GroupEncoder {
    fn encode(&mut self, chunk: &Chunk<'_>, part: &mut Part) -> Result<()> {
        let groups = &mut part.row_groups;
        self.push(chunk, &mut |group| {
            groups.push(group);
            Ok(())
        })?;
        part.held = self.memory();
        part.rows_in += chunk.row_count as u64;
        Ok(())
    }

    fn end(&mut self, part: &mut Part) -> Result<()> {
        part.row_groups.extend(self.end()?);
        part.held = 0;
        Ok(())
    }

    fn clear(&mut self) {
        *self = self.fresh();
    }
}
