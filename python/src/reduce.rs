//! The reductions: NumPy's names and defaults, over all elements of an array of any shape. `statistic` computes them.

use arrcalc::aggregate::{Dot, Moments, NanPolicy};
use arrcalc::aggregate::{Relation, percentile as from_percent, probability};
use arrcalc::answer::Scalar;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::arguments;
use crate::array::Array;
use crate::errors::Failure;
use crate::statistic::*;
use crate::values::{result, truth};

macro_rules! reductions {
    ($($(#[$doc:meta])* $name:ident($a:ident, $threads:ident) = $body:expr;)*) => {$(
        $(#[$doc])*
        #[pyfunction]
        #[pyo3(signature = (a, axis=None, *, threads=None))]
        pub(crate) fn $name<'py>(
            a: &Bound<'py, PyAny>,
            axis: Option<&Bound<'py, PyAny>>,
            #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
        ) -> Answer<'py> {
            whole(axis)?;
            let ($a, $threads) = (a, threads);
            $body
        }
    )*};
}

macro_rules! sums {
    ($($(#[$doc:meta])* $name:ident($a:ident, $threads:ident) = $body:expr;)*) => {$(
        $(#[$doc])*
        #[pyfunction]
        #[pyo3(signature = (a, axis=None, dtype=None, *, threads=None))]
        pub(crate) fn $name<'py>(
            a: &Bound<'py, PyAny>,
            axis: Option<&Bound<'py, PyAny>>,
            dtype: Option<&Bound<'py, PyAny>>,
            #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
        ) -> Answer<'py> {
            whole(axis)?;
            own_dtype(dtype, stringify!($name))?;
            let ($a, $threads) = (a, threads);
            $body
        }
    )*};
}

sums! {
    /// The sum of all elements, as if added without rounding and then rounded once.
    ///
    /// Integers and truth values give a Python integer of any size, floats their own type (float16 gives float32). Any
    /// NaN, or infinities of both signs, give NaN; of no elements it is 0. Durations give a duration. What a column of Arrow
    /// has no value for (null) is left out, here and in every reduction.
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
    /// Of no elements it is NaN, with a RuntimeWarning. The mean of dates is a moment, of times the nearest tick, ties to even.
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

    /// The product of all elements; of none it is 1.
    ///
    /// Integers are multiplied exactly, and a product past 64 bits is an error. Floats are multiplied in binary64, in an
    /// order that their places alone decide: the same bits for any number of threads.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.prod([1.5, 2.0, 4.0])
    /// np.float64(12.0)
    /// >>> arrcalc.prod(range(1, 21))
    /// 2432902008176640000
    prod(a, threads) = product_of(a, NanPolicy::Propagate, threads);

    /// `prod` without the NaNs.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.nanprod([1.5, float("nan"), 4.0])
    /// np.float64(6.0)
    nanprod(a, threads) = product_of(a, NanPolicy::Ignore, threads);
}

reductions! {
    /// The smallest element, in the type of the array.
    ///
    /// Any NaN gives NaN; -0.0 is below 0.0. NaT, and nulls of Arrow's, are left out. Texts are ordered by code points. An
    /// empty array raises.
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
    count_nonzero(a, threads) = Ok(count_nonzero_of(a, threads)?.into_bound_py_any(a.py())?);

    /// Whether any element is not zero; NaN is not zero. Of no elements it is False.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.any([0.0, float("nan")])
    /// np.True_
    any(a, threads) = Ok(truth(a.py(), count_nonzero_of(a, threads)? > 0)?);

    /// Whether no element is zero; NaN is not zero. Of no elements it is True.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.all([[1, 2], [3, 0]])
    /// np.False_
    all(a, threads) = {
        let size = Array::of_values(a)?.len() as u64;
        Ok(truth(a.py(), count_nonzero_of(a, threads)? == size)?)
    };

    /// The largest element minus the smallest: exact for integers, which give a Python integer, and rounded once for
    /// floats. Any NaN gives NaN; an empty array raises.
    ///
    /// >>> import arrcalc, numpy as np
    /// >>> arrcalc.ptp([3.5, 1.0, 2.0])
    /// np.float64(2.5)
    /// >>> arrcalc.ptp(np.array([-100, 100], dtype="int8"))
    /// 200
    ptp(a, threads) = range_of(a, NanPolicy::Propagate, threads);

    /// `ptp` without the NaNs; of nothing but NaNs it is NaN, with a RuntimeWarning.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.nanptp([3.5, float("nan"), 1.0])
    /// np.float64(2.5)
    nanptp(a, threads) = range_of(a, NanPolicy::Ignore, threads);
}
/// `ddof`, or what it is called in the array API.
fn freedom(ddof: u64, correction: Option<u64>) -> Result<u64, Failure> {
    match correction {
        Some(_) if ddof != 0 => {
            Err(Failure::Input("ddof and correction are one thing; give one of them".into()))
        }
        Some(correction) => Ok(correction),
        None => Ok(ddof),
    }
}

