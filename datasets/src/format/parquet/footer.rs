//! The footer: found, checked for shape by a walk of our own, and only then handed to the parquet crate.

use std::ops::Range;

use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};

use super::slim::slim;
use super::thrift::{Compact, I32, LIST, STRUCT};
use crate::fault::{Fault, guarded, within};
use crate::limits::Limits;

const MAGIC: &[u8; 4] = b"PAR1";
const ENCRYPTED_MAGIC: &[u8; 4] = b"PARE";
/// Footer length and magic.
const TAIL_BYTES: usize = 8;
/// Bytes that the crate may allocate for one byte of footer: a column chunk takes about 20 bytes in the file and
/// about 600 in memory; statistics and names add at most their own size.
const METADATA_EXPANSION: u64 = 32;

/// The parsed footer and where it lies.
pub(super) fn read(file: &[u8], limits: &Limits) -> Result<(ParquetMetaData, Range<usize>), Fault> {
    let place = place(file)?;
    let footer = &file[place.clone()];
    check(footer, limits)?;
    within("the footer", (footer.len() as u64).saturating_mul(METADATA_EXPANSION), limits.memory_bytes)?;
    let slimmed = slim(footer)?;
    let metadata = guarded("footer", || {
        ParquetMetaDataReader::decode_metadata(&slimmed)
            .map_err(|error| Fault::malformed(format!("the footer cannot be read: {error}")))
    })?;
    Ok((metadata, place))
}

/// Where the footer lies.
fn place(file: &[u8]) -> Result<Range<usize>, Fault> {
    let short = || Fault::malformed(format!("{} bytes are too few for a Parquet file", file.len()));
    let (body, magic) = file.split_last_chunk::<4>().ok_or_else(short)?;
    if magic == ENCRYPTED_MAGIC {
        return Err(Fault::unsupported("encrypted Parquet files are not read; decrypt it first"));
    }
    if magic != MAGIC {
        return Err(Fault::malformed("it does not end with PAR1: not a Parquet file, or cut short"));
    }
    let (body, length) = body.split_last_chunk::<4>().ok_or_else(short)?;
    if !file.starts_with(MAGIC) || body.len() < MAGIC.len() {
        return Err(Fault::malformed("it does not start with PAR1: not a Parquet file"));
    }
    let length = u32::from_le_bytes(*length) as usize;
    match body.len().checked_sub(length) {
        Some(start) if start >= MAGIC.len() => Ok(start..file.len() - TAIL_BYTES),
        _ => Err(Fault::malformed(format!(
            "its footer claims {length} bytes, the file has {}; it is cut short or damaged",
            body.len()
        ))),
    }
}

/// Walks the footer: that it is whole, that its schema is no deeper and no wider than allowed, that nobody
/// needs a list longer than the bytes there are.
fn check(footer: &[u8], limits: &Limits) -> Result<(), Fault> {
    let mut reader = Compact::new(footer);
    let mut last = 0;
    while let Some((wire, id)) = reader.field(&mut last)? {
        match (id, wire) {
            (2, LIST) => check_schema(&mut reader, limits)?,
            // FileMetaData.encryption_algorithm: columns, if not the footer, are encrypted.
            (8, STRUCT) => {
                return Err(Fault::unsupported("encrypted Parquet files are not read; decrypt it first"));
            }
            (_, wire) => reader.skip(wire)?,
        }
    }
    Ok(())
}

/// The schema is a tree in preorder; each element says how many children follow.
fn check_schema(reader: &mut Compact<'_>, limits: &Limits) -> Result<(), Fault> {
    let (wire, count) = reader.list()?;
    if wire != STRUCT {
        return Err(Fault::malformed("the footer's schema is not a list of structures"));
    }
    if count > limits.columns.saturating_mul(4) {
        return Err(Fault::malformed(format!("the schema has {count} elements, more than the limit")));
    }
    // Children still to come, a level each.
    let mut open: Vec<u32> = Vec::new();
    for element in 0..count {
        let mut last = 0;
        let mut children = 0;
        while let Some((wire, id)) = reader.field(&mut last)? {
            match (id, wire) {
                (5, I32) => children = reader.i32()?,
                (_, wire) => reader.skip(wire)?,
            }
        }
        let children = u32::try_from(children)
            .map_err(|_| Fault::malformed("a schema element has a negative number of children"))?;
        while open.last() == Some(&0) {
            open.pop();
        }
        match open.last_mut() {
            Some(left) => *left -= 1,
            None if element > 0 => {
                return Err(Fault::malformed("the footer's schema has elements outside its root"));
            }
            None => {}
        }
        open.push(children);
        if open.len() > limits.nesting {
            return Err(Fault::malformed(format!(
                "the schema is nested deeper than {} levels",
                limits.nesting
            )));
        }
    }
    if open.iter().any(|&left| left > 0) {
        return Err(Fault::malformed("the footer's schema lacks elements that it announces"));
    }
    Ok(())
}
