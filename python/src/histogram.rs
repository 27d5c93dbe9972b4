//! Histograms: NumPy's names, defaults, edges, counts and types.

use arrcalc::answer::Scalar;
use arrcalc::datasets::{DataType, Dataset};
use arrcalc::histogram::{BinChoice, EdgeTypes, Histogram2d, Rule};
use arrcalc::{Histogram, Scope, Task};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

use crate::arguments;
use crate::array::{Array, numpy};
use crate::errors::Failure;
use crate::fresh::Fresh;
use crate::statistic::{Answer, data_type, one_shape};
use crate::threads;

/// Integers of a magnitude below are floats, too.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Counts of the elements of `a` in bins, and the edges of the bins.
///
/// `bins` is a number of equal bins, a rule ('auto', 'doane', 'fd', 'rice', 'scott', 'sqrt', 'sturges') or the edges. Edges
/// and counts are those of `numpy.histogram`. With `weights` there are sums of them instead of counts, exact and rounded
/// once, in the type of the weights; with `density` both become a probability density.
///
/// NaN, and infinities, are refused where there is neither a `range` nor edges, and are left out otherwise.
///
/// >>> import arrcalc
/// >>> arrcalc.histogram([1, 2, 1, 4], bins=3)
/// (array([2, 1, 1]), array([1., 2., 3., 4.]))
/// >>> arrcalc.histogram([0.1, 0.2, 0.7], bins=[0, 0.5, 1], weights=[1e100, -1e100, 3.0])
/// (array([0., 3.]), array([0. , 0.5, 1. ]))
#[pyfunction]
#[pyo3(
    signature = (a, bins=None, range=None, density=None, weights=None, *, threads=None),
    text_signature = "(a, bins=10, range=None, density=None, weights=None, *, threads=None)"
)]
pub(crate) fn histogram<'py>(
    a: &Bound<'py, PyAny>,
    bins: Option<&Bound<'py, PyAny>>,
    range: Option<&Bound<'py, PyAny>>,
    density: Option<bool>,
    weights: Option<&Bound<'py, PyAny>>,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    let (py, array) = (a.py(), Array::of(a)?);
    let weights = weights.map(Array::of).transpose()?;
    let asked = Asked::of(py, &array, bins, range, weights.as_ref())?;
    let dataset = table([Some(&array), None, weights.as_ref()])?;
    let mut task = asked.task(&dataset);
    if weights.is_some() {
        task = task.weights(1);
    }
    let engine = threads::engine(threads)?;
    let bytes = array.byte_count() + weights.as_ref().map_or(0, Array::byte_count);
    let answer = threads::run(py, bytes, |control| Ok(engine.run_with(&task, control)?))?;
    let counts = match (answer.sums, &weights) {
        (Some(sums), Some(weights)) => sums_array(py, &sums, weights)?,
        _ => counts_array(py, &answer.counts)?,
    };
    let edges = asked.edges_array(py, &answer.edges)?;
    let counts =
        if density == Some(true) { dense(py, counts, std::slice::from_ref(&edges))? } else { counts };
    Ok(PyTuple::new(py, [counts, edges])?.into_any())
}

/// The edges that `histogram` would use.
///
/// >>> import arrcalc
/// >>> arrcalc.histogram_bin_edges([0, 0, 0, 1, 2, 3, 3, 4, 5], bins="auto")
/// array([0., 1., 2., 3., 4., 5.])
#[pyfunction]
#[pyo3(
    signature = (a, bins=None, range=None, weights=None, *, threads=None),
    text_signature = "(a, bins=10, range=None, weights=None, *, threads=None)"
)]
pub(crate) fn histogram_bin_edges<'py>(
    a: &Bound<'py, PyAny>,
    bins: Option<&Bound<'py, PyAny>>,
    range: Option<&Bound<'py, PyAny>>,
    weights: Option<&Bound<'py, PyAny>>,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    struct Edges<'t, 'a>(&'t Histogram<'a>);
    impl Task for Edges<'_, '_> {
        type Answer = Vec<f64>;

        fn run(&self, scope: &Scope<'_>) -> arrcalc::Result<Vec<f64>> {
            self.0.edges(scope)
        }
    }
    let (py, array) = (a.py(), Array::of(a)?);
    let weights = weights.map(Array::of).transpose()?;
    let asked = Asked::of(py, &array, bins, range, weights.as_ref())?;
    let dataset = table([Some(&array), None, None])?;
    let task = asked.task(&dataset);
    let engine = threads::engine(threads)?;
    let edges = threads::run(py, array.byte_count(), |control| Ok(engine.run_with(&Edges(&task), control)?))?;
    asked.edges_array(py, &edges)
}

