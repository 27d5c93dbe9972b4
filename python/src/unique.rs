//! Distinct values: NumPy's `unique` and `bincount`, and what they are asked for most.

use arrcalc::datasets::{Column, Text, Values};
use arrcalc::kernels::Bits;
use arrcalc::kernels::distinct::Restore;
use arrcalc::order::{self, SortKey, UniqueParts};
use arrcalc::{Engine, Error};
use pyo3::intern;
use pyo3::prelude::*;

use crate::arguments;
use crate::array::{Array, Number, numpy};
use crate::errors::Failure;
use crate::fresh::Fresh;
use crate::nullable::{self, Nulls};
use crate::statistic::{Answer, whole};
use crate::threads;

/// What is asked for beside the values.
#[derive(Clone, Copy)]
struct Wanted {
    first_rows: bool,
    inverse: bool,
    counts: bool,
}

/// What there is: NumPy arrays.
struct Found<'py> {
    values: Bound<'py, PyAny>,
    first_rows: Option<Bound<'py, PyAny>>,
    inverse: Option<Bound<'py, PyAny>>,
    counts: Option<Bound<'py, PyAny>>,
}

/// An array, flattened, in the form that the library takes, and how its values go back into its own type.
struct Input<'py> {
    /// One-dimensional, as it came.
    flat: Bound<'py, PyAny>,
    /// The same for the library: dense numbers; of text `flat` itself; of bytes text.
    dense: Bound<'py, PyAny>,
    kind: char,
}

impl<'py> Input<'py> {
    fn of(object: &Bound<'py, PyAny>, what: &str, nulls: Nulls) -> Result<Self, Failure> {
        let py = object.py();
        let object = &nullable::resolved(object, nulls)?;
        // Refuses masked arrays, too.
        drop(Array::of(object).or_else(|failure| match failure {
            // Text that no plain reader takes is looked at below.
            Failure::Dtype(_) => Ok(Array::of(numpy(py)?.call_method1("empty", (0,))?.as_any())?),
            other => Err(other),
        })?);
        let array = numpy(py)?.call_method1(intern!(py, "asarray"), (object,))?;
        let flat = array.call_method1(intern!(py, "reshape"), (-1,))?;
        let dtype = flat.getattr(intern!(py, "dtype"))?;
        let kind = dtype.getattr(intern!(py, "kind"))?.extract::<char>()?;
        let native = || -> PyResult<Bound<'py, PyAny>> {
            let native = dtype.call_method1("newbyteorder", ("=",))?;
            numpy(py)?.call_method1("require", (&flat, native, ["C", "A"]))
        };
        let width = dtype.getattr(intern!(py, "itemsize"))?.extract::<usize>()?;
        let dense = match kind {
            'i' | 'u' => native()?,
            'f' if width == 2 => flat.call_method1("astype", ("f4",))?,
            'f' if width <= 8 => native()?,
            'b' => native()?.call_method1("view", ("u1",))?,
            'M' | 'm' => native()?.call_method1("view", ("i8",))?,
            'U' => flat.clone(),
            // A byte is a code point: the order is the same.
            'S' => (numpy(py)?.getattr("char")?).call_method1("decode", (&flat, "latin-1"))?,
            _ => return Err(Failure::Dtype(format!("no {what} of elements of type {dtype}"))),
        };
        Ok(Self { flat, dense, kind })
    }

    /// Distinct values of the array's own type.
    fn of_own_type(&self, values: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = self.flat.py();
        let dtype = self.flat.getattr(intern!(py, "dtype"))?;
        match self.kind {
            'b' => values.call_method1("view", ("?",)),
            'M' | 'm' => values.call_method1("view", (dtype.call_method1("newbyteorder", ("=",))?,)),
            _ if dtype.getattr(intern!(py, "itemsize"))?.extract::<usize>()? == 2 && self.kind == 'f' => {
                values.call_method1("astype", ("f2",))
            }
            _ => Ok(values),
        }
    }
}

