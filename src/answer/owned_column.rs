//! One column of a result or of an intermediate step: owned, growing, lent to writers and evaluators as any column is.

use arrcalc_datasets::{Column, DataType, Text, Values};
use half::f16;

use super::bits::BitVec;
use super::numbers::Numbers;
use super::{Scalar, value_at};

/// Values by physical type, with their validity.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OwnedColumn {
    storage: Storage,
    validity: BitVec,
    /// Whether a null is among them.
    has_nulls: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Storage {
    Null(usize),
    Bool(BitVec),
    Int8(Numbers<i8>),
    Int16(Numbers<i16>),
    Int32(Numbers<i32>),
    Int64(Numbers<i64>),
    UInt8(Numbers<u8>),
    UInt16(Numbers<u16>),
    UInt32(Numbers<u32>),
    UInt64(Numbers<u64>),
    Float16(Numbers<f16>),
    Float32(Numbers<f32>),
    Float64(Numbers<f64>),
    Decimal128(Numbers<i128>),
    Text { offsets: Vec<i64>, data: Vec<u8> },
}

/// Calls `$with` for the numeric storage, `$null`, `$bool` and `$text` for the others.
macro_rules! by_storage {
    ($storage:expr, $numbers:ident => $with:expr, $len:ident => $null:expr, $bits:ident => $bool:expr,
     ($offsets:ident, $data:ident) => $text:expr) => {
        match $storage {
            Storage::Null($len) => $null,
            Storage::Bool($bits) => $bool,
            Storage::Int8($numbers) => $with,
            Storage::Int16($numbers) => $with,
            Storage::Int32($numbers) => $with,
            Storage::Int64($numbers) => $with,
            Storage::UInt8($numbers) => $with,
            Storage::UInt16($numbers) => $with,
            Storage::UInt32($numbers) => $with,
            Storage::UInt64($numbers) => $with,
            Storage::Float16($numbers) => $with,
            Storage::Float32($numbers) => $with,
            Storage::Float64($numbers) => $with,
            Storage::Decimal128($numbers) => $with,
            Storage::Text { offsets: $offsets, data: $data } => $text,
        }
    };
}

macro_rules! from_vectors {
    ($($variant:ident $type:ty),*) => {$(
        impl From<Vec<$type>> for OwnedColumn {
            /// Values without nulls.
            fn from(values: Vec<$type>) -> Self {
                Numbers::from(values).into()
            }
        }

        impl From<Numbers<$type>> for OwnedColumn {
            /// Values without nulls.
            fn from(values: Numbers<$type>) -> Self {
                let mut validity = BitVec::default();
                validity.grow(true, values.len());
                Self { storage: Storage::$variant(values), validity, has_nulls: false }
            }
        }
    )*};
}

from_vectors!(Int8 i8, Int16 i16, Int32 i32, Int64 i64, UInt8 u8, UInt16 u16, UInt32 u32, UInt64 u64, Float16 f16,
    Float32 f32, Float64 f64, Decimal128 i128);

impl From<Vec<bool>> for OwnedColumn {
    /// Values without nulls.
    fn from(values: Vec<bool>) -> Self {
        let (mut truths, mut validity) = (BitVec::default(), BitVec::default());
        values.iter().for_each(|truth| truths.push(*truth));
        validity.grow(true, values.len());
        Self { storage: Storage::Bool(truths), validity, has_nulls: false }
    }
}

impl OwnedColumn {
    /// The column with nulls where a bit of `validity` is not set.
    ///
    /// # Panics
    /// If there is not one bit a row.
    pub(crate) fn with_validity(self, validity: BitVec) -> Self {
        assert_eq!(validity.bits().len(), self.validity.bits().len(), "a bit for each row");
        let has_nulls = validity.bits().count_ones() < validity.bits().len();
        Self { validity, has_nulls, ..self }
    }

    /// No rows yet, of values of `data_type`.
    pub(crate) fn new(data_type: &DataType) -> Self {
        let storage = match data_type {
            DataType::Bool => Storage::Bool(BitVec::default()),
            DataType::Int8 => Storage::Int8(Numbers::default()),
            DataType::Int16 => Storage::Int16(Numbers::default()),
            DataType::Int32 | DataType::Date => Storage::Int32(Numbers::default()),
            DataType::Int64 | DataType::Time(_) | DataType::Timestamp(..) | DataType::Duration(_) => {
                Storage::Int64(Numbers::default())
            }
            DataType::UInt8 => Storage::UInt8(Numbers::default()),
            DataType::UInt16 => Storage::UInt16(Numbers::default()),
            DataType::UInt32 => Storage::UInt32(Numbers::default()),
            DataType::UInt64 => Storage::UInt64(Numbers::default()),
            DataType::Float16 => Storage::Float16(Numbers::default()),
            DataType::Float32 => Storage::Float32(Numbers::default()),
            DataType::Float64 => Storage::Float64(Numbers::default()),
            DataType::Decimal128 { .. } => Storage::Decimal128(Numbers::default()),
            DataType::String => Storage::Text { offsets: vec![0], data: Vec::new() },
            _ => Storage::Null(0),
        };
        Self { storage, validity: BitVec::default(), has_nulls: false }
    }

