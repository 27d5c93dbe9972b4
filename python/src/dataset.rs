//! `open`, `query`: tables that are asked.

use std::path::PathBuf;

use arrcalc::aggregate::NanPolicy;
use arrcalc::datasets::Dataset as Opened;
use arrcalc::{ColumnOrder, Query, QueryText, Sort};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::arguments;
use crate::bootstrap::Wanted;
use crate::describe::{Description, description};
use crate::errors::Failure;
use crate::sample::{SampleOfRows, SplitOfRows};
use crate::source::Source;
use crate::statistic::Answer;
use crate::table::Table;
use crate::threads;

/// A table that can be asked: files, an Arrow table, or arrays that are read where they lie.
///
/// Files are opened once; a file that changes afterwards is an error. Arrays are not copied: a query sees what they hold
/// when it runs.
///
/// >>> import arrcalc
/// >>> d = arrcalc.open({"k": [1, 2, 1], "x": [0.5, 1.5, 2.5]})
/// >>> d.schema, d.rows
/// ({'k': 'int64', 'x': 'float64'}, 3)
#[pyclass(module = "arrcalc", frozen)]
pub(crate) struct Dataset {
    source: Source,
    /// Files and Arrow tables; arrays are viewed anew by each query.
    opened: Option<Opened<'static>>,
    columns: Vec<(String, String)>,
    rows: u64,
}

/// Opens `source`: a path, a list of paths of one schema, an array, a dict of arrays, or a table that speaks Arrow's
/// capsule protocol (pyarrow, polars, pandas, duckdb).
///
/// >>> import arrcalc
/// >>> arrcalc.open([3.0, 1.0, 2.0]).query("max(values) as top").to_dict()
/// {'top': [3.0]}
#[pyfunction]
#[pyo3(signature = (source, *, threads=None))]
pub(crate) fn open(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Result<Dataset, Failure> {
    dataset(py, Source::of(source)?, threads)
}

fn dataset(py: Python<'_>, source: Source, threads: Option<usize>) -> Result<Dataset, Failure> {
    let engine = threads::engine(threads)?;
    let (opened, columns, rows) = threads::run(py, source.byte_count(), |_| {
        let held;
        let opened = source.open_for_good(&engine)?;
        let table: &Opened<'_> = match &opened {
            Some(opened) => opened,
            None => {
                held = source.open(&engine)?;
                &held
            }
        };
        let fields = &table.schema().fields;
        let columns = fields.iter().map(|field| (field.name.clone(), field.data_type.to_string())).collect();
        let rows = table.row_count();
        Ok((opened, columns, rows))
    })?;
    Ok(Dataset { source, opened, columns, rows })
}

