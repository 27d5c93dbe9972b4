//! The order of elements as indices: `argsort`, `lexsort`, `argpartition`, `top_k`, `bottom_k`, `rank`.

use arrcalc::answer::Table;
use arrcalc::datasets::{Column, Dataset};
use arrcalc::order::{RankMethod, SortKey, argpartition_into, argsort_into, doubled_ranks, first_rows};
use arrcalc::{Scope, read_table};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

use crate::arguments;
use crate::array::{Array, numpy};
use crate::errors::Failure;
use crate::fresh::Fresh;
use crate::statistic::Answer;
use crate::threads;

/// The indices that put `a` in order, always stable: equal elements keep their order.
///
/// NaN stands last, with `descending=True` too (as in NumPy 2.5), NaT as well; -0.0 and 0.0 are equal. Any `kind` means the
/// one that there is. Arrays have one axis, or are flattened with `axis=None`. Numbers, truth values, dates, times and
/// strings.
///
/// >>> import arrcalc
/// >>> arrcalc.argsort([0.5, float("nan"), -1.0, 0.5])
/// array([2, 0, 3, 1])
/// >>> arrcalc.argsort([1, 2, 2, 0], descending=True)
/// array([1, 2, 0, 3])
#[pyfunction]
#[pyo3(signature = (
    a, axis=Some(-1), kind=None, order=None, *, stable=None, descending=false, threads=None,
))]
#[expect(clippy::too_many_arguments, reason = "NumPy's signature")]
pub(crate) fn argsort<'py>(
    py: Python<'py>,
    a: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::axis_if_any)] axis: Option<isize>,
    #[pyo3(from_py_with = arguments::kind)] kind: Option<&str>,
    order: Option<&Bound<'py, PyAny>>,
    stable: Option<bool>,
    descending: bool,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    let _ = stable; // it always is
    known(kind, &SORTS)?;
    no_order(order)?;
    let array = Array::of(a)?;
    one_axis(&array, axis)?;
    fresh_order(py, &[&array], threads, |scope, columns, order| {
        let key = SortKey { descending, ..SortKey::ascending(columns[0]) };
        argsort_into(scope, &[key], order)
    })
}

/// The indices that sort by several keys: the **last** of `keys` counts most, as in NumPy. Stable.
///
/// >>> import arrcalc
/// >>> arrcalc.lexsort(([9, 4, 0, 4], [1, 5, 1, 4]))
/// array([2, 0, 3, 1])
#[pyfunction]
#[pyo3(signature = (keys, axis=-1, *, threads=None))]
pub(crate) fn lexsort<'py>(
    py: Python<'py>,
    keys: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::axis)] axis: isize,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    let is_list = keys.is_instance_of::<PyTuple>() || keys.is_instance_of::<PyList>();
    let rows = if is_list { keys.clone() } else { numpy(py)?.call_method1("asarray", (keys,))? };
    let arrays = rows.try_iter()?.map(|key| Array::of(&key?)).collect::<Result<Vec<_>, Failure>>()?;
    let Some(first) = arrays.first() else {
        return Err(Failure::Input("lexsort needs a key at least".into()));
    };
    for array in &arrays {
        one_axis(array, Some(axis))?;
        if array.len() != first.len() {
            let reason = format!("keys are of one length, not of {} and {}", first.len(), array.len());
            return Err(Failure::Input(reason));
        }
    }
    let arrays: Vec<&Array> = arrays.iter().rev().collect();
    fresh_order(py, &arrays, threads, |scope, columns, order| {
        let keys: Vec<SortKey<'_>> = columns.iter().map(|&column| SortKey::ascending(column)).collect();
        argsort_into(scope, &keys, order)
    })
}

