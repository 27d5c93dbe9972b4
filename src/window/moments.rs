//! Exact sums, means, variances and deviations: cumulative and over windows.

use std::sync::{Mutex, PoisonError};

use arrcalc_kernels::exact::PowerSums;
use arrcalc_kernels::window::{self, Missing, Settled, Statistic, Windows};

use super::floats::{Floats, Sample};
use super::pieces::{each_piece, piece_rows};
use crate::Scope;
use crate::error::Result;

/// Rows of a chunk of a running sum.
const CHUNK_ROWS: usize = 1 << 16;

/// `out[i]` is `statistic` of the window that ends at row `i`, exact and rounded once; NaN where it holds too few values.
///
/// Special values: a NaN that is not missing makes results NaN while it is in the window, as do infinities of both
/// signs. Cost: one pass, whatever the width.
///
/// # Errors
/// Cancelling; the deadline.
///
/// # Panics
/// If the lengths differ, or the windows have a width of zero.
pub fn moving<T: Sample>(
    scope: &Scope<'_>,
    statistic: Statistic,
    windows: &Windows,
    values: &[T],
    out: &mut [T],
) -> Result<()> {
    moving_floats(scope, statistic, windows, &T::floats(values), out, T::NAN)
}

/// As [`moving`], of any numbers.
pub(super) fn moving_floats<T: Settled>(
    scope: &Scope<'_>,
    statistic: Statistic,
    windows: &Windows,
    values: &Floats<'_>,
    out: &mut [T],
    missing: T,
) -> Result<()> {
    assert!(values.len() == out.len(), "a result for each row");
    let width = windows.width.map_or(usize::MAX, |width| width.min(out.len().max(1)));
    let windows = Windows { width: Some(windows.width.unwrap_or(width)), ..*windows };
    each_piece(scope, out, piece_rows(width), |start, out, kept| {
        let first = start.saturating_sub(width);
        let rows = values.rows(first..start + out.len(), kept);
        window::moments(scope.level(), statistic, &windows, rows, start - first, out, missing);
        Ok(())
    })
}

/// `out[i]` is the sum of the values up to row `i`, exact and rounded once.
///
/// Special values: from the first NaN on, NaN; infinities as IEEE 754 adds them. A sum of nothing but `-0.0` is `-0.0`.
/// With [`Missing::Nan`], a NaN adds nothing, and its own result is NaN. Cost: one pass, and one more over all rows but
/// the last thread's where there are several.
///
/// # Errors
/// Cancelling; the deadline.
///
/// # Panics
/// If the lengths differ.
pub fn cumulative_sum<T: Sample>(
    scope: &Scope<'_>,
    missing: Missing,
    values: &[T],
    out: &mut [T],
) -> Result<()> {
    cumulative_floats(scope, missing, &T::floats(values), out, T::NAN)
}

/// As [`cumulative_sum`], of any numbers.
pub(super) fn cumulative_floats<T: Settled>(
    scope: &Scope<'_>,
    missing: Missing,
    values: &Floats<'_>,
    out: &mut [T],
    no_result: T,
) -> Result<()> {
    assert!(values.len() == out.len(), "a result for each row");
    let windows = Windows::cumulative(missing);
    let level = scope.level();
    // A piece a thread, cut in chunks: only what stands before a piece is summed beforehand.
    let chunks = out.len().div_ceil(CHUNK_ROWS);
    let piece = chunks.div_ceil(scope.threads()).max(1) * CHUNK_ROWS;
    let last_piece = out.len().saturating_sub(1) / piece * piece;
    let totals: Vec<Mutex<PowerSums<1>>> =
        (0..last_piece / piece).map(|_| Mutex::new(PowerSums::new())).collect();
    scope.fold(last_piece / CHUNK_ROWS, <(Vec<f64>, Vec<f64>)>::default, |(kept, there), chunk| {
        let rows = chunk * CHUNK_ROWS..(chunk + 1) * CHUNK_ROWS;
        let start = rows.start;
        let mut values = values.rows(rows, kept);
        if missing != Missing::Nothing {
            there.clear();
            there.extend(values.iter().filter(|&&value| !missing.holds(value)));
            values = there;
        }
        let mut sum = PowerSums::new();
        sum.update_f64(level, values);
        totals[start / piece].lock().unwrap_or_else(PoisonError::into_inner).merge(&sum);
        Ok(())
    })?;
    let mut before = vec![PowerSums::<1>::new()];
    for total in totals {
        let mut sum = total.into_inner().unwrap_or_else(PoisonError::into_inner);
        sum.merge(&before[before.len() - 1]);
        before.push(sum);
    }
    each_piece(scope, out, piece, |start, out, kept| {
        let mut sum = before[start / piece].clone();
        for (index, out) in out.chunks_mut(CHUNK_ROWS).enumerate() {
            scope.check()?;
            let start = start + index * CHUNK_ROWS;
            let rows = values.rows(start..start + out.len(), kept);
            sum = window::cumulative_sums(level, &windows, sum, rows, out, no_result);
        }
        Ok(())
    })
}

/// `out[i]` is how many values of the window that ends at row `i` are not NaN.
///
/// # Panics
/// If the lengths differ.
pub fn moving_count<T: Sample>(width: usize, values: &[T], out: &mut [i64]) {
    assert!(values.len() == out.len(), "a result for each row");
    let mut count = 0;
    for (row, out) in out.iter_mut().enumerate() {
        count += i64::from(!values[row].wide().is_nan());
        if row >= width {
            count -= i64::from(!values[row - width].wide().is_nan());
        }
        *out = count;
    }
}
