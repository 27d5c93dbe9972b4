//! Integers that lie close together, as codes, years and small counts do: a count for each that there could be. Nothing
//! is hashed and no place is searched for, so that no branch depends on a value.

use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::level::Level;
use crate::order_key::OrderKey;

/// Counts: 128 KiB, of which the caches see those that occur. Fewer than a set may have values.
const PLACES: usize = 1 << 14;
const _: () = assert!(PLACES < super::set::EXACT_LIMIT);

/// A window of the order, and how often each of its values was seen.
#[derive(Clone, Debug)]
pub(super) struct Near {
    /// Key of the first place.
    low: u64,
    counts: Vec<u64>,
}

impl Near {
    /// A window with room around `keys` on both sides; `None` where they are too far apart for that, or none.
    pub(super) fn around(keys: impl Iterator<Item = u64>) -> Option<Self> {
        let (low, high) = keys.fold((u64::MAX, 0), |(low, high), key| (low.min(key), high.max(key)));
        let span = high.checked_sub(low).filter(|&span| span < PLACES as u64 / 2)?;
        let before = (PLACES as u64 - span) / 2;
        Some(Self { low: low.saturating_sub(before), counts: vec![0; PLACES] })
    }

    /// Adds `count` to a value's, if it has a place.
    pub(super) fn add(&mut self, key: u64, count: u64) -> bool {
        match self.counts.get_mut(key.wrapping_sub(self.low) as usize) {
            Some(place) => {
                *place += count;
                true
            }
            None => false,
        }
    }

    /// Counts `values` up to the first that has no place; returns how many those are.
    pub(super) fn update<T: OrderKey>(&mut self, level: Level, values: &[T]) -> usize {
        level.run(Count { near: self, values })
    }

    /// Keys and counts of the values seen, in increasing order.
    pub(super) fn entries(&self) -> impl Iterator<Item = (u64, u64)> {
        let seen = self.counts.iter().enumerate().filter(|(_, count)| **count > 0);
        // Only what has a key was ever counted, so that none of these wraps.
        seen.map(|(at, &count)| (self.low.wrapping_add(at as u64), count))
    }

    /// Number of values seen.
    pub(super) fn len(&self) -> usize {
        self.counts.iter().filter(|&&count| count > 0).count()
    }

    /// Bytes held on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        size_of_val(&self.counts[..])
    }
}

struct Count<'a, T> {
    near: &'a mut Near,
    values: &'a [T],
}

impl<T: OrderKey> Kernel for Count<'_, T> {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> usize {
        let Count { near, values } = self;
        let Ok(counts) = <&mut [u64; PLACES]>::try_from(&mut near.counts[..]) else { return 0 };
        for (at, value) in values.iter().enumerate() {
            let Some(count) = counts.get_mut(value.key().wrapping_sub(near.low) as usize) else { return at };
            *count += 1;
        }
        values.len()
    }
}