/// Counts of pairs of elements in a grid of bins, and the edges along each axis: `(H, xedges, yedges)`.
///
/// `bins` is a number or edges for both axes, or a list of two of those; `range` is `[[xmin, xmax], [ymin, ymax]]`. Counts
/// and sums of `weights`, exact and rounded once, are float64 as NumPy's are.
///
/// >>> import arrcalc
/// >>> arrcalc.histogram2d([0.0, 1.0, 2.0], [5.0, 6.0, 6.0], bins=[2, 1])
/// (array([[1.],
///        [2.]]), array([0., 1., 2.]), array([5., 6.]))
#[pyfunction]
#[pyo3(
    signature = (x, y, bins=None, range=None, density=None, weights=None, *, threads=None),
    text_signature = "(x, y, bins=10, range=None, density=None, weights=None, *, threads=None)"
)]
pub(crate) fn histogram2d<'py>(
    x: &Bound<'py, PyAny>,
    y: &Bound<'py, PyAny>,
    bins: Option<&Bound<'py, PyAny>>,
    range: Option<&Bound<'py, PyAny>>,
    density: Option<bool>,
    weights: Option<&Bound<'py, PyAny>>,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    let py = x.py();
    let arrays = [Array::of(x)?, Array::of(y)?];
    let weights = weights.map(Array::of).transpose()?;
    if arrays[0].shape() != arrays[1].shape() || arrays[0].shape().len() != 1 {
        return Err(Failure::Input("x and y must be one-dimensional and have the same length".into()));
    }
    if let Some(weights) = &weights {
        one_shape("histogram2d", &arrays[0], weights)?;
    }
    let ranges = match range {
        None => [None, None],
        Some(range) => {
            let [first, second] = pair(range, "range is a pair for each of the two axes")?;
            [first, second].map(|range| (!range.is_none()).then_some(range))
        }
    };
    let bins = both_bins(bins)?;
    // NumPy puts both into one array first.
    let common = numpy(py)?.call_method1("result_type", (type_name(&arrays[0])?, type_name(&arrays[1])?))?;
    // Of nothing it takes bins between two Python numbers.
    let common = if arrays[0].len() == 0 { DataType::Float64 } else { float_type(&common)? };
    let axis = |at: usize| -> Result<Asked<'py>, Failure> {
        let mut asked = Asked { bins: choice(bins[at].as_ref())?, range: None, types: None };
        if matches!(asked.bins, (BinChoice::Rule(_), _)) {
            return Err(Failure::Input("histogram2d takes numbers of bins, or edges".into()));
        }
        let mut types = EdgeTypes { steps: common.clone(), edges: common.clone() };
        if let Some(range) = &ranges[at] {
            let (ends, steps) = ends(py, range)?;
            asked.range = Some(ends);
            types = EdgeTypes { steps: steps.clone(), edges: steps };
        }
        asked.types = Some(types);
        Ok(asked)
    };
    let asked = [axis(0)?, axis(1)?];
    let dataset = table([Some(&arrays[0]), Some(&arrays[1]), weights.as_ref()])?;
    let types = |asked: &Asked<'_>| {
        asked.types.clone().unwrap_or(EdgeTypes { steps: DataType::Float64, edges: DataType::Float64 })
    };
    let mut task = Histogram2d::new(&dataset, [0, 1])
        .bins([asked[0].bins.0.clone(), asked[1].bins.0.clone()])
        .range([asked[0].range, asked[1].range])
        .edge_types([types(&asked[0]), types(&asked[1])])
        .finite();
    if weights.is_some() {
        task = task.weights(2);
    }
    let engine = threads::engine(threads)?;
    let bytes = arrays.iter().chain(&weights).map(Array::byte_count).sum();
    let answer = threads::run(py, bytes, |control| Ok(engine.run_with(&task, control)?))?;
    let values: Vec<f64> = match &answer.sums {
        None => answer.counts.iter().map(|&count| count as f64).collect(),
        Some(sums) => sums.iter().map(wide).collect(),
    };
    let shape = (answer.edges[0].len() - 1, answer.edges[1].len() - 1);
    let mut found = floats_array(py, &values)?.call_method1("reshape", shape)?;
    let edges = [asked[0].edges_array(py, &answer.edges[0])?, asked[1].edges_array(py, &answer.edges[1])?];
    if density == Some(true) {
        found = dense(py, found, &edges)?;
    }
    let [x_edges, y_edges] = edges;
    Ok(PyTuple::new(py, [found, x_edges, y_edges])?.into_any())
}

/// What is asked for along one axis.
struct Asked<'py> {
    /// And the edges as they were given.
    bins: (BinChoice, Option<Bound<'py, PyAny>>),
    range: Option<(f64, f64)>,
    types: Option<EdgeTypes>,
}

