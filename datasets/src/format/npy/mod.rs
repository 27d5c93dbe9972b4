//! NumPy's npy files, versions 1.0, 2.0 and 3.0: a header that is a Python dict, then the elements. The file is mapped;
//! only its header is looked at here.
//!
//! Format: numpy/lib/_format_impl.py, "Format Version 1.0" and following.

mod header;

use std::path::Path;
use std::sync::Arc;

use crate::array::{ArraySource, ArrayView, Slice, SourceOrigin, Storage, Table};
use crate::compressed::{self, Unwrapped};
use crate::error::{Error, Result};
use crate::options::OpenOptions;
use crate::source::Source;

pub(crate) use header::{Header, HeaderError, MAGIC};

/// Opens a file of this format, or the part of it that `slice` selects.
pub(crate) fn open(path: &Path, slice: Option<&Slice>, options: &OpenOptions) -> Result<Box<dyn Source>> {
    let Unwrapped { file, bytes, codec } = compressed::open(path, options)?;
    let header = Header::read(&bytes, bytes.len() as u64, options.limits.header_bytes)
        .map_err(|error| error.at(path))?;
    let storage = Storage::Shared(bytes.slice(header.data_start..));
    let array = header.view(storage).map_err(|error| error.at(path))?;
    let array = sliced(array, slice, path)?;
    let mut table = Table::of(&array, &stem(path));
    table.notes.extend(header.notes());
    table.notes.extend(codec.map(|codec| format!("unpacked from {codec}")));
    let origin =
        SourceOrigin { path: path.to_path_buf(), format: header.format_name(), file: Some(Arc::new(file)) };
    Ok(Box::new(ArraySource::new(origin, table)))
}

/// The part of `array` that `slice` selects, errors naming `path`.
pub(crate) fn sliced<'a>(array: ArrayView<'a>, slice: Option<&Slice>, path: &Path) -> Result<ArrayView<'a>> {
    let Some(slice) = slice else { return Ok(array) };
    array.slice(slice).map_err(|error| match error {
        Error::Request { reason, .. } => Error::Request { path: path.to_path_buf(), reason },
        other => other,
    })
}

/// The name that a file gives to a single column: its own without directory, extension and compression.
pub(crate) fn stem(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem.into(),
        _ => name.into(),
    }
}
