//! One array, ready to lend any run of its rows.

use std::ops::{ControlFlow, Range};

use arrcalc_kernels::Bits;
use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrayRef, StringViewArray};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType as Arrow, TimeUnit};

use super::index::Index;
use super::scratch::Scratch;
use super::stored::Stored;
use crate::chunk::{Chunk, Column, Text, Values};
use crate::source::Flow;

/// Why a column could not be lent: its place among the arrays, the row within them, and what is wrong.
#[derive(Debug)]
pub(crate) struct LendError {
    pub(crate) column: usize,
    pub(crate) row: Option<u64>,
    pub(crate) reason: String,
}

/// How rows become a [`Column`].
#[derive(Debug)]
enum Rows<'a> {
    /// Lent as they lie.
    Direct(Values<'a>),
    Views(&'a StringViewArray),
    /// `time32`, to be widened.
    Ticks(&'a [i32]),
    /// `date64`, to become days.
    Milliseconds(&'a [i64]),
    /// Values of a dictionary or of runs, to be written out.
    Gather(Index<'a>, Values<'a>),
    /// Strings of a dictionary or of runs; lent with codes.
    Codes(Index<'a>, Vec<&'a str>),
}

/// A column, ready to lend any run of its rows.
#[derive(Debug)]
pub(crate) struct Lender<'a> {
    rows: Rows<'a>,
    validity: Option<NullBuffer>,
}

/// Lends rows `rows` of `stored` in chunks of at most `chunk_rows` rows, the first of which is row
/// `first_row` of the source. Columns must be as long as `rows.end`.
pub(crate) fn lend(
    stored: &[Stored],
    rows: Range<usize>,
    first_row: u64,
    chunk_rows: usize,
    sink: &mut dyn FnMut(&Chunk<'_>) -> Flow,
) -> Result<Flow, LendError> {
    let fail = |column: usize| move |(row, reason)| LendError { column, row, reason };
    let lenders = stored
        .iter()
        .enumerate()
        .map(|(column, stored)| Lender::new(stored).map_err(|reason| fail(column)((None, reason))))
        .collect::<Result<Vec<_>, _>>()?;
    let mut scratches: Vec<Scratch<'_>> = stored.iter().map(|_| Scratch::default()).collect();
    let mut start = rows.start;
    while start < rows.end {
        let end = rows.end.min(start.saturating_add(chunk_rows.max(1)));
        let columns = lenders
            .iter()
            .zip(&mut scratches)
            .enumerate()
            .map(|(column, (lender, scratch))| lender.lend(start..end, scratch).map_err(fail(column)))
            .collect::<Result<Vec<_>, _>>()?;
        let first_row = first_row + (start - rows.start) as u64;
        if sink(&Chunk { first_row, row_count: end - start, columns }).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        start = end;
    }
    Ok(ControlFlow::Continue(()))
}

impl<'a> Rows<'a> {
    fn of(array: &'a ArrayRef) -> Result<Self, String> {
        Ok(match Index::of(array) {
            Some((index, values)) => match strings(values) {
                Some(strings) => Rows::Codes(index, strings),
                None => Rows::Gather(index, direct(values)?),
            },
            None => match array.data_type() {
                Arrow::Utf8View => Rows::Views(array.as_string_view()),
                Arrow::Time32(TimeUnit::Second) => {
                    Rows::Ticks(array.as_primitive::<Time32SecondType>().values())
                }
                Arrow::Time32(_) => Rows::Ticks(array.as_primitive::<Time32MillisecondType>().values()),
                Arrow::Date64 => Rows::Milliseconds(array.as_primitive::<Date64Type>().values()),
                _ => Rows::Direct(direct(array)?),
            },
        })
    }
}

impl<'a> Lender<'a> {
    /// Prepares a column; one of a type that is only shown is an error.
    pub(crate) fn new(stored: &'a Stored) -> Result<Self, String> {
        let rows = match (stored, stored.text()) {
            (_, Some(text)) => Rows::Direct(Values::Text(text)),
            (Stored::Array(array), _) => Rows::of(array)?,
            (_, None) => Rows::Direct(Values::Null(0)),
        };
        let validity = match stored {
            Stored::Array(array) if *array.data_type() == Arrow::Null => None,
            _ => stored.nulls().filter(|nulls| nulls.null_count() > 0),
        };
        Ok(Self { rows, validity })
    }

    /// Rows `rows`; what must be written anew goes to `scratch`.
    pub(crate) fn lend<'s>(
        &'s self,
        rows: Range<usize>,
        scratch: &'s mut Scratch<'a>,
    ) -> Result<Column<'s>, (Option<u64>, String)> {
        let count = rows.len();
        let validity = self
            .validity
            .as_ref()
            .map(|nulls| Bits::new(nulls.validity(), nulls.offset() + rows.start, count));
        let values = match &self.rows {
            Rows::Direct(values) => values.slice(rows),
            Rows::Views(array) => {
                scratch.strings.clear();
                scratch
                    .strings
                    .extend(rows.map(|row| if array.is_null(row) { "" } else { array.value(row) }));
                Values::Text(Text::Slices(&scratch.strings))
            }
            Rows::Ticks(ticks) => {
                let widened =
                    scratch.map(&ticks[rows], |_, tick| Ok::<_, (Option<u64>, String)>(i64::from(tick)));
                Values::Int64(widened?)
            }
            Rows::Milliseconds(milliseconds) => {
                let first = rows.start;
                let days = scratch.map(&milliseconds[rows], |row, value| {
                    match i32::try_from(value.div_euclid(MILLISECONDS_PER_DAY)) {
                        Ok(days) => Ok(days),
                        Err(_) if validity.is_some_and(|bits| !bits.get(row)) => Ok(0),
                        Err(_) => Err((
                            Some((first + row) as u64),
                            format!("a date64 of {value} ms lies outside the dates that 32 bits can count"),
                        )),
                    }
                });
                Values::Int32(days?)
            }
            Rows::Gather(index, values) => {
                index.fill(rows, values.len(), &mut scratch.codes);
                gather(values, scratch)
            }
            Rows::Codes(index, strings) => {
                index.fill(rows, strings.len(), &mut scratch.codes);
                Values::Text(Text::Codes { codes: &scratch.codes, values: strings })
            }
        };
        Ok(Column { values, validity })
    }
}

/// A date64 that is not a whole day counts as the day that it lies in, as everywhere in Arrow.
const MILLISECONDS_PER_DAY: i64 = 24 * 60 * 60 * 1_000;

/// The strings of a dictionary's or a run's values.
fn strings(values: &ArrayRef) -> Option<Vec<&str>> {
    // A null value is seen through the validity only; its text is never asked for.
    Some(match values.data_type() {
        Arrow::Utf8 => values.as_string::<i32>().iter().map(Option::unwrap_or_default).collect(),
        Arrow::LargeUtf8 => values.as_string::<i64>().iter().map(Option::unwrap_or_default).collect(),
        Arrow::Utf8View => values.as_string_view().iter().map(Option::unwrap_or_default).collect(),
        _ => return None,
    })
}

/// The values of an array that is lent as it lies.
fn direct(array: &ArrayRef) -> Result<Values<'_>, String> {
    macro_rules! primitive {
        ($variant:ident, $arrow:ty) => {
            Values::$variant(array.as_primitive::<$arrow>().values())
        };
    }
    Ok(match array.data_type() {
        Arrow::Null => Values::Null(array.len()),
        Arrow::Boolean => {
            let bits = array.as_boolean().values();
            Values::Bool(Bits::new(bits.values(), bits.offset(), bits.len()))
        }
        Arrow::Int8 => primitive!(Int8, Int8Type),
        Arrow::Int16 => primitive!(Int16, Int16Type),
        Arrow::Int32 => primitive!(Int32, Int32Type),
        Arrow::Int64 => primitive!(Int64, Int64Type),
        Arrow::UInt8 => primitive!(UInt8, UInt8Type),
        Arrow::UInt16 => primitive!(UInt16, UInt16Type),
        Arrow::UInt32 => primitive!(UInt32, UInt32Type),
        Arrow::UInt64 => primitive!(UInt64, UInt64Type),
        Arrow::Float16 => primitive!(Float16, Float16Type),
        Arrow::Float32 => primitive!(Float32, Float32Type),
        Arrow::Float64 => primitive!(Float64, Float64Type),
        Arrow::Decimal128(..) => primitive!(Decimal128, Decimal128Type),
        Arrow::Date32 => primitive!(Int32, Date32Type),
        Arrow::Time64(TimeUnit::Microsecond) => primitive!(Int64, Time64MicrosecondType),
        Arrow::Time64(_) => primitive!(Int64, Time64NanosecondType),
        Arrow::Timestamp(TimeUnit::Second, _) => primitive!(Int64, TimestampSecondType),
        Arrow::Timestamp(TimeUnit::Millisecond, _) => primitive!(Int64, TimestampMillisecondType),
        Arrow::Timestamp(TimeUnit::Microsecond, _) => primitive!(Int64, TimestampMicrosecondType),
        Arrow::Timestamp(TimeUnit::Nanosecond, _) => primitive!(Int64, TimestampNanosecondType),
        Arrow::Duration(TimeUnit::Second) => primitive!(Int64, DurationSecondType),
        Arrow::Duration(TimeUnit::Millisecond) => primitive!(Int64, DurationMillisecondType),
        Arrow::Duration(TimeUnit::Microsecond) => primitive!(Int64, DurationMicrosecondType),
        Arrow::Duration(TimeUnit::Nanosecond) => primitive!(Int64, DurationNanosecondType),
        Arrow::Utf8 => {
            let array = array.as_string::<i32>();
            Values::Text(Text::Offsets32 { offsets: array.value_offsets(), data: array.value_data() })
        }
        Arrow::LargeUtf8 => {
            let array = array.as_string::<i64>();
            Values::Text(Text::Offsets64 { offsets: array.value_offsets(), data: array.value_data() })
        }
        other => return Err(format!("type {} cannot be computed on", super::type_name(other))),
    })
}