#[pymethods]
impl Dataset {
    /// Types by name of column, as Arrow calls them: `int64`, `timestamp[us, UTC]`, `string`.
    #[getter]
    fn schema<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let schema = PyDict::new(py);
        for (name, data_type) in &self.columns {
            schema.set_item(name, data_type)?;
        }
        Ok(schema)
    }

    /// Number of rows.
    #[getter]
    fn rows(&self) -> u64 {
        self.rows
    }

    fn __len__(&self) -> usize {
        usize::try_from(self.rows).unwrap_or(usize::MAX)
    }

    /// Selects, filters, groups and aggregates rows, exactly: each argument is a text of SQL's scalar syntax, or a list
    /// of such texts.
    ///
    /// Without aggregates and keys rows stay rows. With aggregates in `select` all rows together give one; with keys in
    /// `by` each group gives one, in the order of the keys. `where` chooses rows, `having` groups, `order_by` sorts
    /// (`-x` or `x desc` downwards), `limit` and `offset` cut the sorted answer. Nulls are left out of aggregates; NaNs
    /// make them NaN unless `nan="ignore"`.
    ///
    /// >>> import arrcalc
    /// >>> d = arrcalc.open({"k": [1, 2, 1, 2], "x": [0.5, 1.5, 0.25, 0.25]})
    /// >>> d.query(["count(*) as n", "mean(x) as m"], by="k", order_by="-m").to_dict()
    /// {'k': [2, 1], 'n': [2, 2], 'm': [0.875, 0.375]}
    /// >>> d.query("cumsum(k) as running", where="x < 1").to_dict()
    /// {'running': [1, 2, 4]}
    /// >>> d.query(where="x < 1", order_by="x", limit=2).to_numpy()["x"]
    /// array([0.25, 0.25])
    #[pyo3(signature = (
        select=None, *, r#where=None, by=None, having=None, order_by=None, limit=None, offset=0, nan="propagate",
        threads=None,
    ))]
    #[expect(clippy::too_many_arguments, reason = "the clauses of a query, each a keyword in Python")]
    fn query(
        &self,
        py: Python<'_>,
        select: Option<&Bound<'_, PyAny>>,
        r#where: Option<&Bound<'_, PyAny>>,
        by: Option<&Bound<'_, PyAny>>,
        having: Option<&Bound<'_, PyAny>>,
        order_by: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = arguments::limit)] limit: Option<u64>,
        #[pyo3(from_py_with = arguments::offset)] offset: u64,
        #[pyo3(from_py_with = arguments::nan)] nan: &str,
        #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
    ) -> Result<Table, Failure> {
        let text = QueryText {
            select: clause(select, ", ")?,
            predicate: predicate(r#where)?,
            by: clause(by, ", ")?,
            having: predicate(having)?,
            order_by: clause(order_by, ", ")?,
            limit,
            offset,
            nan: policy(nan)?,
            ..QueryText::default()
        };
        self.ask(py, &text, threads)
    }

    /// Every statistic of every column: see `arrcalc.describe`.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.open([1.0, 2.0, 4.0]).describe()["values"]["sum"]
    /// 7.0
    #[pyo3(signature = (columns=None, *, threads=None))]
    fn describe(
        &self,
        py: Python<'_>,
        columns: Option<Vec<String>>,
        #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
    ) -> Result<Description, Failure> {
        description(py, &self.source, self.opened.as_ref(), columns, threads)
    }

    /// Standard errors and confidence intervals of aggregates over all rows together, a row each: see `arrcalc.bootstrap`.
    ///
    /// >>> import arrcalc
    /// >>> d = arrcalc.open({"x": [1.0, 2.0, 4.0], "y": [2.0, 1.0, 3.0]})
    /// >>> d.bootstrap(["mean(x)", "corr(x, y) as r"], replicates=100).to_dict()["name"]
    /// ['mean(x)', 'r']
    #[pyo3(signature = (
        select, *, r#where=None, replicates=1000, confidence=0.95, method="percentile", seed=0, nan="propagate",
        threads=None,
    ))]
    #[expect(clippy::too_many_arguments, reason = "a keyword each in Python")]
    fn bootstrap(
        &self,
        py: Python<'_>,
        select: &Bound<'_, PyAny>,
        r#where: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = arguments::replicates)] replicates: usize,
        #[pyo3(from_py_with = arguments::confidence)] confidence: f64,
        #[pyo3(from_py_with = arguments::method)] method: &str,
        #[pyo3(from_py_with = arguments::seed)] seed: u64,
        #[pyo3(from_py_with = arguments::nan)] nan: &str,
        #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
    ) -> Result<Table, Failure> {
        let text = QueryText {
            select: clause(Some(select), ", ")?,
            predicate: predicate(r#where)?,
            nan: policy(nan)?,
            ..QueryText::default()
        };
        threads::guarded(|| Ok(Query::check(&text)?))?;
        let wanted = Wanted { replicates, confidence, method, seed };
        let engine = threads::engine(threads)?;
        let answer = threads::run(py, self.source.byte_count().saturating_mul(replicates), |control| {
            let run = |dataset: &Opened<'_>| {
                let task = wanted.task(Query::parse(dataset, &text)?)?;
                Ok(engine.run_with(&task, control)?.to_table())
            };
            match &self.opened {
                Some(opened) => run(opened),
                None => run(&self.source.open(&engine)?),
            }
        })?;
        Ok(Table::new(answer))
    }

    /// All rows in the order of some columns: texts such as `"k"`, `"-x"`, `"x desc nulls first"`, of which the first
    /// counts most.
    ///
    /// Stable: rows that are equal in all of them keep their order. NaN stands last in both directions, nulls last unless
    /// `nulls first` is said.
    ///
    /// >>> import arrcalc
    /// >>> d = arrcalc.open({"k": [2, 1, 2], "x": [0.5, 1.5, 2.5]})
    /// >>> d.sort(["k", "-x"]).to_dict()
    /// {'k': [1, 2, 2], 'x': [1.5, 2.5, 0.5]}
    #[pyo3(signature = (by, *, threads=None))]
    fn sort(
        &self,
        py: Python<'_>,
        by: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
    ) -> Result<Table, Failure> {
        let by = clause(Some(by), ", ")?;
        let by = threads::guarded(|| Ok(ColumnOrder::parse(&by)?))?;
        let engine = threads::engine(threads)?;
        let answer = threads::run(py, self.source.byte_count(), |control| {
            let run = |dataset: &Opened<'_>| {
                Ok(engine.run_with(&Sort::new(dataset).by(by.iter().cloned()), control)?)
            };
            match &self.opened {
                Some(opened) => run(opened),
                None => run(&self.source.open(&engine)?),
            }
        })?;
        Ok(Table::new(answer))
    }

    /// `n` rows, or about the share `fraction` of them, chosen at random: the same for the same seed, whatever the threads,
    /// the files and their format.
    ///
    /// Rows come in their order unless `shuffled`. `by` takes so many of each group of equal values in these columns (all
    /// of a smaller one); `weights` names a column: a row is as likely as its weight says; with `replace` a row may come
    /// several times. The rule is that of `arrcalc.sample`; with `fraction` alone each row is chosen whose key is below
    /// `fraction * 2**64`.
    ///
    /// >>> import arrcalc
    /// >>> d = arrcalc.open({"k": [1, 2, 1, 2, 1], "x": [0.5, 1.5, 2.5, 3.5, 4.5]})
    /// >>> d.sample(3, seed=42).to_dict()
    /// {'k': [1, 2, 1], 'x': [2.5, 3.5, 4.5]}
    /// >>> d.sample(1, by="k", seed=42).to_dict()
    /// {'k': [1, 2], 'x': [0.5, 1.5]}
    #[pyo3(signature = (
        n=None, *, fraction=None, by=None, replace=false, weights=None, seed=0, shuffled=false, threads=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "keywords in Python")]
    fn sample(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = arguments::rows_if_any)] n: Option<u64>,
        #[pyo3(from_py_with = arguments::fraction)] fraction: Option<f64>,
        by: Option<&Bound<'_, PyAny>>,
        replace: bool,
        weights: Option<String>,
        #[pyo3(from_py_with = arguments::seed)] seed: u64,
        shuffled: bool,
        #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
    ) -> Result<Table, Failure> {
        let asked = SampleOfRows { n, fraction, by, replace, weights, seed, shuffled }.prepare()?;
        let engine = threads::engine(threads)?;
        let answer = threads::run(py, self.source.byte_count(), |control| {
            let run = |dataset: &Opened<'_>| Ok(engine.run_with(&asked.task(dataset), control)?);
            match &self.opened {
                Some(opened) => run(opened),
                None => run(&self.source.open(&engine)?),
            }
        })?;
        Ok(Table::new(answer))
    }

    /// The part of each row of a random split: which rows are for testing (`test`, a share), or the numbers of `folds` folds.
    ///
    /// Sizes are exact. Rows of equal values in the columns `group` go to the same part; each part has the same share of the
    /// values in the columns `stratify`.
    ///
    /// >>> import arrcalc
    /// >>> d = arrcalc.open({"k": [1, 2, 1, 2, 1], "x": [0.5, 1.5, 2.5, 3.5, 4.5]})
    /// >>> d.split(test=0.4, seed=42)
    /// array([False, False, False,  True,  True])
    /// >>> d.split(folds=5, seed=42)
    /// array([3, 4, 2, 1, 0])
    #[pyo3(signature = (test=None, *, folds=None, group=None, stratify=None, seed=0, threads=None))]
    #[expect(clippy::too_many_arguments, reason = "keywords in Python")]
    fn split<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = arguments::test)] test: Option<f64>,
        #[pyo3(from_py_with = arguments::folds)] folds: Option<u64>,
        group: Option<&Bound<'py, PyAny>>,
        stratify: Option<&Bound<'py, PyAny>>,
        #[pyo3(from_py_with = arguments::seed)] seed: u64,
        #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
    ) -> Answer<'py> {
        let asked = SplitOfRows::new(test, folds, group, stratify, seed)?;
        let engine = threads::engine(threads)?;
        let parts = threads::run(py, self.source.byte_count(), |control| {
            let run =
                |dataset: &Opened<'_>| Ok(engine.scoped_with(control, |scope| asked.parts(scope, dataset))?);
            match &self.opened {
                Some(opened) => run(opened),
                None => run(&self.source.open(&engine)?),
            }
        })?;
        asked.array(py, &parts)
    }

    fn __repr__(&self) -> String {
        let columns: Vec<String> =
            self.columns.iter().map(|(name, data_type)| format!("{name}: {data_type}")).collect();
        let plural = if self.rows == 1 { "" } else { "s" };
        format!("<arrcalc.Dataset of {} row{plural}: {}>", self.rows, columns.join(", "))
    }
}

