//! Results as Python values: NumPy scalars where NumPy's users expect them, Python's own elsewhere.

use arrcalc::answer::Scalar;
use arrcalc::datasets::TimeUnit;
use pyo3::IntoPyObjectExt;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

use crate::array::numpy;

/// `numpy.float64(value)`.
pub(crate) fn float64(py: Python<'_>, value: f64) -> PyResult<Bound<'_, PyAny>> {
    static FLOAT64: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    FLOAT64.import(py, "numpy", "float64")?.call1((value,))
}

/// `numpy.float32(value)`: every binary32 number is a Python float, so nothing is rounded on the way.
pub(crate) fn float32(py: Python<'_>, value: f32) -> PyResult<Bound<'_, PyAny>> {
    static FLOAT32: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    FLOAT32.import(py, "numpy", "float32")?.call1((f64::from(value),))
}

/// `numpy.intp(value)`: a position, as NumPy returns it.
pub(crate) fn position(py: Python<'_>, value: u64) -> PyResult<Bound<'_, PyAny>> {
    static INTP: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    INTP.import(py, "numpy", "intp")?.call1((value,))
}

/// `numpy.bool_(value)`.
pub(crate) fn truth(py: Python<'_>, value: bool) -> PyResult<Bound<'_, PyAny>> {
    static BOOL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    BOOL.import(py, "numpy", "bool_")?.call1((value,))
}

/// The type of NumPy of `kind` (`b`, `i`, `u`, `f`) and `bytes` called with `value`: an element of the array.
pub(crate) fn element<'py>(
    py: Python<'py>,
    scalar: &Scalar,
    kind: (u8, usize),
) -> PyResult<Bound<'py, PyAny>> {
    let name = match kind {
        (b'b', _) => "bool_".to_owned(),
        (b'i', bytes) => format!("int{}", 8 * bytes),
        (b'u', bytes) => format!("uint{}", 8 * bytes),
        (_, bytes) => format!("float{}", 8 * bytes),
    };
    numpy(py)?.getattr(name)?.call1((plain(py, scalar)?,))
}

/// The result of a sum, mean, ... : floats in NumPy's type, integers as Python's.
pub(crate) fn result<'py>(py: Python<'py>, scalar: &Scalar) -> PyResult<Bound<'py, PyAny>> {
    match scalar {
        Scalar::Float64(value) => float64(py, *value),
        Scalar::Float32(value) => float32(py, *value),
        other => plain(py, other),
    }
}

/// A value as Python's own types have it; times as NumPy's, which hold every unit and range.
pub(crate) fn plain<'py>(py: Python<'py>, scalar: &Scalar) -> PyResult<Bound<'py, PyAny>> {
    match scalar {
        Scalar::Null => Ok(py.None().into_bound(py)),
        Scalar::Bool(truth) => truth.into_bound_py_any(py),
        Scalar::Integer(integer) => integer.into_bound_py_any(py),
        Scalar::Float64(value) => value.into_bound_py_any(py),
        Scalar::Float32(value) => f64::from(*value).into_bound_py_any(py),
        Scalar::Decimal { unscaled, scale } => {
            let decimal = py.import(intern!(py, "decimal"))?.getattr("Decimal")?;
            decimal.call1((format!("{unscaled}E{}", -i32::from(*scale)),))
        }
        Scalar::Date(days) => numpy(py)?.call_method1("datetime64", (days, "D")),
        Scalar::Timestamp(ticks, unit, _) => numpy(py)?.call_method1("datetime64", (ticks, unit.symbol())),
        Scalar::Duration(ticks, unit) => match i64::try_from(*ticks) {
            Ok(ticks) => numpy(py)?.call_method1("timedelta64", (ticks, unit.symbol())),
            Err(_) => ticks.into_bound_py_any(py), // a sum past the type: the ticks themselves
        },
        Scalar::Time(ticks, unit) => time_of_day(py, *ticks, *unit),
        Scalar::Text(text) => text.into_bound_py_any(py),
        other => format!("{other:?}").into_bound_py_any(py),
    }
}

/// `datetime.time`; nanoseconds below a microsecond do not fit it and are shown as text.
fn time_of_day<'py>(py: Python<'py>, ticks: i64, unit: TimeUnit) -> PyResult<Bound<'py, PyAny>> {
    let per_second = unit.ticks_per_second();
    let (seconds, rest) = (ticks.div_euclid(per_second), ticks.rem_euclid(per_second));
    let nanoseconds = rest * (1_000_000_000 / per_second);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if nanoseconds % 1000 == 0 && (0..24).contains(&hour) {
        let time = py.import(intern!(py, "datetime"))?.getattr("time")?;
        return time.call1((hour, minute, second, nanoseconds / 1000));
    }
    format!("{hour:02}:{minute:02}:{second:02}.{nanoseconds:09}").into_bound_py_any(py)
}
