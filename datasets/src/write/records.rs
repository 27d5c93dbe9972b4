//! Rows as records of fixed width, least significant byte first: what npy and raw files are made of.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::{NullPolicy, Output, Part, PartEncoder};
use crate::chunk::{Chunk, Column, Values};
use crate::error::{Error, Result};
use crate::schema::{DataType, Schema};

/// Rows encoded at a time: their records stay in cache.
const BLOCK_ROWS: usize = 2_048;

/// How dates are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Days {
    /// 8 bytes, as NumPy's datetime64[D].
    Wide,
    /// 4 bytes, as in memory.
    Narrow,
}

/// The layout of a record.
#[derive(Clone, Debug)]
pub(super) struct Records {
    /// For errors.
    path: PathBuf,
    columns: Vec<Place>,
    record_bytes: usize,
    null: NullPolicy,
    /// Rows seen, for errors.
    rows_in: u64,
    /// Rows written.
    pub(super) rows_out: u64,
    block: Vec<u8>,
    kept: Vec<usize>,
}

/// A column of the record.
#[derive(Clone, Debug)]
struct Place {
    name: String,
    data_type: DataType,
    offset: usize,
    width: usize,
}

impl Records {
    /// Records of the columns of `schema`.
    ///
    /// # Errors
    /// `Error::Unsupported` for a type without a fixed width.
    pub(super) fn new(path: &Path, schema: &Schema, days: Days, null: NullPolicy) -> Result<Self> {
        let (mut columns, mut offset) = (Vec::with_capacity(schema.fields.len()), 0);
        for field in &schema.fields {
            let width = match &field.data_type {
                DataType::Bool | DataType::Int8 | DataType::UInt8 => 1,
                DataType::Int16 | DataType::UInt16 | DataType::Float16 => 2,
                DataType::Int32 | DataType::UInt32 | DataType::Float32 => 4,
                DataType::Date if days == Days::Narrow => 4,
                DataType::Int64 | DataType::UInt64 | DataType::Float64 => 8,
                data_type if data_type.is_temporal() => 8,
                other => {
                    return Err(Error::Unsupported {
                        path: path.to_path_buf(),
                        column: Some(field.name.clone()),
                        reason: format!("type {other} has no fixed width; write .parquet, .arrow or .csv"),
                    });
                }
            };
            let (name, data_type) = (field.name.clone(), field.data_type.clone());
            columns.push(Place { name, data_type, offset, width });
            offset += width;
        }
        let (block, kept) = (Vec::new(), Vec::new());
        let path = path.to_path_buf();
        Ok(Self { path, columns, record_bytes: offset, null, rows_in: 0, rows_out: 0, block, kept })
    }

    /// Appends the rows of `chunk` to `output`.
    pub(super) fn write(&mut self, chunk: &Chunk<'_>, output: &mut Output) -> Result<()> {
        self.encode_to(chunk, |bytes| output.write_all(bytes).map_err(|error| output.error(error)))
    }

    /// An encoder of parts.
    pub(super) fn part_encoder(&self) -> Box<dyn PartEncoder> {
        Box::new(Self { rows_in: 0, rows_out: 0, ..self.clone() })
    }

    /// Appends the rows that `part` holds to `output`.
    pub(super) fn append(&mut self, part: &Part, output: &mut Output) -> Result<()> {
        output.write_all(&part.bytes).map_err(|error| output.error(error))?;
        self.rows_in += part.rows_in;
        self.rows_out += part.rows_out;
        Ok(())
    }

