//! Selecting: places of what is true, elements by a comparison, a mask or their places.

use arrcalc::datasets::Values;
use arrcalc::order::{self, Choice, Comparison, Number};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::arguments;
use crate::array::{Array, numpy};
use crate::errors::Failure;
use crate::fresh::Fresh;
use crate::numbers::{array_of, numbers, one_axis, scoped, values};
use crate::statistic::Answer;

/// Places of the elements of `a` that are not zero, in C order: an array for each axis.
///
/// As `numpy.nonzero`; NaN is not zero.
///
/// Cost: one pass over `a` at the speed of memory, a bit for each element, and the result.
///
/// >>> import arrcalc
/// >>> arrcalc.nonzero([3, 0, 0, 4])
/// (array([0, 3]),)
#[pyfunction]
#[pyo3(signature = (a, *, threads=None))]
pub(crate) fn nonzero<'py>(
    a: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    let (py, a) = (a.py(), array_of(a)?);
    let shape = a.getattr(intern!(py, "shape"))?.cast_into::<PyTuple>().map_err(PyErr::from)?;
    match shape.len() {
        0 => Err(Failure::Input("nonzero needs an array with an axis; see numpy.atleast_1d".into())),
        1 => Ok(PyTuple::new(py, [places(&a, threads)?])?.into_any()),
        _ => Ok(numpy(py)?.call_method1("unravel_index", (places(&a, threads)?, shape))?),
    }
}

/// Places of the elements of the flattened array `a` that are not zero.
///
/// As `numpy.flatnonzero`.
///
/// >>> import arrcalc
/// >>> arrcalc.flatnonzero([[0.0, 0.5], [2.0, 0.0]])
/// array([1, 2])
#[pyfunction]
#[pyo3(signature = (a, *, threads=None))]
pub(crate) fn flatnonzero<'py>(
    a: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    places(&array_of(a)?, threads)
}

/// Places of the elements of `a` that are not zero, a row for each.
///
/// As `numpy.argwhere`.
///
/// >>> import arrcalc
/// >>> arrcalc.argwhere([[0, 5], [6, 0]]).tolist()
/// [[0, 1], [1, 0]]
#[pyfunction]
#[pyo3(signature = (a, *, threads=None))]
pub(crate) fn argwhere<'py>(
    a: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    let py = a.py();
    let places = nonzero(a, threads)?;
    Ok(numpy(py)?.call_method1("transpose", (places,))?)
}

/// Flat places of what is not zero.
fn places<'py>(a: &Bound<'py, PyAny>, threads: Option<usize>) -> Answer<'py> {
    let py = a.py();
    let array = numbers(a, "nonzero")?;
    let values = values(&array, "nonzero")?;
    let bytes = array.byte_count();
    let choice = scoped(py, bytes, threads, |scope| Choice::nonzero(scope, values))?;
    let mut found = Fresh::new(py, "i8", choice.count())?;
    let rows = found.elements::<u64>();
    scoped(py, bytes, threads, |scope| choice.write_rows(scope, rows))?;
    Ok(found.into_array()?)
}

/// The first place in the flattened array `a` for which the comparison with `value` is true, or None.
///
/// `comparison` is one of `<`, `<=`, `==`, `!=`, `>=`, `>`; as it stands, the first element that is not zero (or, of
/// truth values, the first that is true) is found. Comparisons with NaN are IEEE's; numbers of different types are
/// compared by their exact values.
///
/// Cost: what lies before the place is read, at the speed of memory; it ends there.
///
/// >>> import arrcalc
/// >>> arrcalc.find([0.5, 1.5, 2.5], ">", 1)
/// 1
/// >>> arrcalc.find([0, 0]) is None
/// True
#[pyfunction]
#[pyo3(signature = (a, comparison="!=", value=None, *, threads=None))]
pub(crate) fn find(
    a: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = arguments::comparison)] comparison: &str,
    value: Option<&Bound<'_, PyAny>>,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Result<Option<u64>, Failure> {
    let (comparison, number) = (comparison_of(comparison)?, number_of(value)?);
    let array = numbers(a, "find")?;
    let values = values(&array, "find")?;
    scoped(a.py(), array.byte_count(), threads, |scope| order::find(scope, values, comparison, number))
}

/// The elements of the flattened array `a` for which the comparison with `value` is true: `a[a > value]` in one call,
/// without a mask of truth values.
///
/// `comparison` is one of `<`, `<=`, `==`, `!=`, `>=`, `>`. Comparisons with NaN are IEEE's; numbers of different types
/// are compared by their exact values.
///
/// Cost: one pass over `a` at the speed of memory, and the result.
///
/// >>> import arrcalc
/// >>> arrcalc.filter([0.5, 1.5, 2.5], ">", 1)
/// array([1.5, 2.5])
#[pyfunction]
#[pyo3(signature = (a, comparison, value, *, threads=None))]
pub(crate) fn filter<'py>(
    a: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::comparison)] comparison: &str,
    value: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    let (comparison, number) = (comparison_of(comparison)?, number_of(Some(value))?);
    let a = array_of(a)?;
    let array = numbers(&a, "filter")?;
    chosen(&a, values(&array, "filter")?, comparison, number, threads)
}

