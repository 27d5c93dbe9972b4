//! Counts of small whole numbers, by number; sums of weights by number.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use arrcalc_datasets::{Column, Values};
use arrcalc_kernels::distinct::{Restore, count};
use arrcalc_kernels::group::{GroupSums, SumWindow, WindowSums};
use arrcalc_kernels::order::{Span, span};

use super::pieces::{PIECE_ROWS, each, for_each};
use crate::Scope;
use crate::error::{Error, Result};

/// What the memory is for, in messages.
const WHAT: &str = "a cell for each number";

/// Bytes of a number's exact sum.
const SUM_BYTES: usize = 32;

/// Bytes of a number's sum in a window.
const WINDOW_SUM_BYTES: usize = 16;

/// Numbers whose exact sums leave the second-level cache: a smaller sum for each is worth a guess.
const MANY: usize = 1 << 14;

/// Weights that the window is guessed from.
const SAMPLE: usize = 4096;

/// Rows whose numbers are made at once.
const BLOCK_ROWS: usize = 4096;

/// How often each of `0..` occurs in `column`, up to the highest value, at least `length_min` of them. Nulls are not
/// counted.
///
/// Cost: two passes; a count of 4 bytes a thread for each number up to the highest.
///
/// # Errors
/// [`Error::Request`] for negative values and values that are not whole numbers; the memory budget, which a high value
/// soon passes; cancelling; the deadline.
///
/// # Examples
/// ```
/// use arrcalc::datasets::{Column, Values};
///
/// let column = Column { values: Values::Int32(&[1, 1, 4]), validity: None };
/// let counts = arrcalc::Engine::new().scoped(|scope| arrcalc::order::bincount(scope, &column, 0))?;
/// assert_eq!(counts, [0, 2, 0, 0, 1]);
/// # Ok::<(), arrcalc::Error>(())
/// ```
pub fn bincount(scope: &Scope<'_>, column: &Column<'_>, length_min: usize) -> Result<Vec<u64>> {
    let work = Work { scope, column, length_min };
    match column.values {
        Values::Int8(values) => work.count(values),
        Values::Int16(values) => work.count(values),
        Values::Int32(values) => work.count(values),
        Values::Int64(values) => work.count(values),
        Values::UInt8(values) => work.count(values),
        Values::UInt16(values) => work.count(values),
        Values::UInt32(values) => work.count(values),
        Values::UInt64(values) => work.count(values),
        _ => Err(not_whole()),
    }
}

/// The exact sum of `weights` over the rows where `column` is `0`, `1`, ..., each rounded once; as long as
/// [`bincount`]'s answer. Rows where `column` is null are left out.
///
/// Cost: two passes, three where the weights of very many numbers are not of similar size; some 32 bytes a thread for each
/// number up to the highest.
///
/// # Errors
/// As [`bincount`].
///
/// # Panics
/// If there is not one weight for each row.
pub fn bincount_weighted(
    scope: &Scope<'_>,
    column: &Column<'_>,
    weights: &[f64],
    length_min: usize,
) -> Result<Vec<f64>> {
    assert!(weights.len() == column.values.len(), "a weight for each row");
    let work = Work { scope, column, length_min };
    match column.values {
        Values::Int8(values) => work.weigh(values, weights),
        Values::Int16(values) => work.weigh(values, weights),
        Values::Int32(values) => work.weigh(values, weights),
        Values::Int64(values) => work.weigh(values, weights),
        Values::UInt8(values) => work.weigh(values, weights),
        Values::UInt16(values) => work.weigh(values, weights),
        Values::UInt32(values) => work.weigh(values, weights),
        Values::UInt64(values) => work.weigh(values, weights),
        _ => Err(not_whole()),
    }
}

fn not_whole() -> Error {
    Error::Request { reason: "bincount is of whole numbers".into() }
}

struct Work<'s> {
    scope: &'s Scope<'s>,
    column: &'s Column<'s>,
    length_min: usize,
}

