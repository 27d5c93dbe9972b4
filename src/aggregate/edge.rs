//! `first` and `last`.

use arrcalc_datasets::{Chunk, Column, DataType, Values};
use arrcalc_kernels::Level;

use crate::answer::Scalar;
use crate::error::{Error, Result};

use super::kind::{Kind, float_value, integer_value};
use super::{Aggregate, NanPolicy};

/// Which end of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The lowest row.
    First,
    /// The highest row.
    Last,
}

/// The first or the last value of the first column of the chunks that is not null; null if there is none.
///
/// Special values: a NaN is a value, unless it is ignored.
/// Class: positioned. Cost: reads until a value is found at the end of a chunk that lies nearer the end.
#[derive(Clone, Debug)]
pub struct Edge {
    data_type: DataType,
    side: Side,
    nan: NanPolicy,
    held: Option<(u64, Held)>,
}

#[derive(Clone, Debug, PartialEq)]
enum Held {
    Float(f64),
    Integer(i128),
    Text(Box<[u8]>),
}

impl Edge {
    /// The empty state for a column of `data_type`.
    ///
    /// # Errors
    /// [`Error::Request`] for types that arrcalc does not compute with.
    pub fn new(data_type: &DataType, side: Side, nan: NanPolicy) -> Result<Self> {
        if Kind::of(data_type) == Kind::Opaque {
            let name = if side == Side::First { "first" } else { "last" };
            return Err(Error::Request { reason: format!("no {name} of values of type {data_type}") });
        }
        Ok(Self { data_type: data_type.clone(), side, nan, held: None })
    }

    /// Whether `row` lies nearer the end than what is held.
    fn wants(&self, row: u64) -> bool {
        self.held.as_ref().is_none_or(|(held, _)| match self.side {
            Side::First => row < *held,
            Side::Last => row > *held,
        })
    }

    fn counts(&self, column: &Column<'_>, row: usize) -> bool {
        column.validity.is_none_or(|bits| bits.get(row))
            && (self.nan == NanPolicy::Propagate
                || match column.values {
                    Values::Float16(values) => !values[row].is_nan(),
                    Values::Float32(values) => !values[row].is_nan(),
                    Values::Float64(values) => !values[row].is_nan(),
                    _ => true,
                })
    }
}

/// The value of `row`, which is not null.
fn value(column: &Column<'_>, row: usize) -> Option<Held> {
    Some(match column.values {
        Values::Null(_) => return None,
        Values::Bool(bits) => Held::Integer(bits.get(row).into()),
        Values::Int8(values) => Held::Integer(values[row].into()),
        Values::Int16(values) => Held::Integer(values[row].into()),
        Values::Int32(values) => Held::Integer(values[row].into()),
        Values::Int64(values) => Held::Integer(values[row].into()),
        Values::UInt8(values) => Held::Integer(values[row].into()),
        Values::UInt16(values) => Held::Integer(values[row].into()),
        Values::UInt32(values) => Held::Integer(values[row].into()),
        Values::UInt64(values) => Held::Integer(values[row].into()),
        Values::Float16(values) => Held::Float(values[row].to_f64()),
        Values::Float32(values) => Held::Float(values[row].into()),
        Values::Float64(values) => Held::Float(values[row]),
        Values::Decimal128(values) => Held::Integer(values[row]),
        Values::Text(text) => Held::Text(text.bytes(row).into()),
    })
}

impl Aggregate for Edge {
    type Answer = Scalar;

    fn update(&mut self, _: Level, chunk: &Chunk<'_>) {
        let column = &chunk.columns[0];
        if chunk.row_count == 0 || matches!(column.values, Values::Null(_)) {
            return;
        }
        let nearest = match self.side {
            Side::First => chunk.first_row,
            Side::Last => chunk.first_row + chunk.row_count as u64 - 1,
        };
        if !self.wants(nearest) {
            return;
        }
        let mut rows = 0..chunk.row_count;
        let found = match self.side {
            Side::First => rows.find(|&row| self.counts(column, row)),
            Side::Last => rows.rfind(|&row| self.counts(column, row)),
        };
        let Some(row) = found else { return };
        let absolute = chunk.first_row + row as u64;
        if self.wants(absolute) {
            self.held = value(column, row).map(|value| (absolute, canonical(value)));
        }
    }

    fn merge(&mut self, other: &Self) {
        if let Some((row, value)) = &other.held
            && self.wants(*row)
        {
            self.held = Some((*row, value.clone()));
        }
    }

    fn finish(&self) -> Scalar {
        match &self.held {
            None => Scalar::Null,
            Some((_, Held::Float(value))) => float_value(&self.data_type, *value),
            Some((_, Held::Integer(value))) => integer_value(&self.data_type, *value),
            Some((_, Held::Text(bytes))) => Scalar::Text(String::from_utf8_lossy(bytes).into_owned()),
        }
    }

    fn to_bytes(&self) -> Vec<u8> {
        let Some((row, value)) = &self.held else { return Vec::new() };
        let mut bytes = row.to_le_bytes().to_vec();
        match value {
            Held::Float(value) => bytes.extend(value.to_bits().to_le_bytes()),
            Held::Integer(value) => bytes.extend(value.to_le_bytes()),
            Held::Text(text) => bytes.extend(&**text),
        }
        bytes
    }

    fn heap_bytes(&self) -> usize {
        if let Some((_, Held::Text(bytes))) = &self.held { bytes.len() } else { 0 }
    }
}

/// The one NaN, whichever it was.
fn canonical(value: Held) -> Held {
    match value {
        Held::Float(value) if value.is_nan() => Held::Float(f64::from_bits(0x7ff8_0000_0000_0000)),
        other => other,
    }
}
