//! The reductions: NumPy's names and defaults, over all elements of an array of any shape.
//!
//! Small arrays are reduced on the calling thread from the slice that they are; everything else goes to the engine.

// `std` alone is the function below.
use ::std::ffi::CStr;
use ::std::sync::OnceLock;

use arrcalc::aggregate::{
    Aggregate, Probability, QuantileMethod, percentile as from_percent, probability, quantile_method,
};
use arrcalc::answer::Scalar;
use arrcalc::datasets::{Chunk, Column, DataType, Dataset};
use arrcalc::kernels::Level;
use arrcalc::statistics::{Dot, Extremes, Moments, NanPolicy, Quantiles};
use arrcalc::{Engine, Error, Reduce};
use pyo3::exceptions::PyRuntimeWarning;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::array::{Array, numpy};
use crate::errors::Failure;
use crate::threads;
use crate::values::{element, float32, float64, position, result};

/// Arrays below this many elements never leave the calling thread, nor let go of the GIL.
const SMALL: usize = 16_384;

/// An answer, or what went wrong.
type Answer<'py> = Result<Bound<'py, PyAny>, Failure>;

/// The element type of a plain array; nothing else is reduced.
fn data_type(array: &Array, statistic: &str) -> Result<DataType, Failure> {
    Ok(match array.kind() {
        Some((b'f', 8)) => DataType::Float64,
        Some((b'f', 4)) => DataType::Float32,
        Some((b'f', 2)) => DataType::Float16,
        Some((b'i', 8)) => DataType::Int64,
        Some((b'i', 4)) => DataType::Int32,
        Some((b'i', 2)) => DataType::Int16,
        Some((b'i', 1)) => DataType::Int8,
        Some((b'u', 8)) => DataType::UInt64,
        Some((b'u', 4)) => DataType::UInt32,
        Some((b'u', 2)) => DataType::UInt16,
        Some((b'u', 1)) => DataType::UInt8,
        Some((b'b', 1)) => DataType::Bool,
        _ => {
            return Err(Failure::Dtype(format!("no {statistic} of elements of type {}", array.type_name())));
        }
    })
}

/// The array as a chunk of its own, where it is small and lies as kernels take it.
fn small_chunk<const N: usize>(arrays: [&Array; N]) -> Option<Chunk<'_>> {
    let rows = arrays[0].len();
    if rows >= SMALL {
        return None;
    }
    let columns = arrays.iter().map(|array| array.dense().map(|values| Column { values, validity: None }));
    Some(Chunk { first_row: 0, row_count: rows, columns: columns.collect::<Option<Vec<_>>>()? })
}

/// The arrays as columns of one table, each flattened in C order.
fn dataset<'a, const N: usize>(arrays: [&'a Array; N]) -> Result<Dataset<'a>, Failure> {
    let names = ["a", "b"];
    let columns = arrays.iter().zip(names).map(|(array, name)| Ok((name.into(), array.view()?.flatten())));
    Ok(Dataset::from_arrays(columns.collect::<Result<Vec<_>, Failure>>()?)?)
}

/// The state of `empty` after every element.
fn aggregate<A: Aggregate<Answer: Send>, const N: usize>(
    py: Python<'_>,
    arrays: [&Array; N],
    mut empty: A,
    threads: Option<usize>,
) -> Result<A::Answer, Failure> {
    if let Some(chunk) = small_chunk(arrays) {
        check_threads(threads)?;
        empty.update(level(), &chunk);
        return Ok(empty.finish());
    }
    let engine = threads::engine(threads)?;
    let dataset = dataset(arrays)?;
    let columns: Vec<usize> = (0..N).collect();
    threads::run(py, arrays.iter().map(|array| array.byte_count()).sum(), |control| {
        Ok(engine.run_with(&Reduce::new(&dataset, columns, empty), control)?)
    })
}

/// The instructions of this machine, found once.
fn level() -> Level {
    static LEVEL: OnceLock<Level> = OnceLock::new();
    *LEVEL.get_or_init(Level::detect)
}

fn check_threads(threads: Option<usize>) -> Result<(), Failure> {
    if threads == Some(0) { threads::engine(threads).map(|_: Engine| ()) } else { Ok(()) }
}

/// All elements, and no axis: NumPy's `axis=None`.
fn whole(axis: Option<&Bound<'_, PyAny>>) -> Result<(), Failure> {
    match axis {
        None => Ok(()),
        Some(axis) => {
            Err(Failure::Input(format!("axis={axis} is not there yet; axis=None reduces over all elements")))
        }
    }
}

