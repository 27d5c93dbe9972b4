//! Quicksort: pivots are medians of samples, equal keys are set aside, what partitions badly is left to a sort that
//! does not depend on luck.
//!
//! Equal keys as in Peters, "Pattern-defeating Quicksort" (2021), section 3: a pivot that is the lowest key possible
//! splits off all keys equal to it, which then need no sorting.

use super::Key;
use crate::Level;

/// Keys of which one in the middle is the pivot: more for longer slices.
const SAMPLE_FEW: usize = 9;
const SAMPLE_MANY: usize = 63;

/// From this length on the larger sample pays.
const MANY: usize = 2048;

/// As [`super::sort`], where no key is below `lowest`.
pub fn sort_from<K: Key>(level: Level, keys: &mut [K], lowest: Option<K>) {
    sort(level, keys, lowest);
}

pub(super) fn sort<K: Key>(level: Level, keys: &mut [K], lowest: Option<K>) {
    if K::few_max(level) == 0 {
        return keys.sort_unstable();
    }
    // A partition at the middle of a sample rarely leaves more than three quarters on one side.
    let depth = 2 * (keys.len().max(1).ilog2() + 2);
    sort_within(level, keys, lowest, depth);
}

fn sort_within<K: Key>(level: Level, mut keys: &mut [K], mut lowest: Option<K>, mut depth: u32) {
    loop {
        if keys.len() <= K::few_max(level) {
            return K::sort_few(level, keys);
        }
        if depth == 0 {
            return keys.sort_unstable();
        }
        depth -= 1;
        let pivot = pivot(level, keys);
        if lowest == Some(pivot) {
            let Some(next) = pivot.next() else { return };
            let equal = K::partition(level, keys, next);
            keys = &mut keys[equal..];
            lowest = Some(next);
            continue;
        }
        let below = K::partition(level, keys, pivot);
        let (left, right) = keys.split_at_mut(below);
        sort_within(level, left, lowest, depth);
        keys = right;
        lowest = Some(pivot);
    }
}

/// A key near the middle of `keys` in the order of keys: the median of a sample that depends on their number only.
///
/// # Panics
/// If there are none.
pub fn pivot<K: Key>(level: Level, keys: &[K]) -> K {
    let mut sample = [keys[0]; SAMPLE_MANY];
    let sample = if keys.len() < MANY { &mut sample[..SAMPLE_FEW] } else { &mut sample[..] };
    // Places one step apart, each moved by less than a step: regular patterns do not meet them.
    let step = keys.len() / sample.len();
    let mut random = keys.len() as u64;
    for (index, key) in sample.iter_mut().enumerate() {
        random = random.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x2545_f491_4f6c_dd1d);
        let jitter = ((random >> 32) * step as u64 >> 32) as usize;
        *key = keys[(index * step + jitter).min(keys.len() - 1)];
    }
    if sample.len() <= K::few_max(level) {
        K::sort_few(level, sample);
    } else {
        sample.sort_unstable();
    }
    sample[sample.len() / 2]
}
