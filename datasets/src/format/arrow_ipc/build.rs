//! Columns of the types that are computed on, built from a batch's buffers by constructors that check their
//! contents: offsets, UTF-8, codes.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::types::*;
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, BooleanArray, DictionaryArray, LargeStringArray, NullArray,
    PrimitiveArray, RunArray, StringArray, StringViewArray,
};
use arrow_buffer::{ArrowNativeType, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, DataType as Arrow, TimeUnit};

use super::batch::{Counts, Cursor};
use super::dictionaries::Dictionaries;
use super::layout::Node;
use crate::arrow_columns::{Stored, StoredText};
use crate::fault::Fault;

fn broken(error: ArrowError) -> Fault {
    Fault::Malformed(format!("{error}; the file is damaged"))
}

/// The next column of `cursor`, cut to `rows`.
pub(super) fn column(
    cursor: &mut Cursor<'_>,
    arrow: &Arrow,
    node: &Node,
    rows: Range<usize>,
    dictionaries: &Dictionaries<'_>,
) -> Result<Stored, Fault> {
    let counts = cursor.peek_node()?;
    if counts.len < rows.end {
        return Err(Fault::malformed(format!(
            "a column of {} rows in a batch of {} or more; the file is damaged",
            counts.len, rows.end
        )));
    }
    Ok(match arrow {
        Arrow::Utf8 => Stored::Text32(text(cursor, rows)?),
        Arrow::LargeUtf8 => Stored::Text64(text(cursor, rows)?),
        _ => Stored::Array(array(cursor, arrow, node, rows, dictionaries)?),
    })
}

/// Offsets of `len` values; legacy writers leave them out where there is nothing.
fn offsets<O: ArrowNativeType>(cursor: &mut Cursor<'_>, len: usize) -> Result<ScalarBuffer<O>, Fault> {
    if len == 0 {
        cursor.skip_buffer();
        return Ok(ScalarBuffer::from(vec![O::default()]));
    }
    cursor.values(len + 1)
}

/// Validity of the rows that are asked for. The number of nulls is checked by whoever asks for the first row.
fn validity(
    cursor: &mut Cursor<'_>,
    counts: Counts,
    rows: &Range<usize>,
) -> Result<Option<NullBuffer>, Fault> {
    if rows.start == 0 {
        return Ok(cursor.validity(counts)?.map(|nulls| nulls.slice(0, rows.end)));
    }
    if counts.nulls == 0 {
        cursor.skip_buffer();
        return Ok(None);
    }
    Ok(Some(NullBuffer::new(cursor.bits(counts.len)?.slice(rows.start, rows.len()))))
}

fn text<O: ArrowNativeType>(cursor: &mut Cursor<'_>, rows: Range<usize>) -> Result<StoredText<O>, Fault> {
    let counts = cursor.node()?;
    let nulls = validity(cursor, counts, &rows)?;
    let offsets = offsets::<O>(cursor, counts.len)?.slice(rows.start, rows.len() + 1);
    StoredText::new(offsets, cursor.buffer()?, nulls).map_err(Fault::Malformed)
}

