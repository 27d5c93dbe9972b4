//! What a reader lends: rows as native, aligned slices. Strides, byte order, alignment, encodings and
//! dictionaries of numbers all end before this point.

use std::ops::Range;

use arrcalc_kernels::Bits;
use half::f16;

/// Consecutive rows of the requested columns.
#[derive(Debug)]
pub struct Chunk<'a> {
    /// Absolute row (over all files of the dataset) of the first row.
    pub first_row: u64,
    /// Number of rows: the length of every column.
    pub row_count: usize,
    /// One entry for each column of the [`crate::Unit`], in its order.
    pub columns: Vec<Column<'a>>,
}

/// One column of a chunk.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    /// The values; what stands in a null slot has no meaning and may be anything.
    pub values: Values<'a>,
    /// Set bits are values, clear bits nulls; `None`: no nulls.
    pub validity: Option<Bits<'a>>,
}

/// Values by physical type. Dates are `Int32` days; times, timestamps, durations `Int64` ticks.
#[derive(Clone, Copy, Debug)]
pub enum Values<'a> {
    /// That many nulls, whatever the validity says.
    Null(usize),
    /// Truth values.
    Bool(Bits<'a>),
    /// 8-bit integers.
    Int8(&'a [i8]),
    /// 16-bit integers.
    Int16(&'a [i16]),
    /// 32-bit integers, or days.
    Int32(&'a [i32]),
    /// 64-bit integers, or ticks.
    Int64(&'a [i64]),
    /// Unsigned 8-bit integers.
    UInt8(&'a [u8]),
    /// Unsigned 16-bit integers.
    UInt16(&'a [u16]),
    /// Unsigned 32-bit integers.
    UInt32(&'a [u32]),
    /// Unsigned 64-bit integers.
    UInt64(&'a [u64]),
    /// binary16.
    Float16(&'a [f16]),
    /// binary32.
    Float32(&'a [f32]),
    /// binary64.
    Float64(&'a [f64]),
    /// Unscaled decimals; the scale is the schema's.
    Decimal128(&'a [i128]),
    /// UTF-8.
    Text(Text<'a>),
}

/// Text by layout. Dictionaries keep their codes, so that counting need not look at bytes row by row.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Text<'a> {
    /// Row `i` is `data[offsets[i]..offsets[i + 1]]`; `offsets` has one entry more than there are rows.
    Offsets32 {
        /// Byte offsets.
        offsets: &'a [i32],
        /// UTF-8 bytes, validated.
        data: &'a [u8],
    },
    /// As `Offsets32` with 64-bit offsets.
    Offsets64 {
        /// Byte offsets.
        offsets: &'a [i64],
        /// UTF-8 bytes, validated.
        data: &'a [u8],
    },
    /// Borrowed strings, one a row.
    Slices(&'a [&'a str]),
    /// Row `i` is `values[codes[i]]`; null slots hold any code below `values.len()`, or 0.
    Codes {
        /// One code a row.
        codes: &'a [u32],
        /// The distinct values (duplicates may occur).
        values: &'a [&'a str],
    },
}

impl<'a> Text<'a> {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Text::Offsets32 { offsets, .. } => offsets.len().saturating_sub(1),
            Text::Offsets64 { offsets, .. } => offsets.len().saturating_sub(1),
            Text::Slices(slices) => slices.len(),
            Text::Codes { codes, .. } => codes.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Rows `rows` of this text.
    ///
    /// # Panics
    /// If they end past the text.
    pub fn slice(&self, rows: Range<usize>) -> Self {
        match *self {
            Text::Offsets32 { offsets, data } => {
                Text::Offsets32 { offsets: &offsets[rows.start..=rows.end], data }
            }
            Text::Offsets64 { offsets, data } => {
                Text::Offsets64 { offsets: &offsets[rows.start..=rows.end], data }
            }
            Text::Slices(slices) => Text::Slices(&slices[rows]),
            Text::Codes { codes, values } => Text::Codes { codes: &codes[rows], values },
        }
    }

    /// The bytes of row `index` (valid UTF-8; meaningless for a null row).
    pub fn bytes(&self, index: usize) -> &'a [u8] {
        match *self {
            Text::Offsets32 { offsets, data } => &data[offsets[index] as usize..offsets[index + 1] as usize],
            Text::Offsets64 { offsets, data } => &data[offsets[index] as usize..offsets[index + 1] as usize],
            Text::Slices(slices) => slices[index].as_bytes(),
            // The code of a null row may name no value, where there are none.
            Text::Codes { codes, values } => {
                values.get(codes[index] as usize).map_or(&[], |text| text.as_bytes())
            }
        }
    }
}

impl<'a> Column<'a> {
    /// Rows `rows` of this column.
    ///
    /// # Panics
    /// If they end past the column.
    pub fn slice(&self, rows: Range<usize>) -> Self {
        let validity = self.validity.map(|bits| bits.slice(rows.start, rows.len()));
        Column { values: self.values.slice(rows), validity }
    }
}

impl<'a> Values<'a> {
    /// Rows `rows` of these.
    ///
    /// # Panics
    /// If they end past the values.
    pub fn slice(&self, rows: Range<usize>) -> Self {
        match *self {
            Values::Null(_) => Values::Null(rows.len()),
            Values::Bool(bits) => Values::Bool(bits.slice(rows.start, rows.len())),
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
            Values::Text(text) => Values::Text(text.slice(rows)),
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Values::Null(len) => *len,
            Values::Bool(bits) => bits.len(),
            Values::Int8(values) => values.len(),
            Values::Int16(values) => values.len(),
            Values::Int32(values) => values.len(),
            Values::Int64(values) => values.len(),
            Values::UInt8(values) => values.len(),
            Values::UInt16(values) => values.len(),
            Values::UInt32(values) => values.len(),
            Values::UInt64(values) => values.len(),
            Values::Float16(values) => values.len(),
            Values::Float32(values) => values.len(),
            Values::Float64(values) => values.len(),
            Values::Decimal128(values) => values.len(),
            Values::Text(text) => text.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
