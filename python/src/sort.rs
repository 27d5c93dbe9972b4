//! Sorting and partition of arrays: NumPy's names, into new arrays.

use arrcalc::datasets::Values;
use arrcalc::order::sort::{Direction, Sort, partition_to, sort as sort_in_place, sort_to};
use arrcalc::{Engine, Scope};
use pyo3::IntoPyObjectExt;
use pyo3::intern;
use pyo3::prelude::*;

use crate::argsort::{SORTS, argsort, known, no_order};
use crate::arguments;
use crate::array::{Array, Number, numpy};
use crate::errors::Failure;
use crate::fresh::Fresh;
use crate::nullable::{self, Nulls};
use crate::statistic::Answer;
use crate::threads;

/// A sorted copy of an array.
///
/// The order is total: -0.0 stands before 0.0, and NaNs stand last in both directions, in the order in which they came.
/// `axis` is the last one, or None for all elements in C order. Integers, floats, truth values, times and texts are sorted;
/// NaT stands last. `kind` and `stable` change nothing. The result is the same for any number of threads.
///
/// >>> import arrcalc
/// >>> arrcalc.sort([3, 1, 2])
/// array([1, 2, 3])
/// >>> arrcalc.sort([2.5, float("nan"), -1.0], descending=True)
/// array([ 2.5, -1. ,  nan])
#[pyfunction]
#[pyo3(signature = (a, axis=-1, kind=None, order=None, *, stable=None, descending=false, threads=None))]
pub(crate) fn sort<'py>(
    a: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::axis_if_any)] axis: Option<isize>,
    #[pyo3(from_py_with = arguments::kind)] kind: Option<&str>,
    order: Option<&Bound<'py, PyAny>>,
    stable: Option<bool>,
    descending: bool,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    let _ = stable; // of sorted values nobody can tell
    known(kind, &SORTS)?;
    no_order(order)?;
    let direction = if descending { Direction::Descending } else { Direction::Ascending };
    new_array(a, axis, threads, &Work::Sort(direction))
}

/// A copy of an array in which the element that a sort would put at `kth` is there, no element before it is above it and
/// none after it is below it.
///
/// `kth` is a place or several, negative ones counted from the end. NaNs stand last. Between those
/// places elements stand in an order that depends on nothing but the array and `kth`.
///
/// >>> import arrcalc
/// >>> arrcalc.partition([7, 1, 5, 3, 9], 2)[2]
/// np.int64(5)
#[pyfunction]
#[pyo3(signature = (a, kth, axis=-1, kind=Some("introselect"), order=None, *, threads=None))]
pub(crate) fn partition<'py>(
    a: &Bound<'py, PyAny>,
    kth: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::axis_if_any)] axis: Option<isize>,
    #[pyo3(from_py_with = arguments::kind)] kind: Option<&str>,
    order: Option<&Bound<'py, PyAny>>,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    known(kind, &["introselect"])?;
    no_order(order)?;
    let places = match kth.extract::<isize>() {
        Ok(place) => vec![place],
        Err(_) => numpy(a.py())?
            .call_method1(intern!(a.py(), "asarray"), (kth,))?
            .call_method0(intern!(a.py(), "tolist"))?
            .extract::<Vec<isize>>()
            .map_err(|_| Failure::Input("kth is an integer or a sequence of integers".into()))?,
    };
    new_array(a, axis, threads, &Work::Partition(places))
}

/// The `k`-th smallest element of an array of any shape, counted from 0, or from the end where `k` is negative: what
/// `sort(x, axis=None)[k]` is, without the sort. NaN stands last; as scalar of the array's type.
///
/// >>> import arrcalc
/// >>> arrcalc.nth([7, 1, 5, 3, 9], 1)
/// np.int64(3)
/// >>> arrcalc.nth([7, 1, 5, 3, 9], -1)
/// np.int64(9)
#[pyfunction]
#[pyo3(signature = (x, k, *, threads=None))]
pub(crate) fn nth<'py>(
    x: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::place)] k: isize,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    let x = nullable::resolved(x, Nulls::Skip)?;
    Ok(new_array(&x, None, threads, &Work::Partition(vec![k]))?.get_item(k)?)
}

