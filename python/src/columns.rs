//! Columns of results as NumPy arrays.
//!
//! What a null becomes: NaN among floats, NaT among dates, moments and durations, None among objects (text, decimals,
//! times of day). Integers and truth values have no such value and are never rounded into floats to get one: with
//! nulls among them they are a masked array.

use arrcalc::answer::Table;
use arrcalc::datasets::{Column, DataType, Values};
use arrcalc::kernels::Bits;
use bytemuck::{NoUninit, cast_slice};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PySlice};

use crate::array::numpy;
use crate::fresh::dense;
use crate::values::plain;

/// Column `index` of `table`.
pub(crate) fn array<'py>(py: Python<'py>, table: &Table, index: usize) -> PyResult<Bound<'py, PyAny>> {
    let chunk = table.lend();
    let column = &chunk.columns[index];
    let data_type = &table.fields()[index].data_type;
    // What stands in a null slot is nobody's number: zero, below a mask.
    macro_rules! integers {
        ($values:expr, $dtype:literal) => {
            masked(py, filled(py, $values, column, 0, $dtype)?, column)
        };
    }
    match column.values {
        Values::Bool(bits) => {
            let truths = (0..bits.len()).map(|row| u8::from(is_valid(column, row) && bits.get(row)));
            masked(py, dense(py, &truths.collect::<Vec<u8>>(), "?")?, column)
        }
        Values::Int8(values) => integers!(values, "i1"),
        Values::Int16(values) => integers!(values, "i2"),
        Values::Int32(values) if *data_type == DataType::Date => {
            let days: Vec<i64> = values.iter().map(|&day| day.into()).collect();
            filled(py, &days, column, NAT, "M8[D]")
        }
        Values::Int32(values) => integers!(values, "i4"),
        Values::Int64(values) => match data_type {
            DataType::Timestamp(unit, _) => {
                filled(py, values, column, NAT, &format!("M8[{}]", unit.symbol()))
            }
            DataType::Duration(unit) => filled(py, values, column, NAT, &format!("m8[{}]", unit.symbol())),
            DataType::Time(_) => objects(py, table, index),
            _ => integers!(values, "i8"),
        },
        Values::UInt8(values) => integers!(values, "u1"),
        Values::UInt16(values) => integers!(values, "u2"),
        Values::UInt32(values) => integers!(values, "u4"),
        Values::UInt64(values) => integers!(values, "u8"),
        // half::f16, by its bits.
        Values::Float16(values) => filled(py, cast_slice::<_, u16>(values), column, 0x7e00, "f2"),
        Values::Float32(values) => filled(py, values, column, f32::NAN, "f4"),
        Values::Float64(values) => filled(py, values, column, f64::NAN, "f8"),
        Values::Null(_) | Values::Decimal128(_) | Values::Text(_) => objects(py, table, index),
    }
}

/// Column `index` of `table` as a list of Python's own values; times as NumPy's, which hold every unit and range.
pub(crate) fn list<'py>(py: Python<'py>, table: &Table, index: usize) -> PyResult<Bound<'py, PyList>> {
    let values = PyList::empty(py);
    let chunk = table.lend();
    for row in 0..table.row_count() {
        match (chunk.columns[index].values, is_valid(&chunk.columns[index], row)) {
            (Values::Float64(floats), true) => values.append(floats[row])?,
            // Not the number that prints alike.
            (Values::Float16(floats), true) => values.append(f64::from(floats[row]))?,
            (Values::Text(text), true) => values.append(String::from_utf8_lossy(text.bytes(row)))?,
            _ => values.append(plain(py, &table.value(row, index))?)?,
        }
    }
    Ok(values)
}

fn is_valid(column: &Column<'_>, row: usize) -> bool {
    column.validity.is_none_or(|bits: Bits<'_>| bits.get(row))
}

/// Not a time: the lowest number of ticks.
const NAT: i64 = i64::MIN;

/// `values` with `hole` where `column` is null.
fn filled<'py, T: NoUninit>(
    py: Python<'py>,
    values: &[T],
    column: &Column<'_>,
    hole: T,
    dtype: &str,
) -> PyResult<Bound<'py, PyAny>> {
    if column.validity.is_none() {
        return dense(py, cast_slice(values), dtype);
    }
    let value = |(row, &value): (usize, &T)| if is_valid(column, row) { value } else { hole };
    dense(py, cast_slice(&values.iter().enumerate().map(value).collect::<Vec<T>>()), dtype)
}

/// `array`, masked where `column` is null; itself where there is no null.
fn masked<'py>(
    py: Python<'py>,
    array: Bound<'py, PyAny>,
    column: &Column<'_>,
) -> PyResult<Bound<'py, PyAny>> {
    let Some(valid) = column.validity else { return Ok(array) };
    let nulls: Vec<u8> = (0..valid.len()).map(|row| u8::from(!valid.get(row))).collect();
    let keywords = PyDict::new(py);
    keywords.set_item("mask", dense(py, &nulls, "?")?)?;
    numpy(py)?.getattr("ma")?.call_method("array", (array,), Some(&keywords))
}

/// An array of Python objects.
fn objects<'py>(py: Python<'py>, table: &Table, index: usize) -> PyResult<Bound<'py, PyAny>> {
    let array = numpy(py)?.call_method1("empty", (table.row_count(), "O"))?;
    // Assigned as a whole, so that NumPy does not look into the objects.
    array.set_item(PySlice::full(py), list(py, table, index)?)?;
    Ok(array)
}