/// The distinct values, where `keep_null` says so with what is missing (NaT) as the last.
fn find<'py>(
    input: &Input<'py>,
    wanted: Wanted,
    keep_null: bool,
    threads: Option<usize>,
) -> Result<Found<'py>, Failure> {
    let engine = threads::engine(threads)?;
    if matches!(input.kind, 'U' | 'S') {
        return find_text(input, wanted, &engine);
    }
    let array = Array::of(&input.dense)?;
    let values = array.dense().ok_or_else(|| Failure::Dtype("elements that are not dense".into()))?;
    let find = Find { py: input.flat.py(), engine, wanted, keep_null };
    let mut found = match values {
        Values::Int64(values) if matches!(input.kind, 'M' | 'm') => find.times(values)?,
        Values::Int8(of) => find.numbers(of, values, None, "i1")?,
        Values::Int16(of) => find.numbers(of, values, None, "i2")?,
        Values::Int32(of) => find.numbers(of, values, None, "i4")?,
        Values::Int64(of) => find.numbers(of, values, None, "i8")?,
        Values::UInt8(of) => find.numbers(of, values, None, "u1")?,
        Values::UInt16(of) => find.numbers(of, values, None, "u2")?,
        Values::UInt32(of) => find.numbers(of, values, None, "u4")?,
        Values::UInt64(of) => find.numbers(of, values, None, "u8")?,
        Values::Float32(of) => find.numbers(of, values, None, "f4")?,
        Values::Float64(of) => find.numbers(of, values, None, "f8")?,
        _ => return Err(Failure::Dtype("elements that are no numbers".into())),
    };
    found.values = input.of_own_type(found.values)?;
    Ok(found)
}

/// A call on its way.
struct Find<'py> {
    py: Python<'py>,
    engine: Engine,
    wanted: Wanted,
    keep_null: bool,
}

impl<'py> Find<'py> {
    fn numbers<T: Restore + Number>(
        &self,
        of: &[T],
        values: Values<'_>,
        validity: Option<Bits<'_>>,
        dtype: &str,
    ) -> Result<Found<'py>, Failure> {
        let Self { py, engine, wanted, .. } = self;
        let py = *py;
        let column = Column { values, validity };
        let bytes = size_of_val(of);
        let parts = UniqueParts { first_rows: wanted.first_rows, counts: wanted.counts };
        let mut inverse = wanted.inverse.then(|| Fresh::new(py, "i8", of.len())).transpose()?;
        let places = inverse.as_mut().map(|inverse| inverse.elements::<u64>());
        let unique = threads::run(py, bytes, |control| {
            Ok(engine.scoped_with(control, |scope| order::unique(scope, column, parts, places))?)
        })?;
        let count = if self.keep_null { unique.len() } else { unique.value_count() };
        let mut values = Fresh::new(py, dtype, count)?;
        let mut counts = wanted.counts.then(|| Fresh::new(py, "i8", count)).transpose()?;
        let values_out = &mut values.elements::<T>()[..unique.value_count()];
        let counts_out = counts.as_mut().map(|counts| counts.elements::<u64>());
        threads::run(py, unique.value_count() * size_of::<T>(), |control| {
            Ok(engine.scoped_with(control, |scope| match counts_out {
                Some(counts) => {
                    unique.write_counted(scope, values_out, &mut counts[..unique.value_count()])?;
                    if counts.len() > unique.value_count() {
                        counts.copy_from_slice(&unique.counts(scope)?);
                    }
                    Ok(())
                }
                None => unique.write_values(scope, values_out),
            })?)
        })?;
        let mut rows = unique.first_rows().map(|_| Fresh::new(py, "i8", count)).transpose()?;
        if let (Some(fresh), Some(rows)) = (&mut rows, unique.first_rows()) {
            fresh.elements::<u64>().copy_from_slice(&rows[..count]);
        }
        Ok(Found {
            values: values.into_array()?,
            first_rows: rows.map(Fresh::into_array).transpose()?,
            inverse: inverse.map(Fresh::into_array).transpose()?,
            counts: counts.map(Fresh::into_array).transpose()?,
        })
    }

    /// Ticks, of which the lowest is none.
    fn times(&self, ticks: &[i64]) -> Result<Found<'py>, Failure> {
        let mask: Vec<u8> = (ticks.chunks(8))
            .map(|part| (0..).zip(part).fold(0, |bits, (at, &tick)| bits | u8::from(tick != i64::MIN) << at))
            .collect();
        let validity = Bits::new(&mask, 0, ticks.len());
        let found = self.numbers(ticks, Values::Int64(ticks), Some(validity), "i8")?;
        if self.keep_null && validity.count_ones() < ticks.len() {
            found.values.set_item(-1, i64::MIN)?;
        }
        Ok(found)
    }
}

