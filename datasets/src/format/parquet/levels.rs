//! Columns of types that are only shown: their levels tell how many rows are null, and whether rows and values are
//! all there. No value is decoded.
//! Source: S. Melnik et al. (2010), Dremel, section 4.1; apache/parquet-format, README.md, "Nested Encoding".

use parquet::basic::{Compression, Encoding, Type as Physical};
use parquet::schema::types::ColumnDescriptor;

use super::codec::Codec;
use super::dictionary::DictionaryPage;
use super::hybrid::Hybrid;
use super::page_header::{Kind, PageHeader};
use super::pages::PagePlace;
use crate::fault::Fault;

/// Levels read at a time.
const BLOCK: usize = 1_024;

/// How deep a leaf is nested, and how its values are stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct Depth {
    pub(super) repetition: u32,
    pub(super) definition: u32,
    pub(super) value: Value,
}

/// The storage of plain values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Bit,
    /// So many bytes.
    Fixed(usize),
    /// A length of four bytes, then as many.
    Bytes,
}

impl Depth {
    pub(super) fn of(column: &ColumnDescriptor) -> Self {
        let depth = |level: i16| u32::try_from(level).unwrap_or(0);
        let value = match column.physical_type() {
            Physical::BOOLEAN => Value::Bit,
            Physical::INT32 | Physical::FLOAT => Value::Fixed(4),
            Physical::INT64 | Physical::DOUBLE => Value::Fixed(8),
            Physical::INT96 => Value::Fixed(12),
            Physical::BYTE_ARRAY => Value::Bytes,
            Physical::FIXED_LEN_BYTE_ARRAY => {
                Value::Fixed(usize::try_from(column.type_length()).unwrap_or(0))
            }
        };
        Self { repetition: depth(column.max_rep_level()), definition: depth(column.max_def_level()), value }
    }

    /// Where the levels of a data page end and its values start.
    pub(super) fn levels_end(&self, header: &PageHeader, page: &[u8]) -> Result<usize, Fault> {
        if let Kind::DataV2 { level_bytes, .. } = header.kind {
            let end = (level_bytes.repetition as usize).saturating_add(level_bytes.definition as usize);
            return if end <= page.len() { Ok(end) } else { Err(short()) };
        }
        let mut at = 0;
        let levels =
            [(self.repetition, header.repetition_encoding), (self.definition, header.definition_encoding)];
        for (deepest, encoding) in levels {
            let bytes = match encoding {
                _ if deepest == 0 => 0,
                Encoding::RLE => {
                    let length = page.get(at..).and_then(|rest| rest.first_chunk::<4>()).ok_or_else(short)?;
                    4 + u32::from_le_bytes(*length) as usize
                }
                // The first years' packed levels have no length.
                _ => (header.value_count as usize).saturating_mul(width(deepest).into()).div_ceil(8),
            };
            at = at.checked_add(bytes).filter(|&end| end <= page.len()).ok_or_else(short)?;
        }
        Ok(at)
    }
}

/// Rows of a leaf, and rows whose definition level is 0: nulls where the root is optional. `None` for levels in
/// the encoding of the first years.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) rows: u64,
    pub(super) undefined: u64,
}

fn short() -> Fault {
    Fault::malformed("a page's levels run past its end; the file is damaged")
}

/// Bits of levels up to `deepest`.
fn width(deepest: u32) -> u8 {
    (u32::BITS - deepest.leading_zeros()) as u8
}

