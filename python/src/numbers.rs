//! Arrays of numbers as the library takes them whole, and work on them with an engine's scope.

use arrcalc::Scope;
use arrcalc::datasets::Values;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::array::{Array, numpy};
use crate::errors::Failure;
use crate::fresh::Fresh;
use crate::nullable::{self, Nulls};
use crate::statistic::Answer;
use crate::threads;

/// `object` as an array of NumPy's; a column of Arrow that has nulls is refused.
pub(crate) fn array_of<'py>(object: &Bound<'py, PyAny>) -> Answer<'py> {
    let object = nullable::resolved(object, Nulls::Refuse)?;
    Ok(numpy(object.py())?.call_method1(intern!(object.py(), "asanyarray"), (object,))?)
}

/// `object` as numbers in C order, aligned, in this machine's byte order: itself where it lies so. binary16 numbers are
/// widened, truth values are 0 and 1.
pub(crate) fn numbers(object: &Bound<'_, PyAny>, what: &str) -> Result<Array, Failure> {
    let array = Array::of(object)?;
    if array.dense().is_some() {
        return Ok(array);
    }
    let dtype = match array.kind() {
        Some((b'f', 2)) => "f4".to_owned(),
        Some((b'b', 1)) => "?".to_owned(),
        Some((kind, bytes)) => format!("{}{bytes}", char::from(kind)),
        None => return Err(Failure::Dtype(format!("no {what} of elements of type {}", array.type_name()))),
    };
    let is_truth = dtype == "?";
    let dense = numpy(object.py())?.call_method1(intern!(object.py(), "require"), (object, dtype, "CA"))?;
    if is_truth {
        return Array::of(&dense.call_method1(intern!(object.py(), "view"), ("u1",))?);
    }
    Array::of(&dense)
}

/// The values of what [`numbers`] made.
pub(crate) fn values<'a>(array: &'a Array, what: &str) -> Result<Values<'a>, Failure> {
    // Nothing has no address, and so none that is aligned.
    let values = if array.len() == 0 { array.kind().and_then(no_values) } else { array.dense() };
    values.ok_or_else(|| Failure::Dtype(format!("no {what} of elements of type {}", array.type_name())))
}

fn no_values(kind: (u8, usize)) -> Option<Values<'static>> {
    Some(match kind {
        (b'f', 8) => Values::Float64(&[]),
        (b'f', 4) => Values::Float32(&[]),
        (b'i', 8) => Values::Int64(&[]),
        (b'i', 4) => Values::Int32(&[]),
        (b'i', 2) => Values::Int16(&[]),
        (b'i', 1) => Values::Int8(&[]),
        (b'u', 8) => Values::UInt64(&[]),
        (b'u', 4) => Values::UInt32(&[]),
        (b'u', 2) => Values::UInt16(&[]),
        (b'u', 1) => Values::UInt8(&[]),
        _ => return None,
    })
}

/// Work on about `bytes` of data with an engine's scope, without the GIL.
pub(crate) fn scoped<T: Send>(
    py: Python<'_>,
    bytes: usize,
    threads: Option<usize>,
    work: impl FnOnce(&Scope<'_>) -> arrcalc::Result<T> + Send,
) -> Result<T, Failure> {
    let engine = threads::engine(threads)?;
    threads::run(py, bytes, |control| Ok(engine.scoped_with(control, work)?))
}

/// One axis and no other.
pub(crate) fn one_axis(array: &Bound<'_, PyAny>, name: &str) -> Result<(), Failure> {
    match array.getattr(intern!(array.py(), "ndim"))?.extract::<usize>()? {
        1 => Ok(()),
        axes => Err(Failure::Input(format!("{name} must have one axis, not {axes}"))),
    }
}

/// `fresh` in the shape of `like`; its only element where that has no axis.
pub(crate) fn shaped<'py>(fresh: Fresh<'py>, like: &Bound<'py, PyAny>) -> Answer<'py> {
    let py = like.py();
    let shape = like.getattr(intern!(py, "shape"))?.cast_into::<PyTuple>().map_err(PyErr::from)?;
    match shape.len() {
        0 => Ok(fresh.into_array()?.get_item(0)?),
        1 => Ok(fresh.into_array()?),
        _ => Ok(fresh.into_array()?.call_method1(intern!(py, "reshape"), (shape,))?),
    }
}