/// Text: the rows of the values are found, the values are taken by NumPy.
fn find_text<'py>(input: &Input<'py>, wanted: Wanted, engine: &Engine) -> Result<Found<'py>, Failure> {
    let py = input.flat.py();
    let texts = input.dense.call_method0("tolist")?.extract::<Vec<String>>()?;
    let rows: Vec<&str> = texts.iter().map(String::as_str).collect();
    let column = Column { values: Values::Text(Text::Slices(&rows)), validity: None };
    let mut inverse = wanted.inverse.then(|| Fresh::new(py, "i8", rows.len())).transpose()?;
    let places = inverse.as_mut().map(|inverse| inverse.elements::<u64>());
    let parts = UniqueParts { first_rows: true, counts: true };
    let (rows, counts) = threads::run(py, 16 * rows.len(), |control| {
        Ok(engine.scoped_with(control, |scope| {
            let unique = order::unique(scope, column, parts, places)?;
            Ok((unique.first_rows().unwrap_or_default().to_vec(), unique.counts(scope)?))
        })?)
    })?;
    let array = |numbers: &[u64]| -> PyResult<Bound<'py, PyAny>> {
        let mut fresh = Fresh::new(py, "i8", numbers.len())?;
        fresh.elements::<u64>().copy_from_slice(numbers);
        fresh.into_array()
    };
    let first_rows = array(&rows)?;
    Ok(Found {
        values: input.flat.call_method1("take", (&first_rows,))?,
        first_rows: wanted.first_rows.then_some(first_rows),
        inverse: inverse.map(Fresh::into_array).transpose()?,
        counts: if wanted.counts { Some(array(&counts)?) } else { None },
    })
}

/// Every NaN as a value of its own, after `found` made them one: in the order of their rows.
fn spread_nan<'py>(input: &Input<'py>, mut found: Found<'py>) -> PyResult<Found<'py>> {
    let py = input.flat.py();
    let numpy = numpy(py)?;
    let rows = numpy.call_method1("flatnonzero", (numpy.call_method1("isnan", (&input.flat,))?,))?;
    let (count, nans) = (found.values.len()?, rows.len()?);
    if nans < 2 {
        return Ok(found);
    }
    let but_last =
        |array: &Bound<'py, PyAny>| array.get_item(pyo3::types::PySlice::new(py, 0, count as isize - 1, 1));
    let join = |array: &Bound<'py, PyAny>, rest: Bound<'py, PyAny>| {
        numpy.call_method1("concatenate", ((but_last(array)?, rest),))
    };
    let nan = found.values.get_item(-1)?;
    found.values = join(&found.values, numpy.call_method1("full", (nans, nan))?)?;
    if let Some(first_rows) = &mut found.first_rows {
        *first_rows = join(first_rows, rows.clone())?;
    }
    if let Some(counts) = &mut found.counts {
        *counts = join(counts, numpy.call_method1("ones", (nans, "i8"))?)?;
    }
    if let Some(inverse) = &found.inverse {
        inverse.set_item(&rows, numpy.call_method1("arange", (count - 1, count - 1 + nans))?)?;
    }
    Ok(found)
}

/// The distinct elements of an array, in order, as `numpy.unique` gives them.
///
/// All NaNs are one value after the numbers, unless `equal_nan` is false; zeros of both signs are one, `0.0`. With
/// `return_index`, `return_inverse` and `return_counts` a tuple: the values, where each occurs first, the place of every
/// element among them (in the array's shape), how often each occurs. `sorted=False` changes nothing.
///
/// >>> import arrcalc
/// >>> arrcalc.unique([30, 10, 30, 20])
/// array([10, 20, 30])
/// >>> arrcalc.unique([30, 10, 30, 20], return_inverse=True, return_counts=True)
/// (array([10, 20, 30]), array([2, 0, 2, 1]), array([1, 1, 2]))
#[pyfunction]
#[pyo3(signature = (ar, return_index=false, return_inverse=false, return_counts=false, axis=None, *, equal_nan=true,
    sorted=true, threads=None))]
