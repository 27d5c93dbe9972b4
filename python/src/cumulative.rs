//! Cumulative functions and differences, by NumPy's rules.

use arrcalc::datasets::Values;
use arrcalc::kernels::window::Missing;
use arrcalc::window::{self, End};
use arrcalc::{Engine, Error};
use pyo3::intern;
use pyo3::prelude::*;

use crate::arguments;
use crate::array::{Array, numpy};
use crate::asked::differences_of_times;
use crate::errors::Failure;
use crate::fresh::Fresh;
use crate::nullable::{self, Nulls};
use crate::numbers::array_of;
use crate::statistic::{Answer, own_dtype, whole};
use crate::threads;

/// `object` as a dense native array of `f8` or `f4` floats, or of integers; truth values as `i8`, binary16 as `f4`.
pub(crate) fn dense(object: &Bound<'_, PyAny>, name: &str) -> Result<Array, Failure> {
    let array = Array::of(object)?;
    let wanted = match array.kind() {
        Some((b'f', 2)) => "f4".to_owned(),
        Some((b'b', 1)) => "i1".to_owned(),
        Some((kind @ (b'f' | b'i' | b'u'), bytes)) => format!("{}{bytes}", char::from(kind)),
        _ => return Err(Failure::Dtype(format!("no {name} of elements of type {}", array.type_name()))),
    };
    if array.dense().is_some() {
        return Ok(array);
    }
    let py = object.py();
    let copied = numpy(py)?.call_method1(intern!(py, "require"), (object, wanted, vec!["C", "A"]))?;
    Array::of(&copied)
}

/// What went wrong at an element, in the function's name.
fn at_element(error: Error) -> Failure {
    match error {
        Error::Evaluation { column, row, reason, .. } => {
            Failure::Input(format!("{column}, element {row}: {reason}"))
        }
        other => other.into(),
    }
}

/// Runs `work` without the GIL, with the engine of `threads`.
pub(crate) fn with_engine<T: Send>(
    py: Python<'_>,
    bytes: usize,
    threads: Option<usize>,
    work: impl FnOnce(&Engine, &arrcalc::Control) -> arrcalc::Result<T> + Send,
) -> Result<T, Failure> {
    let engine = threads::engine(threads)?;
    threads::run(py, bytes, |control| work(&engine, control).map_err(at_element))
}

/// Calls `$integers` with the elements widened to 64 bits.
macro_rules! widened {
    ($values:expr, $type:ty, $then:expr) => {{
        let wide: Vec<$type> = $values.iter().map(|&value| value.into()).collect();
        $then(&wide)
    }};
}

/// The cumulative sum of all elements in C order: each the exact sum of all up to it, rounded once.
///
/// Integers and truth values give int64, unsigned integers uint64, and raise where a sum does not fit; floats keep
/// their type (float16 gives float32). From the first NaN on, all is NaN.
///
/// >>> import arrcalc
/// >>> arrcalc.cumsum([1e16, 1.0, -1e16])
/// array([1.e+16, 1.e+16, 1.e+00])
#[pyfunction]
#[pyo3(signature = (a, axis=None, dtype=None, *, threads=None))]
pub(crate) fn cumsum<'py>(
    a: &Bound<'py, PyAny>,
    axis: Option<&Bound<'py, PyAny>>,
    dtype: Option<&Bound<'py, PyAny>>,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    whole(axis)?;
    own_dtype(dtype, "cumsum")?;
    let (py, array) = (a.py(), dense(a, "cumulative sum")?);
    let len = array.len();
    let bytes = 8 * len;
    macro_rules! floats {
        ($values:expr, $dtype:literal) => {{
            let mut fresh = Fresh::new(py, $dtype, len)?;
            let out = fresh.elements();
            with_engine(py, bytes, threads, |engine, control| {
                let sum = |scope: &arrcalc::Scope<'_>| {
                    window::cumulative_sum(scope, Missing::Nothing, $values, out)
                };
                engine.scoped_with(control, sum)
            })?;
            Ok(fresh.into_array()?)
        }};
    }
    macro_rules! integers {
        ($dtype:literal) => {
            |values: &[_]| {
                let mut fresh = Fresh::new(py, $dtype, len)?;
                let out = fresh.elements();
                with_engine(py, bytes, threads, |_, _| window::cumulative_integers(values, out))?;
                Ok(fresh.into_array()?)
            }
        };
    }
    match array.dense() {
        Some(Values::Float64(values)) => floats!(values, "f8"),
        Some(Values::Float32(values)) => floats!(values, "f4"),
        Some(Values::Int64(values)) => integers!("i8")(values),
        Some(Values::UInt64(values)) => integers!("u8")(values),
        Some(Values::Int32(values)) => widened!(values, i64, integers!("i8")),
        Some(Values::Int16(values)) => widened!(values, i64, integers!("i8")),
        Some(Values::Int8(values)) => widened!(values, i64, integers!("i8")),
        Some(Values::UInt32(values)) => widened!(values, u64, integers!("u8")),
        Some(Values::UInt16(values)) => widened!(values, u64, integers!("u8")),
        Some(Values::UInt8(values)) => widened!(values, u64, integers!("u8")),
        _ => Err(Failure::Dtype("no cumulative sum of such elements".into())),
    }
}