/// NumPy's warning and NaN where a result is undefined.
fn or_nan<'py>(py: Python<'py>, scalar: Scalar, is_narrow: bool, why: &CStr) -> Answer<'py> {
    if scalar != Scalar::Null {
        return Ok(result(py, &scalar)?);
    }
    PyErr::warn(py, &py.get_type::<PyRuntimeWarning>(), why, 1)?;
    Ok(undefined(py, is_narrow)?)
}

fn undefined(py: Python<'_>, is_narrow: bool) -> PyResult<Bound<'_, PyAny>> {
    if is_narrow { float32(py, f32::NAN) } else { float64(py, f64::NAN) }
}

fn is_narrow(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Float16 | DataType::Float32)
}

fn sum_of<'py>(a: &Bound<'py, PyAny>, nan: NanPolicy, threads: Option<usize>) -> Answer<'py> {
    let array = Array::of(a)?;
    let empty = Moments::<1>::new(&data_type(&array, "sum")?, nan)?;
    Ok(result(a.py(), &aggregate(a.py(), [&array], empty, threads)?.sum())?)
}

fn mean_of<'py>(a: &Bound<'py, PyAny>, nan: NanPolicy, threads: Option<usize>) -> Answer<'py> {
    let array = Array::of(a)?;
    let data_type = data_type(&array, "mean")?;
    let empty = Moments::<1>::new(&data_type, nan)?;
    let mean = aggregate(a.py(), [&array], empty, threads)?.mean();
    or_nan(a.py(), mean, is_narrow(&data_type), c"Mean of empty slice")
}

/// Variance, or its root.
fn spread_of<'py>(
    a: &Bound<'py, PyAny>,
    ddof: u64,
    is_root: bool,
    nan: NanPolicy,
    threads: Option<usize>,
) -> Answer<'py> {
    let array = Array::of(a)?;
    let data_type = data_type(&array, "variance")?;
    let moments = aggregate(a.py(), [&array], Moments::<2>::new(&data_type, nan)?, threads)?;
    let spread = if is_root { moments.std(ddof) } else { moments.variance(ddof) };
    or_nan(a.py(), spread, is_narrow(&data_type), c"Degrees of freedom <= 0 for slice")
}

/// Which extremum is asked for, and whether its place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extremum {
    Min,
    Max,
    ArgMin,
    ArgMax,
}

impl Extremum {
    fn name(self) -> &'static str {
        match self {
            Extremum::Min => "min",
            Extremum::Max => "max",
            Extremum::ArgMin => "argmin",
            Extremum::ArgMax => "argmax",
        }
    }
}

fn extremum_of<'py>(
    a: &Bound<'py, PyAny>,
    which: Extremum,
    nan: NanPolicy,
    threads: Option<usize>,
) -> Answer<'py> {
    let (py, array) = (a.py(), Array::of(a)?);
    let data_type = data_type(&array, which.name())?;
    let extremes = aggregate(py, [&array], Extremes::new(&data_type, nan)?, threads)?;
    if extremes.census().count == 0 {
        return Err(Failure::Input(format!("{} of an empty array", which.name())));
    }
    let value = match which {
        Extremum::Min => extremes.min(),
        Extremum::Max => extremes.max(),
        Extremum::ArgMin | Extremum::ArgMax => {
            let row = if which == Extremum::ArgMin { extremes.argmin() } else { extremes.argmax() };
            let row = row.ok_or_else(|| Failure::Input(format!("{} of nothing but NaN", which.name())))?;
            return Ok(position(py, row)?);
        }
    };
    if value == Scalar::Null {
        PyErr::warn(py, &py.get_type::<PyRuntimeWarning>(), c"All-NaN slice encountered", 1)?;
    }
    let value = if value == Scalar::Null { Scalar::Float64(f64::NAN) } else { value };
    Ok(element(py, &value, array.kind().unwrap_or((b'f', 8)))?)
}

/// Quantiles at `q`: a scalar, or an array of any shape.
fn quantiles_of<'py>(
    a: &Bound<'py, PyAny>,
    q: &Bound<'py, PyAny>,
    read: fn(f64) -> Result<Probability, Error>,
    method: &str,
    nan: NanPolicy,
    threads: Option<usize>,
) -> Answer<'py> {
    let py = a.py();
    let method = quantile_method(method)?;
    if let Ok(q) = q.extract::<f64>() {
        let (mut values, is_narrow) = select(a, &[read(q)?], method, nan, threads)?;
        return or_nan(py, values.pop().unwrap_or(Scalar::Null), is_narrow, c"Quantile of empty slice");
    }
    let q = numpy(py)?.call_method1("asarray", (q, "f8"))?;
    let probabilities = q.call_method0("ravel")?.call_method0("tolist")?.extract::<Vec<f64>>()?;
    let probabilities = probabilities.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let (values, is_narrow) = select(a, &probabilities, method, nan, threads)?;
    if values.contains(&Scalar::Null) {
        PyErr::warn(py, &py.get_type::<PyRuntimeWarning>(), c"Quantile of empty slice", 1)?;
    }
    let values: Vec<f64> = values.iter().map(number).collect();
    // Every binary32 number is a binary64 one: nothing is rounded on the way back.
    let found = numpy(py)?.call_method1("array", (values, if is_narrow { "f4" } else { "f8" }))?;
    Ok(found.call_method1("reshape", (q.getattr("shape")?,))?)
}