impl Dataset {
    fn ask(&self, py: Python<'_>, text: &QueryText, threads: Option<usize>) -> Result<Table, Failure> {
        threads::guarded(|| Ok(Query::check(text)?))?;
        let engine = threads::engine(threads)?;
        let answer = threads::run(py, self.source.byte_count(), |control| {
            let run = |dataset: &Opened<'_>| {
                let query = Query::parse(dataset, text)?;
                Ok(engine.run_with(&query, control)?)
            };
            match &self.opened {
                Some(opened) => run(opened),
                None => run(&self.source.open(&engine)?),
            }
        })?;
        Ok(Table::new(answer))
    }
}

/// Answers one whole statement, `select ... from 'file' ...`.
///
/// The clauses are those of `Dataset.query`: `where`, `group by`, `having`, `order by`, `limit`, `offset`.
///
/// >>> import arrcalc, pathlib, tempfile
/// >>> with tempfile.TemporaryDirectory() as folder:
/// ...     file = pathlib.Path(folder, "x.csv")
/// ...     _ = file.write_text("k,x\na,1\nb,2\na,3\n")
/// ...     arrcalc.query(f"select k, sum(x) as total from '{file}' group by k").to_dict()
/// {'k': ['a', 'b'], 'total': [4, 2]}
#[pyfunction]
#[pyo3(signature = (statement, *, nan="propagate", threads=None))]
pub(crate) fn query(
    py: Python<'_>,
    statement: String,
    #[pyo3(from_py_with = arguments::nan)] nan: &str,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Result<Table, Failure> {
    let text = QueryText { nan: policy(nan)?, statement, ..QueryText::default() };
    if text.statement.trim().is_empty() {
        return Err(Failure::Input("a statement begins with select".into()));
    }
    let path = PathBuf::from(threads::guarded(|| Ok(text.source()?))?);
    dataset(py, Source::Paths(vec![path]), threads)?.ask(py, &text, threads)
}

