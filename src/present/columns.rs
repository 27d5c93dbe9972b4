//! Rows as a file: answers and previews in Arrow, Parquet, npy.

use std::path::Path;

use arrcalc_datasets::format::Format;
use arrcalc_datasets::write::{self, WriteOptions};
use arrcalc_datasets::{Chunk, Column, DataType, Field, Result, Schema, Text, Values};
use arrcalc_kernels::Bits;

use crate::answer::Scalar;

/// Writes `rows` to `path` (`-` is standard output): one value for each field, of the field's type or null.
///
/// binary16 columns are written as binary32.
///
/// # Errors
/// What `format` cannot hold, or the system's.
pub fn write_rows(path: &Path, format: Format, fields: &[Field], rows: &[Vec<Scalar>]) -> Result<()> {
    let fields: Vec<Field> = fields
        .iter()
        .map(|field| match field.data_type {
            DataType::Float16 => Field { name: field.name.clone(), data_type: DataType::Float32 },
            _ => field.clone(),
        })
        .collect();
    let gathered: Vec<Gathered<'_>> =
        (0..fields.len()).map(|index| Gathered::new(&fields[index].data_type, rows, index)).collect();
    let columns = gathered.iter().map(|column| column.lend(rows.len())).collect();
    let options =
        WriteOptions { format: Some(format), row_count: Some(rows.len() as u64), ..WriteOptions::default() };
    let mut writer = write::create(path, &Schema { fields: fields.clone() }, &options)?;
    writer.write(&Chunk { first_row: 0, row_count: rows.len(), columns })?;
    writer.finish()
}

/// The values of one column, owned.
struct Gathered<'a> {
    storage: Storage<'a>,
    /// A bit a row, least significant first.
    validity: Vec<u8>,
}

enum Storage<'a> {
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
    Text(Vec<&'a str>),
}

impl<'a> Gathered<'a> {
    fn new(data_type: &DataType, rows: &'a [Vec<Scalar>], index: usize) -> Self {
        let values = || rows.iter().map(move |row| &row[index]);
        let storage = match data_type {
            DataType::Bool => Storage::Bool(pack(values().map(|value| *value == Scalar::Bool(true)))),
            DataType::Int8 => Storage::Int8(integers(values())),
            DataType::Int16 => Storage::Int16(integers(values())),
            DataType::Int32 | DataType::Date => Storage::Int32(integers(values())),
            DataType::Int64 | DataType::Time(_) | DataType::Timestamp(..) | DataType::Duration(_) => {
                Storage::Int64(integers(values()))
            }
            DataType::UInt8 => Storage::UInt8(integers(values())),
            DataType::UInt16 => Storage::UInt16(integers(values())),
            DataType::UInt32 => Storage::UInt32(integers(values())),
            DataType::UInt64 => Storage::UInt64(integers(values())),
            DataType::Float16 | DataType::Float32 => Storage::Float32(values().map(float32).collect()),
            DataType::Float64 => Storage::Float64(values().map(float64).collect()),
            DataType::Decimal128 { .. } => Storage::Decimal128(integers(values())),
            DataType::String => Storage::Text(values().map(text).collect()),
            _ => Storage::Null,
        };
        Self { storage, validity: pack(values().map(|value| *value != Scalar::Null)) }
    }

    fn lend(&self, rows: usize) -> Column<'_> {
        let values = match &self.storage {
            Storage::Null => Values::Null(rows),
            Storage::Bool(bytes) => Values::Bool(Bits::new(bytes, 0, rows)),
            Storage::Int8(values) => Values::Int8(values),
            Storage::Int16(values) => Values::Int16(values),
            Storage::Int32(values) => Values::Int32(values),
            Storage::Int64(values) => Values::Int64(values),
            Storage::UInt8(values) => Values::UInt8(values),
            Storage::UInt16(values) => Values::UInt16(values),
            Storage::UInt32(values) => Values::UInt32(values),
            Storage::UInt64(values) => Values::UInt64(values),
            Storage::Float32(values) => Values::Float32(values),
            Storage::Float64(values) => Values::Float64(values),
            Storage::Decimal128(values) => Values::Decimal128(values),
            Storage::Text(values) => Values::Text(Text::Slices(values)),
        };
        Column { values, validity: Some(Bits::new(&self.validity, 0, rows)) }
    }
}

/// Bits, least significant first.
fn pack(bits: impl Iterator<Item = bool>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (index, bit) in bits.enumerate() {
        if index % 8 == 0 {
            bytes.push(0);
        }
        bytes[index / 8] |= u8::from(bit) << (index % 8);
    }
    bytes
}

/// Whole numbers, days or ticks; 0 stands in null slots, and nothing else can fail to fit its column's type.
fn integers<'a, T: TryFrom<i128> + Default>(values: impl Iterator<Item = &'a Scalar>) -> Vec<T> {
    let integer = |value: &Scalar| match value {
        Scalar::Integer(integer) => *integer,
        Scalar::Date(ticks) | Scalar::Time(ticks, _) | Scalar::Timestamp(ticks, ..) => i128::from(*ticks),
        Scalar::Duration(ticks, _) => *ticks,
        Scalar::Decimal { unscaled, .. } => unscaled.parse().unwrap_or(0),
        _ => 0,
    };
    values.map(|value| T::try_from(integer(value)).unwrap_or_default()).collect()
}

fn float32(value: &Scalar) -> f32 {
    if let Scalar::Float32(float) = value { *float } else { 0.0 }
}

fn float64(value: &Scalar) -> f64 {
    match value {
        Scalar::Float64(float) => *float,
        Scalar::Float32(float) => f64::from(*float),
        _ => 0.0,
    }
}

fn text(value: &Scalar) -> &str {
    if let Scalar::Text(text) = value { text } else { "" }
}
