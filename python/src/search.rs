//! Searching and selecting: positions in sorted values, places of what is true, elements by place.

use arrcalc::Scope;
use arrcalc::order::{self, Side};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::array::{Array, numpy};
use crate::errors::Failure;
use crate::fresh::Fresh;
use crate::statistic::Answer;
use crate::threads;

/// `object` as an array of NumPy's.
fn array_of<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    numpy(object.py())?.call_method1(intern!(object.py(), "asanyarray"), (object,))
}

/// `object` as numbers in C order, aligned, in this machine's byte order: itself where it lies so. binary16 numbers are
/// widened, truth values are 0 and 1.
fn numbers(object: &Bound<'_, PyAny>, what: &str) -> Result<Array, Failure> {
    let array = Array::of(object)?;
    if array.dense().is_some() {
        return Ok(array);
    }
    let dtype = match array.kind() {
        Some((b'f', 2)) => "f4".to_owned(),
        Some((b'b', 1)) => "u1".to_owned(),
        Some((kind, bytes)) => format!("{}{bytes}", char::from(kind)),
        None => return Err(Failure::Dtype(format!("no {what} of elements of type {}", array.type_name()))),
    };
    let dense = numpy(object.py())?.call_method1(intern!(object.py(), "require"), (object, dtype, "CA"))?;
    Array::of(&dense)
}

/// The values of what [`numbers`] made.
fn values<'a>(array: &'a Array, what: &str) -> Result<arrcalc::datasets::Values<'a>, Failure> {
    array
        .dense()
        .ok_or_else(|| Failure::Dtype(format!("no {what} of elements of type {}", array.type_name())))
}

/// Work on about `bytes` of data with an engine's scope, without the GIL.
fn scoped<T: Send>(
    py: Python<'_>,
    bytes: usize,
    threads: Option<usize>,
    work: impl FnOnce(&Scope<'_>) -> arrcalc::Result<T> + Send,
) -> Result<T, Failure> {
    let engine = threads::engine(threads)?;
    threads::run(py, bytes, |control| Ok(engine.scoped_with(control, work)?))
}

fn side_of(side: &str) -> Result<Side, Failure> {
    match side {
        "left" => Ok(Side::Left),
        "right" => Ok(Side::Right),
        _ => Err(Failure::Input(format!("side must be 'left' or 'right', not '{side}'"))),
    }
}

/// One axis and no other.
fn one_axis(array: &Bound<'_, PyAny>, name: &str) -> Result<(), Failure> {
    match array.getattr(intern!(array.py(), "ndim"))?.extract::<usize>()? {
        1 => Ok(()),
        axes => Err(Failure::Input(format!("{name} must have one axis, not {axes}"))),
    }
}

/// `fresh` in the shape of `like`; its only element where that has no axis.
fn shaped<'py>(fresh: Fresh<'py>, like: &Bound<'py, PyAny>) -> Answer<'py> {
    let py = like.py();
    let shape = like.getattr(intern!(py, "shape"))?.cast_into::<PyTuple>().map_err(PyErr::from)?;
    match shape.len() {
        0 => Ok(fresh.into_array().get_item(0)?),
        1 => Ok(fresh.into_array()),
        _ => Ok(fresh.into_array().call_method1(intern!(py, "reshape"), (shape,))?),
    }
}

/// Positions of `v` in the sorted array `a`: the number of elements below each value (`side="left"`), or not above it
/// (`side="right"`).
///
/// As `numpy.searchsorted`: `a` is in ascending order with NaN at the end, or `sorter` are the places that put it in
/// that order (`argsort`); the result has the shape of `v`. Integers and floats of any widths are compared by their
/// exact values, where NumPy rounds both to float64. Nothing is checked: in an array that is not sorted positions mean
/// nothing.
///
/// Cost: about log2(len(a)) / 3 cache lines a value, those of many values fetched at the same time. Many values make a
/// search tree of an eighth of the size of `a` first.
///
/// >>> import arrcalc
/// >>> arrcalc.searchsorted([11, 12, 13, 14, 15], 13)
/// np.int64(2)
/// >>> arrcalc.searchsorted([11, 12, 13, 14, 15], [-10, 20, 12.5, 13], side="right")
/// array([0, 5, 2, 3])
#[pyfunction]
#[pyo3(signature = (a, v, side="left", sorter=None, *, threads=None))]
pub(crate) fn searchsorted<'py>(
    a: &Bound<'py, PyAny>,
    v: &Bound<'py, PyAny>,
    side: &str,
    sorter: Option<&Bound<'py, PyAny>>,
    threads: Option<usize>,
) -> Answer<'py> {
    let (py, side) = (a.py(), side_of(side)?);
    let a = array_of(a)?;
    one_axis(&a, "the array to search in")?;
    let a = match sorter {
        Some(sorter) => a.call_method1("take", (sorter,))?,
        None => a,
    };
    positions(py, &a, &array_of(v)?, side, threads)
}

fn positions<'py>(
    py: Python<'py>,
    a: &Bound<'py, PyAny>,
    v: &Bound<'py, PyAny>,
    side: Side,
    threads: Option<usize>,
) -> Answer<'py> {
    let (sorted, queries) = (numbers(a, "search")?, numbers(v, "search")?);
    let mut found = Fresh::new(py, "i8", queries.len())?;
    let (values, wanted) = (values(&sorted, "search")?, values(&queries, "search")?);
    let positions = found.elements::<u64>();
    let bytes = queries.byte_count();
    scoped(py, bytes, threads, |scope| order::search(scope, values, wanted, side, positions))?;
    shaped(found, v)
}
