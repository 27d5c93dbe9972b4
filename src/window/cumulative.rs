//! Sums and products of integers, checked, cumulative and over windows, and products of floats.

use arrcalc_datasets::{Column, DataType, Values, text};

use super::columns::nulls;
use super::row_function::overflow;
use crate::answer::{BitVec, OwnedColumn};
use crate::error::Result;

/// The integers of a column, or none where it has others.
fn integer(input: &Column<'_>, row: usize) -> Option<i128> {
    if text::is_null(input, row) {
        return None;
    }
    match input.values {
        Values::Bool(bits) => Some(bits.get(row).into()),
        Values::Int8(values) => Some(values[row].into()),
        Values::Int16(values) => Some(values[row].into()),
        Values::Int32(values) => Some(values[row].into()),
        Values::Int64(values) => Some(values[row].into()),
        Values::UInt8(values) => Some(values[row].into()),
        Values::UInt16(values) => Some(values[row].into()),
        Values::UInt32(values) => Some(values[row].into()),
        Values::UInt64(values) => Some(values[row].into()),
        Values::Decimal128(values) => Some(values[row]),
        _ => None,
    }
}

/// A result for each row, checked to be of `output_type`; `None` from `next` is an overflow.
fn checked(
    name: &'static str,
    rows: usize,
    output_type: &DataType,
    mut next: impl FnMut(usize) -> Option<Option<i128>>,
) -> Result<OwnedColumn> {
    let mut validity = BitVec::default();
    validity.reserve(rows);
    macro_rules! results {
        ($type:ty) => {{
            let mut results: Vec<$type> = Vec::with_capacity(rows);
            for row in 0..rows {
                let fitting = next(row).and_then(|exact| match exact {
                    Some(exact) => Some(Some(<$type>::try_from(exact).ok()?)),
                    None => Some(None),
                });
                let result = fitting.ok_or_else(|| overflow(name, row, output_type))?;
                validity.push(result.is_some());
                results.push(result.unwrap_or(0));
            }
            OwnedColumn::from(results)
        }};
    }
    let column = match output_type {
        DataType::UInt64 => results!(u64),
        DataType::Decimal128 { .. } => results!(i128),
        _ => results!(i64),
    };
    Ok(column.with_validity(validity))
}

/// The sum of the integers up to each row, exact.
///
/// # Errors
/// A sum that does not fit, with its row.
pub(super) fn sums(input: &Column<'_>, output_type: &DataType) -> Result<OwnedColumn> {
    let mut sum = 0i128;
    checked("cumsum", input.values.len(), output_type, |row| match integer(input, row) {
        None => Some(None),
        Some(value) => {
            sum = sum.checked_add(value)?;
            Some(Some(sum))
        }
    })
}

/// The sum of the integers of each window, exact.
///
/// # Errors
/// A sum that does not fit, with its row.
pub(super) fn moving_sums(
    input: &Column<'_>,
    output_type: &DataType,
    width: usize,
    min_count: usize,
) -> Result<OwnedColumn> {
    let (mut sum, mut count) = (0i128, 0);
    checked("move_sum", input.values.len(), output_type, |row| {
        if let Some(value) = row.checked_sub(width).and_then(|gone| integer(input, gone)) {
            sum = sum.checked_sub(value)?;
            count -= 1;
        }
        if let Some(value) = integer(input, row) {
            sum = sum.checked_add(value)?;
            count += 1;
        }
        Some((count >= min_count).then_some(sum))
    })
}

/// The product of the values up to each row: integers exact, floats from the first on, rounded at each step in their
/// own type (binary16 in binary32).
///
/// # Errors
/// An integer product that does not fit, with its row.
pub(super) fn products(input: &Column<'_>, output_type: &DataType) -> Result<OwnedColumn> {
    let rows = input.values.len();
    macro_rules! floats {
        ($value:expr, $nan:expr) => {{
            let mut product = 1.0;
            let step = |row: usize| {
                if !text::is_null(input, row) {
                    product *= $value(row);
                }
                if product.is_nan() { $nan } else { product }
            };
            let column = OwnedColumn::from((0..rows).map(step).collect::<Vec<_>>());
            let mut validity = BitVec::default();
            (0..rows).for_each(|row| validity.push(!text::is_null(input, row)));
            column.with_validity(validity)
        }};
    }
    Ok(match input.values {
        Values::Float16(values) => floats!(|row: usize| values[row].to_f32(), f32::NAN),
        Values::Float32(values) => floats!(|row: usize| values[row], f32::NAN),
        Values::Float64(values) => floats!(|row: usize| values[row], f64::NAN),
        Values::Null(_) | Values::Text(_) => nulls(output_type, rows),
        _ => {
            let mut product = 1i128;
            checked("cumprod", rows, output_type, |row| match integer(input, row) {
                None => Some(None),
                Some(value) => {
                    product = product.checked_mul(value)?;
                    Some(Some(product))
                }
            })?
        }
    })
}