/// The next column as an Arrow array, cut to `rows`.
pub(super) fn array(
    cursor: &mut Cursor<'_>,
    arrow: &Arrow,
    node: &Node,
    rows: Range<usize>,
    dictionaries: &Dictionaries<'_>,
) -> Result<ArrayRef, Fault> {
    macro_rules! primitive {
        ($arrow:ty) => {
            Arc::new(primitive::<$arrow>(cursor, rows)?)
        };
    }
    Ok(match arrow {
        Arrow::Null => {
            cursor.node()?;
            Arc::new(NullArray::new(rows.len()))
        }
        Arrow::Boolean => {
            let counts = cursor.node()?;
            let nulls = validity(cursor, counts, &rows)?;
            let bits = cursor.bits(counts.len)?.slice(rows.start, rows.len());
            Arc::new(BooleanArray::new(bits, nulls))
        }
        Arrow::Int8 => primitive!(Int8Type),
        Arrow::Int16 => primitive!(Int16Type),
        Arrow::Int32 => primitive!(Int32Type),
        Arrow::Int64 => primitive!(Int64Type),
        Arrow::UInt8 => primitive!(UInt8Type),
        Arrow::UInt16 => primitive!(UInt16Type),
        Arrow::UInt32 => primitive!(UInt32Type),
        Arrow::UInt64 => primitive!(UInt64Type),
        Arrow::Float16 => primitive!(Float16Type),
        Arrow::Float32 => primitive!(Float32Type),
        Arrow::Float64 => primitive!(Float64Type),
        Arrow::Decimal128(precision, scale) => {
            let decimals = primitive::<Decimal128Type>(cursor, rows)?;
            Arc::new(decimals.with_precision_and_scale(*precision, *scale).map_err(broken)?)
        }
        Arrow::Date32 => primitive!(Date32Type),
        Arrow::Date64 => primitive!(Date64Type),
        Arrow::Time32(TimeUnit::Second) => primitive!(Time32SecondType),
        Arrow::Time32(_) => primitive!(Time32MillisecondType),
        Arrow::Time64(TimeUnit::Microsecond) => primitive!(Time64MicrosecondType),
        Arrow::Time64(_) => primitive!(Time64NanosecondType),
        Arrow::Timestamp(TimeUnit::Second, _) => primitive!(TimestampSecondType),
        Arrow::Timestamp(TimeUnit::Millisecond, _) => primitive!(TimestampMillisecondType),
        Arrow::Timestamp(TimeUnit::Microsecond, _) => primitive!(TimestampMicrosecondType),
        Arrow::Timestamp(TimeUnit::Nanosecond, _) => primitive!(TimestampNanosecondType),
        Arrow::Duration(TimeUnit::Second) => primitive!(DurationSecondType),
        Arrow::Duration(TimeUnit::Millisecond) => primitive!(DurationMillisecondType),
        Arrow::Duration(TimeUnit::Microsecond) => primitive!(DurationMicrosecondType),
        Arrow::Duration(TimeUnit::Nanosecond) => primitive!(DurationNanosecondType),
        Arrow::Utf8 => {
            let (offsets, data, nulls) = whole_text::<i32>(cursor, &rows)?;
            Arc::new(StringArray::try_new(offsets, data, nulls).map_err(broken)?)
        }
        Arrow::LargeUtf8 => {
            let (offsets, data, nulls) = whole_text::<i64>(cursor, &rows)?;
            Arc::new(LargeStringArray::try_new(offsets, data, nulls).map_err(broken)?)
        }
        Arrow::Utf8View => {
            let counts = cursor.node()?;
            let nulls = validity(cursor, counts, &rows)?;
            let views = cursor.values::<u128>(counts.len)?.slice(rows.start, rows.len());
            let data = (0..cursor.variadic()?).map(|_| cursor.buffer()).collect::<Result<Vec<_>, _>>()?;
            Arc::new(StringViewArray::try_new(views, data, nulls).map_err(broken)?)
        }
        Arrow::Dictionary(codes, _) => match **codes {
            Arrow::Int8 => dictionary::<Int8Type>(cursor, arrow, node, rows, dictionaries)?,
            Arrow::Int16 => dictionary::<Int16Type>(cursor, arrow, node, rows, dictionaries)?,
            Arrow::Int32 => dictionary::<Int32Type>(cursor, arrow, node, rows, dictionaries)?,
            Arrow::Int64 => dictionary::<Int64Type>(cursor, arrow, node, rows, dictionaries)?,
            Arrow::UInt8 => dictionary::<UInt8Type>(cursor, arrow, node, rows, dictionaries)?,
            Arrow::UInt16 => dictionary::<UInt16Type>(cursor, arrow, node, rows, dictionaries)?,
            Arrow::UInt32 => dictionary::<UInt32Type>(cursor, arrow, node, rows, dictionaries)?,
            _ => dictionary::<UInt64Type>(cursor, arrow, node, rows, dictionaries)?,
        },
        Arrow::RunEndEncoded(ends, _) => match ends.data_type() {
            Arrow::Int16 => runs::<Int16Type>(cursor, arrow, node, rows, dictionaries)?,
            Arrow::Int32 => runs::<Int32Type>(cursor, arrow, node, rows, dictionaries)?,
            _ => runs::<Int64Type>(cursor, arrow, node, rows, dictionaries)?,
        },
        other => {
            return Err(Fault::unsupported(format!(
                "type {} is not computed on",
                crate::arrow_columns::type_name(other)
            )));
        }
    })
}