    /// Hands the records of `chunk` to `write`, block by block.
    fn encode_to(&mut self, chunk: &Chunk<'_>, mut write: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        if let ([place], [column]) = (&self.columns[..], &chunk.columns[..])
            && let Some(bytes) = place.as_they_lie(column)
        {
            write(bytes)?;
            self.rows_out += chunk.row_count as u64;
            self.rows_in += chunk.row_count as u64;
            return Ok(());
        }
        for first in (0..chunk.row_count).step_by(BLOCK_ROWS) {
            let end = chunk.row_count.min(first + BLOCK_ROWS);
            let is_whole = self.choose(&chunk.columns, first, end);
            let rows = if is_whole { end - first } else { self.kept.len() };
            self.block.clear();
            self.block.resize(rows * self.record_bytes, 0);
            // The lowest row that cannot be written, then its first column, is the error.
            let mut refused: Option<(usize, String, &str)> = None;
            for (place, column) in self.columns.iter().zip(&chunk.columns) {
                let (block, record) = (&mut self.block, self.record_bytes);
                let done = if is_whole {
                    place.encode(column, first..end, self.null, record, block)
                } else {
                    place.encode(column, self.kept.iter().copied(), self.null, record, block)
                };
                if let Err((row, what)) = done
                    && refused.as_ref().is_none_or(|(lowest, ..)| row < *lowest)
                {
                    refused = Some((row, what, &place.name));
                }
            }
            if let Some((row, what, column)) = refused {
                return Err(Error::Unsupported {
                    path: self.path.clone(),
                    column: Some(column.into()),
                    reason: format!("row {}: {what}", self.rows_in + row as u64),
                });
            }
            write(&self.block)?;
            self.rows_out += rows as u64;
        }
        self.rows_in += chunk.row_count as u64;
        Ok(())
    }

    /// Whether all of rows `first..end` are written; if not, `kept` holds those that are.
    fn choose(&mut self, columns: &[Column<'_>], first: usize, end: usize) -> bool {
        let has_nulls = |column: &Column<'_>| match (column.values, column.validity) {
            (Values::Null(_), _) => true,
            (_, validity) => {
                validity.is_some_and(|bits| bits.slice(first, end - first).count_ones() < end - first)
            }
        };
        if self.null != NullPolicy::Drop || !columns.iter().any(has_nulls) {
            return true;
        }
        self.kept.clear();
        self.kept.extend((first..end).filter(|&row| columns.iter().all(|column| is_valid(column, row))));
        false
    }
}

impl PartEncoder for Records {
    fn encode(&mut self, chunk: &Chunk<'_>, part: &mut Part) -> Result<()> {
        let (rows_in, rows_out) = (self.rows_in, self.rows_out);
        self.encode_to(chunk, |bytes| {
            part.bytes.extend_from_slice(bytes);
            Ok(())
        })?;
        part.rows_in += self.rows_in - rows_in;
        part.rows_out += self.rows_out - rows_out;
        Ok(())
    }
}

fn is_valid(column: &Column<'_>, row: usize) -> bool {
    !matches!(column.values, Values::Null(_)) && column.validity.is_none_or(|bits| bits.get(row))
}

