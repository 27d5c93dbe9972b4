//! `describe`: every statistic of every column of files, arrays and tables.

use arrcalc::Describe;
use arrcalc::answer::ColumnDescription;
use arrcalc::answer::Description as Answer;
use arrcalc::datasets::Dataset;
use arrcalc::present::{
    FIELDS, Heading, Page, Precision, description_full, description_json, description_table, field_values,
};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::arguments;
use crate::errors::Failure;
use crate::source::Source;
use crate::threads;
use crate::values::plain;

/// Describes `columns` (all of them where none are named) of `source`.
pub(crate) fn description(
    py: Python<'_>,
    source: &Source,
    opened: Option<&Dataset<'static>>,
    columns: Option<Vec<String>>,
    threads: Option<usize>,
) -> Result<Description, Failure> {
    let engine = threads::engine(threads)?;
    let answer = threads::run(py, source.byte_count(), |control| {
        let held;
        let dataset = match opened {
            Some(dataset) => dataset,
            None => {
                held = if columns.is_none() { source.open_whole(&engine)? } else { source.open(&engine)? };
                &held
            }
        };
        let mut task = Describe::new(dataset);
        if let Some(names) = columns {
            task = task.columns(names);
        }
        Ok(engine.run_with(&task, control)?)
    })?;
    Ok(Description { answer, heading: Heading { name: source.name(), ..Heading::default() } })
}

/// Every statistic of every column of `source`: a path, a list of paths of one schema, an array, a dict of arrays, or
/// a table that speaks Arrow's capsule protocol (pyarrow, polars, pandas, duckdb).
///
/// An array of two dimensions has a column for each index of its last axis; one of more is flattened. `columns`
/// chooses columns by name. Nulls and NaNs are counted and left out; infinities stay in. All results are exact or
/// rounded once from the exact value; quantiles interpolate linearly; `var` and `std` have ddof = 1.
///
/// >>> import arrcalc
/// >>> d = arrcalc.describe([3.0, 1.0, 2.0, float("nan")])
/// >>> d.columns["values"]["count"], d.columns["values"]["nans"], d.columns["values"]["median"]
/// (3, 1, 2.0)
/// >>> arrcalc.describe({"x": [1, 2], "y": [0.5, 0.25]}).to_dict()["columns"][0]["sum"]
/// 3
#[pyfunction]
#[pyo3(signature = (source, columns=None, *, threads=None))]
pub(crate) fn describe(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    columns: Option<Vec<String>>,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Result<Description, Failure> {
    description(py, &Source::of(source)?, None, columns, threads)
}

/// What `describe` says. Its `str` is a table for a person; `columns` and `to_dict` have every number in full.
///
/// >>> import arrcalc
/// >>> d = arrcalc.describe({"x": [1.5, 2.5, 4.0]})
/// >>> d.rows, list(d.columns)
/// (3, ['x'])
/// >>> d["x"]["sum"]
/// 8.0
#[pyclass(module = "arrcalc", frozen)]
pub(crate) struct Description {
    answer: Answer,
    heading: Heading,
}

#[pymethods]
impl Description {
    /// Number of rows.
    #[getter]
    fn rows(&self) -> u64 {
        self.answer.rows
    }

    /// Statistics by name of column: a dict each, with the fields of `to_dict` and `histogram` (counts in 8 equal
    /// bins from `min` to `max`) and `most_frequent` (pairs of value and count).
    #[getter]
    fn columns<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let columns = PyDict::new(py);
        for column in &self.answer.columns {
            let mut name = column.name.clone();
            for suffix in 1.. {
                if !columns.contains(&name)? {
                    break;
                }
                name = format!("{}_{suffix}", column.name);
            }
            columns.set_item(name, whole(py, column)?)?;
        }
        Ok(columns)
    }

    fn __getitem__<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyDict>> {
        let column = self.answer.columns.iter().find(|column| column.name == name);
        column.map_or_else(|| Err(PyKeyError::new_err(name.to_owned())), |column| whole(py, column))
    }

    /// The document of `arrcalc describe --format json` as Python values: `rows`, and `columns` as a list of dicts.
    /// What has no meaning for a type is None.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let document = PyDict::new(py);
        document.set_item("rows", self.answer.rows)?;
        let columns = self.answer.columns.iter().map(|column| fields(py, column));
        document.set_item("columns", PyList::new(py, columns.collect::<PyResult<Vec<_>>>()?)?)?;
        Ok(document)
    }

    /// The document of `arrcalc describe --format json`, to the byte.
    fn to_json(&self) -> String {
        description_json(&self.answer, &Precision::default())
    }

    /// Every statistic of every column with nothing rounded, for a person.
    fn full(&self) -> String {
        description_full(&self.answer, &self.heading, &Page::default(), &Precision::default())
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.to_json() == other.to_json()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let size = py.import("shutil")?.call_method0("get_terminal_size")?;
        let page = Page { width: size.getattr("columns")?.extract()?, ..Page::default() };
        Ok(description_table(&self.answer, &self.heading, &page).trim_end().to_owned())
    }
}

/// The fields of the fixed document.
fn fields<'py>(py: Python<'py>, column: &ColumnDescription) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (name, value) in FIELDS.iter().zip(field_values(column)) {
        dict.set_item(name, plain(py, &value)?)?;
    }
    Ok(dict)
}

/// The fields, histogram and frequent values.
fn whole<'py>(py: Python<'py>, column: &ColumnDescription) -> PyResult<Bound<'py, PyDict>> {
    let dict = fields(py, column)?;
    dict.set_item("histogram", column.histogram.map(|counts| counts.to_vec()))?;
    let frequent = column.most_frequent.iter().map(|(value, count)| Ok((plain(py, value)?, *count)));
    dict.set_item("most_frequent", frequent.collect::<PyResult<Vec<_>>>()?)?;
    Ok(dict)
}
