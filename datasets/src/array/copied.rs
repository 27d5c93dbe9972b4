//! Columns of large mapped files that will be read once, read by copying.
//!
//! A page of a map costs more than its bytes: the processor faults on it, the kernel enters it into the page table and
//! takes it out again at the end. For a file in the page cache, copying a piece into a buffer that stays in the
//! second-level cache takes half the time of a first visit of the map, where the page cache holds the file in small
//! pages. Pages that are mapped cost nothing the second time: so a column is copied once at the most, and not at all by
//! who will come back.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::storage::Storage;
use super::table::ArrayColumn;
use crate::error::Result;
use crate::mapped_file::MappedFile;

/// Bytes of a column that copying pays for: a smaller one is a few faults.
const COLUMN_BYTES_MIN: usize = 4 << 20;
/// How a column is read, and how often it has been.
#[derive(Debug)]
pub(crate) struct Copying {
    /// Byte of the file that the column's first element begins at.
    start: u64,
    /// Bytes of the column; none where it is always read where it lies.
    bytes: u64,
    /// Bytes that may still be copied.
    left: AtomicU64,
    /// Whether it was to be copied before.
    is_done: AtomicBool,
    /// Buffers that no reader has now.
    buffers: Mutex<Vec<Vec<u64>>>,
}

impl Copying {
    /// How `column`, perhaps of the file mapped as `file`, is read.
    pub(crate) fn of(column: &ArrayColumn<'_>, file: Option<&MappedFile>) -> Self {
        let elements = &column.elements;
        let width = elements.element.item_bytes;
        let place = || {
            let (file, Storage::Shared(bytes)) = (file?, &column.storage) else { return None };
            // What was unpacked from the file lies elsewhere.
            let start = (bytes.as_ptr() as usize).checked_sub(file.bytes().as_ptr() as usize)?;
            let is_mapped = start.checked_add(bytes.len())? <= file.bytes().len();
            if !is_mapped || !elements.strided.is_contiguous(width) {
                return None;
            }
            let place = elements.strided.byte_range(width, 0, elements.strided.len());
            (place.len() >= COLUMN_BYTES_MIN).then_some(((start + place.start) as u64, place.len() as u64))
        };
        let (start, bytes) = place().unwrap_or_default();
        Self {
            start,
            bytes,
            left: AtomicU64::new(0),
            is_done: AtomicBool::new(false),
            buffers: Mutex::default(),
        }
    }

    /// Lets the next pass copy, unless one did.
    pub(crate) fn allow(&self) {
        if !self.is_done.swap(true, Ordering::Relaxed) {
            self.left.store(self.bytes, Ordering::Relaxed);
        }
    }

    /// A buffer, if `bytes` more bytes are better copied.
    pub(crate) fn begin(&self, bytes: u64) -> Option<Vec<u64>> {
        // Only a hint: what is read is the same either way.
        let spent =
            self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes));
        spent.ok()?;
        Some(self.buffers.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default())
    }

    /// Takes a buffer back.
    pub(crate) fn end(&self, buffer: Vec<u64>) {
        self.buffers.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
    }

    /// Copies elements `rows` of `width` bytes of the column to the beginning of `buffer`.
    ///
    /// # Errors
    /// `Error::Changed` where the file has become shorter, `Error::Io` where it cannot be read.
    pub(crate) fn fill(
        &self,
        file: &MappedFile,
        rows: Range<usize>,
        width: usize,
        buffer: &mut Vec<u64>,
    ) -> Result<()> {
        let bytes = rows.len() * width;
        let words = bytes.div_ceil(size_of::<u64>());
        if buffer.len() < words {
            buffer.resize(words, 0);
        }
        let start = self.start + (rows.start * width) as u64;
        file.copy(start, &mut bytemuck::cast_slice_mut(buffer)[..bytes])
    }
}
