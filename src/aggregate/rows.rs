//! Some rows of a chunk, as a chunk; the rows where both of two columns have a value.

use std::ops::Range;

use arrcalc_datasets::{Chunk, Column, Text, Values};
use arrcalc_kernels::Bits;

use super::{BLOCK_ROWS, NanPolicy};

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

/// Calls `visit`, at once or block by block, with the first two columns of `chunk`, nulls in either being nulls in both;
/// with NaNs to be ignored, NaNs too. Columns without nulls stay without.
pub(super) fn for_both(chunk: &Chunk<'_>, nan: NanPolicy, mut visit: impl FnMut(&Column<'_>, &Column<'_>)) {
    // What needs no copies is summed the faster the more of it there is.
    if let [x, y, ..] = &chunk.columns[..]
        && let (Values::Float64(_), Values::Float64(_), None, None) =
            (x.values, y.values, x.validity, y.validity)
        && nan == NanPolicy::Propagate
    {
        return visit(x, y);
    }
    for first in (0..chunk.row_count).step_by(BLOCK_ROWS) {
        let rows = first..chunk.row_count.min(first + BLOCK_ROWS);
        let mut pair = [0, 1].map(|at: usize| column_rows(&chunk.columns[at], rows.clone()));
        let has_nan = nan == NanPolicy::Ignore && pair.iter().any(|column| !has_no_nan(&column.values));
        if !has_nan && pair.iter().all(|column| column.validity.is_none()) {
            visit(&pair[0], &pair[1]);
            continue;
        }
        let mut both = [0u8; BLOCK_ROWS / 8];
        for (index, bytes) in both.as_chunks_mut::<8>().0.iter_mut().enumerate() {
            let word = |column: &Column<'_>| {
                let valid = column.validity.map_or(u64::MAX, |bits| bits.word(64 * index));
                if has_nan { valid & !nan_word(&column.values, 64 * index) } else { valid }
            };
            *bytes = (word(&pair[0]) & word(&pair[1])).to_le_bytes();
        }
        pair.iter_mut().for_each(|column| column.validity = Some(Bits::new(&both, 0, rows.len())));
        visit(&pair[0], &pair[1]);
    }
}

/// Whether no slot, null or not, holds a NaN.
fn has_no_nan(values: &Values<'_>) -> bool {
    match values {
        Values::Float16(values) => !values.iter().fold(false, |seen, value| seen | value.is_nan()),
        Values::Float32(values) => !values.iter().fold(false, |seen, value| seen | value.is_nan()),
        Values::Float64(values) => !values.iter().fold(false, |seen, value| seen | value.is_nan()),
        _ => true,
    }
}

/// Which of the 64 rows from `start` on are NaN, the first in the lowest bit.
fn nan_word(values: &Values<'_>, start: usize) -> u64 {
    fn word<T>(values: &[T], start: usize, is_nan: impl Fn(&T) -> bool) -> u64 {
        let rows = values.get(start..).unwrap_or_default().iter().take(64);
        rows.enumerate().fold(0, |word, (bit, value)| word | u64::from(is_nan(value)) << bit)
    }
    match values {
        Values::Float16(values) => word(values, start, |value| value.is_nan()),
        Values::Float32(values) => word(values, start, |value| value.is_nan()),
        Values::Float64(values) => word(values, start, |value| value.is_nan()),
        _ => 0,
    }
}