fn number(scalar: &Scalar) -> f64 {
    match scalar {
        Scalar::Float64(value) => *value,
        Scalar::Float32(value) => f64::from(*value),
        _ => f64::NAN,
    }
}

/// The quantiles, and whether they are binary32.
fn select(
    a: &Bound<'_, PyAny>,
    probabilities: &[Probability],
    method: QuantileMethod,
    nan: NanPolicy,
    threads: Option<usize>,
) -> Result<(Vec<Scalar>, bool), Failure> {
    let array = Array::of(a)?;
    let data_type = data_type(&array, "quantile")?;
    let is_narrow = is_narrow(&data_type);
    if let Some(chunk) = small_chunk([&array]) {
        check_threads(threads)?;
        return Ok((
            Quantiles::of_chunk(level(), &chunk, &data_type, probabilities, method, nan)?,
            is_narrow,
        ));
    }
    let engine = threads::engine(threads)?;
    let dataset = dataset([&array])?;
    let task = Quantiles::new(&dataset, 0, probabilities, method, nan);
    let values = threads::run(a.py(), array.byte_count(), |control| Ok(engine.run_with(&task, control)?))?;
    Ok((values, is_narrow))
}

macro_rules! reductions {
    ($($(#[$doc:meta])* $name:ident($a:ident, $threads:ident) = $body:expr;)*) => {$(
        $(#[$doc])*
        #[pyfunction]
        #[pyo3(signature = (a, axis=None, *, threads=None))]
        pub(crate) fn $name<'py>(
            a: &Bound<'py, PyAny>,
            axis: Option<&Bound<'py, PyAny>>,
            threads: Option<usize>,
        ) -> Answer<'py> {
            whole(axis)?;
            let ($a, $threads) = (a, threads);
            $body
        }
    )*};
}

