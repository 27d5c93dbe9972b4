//! Searching: positions in sorted values, bins, membership.

use arrcalc::order::{self, Side};
use pyo3::prelude::*;

use crate::arguments;
use crate::coded::{coded, without_nat};
use crate::errors::Failure;
use crate::fresh::Fresh;
use crate::numbers::{array_of, numbers, one_axis, scoped, shaped, values};
use crate::select::taken;
use crate::statistic::Answer;

/// Positions of `v` in the sorted array `a`: the number of elements below each value (`side="left"`), or not above it
/// (`side="right"`).
///
/// As `numpy.searchsorted`: `a` is in ascending order with NaN at the end, or `sorter` are the places that put it in
/// that order (`argsort`); the result has the shape of `v`. Integers and floats of any widths are compared by their
/// exact values, where NumPy rounds both to float64; times by their moments, texts by code points. Nothing is checked: in an array that is not sorted positions mean
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
    #[pyo3(from_py_with = arguments::side)] side: &str,
    sorter: Option<&Bound<'py, PyAny>>,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
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

fn side_of(side: &str) -> Result<Side, Failure> {
    match side {
        "left" => Ok(Side::Left),
        "right" => Ok(Side::Right),
        _ => Err(Failure::Input(format!("side must be 'left' or 'right', not '{side}'"))),
    }
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
    let (sorted, queries) = match coded(a, v)? {
        Some((a, v)) => (numbers(&a, "search")?, numbers(&v, "search")?),
        None => (numbers(a, "search")?, numbers(v, "search")?),
    };
    let mut found = Fresh::new(py, "i8", queries.len())?;
    let (values, wanted) = (values(&sorted, "search")?, values(&queries, "search")?);
    let positions = found.elements::<u64>();
    let bytes = queries.byte_count();
    scoped(py, bytes, threads, |scope| order::search(scope, values, wanted, side, positions))?;
    shaped(found, v)
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
    #[pyo3(from_py_with = arguments::kind)] kind: Option<&str>,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    let _ = assume_unique;
    if !matches!(kind, None | Some("sort" | "table")) {
        return Err(Failure::Input("kind must be None, 'sort' or 'table'".into()));
    }
    let (py, element, test_elements) = (element.py(), array_of(element)?, &array_of(test_elements)?);
    let (array, tests) = match coded(&element, &without_nat(test_elements)?)? {
        Some((element, tests)) => (numbers(&element, "isin")?, numbers(&tests, "isin")?),
        None => (numbers(&element, "isin")?, numbers(test_elements, "isin")?),
    };
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
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    let (py, x, bins) = (x.py(), array_of(x)?, array_of(bins)?);
    one_axis(&bins, "bins")?;
    let (array, edges) = match coded(&x, &bins)? {
        Some((x, bins)) => (numbers(&x, "digitize")?, numbers(&bins, "digitize")?),
        None => (numbers(&x, "digitize")?, numbers(&bins, "digitize")?),
    };
    let mut found = Fresh::new(py, "i8", array.len())?;
    let (values, among) = (values(&array, "digitize")?, values(&edges, "digitize")?);
    let out = found.elements::<u64>();
    scoped(py, array.byte_count(), threads, |scope| order::digitize(scope, values, among, right, out))?;
    shaped(found, &x)
}
