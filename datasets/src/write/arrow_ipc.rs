//! Arrow IPC files and streams: uncompressed unless asked otherwise, every buffer at a multiple of 64 bytes, so that
//! a file can be mapped and computed on in place.

use std::path::Path;

use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_ipc::{CompressionType, MetadataVersion};
use arrow_schema::ArrowError;

use super::record_batch::{BatchBuilder, Refused, arrow_schema};
use super::{Compression, Output, TableWriter, WriteOptions};
use crate::chunk::{Chunk, Column};
use crate::error::{Error, Result};
use crate::format::Format;
use crate::schema::Schema;

/// Rows of a batch, unless its values are many bytes.
const BATCH_ROWS: usize = 1 << 20;
/// Bytes at which a batch is written: what the writer holds, twice at most while its buffers grow.
const BATCH_BYTES: usize = 16 << 20;
/// Alignment of buffers.
const ALIGNMENT: usize = 64;

struct IpcWriter {
    encoder: Encoder,
    builder: BatchBuilder,
    names: Vec<String>,
    path: std::path::PathBuf,
}

enum Encoder {
    File(FileWriter<Output>),
    Stream(StreamWriter<Output>),
}

/// A writer of this format.
pub(super) fn create(
    path: &Path,
    schema: &Schema,
    options: &WriteOptions,
    format: Format,
) -> Result<Box<dyn TableWriter>> {
    let arrow = arrow_schema(schema, Clone::clone).map_err(|at| super::type_not_written(path, schema, at))?;
    let codec = match options.compression {
        Compression::Usual | Compression::Uncompressed => None,
        Compression::Lz4 => Some(CompressionType::LZ4_FRAME),
        Compression::Zstd => Some(CompressionType::ZSTD),
        Compression::Snappy => {
            return Err(Error::Unsupported {
                path: path.to_path_buf(),
                column: None,
                reason: "Arrow IPC is not compressed with snappy; ask for zstd or lz4".into(),
            });
        }
    };
    let fail = |error| arrow_error(path, error);
    let options = IpcWriteOptions::try_new(ALIGNMENT, false, MetadataVersion::V5)
        .and_then(|options| options.try_with_compression(codec))
        .map_err(fail)?;
    let output = Output::create(path)?;
    let encoder = match format {
        Format::ArrowStream => {
            Encoder::Stream(StreamWriter::try_new_with_options(output, &arrow, options).map_err(fail)?)
        }
        _ => Encoder::File(FileWriter::try_new_with_options(output, &arrow, options).map_err(fail)?),
    };
    let names = schema.fields.iter().map(|field| field.name.clone()).collect();
    Ok(Box::new(IpcWriter { encoder, builder: BatchBuilder::new(arrow), names, path: path.to_path_buf() }))
}

/// The arrow crate's error as ours: what the system said, or a sentence.
fn arrow_error(path: &Path, error: ArrowError) -> Error {
    let source = match error {
        ArrowError::IoError(_, source) => source,
        other => std::io::Error::other(other.to_string()),
    };
    Error::Io { path: path.to_path_buf(), action: "cannot write", source }
}

impl IpcWriter {
    fn flush(&mut self) -> Result<()> {
        if self.builder.rows() == 0 {
            return Ok(());
        }
        let batch = self
            .builder
            .take()
            .map_err(|reason| arrow_error(&self.path, ArrowError::InvalidArgumentError(reason)))?;
        match &mut self.encoder {
            Encoder::File(encoder) => encoder.write(&batch),
            Encoder::Stream(encoder) => encoder.write(&batch),
        }
        .map_err(|error| arrow_error(&self.path, error))
    }
}

impl TableWriter for IpcWriter {
    fn write(&mut self, chunk: &Chunk<'_>) -> Result<()> {
        // A batch holds whole parts, so that the rows held say where in a part the next row is.
        super::in_parts(chunk, self.builder.rows(), |columns: &[Column<'_>], rows| {
            self.builder.push(columns, rows).map_err(|Refused { column, reason }| {
                super::value_not_written(&self.path, &self.names[column], reason)
            })?;
            let is_whole = self.builder.rows().is_multiple_of(super::PART_ROWS);
            if is_whole && (self.builder.rows() >= BATCH_ROWS || self.builder.bytes() >= BATCH_BYTES) {
                self.flush()?;
            }
            Ok(())
        })
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        self.flush()?;
        let output = match self.encoder {
            Encoder::File(encoder) => encoder.into_inner(),
            Encoder::Stream(encoder) => encoder.into_inner(),
        };
        output.map_err(|error| arrow_error(&self.path, error))?.commit()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chunk::{Text, Values};
    use crate::schema::{DataType, Field};

    #[test]
    fn bytes_do_not_depend_on_how_rows_come() {
        // Enough text for several batches, which end in the middle of what comes.
        let texts: Vec<String> = (0..20_000).map(|row: usize| "ab".repeat(row % 4_000)).collect();
        let schema = Schema { fields: vec![Field { name: "s".into(), data_type: DataType::String }] };
        let folder = tempfile::tempdir().unwrap();
        let written = |piece: usize| {
            let path = folder.path().join(format!("{piece}.arrow"));
            let mut writer = create(&path, &schema, &WriteOptions::default(), Format::ArrowFile).unwrap();
            for (index, texts) in texts.chunks(piece).enumerate() {
                let slices: Vec<&str> = texts.iter().map(String::as_str).collect();
                let values = Values::Text(Text::Slices(&slices));
                let columns = vec![Column { values, validity: None }];
                let first_row = (index * piece) as u64;
                writer.write(&Chunk { first_row, row_count: texts.len(), columns }).unwrap();
            }
            writer.finish().unwrap();
            std::fs::read(path).unwrap()
        };
        let whole = written(texts.len());
        assert!(whole.len() > 2 * BATCH_BYTES, "several batches");
        for piece in [999, 4_096, 5_000, 12_345] {
            assert!(written(piece) == whole, "{piece} rows at a time");
        }
    }
}
