//! `bootstrap`, `permutation_test`: how far an estimate may be off, and whether two samples differ.

use arrcalc::aggregate::Call;
use arrcalc::datasets::{DataType, Dataset, Values};
use arrcalc::random::{Alternative, Bootstrap as Task, Estimate, IntervalMethod, PermutationTest};
use arrcalc::{Engine, Query, QueryText};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::arguments;
use crate::array::{Array, numpy};
use crate::dataset::policy;
use crate::errors::Failure;
use crate::fresh::Fresh;
use crate::numbers::{numbers, values};
use crate::source::Source;
use crate::threads;

/// Names of several arrays, in the order in which they are given.
const NAMES: [&str; 3] = ["x", "y", "z"];

/// What a bootstrap is asked for besides its table and its values.
pub(crate) struct Wanted<'w> {
    pub(crate) replicates: usize,
    pub(crate) confidence: f64,
    pub(crate) method: &'w str,
    pub(crate) seed: u64,
}

impl Wanted<'_> {
    /// `query` as a task.
    pub(crate) fn task<'q>(&self, query: Query<'q>) -> Result<Task<'q>, Failure> {
        let method = IntervalMethod::named(self.method).ok_or_else(|| {
            Failure::Input(format!("method is 'percentile', 'basic' or 'bca', not '{}'", self.method))
        })?;
        // Python's floats are written as decimals, and mean them.
        let confidence = format!("{:e}", self.confidence);
        Ok(Task::new(query)
            .replicates(self.replicates)
            .confidence(&confidence)?
            .method(method)
            .seed(self.seed))
    }
}

/// An estimate with its standard error and a confidence interval, from replicates that are functions of the seed and of
/// the rows: the same bits for any number of threads.
///
/// `x` is an array, a tuple of up to three (called x, y and z), or any source of a table that `open` takes; `statistic`
/// the name of an aggregate of one array ("mean", "median", "std" ...) or an expression of a query with aggregates in it
/// ("corr(x, y)", "mean(x) / std(x)"). `std` and `var` are those of queries, with ddof = 1.
///
/// A replicate takes each row as often as a Poisson(1) count says, independent for every row and replicate, where the
/// usual bootstrap draws as many rows as there are: the same intervals but for the smallest samples, and no row waits for
/// another (Hanley and MacGibbon 2006; Chamandy et al. 2012). Row `i` of replicate `r` has byte `i % 8` of word `i // 8` of
/// `numpy.random.Philox(seed).jumped(r + 1)`; one byte in fifty needs more bits.
///
/// `method` is "percentile", "basic" (the same, mirrored at the estimate) or "bca" (bias-corrected and accelerated; of
/// more than 1,000 rows the jackknife leaves out one thousandth at a time). Quantiles of replicates are linear, as
/// `numpy.quantile`.
///
/// Replicates in which the statistic has no value (a correlation of rows all alike) are left out of the distribution.
///
/// Cost: about a nanosecond for each row and replicate of sums, means, variances and their like; ten for others.
///
/// >>> import arrcalc
/// >>> b = arrcalc.bootstrap([3.0, 1.0, 4.0, 1.5, 9.0, 2.5], replicates=500)
/// >>> b.estimate, b.low < b.estimate < b.high
/// (3.5, True)
/// >>> r = arrcalc.bootstrap(([1, 2, 3, 4, 5], [2.0, 1.0, 4.0, 3.0, 5.0]), "corr(x, y)", method="bca", seed=7)
/// >>> r.estimate, r.distribution.shape
/// (0.8, (936,))
#[pyfunction]
#[pyo3(signature = (
    x, statistic="mean", *, replicates=1000, confidence=0.95, method="percentile", seed=0, nan="propagate",
    threads=None,
))]
#[expect(clippy::too_many_arguments, reason = "a keyword each in Python")]
pub(crate) fn bootstrap(
    py: Python<'_>,
    x: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = arguments::statistic)] statistic: &str,
    #[pyo3(from_py_with = arguments::replicates)] replicates: usize,
    #[pyo3(from_py_with = arguments::confidence)] confidence: f64,
    #[pyo3(from_py_with = arguments::method)] method: &str,
    #[pyo3(from_py_with = arguments::seed)] seed: u64,
    #[pyo3(from_py_with = arguments::nan)] nan: &str,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Result<Bootstrap, Failure> {
    let sample = Sample::of(x)?;
    let select = match &sample {
        Sample::Arrays(arrays) if Call::is_bare(statistic) => match &**arrays {
            [_] => format!("{statistic}(x)"),
            _ => return Err(Failure::Input(format!("{statistic} of which array? Say {statistic}(x)"))),
        },
        _ => statistic.to_owned(),
    };
    let text = QueryText { select, nan: policy(nan)?, ..QueryText::default() };
    Query::check(&text)?;
    let wanted = Wanted { replicates, confidence, method, seed };
    let engine = threads::engine(threads)?;
    let bytes = sample.byte_count().saturating_mul(replicates);
    let mut estimates = threads::run(py, bytes, |control| {
        let dataset = sample.open(&engine)?;
        let task = wanted.task(Query::parse(&dataset, &text)?)?;
        Ok(engine.run_with(&task, control)?.estimates)
    })?;
    match (estimates.pop(), estimates.is_empty()) {
        (Some(estimate), true) => Ok(Bootstrap { estimate }),
        _ => Err(Failure::Input(
            "the statistic has several values: ask for one at a time, or open a dataset".into(),
        )),
    }
}

