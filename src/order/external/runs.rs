//! Runs: the rows of one chunk that fall into one bucket, column by column, as bytes.
//!
//! ```text
//! first row of the chunk: 8 bytes   bytes of the columns: 8   rows: 4   then for each column:
//!   whether it has nulls: 1 byte, and if so a bit a row;   values, as they lie in memory; of text: lengths, then bytes
//! ```
//! A chunk begins at a row of its own, so runs in the order of their first rows are rows in their order.

use std::ops::Range;

use arrcalc_datasets::{Column, DataType, Values};
use arrcalc_kernels::Bits;
use half::f16;

use crate::answer::{BitVec, OwnedColumn};

/// Bytes before the columns.
const HEAD_BYTES: usize = 20;

/// Where a run is in the bytes of its piece.
#[derive(Clone, Debug)]
pub(super) struct Run {
    /// First row of its chunk.
    pub(super) first_row: u64,
    /// Its columns.
    pub(super) body: Range<usize>,
    pub(super) rows: usize,
}

/// Appends the rows `rows` of `columns`, of a chunk that begins at `first_row`.
pub(super) fn push(first_row: u64, columns: &[Column<'_>], rows: &[u32], out: &mut Vec<u8>) {
    let start = out.len();
    out.extend(first_row.to_le_bytes());
    // The length of the columns, once they are there.
    out.extend([0; 8]);
    out.extend((rows.len() as u32).to_le_bytes());
    for column in columns {
        push_column(column, rows, out);
    }
    let body = (out.len() - start - HEAD_BYTES) as u64;
    out[start + 8..start + 16].copy_from_slice(&body.to_le_bytes());
}

fn push_column(column: &Column<'_>, rows: &[u32], out: &mut Vec<u8>) {
    let is_valid = |row: u32| column.validity.is_none_or(|bits: Bits<'_>| bits.get(row as usize));
    out.push(u8::from(column.validity.is_some()));
    if column.validity.is_some() {
        push_bits(rows.iter().map(|&row| is_valid(row)), out);
    }
    macro_rules! numbers {
        ($values:expr) => {{
            out.reserve(rows.len() * 16);
            rows.iter().for_each(|&row| out.extend_from_slice(&$values[row as usize].to_le_bytes()));
        }};
    }
    match column.values {
        Values::Null(_) => {}
        Values::Bool(bits) => push_bits(rows.iter().map(|&row| bits.get(row as usize)), out),
        Values::Int8(values) => numbers!(values),
        Values::Int16(values) => numbers!(values),
        Values::Int32(values) => numbers!(values),
        Values::Int64(values) => numbers!(values),
        Values::UInt8(values) => numbers!(values),
        Values::UInt16(values) => numbers!(values),
        Values::UInt32(values) => numbers!(values),
        Values::UInt64(values) => numbers!(values),
        Values::Float16(values) => numbers!(values),
        Values::Float32(values) => numbers!(values),
        Values::Float64(values) => numbers!(values),
        Values::Decimal128(values) => numbers!(values),
        Values::Text(text) => {
            // What stands in a null slot is nobody's text.
            let of = |row: u32| if is_valid(row) { text.bytes(row as usize) } else { b"" };
            rows.iter().for_each(|&row| out.extend((of(row).len() as u64).to_le_bytes()));
            rows.iter().for_each(|&row| out.extend_from_slice(of(row)));
        }
    }
}

fn push_bits(bits: impl Iterator<Item = bool>, out: &mut Vec<u8>) {
    let mut gathered = BitVec::default();
    bits.for_each(|bit| gathered.push(bit));
    let bits = gathered.bits();
    let bytes = bits.len().div_ceil(8);
    let words = (0..bits.len()).step_by(64).flat_map(|start| bits.word(start).to_le_bytes());
    out.extend(words.take(bytes));
}

/// The runs of a piece.
pub(super) fn runs(bytes: &[u8]) -> Vec<Run> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let word = |start: usize| u64::from_le_bytes(array(bytes, start));
        let first_row = word(at);
        let rows = u32::from_le_bytes(array(bytes, at + 16)) as usize;
        let start = at + HEAD_BYTES;
        let body = start..start + word(at + 8) as usize;
        at = body.end;
        found.push(Run { first_row, body, rows });
    }
    found
}

fn array<const N: usize>(bytes: &[u8], start: usize) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(&bytes[start..start + N]);
    array
}

/// Appends `rows` rows of columns of `types`, as `push` wrote them, to `columns`.
pub(super) fn read(body: &[u8], rows: usize, types: &[DataType], columns: &mut [OwnedColumn]) {
    let mut rest = body;
    for (data_type, column) in types.iter().zip(columns) {
        let has_nulls = take(&mut rest, 1)[0] == 1;
        let validity = has_nulls.then(|| Bits::new(take(&mut rest, rows.div_ceil(8)), 0, rows));
        macro_rules! numbers {
            ($variant:ident, $type:ty) => {{
                const BYTES: usize = size_of::<$type>();
                let bytes = take(&mut rest, rows * BYTES);
                let values = bytes.chunks_exact(BYTES).map(|bytes| <$type>::from_le_bytes(array(bytes, 0)));
                let values: Vec<$type> = values.collect();
                column.extend(&Column { values: Values::$variant(&values), validity });
            }};
        }
        match data_type {
            DataType::Bool => {
                let bits = Bits::new(take(&mut rest, rows.div_ceil(8)), 0, rows);
                column.extend(&Column { values: Values::Bool(bits), validity });
            }
            DataType::Int8 => numbers!(Int8, i8),
            DataType::Int16 => numbers!(Int16, i16),
            DataType::Int32 | DataType::Date => numbers!(Int32, i32),
            DataType::Int64 | DataType::Time(_) | DataType::Timestamp(..) | DataType::Duration(_) => {
                numbers!(Int64, i64);
            }
            DataType::UInt8 => numbers!(UInt8, u8),
            DataType::UInt16 => numbers!(UInt16, u16),
            DataType::UInt32 => numbers!(UInt32, u32),
            DataType::UInt64 => numbers!(UInt64, u64),
            DataType::Float16 => numbers!(Float16, f16),
            DataType::Float32 => numbers!(Float32, f32),
            DataType::Float64 => numbers!(Float64, f64),
            DataType::Decimal128 { .. } => numbers!(Decimal128, i128),
            DataType::String => {
                let lengths = take(&mut rest, rows * 8);
                let mut offsets = Vec::with_capacity(rows + 1);
                offsets.push(0i64);
                let mut end = 0;
                for length in lengths.chunks_exact(8) {
                    end += i64::from_le_bytes(array(length, 0));
                    offsets.push(end);
                }
                let data = take(&mut rest, end as usize);
                let text = arrcalc_datasets::Text::Offsets64 { offsets: &offsets, data };
                column.extend(&Column { values: Values::Text(text), validity });
            }
            _ => column.extend(&Column { values: Values::Null(rows), validity: None }),
        }
    }
}

fn take<'b>(rest: &mut &'b [u8], count: usize) -> &'b [u8] {
    let (taken, left) = rest.split_at(count);
    *rest = left;
    taken
}
