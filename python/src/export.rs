//! Tables out by Arrow's C interface: anything that takes `__arrow_c_stream__` (pyarrow, polars, pandas, duckdb) reads
//! a result. Batches are made one by one while the stream is read, so that a result is never there three times.
//!
//! Follows "The Arrow PyCapsule Interface" and "The Arrow C stream interface" (Apache Arrow, read 2026-11).

use std::sync::Arc;

use arrcalc::answer::Table;
use arrcalc::datasets::{Schema, write};
use arrow_array::ffi::FFI_ArrowSchema;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, SchemaRef};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::errors::Failure;

/// Rows of a batch: large enough for any consumer, small enough that text of 2,000 bytes a row fits 32-bit offsets.
const BATCH_ROWS: usize = 1 << 20;

/// The rows of a table as batches.
struct Batches {
    table: Arc<Table>,
    schema: SchemaRef,
    next_row: usize,
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let end = self.table.row_count().min(self.next_row + BATCH_ROWS);
        if self.next_row == end {
            return None;
        }
        let chunk = self.table.lend_rows(self.next_row..end);
        self.next_row = end;
        let batch = write::record_batch(&self.schema, &chunk);
        Some(batch.map_err(|error| ArrowError::CDataInterface(error.to_string())))
    }
}

impl RecordBatchReader for Batches {
    fn schema(&self) -> SchemaRef {
        SchemaRef::clone(&self.schema)
    }
}

fn schema_of(table: &Table) -> Result<SchemaRef, Failure> {
    Ok(write::arrow_schema(&Schema { fields: table.fields().to_vec() })?)
}

/// The capsule of `__arrow_c_stream__`.
pub(crate) fn stream<'py>(py: Python<'py>, table: &Arc<Table>) -> Result<Bound<'py, PyCapsule>, Failure> {
    let batches = Batches { table: Arc::clone(table), schema: schema_of(table)?, next_row: 0 };
    let stream = FFI_ArrowArrayStream::new(Box::new(batches));
    Ok(PyCapsule::new_with_value(py, stream, c"arrow_array_stream")?)
}

/// The capsule of `__arrow_c_schema__`.
pub(crate) fn schema<'py>(py: Python<'py>, table: &Table) -> Result<Bound<'py, PyCapsule>, Failure> {
    let schema = FFI_ArrowSchema::try_from(schema_of(table)?.as_ref())
        .map_err(|error| Failure::Input(format!("the columns have no Arrow schema: {error}")))?;
    Ok(PyCapsule::new_with_value(py, schema, c"arrow_schema")?)
}
