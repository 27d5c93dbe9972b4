//! Arrays in: anything with the buffer protocol, `__array_interface__` or `__array__`, read where it lies.
//!
//! The buffer protocol tells address, shape, strides and, for plain numbers, the element type. What it cannot say
//! (`datetime64`) or says in too many ways (structures) is asked of NumPy's dtype. Nothing is copied but what is
//! no array yet, such as a list.

use arrcalc::datasets::{ArrayView, Dtype, Values};
use pyo3::buffer::PyUntypedBuffer;
use pyo3::exceptions::{PyBufferError, PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

use crate::errors::Failure;
use crate::nullable::{self, Nulls};

/// An array of Python, held while it is read.
pub(crate) struct Array {
    /// Released on drop; the memory it names is valid until then.
    buffer: PyUntypedBuffer,
    element: Element,
}

/// What the bytes of an element are.
enum Element {
    /// A plain number or truth value.
    Plain(Plain),
    /// Anything else that arrcalc knows by NumPy's description, and NumPy's name for it.
    Described(Dtype, String),
}

/// Plain element types: kind (`b`, `i`, `u`, `f`), bytes, byte order.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Plain {
    kind: u8,
    bytes: usize,
    big_endian: bool,
}

impl Plain {
    /// The type of a buffer's elements, from its format and length: `<d`, `=l`, `?` ... The length decides the
    /// width, since `l` has two.
    fn of(format: &[u8], bytes: usize) -> Option<Self> {
        let (order, code) = match format {
            [code] => (b'@', *code),
            [order @ (b'@' | b'=' | b'<' | b'>' | b'!' | b'^'), code] => (*order, *code),
            _ => return None,
        };
        let (kind, widths): (u8, &[usize]) = match code {
            b'?' => (b'b', &[1]),
            b'b' | b'h' | b'i' | b'l' | b'q' | b'n' => (b'i', &[1, 2, 4, 8]),
            b'B' | b'H' | b'I' | b'L' | b'Q' | b'N' => (b'u', &[1, 2, 4, 8]),
            b'e' | b'f' | b'd' => (b'f', &[2, 4, 8]),
            _ => return None,
        };
        let big_endian = match order {
            b'>' | b'!' => true,
            b'<' => false,
            _ => cfg!(target_endian = "big"),
        };
        widths.contains(&bytes).then_some(Plain { kind, bytes, big_endian })
    }

    fn is_native(self) -> bool {
        self.bytes == 1 || self.big_endian == cfg!(target_endian = "big")
    }

    fn type_string(self) -> String {
        let order = if self.big_endian { '>' } else { '<' };
        format!("{order}{}{}", char::from(self.kind), self.bytes)
    }
}

impl Array {
    /// The array that `object` is, exposes or converts to.
    ///
    /// A column of Arrow that has nulls is refused.
    pub(crate) fn of(object: &Bound<'_, PyAny>) -> Result<Self, Failure> {
        Self::read(object, Nulls::Refuse)
    }

    /// As [`Array::of`], without the nulls of a column of Arrow.
    pub(crate) fn of_values(object: &Bound<'_, PyAny>) -> Result<Self, Failure> {
        Self::read(object, Nulls::Skip)
    }

    fn read(object: &Bound<'_, PyAny>, nulls: Nulls) -> Result<Self, Failure> {
        refuse_masked(object)?;
        // SAFETY: `object` is a live object; the call only looks at its type.
        let has_buffer = unsafe { ffi::PyObject_CheckBuffer(object.as_ptr()) } == 1;
        if has_buffer && let Some(array) = Self::plain(object)? {
            return Ok(array);
        }
        match nullable::column(object, nulls)? {
            Some(array) => Self::described(&array),
            None => Self::described(&as_array(object)?),
        }
    }

