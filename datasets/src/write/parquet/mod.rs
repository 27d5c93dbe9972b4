//! Parquet: row groups of a million rows, Zstandard unless asked otherwise, text with dictionaries. Parquet has no
//! seconds: times and timestamps in seconds are written in milliseconds, as other writers do.

mod groups;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression as Codec, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;

use self::groups::{GROUP_ROWS, GroupEncoder};
use super::record_batch::arrow_schema;
use super::{Compression, Output, Part, PartEncoder, TableWriter, WriteOptions};
use crate::chunk::Chunk;
use crate::error::{Error, Result};
use crate::schema::{DataType, Schema, TimeUnit};

pub(super) use self::groups::RowGroup;

/// Rows of a page: 1 MiB of 8-byte values.
const PAGE_ROWS: usize = 1 << 17;

struct ParquetWriter {
    file: SerializedFileWriter<Output>,
    encoder: GroupEncoder,
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
    let fail = |error| parquet_error(path, error);
    let (file, factory) = ArrowWriter::try_new_with_options(output, arrow.clone(), options)
        .and_then(ArrowWriter::into_serialized_writer)
        .map_err(fail)?;
    let columns = schema.fields.iter().map(|field| {
        let is_seconds = written(&field.data_type) != field.data_type;
        (field.name.clone(), is_seconds)
    });
    let encoder = GroupEncoder::new(Arc::new(factory), arrow, columns.collect(), path.to_path_buf());
    Ok(Box::new(ParquetWriter { file, encoder, path: path.to_path_buf() }))
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

/// Puts an encoded row group behind those that are there.
fn put(file: &mut SerializedFileWriter<Output>, path: &Path, group: RowGroup) -> Result<()> {
    let put = || -> std::result::Result<(), ParquetError> {
        let mut place = file.next_row_group()?;
        group.0.into_iter().try_for_each(|chunk| chunk.append_to_row_group(&mut place))?;
        place.close().map(drop)
    };
    put().map_err(|error| parquet_error(path, error))
}

impl TableWriter for ParquetWriter {
    fn write(&mut self, chunk: &Chunk<'_>) -> Result<()> {
        let Self { file, encoder, path } = self;
        encoder.push(chunk, &mut |group| put(file, path, group))
    }

    fn part_rows(&self) -> Option<u64> {
        Some(GROUP_ROWS as u64)
    }

    fn part_encoder(&self) -> Option<Box<dyn PartEncoder>> {
        Some(Box::new(self.encoder.fresh()))
    }

    fn append(&mut self, part: &mut Part) -> Result<()> {
        self.end_part()?;
        part.row_groups.drain(..).try_for_each(|group| put(&mut self.file, &self.path, group))
    }

    fn end_part(&mut self) -> Result<()> {
        match self.encoder.end()? {
            Some(group) => put(&mut self.file, &self.path, group),
            None => Ok(()),
        }
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        self.end_part()?;
        self.file.into_inner().map_err(|error| parquet_error(&self.path, error))?.commit()
    }
}
