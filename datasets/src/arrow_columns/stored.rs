//! A column as it was found: an Arrow array, or text whose run of rows was checked here. (Arrow's own
//! constructors check all text of a buffer, which a file cut into many units would pay for every unit.)

use arrow_array::{Array, ArrayRef};
use arrow_buffer::{ArrowNativeType, Buffer, NullBuffer, ScalarBuffer};

use crate::chunk::Text;

/// A column that can be lent.
#[derive(Debug)]
pub(crate) enum Stored {
    Array(ArrayRef),
    Text32(StoredText<i32>),
    Text64(StoredText<i64>),
}

/// Text by offsets: monotone, inside the data, at the boundaries of valid UTF-8.
#[derive(Debug)]
pub(crate) struct StoredText<O: ArrowNativeType> {
    offsets: ScalarBuffer<O>,
    data: Buffer,
    nulls: Option<NullBuffer>,
}

impl<O: ArrowNativeType + PartialOrd> StoredText<O> {
    /// Checks and keeps text; `offsets` has one entry more than there are rows.
    pub(crate) fn new(
        offsets: ScalarBuffer<O>,
        data: Buffer,
        nulls: Option<NullBuffer>,
    ) -> Result<Self, String> {
        let (Some(first), Some(last)) = (offsets.first(), offsets.last()) else {
            return Err("text without offsets; the file is damaged".into());
        };
        if !offsets.is_sorted() {
            return Err("offsets of text that go backwards; the file is damaged".into());
        }
        let bytes = first
            .to_usize()
            .zip(last.to_usize())
            .and_then(|(first, last)| data.get(first..last))
            .ok_or("offsets that lie outside the text; the file is damaged")?;
        if !bytes.is_ascii() {
            let text = std::str::from_utf8(bytes).map_err(|_| "text is not UTF-8")?;
            let start = first.as_usize();
            if !offsets.iter().all(|offset| text.is_char_boundary(offset.as_usize() - start)) {
                return Err("text is cut within a character; the file is damaged".into());
            }
        }
        Ok(Self { offsets, data, nulls })
    }

    pub(super) fn offsets(&self) -> &[O] {
        &self.offsets
    }
}

impl Stored {
    /// Rows.
    pub(crate) fn len(&self) -> usize {
        match self {
            Stored::Array(array) => array.len(),
            Stored::Text32(text) => text.offsets().len() - 1,
            Stored::Text64(text) => text.offsets().len() - 1,
        }
    }

    /// Which rows are null, by value where a dictionary or runs say so.
    pub(crate) fn nulls(&self) -> Option<NullBuffer> {
        match self {
            Stored::Array(array) => array.logical_nulls(),
            Stored::Text32(text) => text.nulls.clone(),
            Stored::Text64(text) => text.nulls.clone(),
        }
    }

    pub(super) fn text(&self) -> Option<Text<'_>> {
        match self {
            Stored::Array(_) => None,
            Stored::Text32(text) => Some(Text::Offsets32 { offsets: &text.offsets, data: &text.data }),
            Stored::Text64(text) => Some(Text::Offsets64 { offsets: &text.offsets, data: &text.data }),
        }
    }
}