    /// The fast way: a buffer of plain elements.
    fn plain(object: &Bound<'_, PyAny>) -> Result<Option<Self>, Failure> {
        let buffer = match PyUntypedBuffer::get(object) {
            Ok(buffer) => buffer,
            Err(error) if is_refusal(object.py(), &error) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let is_direct = buffer.suboffsets().is_none_or(|offsets| offsets.iter().all(|&offset| offset < 0));
        Ok(Plain::of(buffer.format().to_bytes(), buffer.item_size())
            .filter(|_| is_direct)
            .map(|plain| Array { buffer, element: Element::Plain(plain) }))
    }

    /// A NumPy array of any type.
    fn described(array: &Bound<'_, PyAny>) -> Result<Self, Failure> {
        let py = array.py();
        if array.getattr(intern!(py, "ndim"))?.extract::<usize>()? == 0 {
            // An exporter may leave out the shape of a single element; as an axis of length 1 it has one.
            return Self::described(&array.call_method1("reshape", (1,))?);
        }
        if let Some(array) = Self::plain(array)? {
            return Ok(array);
        }
        let dtype = array.getattr(intern!(py, "dtype"))?;
        if dtype.getattr(intern!(py, "hasobject"))?.is_truthy()? {
            return Err(Failure::Dtype(format!(
                "elements of type {dtype}: Python's own objects (whole numbers past 64 bits, None, values of several \
                 types) are not computed with"
            )));
        }
        let descr =
            numpy(py)?.getattr("lib")?.getattr("format")?.call_method1("dtype_to_descr", (&dtype,))?;
        let known = Dtype::parse(descr.repr()?.to_str()?)
            .map_err(|error| Failure::Dtype(format!("elements of type {dtype}: {error}")))?;
        // Times are integers that the buffer protocol has no letter for.
        let buffer = match dtype.getattr("kind")?.extract::<char>()? {
            'M' | 'm' => PyUntypedBuffer::get(&array.call_method1("view", ("i8",))?)?,
            _ => PyUntypedBuffer::get(array)?,
        };
        if buffer.item_size() != known.item_bytes() {
            return Err(Failure::Dtype(format!("elements of type {dtype} are not read")));
        }
        Ok(Array { buffer, element: Element::Described(known, dtype.to_string()) })
    }

    /// Number of elements.
    pub(crate) fn len(&self) -> usize {
        self.shape().iter().product()
    }

    /// Length of each axis.
    pub(crate) fn shape(&self) -> &[usize] {
        if self.buffer.dimensions() == 0 { &[] } else { self.buffer.shape() }
    }

    /// Bytes of all elements.
    pub(crate) fn byte_count(&self) -> usize {
        self.len() * self.buffer.item_size()
    }

    fn strides_bytes(&self) -> &[isize] {
        if self.buffer.dimensions() == 0 { &[] } else { self.buffer.strides() }
    }

    /// NumPy's kind of the elements: `b`, `i`, `u`, `f` for plain ones, else `None`.
    pub(crate) fn kind(&self) -> Option<(u8, usize)> {
        match &self.element {
            Element::Plain(plain) => Some((plain.kind, plain.bytes)),
            Element::Described(..) => None,
        }
    }

    /// Whether elements are texts, times and the like: nothing that the buffer protocol has a letter for.
    pub(crate) fn is_described(&self) -> bool {
        matches!(self.element, Element::Described(..))
    }

    /// NumPy's name of the element type.
    pub(crate) fn type_name(&self) -> String {
        match &self.element {
            Element::Plain(plain) => plain.type_string(),
            Element::Described(_, name) => name.clone(),
        }
    }

    /// The array as the library takes it.
    pub(crate) fn view(&self) -> Result<ArrayView<'_>, Failure> {
        let dtype = match &self.element {
            Element::Plain(plain) => Dtype::from_type_string(&plain.type_string())
                .map_err(|error| Failure::Dtype(error.to_string()))?,
            Element::Described(dtype, _) => dtype.clone(),
        };
        let (bytes, start) = self.extent();
        Ok(ArrayView::strided(bytes, start, dtype, self.shape(), self.strides_bytes())?)
    }

    /// The bytes from the lowest to the highest address of any element, and where in them the first element is.
    fn extent(&self) -> (&[u8], usize) {
        let (mut below, mut above) = (0usize, self.buffer.item_size());
        for (&len, &stride) in self.shape().iter().zip(self.strides_bytes()) {
            if len == 0 {
                return (&[], 0);
            }
            let reach = (len - 1) * stride.unsigned_abs();
            if stride < 0 { below += reach } else { above += reach }
        }
        let lowest = self.buffer.buf_ptr().cast::<u8>().wrapping_sub(below);
        // SAFETY: the exporter of the buffer keeps every byte that its shape and strides reach valid until the
        // buffer is released, which is when `self` is dropped. Other threads may write to the array meanwhile, as
        // with every function that lets go of the GIL: the numbers read are then old or new ones, and no address,
        // length or branch outside arithmetic depends on them.
        (unsafe { std::slice::from_raw_parts(lowest, below + above) }, below)
    }

