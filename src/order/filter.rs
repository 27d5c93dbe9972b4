//! Values chosen by a comparison or a mask, in one pass.
//!
//! Pieces are handed out in order. Whoever has counted the chosen rows of its piece takes its part of the output as soon
//! as the piece before it has taken its own, and moves the values while they are still in its cache: a scan in one pass
//! as D. Merrill's and M. Garland's "decoupled look-back", where here only the piece before is looked at.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use arrcalc_datasets::{Executor, Values};
use arrcalc_kernels::search::{Packable, count_ones, pack};

use super::compare::{Comparison, Test};
use super::pieces::SEQUENTIAL;
use super::thresholds::{Number, Searched};
use super::types::{by_type, not_numbers};
use crate::Scope;
use crate::error::{Error, Result};

/// Rows of a piece: its values stay in a core's cache from the count to the move.
const PIECE_ROWS: usize = 32_768;

/// Writes those of `values` for whose row `tested comparison number` is true to the front of `out`, in order; returns
/// how many.
///
/// Comparisons with NaN are IEEE's; numbers of different types are compared by their exact values. `values` may be the
/// tested ones, by their bits.
///
/// Cost: one pass at the speed of memory over what is read and what is written. Nothing is written behind the chosen
/// values, so that memory there which nobody has touched stays so.
///
/// # Errors
/// [`Error::Request`] for what is no numbers, if there is not one value a row, or if `out` has not a place for each;
/// cancelling; the deadline.
///
/// # Examples
/// ```
/// use arrcalc::{Engine, datasets::Values, order};
///
/// let (ages, names) = ([31, 17, 45], [1u32, 2, 3]);
/// let (comparison, number) = (order::Comparison::Greater, order::Number::Integer(18));
/// let mut grown = [0; 3];
/// let count = Engine::new().scoped(|scope| {
///     order::filter(scope, Values::Int32(&ages), comparison, number, &names, &mut grown)
/// })?;
/// assert_eq!(count, 2);
/// assert_eq!(grown[..2], [1, 3]);
/// # Ok::<(), arrcalc::Error>(())
/// ```
pub fn filter<W: Packable + Send + Sync>(
    scope: &Scope<'_>,
    tested: Values<'_>,
    comparison: Comparison,
    number: Number,
    values: &[W],
    out: &mut [W],
) -> Result<usize> {
    scope.check()?;
    let rows = tested.len();
    if values.len() != rows || out.len() != rows {
        let reason = format!("{} values and {} places for {rows} rows", values.len(), out.len());
        return Err(Error::Request { reason });
    }
    by_type!(tested, tested => chosen(scope, tested, Test::new(comparison, number), values, out), _ => Err(not_numbers()))
}

/// How long a turn is waited for before asking whether the work was stopped.
const PATIENCE: Duration = Duration::from_micros(200);

/// Places that no piece has taken yet.
struct Rest<'o, W> {
    out: &'o mut [W],
    /// The piece whose turn it is.
    turn: usize,
    taken: usize,
}

fn chosen<T: Searched + PartialOrd, W: Packable + Send + Sync>(
    scope: &Scope<'_>,
    tested: &[T],
    test: Test<T>,
    values: &[W],
    out: &mut [W],
) -> Result<usize> {
    let level = scope.level();
    let count = tested.len().div_ceil(PIECE_ROWS);
    let rest = Mutex::new(Rest { out, turn: 0, taken: 0 });
    let moved_on = Condvar::new();
    let next = AtomicUsize::new(0);
    let stopped = AtomicBool::new(false);
    // The part of the output for `chosen` values of `piece`; `None` once the work is stopped.
    let part = |piece: usize, chosen: usize| {
        let mut rest = rest.lock().unwrap_or_else(PoisonError::into_inner);
        while rest.turn != piece {
            if stopped.load(Relaxed) {
                return None;
            }
            // The one before is counting still, or has just been put aside by the system.
            rest = moved_on.wait_timeout(rest, PATIENCE).unwrap_or_else(PoisonError::into_inner).0;
        }
        let (part, behind) = std::mem::take(&mut rest.out).split_at_mut(chosen);
        rest.out = behind;
        rest.turn += 1;
        rest.taken += chosen;
        drop(rest);
        moved_on.notify_all();
        Some(part)
    };
    let work = |_: usize| {
        // Whoever leaves early, for whatever reason, must not be waited for.
        let leaving = Leaving(&stopped);
        let mut words = [0u64; PIECE_ROWS / 64];
        loop {
            let piece = next.fetch_add(1, Relaxed);
            if piece >= count {
                break;
            }
            if stopped.load(Relaxed) || scope.check().is_err() {
                return;
            }
            let start = piece * PIECE_ROWS;
            let end = tested.len().min(start + PIECE_ROWS);
            let words = &mut words[..(end - start).div_ceil(64)];
            test.mark(level, &tested[start..end], words);
            let Some(part) = part(piece, count_ones(level, words) as usize) else { return };
            pack(level, &values[start..end], words, part);
        }
        std::mem::forget(leaving);
    };
    let threads = if tested.len() < SEQUENTIAL { 1 } else { scope.threads().min(count) };
    Executor::run(scope, threads, &work);
    scope.check()?;
    Ok(rest.into_inner().unwrap_or_else(PoisonError::into_inner).taken)
}

/// Says that the work is stopped when it is dropped.
struct Leaving<'s>(&'s AtomicBool);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CancelToken, Engine};

    #[test]
    fn the_chosen_values_stand_in_order_whoever_moved_them() {
        for rows in [0usize, 1, 64, 16_383, 16_384, 32_768, 32_769, 300_001] {
            let tested: Vec<i32> = (0..rows as i32).map(|row| row.wrapping_mul(7919) % 1000).collect();
            let values: Vec<u64> = (0..rows as u64).collect();
            for bound in [-2000, 0, 700, 2000] {
                let expected: Vec<u64> =
                    values.iter().copied().filter(|&row| tested[row as usize] > bound).collect();
                for threads in [1, 2, 5] {
                    let engine = Engine::builder().threads(threads).build();
                    let mut out = vec![u64::MAX; rows];
                    let number = Number::Integer(bound.into());
                    let filter = |scope: &Scope<'_>| {
                        filter(scope, Values::Int32(&tested), Comparison::Greater, number, &values, &mut out)
                    };
                    let count = engine.scoped(filter).unwrap();
                    assert_eq!(out[..count], expected);
                    assert!(out[count..].iter().all(|&place| place == u64::MAX), "nothing is written behind");
                }
            }
        }
    }

    #[test]
    fn a_cancelled_filter_ends() {
        let (token, values) = (CancelToken::new(), vec![1u64; 1 << 20]);
        let engine = Engine::builder().threads(2).cancel_token(token.clone()).build();
        let mut out = values.clone();
        let stopped = engine.scoped(|scope| {
            token.cancel();
            filter(scope, Values::UInt64(&values), Comparison::Equal, Number::Integer(1), &values, &mut out)
        });
        assert!(stopped.is_err());
    }
}
