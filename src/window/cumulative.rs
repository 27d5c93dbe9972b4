//! Cumulative functions over columns of any type.

use arrcalc_datasets::{Column, DataType, Values, text};
use arrcalc_kernels::exact::PowerSums;

use super::row_function::overflow;
use crate::Scope;
use crate::answer::{BitVec, OwnedColumn, Scalar};
use crate::error::Result;

/// The exact sum up to each row, rounded once to `output_type`; a null stays one and adds nothing.
pub(super) fn sums(scope: &Scope<'_>, input: &Column<'_>, output_type: &DataType) -> Result<OwnedColumn> {
    let rows = input.values.len();
    macro_rules! integers {
        ($value:expr, $to:ty) => {{
            let mut sum = 0i128;
            let mut sums: Vec<$to> = vec![0; rows];
            for row in 0..rows {
                if !text::is_null(input, row) {
                    let next = sum.checked_add(i128::from($value(row)));
                    let fitting = next.and_then(|next| Some((next, <$to>::try_from(next).ok()?)));
                    (sum, sums[row]) = fitting.ok_or_else(|| overflow("cumsum", row, output_type))?;
                }
            }
            OwnedColumn::from(sums)
        }};
    }
    let column = match input.values {
        Values::Bool(bits) => integers!(|row| u8::from(bits.get(row)), i64),
        Values::Int8(values) => integers!(|row: usize| values[row], i64),
        Values::Int16(values) => integers!(|row: usize| values[row], i64),
        Values::Int32(values) => integers!(|row: usize| values[row], i64),
        Values::Int64(values) => integers!(|row: usize| values[row], i64),
        Values::UInt8(values) => integers!(|row: usize| values[row], u64),
        Values::UInt16(values) => integers!(|row: usize| values[row], u64),
        Values::UInt32(values) => integers!(|row: usize| values[row], u64),
        Values::UInt64(values) => integers!(|row: usize| values[row], u64),
        Values::Decimal128(values) => integers!(|row: usize| values[row], i128),
        Values::Float16(values) => OwnedColumn::from(narrow(scope, input, |row| values[row].to_f64())),
        Values::Float32(values) => OwnedColumn::from(narrow(scope, input, |row| values[row].into())),
        Values::Float64(values) => {
            let mut state = PowerSums::<1>::new();
            let mut sum = |row: usize| {
                if !text::is_null(input, row) {
                    state.update_f64(scope.level(), &values[row..=row]);
                }
                state.sum()
            };
            OwnedColumn::from((0..rows).map(&mut sum).collect::<Vec<f64>>())
        }
        Values::Null(_) | Values::Text(_) => {
            let mut nulls = OwnedColumn::new(output_type);
            (0..rows).for_each(|_| nulls.push(&Scalar::Null));
            return Ok(nulls);
        }
    };
    Ok(match &input.validity {
        Some(bits) => {
            let mut validity = BitVec::default();
            validity.extend(bits);
            column.with_validity(validity)
        }
        None => column,
    })
}

fn narrow(scope: &Scope<'_>, input: &Column<'_>, value: impl Fn(usize) -> f64) -> Vec<f32> {
    let mut state = PowerSums::<1>::new();
    let sum = |row: usize| {
        if !text::is_null(input, row) {
            state.update_f64(scope.level(), &[value(row)]);
        }
        state.read::<f32>().sum()
    };
    (0..input.values.len()).map(sum).collect()
}