/// What is done to each row.
enum Work {
    Sort(Direction),
    Partition(Vec<isize>),
}

impl Work {
    fn on<T: Sort>(&self, scope: &Scope<'_>, from: &[T], to: &mut [T]) -> arrcalc::Result<()> {
        match self {
            Work::Sort(direction) => sort_to(scope, from, to, *direction),
            Work::Partition(places) => {
                let places = places.iter().map(|place| place.rem_euclid(from.len().max(1) as isize) as usize);
                partition_to(scope, from, to, &places.collect::<Vec<_>>())
            }
        }
    }

    /// Whether every place is one of `len` elements.
    fn check(&self, len: usize) -> Result<(), Failure> {
        let Work::Partition(places) = self else { return Ok(()) };
        let len = len as isize;
        match places.iter().find(|place| !(-len..len).contains(place)) {
            Some(place) => Err(Failure::Input(format!("kth={place} is out of bounds for {len} elements"))),
            None => Ok(()),
        }
    }
}

fn new_array<'py>(
    a: &Bound<'py, PyAny>,
    axis: Option<isize>,
    threads: Option<usize>,
    work: &Work,
) -> Answer<'py> {
    let array = Array::of(a)?;
    let shape = array.shape().to_vec();
    let row = match axis {
        None => array.len(),
        Some(axis) => last_axis(&shape, axis)?,
    };
    work.check(row)?;
    let engine = threads::engine(threads)?;
    let sorted = rows(a, &array, row, &engine, work)?;
    if axis.is_none() || shape.len() == 1 {
        return Ok(sorted);
    }
    Ok(sorted.call_method1(intern!(a.py(), "reshape"), (shape.into_bound_py_any(a.py())?,))?)
}

/// Its length.
fn last_axis(shape: &[usize], axis: isize) -> Result<usize, Failure> {
    match shape.last() {
        Some(len) if axis == -1 || axis == shape.len() as isize - 1 => Ok(*len),
        Some(_) => Err(Failure::Input(format!(
            "axis={axis} is not there yet; axis=-1 is the last axis, axis=None all elements"
        ))),
        None => {
            Err(Failure::Input("an array without axes is not sorted; axis=None takes its element".into()))
        }
    }
}

/// All rows of `row` elements, one behind the other.
fn rows<'py>(a: &Bound<'py, PyAny>, array: &Array, row: usize, engine: &Engine, work: &Work) -> Answer<'py> {
    let py = a.py();
    match array.dense() {
        Some(Values::Float64(values)) => fresh(py, "f8", values, row, engine, work),
        Some(Values::Float32(values)) => fresh(py, "f4", values, row, engine, work),
        Some(Values::Int64(values)) => fresh(py, "i8", values, row, engine, work),
        Some(Values::Int32(values)) => fresh(py, "i4", values, row, engine, work),
        Some(Values::Int16(values)) => fresh(py, "i2", values, row, engine, work),
        Some(Values::Int8(values)) => fresh(py, "i1", values, row, engine, work),
        Some(Values::UInt64(values)) => fresh(py, "u8", values, row, engine, work),
        Some(Values::UInt32(values)) => fresh(py, "u4", values, row, engine, work),
        Some(Values::UInt16(values)) => fresh(py, "u2", values, row, engine, work),
        Some(Values::UInt8(values)) => fresh(py, "u1", values, row, engine, work),
        _ => converted(a, array, row, engine, work),
    }
}

