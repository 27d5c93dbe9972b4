//! Columns of Arrow (pyarrow, polars, pandas' own types) as arrays. NumPy has no null: left to itself it makes of whole
//! numbers with a null floats with a NaN, rounded. So nulls are left out where that is their meaning, and refused elsewhere.

use arrcalc::datasets::Dataset;
use arrow_array::{Array as _, ArrayRef};
use arrow_schema::{DataType, TimeUnit};
use pyo3::intern;
use pyo3::prelude::*;

use crate::array::{ndarray, numpy};
use crate::capsule::{self, Table};
use crate::errors::Failure;
use crate::fresh::dense;

/// What nulls of a column mean to a function.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nulls {
    /// Elements that are not there.
    Skip,
    /// Nothing that it could do: the place of every element counts.
    Refuse,
}

/// The array of NumPy's that a column of Arrow stands for; `None` where `object` is no such column.
pub(crate) fn column<'py>(
    object: &Bound<'py, PyAny>,
    nulls: Nulls,
) -> Result<Option<Bound<'py, PyAny>>, Failure> {
    let py = object.py();
    if object.is_instance(ndarray(py)?)? || is_numpys(object)? {
        return Ok(None);
    }
    let Some(table) = capsule::table(object)? else { return Ok(None) };
    let null_count: usize = (table.batches.iter().flat_map(|batch| batch.columns()))
        .map(|column| column.logical_null_count())
        .sum();
    let [field] = &table.schema.fields()[..] else {
        return if null_count == 0 { Ok(None) } else { Err(refused(null_count)) };
    };
    let Some(dtype) = dtype_of(field.data_type()) else { return Err(unknown(&table)) };
    if null_count == 0 {
        return Ok(Some(numpy(py)?.call_method1(intern!(py, "asarray"), (object,))?));
    }
    if nulls == Nulls::Refuse {
        return Err(refused(null_count));
    }
    let mut bytes = Vec::new();
    for batch in &table.batches {
        append_valid(batch.column(0), &mut bytes);
    }
    Ok(Some(dense(py, &bytes, &dtype)?))
}

/// `object` itself, or the array of NumPy's that it stands for as a column of Arrow.
pub(crate) fn resolved<'py>(object: &Bound<'py, PyAny>, nulls: Nulls) -> Result<Bound<'py, PyAny>, Failure> {
    Ok(column(object, nulls)?.unwrap_or_else(|| object.clone()))
}

/// Whether what pandas holds are NumPy's elements, in which a NaN is a NaN and no null.
fn is_numpys(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    let py = object.py();
    match object.getattr_opt(intern!(py, "dtype"))? {
        Some(dtype) => dtype.is_instance(&numpy(py)?.getattr(intern!(py, "dtype"))?),
        None => object.hasattr(intern!(py, "iloc")),
    }
}

/// NumPy's name for the elements of a type that arrays have.
fn dtype_of(data_type: &DataType) -> Option<String> {
    let unit = |unit: &TimeUnit| match unit {
        TimeUnit::Second => "s",
        TimeUnit::Millisecond => "ms",
        TimeUnit::Microsecond => "us",
        TimeUnit::Nanosecond => "ns",
    };
    Some(match data_type {
        DataType::Boolean => "?".into(),
        DataType::Float16 => "f2".into(),
        DataType::Date32 => "M8[D]".into(),
        DataType::Date64 => "M8[ms]".into(),
        DataType::Timestamp(ticks, _) => format!("M8[{}]", unit(ticks)),
        DataType::Duration(ticks) => format!("m8[{}]", unit(ticks)),
        plain if plain.is_numeric() && !plain.is_decimal() => {
            let kind = match plain {
                _ if plain.is_signed_integer() => 'i',
                _ if plain.is_integer() => 'u',
                _ => 'f',
            };
            format!("{kind}{}", plain.primitive_width()?)
        }
        _ => return None,
    })
}

/// The bytes of the elements of `column` that are there, as NumPy has them.
fn append_valid(column: &ArrayRef, bytes: &mut Vec<u8>) {
    let data = column.to_data();
    let (rows, offset) = (data.len(), data.offset());
    let valid = (0..rows).filter(|&row| data.is_valid(row)).map(|row| offset + row);
    let buffer = data.buffers()[0].as_slice();
    match data.data_type() {
        DataType::Boolean => bytes.extend(valid.map(|row| buffer[row / 8] >> (row % 8) & 1)),
        // Days are 64 bits wide there.
        DataType::Date32 => {
            let days = valid.map(|row| {
                let [a, b, c, d] = [0, 1, 2, 3].map(|byte| buffer[4 * row + byte]);
                i64::from(i32::from_ne_bytes([a, b, c, d]))
            });
            days.for_each(|days| bytes.extend(days.to_ne_bytes()));
        }
        other => {
            let width = other.primitive_width().unwrap_or(1);
            valid.for_each(|row| bytes.extend(&buffer[width * row..width * (row + 1)]));
        }
    }
}

fn refused(count: usize) -> Failure {
    let nulls = if count == 1 { "a null".to_owned() } else { format!("{count} nulls") };
    Failure::Input(format!(
        "the Arrow data has {nulls}, which an array cannot hold: drop or fill them first, or ask it as a table with \
         arrcalc.open(x).query(...)"
    ))
}

fn unknown(table: &Table) -> Failure {
    let opened = Dataset::from_batches("table", &table.schema, table.batches.clone());
    let name = match &opened {
        Ok(dataset) => dataset.schema().fields.first().map(|field| field.data_type.to_string()),
        Err(_) => None,
    };
    let name = name.unwrap_or_else(|| table.schema.field(0).data_type().to_string());
    Failure::Dtype(format!(
        "Arrow data of type {name} is no array of numbers, truth values or times; ask it as a table with \
         arrcalc.open(x).query(...)"
    ))
}
