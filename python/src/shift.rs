//! Elements moved along, and how many there were up to each.

use arrcalc::datasets::Values;
use arrcalc::window;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PySlice, PyString, PyTuple};

use crate::arguments;
use crate::array::{Array, numpy};
use crate::cumulative::with_engine;
use crate::errors::Failure;
use crate::fresh::Fresh;
use crate::numbers::{array_of, one_axis};
use crate::statistic::{Answer, whole};

/// The elements of `x` moved by `n` places towards the end, or by `-n` towards the start, in an array of the same length and
/// type.
///
/// `fill_value` stands where nothing moved to: as it stands, NaN among floats and NaT among times. Other types have no such
/// value, and need one that is theirs.
///
/// >>> import arrcalc
/// >>> arrcalc.shift([1.0, 2.0, 4.0])
/// array([nan,  1.,  2.])
/// >>> arrcalc.shift([1, 2, 4], -1, fill_value=0)
/// array([2, 4, 0])
#[pyfunction]
#[pyo3(signature = (x, n=1, *, fill_value=None))]
pub(crate) fn shift<'py>(
    x: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::periods)] n: isize,
    fill_value: Option<&Bound<'py, PyAny>>,
) -> Answer<'py> {
    let (py, x) = (x.py(), array_of(x)?);
    Array::of(&x)?;
    one_axis(&x, "the array to shift")?;
    let len = isize::try_from(x.len()?).unwrap_or(isize::MAX);
    let dtype = x.getattr(intern!(py, "dtype"))?;
    let fill = match fill_value {
        Some(fill) => own_element(fill, &dtype)?,
        None => no_value(&dtype)?,
    };
    let shifted = numpy(py)?.call_method1(intern!(py, "full"), (x.len()?, fill, &dtype))?;
    let kept = len.saturating_sub(n.saturating_abs()).max(0);
    if kept > 0 {
        let (from, to) = if n < 0 { (len - kept, 0) } else { (0, len - kept) };
        let moved = x.get_item(PySlice::new(py, from, from + kept, 1))?;
        shifted.set_item(PySlice::new(py, to, to + kept, 1), moved)?;
    }
    Ok(shifted)
}

/// `fill` as an element of `dtype`, which has to be the same value.
fn own_element<'py>(fill: &Bound<'py, PyAny>, dtype: &Bound<'py, PyAny>) -> Answer<'py> {
    let py = fill.py();
    let refused = || Failure::Input(format!("fill_value={fill} is no element of type {dtype}"));
    let given = numpy(py)?.call_method1(intern!(py, "asarray"), (fill,))?;
    let kind = |of: &Bound<'py, PyAny>| of.getattr(intern!(py, "kind"))?.extract::<char>();
    let (own, other) = (kind(dtype)?, kind(&given.getattr(intern!(py, "dtype"))?)?);
    let is_kin = match own {
        'i' | 'u' => "iu".contains(other),
        'f' => "iuf".contains(other),
        _ => own == other,
    };
    if !is_kin || !given.getattr(intern!(py, "shape"))?.is_empty()? {
        return Err(refused());
    }
    let cast = given.call_method1(intern!(py, "astype"), (dtype,))?;
    // A float takes any number, as its nearest; a whole number that is too large, or a text that is too long, is no more
    // what it was.
    if own == 'f' || cast.eq(&given)? || cast.ne(&cast)? {
        return Ok(cast.get_item(PyTuple::empty(py))?);
    }
    Err(refused())
}

/// What stands for nothing among elements of `dtype`.
fn no_value<'py>(dtype: &Bound<'py, PyAny>) -> Answer<'py> {
    let py = dtype.py();
    match dtype.getattr(intern!(py, "kind"))?.extract::<char>()? {
        'f' => Ok(numpy(py)?.getattr("nan")?),
        'M' | 'm' => Ok(PyString::new(py, "NaT").into_any()),
        _ => Err(Failure::Input(format!(
            "elements of type {dtype} have no value for what is missing; give a fill_value"
        ))),
    }
}

/// How many of the elements up to each are there, in C order, as int64: all but NaN and NaT.
///
/// >>> import arrcalc
/// >>> arrcalc.cum_count([0.5, float("nan"), 1.5])
/// array([1, 1, 2])
#[pyfunction]
#[pyo3(signature = (a, axis=None, *, threads=None))]
pub(crate) fn cum_count<'py>(
    a: &Bound<'py, PyAny>,
    axis: Option<&Bound<'py, PyAny>>,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    whole(axis)?;
    let (py, a) = (a.py(), array_of(a)?);
    let dtype = a.getattr(intern!(py, "dtype"))?;
    let flat = match dtype.getattr(intern!(py, "kind"))?.extract::<char>()? {
        'f' => numpy(py)?.call_method1("isnan", (&a,))?,
        'M' | 'm' => numpy(py)?.call_method1("isnat", (&a,))?,
        _ => {
            let rows = Array::of(&a)?.len();
            return Ok(numpy(py)?.call_method1("arange", (1, rows + 1, 1, "i8"))?);
        }
    };
    // What is missing as NaN, anything else as a number.
    let holes = numpy(py)?.call_method1("where", (flat, f32::NAN, 0.0f32))?;
    let holes = numpy(py)?.call_method1("ascontiguousarray", (holes, "f4"))?;
    let array = Array::of(&holes)?;
    let mut fresh = Fresh::new(py, "i8", array.len())?;
    let out = fresh.elements::<i64>();
    with_engine(py, array.byte_count(), threads, |_, _| {
        if let Some(Values::Float32(values)) = array.dense() {
            window::moving_count(values.len().max(1), values, out);
        }
        Ok(())
    })?;
    Ok(fresh.into_array()?)
}