/// The rows of a bootstrap.
enum Sample {
    Arrays(Vec<(String, Array)>),
    Table(Source),
}

impl Sample {
    fn of(x: &Bound<'_, PyAny>) -> Result<Self, Failure> {
        if let Ok(arrays) = x.cast::<PyTuple>()
            && arrays.iter().any(|array| array.hasattr("__len__").unwrap_or(false))
        {
            if arrays.len() > NAMES.len() {
                return Err(Failure::Input("more than three arrays are a dict, with a name each".into()));
            }
            let named =
                arrays.iter().zip(NAMES).map(|(array, name)| Ok((name.to_owned(), Array::of(&array)?)));
            return named.collect::<Result<_, Failure>>().map(Sample::Arrays);
        }
        Ok(match Source::of(x)? {
            Source::Arrays(mut arrays) if arrays.len() == 1 && arrays[0].0 == "values" => {
                arrays[0].0 = NAMES[0].to_owned();
                Sample::Arrays(arrays)
            }
            other => Sample::Table(other),
        })
    }

    fn byte_count(&self) -> usize {
        match self {
            Sample::Arrays(arrays) => arrays.iter().map(|(_, array)| array.byte_count()).sum(),
            Sample::Table(source) => source.byte_count(),
        }
    }

    fn open(&self, engine: &Engine) -> Result<Dataset<'_>, Failure> {
        match self {
            Sample::Arrays(arrays) => {
                let views = arrays.iter().map(|(name, array)| Ok((name.clone(), array.view()?.flatten())));
                Ok(Dataset::from_arrays(views.collect::<Result<Vec<_>, Failure>>()?)?)
            }
            Sample::Table(source) => source.open(engine),
        }
    }
}

/// What `bootstrap` found. What has no value (the standard error of one replicate) is NaN.
///
/// >>> import arrcalc
/// >>> arrcalc.bootstrap([2.0, 2.0, 2.0], replicates=10)
/// Bootstrap(estimate=2.0, standard_error=0.0, low=2.0, high=2.0, bias=0.0)
#[pyclass(module = "arrcalc", frozen)]
pub(crate) struct Bootstrap {
    estimate: Estimate,
}

#[pymethods]
impl Bootstrap {
    /// The statistic of all rows.
    #[getter]
    fn estimate(&self) -> f64 {
        self.estimate.estimate.unwrap_or(f64::NAN)
    }

    /// Standard deviation of the replicates.
    #[getter]
    fn standard_error(&self) -> f64 {
        self.estimate.std_error.unwrap_or(f64::NAN)
    }

    /// Lower end of the confidence interval.
    #[getter]
    fn low(&self) -> f64 {
        self.estimate.low.unwrap_or(f64::NAN)
    }

    /// Upper end of the confidence interval.
    #[getter]
    fn high(&self) -> f64 {
        self.estimate.high.unwrap_or(f64::NAN)
    }

    /// Mean of the replicates minus the estimate.
    #[getter]
    fn bias(&self) -> f64 {
        self.estimate.bias.unwrap_or(f64::NAN)
    }

    /// The statistic of each replicate, without those that are not defined.
    #[getter]
    fn distribution<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        floats(py, &self.estimate.distribution)
    }

    fn __repr__(&self) -> String {
        let numbers = [self.estimate(), self.standard_error(), self.low(), self.high(), self.bias()];
        let [estimate, error, low, high, bias] =
            numbers.map(|number| format!("{number:?}").replace("NaN", "nan"));
        format!("Bootstrap(estimate={estimate}, standard_error={error}, low={low}, high={high}, bias={bias})")
    }
}