/// Indices so that at place `kth` stands what a sort puts there, nothing after it is smaller and nothing before it larger.
///
/// `kth` is one place or several; the parts between them keep the order of the elements. NaN counts as the largest.
///
/// >>> import arrcalc
/// >>> arrcalc.argpartition([3, 1, 2, 0], 1)[1]
/// np.int64(1)
#[pyfunction]
#[pyo3(signature = (a, kth, axis=Some(-1), kind=Some("introselect"), order=None, *, threads=None))]
pub(crate) fn argpartition<'py>(
    py: Python<'py>,
    a: &Bound<'py, PyAny>,
    kth: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::axis_if_any)] axis: Option<isize>,
    #[pyo3(from_py_with = arguments::kind)] kind: Option<&str>,
    order: Option<&Bound<'py, PyAny>>,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    known(kind, &["introselect"])?;
    no_order(order)?;
    let array = Array::of(a)?;
    one_axis(&array, axis)?;
    let places = match kth.extract::<i64>() {
        Ok(place) => vec![place],
        Err(_) => (kth.extract::<Vec<i64>>()).map_err(|_| {
            Failure::Input("kth is an integer or a sequence of integers, each a place".into())
        })?,
    };
    let len = array.len() as i64;
    let place = |place: &i64| {
        let from_start = if *place < 0 { place + len } else { *place };
        let found = usize::try_from(from_start).ok().filter(|_| from_start < len);
        found.ok_or_else(|| Failure::Input(format!("kth {place} is out of bounds for {len} elements")))
    };
    let places = places.iter().map(place).collect::<Result<Vec<usize>, Failure>>()?;
    fresh_order(py, &[&array], threads, |scope, columns, order| {
        argpartition_into(scope, &SortKey::ascending(columns[0]), &places, order)
    })
}

/// The `k` largest elements and their indices, the largest first, ties to the lowest index; all of them where there are
/// fewer. NaN counts only where there are not enough numbers.
///
/// >>> import arrcalc
/// >>> arrcalc.top_k([5, 9, 1, 9, 7], 2)
/// (array([9, 9]), array([1, 3]))
#[pyfunction]
#[pyo3(signature = (x, k, *, threads=None))]
pub(crate) fn top_k<'py>(
    py: Python<'py>,
    x: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::k)] k: usize,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    first(py, x, k, true, threads)
}

/// The `k` smallest elements and their indices, the smallest first, ties to the lowest index; all of them where there are
/// fewer. NaN counts only where there are not enough numbers.
///
/// >>> import arrcalc
/// >>> arrcalc.bottom_k([5.0, 9.0, 1.0, 1.0], 3)
/// (array([1., 1., 5.]), array([2, 3, 0]))
#[pyfunction]
#[pyo3(signature = (x, k, *, threads=None))]
pub(crate) fn bottom_k<'py>(
    py: Python<'py>,
    x: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::k)] k: usize,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    first(py, x, k, false, threads)
}

pub(crate) fn first<'py>(
    py: Python<'py>,
    x: &Bound<'py, PyAny>,
    k: usize,
    descending: bool,
    threads: Option<usize>,
) -> Answer<'py> {
    let array = Array::of(x)?;
    let len = array.len();
    let rows = work(py, &[&array], threads, |scope, columns| {
        let key = SortKey { descending, ..SortKey::ascending(columns[0]) };
        first_rows(scope, &[key], len, k)
    })?;
    let mut indices = Fresh::new(py, "i8", rows.len())?;
    indices.elements::<u64>().copy_from_slice(&rows);
    let indices = indices.into_array()?;
    let values = numpy(py)?.call_method1("asarray", (x,))?.call_method1("reshape", (-1,))?;
    let values = values.call_method1("take", (&indices,))?;
    Ok(PyTuple::new(py, [values, indices])?.into_any())
}

/// The place of each element in the order of all, counted from 1.
///
/// Equal elements get the mean of their places (`average`), the lowest (`min`) or highest (`max`) of them, one more than
/// the next lower elements (`dense`), or each its own (`ordinal`). Averages are float64, the others int64. NaNs are equal
/// and rank last, in both directions; NaT has no rank, so that with one the ranks are float64 and NaN there.
///
/// >>> import arrcalc
/// >>> arrcalc.rank([5, 9, 5, 7])
/// array([1.5, 4. , 1.5, 3. ])
/// >>> arrcalc.rank([5, 9, 5, 7], "dense", descending=True)
/// array([3, 1, 3, 2])
#[pyfunction]
#[pyo3(signature = (a, method="average", *, descending=false, threads=None))]
pub(crate) fn rank<'py>(
    py: Python<'py>,
    a: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::method)] method: &str,
    descending: bool,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    let Some(method) = RankMethod::named(method) else {
        let reason = format!("method is average, min, max, dense or ordinal, not '{method}'");
        return Err(Failure::Input(reason));
    };
    let array = Array::of(a)?;
    let mut floats = Fresh::new(py, "f8", array.len())?;
    let ranks: &mut [u64] = floats.elements();
    let has_nulls = work(py, &[&array], threads, |scope, columns| {
        let key = SortKey { descending, ..SortKey::ascending(columns[0]) };
        doubled_ranks(scope, &key, method, ranks)?;
        let validity = columns[0].validity.filter(|bits| bits.count_ones() < bits.len());
        for (row, rank) in ranks.iter_mut().enumerate() {
            let is_null = validity.is_some_and(|bits| !bits.get(row));
            let float = if is_null { f64::NAN } else { *rank as f64 / 2.0 };
            let is_float = method == RankMethod::Average || validity.is_some();
            *rank = if is_float { float.to_bits() } else { *rank / 2 };
        }
        Ok(validity.is_some())
    })?;
    let floats = floats.into_array()?;
    if method == RankMethod::Average || has_nulls {
        return Ok(floats);
    }
    Ok(floats.call_method1("view", ("i8",))?)
}

