//! Partition: values that a sort would put at some places, without the sort.
//!
//! Among few values quickselect (Hoare, "Find", 1961) with the partition and the pivots of the sort finds those at the
//! places; what partitions badly is sorted. Where it leaves the others depends on the instructions and threads at hand.
//! Among many, counting finds them (see `ranked`). Then all are dealt out, in the order in which they came.

use std::ops::Range;

use arrcalc_kernels::sort::{self, Key, Map, Value};

use super::words::{PIECE_VALUES, apply, sort_words_to};
use crate::Scope;
use crate::error::Result;
use crate::order::keys::partition_by;
use crate::order::pieces::for_each;
use crate::order::ranked::{BLOCK_ROWS, codes_at};

/// Fewer keys are sorted.
const SORTED_KEYS: usize = 1024;

/// From so many keys on, the keys at the places are found by counting, without a copy of all.
const COUNTED_KEYS: usize = 1 << 17;

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
    let pivots = if bits.len() < COUNTED_KEYS {
        out.copy_from_slice(bits);
        let numbers = apply(scope, out, &map)?;
        // The places of NaNs are settled.
        let places = &places[..places.partition_point(|place| *place < numbers)];
        let depth = 2 * (numbers.max(1).ilog2() + 2);
        select(scope, &mut out[..numbers], places, depth)?;
        let mut pivots: Vec<T::Key> = places.iter().map(|place| out[*place]).collect();
        pivots.dedup();
        pivots
    } else {
        counted(scope, bits, places, &map)?
    };
    deal(scope, bits, out, &pivots, &map)
}

/// The keys at `places`, but for NaNs.
fn counted<K: Key>(scope: &Scope<'_>, bits: &[K], places: &[usize], map: &Map<K>) -> Result<Vec<K>> {
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let level = scope.level();
    let codes = |rows: Range<usize>, codes: &mut [u64]| {
        let mut keys = [K::ZERO; BLOCK_ROWS];
        let keys = &mut keys[..rows.len()];
        keys.copy_from_slice(&bits[rows]);
        let are_numbers = map.apply(level, keys);
        for (code, &key) in codes.iter_mut().zip(&*keys) {
            *code = key.number();
        }
        if !are_numbers {
            let nans = codes.iter_mut().zip(keys).filter(|(_, key)| !map.is_number(**key));
            nans.for_each(|(code, _)| *code = u64::MAX);
        }
    };
    let found = codes_at(scope, bits.len(), codes, places)?;
    Ok(found.into_iter().map(|code| K::ZERO.plus(code)).filter(|&key| map.is_number(key)).collect())
}

/// Writes `bits` to `out`: those below the first of the ascending `pivots`, those equal to it, those between it and the
/// second, and so on, and NaNs last; in each of these segments in the order in which they come.
fn deal<K: Key>(scope: &Scope<'_>, bits: &[K], out: &mut [K], pivots: &[K], map: &Map<K>) -> Result<()> {
    let level = scope.level();
    let nans = 2 * pivots.len() + 1;
    let segment = |bits: K| -> usize {
        let key = map.key(bits);
        let place = |pivot: &K| usize::from(key >= *pivot) + usize::from(key > *pivot);
        if map.is_number(key) { pivots.iter().map(place).sum() } else { nans }
    };
    let pieces: Vec<&[K]> = bits.chunks(PIECE_VALUES).collect();
    let counts = for_each(scope, pieces.clone(), |piece| match pivots {
        [pivot] => sort::sides(level, piece, map, *pivot).to_vec(),
        _ => {
            let mut counts = vec![0; nans + 1];
            piece.iter().for_each(|bits| counts[segment(*bits)] += 1);
            counts
        }
    })?;
    let mut places: Vec<(&[K], Vec<&mut [K]>)> =
        pieces.into_iter().map(|piece| (piece, Vec::new())).collect();
    let mut rest = out;
    for segment in 0..=nans {
        for ((_, places), counts) in places.iter_mut().zip(&counts) {
            let (place, later) = rest.split_at_mut(counts[segment]);
            places.push(place);
            rest = later;
        }
    }
    for_each(scope, places, |(piece, mut places)| match (pivots, &mut places[..]) {
        ([pivot], [below, equal, above, nans]) => {
            sort::deal(level, piece, map, *pivot, [below, equal, above, nans]);
        }
        _ => {
            let mut ends = vec![0; nans + 1];
            for bits in piece {
                let segment = segment(*bits);
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
