//! Medians, quantiles and ranks over windows.

use arrcalc_kernels::window::{self, OrderStatistic, Settled, Windows};

use super::floats::{Floats, Sample};
use super::pieces::{each_piece, piece_rows};
use crate::Scope;
use crate::error::Result;

/// `out[i]` is `statistic` of the window that ends at row `i`; NaN where it holds too few values.
///
/// Special values: a NaN that is not missing makes results NaN while it is in the window; -0.0 stands before 0.0, and
/// is equal to it where values are ranked. Cost: a sort of the rows in stretches, and a few steps a row.
///
/// # Errors
/// Cancelling; the deadline.
///
/// # Panics
/// If the lengths differ, or the windows have no width, or one of zero.
pub fn moving_order<T: Sample>(
    scope: &Scope<'_>,
    statistic: &OrderStatistic,
    windows: &Windows,
    values: &[T],
    out: &mut [T],
) -> Result<()> {
    order_of_floats(scope, statistic, windows, &T::floats(values), out, T::NAN)
}

/// As [`moving_order`], of any numbers.
pub(super) fn order_of_floats<T: Settled>(
    scope: &Scope<'_>,
    statistic: &OrderStatistic,
    windows: &Windows,
    values: &Floats<'_>,
    out: &mut [T],
    missing: T,
) -> Result<()> {
    assert!(values.len() == out.len(), "a result for each row");
    // A window wider than the column is the column.
    let width = windows.width.map_or(usize::MAX, |width| width.min(out.len().max(1)));
    let windows = Windows { width: windows.width.map(|_| width), ..*windows };
    each_piece(scope, out, piece_rows(width), |start, out, kept| {
        let first = start.saturating_sub(width);
        let rows = values.rows(first..start + out.len(), kept);
        window::order_statistics(statistic, &windows, rows, start - first, out, missing);
        Ok(())
    })
}
