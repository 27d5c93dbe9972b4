//! Statistics of texts and times, which the query engine knows: dates, moments, durations.

use arrcalc::aggregate::{NanPolicy, Probability, QuantileMethod};
use arrcalc::answer::{Scalar, Table};
use arrcalc::datasets::Dataset;
use arrcalc::{ColumnQuantiles, Error, Query, QueryText};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PySlice, PyTuple};

use crate::array::{Array, numpy};
use crate::columns;
use crate::errors::Failure;
use crate::statistic::Answer;
use crate::threads;
use crate::values::plain;

/// `name` of all elements, as a scalar of NumPy's; NaT is left out.
pub(crate) fn asked<'py>(py: Python<'py>, array: &Array, name: &str, threads: Option<usize>) -> Answer<'py> {
    let answer = answer(py, array, name, &format!("{name}(a) as r"), threads)?;
    Ok(columns::array(py, &answer, 0)?.get_item(0)?)
}

/// Quantiles of times: the nearest tick, ties to even; NaT is left out.
pub(crate) fn quantiles_of_times<'py>(
    py: Python<'py>,
    array: &Array,
    q: &Bound<'py, PyAny>,
    read: fn(f64) -> Result<Probability, Error>,
    method: QuantileMethod,
    threads: Option<usize>,
) -> Answer<'py> {
    let q = numpy(py)?.call_method1(intern!(py, "asarray"), (q, "f8"))?;
    let places = q.call_method0("ravel")?.call_method0("tolist")?.extract::<Vec<f64>>()?;
    let probabilities = places.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let engine = threads::engine(threads)?;
    let values = threads::run(py, array.byte_count(), |control| {
        let dataset = column(array, "quantile")?;
        let task = ColumnQuantiles::new(&dataset, 0, probabilities, method, NanPolicy::Propagate);
        engine.run_with(&task, control).map_err(|error| refused(error, array, "quantile"))
    })?;
    let kind = if array.type_name().contains("timedelta") { "timedelta64" } else { "datetime64" };
    let values = values.iter().map(|value| match value {
        Scalar::Null => numpy(py)?.call_method1(kind, ("NaT",)),
        value => plain(py, value),
    });
    let values = numpy(py)?.call_method1("array", (values.collect::<PyResult<Vec<_>>>()?,))?;
    let values = values.call_method1("reshape", (q.getattr(intern!(py, "shape"))?,))?;
    Ok(values.get_item(PyTuple::empty(py))?)
}

/// All elements as the column `a`; elements of several fields are no column.
fn column<'a>(array: &'a Array, name: &str) -> Result<Dataset<'a>, Failure> {
    let dataset = Dataset::from_arrays(vec![("a".into(), array.view()?.flatten())])
        .map_err(|error| refused(error.into(), array, name))?;
    match dataset.schema().fields.len() {
        1 => Ok(dataset),
        _ => Err(Failure::Dtype(format!("no {name} of elements of type {}", array.type_name()))),
    }
}

/// What the engine does not compute of such elements is an error of their type.
fn refused(error: Error, array: &Array, name: &str) -> Failure {
    match error {
        Error::Request { .. } | Error::Dataset(_) | Error::Evaluation { .. } => {
            Failure::Dtype(format!("no {name} of elements of type {}", array.type_name()))
        }
        other => other.into(),
    }
}

/// The differences of times that follow each other, one fewer than there are; NaT next to a NaT.
pub(crate) fn differences_of_times<'py>(
    py: Python<'py>,
    array: &Array,
    threads: Option<usize>,
) -> Answer<'py> {
    let answer = answer(py, array, "diff", "diff(a) as r", threads)?;
    let rows = isize::try_from(array.len()).unwrap_or(isize::MAX);
    Ok(columns::array(py, &answer, 0)?.get_item(PySlice::new(py, rows.min(1), rows, 1))?)
}

fn answer(
    py: Python<'_>,
    array: &Array,
    name: &str,
    select: &str,
    threads: Option<usize>,
) -> Result<Table, Failure> {
    let text = QueryText { select: select.to_owned(), ..QueryText::default() };
    let engine = threads::engine(threads)?;
    threads::run(py, array.byte_count(), |control| {
        let dataset = column(array, name)?;
        let query = Query::parse(&dataset, &text).map_err(|error| refused(error, array, name))?;
        engine.run_with(&query, control).map_err(|error| refused(error, array, name))
    })
}