reductions! {
    /// The sum of all elements, as if added without rounding and then rounded once.
    ///
    /// Integers and truth values give a Python integer of any size, floats their own type (float16 gives float32). Any
    /// NaN, or infinities of both signs, give NaN; of no elements it is 0.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.sum([0.1] * 10)
    /// np.float64(1.0)
    /// >>> sum([0.1] * 10)
    /// 0.9999999999999999
    sum(a, threads) = sum_of(a, NanPolicy::Propagate, threads);

    /// `sum` without the NaNs.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.nansum([1.0, float("nan"), 2.0])
    /// np.float64(3.0)
    nansum(a, threads) = sum_of(a, NanPolicy::Ignore, threads);

    /// The arithmetic mean: the exact sum over the number of elements, rounded once.
    ///
    /// Of no elements it is NaN, with a RuntimeWarning.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.mean([1e308, 1e308])
    /// np.float64(1e+308)
    mean(a, threads) = mean_of(a, NanPolicy::Propagate, threads);

    /// `mean` without the NaNs.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.nanmean([1.0, float("nan"), 2.0])
    /// np.float64(1.5)
    nanmean(a, threads) = mean_of(a, NanPolicy::Ignore, threads);

    /// The smallest element, in the type of the array.
    ///
    /// Any NaN gives NaN; -0.0 is below 0.0. An empty array raises.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.min([3, 1, 2])
    /// np.int64(1)
    min(a, threads) = extremum_of(a, Extremum::Min, NanPolicy::Propagate, threads);

    /// `min` without the NaNs; of nothing but NaNs it is NaN, with a RuntimeWarning.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.nanmin([float("nan"), 2.0])
    /// np.float64(2.0)
    nanmin(a, threads) = extremum_of(a, Extremum::Min, NanPolicy::Ignore, threads);

    /// The largest element, in the type of the array.
    ///
    /// Any NaN gives NaN; 0.0 is above -0.0. An empty array raises.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.max([3.5, 1.0])
    /// np.float64(3.5)
    max(a, threads) = extremum_of(a, Extremum::Max, NanPolicy::Propagate, threads);

    /// `max` without the NaNs; of nothing but NaNs it is NaN, with a RuntimeWarning.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.nanmax([float("nan"), 2.0])
    /// np.float64(2.0)
    nanmax(a, threads) = extremum_of(a, Extremum::Max, NanPolicy::Ignore, threads);

    /// Where the smallest element is, counted in C order: the first of equals, or the first NaN.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.argmin([[3, 1], [1, 2]])
    /// np.int64(1)
    argmin(a, threads) = extremum_of(a, Extremum::ArgMin, NanPolicy::Propagate, threads);

    /// `argmin` without the NaNs; nothing but NaNs raises.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.nanargmin([float("nan"), 2.0])
    /// np.int64(1)
    nanargmin(a, threads) = extremum_of(a, Extremum::ArgMin, NanPolicy::Ignore, threads);

    /// Where the largest element is, counted in C order: the first of equals, or the first NaN.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.argmax([3, 5, 5])
    /// np.int64(1)
    argmax(a, threads) = extremum_of(a, Extremum::ArgMax, NanPolicy::Propagate, threads);

    /// `argmax` without the NaNs; nothing but NaNs raises.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.nanargmax([float("nan"), 2.0])
    /// np.int64(1)
    nanargmax(a, threads) = extremum_of(a, Extremum::ArgMax, NanPolicy::Ignore, threads);

    /// The median: the middle element, or the exact mean of the two in the middle, rounded once.
    ///
    /// Any NaN gives NaN; of no elements it is NaN, with a RuntimeWarning.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.median([4, 1, 2, 3])
    /// np.float64(2.5)
    median(a, threads) = median_of(a, NanPolicy::Propagate, threads);

    /// `median` without the NaNs.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.nanmedian([4.0, float("nan"), 2.0])
    /// np.float64(3.0)
    nanmedian(a, threads) = median_of(a, NanPolicy::Ignore, threads);

    /// The number of elements that are not zero, as a Python integer; NaN is not zero.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.count_nonzero([0.0, -0.0, 2.5])
    /// 1
    count_nonzero(a, threads) = count_nonzero_of(a, threads);
}

fn median_of<'py>(a: &Bound<'py, PyAny>, nan: NanPolicy, threads: Option<usize>) -> Answer<'py> {
    let (mut values, is_narrow) = select(a, &[probability(0.5)?], QuantileMethod::Linear, nan, threads)?;
    or_nan(a.py(), values.pop().unwrap_or(Scalar::Null), is_narrow, c"Mean of empty slice")
}

fn count_nonzero_of<'py>(a: &Bound<'py, PyAny>, threads: Option<usize>) -> Answer<'py> {
    let array = Array::of(a)?;
    let empty = Extremes::new(&data_type(&array, "count_nonzero")?, NanPolicy::Ignore)?;
    let count = aggregate(a.py(), [&array], empty, threads)?.count_nonzero();
    Ok(count.into_pyobject(a.py()).map_err(PyErr::from)?.into_any())
}

macro_rules! spreads {
    ($($(#[$doc:meta])* $name:ident = $is_root:literal, $nan:expr;)*) => {$(
        $(#[$doc])*
        #[pyfunction]
        #[pyo3(signature = (a, axis=None, *, ddof=0, threads=None))]
        pub(crate) fn $name<'py>(
            a: &Bound<'py, PyAny>,
            axis: Option<&Bound<'py, PyAny>>,
            ddof: u64,
            threads: Option<usize>,
        ) -> Answer<'py> {
            whole(axis)?;
            spread_of(a, ddof, $is_root, $nan, threads)
        }
    )*};
}

spreads! {
    /// The variance: the exact sum of squared deviations from the exact mean over `n - ddof`, rounded once.
    ///
    /// Where `n <= ddof` it is NaN, with a RuntimeWarning.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.var([1e9 + 1, 1e9 + 2, 1e9 + 3], ddof=1)
    /// np.float64(1.0)
    var = false, NanPolicy::Propagate;

    /// `var` without the NaNs.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.nanvar([1.0, float("nan"), 3.0])
    /// np.float64(1.0)
    nanvar = false, NanPolicy::Ignore;

    /// The standard deviation: the root of the exact variance, rounded once.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.std([1, 3])
    /// np.float64(1.0)
    std = true, NanPolicy::Propagate;

    /// `std` without the NaNs.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.nanstd([1.0, float("nan"), 3.0])
    /// np.float64(1.0)
    nanstd = true, NanPolicy::Ignore;
}

