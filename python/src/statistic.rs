//! What stands behind the reductions: an array or two, a state, and the engine.
//!
//! Small arrays are reduced on the calling thread from the slice that they are; everything else goes to the engine.

use ::std::ffi::CStr;
use ::std::sync::OnceLock;

use arrcalc::ColumnQuantiles;
use arrcalc::aggregate::{
    Aggregate, Pairs, Probability, Product, QuantileMethod, Relation, Span, probability, quantile_method,
};
use arrcalc::aggregate::{Extremes, Moments, NanPolicy};
use arrcalc::answer::Scalar;
use arrcalc::datasets::{Chunk, Column, DataType, Dataset};
use arrcalc::kernels::Level;
use arrcalc::{Error, Reduce};
use pyo3::exceptions::PyRuntimeWarning;
use pyo3::prelude::*;

use crate::argsort::first;
use crate::array::{Array, numpy};
use crate::asked::{asked, quantiles_of_times};
use crate::errors::Failure;
use crate::nullable::{self, Nulls};
use crate::threads;
use crate::values::{element, float32, float64, position, result};
/// Arrays below this many elements never leave the calling thread, nor let go of the GIL.
pub(crate) const SMALL: usize = 16_384;

/// An answer, or what went wrong.
pub(crate) type Answer<'py> = Result<Bound<'py, PyAny>, Failure>;

/// The element type of a plain array; nothing else is reduced.
pub(crate) fn data_type(array: &Array, statistic: &str) -> Result<DataType, Failure> {
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
pub(crate) fn small_chunk<const N: usize>(arrays: [&Array; N]) -> Option<Chunk<'_>> {
    let rows = arrays[0].len();
    if rows >= SMALL {
        return None;
    }
    let columns = arrays.iter().map(|array| array.dense().map(|values| Column { values, validity: None }));
    Some(Chunk { first_row: 0, row_count: rows, columns: columns.collect::<Option<Vec<_>>>()? })
}

/// The arrays as columns of one table, each flattened in C order.
pub(crate) fn dataset<'a, const N: usize>(arrays: [&'a Array; N]) -> Result<Dataset<'a>, Failure> {
    let names = ["a", "b"];
    let columns = arrays.iter().zip(names).map(|(array, name)| Ok((name.into(), array.view()?.flatten())));
    Ok(Dataset::from_arrays(columns.collect::<Result<Vec<_>, Failure>>()?)?)
}

/// The state of `empty` after every element.
pub(crate) fn aggregate<A: Aggregate<Answer: Send>, const N: usize>(
    py: Python<'_>,
    arrays: [&Array; N],
    mut empty: A,
    threads: Option<usize>,
) -> Result<A::Answer, Failure> {
    if let Some(chunk) = small_chunk(arrays) {
        return threads::guarded(|| {
            empty.update(level(), &chunk);
            Ok(empty.finish())
        });
    }
    let engine = threads::engine(threads)?;
    let dataset = dataset(arrays)?;
    let columns: Vec<usize> = (0..N).collect();
    threads::run(py, arrays.iter().map(|array| array.byte_count()).sum(), |control| {
        Ok(engine.run_with(&Reduce::new(&dataset, columns, empty), control)?)
    })
}

/// The instructions of this machine, found once.
pub(crate) fn level() -> Level {
    static LEVEL: OnceLock<Level> = OnceLock::new();
    *LEVEL.get_or_init(Level::detect)
}

/// All elements, and no axis: NumPy's `axis=None`.
pub(crate) fn whole(axis: Option<&Bound<'_, PyAny>>) -> Result<(), Failure> {
    match axis {
        None => Ok(()),
        Some(axis) => {
            Err(Failure::Input(format!("axis={axis} is not there yet; axis=None reduces over all elements")))
        }
    }
}

/// NumPy's `dtype=None`: in which type a sum is made makes no difference to an exact one.
pub(crate) fn own_dtype(dtype: Option<&Bound<'_, PyAny>>, name: &str) -> Result<(), Failure> {
    match dtype {
        None => Ok(()),
        Some(dtype) => Err(Failure::Input(format!(
            "{name} takes no dtype, not {dtype}: its type follows from the array's; convert the array before or the result \
             after"
        ))),
    }
}

/// NumPy's warning and NaN where a result is undefined.
pub(crate) fn or_nan<'py>(py: Python<'py>, scalar: Scalar, is_narrow: bool, why: &CStr) -> Answer<'py> {
    if scalar != Scalar::Null {
        return Ok(result(py, &scalar)?);
    }
    PyErr::warn(py, &py.get_type::<PyRuntimeWarning>(), why, 1)?;
    Ok(undefined(py, is_narrow)?)
}

