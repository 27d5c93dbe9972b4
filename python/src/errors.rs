//! Errors of the library as Python exceptions: `arrcalc.Error` and the built-in that fits.

use arrcalc::{Error, datasets};
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyType;

/// What went wrong on the way from Python to the engine and back.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The engine's error.
    Engine(Error),
    /// The data or the request is not what was expected.
    Input(String),
    /// Elements of a type that is not computed with.
    Dtype(String),
    /// An exception that Python raised.
    Python(PyErr),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Engine(error)
    }
}

impl From<datasets::Error> for Failure {
    fn from(error: datasets::Error) -> Self {
        Failure::Engine(error.into())
    }
}

impl From<PyErr> for Failure {
    fn from(error: PyErr) -> Self {
        Failure::Python(error)
    }
}

impl From<Failure> for PyErr {
    fn from(failure: Failure) -> PyErr {
        Python::attach(|py| match failure {
            Failure::Python(error) => owned(py, error),
            Failure::Input(message) => exception(py, "InputError", message),
            Failure::Dtype(message) => exception(py, "DtypeError", message),
            Failure::Engine(error) => engine_exception(py, &error),
        })
    }
}

/// What Python or NumPy says of an argument (a list of unequal rows, a number past a type) as an exception of arrcalc's,
/// the same built-in one as before; others as they are.
fn owned(py: Python<'_>, error: PyErr) -> PyErr {
    let kind = error.get_type(py);
    let name = if kind.is(py.get_type::<PyTypeError>()) {
        "DtypeError"
    } else if kind.is(py.get_type::<PyValueError>()) || kind.is(py.get_type::<PyOverflowError>()) {
        "InputError"
    } else {
        return error;
    };
    let ours = exception(py, name, error.value(py).to_string().replace('\n', " "));
    ours.set_cause(py, Some(error));
    ours
}

/// The exception called `name` of `arrcalc._errors`, or what Python raised on the way to it.
fn exception(py: Python<'_>, name: &str, message: String) -> PyErr {
    match class(py, name) {
        Ok(class) => PyErr::from_type(class, message),
        Err(error) => error,
    }
}

fn class<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyType>> {
    Ok(py.import("arrcalc._errors")?.getattr(name)?.cast_into::<PyType>()?)
}

fn engine_exception(py: Python<'_>, error: &Error) -> PyErr {
    let name = match error {
        Error::Dataset(error) => match error {
            datasets::Error::Io { path, source, .. } => {
                return io_exception(py, error.to_string(), path, source).unwrap_or_else(|error| error);
            }
            datasets::Error::Changed { .. } => "FileError",
            datasets::Error::Limit { .. } => "MemoryLimitError",
            _ => "InputError",
        },
        Error::Memory { .. } => "MemoryLimitError",
        Error::Deadline { .. } => "DeadlineError",
        Error::Bug { .. } => "BugError",
        _ => "InputError",
    };
    exception(py, name, error.to_string())
}

/// `FileError` with `errno` and `filename`, as `open` sets them.
fn io_exception(
    py: Python<'_>,
    message: String,
    path: &std::path::Path,
    source: &std::io::Error,
) -> PyResult<PyErr> {
    let missing = source.kind() == std::io::ErrorKind::NotFound;
    let error = class(py, if missing { "FileMissingError" } else { "FileError" })?.call1((message,))?;
    error.setattr("filename", path)?;
    if let Some(code) = source.raw_os_error() {
        error.setattr("errno", code)?;
    }
    Ok(PyErr::from_value(error))
}
