//! Means and variances of integers that no float holds exactly.

use arrcalc_datasets::{Column, Values, text};
use arrcalc_kernels::exact::PowerSums;
use arrcalc_kernels::window::{Statistic, Windows};

use crate::Scope;
use crate::answer::{OwnedColumn, Scalar};
use crate::error::Result;

/// Integers beyond this are not all floats.
const EXACT: u64 = 1 << 53;

/// The statistic over windows of 64-bit integers, where one of them is beyond 2^53; `None` where floats do.
///
/// Cost: some hundred nanoseconds a row.
pub(super) fn moments(
    scope: &Scope<'_>,
    statistic: Statistic,
    windows: &Windows,
    input: &Column<'_>,
) -> Result<Option<OwnedColumn>> {
    let value = |row: usize| -> i128 {
        match input.values {
            Values::Int64(values) => values[row].into(),
            Values::UInt64(values) => values[row].into(),
            _ => 0,
        }
    };
    let is_wide = match input.values {
        Values::Int64(values) => values.iter().any(|value| value.unsigned_abs() > EXACT),
        Values::UInt64(values) => values.iter().any(|value| *value > EXACT),
        _ => false,
    };
    if !is_wide {
        return Ok(None);
    }
    let width = windows.width.unwrap_or(usize::MAX);
    let mut state = PowerSums::<2>::new();
    let mut results = OwnedColumn::new(&arrcalc_datasets::DataType::Float64);
    for row in 0..input.values.len() {
        if row.is_multiple_of(1 << 16) {
            scope.check()?;
        }
        if !text::is_null(input, row) {
            state.update_i128(value(row));
        }
        if row >= width && !text::is_null(input, row - width) {
            let mut gone = PowerSums::new();
            gone.update_i128(value(row - width));
            // What is taken out had been taken in.
            let _ = state.subtract(&gone);
        }
        let result = match statistic {
            Statistic::Sum => Some(state.sum()),
            Statistic::Mean => state.mean(),
            Statistic::Variance { ddof } => state.variance(ddof),
            Statistic::Deviation { ddof } => state.std(ddof),
        };
        let result = result.filter(|_| state.count() >= windows.min_count as u64);
        results.push(&result.map_or(Scalar::Null, Scalar::Float64));
    }
    Ok(Some(results))
}
