//! One file a format: how its bytes become columns.

mod arrow_ipc;
mod csv;
mod npy;
mod npz;
mod parquet;
mod raw;

use std::path::Path;

use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::options::OpenOptions;
use crate::source::Source;

/// A file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// NumPy array.
    Npy,
    /// Zip of NumPy arrays.
    Npz,
    /// Arrow IPC file (random access).
    ArrowFile,
    /// Arrow IPC stream.
    ArrowStream,
    /// Parquet.
    Parquet,
    /// Delimited text.
    Csv,
    /// Nothing but elements.
    Raw,
}

/// Opens `path` in the format that it is in.
pub(crate) fn open(path: &Path, options: &OpenOptions, executor: &dyn Executor) -> Result<Box<dyn Source>> {
    match options.format.map_or_else(|| recognise(path), Ok)? {
        Format::Npy => npy::open(path, options),
        Format::Npz => npz::open(path, options),
        Format::ArrowFile | Format::ArrowStream => arrow_ipc::open(path, options),
        Format::Parquet => parquet::open(path, options),
        Format::Csv => csv::open(path, options, executor),
        Format::Raw => raw::open(path, options),
    }
}

/// The format by extension.
fn recognise(path: &Path) -> Result<Format> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("npy") => Ok(Format::Npy),
        Some("npz") => Ok(Format::Npz),
        Some("arrow" | "feather" | "ipc") => Ok(Format::ArrowFile),
        Some("arrows" | "stream") => Ok(Format::ArrowStream),
        Some("parquet") => Ok(Format::Parquet),
        Some("csv" | "tsv") => Ok(Format::Csv),
        _ => Err(Error::Unsupported {
            path: path.to_path_buf(),
            column: None,
            reason: "unknown format; name it with --input-format".into(),
        }),
    }
}