fn comparison_of(text: &str) -> Result<Comparison, Failure> {
    text.parse().map_err(|()| {
        Failure::Input(format!("'{text}' is not a comparison; write '<', '<=', '==', '!=', '>=' or '>'"))
    })
}

/// A number of Python's or NumPy's; none is zero.
fn number_of(value: Option<&Bound<'_, PyAny>>) -> Result<Number, Failure> {
    let Some(value) = value else { return Ok(Number::Integer(0)) };
    if let Ok(integer) = value.extract::<i128>() {
        return Ok(Number::Integer(integer));
    }
    if let Ok(float) = value.extract::<f64>() {
        return Ok(Number::Float(float));
    }
    Err(Failure::Dtype(format!(
        "value is compared with numbers, so it is a number, not {}; other elements are filtered by \
         arrcalc.open(x).query(where=...)",
        value.repr()?
    )))
}

/// The elements of the flattened array `a` where `condition` is true, or not zero.
///
/// As `numpy.compress` with `axis=None`: a condition may be shorter than the array, and elements behind its end are
/// left out; a longer one is an error. Elements of 1, 2, 4 or 8 bytes of any type are moved as they are.
///
/// Cost: one pass over the condition and `a` at the speed of memory, and the result.
///
/// >>> import arrcalc
/// >>> arrcalc.compress([True, False, True], [1.5, 2.5, 3.5])
/// array([1.5, 3.5])
#[pyfunction]
#[pyo3(signature = (condition, a, axis=None, *, threads=None))]
pub(crate) fn compress<'py>(
    condition: &Bound<'py, PyAny>,
    a: &Bound<'py, PyAny>,
    axis: Option<&Bound<'py, PyAny>>,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    let (a, condition) = (array_of(a)?, array_of(condition)?);
    flattened(&a, axis)?;
    one_axis(&condition, "the condition")?;
    let mask = numbers(&condition, "compress")?;
    let truths = values(&mask, "compress")?;
    chosen(&a, truths, Comparison::Unequal, Number::Integer(0), threads)
}

/// No axis, or the only one.
fn flattened(a: &Bound<'_, PyAny>, axis: Option<&Bound<'_, PyAny>>) -> Result<(), Failure> {
    let is_only = |axis: &Bound<'_, PyAny>| {
        let axes = a.getattr(intern!(a.py(), "ndim"))?.extract::<usize>()?;
        Ok::<_, Failure>(axes == 1 && matches!(axis.extract::<i64>(), Ok(0 | -1)))
    };
    match axis {
        Some(axis) if !is_only(axis)? => Err(Failure::Input(format!(
            "axis={axis} is not there yet; axis=None takes all elements in C order"
        ))),
        _ => Ok(()),
    }
}

/// Bytes of an element, and the elements in C order as unsigned integers of that width.
pub(crate) fn lanes<'py>(a: &Bound<'py, PyAny>, what: &str) -> Result<(usize, Array), Failure> {
    let py = a.py();
    Array::of(a)?;
    let dtype = a.getattr(intern!(py, "dtype"))?;
    let bytes = dtype.getattr(intern!(py, "itemsize"))?.extract::<usize>()?;
    let has_object = dtype.getattr(intern!(py, "hasobject"))?.is_truthy()?;
    if has_object || !matches!(bytes, 1 | 2 | 4 | 8) {
        return Err(Failure::Dtype(format!("no {what} of elements of type {dtype}")));
    }
    let dense = numpy(py)?.call_method1(intern!(py, "require"), (a, py.None(), "CA"))?;
    let dense = dense.call_method1(intern!(py, "reshape"), (-1,))?;
    Ok((bytes, Array::of(&dense.call_method1(intern!(py, "view"), (format!("u{bytes}"),))?)?))
}

/// The first elements of `a` for which the comparison is true of `tested`, of its type.
fn chosen<'py>(
    a: &Bound<'py, PyAny>,
    tested: Values<'_>,
    comparison: Comparison,
    number: Number,
    threads: Option<usize>,
) -> Answer<'py> {
    let py = a.py();
    let (bytes, array) = lanes(a, "compress")?;
    let rows = tested.len();
    if rows > array.len() {
        return Err(Failure::Input(format!("a condition of {rows} for {} elements", array.len())));
    }
    // Room for all, of which memory is taken where it is written.
    let mut out = Fresh::new(py, &format!("u{bytes}"), rows)?;
    macro_rules! filter {
        ($values:expr) => {{
            let (values, out) = (&$values[..rows], out.elements());
            scoped(py, rows * bytes, threads, |scope| {
                order::filter(scope, tested, comparison, number, values, out)
            })?
        }};
    }
    let count = match values(&array, "compress")? {
        Values::UInt8(values) => filter!(values),
        Values::UInt16(values) => filter!(values),
        Values::UInt32(values) => filter!(values),
        Values::UInt64(values) => filter!(values),
        _ => return Err(Failure::Dtype("elements of that type are not moved".into())),
    };
    of_type(out.into_first(count)?, a)
}

