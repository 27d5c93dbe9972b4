//! `size=` as NumPy takes it: nothing for a scalar, a length, or a shape.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::errors::Failure;
use crate::fresh::Fresh;
use crate::statistic::Answer;

/// How many values, in which shape.
pub(super) struct Size<'py> {
    shape: Option<Vec<usize>>,
    count: usize,
    py: Python<'py>,
}

impl<'py> Size<'py> {
    pub(super) fn of(py: Python<'py>, size: Option<&Bound<'py, PyAny>>) -> Result<Self, Failure> {
        let shape = match size {
            None => None,
            Some(size) => match size.extract::<usize>() {
                Ok(length) => Some(vec![length]),
                Err(_) => Some(size.extract::<Vec<usize>>().map_err(|_| {
                    Failure::Input(
                        "size must be a length, or a shape of lengths, that are not negative".into(),
                    )
                })?),
            },
        };
        let lengths = shape.iter().flatten();
        let count = lengths
            .copied()
            .try_fold(1usize, usize::checked_mul)
            .filter(|&count| count <= isize::MAX as usize / 8);
        let count = count.ok_or_else(|| Failure::Input("size is more than any memory holds".into()))?;
        Ok(Self { shape, count, py })
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// `fresh` in this shape, or its only element.
    pub(super) fn shaped(&self, fresh: Fresh<'py>) -> Answer<'py> {
        self.shaped_array(fresh.into_array()?)
    }

    /// `array` in this shape, or its only element.
    pub(super) fn shaped_array(&self, array: Bound<'py, PyAny>) -> Answer<'py> {
        match &self.shape {
            None => Ok(array.get_item(0)?),
            Some(lengths) if lengths.len() == 1 => Ok(array),
            Some(lengths) => {
                let shape = PyTuple::new(self.py, lengths)?;
                Ok(array.call_method1(intern!(self.py, "reshape"), (shape,))?)
            }
        }
    }
}
