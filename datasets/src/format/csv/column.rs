//! One column of a chunk being decoded: cells in, native values and validity out. Buffers are kept from chunk to
//! chunk.

use half::f16;

use super::dialect::Dialect;
use super::number::{parse_f64, parse_i64};
use super::split::{Form, unescape};
use super::validity::{BitBuffer, Validity};
use crate::chunk::{Column, Text, Values};
use crate::schema::{DataType, TimeUnit};
use crate::text;

/// Decoded cells of one column.
#[derive(Debug)]
pub(super) struct ColumnBuffer {
    /// What the cells are read as.
    data_type: DataType,
    store: Store,
    validity: Validity,
    /// Cells with doubled quotes, undoubled.
    scratch: String,
}

#[derive(Debug)]
enum Store {
    Null,
    Bool(BitBuffer),
    Int8(Vec<i8>),
    Int16(Vec<i16>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    UInt8(Vec<u8>),
    UInt16(Vec<u16>),
    UInt32(Vec<u32>),
    UInt64(Vec<u64>),
    Float16(Vec<f16>),
    Float32(Vec<f32>),
    Float64(Vec<f64>),
    Decimal128(Vec<i128>),
    Text(Vec<Piece>),
}

/// Where a text value lies.
#[derive(Clone, Copy, Debug)]
struct Piece {
    start: usize,
    end: usize,
    /// In the scratch text, not in the chunk's own.
    undoubled: bool,
}

/// The cell is not a value of the column's type.
#[derive(Clone, Copy, Debug)]
pub(super) struct WrongCell;

impl ColumnBuffer {
    /// A buffer for a type; `None` where CSV cells cannot be read as it.
    pub(super) fn new(data_type: &DataType) -> Option<Self> {
        let store = match data_type {
            DataType::Null => Store::Null,
            DataType::Bool => Store::Bool(BitBuffer::default()),
            DataType::Int8 => Store::Int8(Vec::new()),
            DataType::Int16 => Store::Int16(Vec::new()),
            DataType::Int32 | DataType::Date => Store::Int32(Vec::new()),
            DataType::Int64 | DataType::Time(_) | DataType::Timestamp(..) | DataType::Duration(_) => {
                Store::Int64(Vec::new())
            }
            DataType::UInt8 => Store::UInt8(Vec::new()),
            DataType::UInt16 => Store::UInt16(Vec::new()),
            DataType::UInt32 => Store::UInt32(Vec::new()),
            DataType::UInt64 => Store::UInt64(Vec::new()),
            DataType::Float16 => Store::Float16(Vec::new()),
            DataType::Float32 => Store::Float32(Vec::new()),
            DataType::Float64 => Store::Float64(Vec::new()),
            DataType::Decimal128 { .. } => Store::Decimal128(Vec::new()),
            DataType::String => Store::Text(Vec::new()),
            DataType::Unsupported(_) => return None,
        };
        let validity = Validity::default();
        Some(Self { data_type: data_type.clone(), store, validity, scratch: String::new() })
    }

    /// Forgets the rows.
    pub(super) fn clear(&mut self) {
        self.validity.clear();
        self.scratch.clear();
        match &mut self.store {
            Store::Null => {}
            Store::Bool(bits) => bits.clear(),
            Store::Int8(values) => values.clear(),
            Store::Int16(values) => values.clear(),
            Store::Int32(values) => values.clear(),
            Store::Int64(values) => values.clear(),
            Store::UInt8(values) => values.clear(),
            Store::UInt16(values) => values.clear(),
            Store::UInt32(values) => values.clear(),
            Store::UInt64(values) => values.clear(),
            Store::Float16(values) => values.clear(),
            Store::Float32(values) => values.clear(),
            Store::Float64(values) => values.clear(),
            Store::Decimal128(values) => values.clear(),
            Store::Text(pieces) => pieces.clear(),
        }
    }

    /// Appends a cell; `at` is the cell's first byte in the piece's text.
    #[inline]
    pub(super) fn push(
        &mut self,
        cell: &str,
        form: Form,
        at: usize,
        dialect: &Dialect,
    ) -> Result<(), WrongCell> {
        if form == Form::Plain && dialect.is_null(cell.as_bytes()) {
            self.push_null();
            return Ok(());
        }
        self.validity.push(true);
        if form == Form::Escaped {
            return self.push_escaped(cell, dialect.quote);
        }
        if let Store::Text(pieces) = &mut self.store {
            pieces.push(Piece { start: at, end: at + cell.len(), undoubled: false });
            return Ok(());
        }
        self.push_value(cell)
    }

    fn push_escaped(&mut self, cell: &str, quote: u8) -> Result<(), WrongCell> {
        let start = self.scratch.len();
        unescape(cell, quote, &mut self.scratch);
        if let Store::Text(pieces) = &mut self.store {
            pieces.push(Piece { start, end: self.scratch.len(), undoubled: true });
            return Ok(());
        }
        let scratch = std::mem::take(&mut self.scratch);
        let pushed = self.push_value(&scratch[start..]);
        self.scratch = scratch;
        pushed
    }

    #[inline]
    fn push_value(&mut self, cell: &str) -> Result<(), WrongCell> {
        if self.try_push(cell).is_some() {
            return Ok(());
        }
        // Blanks around a value are tried last: hardly any cell has them.
        let trimmed = cell.trim_matches([' ', '\t']);
        if trimmed.len() < cell.len() && !trimmed.is_empty() && self.try_push(trimmed).is_some() {
            return Ok(());
        }
        Err(WrongCell)
    }