/// The cumulative product of all elements in C order, from the first on, rounded at each step in the array's type.
///
/// Integers and truth values give int64, unsigned integers uint64, and raise where a product does not fit.
///
/// >>> import arrcalc
/// >>> arrcalc.cumprod([1, 2, 3, 4])
/// array([ 1,  2,  6, 24])
#[pyfunction]
#[pyo3(signature = (a, axis=None, dtype=None, *, threads=None))]
pub(crate) fn cumprod<'py>(
    a: &Bound<'py, PyAny>,
    axis: Option<&Bound<'py, PyAny>>,
    dtype: Option<&Bound<'py, PyAny>>,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    whole(axis)?;
    own_dtype(dtype, "cumprod")?;
    let (py, array) = (a.py(), dense(a, "cumulative product")?);
    let len = array.len();
    macro_rules! floats {
        ($values:expr, $dtype:literal) => {{
            let mut fresh = Fresh::new(py, $dtype, len)?;
            let out = fresh.elements();
            with_engine(py, 8 * len, threads, |_, _| Ok(window::cumulative_product($values, out)))?;
            Ok(fresh.into_array()?)
        }};
    }
    macro_rules! integers {
        ($dtype:literal) => {
            |values: &[_]| {
                let mut fresh = Fresh::new(py, $dtype, len)?;
                let out = fresh.elements();
                with_engine(py, 8 * len, threads, |_, _| window::cumulative_integer_product(values, out))?;
                Ok(fresh.into_array()?)
            }
        };
    }
    match array.dense() {
        Some(Values::Float64(values)) => floats!(values, "f8"),
        Some(Values::Float32(values)) => floats!(values, "f4"),
        Some(Values::Int64(values)) => integers!("i8")(values),
        Some(Values::UInt64(values)) => integers!("u8")(values),
        Some(Values::Int32(values)) => widened!(values, i64, integers!("i8")),
        Some(Values::Int16(values)) => widened!(values, i64, integers!("i8")),
        Some(Values::Int8(values)) => widened!(values, i64, integers!("i8")),
        Some(Values::UInt32(values)) => widened!(values, u64, integers!("u8")),
        Some(Values::UInt16(values)) => widened!(values, u64, integers!("u8")),
        Some(Values::UInt8(values)) => widened!(values, u64, integers!("u8")),
        _ => Err(Failure::Dtype("no cumulative product of such elements".into())),
    }
}

/// `cumsum` with NaN counted as zero.
///
/// >>> import arrcalc
/// >>> arrcalc.nancumsum([1.0, float("nan"), 2.5])
/// array([1. , 1. , 3.5])
#[pyfunction]
#[pyo3(signature = (a, axis=None, dtype=None, *, threads=None))]
pub(crate) fn nancumsum<'py>(
    a: &Bound<'py, PyAny>,
    axis: Option<&Bound<'py, PyAny>>,
    dtype: Option<&Bound<'py, PyAny>>,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    cumsum(&without_nan(a, 0)?, axis, dtype, threads)
}

/// `cumprod` with NaN counted as one.
///
/// >>> import arrcalc
/// >>> arrcalc.nancumprod([2.0, float("nan"), 2.5])
/// array([2., 2., 5.])
#[pyfunction]
#[pyo3(signature = (a, axis=None, dtype=None, *, threads=None))]
pub(crate) fn nancumprod<'py>(
    a: &Bound<'py, PyAny>,
    axis: Option<&Bound<'py, PyAny>>,
    dtype: Option<&Bound<'py, PyAny>>,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    cumprod(&without_nan(a, 1)?, axis, dtype, threads)
}

