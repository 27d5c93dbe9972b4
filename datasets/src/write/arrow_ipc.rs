//! Writes arrow_ipc.

use std::path::Path;

use super::{TableWriter, WriteOptions};
use crate::error::{Error, Result};
use crate::format::Format;
use crate::schema::Schema;

/// A writer of this format.
pub(super) fn create(
    path: &Path,
    _schema: &Schema,
    _options: &WriteOptions,
    _format: Format,
) -> Result<Box<dyn TableWriter>> {
    Err(Error::Unsupported {
        path: path.to_path_buf(),
        column: None,
        reason: "arrow_ipc is not written yet".into(),
    })
}
