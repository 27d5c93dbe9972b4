//! Sums and products of integers, checked, cumulative and over windows, and products of floats.

use arrcalc_datasets::{Column, DataType, Values, text};

use super::columns::nulls;
use super::floats::Sample;
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
                let exact = next(row).ok_or_else(|| overflow(name, row, None, output_type))?;
                let result = match exact.map(<$type>::try_from) {
                    Some(Err(_)) => return Err(overflow(name, row, exact, output_type)),
                    fitting => fitting.and_then(|result| result.ok()),
                };
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

/// A 64-bit integer type of sums and products.
pub trait Total: Copy + Sync + Send {
    #[doc(hidden)]
    fn checked_sum(self, other: Self) -> Option<Self>;
    #[doc(hidden)]
    fn checked_product(self, other: Self) -> Option<Self>;
    #[doc(hidden)]
    fn wide(self) -> i128;
    #[doc(hidden)]
    const TYPE: DataType;
}

macro_rules! totals {
    ($($type:ty, $name:ident);*) => {$(
        impl Total for $type {
            fn checked_sum(self, other: Self) -> Option<Self> {
                self.checked_add(other)
            }
            fn checked_product(self, other: Self) -> Option<Self> {
                self.checked_mul(other)
            }
            fn wide(self) -> i128 {
                self.into()
            }
            const TYPE: DataType = DataType::$name;
        }
    )*};
}

totals!(i64, Int64; u64, UInt64);

/// `out[i]` is the sum of the integers up to `i`.
///
/// # Errors
/// [`crate::Error::Evaluation`] for the first sum that does not fit, with its row and no file.
///
/// # Panics
/// If the lengths differ.
pub fn cumulative_integers<T: Total>(values: &[T], out: &mut [T]) -> Result<()> {
    running("cumsum", values, out, T::checked_sum, i128::checked_add)
}

/// `out[i]` is the product of the integers up to `i`.
///
/// # Errors
/// As [`cumulative_integers`].
///
/// # Panics
/// If the lengths differ.
pub fn cumulative_integer_product<T: Total>(values: &[T], out: &mut [T]) -> Result<()> {
    running("cumprod", values, out, T::checked_product, i128::checked_mul)
}

fn running<T: Total>(
    name: &str,
    values: &[T],
    out: &mut [T],
    step: impl Fn(T, T) -> Option<T>,
    exact: impl Fn(i128, i128) -> Option<i128>,
) -> Result<()> {
    assert!(values.len() == out.len(), "a result for each row");
    let mut last = None;
    for (row, (value, out)) in values.iter().zip(out).enumerate() {
        let next = last.map_or(Some(*value), |last| step(last, *value));
        let next = next.ok_or_else(|| {
            let exact = exact(last.map_or(0, T::wide), value.wide());
            overflow(name, row, exact, &T::TYPE)
        })?;
        (*out, last) = (next, Some(next));
    }
    Ok(())
}

/// `out[i]` is the product of the values up to `i`, from the first on, rounded at each step in their own type; NaN is
/// the canonical one. The steps are as NumPy takes them: another grouping of the factors would round otherwise.
///
/// # Panics
/// If the lengths differ.
pub fn cumulative_product<T: Sample + std::ops::Mul<Output = T>>(values: &[T], out: &mut [T]) {
    assert!(values.len() == out.len(), "a result for each row");
    let mut last = None;
    for (value, out) in values.iter().zip(out) {
        let next = last.map_or(*value, |last: T| last * *value);
        *out = if next.wide().is_nan() { T::NAN } else { next };
        last = Some(next);
    }
}