fn gather<'s>(values: &Values<'s>, scratch: &'s mut Scratch<'_>) -> Values<'s> {
    match *values {
        Values::Bool(bits) => {
            let rows = scratch.codes.len();
            let packed = scratch.gather_bits(|code| code < bits.len() && bits.get(code));
            Values::Bool(Bits::new(packed, 0, rows))
        }
        Values::Int8(v) => Values::Int8(scratch.gather(v)),
        Values::Int16(v) => Values::Int16(scratch.gather(v)),
        Values::Int32(v) => Values::Int32(scratch.gather(v)),
        Values::Int64(v) => Values::Int64(scratch.gather(v)),
        Values::UInt8(v) => Values::UInt8(scratch.gather(v)),
        Values::UInt16(v) => Values::UInt16(scratch.gather(v)),
        Values::UInt32(v) => Values::UInt32(scratch.gather(v)),
        Values::UInt64(v) => Values::UInt64(scratch.gather(v)),
        Values::Float16(v) => Values::Float16(scratch.gather(v)),
        Values::Float32(v) => Values::Float32(scratch.gather(v)),
        Values::Float64(v) => Values::Float64(scratch.gather(v)),
        Values::Decimal128(v) => Values::Decimal128(scratch.gather(v)),
        // `direct` gives these to nobody who gathers.
        Values::Null(_) | Values::Text(_) => Values::Null(scratch.codes.len()),
    }
}