macro_rules! quantiles {
    ($($(#[$doc:meta])* $name:ident = $read:expr, $nan:expr;)*) => {$(
        $(#[$doc])*
        #[pyfunction]
        #[pyo3(signature = (a, q, axis=None, *, method="linear", threads=None))]
        pub(crate) fn $name<'py>(
            a: &Bound<'py, PyAny>,
            q: &Bound<'py, PyAny>,
            axis: Option<&Bound<'py, PyAny>>,
            method: &str,
            threads: Option<usize>,
        ) -> Answer<'py> {
            whole(axis)?;
            quantiles_of(a, q, $read, method, $nan, threads)
        }
    )*};
}

quantiles! {
    /// The quantiles at `q`, a number from 0 to 1 or an array of them, by any of NumPy's 13 methods.
    ///
    /// A float means its shortest decimal: 0.95 is 19/20, and the place between two elements is computed from that, so
    /// that a quantile falls on an element exactly when it should. Many cost about as much as one. Any NaN gives NaN;
    /// of no elements it is NaN, with a RuntimeWarning.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.quantile([1, 2, 3, 4], [0.25, 0.5])
    /// array([1.75, 2.5 ])
    /// >>> arrcalc.quantile([1, 2, 3, 4], 0.5, method="lower")
    /// np.float64(2.0)
    quantile = probability, NanPolicy::Propagate;

    /// `quantile` without the NaNs.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.nanquantile([1.0, float("nan"), 3.0], 0.5)
    /// np.float64(2.0)
    nanquantile = probability, NanPolicy::Ignore;

    /// `quantile` at `q` hundredths.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.percentile([1, 2, 3, 4, 5], 75)
    /// np.float64(4.0)
    percentile = from_percent, NanPolicy::Propagate;

    /// `percentile` without the NaNs.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.nanpercentile([1.0, float("nan"), 3.0], 50)
    /// np.float64(2.0)
    nanpercentile = from_percent, NanPolicy::Ignore;
}

/// The Euclidean norm of all elements: the root of the exact sum of squares, rounded once. Nothing overflows on the way.
///
/// >>> import arrcalc
/// >>> arrcalc.norm([3 * 2.0**900, 4 * 2.0**900]) == 5 * 2.0**900
/// np.True_
#[pyfunction]
#[pyo3(signature = (x, ord=None, axis=None, *, threads=None))]
pub(crate) fn norm<'py>(
    x: &Bound<'py, PyAny>,
    ord: Option<&Bound<'py, PyAny>>,
    axis: Option<&Bound<'py, PyAny>>,
    threads: Option<usize>,
) -> Answer<'py> {
    whole(axis)?;
    if let Some(ord) = ord {
        let is_euclidean = ord.eq(2)? || ord.cast::<PyString>().is_ok_and(|name| name == "fro");
        if !is_euclidean {
            return Err(Failure::Input(format!(
                "ord={ord} is not there yet; the Euclidean norm is ord=None, 2 or 'fro'"
            )));
        }
    }
    let array = Array::of(x)?;
    let empty = Moments::<2>::new(&data_type(&array, "norm")?, NanPolicy::Propagate)?;
    Ok(result(x.py(), &aggregate(x.py(), [&array], empty, threads)?.norm())?)
}

/// The dot product of all elements of two arrays of one shape, in C order: exact products, added exactly, rounded once.
///
/// Two arrays of integers give a Python integer of any size, two of float32 (or float16) float32, anything else float64.
/// Arrays of two dimensions are flattened: this is no matrix product.
///
/// >>> import arrcalc
/// >>> arrcalc.dot([1e200, 1.0, -1e200], [1e200, 1.0, 1e200])
/// np.float64(1.0)
#[pyfunction]
#[pyo3(signature = (a, b, *, threads=None))]
pub(crate) fn dot<'py>(a: &Bound<'py, PyAny>, b: &Bound<'py, PyAny>, threads: Option<usize>) -> Answer<'py> {
    let arrays = [&Array::of(a)?, &Array::of(b)?];
    let [left, right] = arrays;
    if left.shape() != right.shape() {
        let (left, right) = (left.shape(), right.shape());
        return Err(Failure::Input(format!("dot needs two arrays of one shape, not {left:?} and {right:?}")));
    }
    let empty = Dot::new(&data_type(left, "dot product")?, &data_type(right, "dot product")?)?;
    let dot = aggregate(a.py(), arrays, empty, threads)?;
    Ok(match dot {
        // An integer past every machine type.
        Scalar::Decimal { unscaled, .. } => a.py().get_type::<pyo3::types::PyInt>().call1((unscaled,))?,
        other => result(a.py(), &other)?,
    })
}
