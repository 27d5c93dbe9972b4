//! Quicksort: pivots are medians of samples, equal keys are set aside, what partitions badly is left to a sort that
//! does not depend on luck.
//!
//! Equal keys as in Peters, "Pattern-defeating Quicksort" (2021), section 3: a pivot that is the lowest key possible
//! splits off all keys equal to it, which then need no sorting.

use super::{Key, Map};
use crate::Level;

/// Keys of which the one in the middle is the pivot.
const SAMPLES: [usize; 2] = [63, 511];

/// From these lengths on a sample pays, and a larger one.
const LENGTHS: [usize; 2] = [4096, 1 << 17];

/// Keys that become values again at a time: they are still in the first-level cache.
const RESTORED_KEYS: usize = 4096;

/// Keys that belong next to each other.
#[derive(Debug)]
pub struct Part<'k, K> {
    /// The keys.
    pub keys: &'k mut [K],
    /// A key that none of them is below, if one is known.
    pub lowest: Option<K>,
}

/// Sorts the keys of `part` in ascending order and makes values of them again.
///
/// Cost: `O(n log n)`, whatever the keys; less where few are distinct.
pub fn sort_part<K: Key>(level: Level, part: Part<'_, K>, map: &Map<K>) {
    let Part { keys, lowest } = part;
    if K::few_max(level) == 0 {
        keys.sort_unstable();
        return map.restore(level, keys);
    }
    // A partition at the middle of a sample rarely leaves more than three quarters on one side.
    let depth = 2 * (keys.len().max(1).ilog2() + 2);
    sort_above(level, keys, lowest, depth, map);
}

/// With room for `depth` more bad pivots.
fn sort_above<K: Key>(level: Level, mut keys: &mut [K], mut lowest: Option<K>, mut depth: u32, map: &Map<K>) {
    while keys.len() > RESTORED_KEYS {
        if depth == 0 {
            keys.sort_unstable();
            return map.restore(level, keys);
        }
        depth -= 1;
        let pivot = pivot(level, keys, &Map::IDENTITY);
        if lowest == Some(pivot) {
            let next = pivot.next();
            let equal = next.map_or(keys.len(), |next| K::partition(level, keys, next));
            let (equal, rest) = keys.split_at_mut(equal);
            map.restore(level, equal);
            (keys, lowest) = (rest, next);
        } else {
            let below = K::partition(level, keys, pivot);
            let (left, right) = keys.split_at_mut(below);
            sort_above(level, left, lowest, depth, map);
            (keys, lowest) = (right, Some(pivot));
        }
    }
    sort_below(level, keys, lowest, depth);
    map.restore(level, keys);
}

/// As [`sort_above`], for keys that stay keys.
fn sort_below<K: Key>(level: Level, mut keys: &mut [K], mut lowest: Option<K>, mut depth: u32) {
    while keys.len() > K::few_max(level) {
        if depth == 0 {
            return keys.sort_unstable();
        }
        depth -= 1;
        let pivot = pivot(level, keys, &Map::IDENTITY);
        if lowest == Some(pivot) {
            let Some(next) = pivot.next() else { return };
            let equal = K::partition(level, keys, next);
            (keys, lowest) = (&mut keys[equal..], Some(next));
        } else {
            let below = K::partition(level, keys, pivot);
            let (left, right) = keys.split_at_mut(below);
            sort_below(level, left, lowest, depth);
            (keys, lowest) = (right, Some(pivot));
        }
    }
    K::sort_few(level, keys);
}

/// A key near the middle of those that `map` gives for `bits`: the median of a sample.
///
/// # Panics
/// If there are none.
pub fn pivot<K: Key>(level: Level, bits: &[K], map: &Map<K>) -> K {
    if bits.len() < LENGTHS[0] {
        return ninther(bits, map);
    }
    let size = SAMPLES[usize::from(bits.len() >= LENGTHS[1])];
    let mut taken = [K::ZERO; SAMPLES[1]];
    let taken = &mut taken[..size];
    sample(bits, map, taken);
    if size <= K::few_max(level) {
        K::sort_few(level, taken);
    } else {
        taken.sort_unstable();
    }
    taken[size / 2]
}

/// The median of three medians of three keys (Tukey's ninther), for slices that a better pivot would not repay.
fn ninther<K: Key>(bits: &[K], map: &Map<K>) -> K {
    let (last, step) = (bits.len() - 1, (bits.len() - 1) / 8);
    let key = |place: usize| map.key(bits[(place * step).min(last)]);
    let median = |a: K, b: K, c: K| a.min(b).max(a.max(b).min(c));
    median(median(key(0), key(3), key(6)), median(key(1), key(4), key(7)), median(key(2), key(5), key(8)))
}

/// Some of the keys that `map` gives for `bits`, from places that depend on their number only.
///
/// # Panics
/// If there are none.
pub fn sample<K: Key>(bits: &[K], map: &Map<K>, taken: &mut [K]) {
    // Places a step apart, each moved by less than a step: regular patterns do not meet them.
    let step = bits.len() / taken.len();
    let mut random = bits.len() as u64;
    for (index, key) in taken.iter_mut().enumerate() {
        random = random.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x2545_f491_4f6c_dd1d);
        let jitter = ((random >> 32) * step as u64) >> 32;
        *key = map.key(bits[(index * step + jitter as usize).min(bits.len() - 1)]);
    }
}
