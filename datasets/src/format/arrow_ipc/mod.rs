//! The arrow_ipc format.

use std::path::Path;

use arrow_schema::Fields;

use crate::error::{Error, Result};
use crate::options::OpenOptions;
use crate::source::Source;

/// Opens a file of this format.
pub(crate) fn open(path: &Path, _options: &OpenOptions) -> Result<Box<dyn Source>> {
    Err(Error::Unsupported {
        path: path.to_path_buf(),
        column: None,
        reason: "arrow_ipc is not read yet".into(),
    })
}

pub(crate) fn embedded_schema(_bytes: &[u8]) -> Option<Fields> {
    None
}