/// `lanes` as elements of `a`'s type.
pub(crate) fn of_type<'py>(lanes: Bound<'py, PyAny>, a: &Bound<'py, PyAny>) -> Answer<'py> {
    let dtype = a.getattr(intern!(a.py(), "dtype"))?;
    Ok(lanes.call_method1(intern!(a.py(), "view"), (dtype,))?)
}

/// The elements of the flattened array `a` at `indices`, in the shape of `indices`.
///
/// As `numpy.take` with `axis=None`: an index below zero counts from the end, and one that is not there is an error. With
/// `mode="wrap"` indices go round and round, with `mode="clip"` what lies below the first is the first, beyond the last the
/// last. Elements of 1, 2, 4 or 8 bytes of any type are moved as they are.
///
/// Cost: a cache line for each index, fetched some two dozen ahead.
///
/// >>> import arrcalc
/// >>> arrcalc.take([4, 3, 5, 7, 6, 8], [0, 1, -2])
/// array([4, 3, 6])
#[pyfunction]
#[pyo3(signature = (a, indices, axis=None, *, mode="raise", threads=None))]
pub(crate) fn take<'py>(
    a: &Bound<'py, PyAny>,
    indices: &Bound<'py, PyAny>,
    axis: Option<&Bound<'py, PyAny>>,
    #[pyo3(from_py_with = arguments::mode)] mode: &str,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    let a = array_of(a)?;
    flattened(&a, axis)?;
    let indices = in_range(array_of(indices)?, mode, a.getattr(intern!(a.py(), "size"))?.extract()?)?;
    let taken = taken(&a, &indices, threads)?;
    let py = a.py();
    let shape = indices.getattr(intern!(py, "shape"))?.cast_into::<PyTuple>().map_err(PyErr::from)?;
    match shape.len() {
        0 => Ok(taken.get_item(0)?),
        1 => Ok(taken),
        _ => Ok(taken.call_method1(intern!(py, "reshape"), (shape,))?),
    }
}

/// `indices` as `mode` reads them, of `len` elements.
fn in_range<'py>(indices: Bound<'py, PyAny>, mode: &str, len: i64) -> Answer<'py> {
    let py = indices.py();
    match mode {
        "raise" => Ok(indices),
        "wrap" | "clip" if len == 0 && !indices.getattr(intern!(py, "size"))?.eq(0)? => {
            Err(Failure::Input("nothing is taken from an empty array".into()))
        }
        "wrap" | "clip" if len == 0 => Ok(indices),
        "wrap" => Ok(numpy(py)?.call_method1("mod", (indices, len))?),
        "clip" => Ok(numpy(py)?.call_method1("clip", (indices, 0, len - 1))?),
        _ => Err(Failure::Input(format!("mode is raise, wrap or clip, not '{mode}'"))),
    }
}

/// The elements at `indices`, on one axis.
pub(crate) fn taken<'py>(
    a: &Bound<'py, PyAny>,
    indices: &Bound<'py, PyAny>,
    threads: Option<usize>,
) -> Answer<'py> {
    let py = a.py();
    let kind = indices.getattr(intern!(py, "dtype"))?.getattr(intern!(py, "kind"))?.extract::<char>()?;
    let is_empty = indices.getattr(intern!(py, "size"))?.extract::<usize>()? == 0;
    if !matches!(kind, 'i' | 'u' | 'b') && !is_empty {
        return Err(Failure::Dtype("indices must be integers".into()));
    }
    // Unsigned ones that do not fit become negative ones that are not there either.
    let indices = Array::of(&numpy(py)?.call_method1(intern!(py, "require"), (indices, "i8", "CA"))?)?;
    let (bytes, array) = lanes(a, "take")?;
    let Values::Int64(rows) = values(&indices, "take")? else {
        return Err(Failure::Dtype("indices must be integers".into()));
    };
    let mut out = Fresh::new(py, &format!("u{bytes}"), rows.len())?;
    macro_rules! take {
        ($values:expr) => {{
            let (values, out) = ($values, out.elements());
            let moved = rows.len() * (8 + bytes);
            scoped(py, moved, threads, |scope| order::take(scope, values, rows, out))?
        }};
    }
    match values(&array, "take")? {
        Values::UInt8(values) => take!(values),
        Values::UInt16(values) => take!(values),
        Values::UInt32(values) => take!(values),
        Values::UInt64(values) => take!(values),
        _ => return Err(Failure::Dtype("elements of that type are not moved".into())),
    }
    of_type(out.into_array()?, a)
}
