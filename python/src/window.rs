//! Statistics of windows that move down an array, by bottleneck's rules: NaN is a missing value.

use arrcalc::aggregate::probability;
use arrcalc::datasets::Values;
use arrcalc::kernels::window::{Missing, OrderStatistic, Statistic, Windows};
use arrcalc::window::{self, End};
use arrcalc::{Result, Scope};
use pyo3::intern;
use pyo3::prelude::*;

use crate::arguments;
use crate::array::{Array, numpy};
use crate::cumulative::with_engine;
use crate::errors::Failure;
use crate::fresh::Fresh;
use crate::statistic::Answer;

/// `object` as a dense array of `f8` or `f4` floats, of one dimension.
fn floats(object: &Bound<'_, PyAny>, name: &str) -> std::result::Result<Array, Failure> {
    let array = Array::of(object)?;
    let wanted = match array.kind() {
        Some((b'f', 2 | 4)) => "f4",
        Some((b'f' | b'i' | b'u' | b'b', _)) => "f8",
        _ => {
            return Err(Failure::Dtype(format!(
                "{name} takes numbers, not elements of type {}",
                array.type_name()
            )));
        }
    };
    if array.shape().len() != 1 {
        return Err(Failure::Input(format!(
            "{name} takes an array of one dimension, not {}",
            array.shape().len()
        )));
    }
    if matches!(array.dense(), Some(Values::Float64(_) | Values::Float32(_))) {
        return Ok(array);
    }
    let py = object.py();
    let copied = numpy(py)?.call_method1(intern!(py, "require"), (object, wanted, vec!["C", "A"]))?;
    Array::of(&copied)
}

/// The windows that a call asks for.
fn windows(len: usize, width: isize, min_count: Option<isize>) -> std::result::Result<Windows, Failure> {
    if width < 1 || width as usize > len {
        return Err(Failure::Input(format!("a window of {width} is not between 1 and the {len} elements")));
    }
    let min_count = min_count.unwrap_or(width);
    if min_count < 1 || min_count > width {
        return Err(Failure::Input(format!(
            "min_count={min_count} is not between 1 and the window of {width}"
        )));
    }
    Ok(Windows {
        width: Some(width as usize),
        min_count: min_count as usize,
        missing: Missing::Nan,
        skips_missing_rows: false,
    })
}

/// What is computed over windows.
#[derive(Clone)]
enum Moving {
    Moment(Statistic),
    Order(OrderStatistic),
    Extremum(End),
}

impl Moving {
    fn fill<T: window::Sample>(
        &self,
        scope: &Scope<'_>,
        windows: &Windows,
        values: &[T],
        out: &mut [T],
    ) -> Result<()> {
        match self {
            Moving::Moment(statistic) => window::moving(scope, *statistic, windows, values, out),
            Moving::Order(statistic) => window::moving_order(scope, statistic, windows, values, out),
            Moving::Extremum(end) => window::moving_extremum(scope, *end, windows, values, out),
        }
    }
}

/// The arguments of every function of windows.
struct Call<'a, 'py> {
    name: &'static str,
    a: &'a Bound<'py, PyAny>,
    window: isize,
    min_count: Option<isize>,
    axis: isize,
    threads: Option<usize>,
}

impl<'py> Call<'_, 'py> {
    fn compute(&self, moving: &Moving) -> Answer<'py> {
        if !(-1..=0).contains(&self.axis) {
            return Err(Failure::Input(format!(
                "axis={} is not there yet; arrays have one dimension",
                self.axis
            )));
        }
        let (py, array) = (self.a.py(), floats(self.a, self.name)?);
        let len = array.len();
        let windows = &windows(len, self.window, self.min_count)?;
        macro_rules! filled {
            ($values:expr, $dtype:literal) => {{
                let mut fresh = Fresh::new(py, $dtype, len)?;
                let out = fresh.elements();
                with_engine(py, array.byte_count(), self.threads, |engine, control| {
                    engine.scoped_with(control, |scope| moving.fill(scope, windows, $values, out))
                })?;
                Ok(fresh.into_array()?)
            }};
        }
        match array.dense() {
            Some(Values::Float32(values)) => filled!(values, "f4"),
            Some(Values::Float64(values)) => filled!(values, "f8"),
            _ => Err(Failure::Dtype(format!("{} takes numbers", self.name))),
        }
    }
}

