//! Partition: values that a sort would put at some places, without the sort.
//!
//! Quickselect (Hoare, "Find", 1961) with the partition and the pivots of the sort finds the values at the places; what
//! partitions badly is sorted. Where it leaves the others depends on the instructions and threads at hand, so they are
//! then dealt out again, in the order in which they came.

use arrcalc_kernels::sort::{self, Key, Map, Value};

use super::words::{PIECE_VALUES, apply, sort_words_to};
use crate::Scope;
use crate::error::Result;
use crate::order::keys::partition_by;
use crate::order::pieces::for_each;

/// Fewer keys are sorted.
const SORTED_KEYS: usize = 1024;

/// With more places a sort costs less.
const PLACES_MAX: usize = 32;

/// See [`super::partition_to`]; `places` ascend and are of values.
pub(super) fn partition_words_to<T: Value>(
    scope: &Scope<'_>,
    values: &[T],
    out: &mut [T],
    places: &[usize],
) -> Result<()> {
    if places.len() > PLACES_MAX {
        return sort_words_to(scope, values, out, false);
    }
    let map = T::map(false);
    let (bits, out) = (T::bits(values), T::bits_mut(out));
    scope.check()?;
    out.copy_from_slice(bits);
    let numbers = apply(scope, out, &map)?;
    // The places of NaNs are settled.
    let places = &places[..places.partition_point(|place| *place < numbers)];
    let depth = 2 * (numbers.max(1).ilog2() + 2);
    select(scope, &mut out[..numbers], places, depth)?;
    let mut pivots: Vec<T::Key> = places.iter().map(|place| out[*place]).collect();
    pivots.dedup();
    deal(scope, bits, &mut out[..numbers], &pivots, &map)
}

/// Writes the numbers among `bits` to `out`: those below the first of the ascending `pivots`, those equal to it, those
/// between it and the second, and so on; in each of these segments in the order in which they come.
fn deal<K: Key>(scope: &Scope<'_>, bits: &[K], out: &mut [K], pivots: &[K], map: &Map<K>) -> Result<()> {
    let segments = 2 * pivots.len() + 1;
    let segment = |key: K| -> usize {
        pivots.iter().map(|pivot| usize::from(key >= *pivot) + usize::from(key > *pivot)).sum()
    };
    let pieces: Vec<&[K]> = bits.chunks(PIECE_VALUES).collect();
    let counts = for_each(scope, pieces.clone(), |piece| {
        let mut counts = vec![0; segments];
        for bits in piece {
            let key = map.key(*bits);
            counts[segment(key)] += usize::from(map.is_number(key));
        }
        counts
    })?;
    let mut places: Vec<(&[K], Vec<&mut [K]>)> =
        pieces.into_iter().map(|piece| (piece, Vec::new())).collect();
    let mut rest = out;
    for segment in 0..segments {
        for ((_, places), counts) in places.iter_mut().zip(&counts) {
            let (place, later) = rest.split_at_mut(counts[segment]);
            places.push(place);
            rest = later;
        }
    }
    for_each(scope, places, |(piece, mut places)| {
        let mut ends = vec![0; segments];
        for bits in piece {
            let key = map.key(*bits);
            if map.is_number(key) {
                let segment = segment(key);
                places[segment][ends[segment]] = *bits;
                ends[segment] += 1;
            }
        }
    })?;
    Ok(())
}

/// Partitions `keys` at `places`, with room for `depth` more bad pivots.
fn select<K: Key>(scope: &Scope<'_>, mut keys: &mut [K], mut places: &[usize], mut depth: u32) -> Result<()> {
    let level = scope.level();
    let mut start = 0;
    let mut lowest = None;
    while !places.is_empty() {
        if keys.len() <= SORTED_KEYS || depth == 0 {
            sort::sort(level, keys);
            return Ok(());
        }
        depth -= 1;
        let pivot = sort::pivot(level, keys, &Map::IDENTITY);
        if lowest == Some(pivot) {
            let Some(next) = pivot.next() else { return Ok(()) };
            let equal = partition_by(scope, keys, next)?;
            (keys, start, lowest) = (&mut keys[equal..], start + equal, Some(next));
            places = &places[places.partition_point(|place| *place < start)..];
            continue;
        }
        let below = partition_by(scope, keys, pivot)?;
        let (left, right) = keys.split_at_mut(below);
        let (before, after) = places.split_at(places.partition_point(|place| *place < start + below));
        let before: Vec<usize> = before.iter().map(|place| place - start).collect();
        select(scope, left, &before, depth)?;
        (keys, places, start, lowest) = (right, after, start + below, Some(pivot));
    }
    Ok(())
}
