//! One file a format: how its bytes become columns.

mod arrow_ipc;
mod csv;
mod npy;
mod npz;
mod parquet;
mod raw;
mod stream;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

pub(crate) use self::csv::{CsvSource, join_types};
use crate::compressed::Codec;
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::location::Location;
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
            "csv" | "tsv" => Some(Format::Csv),
            "raw" | "bin" => Some(Format::Raw),
            "gz" | "zst" => match Self::of_extension(Path::new(path.file_stem()?)) {
                inner @ Some(Format::Npy | Format::Csv) => inner,
                _ => None,
            },
            _ => None,
        }
    }
}

/// Opens one file, or the part of it that `location` names, in the format that it is in.
pub(crate) fn open(
    location: &Location,
    options: &OpenOptions,
    executor: &dyn Executor,
) -> Result<Box<dyn Source>> {
    let path = location.file.as_path();
    if is_stream(path) {
        return stream::open(location, options, executor);
    }
    let format = match options.format {
        Some(format) => format,
        None => recognise(path, options)?,
    };
    let (member, slice) = (location.member.as_deref(), location.slice.as_ref());
    if member.is_some() && format != Format::Npz {
        let reason = "only an .npz file has members";
        return Err(Error::Request { path: path.to_path_buf(), reason: reason.into() });
    }
    if slice.is_some() && !matches!(format, Format::Npy | Format::Npz | Format::Raw) {
        let reason = "only arrays (.npy, .npz, raw) can be sliced";
        return Err(Error::Request { path: path.to_path_buf(), reason: reason.into() });
    }
    match format {
        Format::Npy => npy::open(path, slice, options),
        Format::Npz => npz::open(path, member, slice, options),
        Format::ArrowFile | Format::ArrowStream => arrow_ipc::open(path, options),
        Format::Parquet => parquet::open(path, options),
        Format::Csv => csv::open(path, options, executor),
        Format::Raw => raw::open(path, slice, options),
    }
}

/// Whether `path` is standard input, a FIFO, a socket or a character device.
fn is_stream(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    path.as_os_str() == "-"
        || std::fs::metadata(path).is_ok_and(|meta| {
            let kind = meta.file_type();
            kind.is_fifo() || kind.is_socket() || kind.is_char_device()
        })
}

/// The format of an existing file: by its first bytes, then by its extension, then raw where a type is given.
fn recognise(path: &Path, options: &OpenOptions) -> Result<Format> {
    let by_extension = Format::of_extension(path);
    match magic(path)? {
        // The letters could be the first cells of a text file.
        Some(Format::Parquet | Format::ArrowFile) if by_extension == Some(Format::Csv) => {
            return Ok(Format::Csv);
        }
        Some(format) => return Ok(format),
        None => {}
    }
    let by_type = options.dtype.as_ref().map(|_| Format::Raw);
    by_extension.or(by_type).ok_or_else(|| Error::Unsupported {
        path: path.to_path_buf(),
        column: None,
        reason: "unknown format; name it with --input-format".into(),
    })
}

/// The format that a file's first bytes tell, through gzip and Zstandard.
fn magic(path: &Path) -> Result<Option<Format>> {
    let io = |source| Error::Io { path: path.to_path_buf(), action: "cannot open", source };
    let file = File::open(path).map_err(io)?;
    let mut start = [0; 8];
    let length = fill(&mut &file, &mut start).map_err(|source| Error::Io {
        path: path.to_path_buf(),
        action: "cannot read",
        source,
    })?;
    let start = &start[..length];
    if let Some(codec) = Codec::of(start) {
        // Compressed text is CSV's own business; arrays are unpacked first.
        let mut inner = [0; 8];
        let is_npy = codec
            .decoder(File::open(path).map_err(io)?)
            .and_then(|mut decoder| fill(&mut decoder, &mut inner))
            .is_ok_and(|length| inner[..length].starts_with(npy::MAGIC));
        return Ok(Some(if is_npy { Format::Npy } else { Format::Csv }));
    }
    Ok(if start.starts_with(npy::MAGIC) {
        Some(Format::Npy)
    } else if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
        Some(Format::Npz)
    } else if start.starts_with(b"ARROW1") {
        Some(Format::ArrowFile)
    } else if start.starts_with(b"PAR1") || start.starts_with(b"PARE") {
        Some(Format::Parquet)
    } else if start.starts_with(&[0xff; 4]) {
        Some(Format::ArrowStream)
    } else {
        None
    })
}

/// Reads until `buffer` is full or the stream ends; the number of bytes.
fn fill(stream: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match stream.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}