    /// The elements in C order as one aligned native slice, where they lie so and are what kernels take.
    pub(crate) fn dense(&self) -> Option<Values<'_>> {
        let Element::Plain(plain) = &self.element else { return None };
        if !plain.is_native() || !self.is_contiguous() {
            return None;
        }
        let values = match (plain.kind, plain.bytes) {
            (b'f', 8) => Values::Float64(self.slice()?),
            (b'f', 4) => Values::Float32(self.slice()?),
            (b'i', 8) => Values::Int64(self.slice()?),
            (b'i', 4) => Values::Int32(self.slice()?),
            (b'i', 2) => Values::Int16(self.slice()?),
            (b'i', 1) => Values::Int8(self.slice()?),
            (b'u', 8) => Values::UInt64(self.slice()?),
            (b'u', 4) => Values::UInt32(self.slice()?),
            (b'u', 2) => Values::UInt16(self.slice()?),
            (b'u', 1) => Values::UInt8(self.slice()?),
            _ => return None,
        };
        Some(values)
    }

    fn is_contiguous(&self) -> bool {
        let mut expected = self.buffer.item_size() as isize;
        self.shape().iter().zip(self.strides_bytes()).rev().all(|(&len, &stride)| {
            let fits = len <= 1 || stride == expected;
            expected *= len as isize;
            fits
        })
    }

    /// The bytes as numbers; `None` where they are not aligned.
    fn slice<T: Number>(&self) -> Option<&[T]> {
        let (bytes, _) = self.extent();
        if bytes.is_empty() {
            return Some(&[]); // wherever no elements lie
        }
        if bytes.as_ptr().align_offset(align_of::<T>()) != 0 {
            return None;
        }
        // SAFETY: any bytes are a number of type `T` (see `Number`); the address is aligned (checked above).
        let (_, numbers, _) = unsafe { bytes.align_to::<T>() };
        Some(numbers)
    }
}

/// Types of which every bit pattern is a value.
pub(crate) trait Number {}

impl Number for i8 {}
impl Number for i16 {}
impl Number for i32 {}
impl Number for i64 {}
impl Number for u8 {}
impl Number for u16 {}
impl Number for u32 {}
impl Number for u64 {}
impl Number for f32 {}
impl Number for f64 {}

/// Whether an exporter said that it cannot show this array as a buffer (and not, say, that memory is short).
fn is_refusal(py: Python<'_>, error: &PyErr) -> bool {
    error.is_instance_of::<PyValueError>(py)
        || error.is_instance_of::<PyBufferError>(py)
        || error.is_instance_of::<PyTypeError>(py)
}

/// `object` as a NumPy array, without a copy where that can be.
fn as_array<'py>(object: &Bound<'py, PyAny>) -> Result<Bound<'py, PyAny>, Failure> {
    if object.is_instance(ndarray(object.py())?)? {
        return Ok(object.clone());
    }
    Ok(numpy(object.py())?.call_method1(intern!(object.py(), "asarray"), (object,))?)
}

/// What lies under the mask of a masked array is no data.
fn refuse_masked(object: &Bound<'_, PyAny>) -> Result<(), Failure> {
    let py = object.py();
    let kind = ndarray(py)?;
    if object.get_type().is(kind) || !object.is_instance(kind)? || !object.hasattr(intern!(py, "mask"))? {
        return Ok(());
    }
    if numpy(py)?.getattr("ma")?.call_method1("isMaskedArray", (object,))?.is_truthy()? {
        return Err(Failure::Input("masked arrays are not read; pass x.compressed()".into()));
    }
    Ok(())
}

/// The module NumPy.
pub(crate) fn numpy(py: Python<'_>) -> PyResult<Bound<'_, PyModule>> {
    py.import(intern!(py, "numpy"))
}

pub(crate) fn ndarray(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    static NDARRAY: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    NDARRAY.import(py, "numpy", "ndarray")
}