/// `object` with `number` in the place of NaN.
fn without_nan<'py>(object: &Bound<'py, PyAny>, number: u8) -> Answer<'py> {
    let (py, array) = (object.py(), Array::of(object)?);
    if !matches!(array.kind(), Some((b'f', _))) {
        return Ok(object.clone());
    }
    let is_nan = numpy(py)?.call_method1("isnan", (object,))?;
    let given = numpy(py)?.call_method1(intern!(py, "asarray"), (object,))?;
    let dtype = given.getattr(intern!(py, "dtype"))?;
    let number = dtype.getattr(intern!(py, "type"))?.call1((number,))?;
    Ok(numpy(py)?.call_method1("where", (is_nan, number, given))?)
}

/// The least element up to each, in C order and in the array's type; from the first NaN on, NaN.
///
/// >>> import arrcalc
/// >>> arrcalc.cummin([3, 1, 2])
/// array([3, 1, 1])
#[pyfunction]
#[pyo3(signature = (a, axis=None, *, threads=None))]
pub(crate) fn cummin<'py>(
    a: &Bound<'py, PyAny>,
    axis: Option<&Bound<'py, PyAny>>,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    whole(axis)?;
    running(a, End::Least, threads)
}

/// The greatest element up to each, in C order and in the array's type; from the first NaN on, NaN.
///
/// >>> import arrcalc
/// >>> arrcalc.cummax([1.0, 3.0, 2.0])
/// array([1., 3., 3.])
#[pyfunction]
#[pyo3(signature = (a, axis=None, *, threads=None))]
pub(crate) fn cummax<'py>(
    a: &Bound<'py, PyAny>,
    axis: Option<&Bound<'py, PyAny>>,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    whole(axis)?;
    running(a, End::Greatest, threads)
}

fn running<'py>(a: &Bound<'py, PyAny>, end: End, threads: Option<usize>) -> Answer<'py> {
    let found = extrema(a, end, threads)?;
    // What was widened goes back as it was.
    match Array::of(a)?.kind() {
        Some((b'b', 1)) => Ok(found.call_method1(intern!(a.py(), "view"), ("?",))?),
        Some((b'f', 2)) => Ok(found.call_method1(intern!(a.py(), "astype"), ("f2",))?),
        _ => Ok(found),
    }
}

fn extrema<'py>(a: &Bound<'py, PyAny>, end: End, threads: Option<usize>) -> Answer<'py> {
    let (py, array) = (a.py(), dense(a, "cumulative extremum")?);
    let len = array.len();
    macro_rules! filled {
        ($values:expr, $dtype:literal, $fill:expr) => {{
            let mut fresh = Fresh::new(py, $dtype, len)?;
            let out = fresh.elements();
            with_engine(py, 8 * len, threads, |_, _| Ok($fill($values, out)))?;
            Ok(fresh.into_array()?)
        }};
    }
    macro_rules! integers {
        ($values:expr, $dtype:literal) => {
            filled!($values, $dtype, |values, out| window::cumulative_extremum_of_integers(end, values, out))
        };
    }
    macro_rules! floats {
        ($values:expr, $dtype:literal) => {
            filled!($values, $dtype, |values, out| {
                window::cumulative_extremum(end, Missing::Nothing, values, out)
            })
        };
    }
    match array.dense() {
        Some(Values::Float64(values)) => floats!(values, "f8"),
        Some(Values::Float32(values)) => floats!(values, "f4"),
        Some(Values::Int64(values)) => integers!(values, "i8"),
        Some(Values::Int32(values)) => integers!(values, "i4"),
        Some(Values::Int16(values)) => integers!(values, "i2"),
        Some(Values::Int8(values)) => integers!(values, "i1"),
        Some(Values::UInt64(values)) => integers!(values, "u8"),
        Some(Values::UInt32(values)) => integers!(values, "u4"),
        Some(Values::UInt16(values)) => integers!(values, "u2"),
        Some(Values::UInt8(values)) => integers!(values, "u1"),
        _ => Err(Failure::Dtype("no cumulative extremum of such elements".into())),
    }
}

