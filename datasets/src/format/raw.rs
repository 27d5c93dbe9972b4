//! Raw files: nothing but elements of one type, which the caller names.

use std::path::Path;
use std::sync::Arc;

use super::npy::{sliced, stem};
use crate::array::{ArraySource, ArrayView, Dtype, Slice, SourceOrigin, Storage, Table};
use crate::error::{Error, Result};
use crate::mapped_file::MappedFile;
use crate::options::OpenOptions;
use crate::source::Source;

/// Opens a file of this format, or the part of it that `slice` selects.
pub(crate) fn open(path: &Path, slice: Option<&Slice>, options: &OpenOptions) -> Result<Box<dyn Source>> {
    let Some(data_type) = &options.dtype else {
        let reason = "a raw file does not tell its element type; name it with --dtype".into();
        return Err(Error::Request { path: path.to_path_buf(), reason });
    };
    let dtype = Dtype::from_data_type(data_type, options.big_endian)
        .map_err(|error| Error::Request { path: path.to_path_buf(), reason: error.to_string() })?;
    let file = Arc::new(MappedFile::open(path)?);
    let bytes = file.bytes();
    let item_bytes = dtype.item_bytes();
    if !bytes.len().is_multiple_of(item_bytes) {
        return Err(Error::Malformed {
            path: path.to_path_buf(),
            column: None,
            rows: None,
            reason: format!("{} bytes are no whole number of {data_type} of {item_bytes} bytes", bytes.len()),
        });
    }
    let array = ArrayView::ordered(Storage::Shared(bytes.clone()), dtype, &[bytes.len() / item_bytes], false);
    let table = Table::of(&sliced(array, slice, path)?, &stem(path));
    let origin = SourceOrigin { path: path.to_path_buf(), format: "raw".into(), file: Some(file) };
    Ok(Box::new(ArraySource::new(origin, table)))
}
