//! Least and greatest values: cumulative and over windows. Everything is done on integers in the order wanted.

use arrcalc_kernels::window::{Missing, Windows, least_of_windows};

use super::floats::Sample;
use super::pieces::{each_piece, piece_rows};
use crate::Scope;
use crate::error::Result;

/// Which end of the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The least value.
    Least,
    /// The greatest value.
    Greatest,
}

/// What stands for a row that is not there: never less than a value.
pub(super) const ABSENT: i64 = i64::MAX;

/// What stands for NaN: less than everything.
const NAN_KEY: i64 = i64::MIN;

impl End {
    /// An integer that is the less the sooner `value` is wanted.
    pub(super) fn key_of_float(self, value: f64, missing: Missing) -> i64 {
        if missing.holds(value) {
            return ABSENT;
        }
        if value.is_nan() {
            return NAN_KEY;
        }
        let bits = value.to_bits() as i64;
        self.key(bits ^ ((bits >> 63) as u64 >> 1) as i64)
    }

    /// The float of such an integer.
    pub(super) fn float_of_key(self, key: i64) -> f64 {
        if key == NAN_KEY {
            return f64::NAN;
        }
        let key = self.key(key);
        f64::from_bits((key ^ ((key >> 63) as u64 >> 1) as i64) as u64)
    }

    /// The same for integers; it is its own inverse.
    pub(super) fn key(self, value: i64) -> i64 {
        match self {
            End::Least => value,
            End::Greatest => !value,
        }
    }

    /// The same for wide integers.
    pub(super) fn wide_key(self, value: i128) -> i128 {
        match self {
            End::Least => value,
            End::Greatest => !value,
        }
    }
}

/// `out[i]` is the least or greatest value of the window that ends at row `i`; NaN where it holds too few values.
///
/// Special values: a NaN that is not missing makes results NaN while it is in the window; -0.0 is below 0.0.
/// Cost: some comparisons a row, whatever the width.
///
/// # Errors
/// Cancelling; the deadline.
///
/// # Panics
/// If the lengths differ, or the windows have no width, or one of zero.
pub fn moving_extremum<T: Sample>(
    scope: &Scope<'_>,
    end: End,
    windows: &Windows,
    values: &[T],
    out: &mut [T],
) -> Result<()> {
    assert!(values.len() == out.len(), "a result for each row");
    let key = |row: usize| end.key_of_float(values[row].wide(), windows.missing);
    let has_missing = windows.missing != Missing::Nothing;
    let is_there = |row: usize| !has_missing || !windows.missing.holds(values[row].wide());
    least_keys(scope, windows, out, key, is_there, |key| {
        key.map_or(T::NAN, |key| T::nearest_of(end.float_of_key(key)))
    })
}

/// The least key of each window, `None` for too few values, as `result` makes of it.
pub(super) fn least_keys<K: Ord + Copy + Send, T: Send>(
    scope: &Scope<'_>,
    windows: &Windows,
    out: &mut [T],
    key: impl Fn(usize) -> K + Sync,
    is_there: impl Fn(usize) -> bool + Sync,
    result: impl Fn(Option<K>) -> T + Sync,
) -> Result<()> {
    let width = windows.width.map_or(usize::MAX, |width| width.min(out.len().max(1)));
    each_piece(scope, out, piece_rows(width), |start, out, _| {
        if out.is_empty() {
            return Ok(());
        }
        let first = start.saturating_sub(width);
        let keys: Vec<K> = (first..start + out.len()).map(&key).collect();
        let mut least = keys[start - first..].to_vec();
        least_of_windows(&keys, width, start - first, &mut least);
        let mut count = (first..start).filter(|&row| is_there(row)).count();
        for (place, (out, least)) in out.iter_mut().zip(least).enumerate() {
            let row = start + place;
            count += usize::from(is_there(row));
            if row >= width {
                count -= usize::from(is_there(row - width));
            }
            *out = result((count >= windows.min_count.max(1)).then_some(least));
        }
        Ok(())
    })
}

/// The least or greatest value up to each row; from the first NaN on, NaN. With [`Missing::Nan`], NaNs are skipped, and
/// their own results are NaN.
///
/// # Panics
/// If the lengths differ.
pub fn cumulative_extremum<T: Sample>(end: End, missing: Missing, values: &[T], out: &mut [T]) {
    assert!(values.len() == out.len(), "a result for each row");
    let mut least = ABSENT;
    for (out, value) in out.iter_mut().zip(values) {
        let key = end.key_of_float(value.wide(), missing);
        least = least.min(key);
        let is_there = missing == Missing::Nothing || !missing.holds(value.wide());
        *out = if is_there { T::nearest_of(end.float_of_key(least)) } else { T::NAN };
    }
}

/// As [`cumulative_extremum`] for integers.
///
/// # Panics
/// If the lengths differ.
pub fn cumulative_extremum_of_integers<T: Ord + Copy>(end: End, values: &[T], out: &mut [T]) {
    assert!(values.len() == out.len(), "a result for each row");
    let mut last = None;
    for (value, out) in values.iter().zip(out) {
        let next = last.map_or(*value, |last: T| match end {
            End::Least => last.min(*value),
            End::Greatest => last.max(*value),
        });
        (*out, last) = (next, Some(next));
    }
}