/// A fresh array of indices, as `order` fills it.
fn fresh_order<'py>(
    py: Python<'py>,
    arrays: &[&Array],
    threads: Option<usize>,
    order: impl FnOnce(&Scope<'_>, &[Column<'_>], &mut [u64]) -> arrcalc::Result<()> + Send,
) -> Answer<'py> {
    let mut indices = Fresh::new(py, "i8", arrays[0].len())?;
    let elements: &mut [u64] = indices.elements();
    work(py, arrays, threads, |scope, columns| order(scope, columns, elements))?;
    Ok(indices.into_array()?)
}

/// Does `body` with the arrays as columns, without the GIL: those that lie as kernels take them where they lie, others
/// copied.
fn work<T: Send>(
    py: Python<'_>,
    arrays: &[&Array],
    threads: Option<usize>,
    body: impl FnOnce(&Scope<'_>, &[Column<'_>]) -> arrcalc::Result<T> + Send,
) -> Result<T, Failure> {
    let engine = threads::engine(threads)?;
    let bytes = arrays.iter().map(|array| array.byte_count()).sum();
    threads::run(py, bytes, |control| {
        let mut copies: Vec<Option<Table>> = Vec::new();
        for array in arrays {
            let copy = || -> Result<Table, Failure> {
                let view = Dataset::from_arrays(vec![("a".into(), array.view()?.flatten())])?;
                if view.schema().fields.len() != 1 {
                    return Err(Failure::Dtype(format!(
                        "no order of elements of type {}",
                        array.type_name()
                    )));
                }
                Ok(engine.scoped_with(control, |scope| read_table(scope, &view))?)
            };
            copies.push(if array.dense().is_some() { None } else { Some(copy()?) });
        }
        let chunks: Vec<_> = copies.iter().map(|copy| copy.as_ref().map(Table::lend)).collect();
        let mut columns = Vec::new();
        for (array, chunk) in arrays.iter().zip(&chunks) {
            let dense = array.dense().map(|values| Column { values, validity: None });
            columns.extend(dense.or_else(|| chunk.as_ref().map(|chunk| chunk.columns[0])));
        }
        Ok(engine.scoped_with(control, |scope| body(scope, &columns))?)
    })
}

/// One axis, named or not, or all elements in C order.
fn one_axis(array: &Array, axis: Option<isize>) -> Result<(), Failure> {
    match (axis, array.shape().len()) {
        (None, _) | (Some(-1 | 0), 1) => Ok(()),
        (Some(axis), axes) => Err(Failure::Input(format!(
            "axis {axis} of an array of {axes} axes: only arrays of one axis are ordered; axis=None flattens"
        ))),
    }
}

/// NumPy's names of sorts, all of which give what the stable one gives.
pub(crate) const SORTS: [&str; 4] = ["quicksort", "mergesort", "heapsort", "stable"];

pub(crate) fn known(kind: Option<&str>, kinds: &[&str]) -> Result<(), Failure> {
    match kind {
        Some(kind) if !kinds.contains(&kind) => {
            Err(Failure::Input(format!("kind is {}, not '{kind}'", kinds.join(", "))))
        }
        _ => Ok(()),
    }
}

pub(crate) fn no_order(order: Option<&Bound<'_, PyAny>>) -> Result<(), Failure> {
    match order {
        Some(_) => {
            Err(Failure::Input("structured arrays are not ordered by fields; open them as a table".into()))
        }
        None => Ok(()),
    }
}
