//! Rows of a column in another order, as a column.

use arrcalc_datasets::{Column, Text, Values};
use arrcalc_kernels::Bits;

/// A column's rows, moved.
pub(super) struct Gathered<'a> {
    values: Owned<'a>,
    validity: Option<Vec<u8>>,
    rows: usize,
}

enum Owned<'a> {
    Null,
    Bool(Vec<u8>),
    Int8(Vec<i8>),
    Int16(Vec<i16>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    UInt8(Vec<u8>),
    UInt16(Vec<u16>),
    UInt32(Vec<u32>),
    UInt64(Vec<u64>),
    Float32(Vec<f32>),
    Float64(Vec<f64>),
    Decimal128(Vec<i128>),
    Slices(Vec<&'a str>),
    Codes(Vec<u32>, &'a [&'a str]),
    Offsets(Vec<i64>, Vec<u8>),
}

impl<'a> Gathered<'a> {
    /// Row `i` is row `rows[i]` of `column`.
    pub(super) fn new(column: &Column<'a>, rows: &[u32]) -> Self {
        let values = match column.values {
            Values::Null(_) => Owned::Null,
            Values::Bool(bits) => Owned::Bool(gather_bits(bits, rows)),
            Values::Int8(values) => Owned::Int8(gather(values, rows)),
            Values::Int16(values) => Owned::Int16(gather(values, rows)),
            Values::Int32(values) => Owned::Int32(gather(values, rows)),
            Values::Int64(values) => Owned::Int64(gather(values, rows)),
            Values::UInt8(values) => Owned::UInt8(gather(values, rows)),
            Values::UInt16(values) => Owned::UInt16(gather(values, rows)),
            Values::UInt32(values) => Owned::UInt32(gather(values, rows)),
            Values::UInt64(values) => Owned::UInt64(gather(values, rows)),
            // No wider type has another meaning to an aggregate.
            Values::Float16(values) => {
                Owned::Float32(rows.iter().map(|&row| values[row as usize].into()).collect())
            }
            Values::Float32(values) => Owned::Float32(gather(values, rows)),
            Values::Float64(values) => Owned::Float64(gather(values, rows)),
            Values::Decimal128(values) => Owned::Decimal128(gather(values, rows)),
            Values::Text(Text::Slices(slices)) => Owned::Slices(gather(slices, rows)),
            Values::Text(Text::Codes { codes, values }) => Owned::Codes(gather(codes, rows), values),
            Values::Text(text) => {
                let (mut offsets, mut data) = (vec![0], Vec::new());
                for &row in rows {
                    // What stands in a null slot need not be text.
                    if column.validity.is_none_or(|bits| bits.get(row as usize)) {
                        data.extend_from_slice(text.bytes(row as usize));
                    }
                    offsets.push(data.len() as i64);
                }
                Owned::Offsets(offsets, data)
            }
        };
        let validity = column.validity.map(|bits| gather_bits(bits, rows));
        Self { values, validity, rows: rows.len() }
    }

    pub(super) fn column(&self) -> Column<'_> {
        let bits = |bytes| Bits::new(bytes, 0, self.rows);
        let values = match &self.values {
            Owned::Null => Values::Null(self.rows),
            Owned::Bool(bytes) => Values::Bool(bits(bytes)),
            Owned::Int8(values) => Values::Int8(values),
            Owned::Int16(values) => Values::Int16(values),
            Owned::Int32(values) => Values::Int32(values),
            Owned::Int64(values) => Values::Int64(values),
            Owned::UInt8(values) => Values::UInt8(values),
            Owned::UInt16(values) => Values::UInt16(values),
            Owned::UInt32(values) => Values::UInt32(values),
            Owned::UInt64(values) => Values::UInt64(values),
            Owned::Float32(values) => Values::Float32(values),
            Owned::Float64(values) => Values::Float64(values),
            Owned::Decimal128(values) => Values::Decimal128(values),
            Owned::Slices(slices) => Values::Text(Text::Slices(slices)),
            Owned::Codes(codes, values) => Values::Text(Text::Codes { codes, values }),
            Owned::Offsets(offsets, data) => Values::Text(Text::Offsets64 { offsets, data }),
        };
        Column { values, validity: self.validity.as_deref().map(bits) }
    }
}

fn gather<T: Copy>(values: &[T], rows: &[u32]) -> Vec<T> {
    rows.iter().map(|&row| values[row as usize]).collect()
}

fn gather_bits(bits: Bits<'_>, rows: &[u32]) -> Vec<u8> {
    let mut bytes = vec![0u8; rows.len().div_ceil(8)];
    for (index, &row) in rows.iter().enumerate() {
        bytes[index / 8] |= u8::from(bits.get(row as usize)) << (index % 8);
    }
    bytes
}
