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

impl Format {
    /// The format that `path`'s extension stands for, case aside; for CSV and npy below `.gz` and `.zst` too.
    pub fn of_extension(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "npy" => Some(Format::Npy),
            "npz" => Some(Format::Npz),
            "arrow" | "feather" | "ipc" => Some(Format::ArrowFile),
            "arrows" | "stream" => Some(Format::ArrowStream),
            "parquet" | "pq" => Some(Format::Parquet),
            "csv" | "tsv" | "txt" => Some(Format::Csv),
            "raw" | "bin" => Some(Format::Raw),
            "gz" | "zst" => match Self::of_extension(Path::new(path.file_stem()?)) {
                inner @ Some(Format::Npy | Format::Csv) => inner,
                _ => None,
            },
            _ => None,
        }
    }
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

/// The format of an existing file.
fn recognise(path: &Path) -> Result<Format> {
    Format::of_extension(path).ok_or_else(|| Error::Unsupported {
        path: path.to_path_buf(),
        column: None,
        reason: "unknown format; name it with --input-format".into(),
    })
}