/// What is written in one text, or in several that `between` holds apart.
fn clause(object: Option<&Bound<'_, PyAny>>, between: &str) -> Result<String, Failure> {
    match object {
        Some(object) => Ok(texts(object)?.join(between)),
        None => Ok(String::new()),
    }
}

/// A predicate, or several that all have to be true.
fn predicate(object: Option<&Bound<'_, PyAny>>) -> Result<String, Failure> {
    match object {
        Some(object) if !object.is_instance_of::<PyString>() => {
            let parts: Vec<String> = texts(object)?.iter().map(|part| format!("({part})")).collect();
            Ok(parts.join(" and "))
        }
        _ => clause(object, ""),
    }
}

/// One text, or several.
fn texts(object: &Bound<'_, PyAny>) -> Result<Vec<String>, Failure> {
    if let Ok(text) = object.extract::<String>() {
        return Ok(vec![text]);
    }
    let refused = |_| Failure::Dtype(format!("a clause is a text or a list of texts, not {object}"));
    let parts = object.try_iter().map_err(refused)?;
    parts.map(|part| part?.extract::<String>()).collect::<PyResult<_>>().map_err(refused)
}

/// What NaN does to aggregates, by its name.
pub(crate) fn policy(name: &str) -> Result<NanPolicy, Failure> {
    match name {
        "propagate" => Ok(NanPolicy::Propagate),
        "ignore" => Ok(NanPolicy::Ignore),
        other => Err(Failure::Input(format!("nan is 'propagate' or 'ignore', not '{other}'"))),
    }
}