    #[inline]
    fn try_push(&mut self, cell: &str) -> Option<()> {
        match &mut self.store {
            Store::Int64(values) if self.data_type == DataType::Int64 => {
                values.push(parse_i64(cell.as_bytes())?)
            }
            Store::Float64(values) => values.push(parse_f64(cell)?),
            store => push_rare(store, &self.data_type, cell)?,
        }
        Some(())
    }

    fn push_null(&mut self) {
        self.validity.push(false);
        match &mut self.store {
            Store::Null => {}
            Store::Bool(bits) => bits.push(false),
            Store::Int8(values) => values.push(0),
            Store::Int16(values) => values.push(0),
            Store::Int32(values) => values.push(0),
            Store::Int64(values) => values.push(0),
            Store::UInt8(values) => values.push(0),
            Store::UInt16(values) => values.push(0),
            Store::UInt32(values) => values.push(0),
            Store::UInt64(values) => values.push(0),
            Store::Float16(values) => values.push(f16::ZERO),
            Store::Float32(values) => values.push(0.0),
            Store::Float64(values) => values.push(0.0),
            Store::Decimal128(values) => values.push(0),
            Store::Text(pieces) => pieces.push(Piece { start: 0, end: 0, undoubled: true }),
        }
    }

    /// Fills `slices` with the column's text, borrowed from the piece's and from what was undoubled.
    pub(super) fn borrow_text<'b>(&'b self, text: &'b str, slices: &mut Vec<&'b str>) {
        if let Store::Text(pieces) = &self.store {
            slices.extend(pieces.iter().map(|piece| {
                if piece.undoubled {
                    &self.scratch[piece.start..piece.end]
                } else {
                    &text[piece.start..piece.end]
                }
            }));
        }
    }

    /// The rows as a column; `slices` is what [`ColumnBuffer::borrow_text`] filled.
    pub(super) fn column<'b>(&'b self, slices: &'b [&'b str]) -> Column<'b> {
        let values = match &self.store {
            Store::Null => Values::Null(self.validity.len()),
            Store::Bool(bits) => Values::Bool(bits.bits()),
            Store::Int8(values) => Values::Int8(values),
            Store::Int16(values) => Values::Int16(values),
            Store::Int32(values) => Values::Int32(values),
            Store::Int64(values) => Values::Int64(values),
            Store::UInt8(values) => Values::UInt8(values),
            Store::UInt16(values) => Values::UInt16(values),
            Store::UInt32(values) => Values::UInt32(values),
            Store::UInt64(values) => Values::UInt64(values),
            Store::Float16(values) => Values::Float16(values),
            Store::Float32(values) => Values::Float32(values),
            Store::Float64(values) => Values::Float64(values),
            Store::Decimal128(values) => Values::Decimal128(values),
            Store::Text(_) => Values::Text(Text::Slices(slices)),
        };
        Column { values, validity: self.validity.bits() }
    }
}

/// The types that inference rarely or never gives.
fn push_rare(store: &mut Store, data_type: &DataType, cell: &str) -> Option<()> {
    match store {
        Store::Null | Store::Text(_) => return None,
        Store::Bool(bits) => bits.push(text::parse_bool(cell)?),
        Store::Int8(values) => values.push(integer(cell)?),
        Store::Int16(values) => values.push(integer(cell)?),
        Store::Int32(values) if *data_type == DataType::Date => {
            values.push(text::parse_date(cell)?.try_into().ok()?);
        }
        Store::Int32(values) => values.push(integer(cell)?),
        Store::Int64(values) => values.push(ticks(cell, data_type)?),
        Store::UInt8(values) => values.push(integer(cell)?),
        Store::UInt16(values) => values.push(integer(cell)?),
        Store::UInt32(values) => values.push(integer(cell)?),
        Store::UInt64(values) => values.push(cell.parse().ok()?),
        Store::Float16(values) => values.push(text::parse_float16(cell)?),
        Store::Float32(values) => values.push(text::parse_float32(cell)?),
        Store::Float64(values) => values.push(text::parse_float64(cell)?),
        Store::Decimal128(values) => {
            let DataType::Decimal128 { precision, scale } = *data_type else { return None };
            values.push(text::parse_decimal(cell, precision, scale)?);
        }
    }
    Some(())
}

fn integer<T: TryFrom<i64>>(cell: &str) -> Option<T> {
    T::try_from(parse_i64(cell.as_bytes())?).ok()
}

fn ticks(cell: &str, data_type: &DataType) -> Option<i64> {
    match data_type {
        DataType::Time(unit) => text::parse_time(cell, *unit),
        DataType::Duration(unit) => text::parse_duration(cell, *unit),
        DataType::Timestamp(unit, zone) => timestamp(cell, *unit, zone.as_deref()),
        _ => parse_i64(cell.as_bytes()),
    }
}

/// Ticks of a timestamp or of a date's midnight. With a zone, ticks are UTC: text without offset is then read only
/// where the zone is UTC itself.
fn timestamp(cell: &str, unit: TimeUnit, zone: Option<&str>) -> Option<i64> {
    let read = match text::parse_date(cell) {
        Some(days) => text::Timestamp { seconds: days * 86_400, nanoseconds: 0, zoned: false },
        None => text::parse_timestamp(cell)?,
    };
    let fits = match zone {
        None => !read.zoned,
        Some("UTC" | "Z" | "+00:00") => true,
        Some(_) => read.zoned,
    };
    if fits { read.ticks(unit) } else { None }
}