impl Work<'_> {
    /// The number of bins.
    fn bins<T: Restore + Default>(&self, values: &[T]) -> Result<usize> {
        let level = self.scope.level();
        let validity = |at: usize, rows| self.column.validity.map(|bits| bits.slice(at * PIECE_ROWS, rows));
        let spans = for_each(self.scope, values.chunks(PIECE_ROWS).enumerate().collect(), |(at, piece)| {
            span(level, piece, validity(at, piece.len()))
        })?;
        let all = spans.into_iter().fold(Span::EMPTY, Span::merge);
        let zero = T::default().ordered();
        if all.lowest > all.highest {
            return Ok(self.length_min);
        }
        if all.lowest < zero {
            let reason = format!("bincount is of numbers from 0 on, not of -{}", zero - all.lowest);
            return Err(Error::Request { reason });
        }
        let bins = usize::try_from(all.highest - zero).unwrap_or(usize::MAX).saturating_add(1);
        Ok(bins.max(self.length_min))
    }

    /// Does `work` on a part of the rows for each thread, each with `bytes` for each of `bins`.
    fn parts<R: Send>(
        &self,
        bins: usize,
        bytes: usize,
        work: impl Fn(Range<usize>) -> R + Sync,
    ) -> Result<Vec<R>> {
        let rows = self.column.values.len();
        let threads = if rows < PIECE_ROWS { 1 } else { self.scope.threads() };
        let step = rows.div_ceil(threads).max(1);
        let parts: Vec<Range<usize>> =
            (0..rows).step_by(step).map(|start| start..rows.min(start + step)).collect();
        let table_bytes = (bins as u64).saturating_mul((bytes * parts.len() + 8) as u64);
        let _tables = self.scope.budget().reserve(WHAT, table_bytes)?;
        for_each(self.scope, parts, work)
    }

    fn is_valid(&self, row: usize) -> bool {
        self.column.validity.is_none_or(|bits| bits.get(row))
    }

    fn count<T: Restore + Default>(&self, values: &[T]) -> Result<Vec<u64>> {
        let bins = self.bins(values)?;
        let (level, zero) = (self.scope.level(), T::default().ordered());
        let tables = self.parts(bins, 8, |rows| {
            let mut total = vec![0u64; bins];
            let mut counts = vec![0u32; bins];
            // So many at a time that no count passes 32 bits.
            for start in rows.clone().step_by(u32::MAX as usize) {
                let part = start..rows.end.min(start + u32::MAX as usize);
                if self.column.validity.is_none() {
                    count(level, &values[part], zero, &mut counts);
                } else {
                    let valid = part.filter(|&row| self.is_valid(row));
                    valid.for_each(|row| counts[(values[row].ordered() - zero) as usize] += 1);
                }
                total.iter_mut().zip(&counts).for_each(|(total, &count)| *total += u64::from(count));
                counts.fill(0);
            }
            total
        })?;
        let sum = tables.into_iter().reduce(|mut sum, counts| {
            sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
            sum
        });
        Ok(sum.unwrap_or_else(|| vec![0; bins]))
    }

    fn weigh<T: Restore + Default>(&self, values: &[T], weights: &[f64]) -> Result<Vec<f64>> {
        let bins = self.bins(values)?;
        if u32::try_from(bins).is_err() {
            let reason = format!("sums of weights are of fewer than 2^32 numbers, not of {bins}");
            return Err(Error::Request { reason });
        }
        let some: Vec<f64> = weights.iter().step_by(weights.len().div_ceil(SAMPLE).max(1)).copied().collect();
        let window = SumWindow::around(&some, weights.len()).filter(|_| bins >= MANY);
        let found = window.map(|window| self.weigh_in(window, bins, values, weights)).transpose()?.flatten();
        if let Some(sums) = found {
            return Ok(sums);
        }
        let level = self.scope.level();
        let sums = self.parts(bins, SUM_BYTES, |rows| {
            let mut sums = GroupSums::new();
            sums.resize(bins);
            self.blocks(values, weights, rows, |bins, weights| {
                sums.update_f64(level, bins, weights);
                true
            });
            sums
        })?;
        let same: Vec<u32> = (0..bins as u32).collect();
        let sum = sums.into_iter().reduce(|mut sum, other| {
            sum.merge(&other, &same);
            sum
        });
        let Some(sum) = sum else { return Ok(vec![0.0; bins]) };
        let read = |bin: u32| match sum.fast_sum(bin) {
            Some(found) => found,
            None if sum.count(bin) == 0 => 0.0,
            None => sum.power_sums(bin).sum(),
        };
        Ok(same.into_iter().map(read).collect())
    }

    /// The sums, if all weights fit `window`.
    fn weigh_in<T: Restore + Default>(
        &self,
        window: SumWindow,
        bins: usize,
        values: &[T],
        weights: &[f64],
    ) -> Result<Option<Vec<f64>>> {
        let level = self.scope.level();
        let all_fit = AtomicBool::new(true);
        let parts = self.parts(bins, WINDOW_SUM_BYTES, |rows| {
            let mut sums = WindowSums::new(window, bins);
            let fit = self.blocks(values, weights, rows, |bins, weights| {
                all_fit.load(Relaxed) && sums.update(level, bins, weights)
            });
            if !fit {
                all_fit.store(false, Relaxed);
            }
            sums
        })?;
        if !all_fit.into_inner() {
            return Ok(None);
        }
        let mut answer = vec![0.0; bins];
        each(self.scope, answer.chunks_mut(PIECE_ROWS), |index, piece| {
            let start = index * PIECE_ROWS;
            for (bin, sum) in (start..).zip(piece) {
                *sum = window.round(parts.iter().map(|part| part.units()[bin]).sum());
            }
            Ok(())
        })?;
        Ok(Some(answer))
    }

    /// Gives `add` the numbers and weights of `rows`, some at a time, while it returns true; tells whether it always did.
    fn blocks<T: Restore + Default>(
        &self,
        values: &[T],
        weights: &[f64],
        rows: Range<usize>,
        mut add: impl FnMut(&[u32], &[f64]) -> bool,
    ) -> bool {
        let zero = T::default().ordered();
        let bin = |value: &T| (value.ordered() - zero) as u32;
        let (mut bins, mut valid) = (Vec::with_capacity(BLOCK_ROWS), Vec::with_capacity(BLOCK_ROWS));
        rows.clone().step_by(BLOCK_ROWS).all(|start| {
            let block = start..rows.end.min(start + BLOCK_ROWS);
            bins.clear();
            if self.column.validity.is_none() {
                bins.extend(values[block.clone()].iter().map(bin));
                return add(&bins, &weights[block]);
            }
            valid.clear();
            for row in block.filter(|&row| self.is_valid(row)) {
                bins.push(bin(&values[row]));
                valid.push(weights[row]);
            }
            add(&bins, &valid)
        })
    }
}