pub(crate) fn undefined(py: Python<'_>, is_narrow: bool) -> PyResult<Bound<'_, PyAny>> {
    if is_narrow { float32(py, f32::NAN) } else { float64(py, f64::NAN) }
}

pub(crate) fn is_narrow(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Float16 | DataType::Float32)
}

pub(crate) fn sum_of<'py>(a: &Bound<'py, PyAny>, nan: NanPolicy, threads: Option<usize>) -> Answer<'py> {
    let array = Array::of_values(a)?;
    if array.is_described() {
        return asked(a.py(), &array, "sum", threads);
    }
    let empty = Moments::<1>::new(&data_type(&array, "sum")?, nan)?;
    Ok(result(a.py(), &aggregate(a.py(), [&array], empty, threads)?.sum())?)
}

pub(crate) fn mean_of<'py>(a: &Bound<'py, PyAny>, nan: NanPolicy, threads: Option<usize>) -> Answer<'py> {
    let array = Array::of_values(a)?;
    if array.is_described() {
        return asked(a.py(), &array, "mean", threads);
    }
    let data_type = data_type(&array, "mean")?;
    let empty = Moments::<1>::new(&data_type, nan)?;
    let mean = aggregate(a.py(), [&array], empty, threads)?.mean();
    or_nan(a.py(), mean, is_narrow(&data_type), c"Mean of empty slice")
}

/// Variance, or its root.
pub(crate) fn spread_of<'py>(
    a: &Bound<'py, PyAny>,
    ddof: u64,
    is_root: bool,
    nan: NanPolicy,
    threads: Option<usize>,
) -> Answer<'py> {
    let array = Array::of_values(a)?;
    let data_type = data_type(&array, "variance")?;
    let moments = aggregate(a.py(), [&array], Moments::<2>::new(&data_type, nan)?, threads)?;
    let spread = if is_root { moments.std(ddof) } else { moments.variance(ddof) };
    or_nan(a.py(), spread, is_narrow(&data_type), c"Degrees of freedom <= 0 for slice")
}

/// Which extremum is asked for, and whether its place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extremum {
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

pub(crate) fn extremum_of<'py>(
    a: &Bound<'py, PyAny>,
    which: Extremum,
    nan: NanPolicy,
    threads: Option<usize>,
) -> Answer<'py> {
    let py = a.py();
    let is_place = matches!(which, Extremum::ArgMin | Extremum::ArgMax);
    let array = if is_place { Array::of(a)? } else { Array::of_values(a)? };
    if array.is_described() {
        return first_or_last(a, &array, which, threads);
    }
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

/// The lowest or highest of texts or times, or its place; NaT is none of them while there are others.
fn first_or_last<'py>(
    a: &Bound<'py, PyAny>,
    array: &Array,
    which: Extremum,
    threads: Option<usize>,
) -> Answer<'py> {
    if array.len() == 0 {
        return Err(Failure::Input(format!("{} of an empty array", which.name())));
    }
    let a = nullable::resolved(a, Nulls::Skip)?;
    let is_last = matches!(which, Extremum::Max | Extremum::ArgMax);
    let found = first(a.py(), &a, 1, is_last, threads)?;
    let is_place = matches!(which, Extremum::ArgMin | Extremum::ArgMax);
    Ok(found.get_item(usize::from(is_place))?.get_item(0)?)
}

/// Quantiles at `q`: a scalar, or an array of any shape.
pub(crate) fn quantiles_of<'py>(
    a: &Bound<'py, PyAny>,
    q: &Bound<'py, PyAny>,
    read: fn(f64) -> Result<Probability, Error>,
    method: &str,
    nan: NanPolicy,
    threads: Option<usize>,
) -> Answer<'py> {
    let py = a.py();
    let method = quantile_method(method)?;
    let array = Array::of_values(a)?;
    if array.is_described() {
        return quantiles_of_times(py, &array, q, read, method, threads);
    }
    if let Ok(q) = q.extract::<f64>() {
        let (mut values, is_narrow) = select(py, &array, &[read(q)?], method, nan, threads)?;
        return or_nan(py, values.pop().unwrap_or(Scalar::Null), is_narrow, c"Quantile of empty slice");
    }
    let q = numpy(py)?.call_method1("asarray", (q, "f8"))?;
    let probabilities = q.call_method0("ravel")?.call_method0("tolist")?.extract::<Vec<f64>>()?;
    let probabilities = probabilities.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let (values, is_narrow) = select(py, &array, &probabilities, method, nan, threads)?;
    if values.contains(&Scalar::Null) {
        PyErr::warn(py, &py.get_type::<PyRuntimeWarning>(), c"Quantile of empty slice", 1)?;
    }
    let values: Vec<f64> = values.iter().map(number).collect();
    // Every binary32 number is a binary64 one: nothing is rounded on the way back.
    let found = numpy(py)?.call_method1("array", (values, if is_narrow { "f4" } else { "f8" }))?;
    Ok(found.call_method1("reshape", (q.getattr("shape")?,))?)
}

