//! Tables out: a writer takes chunks in row order and publishes a whole file or nothing.
//!
//! ```text
//! create(path, schema, options) -> writer;  writer.write(chunk)*;  writer.finish()
//! ```
//! A file that is not finished leaves no trace: see [`AtomicFile`].

mod arrow_ipc;
mod atomic;
mod csv;
mod exported;
mod npy;
mod output;
mod parquet;
mod part;
mod raw;
mod record_batch;
mod records;

use std::path::Path;

use crate::chunk::{Chunk, Column};
use crate::error::{Error, Result};
use crate::format::Format;
use crate::options::CsvOptions;
use crate::schema::Schema;

pub use arrow_array::RecordBatch;
pub use atomic::AtomicFile;
pub use csv::CsvEncoder;
pub use exported::{arrow_schema, record_batch};
pub use output::Output;
pub use part::{Part, PartEncoder};

/// Takes a table chunk by chunk.
pub trait TableWriter: Send {
    /// Appends the rows of `chunk`, whose columns are those of the schema given at creation, in its order.
    /// `Chunk::first_row` is not looked at: rows are written in the order in which they come.
    ///
    /// # Errors
    /// What cannot be written (a null where the format has none), or the system's error. After an error the
    /// writer is to be dropped, which leaves what stood at the path as it was.
    fn write(&mut self, chunk: &Chunk<'_>) -> Result<()>;

    /// An encoder for rows that [`TableWriter::append`] then takes; `None` where the format's bytes depend on what
    /// stands before them.
    fn part_encoder(&self) -> Option<Box<dyn PartEncoder>> {
        None
    }

    /// Rows of a part where the format groups rows and each part begins a group: whoever writes such a format in
    /// parts writes all of it so, or the groups would tell how many threads there were.
    fn part_rows(&self) -> Option<u64> {
        None
    }

    /// Appends rows that this writer's [`TableWriter::part_encoder`] encoded: the same bytes as
    /// [`TableWriter::write`] would write.
    ///
    /// # Errors
    /// The system's error.
    ///
    /// # Panics
    /// Where there is no such encoder.
    fn append(&mut self, _part: &mut Part) -> Result<()> {
        panic!("a writer without an encoder of parts has none to append")
    }

    /// Ends a part whose rows came by [`TableWriter::write`].
    ///
    /// # Errors
    /// The system's error.
    fn end_part(&mut self) -> Result<()> {
        Ok(())
    }

    /// Writes what the format puts last and publishes the file under its name.
    ///
    /// # Errors
    /// The system's error; the path then holds what it held before.
    fn finish(self: Box<Self>) -> Result<()>;
}

/// What becomes of nulls in a format that has none (npy, raw).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NullPolicy {
    /// A null is an error that names its column and row.
    #[default]
    Refuse,
    /// Nulls become NaN (NaT in temporal columns); integer columns with nulls are an error still.
    Nan,
    /// Rows with a null in any column are left out.
    Drop,
}

/// Codec of the formats that have a choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compression {
    /// The format's usual one: none in Arrow IPC, so that it can be mapped; Zstandard level 1 in Parquet.
    #[default]
    Usual,
    /// None.
    Uncompressed,
    /// LZ4.
    Lz4,
    /// Zstandard.
    Zstd,
    /// Snappy (Parquet).
    Snappy,
}

/// Whether text cells of CSV may be changed to keep spreadsheets from running them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CsvSafety {
    /// Cells are written as they are.
    #[default]
    Unchanged,
    /// Text cells that begin with `=`, `+`, `-`, `@`, tab or carriage return get a leading `'`.
    Guarded,
}

/// How to write a table.
#[derive(Clone, Debug, Default)]
pub struct WriteOptions {
    /// Format, where the extension must not decide.
    pub format: Option<Format>,
    /// Rows that will come, where the caller knows: npy to a pipe needs it.
    pub row_count: Option<u64>,
    /// What becomes of nulls in npy and raw.
    pub null: NullPolicy,
    /// Arrow and Parquet.
    pub compression: Compression,
    /// CSV: delimiter, quote and header row. Nulls are empty cells; in a table of one column, where an empty line
    /// would be no row, they are the first null token.
    pub csv: CsvOptions,
    /// CSV: whether text may be changed for the safety of spreadsheets.
    pub csv_safety: CsvSafety,
}

/// A writer of `path`'s format for tables of `schema`; `-` is standard output.
///
/// # Errors
/// `Error::Unsupported` where the format or one of the types cannot be written, `Error::Io` where the file cannot
/// be made.
pub fn create(path: &Path, schema: &Schema, options: &WriteOptions) -> Result<Box<dyn TableWriter>> {
    let Some(format) = options.format.or_else(|| Format::of_extension(path)) else {
        return Err(Error::Unsupported {
            path: path.to_path_buf(),
            column: None,
            reason: "the name does not tell the format; end it in .npy, .parquet, .arrow or .csv".into(),
        });
    };
    let extension = path.extension().map(|extension| extension.to_ascii_lowercase());
    if extension.is_some_and(|extension| extension == "gz" || extension == "zst") {
        return Err(Error::Request {
            path: path.to_path_buf(),
            reason: "compressed text and arrays are not written; compress the file, or write .parquet".into(),
        });
    }
    match format {
        Format::Npy => npy::create(path, schema, options),
        Format::Npz => Err(Error::Unsupported {
            path: path.to_path_buf(),
            column: None,
            reason: "npz is not written; write .npy (a table is a structured array)".into(),
        }),
        Format::ArrowFile | Format::ArrowStream => arrow_ipc::create(path, schema, options, format),
        Format::Parquet => parquet::create(path, schema, options),
        Format::Csv => csv::create(path, schema, options),
        Format::Raw => raw::create(path, schema, options),
    }
}

/// Rows that the writers of Arrow's formats take at a time, so that a batch ends soon after it is full.
const PART_ROWS: usize = 4_096;

/// Hands the columns of `chunk` to `take` in parts of a few thousand rows, cut where rows counted from `held` before the
/// chunk say, so that it does not matter how rows come in chunks.
fn in_parts(
    chunk: &Chunk<'_>,
    held: usize,
    mut take: impl FnMut(&[Column<'_>], usize) -> Result<()>,
) -> Result<()> {
    let mut start = 0;
    while start < chunk.row_count {
        let end = chunk.row_count.min(start + PART_ROWS - (held + start) % PART_ROWS);
        let columns: Vec<_> = chunk.columns.iter().map(|column| column.slice(start..end)).collect();
        take(&columns, end - start)?;
        start = end;
    }
    Ok(())
}

/// The error of a column whose type is not written.
fn type_not_written(path: &Path, schema: &Schema, at: usize) -> Error {
    let field = &schema.fields[at];
    Error::Unsupported {
        path: path.to_path_buf(),
        column: Some(field.name.clone()),
        reason: format!("type {} is not written; leave the column out", field.data_type),
    }
}

/// The error of a value that the format cannot hold.
fn value_not_written(path: &Path, column: &str, reason: String) -> Error {
    Error::Unsupported { path: path.to_path_buf(), column: Some(column.into()), reason }
}