    /// Makes room for `rows` more rows.
    pub(crate) fn reserve(&mut self, rows: usize) {
        self.validity.reserve(rows);
        by_storage!(&mut self.storage, values => values.vector().reserve_exact(rows), _len => {}, bits => bits.reserve(rows),
            (offsets, _data) => offsets.reserve_exact(rows));
    }

    /// Appends the rows of `column`, whose physical type is this one's or null.
    ///
    /// # Panics
    /// If it is another.
    pub(crate) fn extend(&mut self, column: &Column<'_>) {
        let rows = column.values.len();
        if let Values::Null(_) = column.values {
            return (0..rows).for_each(|_| self.push(&Scalar::Null));
        }
        match column.validity {
            Some(bits) => {
                self.validity.extend(&bits);
                self.has_nulls |= bits.count_ones() < rows;
            }
            None => self.validity.grow(true, rows),
        }
        match (&mut self.storage, column.values) {
            (Storage::Bool(mine), Values::Bool(bits)) => mine.extend(&bits),
            (Storage::Int8(mine), Values::Int8(values)) => mine.vector().extend_from_slice(values),
            (Storage::Int16(mine), Values::Int16(values)) => mine.vector().extend_from_slice(values),
            (Storage::Int32(mine), Values::Int32(values)) => mine.vector().extend_from_slice(values),
            (Storage::Int64(mine), Values::Int64(values)) => mine.vector().extend_from_slice(values),
            (Storage::UInt8(mine), Values::UInt8(values)) => mine.vector().extend_from_slice(values),
            (Storage::UInt16(mine), Values::UInt16(values)) => mine.vector().extend_from_slice(values),
            (Storage::UInt32(mine), Values::UInt32(values)) => mine.vector().extend_from_slice(values),
            (Storage::UInt64(mine), Values::UInt64(values)) => mine.vector().extend_from_slice(values),
            (Storage::Float16(mine), Values::Float16(values)) => mine.vector().extend_from_slice(values),
            (Storage::Float32(mine), Values::Float32(values)) => mine.vector().extend_from_slice(values),
            (Storage::Float64(mine), Values::Float64(values)) => mine.vector().extend_from_slice(values),
            (Storage::Decimal128(mine), Values::Decimal128(values)) => {
                mine.vector().extend_from_slice(values)
            }
            (Storage::Text { offsets, data }, Values::Text(text)) => {
                for row in 0..rows {
                    // What stands in a null slot is nobody's text.
                    if column.validity.is_none_or(|bits| bits.get(row)) {
                        data.extend_from_slice(text.bytes(row));
                    }
                    offsets.push(data.len() as i64);
                }
            }
            _ => panic!("a column of a result has one type"),
        }
    }

    /// Appends one value: of this column's type, or null. Whole numbers fit it: aggregates see to that.
    pub(crate) fn push(&mut self, value: &Scalar) {
        let is_null = *value == Scalar::Null;
        self.validity.push(!is_null);
        self.has_nulls |= is_null;
        match &mut self.storage {
            Storage::Null(len) => *len += 1,
            Storage::Bool(bits) => bits.push(*value == Scalar::Bool(true)),
            Storage::Int8(values) => values.vector().push(integer(value)),
            Storage::Int16(values) => values.vector().push(integer(value)),
            Storage::Int32(values) => values.vector().push(integer(value)),
            Storage::Int64(values) => values.vector().push(integer(value)),
            Storage::UInt8(values) => values.vector().push(integer(value)),
            Storage::UInt16(values) => values.vector().push(integer(value)),
            Storage::UInt32(values) => values.vector().push(integer(value)),
            Storage::UInt64(values) => values.vector().push(integer(value)),
            Storage::Float16(values) => values.vector().push(f16::from_f32(float32(value))),
            Storage::Float32(values) => values.vector().push(float32(value)),
            Storage::Float64(values) => values.vector().push(float64(value)),
            Storage::Decimal128(values) => values.vector().push(integer(value)),
            Storage::Text { offsets, data } => {
                if let Scalar::Text(text) = value {
                    data.extend_from_slice(text.as_bytes());
                }
                offsets.push(data.len() as i64);
            }
        }
    }

