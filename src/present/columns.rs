//! Rows as a file: answers and previews in Arrow, Parquet, npy.

use std::path::Path;

use arrcalc_datasets::format::Format;
use arrcalc_datasets::write::{self, WriteOptions};
use arrcalc_datasets::{Field, Result, Schema};

use crate::answer::{Scalar, Table};

/// Writes `rows` to `path` (`-` is standard output): one value for each field, of the field's type or null.
///
/// # Errors
/// What `format` cannot hold, or the system's.
pub fn write_rows(path: &Path, format: Format, fields: &[Field], rows: &[Vec<Scalar>]) -> Result<()> {
    let mut table = Table::new(fields.to_vec());
    rows.iter().for_each(|row| table.push(row));
    write_table(path, format, &table)
}

/// Writes `table` to `path` (`-` is standard output).
///
/// # Errors
/// What `format` cannot hold, or the system's.
pub fn write_table(path: &Path, format: Format, table: &Table) -> Result<()> {
    let options = WriteOptions {
        format: Some(format),
        row_count: Some(table.row_count() as u64),
        ..WriteOptions::default()
    };
    let mut writer = write::create(path, &Schema { fields: table.fields().to_vec() }, &options)?;
    writer.write(&table.lend())?;
    writer.finish()
}