impl<'py> Asked<'py> {
    fn of(
        py: Python<'py>,
        array: &Array,
        bins: Option<&Bound<'py, PyAny>>,
        range: Option<&Bound<'py, PyAny>>,
        weights: Option<&Array>,
    ) -> Result<Self, Failure> {
        data_type(array, "histogram")?;
        let bins = choice(bins)?;
        if let Some(weights) = weights {
            data_type(weights, "sum")?;
            if weights.shape() != array.shape() {
                return Err(Failure::Input("weights should have the same shape as a".into()));
            }
            if matches!(bins, (BinChoice::Rule(_), _)) {
                return Err(Failure::Input("bins by a rule are not there for weighted data".into()));
            }
        }
        let Some(range) = range else {
            let own = match data_type(array, "histogram")? {
                narrow @ (DataType::Float16 | DataType::Float32) => narrow,
                _ => DataType::Float64,
            };
            let types = EdgeTypes { steps: own.clone(), edges: own };
            return Ok(Self { bins, range: None, types: Some(types) });
        };
        let [first, last] = pair(range, "range is a pair of numbers")?;
        let (found, steps) = ends(py, range)?;
        let edges = numpy(py)?.call_method1("result_type", (first, last, type_name(array)?))?;
        let types = EdgeTypes { steps, edges: float_type(&edges)? };
        Ok(Self { bins, range: Some(found), types: Some(types) })
    }

    fn task<'a>(&self, dataset: &'a Dataset<'a>) -> Histogram<'a> {
        let mut task = Histogram::new(dataset, 0).bins(self.bins.0.clone()).finite();
        if let Some((low, high)) = self.range {
            task = task.range(low, high);
        }
        if let Some(types) = &self.types {
            task = task.edge_types(types.clone());
        }
        task
    }

    /// The edges: as they were given, or in the type that NumPy computes them in.
    fn edges_array(&self, py: Python<'py>, edges: &[f64]) -> Answer<'py> {
        if let (_, Some(given)) = &self.bins {
            return Ok(given.clone());
        }
        let found = floats_array(py, edges)?;
        Ok(match self.types.as_ref().map(|types| &types.edges) {
            Some(DataType::Float32) => found.call_method1("astype", ("f4",))?,
            Some(DataType::Float16) => found.call_method1("astype", ("f2",))?,
            _ => found,
        })
    }
}

/// The bins asked for, and given edges as the array that they are.
fn choice<'py>(bins: Option<&Bound<'py, PyAny>>) -> Result<(BinChoice, Option<Bound<'py, PyAny>>), Failure> {
    let Some(bins) = bins else { return Ok((BinChoice::Count(10), None)) };
    let py = bins.py();
    if let Ok(name) = bins.cast::<PyString>() {
        return Ok((BinChoice::Rule(Rule::named(name.to_str()?)?), None));
    }
    let edges = numpy(py)?.call_method1("asarray", (bins,))?;
    match edges.getattr("ndim")?.extract::<usize>()? {
        0 => {
            let count = py.import("operator")?.call_method1("index", (bins,))?;
            let count = count.extract::<i64>().ok().and_then(|count| usize::try_from(count).ok());
            match count {
                None | Some(0) => Err(Failure::Input(format!("bins must be positive, not {bins}"))),
                Some(count) => Ok((BinChoice::Count(count), None)),
            }
        }
        1 => {
            let kind = edges.getattr("dtype")?.getattr("kind")?.extract::<char>()?;
            if !"biuf".contains(kind) {
                return Err(Failure::Dtype(format!(
                    "edges of bins are numbers, not {}",
                    edges.getattr("dtype")?
                )));
            }
            let values = edges.call_method1("astype", ("f8",))?.call_method0("tolist")?;
            let values = values.extract::<Vec<f64>>()?;
            if kind != 'f' && values.iter().any(|value| value.abs() >= EXACT) {
                return Err(Failure::Input("integer edges of 2**53 and more are not there yet".into()));
            }
            Ok((BinChoice::Edges(values), Some(edges)))
        }
        _ => Err(Failure::Input("bins must be 1d, when an array".into())),
    }
}

/// The bins of two axes, from a number or edges for both, or one for each.
fn both_bins<'py>(bins: Option<&Bound<'py, PyAny>>) -> Result<[Option<Bound<'py, PyAny>>; 2], Failure> {
    let Some(bins) = bins else { return Ok([None, None]) };
    match bins.len() {
        Ok(2) if !bins.is_instance_of::<PyString>() => Ok([Some(bins.get_item(0)?), Some(bins.get_item(1)?)]),
        _ => Ok([Some(bins.clone()), Some(bins.clone())]),
    }
}

