//! Rows that may still be among the first of an order, when so many are known already that reach a bar.

use arrcalc_datasets::Column;
use arrcalc_kernels::Level;
use arrcalc_kernels::order::{Orderable, Side, candidates};

use super::key::SortKey;
use super::moved::Number;
use super::with_numbers::with_numbers;

/// The rows of `key` that stand before the one value of `bar` in its order, or beside it; `None` where the others cannot be
/// told quickly, and all may.
pub(crate) fn rows_reaching(level: Level, key: &SortKey<'_>, bar: &Column<'_>) -> Option<Vec<usize>> {
    if key.column.validity.is_some() || bar.validity.is_some() {
        return None;
    }
    with_numbers!(key.column.values, values => reaching(level, values, key.descending, bar), None)
}

fn reaching<T: Number + Orderable>(
    level: Level,
    values: &[T],
    descending: bool,
    bar: &Column<'_>,
) -> Option<Vec<usize>> {
    let &[bar] = T::slice(&bar.values)? else { return None };
    // Everything stands before a NaN.
    if T::NAN == Some(bar.ordered()) {
        return None;
    }
    let side = if descending { Side::AboveOrEqual } else { Side::BelowOrEqual };
    let mut rows = Vec::new();
    candidates(level, values, side, bar, &mut |row| {
        rows.push(row);
        None
    });
    Some(rows)
}