macro_rules! windowed {
    ($($(#[$doc:meta])* $name:ident = $moving:expr;)*) => {$(
        $(#[$doc])*
        #[pyfunction]
        #[pyo3(signature = (a, window, min_count=None, axis=-1, *, threads=None))]
        pub(crate) fn $name<'py>(
            a: &Bound<'py, PyAny>,
            #[pyo3(from_py_with = arguments::window)] window: isize,
            #[pyo3(from_py_with = arguments::min_count)] min_count: Option<isize>,
            #[pyo3(from_py_with = arguments::axis)] axis: isize,
            #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
        ) -> Answer<'py> {
            Call { name: stringify!($name), a, window, min_count, axis, threads }.compute(&$moving)
        }
    )*};
}

windowed! {
    /// The sum of each window of `window` elements, exact and rounded once.
    ///
    /// A window ends at its element. NaN is a missing value: it is skipped, and a window with fewer than `min_count`
    /// others (by default `window`) has the result NaN. float32 gives float32, integers are taken as float64.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.move_sum([1e100, 1.0, -1e100, 2.0], 3).tolist()
    /// [nan, nan, 1.0, -1e+100]
    move_sum = Moving::Moment(Statistic::Sum);

    /// The mean of each window: its exact sum over its number of values, rounded once. See `move_sum`.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.move_mean([1.0, 2.0, 3.0, 5.0], 2, min_count=1)
    /// array([1. , 1.5, 2.5, 4. ])
    move_mean = Moving::Moment(Statistic::Mean);

    /// The least value of each window. See `move_sum`.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.move_min([3.0, 1.0, 2.0, 4.0], 2, min_count=1)
    /// array([3., 1., 1., 2.])
    move_min = Moving::Extremum(End::Least);

    /// The greatest value of each window. See `move_sum`.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.move_max([3.0, 1.0, 2.0, 4.0], 2, min_count=1)
    /// array([3., 3., 2., 4.])
    move_max = Moving::Extremum(End::Greatest);

    /// The median of each window; of an even number of values the mean of the two in the middle, rounded once. See
    /// `move_sum`.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.move_median([3.0, 1.0, 2.0, 4.0], 3, min_count=1)
    /// array([3., 2., 2., 2.])
    move_median = Moving::Order(OrderStatistic::Median);

    /// The rank of each window's last value in its window, from -1 for the least to 1 for the greatest, ties at their
    /// average. See `move_sum`.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.move_rank([3.0, 1.0, 2.0, 4.0], 3)
    /// array([nan, nan,  0.,  1.])
    move_rank = Moving::Order(OrderStatistic::CenteredRank);
}

/// The variance of each window: exact and rounded once, so that it is never negative. See `move_sum`.
///
/// >>> import arrcalc
/// >>> arrcalc.move_var([1e9, 1e9 + 1, 1e9 + 2], 3, ddof=1)
/// array([nan, nan,  1.])
#[pyfunction]
#[pyo3(signature = (a, window, min_count=None, axis=-1, ddof=0, *, threads=None))]
pub(crate) fn move_var<'py>(
    a: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::window)] window: isize,
    #[pyo3(from_py_with = arguments::min_count)] min_count: Option<isize>,
    #[pyo3(from_py_with = arguments::axis)] axis: isize,
    #[pyo3(from_py_with = arguments::ddof)] ddof: u64,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    let call = Call { name: "move_var", a, window, min_count, axis, threads };
    call.compute(&Moving::Moment(Statistic::Variance { ddof }))
}

/// The standard deviation of each window: exact and rounded once. See `move_sum`.
///
/// >>> import arrcalc
/// >>> arrcalc.move_std([1.0, 2.0, 3.0, 5.0], 2)
/// array([nan, 0.5, 0.5, 1. ])
#[pyfunction]
#[pyo3(signature = (a, window, min_count=None, axis=-1, ddof=0, *, threads=None))]
pub(crate) fn move_std<'py>(
    a: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::window)] window: isize,
    #[pyo3(from_py_with = arguments::min_count)] min_count: Option<isize>,
    #[pyo3(from_py_with = arguments::axis)] axis: isize,
    #[pyo3(from_py_with = arguments::ddof)] ddof: u64,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    let call = Call { name: "move_std", a, window, min_count, axis, threads };
    call.compute(&Moving::Moment(Statistic::Deviation { ddof }))
}