/// How often chance alone would set two samples as far apart: labels are dealt out anew, `replicates` times.
///
/// `statistic` is the name of an aggregate of one array and "difference": "mean difference", "median difference", "std
/// difference" ... `alternative` is "two-sided" (at least as far from zero), "less" or "greater". The p-value is
/// (b + 1) / (m + 1) for b of m relabellings at least as extreme as what was observed. Means are compared exactly, so none
/// that is equally extreme is missed by a rounding.
///
/// Relabelling `r` calls those values the first sample that have the least words of
/// `numpy.random.Philox(seed).jumped(r + 1).random_raw(len(x) + len(y))`, as many as `x` has. Samples are read as float64.
///
/// >>> import arrcalc
/// >>> t = arrcalc.permutation_test([5.1, 4.9, 5.6, 5.8], [4.1, 3.9, 4.6, 4.4], replicates=999)
/// >>> t.statistic, t.p_value < 0.05
/// (1.1, True)
#[pyfunction]
#[pyo3(signature = (
    x, y, statistic="mean difference", *, replicates=9999, alternative="two-sided", seed=0, threads=None,
))]
#[expect(clippy::too_many_arguments, reason = "a keyword each in Python")]
pub(crate) fn permutation_test(
    py: Python<'_>,
    x: &Bound<'_, PyAny>,
    y: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = arguments::statistic)] statistic: &str,
    #[pyo3(from_py_with = arguments::replicates)] replicates: usize,
    #[pyo3(from_py_with = arguments::alternative)] alternative: &str,
    #[pyo3(from_py_with = arguments::seed)] seed: u64,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Result<PermutationResult, Failure> {
    let alternative = Alternative::named(alternative).ok_or_else(|| {
        Failure::Input(format!("alternative is 'two-sided', 'less' or 'greater', not '{alternative}'"))
    })?;
    let arrays = [wide(x)?, wide(y)?];
    let engine = threads::engine(threads)?;
    let bytes = arrays.iter().map(Array::byte_count).sum::<usize>().saturating_mul(replicates);
    let answer = threads::run(py, bytes, |control| {
        let [x, y] = [slice(&arrays[0])?, slice(&arrays[1])?];
        let task = PermutationTest::new(x, y).statistic(statistic).relabellings(replicates);
        Ok(engine.run_with(&task.alternative(alternative).seed(seed), control)?)
    })?;
    Ok(PermutationResult { answer })
}

/// `object` as float64 in C order.
fn wide(object: &Bound<'_, PyAny>) -> Result<Array, Failure> {
    let array = numbers(object, "permutation test")?;
    if array.kind() == Some((b'f', 8)) {
        return Ok(array);
    }
    Array::of(&numpy(object.py())?.call_method1("ascontiguousarray", (object, "f8"))?)
}

fn slice(array: &Array) -> Result<&[f64], Failure> {
    match values(array, "permutation test")? {
        Values::Float64(values) => Ok(values),
        _ => Err(Failure::Dtype(format!(
            "no permutation test of {}, but of {}",
            array.type_name(),
            DataType::Float64
        ))),
    }
}

/// What `permutation_test` found.
#[pyclass(module = "arrcalc", frozen)]
pub(crate) struct PermutationResult {
    answer: arrcalc::random::PermutationAnswer,
}

#[pymethods]
impl PermutationResult {
    /// The difference observed.
    #[getter]
    fn statistic(&self) -> f64 {
        self.answer.statistic
    }

    /// The share of labellings at least as extreme.
    #[getter]
    fn p_value(&self) -> f64 {
        self.answer.p_value
    }

    /// The difference of each relabelling.
    #[getter]
    fn distribution<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        floats(py, &self.answer.distribution)
    }

    fn __repr__(&self) -> String {
        format!("PermutationResult(statistic={:?}, p_value={:?})", self.answer.statistic, self.answer.p_value)
    }
}

fn floats<'py>(py: Python<'py>, values: &[f64]) -> PyResult<Bound<'py, PyAny>> {
    let mut fresh = Fresh::new(py, "f8", values.len())?;
    fresh.elements::<f64>().copy_from_slice(values);
    fresh.into_array()
}
