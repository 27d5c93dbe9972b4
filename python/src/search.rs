//! Searching and selecting: positions in sorted values, places of what is true, elements by place.

use arrcalc::Scope;
use arrcalc::datasets::Values;
use arrcalc::order::{self, Choice, Comparison, Number, Side};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

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
fn values<'a>(array: &'a Array, what: &str) -> Result<Values<'a>, Failure> {
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
        Some(sorter) => sorted_by(&a, &array_of(sorter)?, threads)?,
        None => a,
    };
    positions(py, &a, &array_of(v)?, side, threads)
}

/// `a` in the order of `sorter`.
fn sorted_by<'py>(a: &Bound<'py, PyAny>, sorter: &Bound<'py, PyAny>, threads: Option<usize>) -> Answer<'py> {
    one_axis(sorter, "sorter")?;
    let (places, elements) = (sorter.len()?, a.len()?);
    if places != elements {
        return Err(Failure::Input(format!("sorter has {places} places for {elements} elements")));
    }
    taken(a, sorter, threads)
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
pub(crate) fn nonzero<'py>(a: &Bound<'py, PyAny>, threads: Option<usize>) -> Answer<'py> {
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
pub(crate) fn flatnonzero<'py>(a: &Bound<'py, PyAny>, threads: Option<usize>) -> Answer<'py> {
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
pub(crate) fn argwhere<'py>(a: &Bound<'py, PyAny>, threads: Option<usize>) -> Answer<'py> {
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
    Ok(found.into_array())
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
    comparison: &str,
    value: Option<&Bound<'_, PyAny>>,
    threads: Option<usize>,
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
    comparison: &str,
    value: &Bound<'py, PyAny>,
    threads: Option<usize>,
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
    Ok(Number::Float(value.extract()?))
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
    threads: Option<usize>,
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
fn lanes<'py>(a: &Bound<'py, PyAny>, what: &str) -> Result<(usize, Array), Failure> {
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
    let array = out.into_array();
    let keywords = PyDict::new(py);
    keywords.set_item("refcheck", false)?;
    array.call_method("resize", (count,), Some(&keywords))?;
    of_type(array, a)
}

/// `lanes` as elements of `a`'s type.
fn of_type<'py>(lanes: Bound<'py, PyAny>, a: &Bound<'py, PyAny>) -> Answer<'py> {
    let dtype = a.getattr(intern!(a.py(), "dtype"))?;
    Ok(lanes.call_method1(intern!(a.py(), "view"), (dtype,))?)
}

/// The elements of the flattened array `a` at `indices`, in the shape of `indices`.
///
/// As `numpy.take` with `axis=None` and `mode="raise"`: an index below zero counts from the end, one that is not there
/// is an error. Elements of 1, 2, 4 or 8 bytes of any type are moved as they are.
///
/// Cost: a cache line for each index, fetched some two dozen ahead.
///
/// >>> import arrcalc
/// >>> arrcalc.take([4, 3, 5, 7, 6, 8], [0, 1, -2])
/// array([4, 3, 6])
#[pyfunction]
#[pyo3(signature = (a, indices, axis=None, *, threads=None))]
pub(crate) fn take<'py>(
    a: &Bound<'py, PyAny>,
    indices: &Bound<'py, PyAny>,
    axis: Option<&Bound<'py, PyAny>>,
    threads: Option<usize>,
) -> Answer<'py> {
    let a = array_of(a)?;
    flattened(&a, axis)?;
    let indices = array_of(indices)?;
    let taken = taken(&a, &indices, threads)?;
    let py = a.py();
    let shape = indices.getattr(intern!(py, "shape"))?.cast_into::<PyTuple>().map_err(PyErr::from)?;
    match shape.len() {
        0 => Ok(taken.get_item(0)?),
        1 => Ok(taken),
        _ => Ok(taken.call_method1(intern!(py, "reshape"), (shape,))?),
    }
}

/// The elements at `indices`, on one axis.
fn taken<'py>(a: &Bound<'py, PyAny>, indices: &Bound<'py, PyAny>, threads: Option<usize>) -> Answer<'py> {
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
    of_type(out.into_array(), a)
}

/// Whether each element is among `test_elements`, in the shape of `element`; the other way round with `invert`.
///
/// As `numpy.isin`: zeros of both signs are equal, NaN equals nothing. Integers and floats of any widths are compared by
/// their exact values. `assume_unique` and `kind` change nothing here.
///
/// Cost: `test_elements` are sorted; then a bit is looked up for each element where they are integers of a range below
/// 2**25, else a search tree is gone down.
///
/// >>> import arrcalc
/// >>> arrcalc.isin([0, 2, 4, 6], [2, 6])
/// array([False,  True, False,  True])
#[pyfunction]
#[pyo3(signature = (element, test_elements, assume_unique=false, invert=false, *, kind=None, threads=None))]
pub(crate) fn isin<'py>(
    element: &Bound<'py, PyAny>,
    test_elements: &Bound<'py, PyAny>,
    assume_unique: bool,
    invert: bool,
    kind: Option<&str>,
    threads: Option<usize>,
) -> Answer<'py> {
    let _ = assume_unique;
    if !matches!(kind, None | Some("sort" | "table")) {
        return Err(Failure::Input("kind must be None, 'sort' or 'table'".into()));
    }
    let (py, element) = (element.py(), array_of(element)?);
    let (array, tests) = (numbers(&element, "isin")?, numbers(test_elements, "isin")?);
    let mut found = Fresh::new(py, "?", array.len())?;
    let (of, among) = (values(&array, "isin")?, values(&tests, "isin")?);
    let out = found.elements::<u8>();
    let bytes = array.byte_count() + tests.byte_count();
    scoped(py, bytes, threads, |scope| order::is_in(scope, of, among, invert, out))?;
    shaped(found, &element)
}

/// The bin of each element of `x`, in its shape: with increasing `bins`, `bins[i-1] <= x < bins[i]` (`right`:
/// `bins[i-1] < x <= bins[i]`), and the other way round with decreasing ones.
///
/// As `numpy.digitize`; 0 and `len(bins)` lie outside, NaN lies behind all numbers.
///
/// Cost: as `searchsorted`.
///
/// >>> import arrcalc
/// >>> arrcalc.digitize([0.2, 6.4, 3.0, 1.6], [0.0, 1.0, 2.5, 4.0, 10.0])
/// array([1, 4, 3, 2])
#[pyfunction]
#[pyo3(signature = (x, bins, right=false, *, threads=None))]
pub(crate) fn digitize<'py>(
    x: &Bound<'py, PyAny>,
    bins: &Bound<'py, PyAny>,
    right: bool,
    threads: Option<usize>,
) -> Answer<'py> {
    let (py, x, bins) = (x.py(), array_of(x)?, array_of(bins)?);
    one_axis(&bins, "bins")?;
    let (array, edges) = (numbers(&x, "digitize")?, numbers(&bins, "digitize")?);
    let mut found = Fresh::new(py, "i8", array.len())?;
    let (values, among) = (values(&array, "digitize")?, values(&edges, "digitize")?);
    let out = found.elements::<u64>();
    scoped(py, array.byte_count(), threads, |scope| order::digitize(scope, values, among, right, out))?;
    shaped(found, &x)
}
