//! Whole numbers as arguments: what does not fit is an `arrcalc.Error` that names the argument, not Python's bare
//! `OverflowError` or `TypeError`.

use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;

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
        Err(_) => Err(Failure::Dtype(expected(&kind(object)))),
    }
}

/// How a value of a wrong type is shown.
fn kind(object: &Bound<'_, PyAny>) -> String {
    let shown = object.repr().map(|text| text.to_string()).unwrap_or_default();
    if shown.chars().count() <= 40 { shown } else { object.get_type().to_string() }
}

macro_rules! arguments {
    ($($name:ident: $type:ident from $least:expr;)*) => {$(
        pub(crate) fn $name(object: &Bound<'_, PyAny>) -> PyResult<$type> {
            let number = whole(object, stringify!($name), $least, $type::MAX as i128)?;
            Ok(number as $type)
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

arguments! {
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