pub(crate) fn number(scalar: &Scalar) -> f64 {
    match scalar {
        Scalar::Float64(value) => *value,
        Scalar::Float32(value) => f64::from(*value),
        _ => f64::NAN,
    }
}

/// The quantiles, and whether they are binary32.
pub(crate) fn select(
    py: Python<'_>,
    array: &Array,
    probabilities: &[Probability],
    method: QuantileMethod,
    nan: NanPolicy,
    threads: Option<usize>,
) -> Result<(Vec<Scalar>, bool), Failure> {
    let data_type = data_type(array, "quantile")?;
    let is_narrow = is_narrow(&data_type);
    if let Some(chunk) = small_chunk([array]) {
        let values = threads::guarded(|| {
            Ok(ColumnQuantiles::of_chunk(level(), &chunk, &data_type, probabilities, method, nan)?)
        });
        return Ok((values?, is_narrow));
    }
    let engine = threads::engine(threads)?;
    let dataset = dataset([array])?;
    let task = ColumnQuantiles::new(&dataset, 0, probabilities, method, nan);
    let values = threads::run(py, array.byte_count(), |control| Ok(engine.run_with(&task, control)?))?;
    Ok((values, is_narrow))
}

pub(crate) fn median_of<'py>(a: &Bound<'py, PyAny>, nan: NanPolicy, threads: Option<usize>) -> Answer<'py> {
    let array = Array::of_values(a)?;
    if array.is_described() {
        return asked(a.py(), &array, "median", threads);
    }
    let half = [probability(0.5)?];
    let (mut values, is_narrow) = select(a.py(), &array, &half, QuantileMethod::Linear, nan, threads)?;
    or_nan(a.py(), values.pop().unwrap_or(Scalar::Null), is_narrow, c"Mean of empty slice")
}

pub(crate) fn count_nonzero_of(a: &Bound<'_, PyAny>, threads: Option<usize>) -> Result<u64, Failure> {
    let array = Array::of_values(a)?;
    let empty = Extremes::new(&data_type(&array, "count_nonzero")?, NanPolicy::Ignore)?;
    Ok(aggregate(a.py(), [&array], empty, threads)?.count_nonzero())
}

/// Highest minus lowest.
pub(crate) fn range_of<'py>(a: &Bound<'py, PyAny>, nan: NanPolicy, threads: Option<usize>) -> Answer<'py> {
    let array = Array::of_values(a)?;
    let data_type = data_type(&array, "ptp")?;
    let empty = Span::new(&data_type, nan)?;
    if array.len() == 0 {
        return Err(Failure::Input("ptp of an empty array".into()));
    }
    let range = aggregate(a.py(), [&array], empty, threads)?;
    or_nan(a.py(), range, is_narrow(&data_type), c"All-NaN slice encountered")
}

pub(crate) fn product_of<'py>(a: &Bound<'py, PyAny>, nan: NanPolicy, threads: Option<usize>) -> Answer<'py> {
    let array = Array::of_values(a)?;
    let empty = Product::new(&data_type(&array, "product")?, nan)?;
    Ok(result(a.py(), &aggregate(a.py(), [&array], empty, threads)??)?)
}

/// Two arrays that are read pair by pair.
pub(crate) fn one_shape(name: &str, left: &Array, right: &Array) -> Result<(), Failure> {
    if left.shape() == right.shape() {
        return Ok(());
    }
    let (left, right) = (left.shape(), right.shape());
    Err(Failure::Input(format!("{name} needs two arrays of one shape, not {left:?} and {right:?}")))
}

/// How two arrays vary together.
pub(crate) fn relation_of<'py>(
    name: &str,
    a: &Bound<'py, PyAny>,
    b: &Bound<'py, PyAny>,
    relation: Relation,
    threads: Option<usize>,
) -> Answer<'py> {
    let (left, right) = (&Array::of(a)?, &Array::of(b)?);
    one_shape(name, left, right)?;
    let types = [data_type(left, name)?, data_type(right, name)?];
    let empty = Pairs::new([&types[0], &types[1]], relation, NanPolicy::Propagate)?;
    let value = aggregate(a.py(), [left, right], empty, threads)?;
    let why = match relation {
        Relation::Covariance { .. } => c"Degrees of freedom <= 0 for slice",
        _ => c"Correlation with an array that does not vary",
    };
    or_nan(a.py(), value, types.iter().all(is_narrow), why)
}