#[expect(clippy::too_many_arguments, reason = "NumPy's signature")]
pub(crate) fn unique<'py>(
    ar: &Bound<'py, PyAny>,
    return_index: bool,
    return_inverse: bool,
    return_counts: bool,
    axis: Option<&Bound<'py, PyAny>>,
    equal_nan: bool,
    sorted: bool,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    whole(axis)?;
    let _ = sorted;
    let py = ar.py();
    let input = Input::of(ar, "unique", Nulls::Refuse)?;
    let wanted = Wanted { first_rows: return_index, inverse: return_inverse, counts: return_counts };
    let mut found = find(&input, wanted, true, threads)?;
    if !equal_nan && input.kind == 'f' {
        found = spread_nan(&input, found)?;
    }
    if let Some(inverse) = &mut found.inverse {
        let shape = numpy(py)?.call_method1("shape", (ar,))?;
        *inverse = inverse.call_method1("reshape", (shape,))?;
    }
    let parts: Vec<_> =
        [Some(found.values), found.first_rows, found.inverse, found.counts].into_iter().flatten().collect();
    match <[_; 1]>::try_from(parts) {
        Ok([values]) => Ok(values),
        Err(parts) => Ok(pyo3::types::PyTuple::new(py, parts)?.into_any()),
    }
}

/// The number of distinct elements, as a Python integer: all NaNs are one value, NaT is none.
///
/// >>> import arrcalc
/// >>> arrcalc.count_distinct([1.5, 0.0, -0.0, 1.5])
/// 2
#[pyfunction]
#[pyo3(signature = (x, *, threads=None))]
pub(crate) fn count_distinct(
    x: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Result<u64, Failure> {
    let input = Input::of(x, "count_distinct", Nulls::Skip)?;
    let wanted = Wanted { first_rows: false, inverse: false, counts: false };
    if matches!(input.kind, 'U' | 'S' | 'M' | 'm') {
        return Ok(find(&input, wanted, false, threads)?.values.len()? as u64);
    }
    let engine = threads::engine(threads)?;
    let array = Array::of(&input.dense)?;
    let values = array.dense().ok_or_else(|| Failure::Dtype("elements that are not dense".into()))?;
    let column = Column { values, validity: None };
    threads::run(x.py(), array.byte_count(), |control| {
        Ok(engine.scoped_with(control, |scope| order::count_distinct(scope, column))?)
    })
}

/// How often each element occurs: values and counts, the most frequent first and equal counts by value, or all by value
/// with `sort=False`. All NaNs are one value; NaT is not counted.
///
/// >>> import arrcalc
/// >>> arrcalc.value_counts([5, 3, 9, 3])
/// (array([3, 5, 9]), array([2, 1, 1]))
#[pyfunction]
#[pyo3(signature = (x, *, sort=true, threads=None))]
pub(crate) fn value_counts<'py>(
    x: &Bound<'py, PyAny>,
    sort: bool,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Result<(Bound<'py, PyAny>, Bound<'py, PyAny>), Failure> {
    let py = x.py();
    let input = Input::of(x, "value_counts", Nulls::Skip)?;
    let wanted = Wanted { first_rows: false, inverse: false, counts: true };
    let found = find(&input, wanted, false, threads)?;
    let counts = found.counts.ok_or_else(|| Failure::Input("counts were not made".into()))?;
    if !sort {
        return Ok((found.values, counts));
    }
    let array = Array::of(&counts)?;
    let key = Column { values: array.dense().unwrap_or(Values::Int64(&[])), validity: None };
    let mut rows = Fresh::new(py, "i8", array.len())?;
    let order = rows.elements::<u64>();
    let engine = threads::engine(threads)?;
    threads::run(py, 8 * order.len(), |control| {
        Ok(engine
            .scoped_with(control, |scope| order::argsort_into(scope, &[SortKey::descending(key)], order))?)
    })?;
    let rows = rows.into_array()?;
    let take = |array: &Bound<'py, PyAny>| array.call_method1(intern!(py, "take"), (&rows,));
    Ok((take(&found.values)?, take(&counts)?))
}

/// The most frequent element, the lowest among ties; NaN only where it is more frequent than any number. An empty array
/// raises.
///
/// >>> import arrcalc
/// >>> arrcalc.mode([5, 3, 9, 3])
/// np.int64(3)
#[pyfunction]
#[pyo3(signature = (x, *, threads=None))]
pub(crate) fn mode<'py>(
    x: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    let input = Input::of(x, "mode", Nulls::Skip)?;
    let wanted = Wanted { first_rows: false, inverse: false, counts: true };
    let found = find(&input, wanted, false, threads)?;
    if found.values.len()? == 0 {
        return Err(Failure::Input("mode of an empty array".into()));
    }
    // The first of the highest counts: of the lowest value.
    let place = found.counts.map(|counts| counts.call_method0("argmax")).transpose()?;
    Ok(found.values.get_item(place)?)
}