/// What kernels do not take as it lies: other layouts, truth values, half precision, times.
fn converted<'py>(
    a: &Bound<'py, PyAny>,
    array: &Array,
    row: usize,
    engine: &Engine,
    work: &Work,
) -> Answer<'py> {
    let py = a.py();
    let given = numpy(py)?.call_method1(intern!(py, "asarray"), (a,))?;
    let dtype = given.getattr(intern!(py, "dtype"))?;
    let native = dtype.call_method1(intern!(py, "newbyteorder"), ("=",))?;
    let kind = dtype.getattr(intern!(py, "kind"))?.extract::<char>()?;
    let bytes = dtype.getattr(intern!(py, "itemsize"))?.extract::<usize>()?;
    let dense = |dtype: &Bound<'py, PyAny>| numpy(py)?.call_method1("require", (&given, dtype, "CA"));
    let again = |dense: &Bound<'py, PyAny>, work: &Work| -> Answer<'py> {
        let array = Array::of(dense)?;
        if array.dense().is_none() {
            return Err(Failure::Dtype(format!("elements of type {dtype} are not sorted")));
        }
        rows(dense, &array, row, engine, work)
    };
    if array.len() == 0 && "biufMmUS".contains(kind) {
        return Ok(given.call_method1(intern!(py, "flatten"), ())?);
    }
    match (kind, bytes) {
        ('b', 1) => {
            Ok(again(&dense(&native)?.call_method1("view", ("u1",))?, work)?.call_method1("view", ("?",))?)
        }
        // Every half is a float, and comes back as it was.
        ('f', 2) => {
            Ok(again(&dense(&"f4".into_bound_py_any(py)?)?, work)?.call_method1("astype", (native,))?)
        }
        ('U' | 'S', _) => texts(&given, array, row, work),
        ('M' | 'm', 8) => {
            let ticks = dense(&native)?.call_method1("view", ("i8",))?;
            times(&ticks, row, engine, work)?.call_method1("view", (native,)).map_err(Failure::from)
        }
        ('i' | 'u' | 'f', 1 | 2 | 4 | 8) => again(&dense(&native)?, work),
        _ => Err(Failure::Dtype(format!("elements of type {} are not sorted", array.type_name()))),
    }
}

/// Texts: their order is found, and NumPy takes them.
fn texts<'py>(given: &Bound<'py, PyAny>, array: &Array, row: usize, work: &Work) -> Answer<'py> {
    let py = given.py();
    if row != array.len() {
        return Err(Failure::Input("texts of one axis are sorted; axis=None flattens".into()));
    }
    let flat = given.call_method1(intern!(py, "reshape"), (-1,))?;
    let descending = matches!(work, Work::Sort(Direction::Descending));
    let order = argsort(py, &flat, None, None, None, None, descending, None)?;
    Ok(flat.call_method1(intern!(py, "take"), (order,))?)
}

/// Ticks of which the lowest is NaT and stands last.
fn times<'py>(ticks: &Bound<'py, PyAny>, row: usize, engine: &Engine, work: &Work) -> Answer<'py> {
    let py = ticks.py();
    let array = Array::of(ticks)?;
    let Some(Values::Int64(values)) = array.dense() else {
        return Err(Failure::Dtype("times are integers of 64 bits".into()));
    };
    let mut fresh = Fresh::new(py, "i8", values.len())?;
    let out = fresh.elements::<i64>();
    // A sort is a partition at every place.
    let direction = if let Work::Sort(direction) = work { *direction } else { Direction::Ascending };
    threads::run(py, array.byte_count(), |control| {
        out.copy_from_slice(values);
        let sorted = engine.scoped_with(control, |scope| {
            for row in out.chunks_mut(row.max(1)) {
                sort_in_place(scope, row, direction)?;
                if direction == Direction::Ascending {
                    row.rotate_left(row.partition_point(|tick| *tick == i64::MIN));
                }
            }
            Ok(())
        });
        Ok(sorted?)
    })?;
    Ok(fresh.into_array()?)
}

fn fresh<'py, T: Number + Sort>(
    py: Python<'py>,
    dtype: &str,
    values: &[T],
    row: usize,
    engine: &Engine,
    work: &Work,
) -> Answer<'py> {
    let mut fresh = Fresh::new(py, dtype, values.len())?;
    let out = fresh.elements::<T>();
    threads::run(py, size_of_val(values), |control| {
        let done = engine.scoped_with(control, |scope| {
            let rows = values.chunks(row.max(1)).zip(out.chunks_mut(row.max(1)));
            for (from, to) in rows {
                scope.check()?;
                work.on(scope, from, to)?;
            }
            Ok(())
        });
        Ok(done?)
    })?;
    Ok(fresh.into_array()?)
}
