//! The answer of a query.

use std::sync::Arc;

use arrcalc::answer::Table as Answer;
use arrcalc::present::{Headings, Page, Precision, row_table};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict};

use crate::columns;
use crate::errors::Failure;
use crate::export;

/// Rows at the top and at the bottom of a `repr`.
const SHOWN_ROWS: usize = 20;

/// The answer of a query: columns of one length, in memory.
///
/// It speaks Arrow's capsule protocol, so `pyarrow.table(t)`, `polars.DataFrame(t)` and DuckDB take it as it is.
/// `len` is the number of rows, `t["name"]` a column as a NumPy array, `str` a table for a person.
///
/// >>> import arrcalc
/// >>> t = arrcalc.open({"k": [1, 2, 1], "x": [0.5, 1.5, 2.5]}).query("sum(x) as total", by="k")
/// >>> t
/// k      total
/// int64  float64
///     1      3.0
///     2      1.5
/// >>> t.columns, len(t), t["total"]
/// (['k', 'total'], 2, array([3. , 1.5]))
#[pyclass(module = "arrcalc", frozen)]
pub(crate) struct Table {
    answer: Arc<Answer>,
}

impl Table {
    pub(crate) fn new(answer: Answer) -> Self {
        Self { answer: Arc::new(answer) }
    }

    fn index(&self, name: &str) -> PyResult<usize> {
        let found = self.answer.fields().iter().position(|field| field.name == name);
        found.ok_or_else(|| PyKeyError::new_err(name.to_owned()))
    }
}

#[pymethods]
impl Table {
    /// Number of rows.
    #[getter]
    fn rows(&self) -> usize {
        self.answer.row_count()
    }

    /// Names of the columns, in their order.
    #[getter]
    fn columns(&self) -> Vec<&str> {
        self.answer.fields().iter().map(|field| field.name.as_str()).collect()
    }

    /// Types by name of column, as Arrow calls them: `int64`, `timestamp[us, UTC]`, `string`.
    #[getter]
    fn schema<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let schema = PyDict::new(py);
        for field in self.answer.fields() {
            schema.set_item(&field.name, field.data_type.to_string())?;
        }
        Ok(schema)
    }

    fn __len__(&self) -> usize {
        self.answer.row_count()
    }

    fn __getitem__<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        columns::array(py, &self.answer, self.index(name)?)
    }

    fn __contains__(&self, name: &str) -> bool {
        self.index(name).is_ok()
    }

    /// The names of the columns.
    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.columns().into_pyobject(py)?.try_iter()?.into_any())
    }

    /// A dict of NumPy arrays, one a column.
    ///
    /// A null is NaN among floats, NaT among dates, timestamps and durations, None among texts, decimals and times of
    /// day, which are Python objects. A column of integers or truth values with nulls is a masked array, so that no
    /// integer is rounded. Timestamps with a zone are in UTC.
    ///
    /// >>> import arrcalc
    /// >>> t = arrcalc.open({"k": [1, 2, 2]}).query("count(*) as n, max(k) filter (where k > 1) as top", by="k")
    /// >>> t.to_numpy()["top"]
    /// masked_array(data=[--, 2],
    ///              mask=[ True, False],
    ///        fill_value=999999)
    fn to_numpy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let arrays = PyDict::new(py);
        for (index, field) in self.answer.fields().iter().enumerate() {
            arrays.set_item(&field.name, columns::array(py, &self.answer, index)?)?;
        }
        Ok(arrays)
    }

    /// A dict of lists of Python's own values, one a column; a null is None. Dates, timestamps and durations are
    /// NumPy's scalars, which hold every unit and range.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.open({"x": [1.5, 2.5]}).query("x, x > 2 as large").to_dict()
    /// {'x': [1.5, 2.5], 'large': [False, True]}
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let lists = PyDict::new(py);
        for (index, field) in self.answer.fields().iter().enumerate() {
            lists.set_item(&field.name, columns::list(py, &self.answer, index)?)?;
        }
        Ok(lists)
    }

    /// A `pandas.DataFrame`; pandas has to be installed. Columns of integers or truth values with nulls have pandas'
    /// nullable types.
    fn to_pandas<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("arrcalc._frames")?.call_method1("to_pandas", (slf,))
    }

    /// A `polars.DataFrame`; polars has to be installed.
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("arrcalc._frames")?.call_method1("to_polars", (slf,))
    }

    /// The table as a stream of Arrow, in a capsule. What schema is asked for is not looked at.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> Result<Bound<'py, PyCapsule>, Failure> {
        let _ = requested_schema; // the protocol leaves it to the producer
        export::stream(py, &self.answer)
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyCapsule>, Failure> {
        export::schema(py, &self.answer)
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.answer == other.answer
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let size = py.import("shutil")?.call_method0("get_terminal_size")?;
        let page = Page { width: size.getattr("columns")?.extract()?, ..Page::default() };
        let (table, rows) = (&self.answer, self.answer.row_count());
        let shown = |range: std::ops::Range<usize>| range.map(|row| table.row(row)).collect::<Vec<_>>();
        let text = |rows: &[_]| {
            let precision = Precision::default();
            row_table(table.fields(), rows, &page, &precision, Headings::NamesAndTypes).trim_end().to_owned()
        };
        if rows <= SHOWN_ROWS {
            return Ok(text(&shown(0..rows)));
        }
        Ok(format!("{}\n... {} rows", text(&shown(0..SHOWN_ROWS)), rows))
    }
}