/// How often each of 0, 1, 2, ... occurs in an array of whole numbers, or, with `weights`, the exact sum of their weights,
/// each rounded once. As long as the highest number asks for, and at least `minlength`.
///
/// >>> import arrcalc
/// >>> arrcalc.bincount([1, 1, 4])
/// array([0, 2, 0, 0, 1])
/// >>> arrcalc.bincount([0, 0, 0, 1], weights=[1e100, 1.0, -1e100, 2.5])
/// array([1. , 2.5])
#[pyfunction]
#[pyo3(signature = (x, /, weights=None, minlength=0, *, threads=None))]
pub(crate) fn bincount<'py>(
    x: &Bound<'py, PyAny>,
    weights: Option<&Bound<'py, PyAny>>,
    #[pyo3(from_py_with = arguments::minlength)] minlength: isize,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    let py = x.py();
    let length_min = usize::try_from(minlength)
        .map_err(|_| Failure::Input(format!("minlength must not be negative, not {minlength}")))?;
    let (engine, input) = (threads::engine(threads)?, Input::of(x, "bincount", Nulls::Refuse)?);
    if numpy(py)?.call_method1("ndim", (x,))?.extract::<usize>()? > 1 {
        return Err(Failure::Input("bincount is of one-dimensional arrays".into()));
    }
    let mut array = Array::of(&input.dense)?;
    if array.len() == 0 {
        // An empty list has no type.
        array = Array::of(&numpy(py)?.call_method1("empty", (0, "i8"))?)?;
    } else if !matches!(input.kind, 'i' | 'u' | 'b') {
        return Err(Failure::Dtype(format!("no bincount of elements of type {}", array.type_name())));
    }
    let values = array.dense().ok_or_else(|| Failure::Dtype("elements that are not dense".into()))?;
    let column = Column { values, validity: None };
    let Some(weights) = weights else {
        let counts = threads::run(py, array.byte_count(), |control| {
            Ok(engine.scoped_with(control, |scope| order::bincount(scope, &column, length_min))?)
        })?;
        let mut fresh = Fresh::new(py, "i8", counts.len())?;
        fresh.elements::<u64>().copy_from_slice(&counts);
        return Ok(fresh.into_array()?);
    };
    let weights = Array::of(&numpy(py)?.call_method1("require", (weights, "f8", ["C", "A"]))?)?;
    if weights.shape() != array.shape() && weights.len() + array.len() > 0 {
        let (weights, array) = (weights.shape(), array.shape());
        return Err(Failure::Input(format!(
            "bincount needs a weight for each number, not {weights:?} for {array:?}"
        )));
    }
    let Some(Values::Float64(weights)) = weights.dense() else {
        return Err(Failure::from(Error::Request { reason: "weights are float64 numbers".into() }));
    };
    let sums = threads::run(py, 2 * array.byte_count(), |control| {
        Ok(engine
            .scoped_with(control, |scope| order::bincount_weighted(scope, &column, weights, length_min))?)
    })?;
    let mut fresh = Fresh::new(py, "f8", sums.len())?;
    fresh.elements::<f64>().copy_from_slice(&sums);
    Ok(fresh.into_array()?)
}