/// The quantile `q` of each window, interpolated linearly; `q` is the decimal as written. See `move_sum`.
///
/// >>> import arrcalc
/// >>> arrcalc.move_quantile([3.0, 1.0, 2.0, 4.0], 3, 0.75)
/// array([nan, nan, 2.5, 3. ])
#[pyfunction]
#[pyo3(signature = (a, window, q, min_count=None, axis=-1, *, threads=None))]
pub(crate) fn move_quantile<'py>(
    a: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::window)] window: isize,
    #[pyo3(from_py_with = arguments::q)] q: f64,
    #[pyo3(from_py_with = arguments::min_count)] min_count: Option<isize>,
    #[pyo3(from_py_with = arguments::axis)] axis: isize,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    let call = Call { name: "move_quantile", a, window, min_count, axis, threads };
    call.compute(&Moving::Order(OrderStatistic::Quantile(probability(q)?)))
}

/// How many values of each window are not NaN, as int64; windows at the start are shorter.
///
/// >>> import arrcalc
/// >>> arrcalc.move_count([1.0, float("nan"), 3.0, 4.0], 2)
/// array([1, 1, 1, 2])
#[pyfunction]
#[pyo3(signature = (a, window, axis=-1, *, threads=None))]
pub(crate) fn move_count<'py>(
    a: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::window)] window: isize,
    #[pyo3(from_py_with = arguments::axis)] axis: isize,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    if !(-1..=0).contains(&axis) {
        return Err(Failure::Input(format!("axis={axis} is not there yet; arrays have one dimension")));
    }
    let (py, array) = (a.py(), floats(a, "move_count")?);
    let width = windows(array.len(), window, None)?.width.unwrap_or(1);
    let mut fresh = Fresh::new(py, "i8", array.len())?;
    let out = fresh.elements::<i64>();
    with_engine(py, array.byte_count(), threads, |_, _| {
        match array.dense() {
            Some(Values::Float32(values)) => window::moving_count(width, values, out),
            Some(Values::Float64(values)) => window::moving_count(width, values, out),
            _ => {}
        }
        Ok(())
    })?;
    Ok(fresh.into_array()?)
}

/// The exponentially weighted mean up to each element, as float64: the element `k` places back weighs `(1 - alpha)**k`,
/// and the sum is divided by that of the weights.
///
/// Give one of `alpha` (above 0, at most 1), `span` (at least 1; `alpha = 2 / (span + 1)`) and `halflife` (above 0;
/// weights fade to a half in so many elements). A NaN is a missing value: weights fade past it, and its element has the
/// mean of before.
///
/// >>> import arrcalc
/// >>> arrcalc.ewm_mean([1.0, 2.0, 4.0], alpha=0.5)
/// array([1.        , 1.66666667, 3.        ])
#[pyfunction]
#[pyo3(signature = (a, *, alpha=None, span=None, halflife=None, threads=None))]
pub(crate) fn ewm_mean<'py>(
    a: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::alpha)] alpha: Option<f64>,
    #[pyo3(from_py_with = arguments::span)] span: Option<f64>,
    #[pyo3(from_py_with = arguments::halflife)] halflife: Option<f64>,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    let alpha = match (alpha, span, halflife) {
        (Some(alpha), None, None) => alpha,
        (None, Some(span), None) if span >= 1.0 => window::alpha_of_span(span),
        (None, None, Some(rows)) if rows > 0.0 => window::alpha_of_halflife(rows),
        _ => {
            let needed = "ewm_mean takes one of alpha, span (at least 1) and halflife (above 0)";
            return Err(Failure::Input(needed.into()));
        }
    };
    if !(alpha > 0.0 && alpha <= 1.0) {
        return Err(Failure::Input(format!("alpha={alpha} is not above 0 and at most 1")));
    }
    let (py, array) = (a.py(), floats(a, "ewm_mean")?);
    let mut fresh = Fresh::new(py, "f8", array.len())?;
    let out = fresh.elements::<f64>();
    with_engine(py, array.byte_count(), threads, |_, _| {
        match array.dense() {
            Some(Values::Float32(values)) => {
                let wide: Vec<f64> = values.iter().map(|&value| value.into()).collect();
                window::ewm_mean(alpha, Missing::Nan, &wide, out);
            }
            Some(Values::Float64(values)) => window::ewm_mean(alpha, Missing::Nan, values, out),
            _ => {}
        }
        Ok(())
    })?;
    Ok(fresh.into_array()?)
}