impl Place {
    /// The bytes of numbers that are stored as they are in memory.
    fn as_they_lie<'c>(&self, column: &Column<'c>) -> Option<&'c [u8]> {
        if cfg!(target_endian = "big") || column.validity.is_some() || self.data_type.is_temporal() {
            return None;
        }
        let bytes: &[u8] = match column.values {
            Values::Int8(values) => bytemuck::cast_slice(values),
            Values::Int16(values) => bytemuck::cast_slice(values),
            Values::Int32(values) => bytemuck::cast_slice(values),
            Values::Int64(values) => bytemuck::cast_slice(values),
            Values::UInt8(values) => values,
            Values::UInt16(values) => bytemuck::cast_slice(values),
            Values::UInt32(values) => bytemuck::cast_slice(values),
            Values::UInt64(values) => bytemuck::cast_slice(values),
            Values::Float32(values) => bytemuck::cast_slice(values),
            Values::Float64(values) => bytemuck::cast_slice(values),
            _ => return None,
        };
        (bytes.len() == self.width * column.values.len()).then_some(bytes)
    }

    /// Puts the values of `rows` into the records of `block`; the row that cannot be written, and why.
    fn encode(
        &self,
        column: &Column<'_>,
        rows: impl Iterator<Item = usize>,
        null: NullPolicy,
        record_bytes: usize,
        block: &mut [u8],
    ) -> std::result::Result<(), (usize, String)> {
        let slots =
            block.chunks_exact_mut(record_bytes).map(|record| &mut record[self.offset..][..self.width]);
        let slots = rows.zip(slots);
        macro_rules! put {
            ($values:expr, $as:ty, $null:expr) => {{
                let (values, missing): (_, Option<$as>) = ($values, $null);
                for (row, slot) in slots {
                    let value: $as = if column.validity.is_none_or(|bits| bits.get(row)) {
                        values[row].into()
                    } else {
                        missing
                            .filter(|_| null == NullPolicy::Nan)
                            .ok_or_else(|| (row, self.refusal(null)))?
                    };
                    slot.copy_from_slice(&value.to_le_bytes());
                }
            }};
        }
        // `Some`: what a null becomes under `NullPolicy::Nan`.
        let nat = self.data_type.is_temporal().then_some(i64::MIN);
        match column.values {
            Values::Int8(values) => put!(values, i8, None),
            Values::Int16(values) => put!(values, i16, None),
            Values::Int32(values) if self.width == 8 => put!(values, i64, nat),
            Values::Int32(values) => put!(values, i32, None),
            Values::Int64(values) if nat.is_some() => {
                for (row, slot) in slots {
                    let tick = match (is_valid(column, row), null) {
                        // NumPy would take it for a null.
                        (true, _) if values[row] == i64::MIN => {
                            return Err((row, "the least 64-bit tick would be read as a null".into()));
                        }
                        (true, _) => values[row],
                        (false, NullPolicy::Nan) => i64::MIN,
                        (false, _) => return Err((row, self.refusal(null))),
                    };
                    slot.copy_from_slice(&tick.to_le_bytes());
                }
            }
            Values::Int64(values) => put!(values, i64, None),
            Values::UInt8(values) => put!(values, u8, None),
            Values::UInt16(values) => put!(values, u16, None),
            Values::UInt32(values) => put!(values, u32, None),
            Values::UInt64(values) => put!(values, u64, None),
            Values::Float16(values) => put!(values, half::f16, Some(half::f16::NAN)),
            Values::Float32(values) => put!(values, f32, Some(f32::from_bits(0x7fc0_0000))),
            Values::Float64(values) => put!(values, f64, Some(f64::from_bits(0x7ff8_0000_0000_0000))),
            Values::Bool(bits) => {
                for (row, slot) in slots {
                    if !is_valid(column, row) {
                        return Err((row, self.refusal(null)));
                    }
                    slot[0] = u8::from(bits.get(row));
                }
            }
            Values::Null(_) => {
                for (row, slot) in slots {
                    match (null, &self.data_type) {
                        (NullPolicy::Nan, DataType::Float16) => {
                            slot.copy_from_slice(&half::f16::NAN.to_le_bytes())
                        }
                        (NullPolicy::Nan, DataType::Float32) => {
                            slot.copy_from_slice(&0x7fc0_0000u32.to_le_bytes())
                        }
                        (NullPolicy::Nan, DataType::Float64) => {
                            slot.copy_from_slice(&0x7ff8_0000_0000_0000u64.to_le_bytes());
                        }
                        (NullPolicy::Nan, _) if nat.is_some() && self.width == 8 => {
                            slot.copy_from_slice(&i64::MIN.to_le_bytes());
                        }
                        _ => return Err((row, self.refusal(null))),
                    }
                }
            }
            Values::Decimal128(_) | Values::Text(_) => {
                return Err((0, format!("a value that is not of type {}", self.data_type)));
            }
        }
        Ok(())
    }

    fn refusal(&self, null: NullPolicy) -> String {
        match null {
            NullPolicy::Refuse => {
                "a null, which the format has not: leave such rows out (in a query: where x is not null), put a value in \
                 its place (coalesce(x, ...)), or convert with --null nan or --null drop"
                    .into()
            }
            _ => format!("a null, which type {} has not; choose --null drop", self.data_type),
        }
    }
}
