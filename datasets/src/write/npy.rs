//! Writes npy.

use std::path::Path;

use super::{TableWriter, WriteOptions};
use crate::error::{Error, Result};
use crate::schema::Schema;

/// A writer of this format.
pub(super) fn create(path: &Path, _schema: &Schema, _options: &WriteOptions) -> Result<Box<dyn TableWriter>> {
    Err(Error::Unsupported {
        path: path.to_path_buf(),
        column: None,
        reason: "npy is not written yet".into(),
    })
}
