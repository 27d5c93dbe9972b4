//! The header before each page of a column chunk.
//! Source: apache/parquet-format, src/main/thrift/parquet.thrift, `PageHeader`.

use parquet::basic::Encoding;

use super::thrift::{Compact, FALSE, STRUCT, TRUE};
use crate::fault::Fault;

/// What a page holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Data,
    /// Data of version 2: levels stand before the values and are not compressed.
    DataV2 {
        level_bytes: LevelBytes,
        null_count: u32,
        row_count: u32,
        compressed: bool,
    },
    Dictionary,
    /// An index page, or a kind that is not known: to be stepped over.
    Other,
}

/// Bytes of the levels of a version 2 page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LevelBytes {
    pub(super) repetition: u32,
    pub(super) definition: u32,
}

/// A page header; sizes are not negative.
#[derive(Clone, Copy, Debug)]
pub(super) struct PageHeader {
    pub(super) kind: Kind,
    /// Bytes as stored, header excluded.
    pub(super) stored_bytes: u32,
    /// Bytes after decompression, levels included.
    pub(super) page_bytes: u32,
    pub(super) crc: Option<u32>,
    /// Values, nulls included; entries of a dictionary.
    pub(super) value_count: u32,
    pub(super) encoding: Encoding,
    pub(super) definition_encoding: Encoding,
    pub(super) repetition_encoding: Encoding,
}

/// Fields of the inner structures, before they are put together.
#[derive(Default)]
struct Inner {
    value_count: Option<i32>,
    encoding: Option<i32>,
    definition_encoding: Option<i32>,
    repetition_encoding: Option<i32>,
    null_count: Option<i32>,
    row_count: Option<i32>,
    definition_bytes: Option<i32>,
    repetition_bytes: Option<i32>,
    compressed: Option<bool>,
}

impl PageHeader {
    /// Reads the header at the start of `bytes`; returns it with its length.
    pub(super) fn read(bytes: &[u8]) -> Result<(Self, usize), Fault> {
        let mut reader = Compact::new(bytes);
        let (mut kind, mut page_bytes, mut stored_bytes, mut crc) = (None, None, None, None);
        let (mut v1, mut v2, mut dictionary) = (None, None, None);
        let mut last = 0;
        while let Some((wire, id)) = reader.field(&mut last)? {
            match (id, wire) {
                (1, 5) => kind = Some(reader.i32()?),
                (2, 5) => page_bytes = Some(reader.i32()?),
                (3, 5) => stored_bytes = Some(reader.i32()?),
                (4, 5) => crc = Some(reader.i32()? as u32),
                (5, STRUCT) => v1 = Some(Inner::data(&mut reader)?),
                (7, STRUCT) => dictionary = Some(Inner::data(&mut reader)?),
                (8, STRUCT) => v2 = Some(Inner::data_v2(&mut reader)?),
                (_, wire) => reader.skip(wire)?,
            }
        }
        let inner = match kind {
            Some(0) => v1,
            Some(2) => dictionary,
            Some(3) => v2,
            Some(_) => Some(Inner { value_count: Some(0), encoding: Some(0), ..Inner::default() }),
            None => None,
        }
        .ok_or_else(|| {
            Fault::malformed("a page header lacks the part that its kind needs; the file is damaged")
        })?;
        let kind = match kind {
            Some(0) => Kind::Data,
            Some(2) => Kind::Dictionary,
            Some(3) => Kind::DataV2 {
                level_bytes: LevelBytes {
                    repetition: size(inner.repetition_bytes, "repetition level size")?,
                    definition: size(inner.definition_bytes, "definition level size")?,
                },
                null_count: size(inner.null_count, "null count")?,
                row_count: size(inner.row_count, "row count")?,
                compressed: inner.compressed.unwrap_or(true),
            },
            _ => Kind::Other,
        };
        let header = Self {
            kind,
            stored_bytes: size(stored_bytes, "compressed size")?,
            page_bytes: size(page_bytes, "uncompressed size")?,
            crc,
            value_count: size(inner.value_count, "value count")?,
            encoding: encoding(inner.encoding)?,
            definition_encoding: encoding(inner.definition_encoding.or(Some(RLE)))?,
            repetition_encoding: encoding(inner.repetition_encoding.or(Some(RLE)))?,
        };
        Ok((header, reader.position()))
    }
}

const RLE: i32 = 3;

impl Inner {
    /// `DataPageHeader` and `DictionaryPageHeader`: the latter has the first two fields.
    fn data(reader: &mut Compact<'_>) -> Result<Self, Fault> {
        let mut inner = Self::default();
        let mut last = 0;
        while let Some((wire, id)) = reader.field(&mut last)? {
            match (id, wire) {
                (1, 5) => inner.value_count = Some(reader.i32()?),
                (2, 5) => inner.encoding = Some(reader.i32()?),
                (3, 5) => inner.definition_encoding = Some(reader.i32()?),
                (4, 5) => inner.repetition_encoding = Some(reader.i32()?),
                (_, wire) => reader.skip(wire)?,
            }
        }
        Ok(inner)
    }

    /// `DataPageHeaderV2`.
    fn data_v2(reader: &mut Compact<'_>) -> Result<Self, Fault> {
        let mut inner = Self::default();
        let mut last = 0;
        while let Some((wire, id)) = reader.field(&mut last)? {
            match (id, wire) {
                (1, 5) => inner.value_count = Some(reader.i32()?),
                (2, 5) => inner.null_count = Some(reader.i32()?),
                (3, 5) => inner.row_count = Some(reader.i32()?),
                (4, 5) => inner.encoding = Some(reader.i32()?),
                (5, 5) => inner.definition_bytes = Some(reader.i32()?),
                (6, 5) => inner.repetition_bytes = Some(reader.i32()?),
                (7, TRUE) => inner.compressed = Some(true),
                (7, FALSE) => inner.compressed = Some(false),
                (_, wire) => reader.skip(wire)?,
            }
        }
        Ok(inner)
    }
}

fn size(value: Option<i32>, what: &str) -> Result<u32, Fault> {
    value.and_then(|value| u32::try_from(value).ok()).ok_or_else(|| {
        Fault::malformed(format!("a page header has no {what}, or a negative one; the file is damaged"))
    })
}

fn encoding(code: Option<i32>) -> Result<Encoding, Fault> {
    #[expect(deprecated, reason = "files may still name it; whoever decodes refuses it")]
    let bit_packed = Encoding::BIT_PACKED;
    Ok(match code {
        Some(0) => Encoding::PLAIN,
        Some(2) => Encoding::PLAIN_DICTIONARY,
        Some(3) => Encoding::RLE,
        Some(4) => bit_packed,
        Some(5) => Encoding::DELTA_BINARY_PACKED,
        Some(6) => Encoding::DELTA_LENGTH_BYTE_ARRAY,
        Some(7) => Encoding::DELTA_BYTE_ARRAY,
        Some(8) => Encoding::RLE_DICTIONARY,
        Some(9) => Encoding::BYTE_STREAM_SPLIT,
        Some(code) => return Err(Fault::unsupported(format!("encoding {code} is not known"))),
        None => return Err(Fault::malformed("a page header names no encoding; the file is damaged")),
    })
}
