//! Rows as a file: answers and previews in Arrow, Parquet, npy.

use std::path::Path;

use arrcalc_datasets::format::Format;
use arrcalc_datasets::write::{self, WriteOptions};
use arrcalc_datasets::{DataType, Field, Result, Schema};

use super::value::{Precision, plain};
use crate::answer::{Scalar, Table};

/// Writes `rows` to `path` (`-` is standard output): one value for each field, of the field's type or null. In a column of
/// text any value stands as its text.
///
/// # Errors
/// What `format` cannot hold, or the system's.
pub fn write_rows(path: &Path, format: Format, fields: &[Field], rows: &[Vec<Scalar>]) -> Result<()> {
    let mut table = Table::new(fields.to_vec());
    for row in rows {
        let of_field = |(field, value): (&Field, &Scalar)| match (&field.data_type, value) {
            (DataType::String, Scalar::Text(_) | Scalar::Null) => value.clone(),
            (DataType::String, other) => Scalar::Text(plain(other, &Precision::default())),
            _ => value.clone(),
        };
        table.push(&fields.iter().zip(row).map(of_field).collect::<Vec<_>>());
    }
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