    /// All rows.
    pub(crate) fn lend(&self) -> Column<'_> {
        let values = match &self.storage {
            Storage::Null(len) => Values::Null(*len),
            Storage::Bool(bits) => Values::Bool(bits.bits()),
            Storage::Int8(values) => Values::Int8(values),
            Storage::Int16(values) => Values::Int16(values),
            Storage::Int32(values) => Values::Int32(values),
            Storage::Int64(values) => Values::Int64(values),
            Storage::UInt8(values) => Values::UInt8(values),
            Storage::UInt16(values) => Values::UInt16(values),
            Storage::UInt32(values) => Values::UInt32(values),
            Storage::UInt64(values) => Values::UInt64(values),
            Storage::Float16(values) => Values::Float16(values),
            Storage::Float32(values) => Values::Float32(values),
            Storage::Float64(values) => Values::Float64(values),
            Storage::Decimal128(values) => Values::Decimal128(values),
            Storage::Text { offsets, data } => Values::Text(Text::Offsets64 { offsets, data }),
        };
        Column { values, validity: self.has_nulls.then(|| self.validity.bits()) }
    }

    /// Row `row` as a value of `data_type`.
    pub(crate) fn value(&self, data_type: &DataType, row: usize) -> Scalar {
        value_at(&self.lend(), data_type, row)
    }

    /// The rows `rows`, in that order.
    pub(crate) fn take(&self, rows: &[usize]) -> Self {
        let mut validity = BitVec::default();
        if self.has_nulls {
            rows.iter().for_each(|&row| validity.push(self.validity.bits().get(row)));
        } else {
            validity.grow(true, rows.len());
        }
        let has_nulls = self.has_nulls && validity.bits().count_ones() < rows.len();
        macro_rules! taken {
            ($variant:ident, $values:expr) => {
                Storage::$variant(rows.iter().map(|&row| $values[row]).collect::<Vec<_>>().into())
            };
        }
        let storage = match &self.storage {
            Storage::Null(_) => Storage::Null(rows.len()),
            Storage::Bool(bits) => {
                let mut taken = BitVec::default();
                rows.iter().for_each(|&row| taken.push(bits.bits().get(row)));
                Storage::Bool(taken)
            }
            Storage::Int8(values) => taken!(Int8, values),
            Storage::Int16(values) => taken!(Int16, values),
            Storage::Int32(values) => taken!(Int32, values),
            Storage::Int64(values) => taken!(Int64, values),
            Storage::UInt8(values) => taken!(UInt8, values),
            Storage::UInt16(values) => taken!(UInt16, values),
            Storage::UInt32(values) => taken!(UInt32, values),
            Storage::UInt64(values) => taken!(UInt64, values),
            Storage::Float16(values) => taken!(Float16, values),
            Storage::Float32(values) => taken!(Float32, values),
            Storage::Float64(values) => taken!(Float64, values),
            Storage::Decimal128(values) => taken!(Decimal128, values),
            Storage::Text { offsets, data } => {
                let (mut ends, mut bytes) = (vec![0], Vec::new());
                for &row in rows {
                    bytes.extend_from_slice(&data[offsets[row] as usize..offsets[row + 1] as usize]);
                    ends.push(bytes.len() as i64);
                }
                Storage::Text { offsets: ends, data: bytes }
            }
        };
        Self { storage, validity, has_nulls }
    }

    /// Bytes of memory that it takes.
    pub(crate) fn memory_bytes(&self) -> usize {
        fn bytes<T>(values: &Vec<T>) -> usize {
            values.capacity() * size_of::<T>()
        }
        let values = by_storage!(&self.storage, values => values.capacity_bytes(), _len => 0, bits => bits.capacity_bytes(),
            (offsets, data) => bytes(offsets) + bytes(data));
        values + self.validity.capacity_bytes()
    }
}

/// A whole number, days or ticks; 0 stands in null slots.
fn integer<T: TryFrom<i128> + Default>(value: &Scalar) -> T {
    let integer = match value {
        Scalar::Integer(integer) => *integer,
        Scalar::Date(ticks) | Scalar::Time(ticks, _) | Scalar::Timestamp(ticks, ..) => i128::from(*ticks),
        Scalar::Duration(ticks, _) => *ticks,
        Scalar::Decimal { unscaled, .. } => unscaled.parse().unwrap_or(0),
        _ => 0,
    };
    T::try_from(integer).unwrap_or_default()
}

fn float32(value: &Scalar) -> f32 {
    match value {
        Scalar::Float32(float) => *float,
        Scalar::Float64(float) => *float as f32,
        _ => 0.0,
    }
}

fn float64(value: &Scalar) -> f64 {
    match value {
        Scalar::Float64(float) => *float,
        Scalar::Float32(float) => f64::from(*float),
        _ => 0.0,
    }
}