fn primitive<T: ArrowPrimitiveType>(
    cursor: &mut Cursor<'_>,
    rows: Range<usize>,
) -> Result<PrimitiveArray<T>, Fault> {
    let counts = cursor.node()?;
    let nulls = validity(cursor, counts, &rows)?;
    let values = cursor.values::<T::Native>(counts.len)?.slice(rows.start, rows.len());
    PrimitiveArray::try_new(values, nulls).map_err(broken)
}

type TextParts<O> = (OffsetBuffer<O>, arrow_buffer::Buffer, Option<NullBuffer>);

/// Text of a dictionary or of runs, checked as a whole.
fn whole_text<O>(cursor: &mut Cursor<'_>, rows: &Range<usize>) -> Result<TextParts<O>, Fault>
where
    O: ArrowNativeType + arrow_array::OffsetSizeTrait,
{
    let counts = cursor.node()?;
    let nulls = validity(cursor, counts, rows)?;
    let offsets = offsets::<O>(cursor, counts.len)?.slice(rows.start, rows.len() + 1);
    // `OffsetBuffer` asserts what is asked here.
    if !offsets.is_sorted() || offsets.first().is_some_and(|&first| first < O::default()) {
        return Err(Fault::malformed("offsets of text that go backwards; the file is damaged"));
    }
    Ok((OffsetBuffer::new(offsets), cursor.buffer()?, nulls))
}

fn dictionary<K: ArrowDictionaryKeyType>(
    cursor: &mut Cursor<'_>,
    arrow: &Arrow,
    node: &Node,
    rows: Range<usize>,
    dictionaries: &Dictionaries<'_>,
) -> Result<ArrayRef, Fault> {
    let lost = || Fault::malformed("a dictionary type without its dictionary; the file is damaged");
    let Arrow::Dictionary(_, value_type) = arrow else { return Err(lost()) };
    let codes = node.dictionary.as_ref().ok_or_else(lost)?;
    let keys = primitive::<K>(cursor, rows)?;
    let values =
        dictionaries.values(codes.id, value_type, &node.values(), keys.null_count() == keys.len())?;
    Ok(Arc::new(DictionaryArray::<K>::try_new(keys, values).map_err(broken)?))
}

fn runs<R: RunEndIndexType>(
    cursor: &mut Cursor<'_>,
    arrow: &Arrow,
    node: &Node,
    rows: Range<usize>,
    dictionaries: &Dictionaries<'_>,
) -> Result<ArrayRef, Fault> {
    let lost = || Fault::malformed("a run-end encoded column without its children; the file is damaged");
    let (Arrow::RunEndEncoded(_, value_field), [_, value_node]) = (arrow, &node.children[..]) else {
        return Err(lost());
    };
    cursor.node()?;
    let run_count = cursor.peek_node()?.len;
    let ends = primitive::<R>(cursor, 0..run_count)?;
    let value_count = cursor.peek_node()?.len;
    let values = array(cursor, value_field.data_type(), value_node, 0..value_count, dictionaries)?;
    if rows.is_empty() {
        return Ok(Arc::new(NullArray::new(0)));
    }
    if ends.null_count() > 0 || ends.is_empty() {
        return Err(lost());
    }
    let runs = RunArray::<R>::try_new(&ends, &values).map_err(broken)?;
    if runs.len() < rows.end {
        return Err(Fault::malformed("runs end before their rows; the file is damaged"));
    }
    Ok(Arc::new(runs.slice(rows.start, rows.len())))
}

/// A dictionary that nobody sent, of which only nulls are used: one empty value.
pub(super) fn no_values(arrow: &Arrow) -> ArrayRef {
    arrow_array::new_null_array(arrow, 1)
}
