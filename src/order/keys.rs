//! Sorting of keys, what every sort comes down to: in place, on all threads.
//!
//! All threads partition the keys around one pivot, then exchange what stands on the wrong side; the two parts are
//! partitioned again, each by one thread, until there are several parts a thread, which are then sorted one by one (the
//! first step is that of Tsigas and Zhang, "A Simple, Fast Parallel Implementation of Quicksort", 2003, without their
//! waiting). Equal keys cannot be told apart, so the result does not depend on who did what.

use arrcalc_kernels::sort::{self, Key};

use super::sort::pieces::for_each;
use crate::Scope;
use crate::error::Result;

/// Fewer keys are sorted by the calling thread: it takes as long to wake another.
const SEQUENTIAL_KEYS: usize = 32_768;

/// Parts that each thread should find, so that the last ones even out.
const PARTS_PER_THREAD: usize = 8;

/// Keys exchanged at a time.
const EXCHANGE_KEYS: usize = 1 << 16;

/// Keys that belong next to each other, none of them below `lowest`.
struct Part<'k, K> {
    keys: &'k mut [K],
    lowest: Option<K>,
}

/// Sorts `keys` in ascending order, on all threads of `scope`, in place.
///
/// Cost: `O(n log n)`, whatever the keys; less where few are distinct.
///
/// # Errors
/// Cancelling; the deadline. The keys are then in no particular order.
pub(crate) fn sort_keys<K: Key>(scope: &Scope<'_>, keys: &mut [K]) -> Result<()> {
    scope.check()?;
    let level = scope.level();
    if keys.len() < SEQUENTIAL_KEYS {
        sort::sort(level, keys);
        return Ok(());
    }
    let target = (keys.len() / (scope.threads() * PARTS_PER_THREAD)).max(SEQUENTIAL_KEYS / 2);
    let rounds = 2 * (keys.len() / target).ilog2() + 4;
    let mut parts = vec![Part { keys, lowest: None }];
    for _ in 0..rounds {
        let (large, small): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| part.keys.len() > target);
        parts = small;
        if large.is_empty() {
            break;
        }
        if large.len() < scope.threads() {
            for part in large {
                parts.extend(split(scope, part, |keys, pivot| partition_together(scope, keys, pivot))?);
            }
        } else {
            let alone = |part| split(scope, part, |keys, pivot| Ok(sort::partition(level, keys, pivot)));
            for halves in for_each(scope, large, alone)? {
                parts.extend(halves?);
            }
        }
    }
    parts.sort_by_key(|part| std::cmp::Reverse(part.keys.len()));
    for_each(scope, parts, |part| sort::sort_from(level, part.keys, part.lowest))?;
    Ok(())
}

/// What is left to sort of `part` after one partition.
fn split<'k, K: Key>(
    scope: &Scope<'_>,
    part: Part<'k, K>,
    partition: impl Fn(&mut [K], K) -> Result<usize>,
) -> Result<Vec<Part<'k, K>>> {
    let Part { keys, lowest } = part;
    let pivot = sort::pivot(scope.level(), keys);
    if lowest == Some(pivot) {
        // All keys below the next one are equal.
        let Some(next) = pivot.next() else { return Ok(Vec::new()) };
        let equal = partition(keys, next)?;
        return Ok(vec![Part { keys: &mut keys[equal..], lowest: Some(next) }]);
    }
    let below = partition(keys, pivot)?;
    let (left, right) = keys.split_at_mut(below);
    Ok(vec![Part { keys: left, lowest }, Part { keys: right, lowest: Some(pivot) }])
}

/// [`sort::partition`] by all threads: each a stretch of its own, then what is on the wrong side is exchanged.
fn partition_together<K: Key>(scope: &Scope<'_>, keys: &mut [K], pivot: K) -> Result<usize> {
    let level = scope.level();
    let stretch = keys.len().div_ceil(scope.threads());
    let below =
        for_each(scope, keys.chunks_mut(stretch).collect(), |keys| sort::partition(level, keys, pivot))?;
    let boundary = below.iter().sum();
    let (left, right) = keys.split_at_mut(boundary);
    let starts = (0..below.len()).map(|index| index * stretch);
    let above = starts.clone().zip(&below).map(|(start, below)| (start + below, start + stretch));
    let mut highs = ranges(left, 0, above);
    let mut lows = ranges(right, boundary, starts.zip(&below).map(|(start, below)| (start, start + below)));
    let mut exchanges = Vec::new();
    while let (Some(high), Some(low)) = (highs.pop(), lows.pop()) {
        let count = high.len().min(low.len()).min(EXCHANGE_KEYS);
        let (high, high_rest) = high.split_at_mut(count);
        let (low, low_rest) = low.split_at_mut(count);
        exchanges.push((high, low));
        highs.extend((!high_rest.is_empty()).then_some(high_rest));
        lows.extend((!low_rest.is_empty()).then_some(low_rest));
    }
    for_each(scope, exchanges, |(high, low)| high.swap_with_slice(low))?;
    Ok(boundary)
}

/// The ascending `ranges` as far as they lie in `keys`, which begin at index `start`.
fn ranges<K>(
    mut keys: &mut [K],
    mut start: usize,
    ranges: impl Iterator<Item = (usize, usize)>,
) -> Vec<&mut [K]> {
    let mut found = Vec::new();
    for (from, to) in ranges {
        let end = start + keys.len();
        let (from, to) = (from.clamp(start, end), to.clamp(start, end));
        if from < to {
            let (_, rest) = keys.split_at_mut(from - start);
            let (range, rest) = rest.split_at_mut(to - from);
            found.push(range);
            (keys, start) = (rest, to);
        }
    }
    found
}
