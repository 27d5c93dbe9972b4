//! Columns moved up or down their rows, and differences of a column with itself moved.

use arrcalc_datasets::{Column, DataType, Values, text};
use half::f16;

use super::row_function::overflow;
use crate::answer::{BitVec, OwnedColumn, Scalar, value_at};
use crate::error::Result;

/// Where the values go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// To later rows.
    Down,
    /// To earlier rows.
    Up,
}

/// Every value `by` rows further in `direction`; null where no value comes to stand.
pub(super) fn shifted(
    input: &Column<'_>,
    data_type: &DataType,
    direction: Direction,
    by: u64,
) -> OwnedColumn {
    let rows = input.values.len();
    let by = usize::try_from(by).unwrap_or(usize::MAX).min(rows);
    let (from, nulls_first) = match direction {
        Direction::Down => (0, by),
        Direction::Up => (by, 0),
    };
    let kept = rows - by;
    let mut validity = BitVec::default();
    validity.grow(false, nulls_first);
    match &input.validity {
        Some(bits) => validity.extend(&bits.slice(from, kept)),
        None => validity.grow(true, kept),
    }
    validity.grow(false, by - nulls_first);
    macro_rules! moved {
        ($values:expr, $zero:expr $(, $nan:expr)?) => {{
            let mut moved = vec![$zero; rows];
            moved[nulls_first..nulls_first + kept].copy_from_slice(&$values[from..from + kept]);
            // As every result: the canonical NaN.
            $(moved.iter_mut().filter(|value| value.is_nan()).for_each(|value| *value = $nan);)?
            OwnedColumn::from(moved).with_validity(validity)
        }};
    }
    match input.values {
        Values::Int8(values) => moved!(values, 0),
        Values::Int16(values) => moved!(values, 0),
        Values::Int32(values) => moved!(values, 0),
        Values::Int64(values) => moved!(values, 0),
        Values::UInt8(values) => moved!(values, 0),
        Values::UInt16(values) => moved!(values, 0),
        Values::UInt32(values) => moved!(values, 0),
        Values::UInt64(values) => moved!(values, 0),
        Values::Float16(values) => moved!(values, f16::ZERO, f16::NAN),
        Values::Float32(values) => moved!(values, 0.0, f32::NAN),
        Values::Float64(values) => moved!(values, 0.0, f64::NAN),
        Values::Decimal128(values) => moved!(values, 0),
        Values::Null(_) | Values::Bool(_) | Values::Text(_) => {
            let mut moved = OwnedColumn::new(data_type);
            moved.reserve(rows);
            (0..nulls_first).for_each(|_| moved.push(&Scalar::Null));
            (from..from + kept).for_each(|row| moved.push(&value_at(input, data_type, row)));
            (nulls_first..by).for_each(|_| moved.push(&Scalar::Null));
            moved
        }
    }
}

/// `x[i] - x[i - by]`; null where either is null or not there. Whole numbers give int64, days seconds.
///
/// # Errors
/// An integer difference that does not fit, with its row.
pub(super) fn difference(input: &Column<'_>, data_type: &DataType, by: u64) -> Result<OwnedColumn> {
    let rows = input.values.len();
    let by = usize::try_from(by).unwrap_or(usize::MAX).min(rows);
    let is_valid = |row: usize| row >= by && !text::is_null(input, row) && !text::is_null(input, row - by);
    let mut validity = BitVec::default();
    validity.reserve(rows);
    (0..rows).for_each(|row| validity.push(is_valid(row)));
    let per_value: i128 = if *data_type == DataType::Date { 86_400 } else { 1 };
    macro_rules! integers {
        ($values:expr, $to:ty, $output:expr) => {{
            let mut differences: Vec<$to> = vec![0; rows];
            for (row, pair) in (by..rows).zip($values[by..].iter().zip($values)) {
                if !is_valid(row) {
                    continue;
                }
                let exact = i128::from(*pair.0).checked_sub(i128::from(*pair.1));
                let exact = exact.and_then(|exact| exact.checked_mul(per_value));
                let fitting = exact.and_then(|exact| <$to>::try_from(exact).ok());
                differences[row] = fitting.ok_or_else(|| overflow("diff", row, exact, $output))?;
            }
            OwnedColumn::from(differences)
        }};
    }
    macro_rules! floats {
        ($values:expr) => {{
            let first = std::iter::repeat_n(0.0, by);
            let differences = first.chain($values[by..].iter().zip($values).map(|(new, old)| new - old));
            OwnedColumn::from(differences.collect::<Vec<_>>())
        }};
    }
    let column = match input.values {
        Values::Int8(values) => integers!(values, i64, &DataType::Int64),
        Values::Int16(values) => integers!(values, i64, &DataType::Int64),
        Values::Int32(values) => integers!(values, i64, &DataType::Int64),
        Values::Int64(values) => integers!(values, i64, &DataType::Int64),
        Values::UInt8(values) => integers!(values, i64, &DataType::Int64),
        Values::UInt16(values) => integers!(values, i64, &DataType::Int64),
        Values::UInt32(values) => integers!(values, i64, &DataType::Int64),
        Values::UInt64(values) => integers!(values, i64, &DataType::Int64),
        Values::Decimal128(values) => integers!(values, i128, data_type),
        Values::Float16(values) => {
            let wide: Vec<f32> = values.iter().map(|value| value.to_f32()).collect();
            floats!(&wide)
        }
        Values::Float32(values) => floats!(values),
        Values::Float64(values) => floats!(values),
        Values::Bool(truths) => {
            let numbers: Vec<i8> = (0..rows).map(|row| truths.get(row).into()).collect();
            integers!(&numbers, i64, &DataType::Int64)
        }
        Values::Null(_) | Values::Text(_) => {
            let mut nulls = OwnedColumn::new(data_type);
            (0..rows).for_each(|_| nulls.push(&Scalar::Null));
            return Ok(nulls);
        }
    };
    Ok(column.with_validity(validity))
}

/// `out[i] = values[i + 1] - values[i]`, of integers of any width.
///
/// # Errors
/// [`crate::Error::Evaluation`] for the first difference that is no int64, with its row and no file.
///
/// # Panics
/// If there is not one difference fewer than there are values.
pub fn integer_differences<T: Copy + Into<i128>>(values: &[T], out: &mut [i64]) -> Result<()> {
    assert!(values.len() == out.len() + 1, "one difference fewer than values");
    for (row, (out, pair)) in out.iter_mut().zip(values.windows(2)).enumerate() {
        let exact: i128 = pair[1].into() - pair[0].into();
        *out = i64::try_from(exact).map_err(|_| overflow("diff", row, Some(exact), &DataType::Int64))?;
    }
    Ok(())
}

/// `out[i] = values[i + 1] - values[i]`, each difference rounded.
///
/// # Panics
/// If there is not one difference fewer than there are values.
pub fn differences<T: Copy + std::ops::Sub<Output = T>>(values: &[T], out: &mut [T]) {
    assert!(values.len() == out.len() + 1, "one difference fewer than values");
    for (out, pair) in out.iter_mut().zip(values.windows(2)) {
        *out = pair[1] - pair[0];
    }
}
