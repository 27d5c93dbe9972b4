//! Values of chosen rows, in the order in which they are chosen.

use arrcalc_datasets::{Column, DataType, Text, Values};
use arrcalc_kernels::Bits;

use super::argsort::RowIndex;
use super::pieces::{PIECE_ROWS, each, for_each, fresh};
use crate::Scope;
use crate::answer::{BitVec, OwnedColumn};
use crate::error::Result;

/// The values of `column` in rows `rows`, in that order, on all threads.
///
/// Cost: a look into memory a row; columns that pass the caches are better moved in partitions (`table`).
///
/// # Errors
/// Cancelling; the deadline.
///
/// # Panics
/// If one of them is not a row of the column.
pub(crate) fn take<I: RowIndex>(scope: &Scope<'_>, column: &Column<'_>, rows: &[I]) -> Result<OwnedColumn> {
    macro_rules! numbers {
        ($values:expr) => {
            OwnedColumn::from(gather(scope, $values, rows)?)
        };
    }
    let taken = match column.values {
        Values::Null(_) => nothing(&DataType::Null, rows.len()),
        Values::Bool(bits) => {
            let parts = take_bits(scope, bits, rows)?;
            let mut taken = OwnedColumn::new(&DataType::Bool);
            for part in &parts {
                taken.extend(&Column { values: Values::Bool(part.bits()), validity: None });
            }
            taken
        }
        Values::Int8(values) => numbers!(values),
        Values::Int16(values) => numbers!(values),
        Values::Int32(values) => numbers!(values),
        Values::Int64(values) => numbers!(values),
        Values::UInt8(values) => numbers!(values),
        Values::UInt16(values) => numbers!(values),
        Values::UInt32(values) => numbers!(values),
        Values::UInt64(values) => numbers!(values),
        Values::Float16(values) => numbers!(values),
        Values::Float32(values) => numbers!(values),
        Values::Float64(values) => numbers!(values),
        Values::Decimal128(values) => numbers!(values),
        Values::Text(text) => take_text(scope, text, column.validity, rows)?,
    };
    let Some(validity) = column.validity else { return Ok(taken) };
    if matches!(column.values, Values::Null(_)) {
        return Ok(taken);
    }
    let mut bits = BitVec::default();
    take_bits(scope, validity, rows)?.iter().for_each(|part| bits.extend(&part.bits()));
    Ok(taken.with_validity(bits))
}

fn nothing(data_type: &DataType, rows: usize) -> OwnedColumn {
    let mut column = OwnedColumn::new(data_type);
    column.extend(&Column { values: Values::Null(rows), validity: None });
    column
}

fn gather<T, I>(scope: &Scope<'_>, values: &[T], rows: &[I]) -> Result<Vec<T>>
where
    T: Copy + Default + Send + Sync,
    I: RowIndex,
{
    let mut taken = fresh(scope, T::default(), rows.len())?;
    each(scope, taken.chunks_mut(PIECE_ROWS).zip(rows.chunks(PIECE_ROWS)), |_, (taken, rows)| {
        taken.iter_mut().zip(rows).for_each(|(value, row)| *value = values[row.row()]);
        Ok(())
    })?;
    Ok(taken)
}

fn take_bits<I: RowIndex>(scope: &Scope<'_>, bits: Bits<'_>, rows: &[I]) -> Result<Vec<BitVec>> {
    for_each(scope, rows.chunks(PIECE_ROWS).collect(), |rows: &[I]| {
        let mut taken = BitVec::default();
        taken.reserve(rows.len());
        rows.iter().for_each(|row| taken.push(bits.get(row.row())));
        taken
    })
}

fn take_text<I: RowIndex>(
    scope: &Scope<'_>,
    text: Text<'_>,
    validity: Option<Bits<'_>>,
    rows: &[I],
) -> Result<OwnedColumn> {
    let parts = for_each(scope, rows.chunks(PIECE_ROWS).collect(), |rows: &[I]| {
        let (mut offsets, mut data) = (Vec::with_capacity(rows.len() + 1), Vec::new());
        offsets.push(0i64);
        for row in rows.iter().map(|row| row.row()) {
            // What stands in a null slot is nobody's text.
            if validity.is_none_or(|bits| bits.get(row)) {
                data.extend_from_slice(text.bytes(row));
            }
            offsets.push(data.len() as i64);
        }
        (offsets, data)
    })?;
    let mut taken = OwnedColumn::new(&DataType::String);
    taken.reserve(rows.len());
    for (offsets, data) in &parts {
        let text = Text::Offsets64 { offsets, data };
        taken.extend(&Column { values: Values::Text(text), validity: None });
    }
    Ok(taken)
}
