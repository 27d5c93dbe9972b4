//! Dictionary pages: the distinct values of a column chunk, plainly encoded.

use parquet::basic::Compression;

use super::codec::Codec;
use super::page_header::Kind;
use super::pages::PagePlace;
use super::workspace::{Buffers, room};
use crate::fault::{Fault, within};

/// Reads the dictionary page that `pages` starts with, if any, into `space`: numbers of `width` bytes. Their number.
pub(super) fn read_numbers(
    file: &[u8],
    pages: &[PagePlace],
    compression: Compression,
    width: usize,
    space: &mut Buffers,
) -> Result<usize, Fault> {
    let Some(place) = pages.first().filter(|place| place.header.kind == Kind::Dictionary) else {
        return Ok(0);
    };
    let bytes = place.decoded_bytes(compression);
    let value_count = place.header.value_count as usize;
    if value_count.checked_mul(width).is_none_or(|needed| needed > bytes) {
        return Err(short(value_count));
    }
    place.decompress(file, compression, &mut space.codec, room(&mut space.dictionary, bytes))?;
    Ok(value_count)
}

/// A decompressed dictionary page; empty where the chunk has none.
#[derive(Debug, Default)]
pub(super) struct DictionaryPage {
    bytes: Vec<u8>,
    pub(super) value_count: usize,
}

fn short(value_count: usize) -> Fault {
    Fault::malformed(format!(
        "a dictionary page is too short for its {value_count} values; the file is damaged"
    ))
}

impl DictionaryPage {
    /// Reads the dictionary page that `pages` starts with, if any.
    pub(super) fn read(file: &[u8], pages: &[PagePlace], compression: Compression) -> Result<Self, Fault> {
        let Some(place) = pages.first().filter(|place| place.header.kind == Kind::Dictionary) else {
            return Ok(Self::default());
        };
        let mut bytes = vec![0; place.decoded_bytes(compression)];
        place.decompress(file, compression, &mut Codec::new(compression)?, &mut bytes)?;
        Ok(Self { bytes, value_count: place.header.value_count as usize })
    }

    /// Bytes of the longest of the values, taken as text; 0 without a dictionary.
    pub(super) fn longest(&self) -> usize {
        let mut longest = 0;
        let mut rest = &self.bytes[..];
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            let length = (u32::from_le_bytes(*length) as usize).min(after.len());
            longest = longest.max(length);
            rest = &after[length..];
        }
        longest
    }

    /// The values of a column of text: each a length of four bytes and its UTF-8.
    pub(super) fn strings(&self, memory_bytes: u64) -> Result<Vec<&str>, Fault> {
        // Each takes four bytes at least, so that the count cannot lie by much.
        if self.value_count > self.bytes.len() / 4 {
            return Err(short(self.value_count));
        }
        within("a dictionary", (self.value_count * size_of::<&str>()) as u64, memory_bytes)?;
        let mut strings = Vec::with_capacity(self.value_count);
        let mut rest = &self.bytes[..];
        for _ in 0..self.value_count {
            let (length, after) = rest.split_first_chunk::<4>().ok_or_else(|| short(self.value_count))?;
            let length = u32::from_le_bytes(*length) as usize;
            let value = after.get(..length).ok_or_else(|| short(self.value_count))?;
            strings.push(std::str::from_utf8(value).map_err(|_| Fault::malformed("a string is not UTF-8"))?);
            rest = &after[length..];
        }
        Ok(strings)
    }
}
