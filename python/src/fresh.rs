//! Arrays out: new NumPy arrays, whose elements the library writes where they will stay.
//!
//! Large ones lie in blocks that other answers have left behind, where there are such ([`Scratch::any`]): a fresh block has
//! to be cleared by the system, which takes as long as filling it. Small ones NumPy allocates.

use std::ffi::c_int;

use arrcalc::datasets::Scratch;
use pyo3::buffer::{PyBuffer, PyUntypedBuffer};
use pyo3::exceptions::PyMemoryError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use pyo3::{ffi, intern};

use crate::array::{Number, numpy};

/// Bytes from which on an answer has a block of its own.
const BLOCK_BYTES: usize = 4 << 20;

/// An array that nobody else has seen yet.
pub(crate) struct Fresh<'py> {
    dtype: String,
    memory: Memory<'py>,
    py: Python<'py>,
}

enum Memory<'py> {
    /// NumPy's. The buffer is released on drop; the memory it names is valid until then.
    Array(Bound<'py, PyAny>, PyUntypedBuffer),
    /// Ours, for so many elements of so many bytes.
    Block(Scratch, usize, usize),
}

impl<'py> Fresh<'py> {
    /// `numpy.empty(len, dtype)`, for a plain native type such as `f8`.
    pub(crate) fn new(py: Python<'py>, dtype: &str, len: usize) -> PyResult<Self> {
        let width: usize = dtype.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or(1);
        let memory = match len.checked_mul(width).filter(|&bytes| bytes >= BLOCK_BYTES) {
            Some(bytes) => Memory::Block(Scratch::any(bytes).ok_or_else(|| no_room(bytes))?, len, width),
            None => {
                let array = numpy(py)?.call_method1(intern!(py, "empty"), (len, dtype))?;
                let buffer = PyUntypedBuffer::get(&array)?;
                Memory::Array(array, buffer)
            }
        };
        Ok(Self { dtype: dtype.to_owned(), memory, py })
    }

    /// The elements, to be written: what stands in them means nothing yet.
    ///
    /// # Panics
    /// If `T` is not of the array's width.
    pub(crate) fn elements<T: Number>(&mut self) -> &mut [T] {
        let of_its_width = |width: usize| {
            assert!(width == size_of::<T>(), "elements are read at their own width");
        };
        let (start, len) = match &mut self.memory {
            Memory::Array(_, buffer) => {
                of_its_width(buffer.item_size());
                (buffer.buf_ptr().cast::<T>(), buffer.item_count())
            }
            Memory::Block(scratch, len, width) => {
                of_its_width(*width);
                (scratch.slice_mut::<u8>(*len * *width).as_mut_ptr().cast::<T>(), *len)
            }
        };
        if len == 0 {
            return &mut [];
        }
        // SAFETY: the array is one dense, aligned, writable block of `len` elements of this width, which stays as long as
        // `self`; any bytes are a `T` (see `Number`), and NumPy's allocator, as `Scratch`, hands out memory that the system
        // has initialised. Nobody else has the array before `into_array`, and `&mut self` keeps this slice the only one.
        unsafe { std::slice::from_raw_parts_mut(start, len) }
    }

    /// The first `count` elements, for their new owner; the memory of the others is given up.
    pub(crate) fn into_first(self, count: usize) -> PyResult<Bound<'py, PyAny>> {
        let Self { dtype, memory, py } = self;
        match memory {
            Memory::Array(array, buffer) => {
                drop(buffer);
                let keywords = PyDict::new(py);
                keywords.set_item("refcheck", false)?;
                array.call_method("resize", (count,), Some(&keywords))?;
                Ok(array)
            }
            Memory::Block(scratch, _, width) if count * width < BLOCK_BYTES => {
                dense(py, scratch.slice(count * width), &dtype)
            }
            Memory::Block(mut scratch, _, width) => {
                scratch.truncate(count * width);
                let block = Block::of(scratch, count * width)?;
                numpy(py)?.call_method1(intern!(py, "frombuffer"), (block, dtype))
            }
        }
    }

    /// The array, for its new owner.
    pub(crate) fn into_array(self) -> PyResult<Bound<'py, PyAny>> {
        let Self { dtype, memory, py } = self;
        match memory {
            Memory::Array(array, _) => Ok(array),
            Memory::Block(scratch, len, width) => {
                numpy(py)?.call_method1(intern!(py, "frombuffer"), (Block::of(scratch, len * width)?, dtype))
            }
        }
    }
}

/// A writable array of `dtype` with these bytes.
pub(crate) fn dense<'py>(py: Python<'py>, bytes: &[u8], dtype: &str) -> PyResult<Bound<'py, PyAny>> {
    let numpy = numpy(py)?;
    let dtype = numpy.call_method1(intern!(py, "dtype"), (dtype,))?;
    if bytes.len() >= BLOCK_BYTES {
        let mut scratch = Scratch::any(bytes.len()).ok_or_else(|| no_room(bytes.len()))?;
        scratch.slice_mut(bytes.len()).copy_from_slice(bytes);
        return numpy.call_method1(intern!(py, "frombuffer"), (Block::of(scratch, bytes.len())?, dtype));
    }
    let rows = bytes.len() / dtype.getattr(intern!(py, "itemsize"))?.extract::<usize>()?;
    let array = numpy.call_method1(intern!(py, "empty"), (rows, dtype))?;
    PyBuffer::<u8>::get(&array.call_method1("view", ("u1",))?)?.copy_from_slice(py, bytes)?;
    Ok(array)
}

fn no_room(bytes: usize) -> PyErr {
    PyMemoryError::new_err(format!("the system has no {bytes} bytes for the answer"))
}

/// The memory of a large array, which is dropped with the last array in it.
#[pyclass(module = "arrcalc", frozen)]
struct Block {
    start: *mut u8,
    bytes: isize,
    _scratch: Scratch,
}

// SAFETY: `start` is not read through a `Block`: it goes to whoever asks for the buffer, as Python's rules for those have
// it.
unsafe impl Send for Block {}
// SAFETY: as above; nothing changes a `Block` before it is dropped.
unsafe impl Sync for Block {}

impl Block {
    /// The first `bytes` bytes of `scratch`.
    fn of(mut scratch: Scratch, bytes: usize) -> PyResult<Self> {
        let start = scratch.slice_mut::<u8>(bytes).as_mut_ptr();
        Ok(Self { start, bytes: isize::try_from(bytes).map_err(|_| no_room(bytes))?, _scratch: scratch })
    }
}

#[pymethods]
impl Block {
    /// # Safety
    /// `view` is a buffer to be filled in, as Python calls this.
    unsafe fn __getbuffer__(slf: Bound<'_, Self>, view: *mut ffi::Py_buffer, flags: c_int) -> PyResult<()> {
        let (start, bytes) = (slf.get().start, slf.get().bytes);
        // SAFETY: the caller's promise; the bytes stay as long as the object, of which the view holds a reference.
        let failed = unsafe { ffi::PyBuffer_FillInfo(view, slf.as_ptr(), start.cast(), bytes, 0, flags) };
        if failed == 0 { Ok(()) } else { Err(PyErr::fetch(slf.py())) }
    }
}
