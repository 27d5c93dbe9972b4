//! Keys in parts: which rows have keys of a part, told by a hash of the key tuple, so that a table of groups too large
//! for memory can be made a part at a time (the partitions of G. Graefe, "Query evaluation techniques for large
//! databases" (1993), section 4.2, read again instead of written out).

use arrcalc_datasets::{Column, DataType, Values};
use arrcalc_kernels::Level;
use arrcalc_kernels::distinct::{HashValue, hash_bytes};

use super::selection::Selection;
use crate::aggregate::{Element, Kind};

/// One of several parts of all key tuples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which: below `count`.
    pub index: u64,
    /// How many there are; 1: all keys are of the part.
    pub count: u64,
}

impl Part {
    /// Writes, as bits, which of `rows` rows have keys of this part; returns how many. Equal keys are of one part,
    /// whatever the schedule: -0.0 and +0.0 are, all NaNs are, and nulls.
    ///
    /// # Panics
    /// If a column is not of its type or has fewer rows.
    pub fn choose(
        &self,
        level: Level,
        rows: usize,
        types: &[DataType],
        columns: &[Column<'_>],
        bits: &mut Vec<u8>,
    ) -> usize {
        let mut hashes = vec![0; rows];
        for (data_type, column) in types.iter().zip(columns) {
            take(level, data_type, column, &mut hashes);
        }
        bits.clear();
        let mut chosen = 0;
        for hashes in hashes.chunks(8) {
            let mut byte = 0;
            for (bit, hash) in hashes.iter().enumerate() {
                // The high half: the low bits number slots of tables.
                byte |= u8::from((hash >> 32) % self.count == self.index) << bit;
            }
            chosen += byte.count_ones() as usize;
            bits.push(byte);
        }
        chosen
    }
}

/// Takes the values of a key column into the hashes of their rows.
fn take(level: Level, data_type: &DataType, column: &Column<'_>, hashes: &mut [u64]) {
    const NULL: u64 = 0x9E37_79B9_7F4A_7C15;
    // A step that depends on the order of the columns; a null leaves the next value's part out.
    hashes.iter_mut().for_each(|hash| *hash = (*hash ^ NULL).wrapping_mul(0xD6E8_FEB8_6659_FD93));
    let selection = Selection::of(column);
    match Kind::of(data_type) {
        Kind::Float => add::<f64>(level, column, &selection, hashes, HashValue::hash),
        Kind::Signed => add::<i64>(level, column, &selection, hashes, HashValue::hash),
        Kind::Unsigned => add::<u64>(level, column, &selection, hashes, HashValue::hash),
        Kind::Decimal => {
            add::<i128>(level, column, &selection, hashes, |value| hash_bytes(&value.to_le_bytes()));
        }
        Kind::Text => {
            if let Values::Text(text) = column.values {
                selection.for_each(|row| mix(&mut hashes[row], hash_bytes(text.bytes(row))));
            }
        }
        _ => {}
    }
}

fn mix(hash: &mut u64, value: u64) {
    *hash = (*hash ^ value).wrapping_mul(0x94D0_49BB_1331_11EB);
    *hash ^= *hash >> 29;
}

fn add<E: Element>(
    level: Level,
    column: &Column<'_>,
    selection: &Selection<'_>,
    hashes: &mut [u64],
    hash: impl Fn(E) -> u64,
) {
    let mut values = Vec::with_capacity(selection.count());
    E::blocks(level, column, |block| values.extend(block.values.iter().map(|&value| hash(value))));
    let mut next = values.into_iter();
    selection.for_each(|row| {
        if let Some(value) = next.next() {
            mix(&mut hashes[row], value);
        }
    });
}
