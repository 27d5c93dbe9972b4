//! Sorting of keys, what every sort comes down to: in place, on all threads.
//!
//! All threads partition the keys around one pivot, then exchange what stands on the wrong side; the two parts are
//! partitioned again, each by one thread, until there are several parts a thread, which are then sorted one by one (the
//! first step is that of Tsigas and Zhang, "A Simple, Fast Parallel Implementation of Quicksort", 2003, without their
//! waiting). Equal keys cannot be told apart, so the result does not depend on who did what.

use arrcalc_kernels::sort::{self, Key, Map, Order, Part};

use super::pieces::for_each;
use super::sort::order::order;
use crate::Scope;
use crate::error::Result;

/// Fewer keys are sorted by the calling thread: it takes as long to wake another.
pub(super) const SEQUENTIAL_KEYS: usize = 1 << 15;

/// Fewer keys are partitioned by one thread.
const PARTITIONED_KEYS: usize = 1 << 17;

/// Parts that each thread should find, so that the last ones even out.
const PARTS_PER_THREAD: usize = 8;

/// Fewer keys are cut into half as many parts, as each round of cuts waits for the slowest thread.
const MANY_KEYS: usize = 1 << 20;

/// Keys exchanged at a time.
const EXCHANGE_KEYS: usize = 1 << 16;

/// Sorts `keys` in ascending order, on all threads of `scope`, in place.
///
/// Cost: `O(n log n)`, whatever the keys; one pass where they are in order already, or in reverse.
///
/// # Errors
/// Cancelling; the deadline. The keys are then in no particular order.
pub(crate) fn sort_keys<K: Key>(scope: &Scope<'_>, keys: &mut [K]) -> Result<()> {
    scope.check()?;
    match order(scope, keys, &Map::IDENTITY)? {
        Order::Ascending | Order::Equal => {}
        Order::Descending => keys.reverse(),
        Order::None => sort_parts(scope, vec![Part { keys, lowest: None }], &Map::IDENTITY)?,
    }
    Ok(())
}

/// Sorts the keys of each of `parts`, and makes values of them again.
///
/// # Errors
/// As [`sort_keys`].
pub(super) fn sort_parts<K: Key>(scope: &Scope<'_>, mut parts: Vec<Part<'_, K>>, map: &Map<K>) -> Result<()> {
    let level = scope.level();
    let count: usize = parts.iter().map(|part| part.keys.len()).sum();
    if count < SEQUENTIAL_KEYS {
        parts.into_iter().for_each(|part| sort::sort_part(level, part, map));
        return Ok(());
    }
    let parts_per_thread = if count < MANY_KEYS { PARTS_PER_THREAD / 2 } else { PARTS_PER_THREAD };
    let target = (count / (scope.threads() * parts_per_thread)).max(SEQUENTIAL_KEYS / 2);
    for _ in 0..2 * (count / target).ilog2() + 4 {
        let (large, small): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| part.keys.len() > target);
        parts = small;
        if large.is_empty() {
            break;
        }
        if large.len() < scope.threads() {
            for part in large {
                let together = |keys: &mut [K], pivot| partition_together(scope, keys, pivot);
                parts.extend(split(scope, part, map, together)?);
            }
        } else {
            let alone = |keys: &mut [K], pivot| Ok(sort::partition(level, keys, pivot));
            for halves in for_each(scope, large, |part| split(scope, part, map, alone))? {
                parts.extend(halves?);
            }
        }
    }
    parts.sort_by_key(|part| std::cmp::Reverse(part.keys.len()));
    for_each(scope, parts, |part| sort::sort_part(level, part, map))?;
    Ok(())
}

/// What is left to sort of `part` after one partition.
fn split<'k, K: Key>(
    scope: &Scope<'_>,
    part: Part<'k, K>,
    map: &Map<K>,
    partition: impl Fn(&mut [K], K) -> Result<usize>,
) -> Result<Vec<Part<'k, K>>> {
    let Part { keys, lowest } = part;
    let pivot = sort::pivot(scope.level(), keys, &Map::IDENTITY);
    if lowest == Some(pivot) {
        // All keys below the next one are equal.
        let next = pivot.next();
        let equal = next.map_or(Ok(keys.len()), |next| partition(keys, next))?;
        let (equal, rest) = keys.split_at_mut(equal);
        let mut parts = vec![Part { keys: rest, lowest: next }];
        if *map != Map::IDENTITY {
            // They are in order, and have yet to become values.
            let pieces = equal.chunks_mut(SEQUENTIAL_KEYS / 2);
            parts.extend(pieces.map(|keys| Part { keys, lowest: Some(pivot) }));
        }
        return Ok(parts);
    }
    let below = partition(keys, pivot)?;
    let (left, right) = keys.split_at_mut(below);
    Ok(vec![Part { keys: left, lowest }, Part { keys: right, lowest: Some(pivot) }])
}

/// [`sort::partition`], by all threads where that pays.
///
/// # Errors
/// As [`sort_keys`].
pub(super) fn partition_by<K: Key>(scope: &Scope<'_>, keys: &mut [K], pivot: K) -> Result<usize> {
    scope.check()?;
    if scope.threads() == 1 || keys.len() < PARTITIONED_KEYS {
        return Ok(sort::partition(scope.level(), keys, pivot));
    }
    partition_together(scope, keys, pivot)
}

/// [`sort::partition`] by all threads.
fn partition_together<K: Key>(scope: &Scope<'_>, keys: &mut [K], pivot: K) -> Result<usize> {
    let stretch = stretch(scope, keys.len());
    let level = scope.level();
    let below =
        for_each(scope, keys.chunks_mut(stretch).collect(), |keys| sort::partition(level, keys, pivot))?;
    exchange(scope, keys, &below, stretch)
}

/// Keys of which each thread partitions as many.
pub(super) fn stretch(scope: &Scope<'_>, count: usize) -> usize {
    count.div_ceil(scope.threads()).max(1)
}

/// Of each `stretch` keys the first of `below` are below the pivot: exchanges keys until all of those are in front, and
/// returns their number.
///
/// # Errors
/// As [`sort_keys`].
pub(super) fn exchange<K: Key>(
    scope: &Scope<'_>,
    keys: &mut [K],
    below: &[usize],
    stretch: usize,
) -> Result<usize> {
    let boundary = below.iter().sum();
    let (left, right) = keys.split_at_mut(boundary);
    let starts = (0..below.len()).map(|index| index * stretch);
    let above = starts.clone().zip(below).map(|(start, below)| (start + below, start + stretch));
    let mut highs = ranges(left, 0, above);
    let mut lows = ranges(right, boundary, starts.zip(below).map(|(start, below)| (start, start + below)));
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
