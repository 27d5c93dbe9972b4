//! Python's integers as words.

use arrcalc::kernels::exact::Natural;
use pyo3::intern;
use pyo3::prelude::*;

use crate::errors::Failure;

/// `object` as a Python integer; `what` names it.
fn index<'py>(object: &Bound<'py, PyAny>, what: &str) -> Result<Bound<'py, PyAny>, Failure> {
    let py = object.py();
    let operator = py.import(intern!(py, "operator"))?;
    operator
        .call_method1(intern!(py, "index"), (object,))
        .map_err(|_| Failure::Dtype(format!("{what} must be an integer, not {}", object.get_type())))
}

/// The little-endian words of `object`, an integer, modulo `2^(64 N)`.
pub(super) fn modulo<const N: usize>(object: &Bound<'_, PyAny>, what: &str) -> Result<[u64; N], Failure> {
    let py = object.py();
    let integer = index(object, what)?;
    let one = 1u8.into_pyobject(py).map_err(PyErr::from)?;
    let modulus = one.call_method1(intern!(py, "__lshift__"), (64 * N,))?;
    let rest = integer.call_method1(intern!(py, "__mod__"), (modulus,))?;
    let bytes: Vec<u8> = rest.call_method1(intern!(py, "to_bytes"), (8 * N, "little"))?.extract()?;
    let mut words = [0; N];
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
        *word = u64::from_le_bytes(*bytes);
    }
    Ok(words)
}

/// `object`, an integer that is not negative, of any size.
pub(super) fn natural(object: &Bound<'_, PyAny>, what: &str) -> Result<Natural, Failure> {
    let py = object.py();
    let integer = index(object, what)?;
    if integer.lt(0)? {
        return Err(Failure::Input(format!("{what} must not be negative")));
    }
    let bits: usize = integer.call_method0(intern!(py, "bit_length"))?.extract()?;
    let words = bits.div_ceil(64);
    let bytes: Vec<u8> = integer.call_method1(intern!(py, "to_bytes"), (8 * words, "little"))?.extract()?;
    Ok(Natural::from_limbs(bytes.as_chunks().0.iter().map(|bytes| u64::from_le_bytes(*bytes)).collect()))
}
