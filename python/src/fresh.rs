//! Arrays out: new NumPy arrays, whose elements the library writes where they will stay.
//!
//! NumPy allocates them, so large ones are backed by huge pages where the system offers them, and nothing is copied
//! afterwards.

use pyo3::buffer::PyUntypedBuffer;
use pyo3::intern;
use pyo3::prelude::*;

use crate::array::{Number, numpy};

/// An array that nobody else has seen yet.
pub(crate) struct Fresh<'py> {
    array: Bound<'py, PyAny>,
    /// Released on drop; the memory it names is valid until then.
    buffer: PyUntypedBuffer,
}

impl<'py> Fresh<'py> {
    /// `numpy.empty(len, dtype)`, for a plain native type such as `f8`.
    pub(crate) fn new(py: Python<'py>, dtype: &str, len: usize) -> PyResult<Self> {
        let array = numpy(py)?.call_method1(intern!(py, "empty"), (len, dtype))?;
        let buffer = PyUntypedBuffer::get(&array)?;
        Ok(Self { array, buffer })
    }

    /// The elements, to be written: what stands in them means nothing yet.
    ///
    /// # Panics
    /// If `T` is not of the array's width.
    pub(crate) fn elements<T: Number>(&mut self) -> &mut [T] {
        assert!(self.buffer.item_size() == size_of::<T>(), "elements are read at their own width");
        let start = self.buffer.buf_ptr().cast::<T>();
        let len = self.buffer.item_count();
        if len == 0 {
            return &mut [];
        }
        // SAFETY: `numpy.empty` gave one dense, aligned, writable block of `len` elements of this width, which stays
        // until the buffer is released; any bytes are a `T` (see `Number`), and NumPy's allocator hands out memory
        // that the system has initialised. Nobody else has the array before `into_array`, and `&mut self` keeps this
        // slice the only one.
        unsafe { std::slice::from_raw_parts_mut(start, len) }
    }

    /// The array, for its new owner.
    pub(crate) fn into_array(self) -> Bound<'py, PyAny> {
        self.array
    }
}