/// Each element less the one before, `n` times over, of an array of one dimension.
///
/// Integers and truth values give int64, also unsigned ones, and raise where a difference does not fit; times give
/// durations. `prepend` and `append` stand before and behind the elements.
///
/// >>> import arrcalc
/// >>> arrcalc.diff([1, 4, 9, 16])
/// array([3, 5, 7])
/// >>> arrcalc.diff([1, 4, 9, 16], 2)
/// array([2, 2])
#[pyfunction]
#[pyo3(signature = (a, n=1, axis=-1, prepend=None, append=None, *, threads=None))]
pub(crate) fn diff<'py>(
    a: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::n)] n: usize,
    #[pyo3(from_py_with = arguments::axis)] axis: isize,
    prepend: Option<&Bound<'py, PyAny>>,
    append: Option<&Bound<'py, PyAny>>,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    if !(-1..=0).contains(&axis) {
        return Err(Failure::Input(format!("axis={axis} is not there yet; arrays have one dimension")));
    }
    // As in NumPy: no round, no ends.
    let a = &if n == 0 { a.clone() } else { joined(prepend, a, append)? };
    let given = Array::of(a)?;
    if given.is_described() && given.shape().len() == 1 {
        let mut times = nullable::resolved(a, Nulls::Refuse)?;
        for _ in 0..n.min(given.len()) {
            times = differences_of_times(a.py(), &Array::of(&times)?, threads)?;
        }
        return Ok(times);
    }
    let (py, array) = (a.py(), dense(a, "difference")?);
    if array.shape().len() != 1 {
        return Err(Failure::Input(format!(
            "diff takes an array of one dimension, not {}",
            array.shape().len()
        )));
    }
    let kept = array.len().saturating_sub(n);
    // Each round but the first goes from one vector to a new one; the last one's is the result's.
    macro_rules! filled {
        ($values:expr, $dtype:literal, $first:expr, $type:ty, $step:expr) => {{
            let mut fresh = Fresh::new(py, $dtype, kept)?;
            let out = fresh.elements::<$type>();
            with_engine(py, 8 * array.len(), threads, |_, _| {
                if kept == 0 {
                    return Ok(());
                }
                if n == 0 {
                    out.iter_mut().zip($values).for_each(|(out, &value)| *out = value as $type);
                    return Ok(());
                }
                if n == 1 {
                    return $first($values, out);
                }
                let mut last = vec![<$type>::default(); array.len() - 1];
                $first($values, &mut last)?;
                for round in 1..n {
                    let mut next = vec![<$type>::default(); array.len() - 1 - round];
                    $step(&last, &mut next)?;
                    last = next;
                }
                out.copy_from_slice(&last);
                Ok(())
            })?;
            Ok(fresh.into_array()?)
        }};
    }
    macro_rules! floats {
        ($values:expr, $dtype:literal, $type:ty) => {{
            let step = |values: &[$type], out: &mut [$type]| Ok(window::differences(values, out));
            filled!($values, $dtype, step, $type, step)
        }};
    }
    macro_rules! integers {
        ($values:expr) => {
            filled!($values, "i8", window::integer_differences, i64, window::integer_differences)
        };
    }
    match array.dense() {
        Some(Values::Float64(values)) => floats!(values, "f8", f64),
        Some(Values::Float32(values)) => floats!(values, "f4", f32),
        Some(Values::Int64(values)) => integers!(values),
        Some(Values::Int32(values)) => integers!(values),
        Some(Values::Int16(values)) => integers!(values),
        Some(Values::Int8(values)) => integers!(values),
        Some(Values::UInt64(values)) => integers!(values),
        Some(Values::UInt32(values)) => integers!(values),
        Some(Values::UInt16(values)) => integers!(values),
        Some(Values::UInt8(values)) => integers!(values),
        _ => Err(Failure::Dtype("no difference of such elements".into())),
    }
}

/// `a` between `before` and `after`, numbers or arrays.
fn joined<'py>(
    before: Option<&Bound<'py, PyAny>>,
    a: &Bound<'py, PyAny>,
    after: Option<&Bound<'py, PyAny>>,
) -> Answer<'py> {
    if before.is_none() && after.is_none() {
        return Ok(a.clone());
    }
    let parts = [before, Some(a), after].into_iter().flatten();
    let parts = parts.map(|part| Ok(numpy(a.py())?.call_method1("atleast_1d", (array_of(part)?,))?));
    let parts = parts.collect::<Result<Vec<_>, Failure>>()?;
    Ok(numpy(a.py())?.call_method1(intern!(a.py(), "concatenate"), (parts,))?)
}
