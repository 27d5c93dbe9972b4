//! Parquet: row groups of a million rows, Zstandard unless asked otherwise, text with dictionaries. Parquet has no
//! seconds: times and timestamps in seconds are written in milliseconds, as other writers do.

use std::path::{Path, PathBuf};

use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression as Codec, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use super::record_batch::{BatchBuilder, Refused, arrow_schema};
use super::{Compression, Output, TableWriter, WriteOptions};
use crate::chunk::{Chunk, Column, Values};
use crate::error::{Error, Result};
use crate::schema::{DataType, Schema, TimeUnit};

/// Rows of a row group.
const GROUP_ROWS: usize = 1 << 20;
/// Rows handed to the encoder at a time, unless their values are many bytes.
const BATCH_ROWS: usize = 1 << 16;
/// Bytes handed to the encoder at the most.
const BATCH_BYTES: usize = 32 << 20;
/// Encoded bytes at which a row group ends early: what the writer holds.
const GROUP_BYTES: usize = 256 << 20;
/// Rows of a page: 1 MiB of 8-byte values.
const PAGE_ROWS: usize = 1 << 17;

struct ParquetWriter {
    encoder: ArrowWriter<Output>,
    builder: BatchBuilder,
    /// Name, and whether seconds become milliseconds.
    columns: Vec<(String, bool)>,
    path: PathBuf,
}

/// A writer of this format.
pub(super) fn create(path: &Path, schema: &Schema, options: &WriteOptions) -> Result<Box<dyn TableWriter>> {
    let arrow = arrow_schema(schema, written).map_err(|at| super::type_not_written(path, schema, at))?;
    let codec = match options.compression {
        Compression::Usual | Compression::Zstd => Codec::ZSTD(ZstdLevel::default()),
        Compression::Uncompressed => Codec::UNCOMPRESSED,
        Compression::Lz4 => Codec::LZ4_RAW,
        Compression::Snappy => Codec::SNAPPY,
    };
    let mut properties = WriterProperties::builder()
        .set_compression(codec)
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_dictionary_enabled(false)
        .set_created_by(concat!("arrcalc ", env!("CARGO_PKG_VERSION")).into());
    for field in schema.fields.iter().filter(|field| field.data_type == DataType::String) {
        let column = ColumnPath::new(vec![field.name.clone()]);
        properties = properties.set_column_dictionary_enabled(column, true);
    }
    let options = ArrowWriterOptions::new().with_properties(properties.build());
    let output = Output::create(path)?;
    let encoder = ArrowWriter::try_new_with_options(output, arrow.clone(), options)
        .map_err(|error| parquet_error(path, error))?;
    let columns = schema.fields.iter().map(|field| {
        let is_seconds = written(&field.data_type) != field.data_type;
        (field.name.clone(), is_seconds)
    });
    Ok(Box::new(ParquetWriter {
        encoder,
        builder: BatchBuilder::new(arrow),
        columns: columns.collect(),
        path: path.to_path_buf(),
    }))
}

/// The type in which a column is written.
fn written(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Time(TimeUnit::Second) => DataType::Time(TimeUnit::Millisecond),
        DataType::Timestamp(TimeUnit::Second, zone) => {
            DataType::Timestamp(TimeUnit::Millisecond, zone.clone())
        }
        other => other.clone(),
    }
}

/// The parquet crate's error as ours: what the system said, or a sentence.
fn parquet_error(path: &Path, error: ParquetError) -> Error {
    let source = match error {
        ParquetError::External(source) => match source.downcast::<std::io::Error>() {
            Ok(source) => *source,
            Err(other) => std::io::Error::other(other.to_string()),
        },
        other => std::io::Error::other(other.to_string()),
    };
    Error::Io { path: path.to_path_buf(), action: "cannot write", source }
}

impl ParquetWriter {
    fn flush(&mut self) -> Result<()> {
        if self.builder.rows() == 0 {
            return Ok(());
        }
        let fail = |error| parquet_error(&self.path, error);
        let batch = self.builder.take().map_err(|reason| fail(ParquetError::General(reason)))?;
        self.encoder.write(&batch).map_err(fail)?;
        if self.encoder.memory_size() >= GROUP_BYTES {
            self.encoder.flush().map_err(fail)?;
        }
        Ok(())
    }

    /// Appends rows, seconds as milliseconds.
    fn push(&mut self, columns: &[Column<'_>], rows: usize) -> Result<()> {
        let mut milliseconds = Vec::new();
        for (column, (name, is_seconds)) in columns.iter().zip(&self.columns) {
            let mut scaled = Vec::new();
            if let (true, Values::Int64(seconds)) = (is_seconds, column.values) {
                for (row, &value) in seconds.iter().enumerate() {
                    let is_null = column.validity.is_some_and(|bits| !bits.get(row));
                    let value = if is_null { Some(0) } else { value.checked_mul(1_000) };
                    scaled.push(value.ok_or_else(|| {
                        let reason =
                            format!("{} s do not fit milliseconds, Parquet's coarsest unit", seconds[row]);
                        super::value_not_written(&self.path, name, reason)
                    })?);
                }
            }
            milliseconds.push(scaled);
        }
        let scaled =
            columns.iter().zip(&milliseconds).zip(&self.columns).map(|((column, scaled), (_, seconds))| {
                if *seconds { Column { values: Values::Int64(scaled), ..*column } } else { *column }
            });
        self.builder.push(&scaled.collect::<Vec<_>>(), rows).map_err(|Refused { column, reason }| {
            super::value_not_written(&self.path, &self.columns[column].0, reason)
        })
    }
}

impl TableWriter for ParquetWriter {
    fn write(&mut self, chunk: &Chunk<'_>) -> Result<()> {
        super::in_parts(chunk, |columns: &[Column<'_>], rows| {
            self.push(columns, rows)?;
            if self.builder.rows() >= BATCH_ROWS || self.builder.bytes() >= BATCH_BYTES {
                self.flush()?;
            }
            Ok(())
        })
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        self.flush()?;
        self.encoder.into_inner().map_err(|error| parquet_error(&self.path, error))?.commit()
    }
}
