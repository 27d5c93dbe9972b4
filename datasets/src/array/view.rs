//! A view of an array: bytes, element type, shape and strides.

use std::path::PathBuf;

use bytes::Bytes;
use half::f16;

use super::dtype::Dtype;
use super::element::{Element, Stored};
use super::slice::Slice;
use super::storage::Storage;
use crate::error::{Error, Result};
use crate::schema::DataType;

/// Axes of an array, as in NumPy 2.
pub(crate) const AXES_MAX: usize = 64;

/// A view of an array in memory or in a mapped file, of any shape, strides, byte order and alignment. Nothing is
/// copied to make one.
///
/// ```
/// use arrcalc_datasets::{ArrayView, Dataset};
/// let prices = [1.5, 2.5, 4.0];
/// let counts = [3i32, 5, 8];
/// let columns = vec![("price".into(), prices.as_slice().into()), ("count".into(), counts.as_slice().into())];
/// let dataset = Dataset::from_arrays(columns).unwrap();
/// assert_eq!(dataset.row_count(), 3);
/// assert_eq!(dataset.schema().fields[1].data_type.to_string(), "int32");
/// ```
#[derive(Clone, Debug)]
pub struct ArrayView<'a> {
    pub(super) storage: Storage<'a>,
    pub(super) dtype: Dtype,
    /// Byte of the element whose indices are all 0.
    pub(super) start: usize,
    pub(super) shape: Vec<usize>,
    pub(super) strides_bytes: Vec<isize>,
    /// One column in C order, whatever the shape.
    pub(super) is_flat: bool,
}

impl<'a> ArrayView<'a> {
    /// An array in C order (last index fastest) that fills `bytes`.
    ///
    /// # Errors
    /// `Error::Request` where `shape` and `dtype` do not make up `bytes.len()`.
    pub fn contiguous(bytes: &'a [u8], dtype: Dtype, shape: &[usize]) -> Result<Self> {
        let array_bytes = array_bytes(shape, dtype.item_bytes()).map_err(invalid)?;
        if array_bytes != bytes.len() {
            return Err(invalid(format!(
                "an array of shape {shape:?} takes {array_bytes} bytes, not {}",
                bytes.len()
            )));
        }
        Ok(Self::ordered(Storage::Borrowed(bytes), dtype, shape, false))
    }

    /// The elements at bytes `start + Σ index[k] * strides_bytes[k]`; strides may be negative, zero, or smaller than
    /// an element. This is NumPy's `__array_interface__` with `bytes` reaching from the lowest to the highest byte
    /// of the array.
    ///
    /// # Errors
    /// `Error::Request` where an element would lie outside `bytes`.
    pub fn strided(
        bytes: &'a [u8],
        start: usize,
        dtype: Dtype,
        shape: &[usize],
        strides_bytes: &[isize],
    ) -> Result<Self> {
        if shape.len() != strides_bytes.len() || shape.len() > AXES_MAX {
            return Err(invalid(format!("{} axes with {} strides", shape.len(), strides_bytes.len())));
        }
        let inside = shape.contains(&0) || {
            // Wide enough for 64 products of two 64-bit numbers.
            let (mut low, mut high) = (start as i128, start as i128 + dtype.item_bytes() as i128);
            let mut count = Some(1usize);
            for (&len, &stride) in shape.iter().zip(strides_bytes) {
                let reach = (len as i128 - 1) * stride as i128;
                low += reach.min(0);
                high += reach.max(0);
                count = count.and_then(|count| count.checked_mul(len));
            }
            low >= 0
                && high <= bytes.len() as i128
                && count.is_some_and(|count| isize::try_from(count).is_ok())
        };
        if !inside {
            return Err(invalid(format!(
                "an array of shape {shape:?} and strides {strides_bytes:?} does not lie inside its {} bytes",
                bytes.len()
            )));
        }
        Ok(Self {
            storage: Storage::Borrowed(bytes),
            dtype,
            start,
            shape: shape.to_vec(),
            strides_bytes: strides_bytes.to_vec(),
            is_flat: false,
        })
    }

    /// An array in C or Fortran order whose size the caller has checked with [`array_bytes`].
    pub(crate) fn ordered(storage: Storage<'a>, dtype: Dtype, shape: &[usize], is_fortran: bool) -> Self {
        let mut strides_bytes = vec![0; shape.len()];
        // With an axis of length 0 no element is ever read, so that a stride may be anything.
        let mut stride = dtype.item_bytes() as isize;
        let mut lay = |axis: usize| {
            strides_bytes[axis] = stride;
            stride = stride.saturating_mul(shape[axis] as isize);
        };
        if is_fortran {
            (0..shape.len()).for_each(&mut lay);
        } else {
            (0..shape.len()).rev().for_each(&mut lay);
        }
        Self { storage, dtype, start: 0, shape: shape.to_vec(), strides_bytes, is_flat: false }
    }

    /// Length of each axis.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The part that a NumPy slice selects.
    ///
    /// # Errors
    /// `Error::Request` where there are more indices than axes or an index is out of range.
    pub fn slice(mut self, slice: &Slice) -> Result<Self> {
        slice.apply(&mut self.start, &mut self.shape, &mut self.strides_bytes).map_err(invalid)?;
        Ok(self)
    }

    /// The same elements as one column in C order (NumPy's `ravel`), instead of one column per index of the last axis.
    #[must_use]
    pub fn flatten(mut self) -> Self {
        self.is_flat = true;
        self
    }
}

/// Bytes of an array, where they are a number that an address can be.
pub(crate) fn array_bytes(shape: &[usize], item_bytes: usize) -> std::result::Result<usize, String> {
    if shape.len() > AXES_MAX {
        return Err(format!("{} axes; at most {AXES_MAX} are read", shape.len()));
    }
    // As in NumPy, the axes that are not 0 must have a product that fits, whether or not another one is 0.
    let product = shape
        .iter()
        .filter(|&&len| len != 0)
        .try_fold(item_bytes, |bytes, &len| bytes.checked_mul(len))
        .filter(|&bytes| isize::try_from(bytes).is_ok());
    match product {
        Some(bytes) => Ok(if shape.contains(&0) { 0 } else { bytes }),
        None => Err(format!("an array of shape {shape:?} takes more bytes than there are addresses")),
    }
}

fn invalid(reason: String) -> Error {
    Error::Request { path: PathBuf::from("array"), reason }
}

macro_rules! from_slice {
    ($($t:ty => $variant:ident),*) => {$(
        impl<'a> From<&'a [$t]> for ArrayView<'a> {
            /// A 1-D array.
            fn from(values: &'a [$t]) -> Self {
                let element = Element {
                    data_type: DataType::$variant,
                    stored: Stored::$variant,
                    item_bytes: size_of::<$t>(),
                    big_endian: cfg!(target_endian = "big"),
                };
                let storage = Storage::Borrowed(bytemuck::cast_slice(values));
                Self::ordered(storage, Dtype::scalar(element), &[values.len()], false)
            }
        }
    )*};
}

from_slice! {
    bool => Bool, i8 => Int8, i16 => Int16, i32 => Int32, i64 => Int64, u8 => UInt8, u16 => UInt16, u32 => UInt32,
    u64 => UInt64, f16 => Float16, f32 => Float32, f64 => Float64
}

/// A view of all of `bytes`, shared with their owner.
impl From<Bytes> for Storage<'_> {
    fn from(bytes: Bytes) -> Self {
        Storage::Shared(bytes)
    }
}
