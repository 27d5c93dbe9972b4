//! Sorting by counting, for keys of a narrow range.

use super::{Key, Map};

/// A range of keys: `lowest`, and how many from there on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range<K> {
    /// The lowest key.
    pub lowest: K,
    /// Number of keys, at least one.
    pub size: usize,
}

/// Ranges of up to this many keys are counted in several tables, as equal keys would wait for each other.
const SHORT: usize = 1 << 11;

/// Tables of a short range.
const TABLES: usize = 4;

impl<K: Key> Range<K> {
    /// The range that probably holds all keys of which `sample` are some: theirs and a little more.
    pub fn around(sample: &[K]) -> Option<Self> {
        let (low, high) = (*sample.iter().min()?, *sample.iter().max()?);
        let spare = high.above(low).number() / 16 + 16;
        let lowest = K::ZERO.plus(low.number().saturating_sub(spare));
        let highest = high.number().saturating_add(spare).min(K::HIGHEST.number());
        let size = usize::try_from(highest - lowest.number()).ok()?.checked_add(1)?;
        Some(Self { lowest, size })
    }

    /// Counters that [`count`] needs.
    pub fn counters(&self) -> usize {
        if self.size <= SHORT { TABLES * (self.size + 1) } else { self.size + 1 }
    }
}

/// Counts the keys that `map` gives for `bits`, fewer than 2^32 in all, into `counts`: the count of the key `lowest + i` is
/// the sum of the elements `i`, `i + size + 1`, .. Returns whether all were in the range; if not, what was counted means
/// nothing.
///
/// # Panics
/// If `counts` has not [`Range::counters`] elements.
pub fn count<K: Key>(bits: &[K], map: &Map<K>, range: Range<K>, counts: &mut [u32]) -> bool {
    assert!(counts.len() == range.counters(), "a counter for each key");
    let outside = range.size;
    let place = |bits: K| {
        let above = map.key(bits).above(range.lowest).number();
        above.min(outside as u64) as usize
    };
    if range.size <= SHORT {
        let (first, more) = counts.split_at_mut(range.size + 1);
        let (second, more) = more.split_at_mut(range.size + 1);
        let (third, fourth) = more.split_at_mut(range.size + 1);
        let (fours, rest) = bits.as_chunks::<TABLES>();
        for [a, b, c, d] in fours {
            first[place(*a)] += 1;
            second[place(*b)] += 1;
            third[place(*c)] += 1;
            fourth[place(*d)] += 1;
        }
        for bits in rest {
            first[place(*bits)] += 1;
        }
    } else {
        for bits in bits {
            counts[place(*bits)] += 1;
        }
    }
    counts.iter().skip(outside).step_by(range.size + 1).all(|count| *count == 0)
}

/// Writes the values of the sorted keys from index `start` on, of which `ends[i]` are at most `lowest + i`.
///
/// # Panics
/// If there are not as many.
pub fn fill<K: Key>(values: &mut [K], start: usize, ends: &[u64], map: &Map<K>, lowest: K) {
    let mut index = ends.partition_point(|end| *end <= start as u64);
    let mut to = 0;
    while to < values.len() {
        let end = (ends[index] - start as u64).min(values.len() as u64) as usize;
        values[to..end].fill(map.bits(lowest.plus(index as u64)));
        to = end;
        index += 1;
    }
}
