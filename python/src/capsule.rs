//! Tables in by Arrow's C interface: anything with `__arrow_c_stream__` or `__arrow_c_array__` (pyarrow, polars,
//! pandas, duckdb). Buffers stay where they are; the batches own a reference to them.
//!
//! Follows "The Arrow PyCapsule Interface" and "The Arrow C stream interface" (Apache Arrow, read 2026-11).

use std::ffi::CStr;
use std::sync::Arc;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi_and_data_type};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions, StructArray, make_array};
use arrow_data::ArrayData;
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};

use crate::errors::Failure;

/// A table that came in: its schema, and its rows in batches.
pub(crate) struct Table {
    /// Names and types of the columns.
    pub(crate) schema: SchemaRef,
    /// The rows.
    pub(crate) batches: Vec<RecordBatch>,
}

/// The table of an object that speaks the capsule protocol; `None` where it does not.
pub(crate) fn table(object: &Bound<'_, PyAny>) -> Result<Option<Table>, Failure> {
    let py = object.py();
    // A stream also carries what is in several pieces, so it is asked for first.
    if let Some(export) = object.getattr_opt(pyo3::intern!(py, "__arrow_c_stream__"))? {
        let capsule = export.call0()?.cast_into::<PyCapsule>().map_err(PyErr::from)?;
        return read_stream(&capsule).map(Some);
    }
    if let Some(export) = object.getattr_opt(pyo3::intern!(py, "__arrow_c_array__"))? {
        let pair = export.call0()?.cast_into::<PyTuple>().map_err(PyErr::from)?;
        let (schema, array) = pair.extract::<(Bound<'_, PyCapsule>, Bound<'_, PyCapsule>)>()?;
        return read_array(&schema, &array).map(Some);
    }
    Ok(None)
}

/// One array, or one batch as an array of structures.
fn read_array(schema: &Bound<'_, PyCapsule>, array: &Bound<'_, PyCapsule>) -> Result<Table, Failure> {
    let schema = schema.pointer_checked(Some(c"arrow_schema"))?.cast::<FFI_ArrowSchema>();
    // SAFETY: the capsule's name says what it points to (PyCapsule interface), and it lives until we return.
    let schema = unsafe { schema.as_ref() };
    let field = Field::try_from(schema).map_err(refused)?;
    let array = array.pointer_checked(Some(c"arrow_array"))?.cast::<FFI_ArrowArray>();
    // SAFETY: as above; taking the structure leaves an empty one behind, which the capsule's end ignores.
    let array = unsafe { FFI_ArrowArray::from_raw(array.as_ptr()) };
    if array.is_released() {
        return Err(Failure::Input("the Arrow array was already consumed; export it again".into()));
    }
    gather(&field, vec![import(array, field.data_type())?])
}

/// All arrays of a stream.
fn read_stream(capsule: &Bound<'_, PyCapsule>) -> Result<Table, Failure> {
    let stream = capsule.pointer_checked(Some(c"arrow_array_stream"))?.cast::<FFI_ArrowArrayStream>();
    // SAFETY: the capsule's name says what it points to; taking it leaves an empty structure behind.
    let mut stream = unsafe { FFI_ArrowArrayStream::from_raw(stream.as_ptr()) };
    let (Some(get_schema), Some(get_next), true) =
        (stream.get_schema, stream.get_next, stream.release.is_some())
    else {
        return Err(Failure::Input("the Arrow stream was already consumed; export it again".into()));
    };
    let mut schema = FFI_ArrowSchema::empty();
    // SAFETY: both pointers are valid for the call, and the stream is not released (checked above).
    let code = unsafe { get_schema(&raw mut stream, &raw mut schema) };
    if code != 0 {
        return Err(stream_error(&mut stream, code));
    }
    let field = Field::try_from(&schema).map_err(refused)?;
    let mut arrays = Vec::new();
    loop {
        let mut array = FFI_ArrowArray::empty();
        // SAFETY: both pointers are valid for the call, and the stream is not released.
        let code = unsafe { get_next(&raw mut stream, &raw mut array) };
        if code != 0 {
            return Err(stream_error(&mut stream, code));
        }
        if array.is_released() {
            return gather(&field, arrays); // the protocol's end of stream
        }
        arrays.push(import(array, field.data_type())?);
        capsule.py().check_signals()?;
    }
}

fn import(array: FFI_ArrowArray, data_type: &DataType) -> Result<ArrayData, Failure> {
    // SAFETY: the producer promises an array of the type that its schema names (Arrow C data interface); it is
    // kept alive through its release callback, which the result owns.
    let data = unsafe { from_ffi_and_data_type(array, data_type.clone()) }.map_err(refused)?;
    // Kernels trust offsets, codes and UTF-8; a producer with a bug must not become ours.
    data.validate_full().map_err(refused)?;
    Ok(data)
}

/// Structures become the columns of a table, anything else its only column.
fn gather(field: &Field, arrays: Vec<ArrayData>) -> Result<Table, Failure> {
    let schema = match field.data_type() {
        DataType::Struct(fields) => Arc::new(Schema::new(fields.clone())),
        other => {
            let name = if field.name().is_empty() { "values" } else { field.name() };
            Arc::new(Schema::new(vec![Field::new(name, other.clone(), true)]))
        }
    };
    let batches = arrays.into_iter().map(|data| batch(&schema, data)).collect::<Result<_, _>>()?;
    Ok(Table { schema, batches })
}

fn batch(schema: &SchemaRef, data: ArrayData) -> Result<RecordBatch, Failure> {
    let options = RecordBatchOptions::new().with_row_count(Some(data.len()));
    let columns: Vec<ArrayRef> = if let DataType::Struct(_) = data.data_type() {
        if data.null_count() > 0 {
            return Err(Failure::Input(
                "rows that are null as a whole are not read; fill or drop them".into(),
            ));
        }
        StructArray::from(data).into_parts().1
    } else {
        vec![make_array(data)]
    };
    RecordBatch::try_new_with_options(schema.clone(), columns, &options).map_err(refused)
}

fn refused(error: arrow_schema::ArrowError) -> Failure {
    Failure::Input(format!("the Arrow data cannot be read: {error}").replace('\n', " "))
}

/// What the stream says of its last call.
fn stream_error(stream: &mut FFI_ArrowArrayStream, code: i32) -> Failure {
    let mut said = format!("error {code}");
    if let Some(last_error) = stream.get_last_error {
        // SAFETY: called after a call that failed, on a stream that is not released.
        let text = unsafe { last_error(&raw mut *stream) };
        if !text.is_null() {
            // SAFETY: the interface promises a text that ends in NUL and lives until the next call.
            said = unsafe { CStr::from_ptr(text) }.to_string_lossy().replace('\n', " ");
        }
    }
    Failure::Input(format!("the Arrow stream broke off: {said}"))
}
