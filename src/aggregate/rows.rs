//! Some rows of a chunk, as a chunk.

use std::ops::Range;

use arrcalc_datasets::{Chunk, Column, Text, Values};

/// The rows `rows` of `chunk`, counted within it, with their absolute position kept.
///
/// # Panics
/// If the range ends past the chunk.
pub fn chunk_rows<'a>(chunk: &Chunk<'a>, rows: Range<usize>) -> Chunk<'a> {
    Chunk {
        first_row: chunk.first_row + rows.start as u64,
        row_count: rows.len(),
        columns: chunk.columns.iter().map(|column| column_rows(column, rows.clone())).collect(),
    }
}

/// The rows `rows` of `column`.
///
/// # Panics
/// If the range ends past the column.
pub fn column_rows<'a>(column: &Column<'a>, rows: Range<usize>) -> Column<'a> {
    let (start, len) = (rows.start, rows.len());
    let values = match column.values {
        Values::Null(_) => Values::Null(len),
        Values::Bool(bits) => Values::Bool(bits.slice(start, len)),
        Values::Int8(values) => Values::Int8(&values[rows]),
        Values::Int16(values) => Values::Int16(&values[rows]),
        Values::Int32(values) => Values::Int32(&values[rows]),
        Values::Int64(values) => Values::Int64(&values[rows]),
        Values::UInt8(values) => Values::UInt8(&values[rows]),
        Values::UInt16(values) => Values::UInt16(&values[rows]),
        Values::UInt32(values) => Values::UInt32(&values[rows]),
        Values::UInt64(values) => Values::UInt64(&values[rows]),
        Values::Float16(values) => Values::Float16(&values[rows]),
        Values::Float32(values) => Values::Float32(&values[rows]),
        Values::Float64(values) => Values::Float64(&values[rows]),
        Values::Decimal128(values) => Values::Decimal128(&values[rows]),
        Values::Text(text) => Values::Text(text_rows(text, rows)),
    };
    Column { values, validity: column.validity.map(|bits| bits.slice(start, len)) }
}

fn text_rows(text: Text<'_>, rows: Range<usize>) -> Text<'_> {
    match text {
        Text::Offsets32 { offsets, data } => {
            Text::Offsets32 { offsets: &offsets[rows.start..=rows.end], data }
        }
        Text::Offsets64 { offsets, data } => {
            Text::Offsets64 { offsets: &offsets[rows.start..=rows.end], data }
        }
        Text::Slices(slices) => Text::Slices(&slices[rows]),
        Text::Codes { codes, values } => Text::Codes { codes: &codes[rows], values },
        _ => panic!("a layout of text that this version does not know"),
    }
}