/// Counts the rows of a leaf's checked pages.
pub(super) fn count(
    file: &[u8],
    pages: &[PagePlace],
    compression: Compression,
    depth: Depth,
) -> Result<Option<Counted>, Fault> {
    let mut codec = Codec::new(compression)?;
    let mut buffer = Vec::new();
    let mut counted = Counted::default();
    let dictionary_len = DictionaryPage::read(file, pages, compression)?.value_count;
    for place in pages {
        let header = &place.header;
        let known = |encoding: Encoding, deepest: u32| deepest == 0 || encoding == Encoding::RLE;
        let level_bytes = match header.kind {
            Kind::Dictionary | Kind::Other => continue,
            Kind::DataV2 { level_bytes, .. } => Some(level_bytes),
            Kind::Data
                if known(header.repetition_encoding, depth.repetition)
                    && known(header.definition_encoding, depth.definition) =>
            {
                None
            }
            Kind::Data => return Ok(None),
        };
        buffer.resize(place.decoded_bytes(compression), 0);
        place.decompress(file, compression, &mut codec, &mut buffer)?;
        let mut at = 0;
        let mut part = |deepest: u32, bytes: Option<u32>| -> Result<Hybrid, Fault> {
            let (start, length) = match bytes {
                Some(bytes) => (at, bytes as usize),
                None if deepest == 0 => (at, 0),
                None => {
                    let length =
                        buffer.get(at..).and_then(|rest| rest.first_chunk::<4>()).ok_or_else(short)?;
                    (at + 4, u32::from_le_bytes(*length) as usize)
                }
            };
            at = start.checked_add(length).filter(|&end| end <= buffer.len()).ok_or_else(short)?;
            Ok(Hybrid::new(start, at, width(deepest)))
        };
        let mut repetitions = part(depth.repetition, level_bytes.map(|bytes| bytes.repetition))?;
        let mut definitions = part(depth.definition, level_bytes.map(|bytes| bytes.definition))?;
        let (mut repetition, mut definition) = ([0; BLOCK], [0; BLOCK]);
        let mut defined = 0;
        let mut left = header.value_count as usize;
        while left > 0 {
            let count = left.min(BLOCK);
            if depth.repetition > 0 {
                repetitions.read(&buffer, &mut repetition[..count])?;
            }
            if depth.definition > 0 {
                definitions.read(&buffer, &mut definition[..count])?;
            }
            for (&repetition, &definition) in repetition[..count].iter().zip(&definition[..count]) {
                if repetition > depth.repetition || definition > depth.definition {
                    return Err(Fault::malformed("a level is deeper than the schema; the file is damaged"));
                }
                defined += usize::from(definition == depth.definition);
                if repetition == 0 {
                    counted.rows += 1;
                    counted.undefined += u64::from(definition == 0);
                } else if counted.rows == 0 {
                    return Err(Fault::malformed("the first row starts within a list; the file is damaged"));
                }
            }
            left -= count;
        }
        check_values(&buffer[at..], header.encoding, depth.value, defined, dictionary_len)?;
    }
    Ok(Some(counted))
}

/// Checks that `values` hold `count` values, in the encodings that tell it without decoding.
fn check_values(
    values: &[u8],
    encoding: Encoding,
    value: Value,
    count: usize,
    dictionary_len: usize,
) -> Result<(), Fault> {
    let short = || Fault::malformed("a page has fewer values than its header says; the file is damaged");
    let is_whole = match (encoding, value) {
        (Encoding::PLAIN, Value::Bit) => count.div_ceil(8) <= values.len(),
        (Encoding::PLAIN | Encoding::BYTE_STREAM_SPLIT, Value::Fixed(bytes)) => {
            count.checked_mul(bytes).is_some_and(|needed| needed <= values.len())
        }
        (Encoding::PLAIN, Value::Bytes) => {
            let mut rest = values;
            (0..count).all(|_| match rest.split_first_chunk::<4>() {
                Some((length, after)) if u32::from_le_bytes(*length) as usize <= after.len() => {
                    rest = &after[u32::from_le_bytes(*length) as usize..];
                    true
                }
                _ => false,
            })
        }
        (Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY, _) if count > 0 => {
            let (&width, _) = values.split_first().ok_or_else(short)?;
            if width > 32 {
                return Err(short());
            }
            let mut codes = Hybrid::new(1, values.len(), width);
            let mut block = [0; BLOCK];
            let mut left = count;
            while left > 0 {
                let codes_read = &mut block[..left.min(BLOCK)];
                codes.read(values, codes_read)?;
                if codes_read.iter().any(|&code| code as usize >= dictionary_len) {
                    return Err(Fault::malformed("a code behind its dictionary's end; the file is damaged"));
                }
                left -= codes_read.len();
            }
            true
        }
        _ => true,
    };
    if is_whole { Ok(()) } else { Err(short()) }
}