fn pair<'py>(object: &Bound<'py, PyAny>, what: &str) -> Result<[Bound<'py, PyAny>; 2], Failure> {
    match object.len() {
        Ok(2) => Ok([object.get_item(0)?, object.get_item(1)?]),
        _ => Err(Failure::Input(what.into())),
    }
}

/// The ends of a range, and the type that NumPy computes with them in: that of scalars of its own, else float64.
fn ends(py: Python<'_>, range: &Bound<'_, PyAny>) -> Result<((f64, f64), DataType), Failure> {
    let [first, last] = pair(range, "range is a pair of numbers")?;
    let numpy = numpy(py)?;
    let found = [&first, &last].map(|end| -> PyResult<_> {
        numpy.call_method1("asanyarray", (end,))?.call_method1("__mul__", (1.0,))
    });
    let [left, right] = found;
    let steps = float_type(&numpy.call_method1("result_type", (left?, right?))?)?;
    Ok(((first.extract()?, last.extract()?), steps))
}

/// A type of NumPy's as one of floats.
fn float_type(dtype: &Bound<'_, PyAny>) -> Result<DataType, Failure> {
    let kind = dtype.getattr("kind")?.extract::<char>()?;
    Ok(match (kind, dtype.getattr("itemsize")?.extract::<usize>()?) {
        ('f', 2) => DataType::Float16,
        ('f', 4) => DataType::Float32,
        _ => DataType::Float64,
    })
}

/// NumPy's name of the element type, in the machine's byte order.
fn type_name(array: &Array) -> Result<String, Failure> {
    data_type(array, "histogram")?;
    Ok(array.kind().map_or_else(String::new, |(kind, bytes)| format!("{}{bytes}", char::from(kind))))
}

/// Up to three arrays as columns of one table, each flattened in C order.
fn table<'a>(arrays: [Option<&'a Array>; 3]) -> Result<Dataset<'a>, Failure> {
    let named = arrays.into_iter().zip(["a", "b", "weights"]);
    let columns = named.filter_map(|(array, name)| {
        let array = array?;
        Some(array.view().map(|view| (name.to_owned(), view.flatten())))
    });
    Ok(Dataset::from_arrays(columns.collect::<Result<Vec<_>, Failure>>()?)?)
}

fn counts_array<'py>(py: Python<'py>, counts: &[u64]) -> Answer<'py> {
    let mut fresh = Fresh::new(py, "i8", counts.len())?;
    let elements = fresh.elements::<i64>();
    // A count is that of elements in memory, which are fewer than 2^63.
    elements.iter_mut().zip(counts).for_each(|(element, &count)| *element = count as i64);
    Ok(fresh.into_array()?)
}

fn floats_array<'py>(py: Python<'py>, values: &[f64]) -> Answer<'py> {
    let mut fresh = Fresh::new(py, "f8", values.len())?;
    fresh.elements::<f64>().copy_from_slice(values);
    Ok(fresh.into_array()?)
}

fn wide(sum: &Scalar) -> f64 {
    match sum {
        Scalar::Float64(value) => *value,
        Scalar::Float32(value) => f64::from(*value),
        Scalar::Integer(value) => *value as f64,
        _ => f64::NAN,
    }
}

/// Sums in the type of the weights.
fn sums_array<'py>(py: Python<'py>, sums: &[Scalar], weights: &Array) -> Answer<'py> {
    let name = type_name(weights)?;
    let values: Vec<f64> = sums.iter().map(wide).collect();
    match weights.kind() {
        Some((b'b', _)) => Ok(floats_array(py, &values)?.call_method1("astype", ("?",))?),
        // Binary32 sums are binary64 numbers: nothing is rounded again but to binary16.
        Some((b'f', _)) => Ok(floats_array(py, &values)?.call_method1("astype", (name,))?),
        _ => {
            let exact: Vec<i128> =
                sums.iter().map(|sum| if let Scalar::Integer(value) = sum { *value } else { 0 }).collect();
            let found = numpy(py)?.call_method1("array", (exact, name.clone()));
            found.map_err(|_| Failure::Input(format!("a sum of the weights does not fit their type {name}")))
        }
    }
}

/// `counts` over their sum and the sizes of the cells, in NumPy's operations.
fn dense<'py>(py: Python<'py>, counts: Bound<'py, PyAny>, edges: &[Bound<'py, PyAny>]) -> Answer<'py> {
    let numpy = numpy(py)?;
    let total = counts.call_method0("sum")?;
    let mut found = counts;
    for (axis, edges) in edges.iter().enumerate() {
        let mut sizes = numpy.call_method1("diff", (edges,))?.call_method1("astype", ("f8",))?;
        if axis == 0 && found.getattr("ndim")?.extract::<usize>()? == 2 {
            sizes = sizes.call_method1("reshape", (-1, 1))?;
        }
        found = found.div(sizes)?;
    }
    Ok(found.div(total)?)
}
