//! Texts and times as whole numbers of the same order, for what searches among numbers.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PySlice;

use crate::array::numpy;
use crate::unique::unique;

/// What becomes of two arrays.
type Pair<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>);

/// Two arrays of texts, or two of times, as whole numbers that compare as they do, flattened; `None` for anything else.
/// NaT stands behind all times.
///
/// Times keep their ticks, in the finer unit of the two. A text becomes its place among the distinct ones of both arrays.
pub(crate) fn coded<'py>(a: &Bound<'py, PyAny>, b: &Bound<'py, PyAny>) -> PyResult<Option<Pair<'py>>> {
    let py = a.py();
    let kind = kind(a)?;
    if kind != self::kind(b)? || !"MmUS".contains(kind) {
        return Ok(None);
    }
    let flat = |array: &Bound<'py, PyAny>| array.call_method1(intern!(py, "reshape"), (-1,));
    let both = numpy(py)?.call_method1(intern!(py, "concatenate"), ((flat(a)?, flat(b)?),))?;
    let codes = if "Mm".contains(kind) {
        let native = both.getattr(intern!(py, "dtype"))?.call_method1("newbyteorder", ("=",))?;
        let ticks = both.call_method1("astype", (native,))?.call_method1("view", ("u8",))?;
        // NaT, the lowest of signed numbers, becomes the highest of unsigned ones, and the next one zero.
        let least = numpy(py)?.call_method1("uint64", ((1u64 << 63) + 1,))?;
        numpy(py)?.call_method1("subtract", (ticks, least))?
    } else {
        unique(&both, false, true, false, None, true, true, None)?.get_item(1)?
    };
    let rows = isize::try_from(flat(a)?.len()?).unwrap_or(isize::MAX);
    let first = codes.get_item(PySlice::new(py, 0, rows, 1))?;
    Ok(Some((first, codes.get_item(PySlice::new(py, rows, isize::MAX, 1))?)))
}

/// Times but NaT, which equals nothing; other arrays as they are.
pub(crate) fn without_nat<'py>(array: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = array.py();
    if !"Mm".contains(kind(array)?) {
        return Ok(array.clone());
    }
    let is_none = numpy(py)?.call_method1("isnat", (array,))?;
    array.get_item(numpy(py)?.call_method1("logical_not", (is_none,))?)
}

fn kind(array: &Bound<'_, PyAny>) -> PyResult<char> {
    array.getattr(intern!(array.py(), "dtype"))?.getattr(intern!(array.py(), "kind"))?.extract()
}