macro_rules! spreads {
    ($($(#[$doc:meta])* $name:ident = $is_root:literal, $nan:expr;)*) => {$(
        $(#[$doc])*
        #[pyfunction]
        #[pyo3(signature = (a, axis=None, dtype=None, *, ddof=0, correction=None, threads=None))]
        pub(crate) fn $name<'py>(
            a: &Bound<'py, PyAny>,
            axis: Option<&Bound<'py, PyAny>>,
            dtype: Option<&Bound<'py, PyAny>>,
            #[pyo3(from_py_with = arguments::ddof)] ddof: u64,
            #[pyo3(from_py_with = arguments::correction)] correction: Option<u64>,
            #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
        ) -> Answer<'py> {
            whole(axis)?;
            own_dtype(dtype, stringify!($name))?;
            spread_of(a, freedom(ddof, correction)?, $is_root, $nan, threads)
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
            #[pyo3(from_py_with = arguments::method)] method: &str,
            #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
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
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
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
    let array = Array::of_values(x)?;
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
pub(crate) fn dot<'py>(
    a: &Bound<'py, PyAny>,
    b: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    let (left, right) = (&Array::of(a)?, &Array::of(b)?);
    one_shape("dot", left, right)?;
    let empty = Dot::new(&data_type(left, "dot product")?, &data_type(right, "dot product")?)?;
    let dot = aggregate(a.py(), [left, right], empty, threads)?;
    Ok(match dot {
        // An integer past every machine type.
        Scalar::Decimal { unscaled, .. } => a.py().get_type::<pyo3::types::PyInt>().call1((unscaled,))?,
        other => result(a.py(), &other)?,
    })
}

/// The covariance of the elements of two arrays of one shape, pair by pair: a scalar, exact inside and rounded once.
///
/// `ddof` is 1, as in `numpy.cov`, whose matrix has this number off its diagonal. Any NaN or infinity gives NaN; where
/// `n <= ddof` it is NaN, with a RuntimeWarning.
///
/// >>> import arrcalc
/// >>> arrcalc.cov([1e9 + 1, 1e9 + 2, 1e9 + 3], [1, 2, 3])
/// np.float64(1.0)
#[pyfunction]
#[pyo3(signature = (a, b, *, ddof=1, threads=None))]
pub(crate) fn cov<'py>(
    a: &Bound<'py, PyAny>,
    b: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::ddof)] ddof: u64,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    relation_of("cov", a, b, Relation::Covariance { ddof }, threads)
}

/// Pearson's correlation of the elements of two arrays of one shape, pair by pair: a scalar from -1 to 1, exact inside
/// and rounded once.
///
/// It is what stands off the diagonal of `numpy.corrcoef`. Any NaN or infinity gives NaN; where an array does not vary it
/// is NaN, with a RuntimeWarning.
///
/// >>> import arrcalc
/// >>> arrcalc.corr([1, 2, 3], [0.1, 0.2, 0.25])
/// np.float64(0.9819805060619657)
#[pyfunction]
#[pyo3(signature = (a, b, *, threads=None))]
pub(crate) fn corr<'py>(
    a: &Bound<'py, PyAny>,
    b: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    relation_of("corr", a, b, Relation::Correlation, threads)
}
