//! Whole numbers as arguments: what does not fit is an `arrcalc.Error` that names the argument, not Python's bare
//! `OverflowError` or `TypeError`.

use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::errors::Failure;

/// The whole number that `object` is, from `least` to `most`.
fn whole(object: &Bound<'_, PyAny>, name: &str, least: i128, most: i128) -> Result<i128, Failure> {
    let expected = |given: &dyn std::fmt::Display| {
        let range = match (least, most) {
            (i128::MIN..0, _) => String::new(),
            _ => format!(" of at least {least}"),
        };
        format!("{name} must be a whole number{range}, not {given}")
    };
    match object.extract::<i128>() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        Ok(number) if number > most => {
            Err(Failure::Input(format!("{name} must be at most {most}, not {number}")))
        }
        Ok(number) => Err(Failure::Input(expected(&number))),
        Err(error) if error.is_instance_of::<PyOverflowError>(object.py()) => {
            let beyond = if object.lt(0).unwrap_or(false) {
                expected(object)
            } else {
                format!("{name} must be at most {most}, not {object}")
            };
            Err(Failure::Input(beyond))
        }
        Err(_) => Err(Failure::Dtype(expected(&shown(object)))),
    }
}

fn text<'a>(object: &'a Bound<'_, PyAny>, name: &str) -> PyResult<&'a str> {
    let refused = || Failure::Dtype(format!("{name} must be a text, not {}", shown(object)));
    object.cast::<PyString>().map_err(|_| refused())?.to_str()
}

fn number(object: &Bound<'_, PyAny>, name: &str) -> PyResult<f64> {
    let refused = |_| Failure::Dtype(format!("{name} must be a number, not {}", shown(object)));
    Ok(object.extract().map_err(refused)?)
}

/// How a value of a wrong type is shown.
fn shown(object: &Bound<'_, PyAny>) -> String {
    let text = object.repr().map(|repr| repr.to_string()).unwrap_or_default();
    if text.chars().count() <= 40 { text } else { object.get_type().to_string() }
}

macro_rules! arguments {
    ($($name:ident: $type:ident from $least:expr;)*) => {$(
        pub(crate) fn $name(object: &Bound<'_, PyAny>) -> PyResult<$type> {
            let number = whole(object, stringify!($name), $least, $type::MAX as i128)?;
            Ok(number as $type)
        }
    )*};
}

macro_rules! texts {
    ($($name:ident)*) => {$(
        pub(crate) fn $name<'a>(object: &'a Bound<'_, PyAny>) -> PyResult<&'a str> {
            text(object, stringify!($name))
        }
    )*};
}

macro_rules! optional_numbers {
    ($($name:ident)*) => {$(
        pub(crate) fn $name(object: &Bound<'_, PyAny>) -> PyResult<Option<f64>> {
            if object.is_none() { Ok(None) } else { number(object, stringify!($name)).map(Some) }
        }
    )*};
}

macro_rules! optional_arguments {
    ($($name:ident: $type:ident from $least:expr;)*) => {$(
        pub(crate) fn $name(object: &Bound<'_, PyAny>) -> PyResult<Option<$type>> {
            if object.is_none() {
                return Ok(None);
            }
            let number = whole(object, stringify!($name), $least, $type::MAX as i128)?;
            Ok(Some(number as $type))
        }
    )*};
}

texts! { alternative comparison expression method mode nan side statistic }

optional_numbers! { alpha fraction halflife span test }

/// The kind of a sort.
pub(crate) fn kind<'a>(object: &'a Bound<'_, PyAny>) -> PyResult<Option<&'a str>> {
    if object.is_none() { Ok(None) } else { text(object, "kind").map(Some) }
}

pub(crate) fn confidence(object: &Bound<'_, PyAny>) -> PyResult<f64> {
    number(object, "confidence")
}

pub(crate) fn q(object: &Bound<'_, PyAny>) -> PyResult<f64> {
    number(object, "q")
}

/// A parameter of a distribution; which, a note of PyO3's says.
pub(crate) fn parameter(object: &Bound<'_, PyAny>) -> PyResult<f64> {
    number(object, "the parameter")
}

/// An end of a range of whole numbers.
pub(crate) fn bound(object: &Bound<'_, PyAny>) -> PyResult<i64> {
    Ok(whole(object, "the bound", i64::MIN.into(), i64::MAX.into())? as i64)
}

pub(crate) fn bound_if_any(object: &Bound<'_, PyAny>) -> PyResult<Option<i64>> {
    if object.is_none() { Ok(None) } else { bound(object).map(Some) }
}

/// An axis, or none.
pub(crate) fn axis_if_any(object: &Bound<'_, PyAny>) -> PyResult<Option<isize>> {
    if object.is_none() { Ok(None) } else { axis(object).map(Some) }
}

arguments! {
    minlength: isize from isize::MIN as i128;
    k: usize from 0;
    n: usize from 0;
    offset: u64 from 0;
    replicates: usize from 0;
    seed: u64 from 0;
    axis: isize from isize::MIN as i128;
    window: isize from isize::MIN as i128;
}

optional_arguments! {
    folds: u64 from 0;
    limit: u64 from 0;
    min_count: isize from isize::MIN as i128;
    threads: usize from 1;
}

/// The place of an element, from the end where it is negative.
pub(crate) fn place(object: &Bound<'_, PyAny>) -> PyResult<isize> {
    Ok(whole(object, "k", isize::MIN as i128, isize::MAX as i128)? as isize)
}

/// By how many rows elements are moved.
pub(crate) fn periods(object: &Bound<'_, PyAny>) -> PyResult<isize> {
    Ok(whole(object, "n", isize::MIN as i128, isize::MAX as i128)? as isize)
}

/// A number of rows to be drawn.
pub(crate) fn rows(object: &Bound<'_, PyAny>) -> PyResult<u64> {
    Ok(whole(object, "n", 0, u64::MAX.into())? as u64)
}

pub(crate) fn rows_if_any(object: &Bound<'_, PyAny>) -> PyResult<Option<u64>> {
    if object.is_none() { Ok(None) } else { rows(object).map(Some) }
}

/// Delta degrees of freedom: whole, also where they are written as a float (`ddof=1.0`).
pub(crate) fn ddof(object: &Bound<'_, PyAny>) -> PyResult<u64> {
    freedom(object, "ddof")
}

/// NumPy's other name for `ddof`.
pub(crate) fn correction(object: &Bound<'_, PyAny>) -> PyResult<Option<u64>> {
    if object.is_none() { Ok(None) } else { freedom(object, "correction").map(Some) }
}

fn freedom(object: &Bound<'_, PyAny>, name: &str) -> PyResult<u64> {
    if let Ok(float) = object.extract::<f64>()
        && float.fract() == 0.0
        && (0.0..9e15).contains(&float)
    {
        return Ok(float as u64);
    }
    Ok(whole(object, name, 0, u64::MAX.into())? as u64)
}
