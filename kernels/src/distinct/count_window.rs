//! Integers that lie in a window of their order, counted: whatever does not depend on rows follows from the counts.
//!
//! A value is a place in a table, as in counting sort's first half (Seward 1954; Knuth 1998, section 5.2): one addition
//! in place of hashing, of multiplying powers, of comparing with extrema and of choosing buckets. Extrema, order
//! statistics, distinct values and sums of powers are then read from as many counts as the window has places, however
//! many values there were.

use super::hash::HashValue;
use super::set::{DistinctSet, EXACT_LIMIT};
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::level::Level;
use crate::order_key::OrderKey;

/// Most places: 6 MiB of counts, which take about a nanosecond a value where they lie in the third-level cache.
const MOST_PLACES: u64 = 3 << 19;
/// Values of a cache line.
const LINE: usize = 8;
/// Far enough for memory to answer, near enough to stay in the cache.
const AHEAD_BYTES: usize = 4096;
/// Values hashed at once.
const PART: usize = 1024;

/// Counts of the values whose keys lie in a window.
#[derive(Clone, Debug)]
pub struct CountWindow {
    /// Key of the first place.
    low: u64,
    counts: Vec<u32>,
    /// Values counted; no count is above it.
    taken: u64,
}

/// Where a window lies: the key of its first place, and the number of its places.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WindowPlan {
    low: u64,
    places: usize,
}

impl WindowPlan {
    /// A window around `values` with some room on both sides; `None` for floats, of no values, and where they lie too
    /// far apart.
    pub fn around<T: OrderKey>(values: &[T]) -> Option<Self> {
        let keys = values.iter().map(|value| value.key());
        let (low, high) = keys.fold((u64::MAX, 0), |(low, high), key| (low.min(key), high.max(key)));
        let span = high.checked_sub(low).filter(|&span| !T::IS_FLOAT && span < MOST_PLACES)?;
        let room = span / 8 + 8;
        let first = low.saturating_sub(room);
        let places = high.saturating_add(room) - first + 1;
        (places <= MOST_PLACES).then_some(Self { low: first, places: places as usize })
    }

    /// Bytes of the counts.
    pub fn bytes(&self) -> u64 {
        size_of::<u32>() as u64 * self.places as u64
    }

    /// The number of places.
    pub fn places(&self) -> usize {
        self.places
    }
}

impl CountWindow {
    /// No values yet.
    pub fn new(plan: &WindowPlan) -> Self {
        Self { low: plan.low, counts: vec![0; plan.places], taken: 0 }
    }

    /// Counts `values` up to the first that has no place; returns how many: none, where a count might not hold
    /// them all.
    pub fn update<T: OrderKey>(&mut self, level: Level, values: &[T]) -> usize {
        if self.taken + values.len() as u64 > u64::from(u32::MAX) {
            return 0;
        }
        let taken = level.run(Count { low: self.low, counts: &mut self.counts, values });
        self.taken += taken as u64;
        taken
    }

    /// Takes in what `other` has counted; false, and nothing is changed, where the windows differ or a count might not
    /// hold it.
    pub fn merge(&mut self, other: &Self) -> bool {
        let fits = self.low == other.low
            && self.counts.len() == other.counts.len()
            && self.taken + other.taken <= u64::from(u32::MAX);
        if fits {
            self.counts.iter_mut().zip(&other.counts).for_each(|(mine, theirs)| *mine += theirs);
            self.taken += other.taken;
        }
        fits
    }

    /// Number of values.
    pub fn len(&self) -> u64 {
        self.taken
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.taken == 0
    }

    /// The places from the lowest value to the highest: the lowest value, and how often it and each that follows it
    /// occurs; `None` of no values.
    pub fn dense<T: OrderKey>(&self) -> Option<(T, &[u32])> {
        let first = self.counts.iter().position(|&count| count > 0)?;
        let last = self.counts.iter().rposition(|&count| count > 0)?;
        // Only what has a key was ever counted, so that this does not wrap.
        Some((T::from_key(self.low.wrapping_add(first as u64)), &self.counts[first..=last]))
    }

    /// The values in increasing order, with their counts.
    pub fn entries<T: OrderKey>(&self) -> impl Iterator<Item = (T, u64)> + '_ {
        let seen = (0u64..).zip(&self.counts).filter(|(_, count)| **count > 0);
        seen.map(|(at, &count)| (T::from_key(self.low.wrapping_add(at)), u64::from(count)))
    }

    /// Number of values below `value`.
    pub fn below<T: OrderKey>(&self, value: T) -> u64 {
        let places = value.key().saturating_sub(self.low).min(self.counts.len() as u64);
        self.counts[..places as usize].iter().map(|&count| u64::from(count)).sum()
    }

    /// The values at `ranks` of the sorted order, which must increase; as many as there are.
    pub fn at_ranks<T: OrderKey>(&self, ranks: &[u64]) -> Vec<(u64, T)> {
        let mut ranks = ranks.iter().copied().peekable();
        let mut found = Vec::new();
        let mut below = 0;
        for (value, count) in self.entries::<T>() {
            below += count;
            while let Some(rank) = ranks.next_if(|&rank| rank < below) {
                found.push((rank, value));
            }
            if ranks.peek().is_none() {
                break;
            }
        }
        found
    }

    /// The set of distinct values: what taking in each value as often as it occurs would give.
    pub fn distinct<T: HashValue>(&self, level: Level) -> DistinctSet<T> {
        let distinct = self.counts.iter().filter(|&&count| count > 0).count();
        if distinct < EXACT_LIMIT {
            let entries: Vec<(T, u64)> = self.entries().collect();
            return DistinctSet::from_exact(0, &entries).unwrap_or_default();
        }
        let mut set = DistinctSet::from_registers(0, super::registers::Registers::new());
        let mut part = Vec::with_capacity(PART);
        let mut entries = self.entries::<T>().map(|(value, _)| value);
        loop {
            part.clear();
            part.extend(entries.by_ref().take(PART));
            if part.is_empty() {
                return set;
            }
            set.update(level, &part);
        }
    }
}

struct Count<'a, T> {
    low: u64,
    counts: &'a mut [u32],
    values: &'a [T],
}

impl<T: OrderKey> Kernel for Count<'_, T> {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> usize {
        let Count { low, counts, values } = self;
        for (line, group) in values.chunks(LINE).enumerate() {
            simd.prefetch_beyond(&group[0], AHEAD_BYTES);
            for (at, value) in group.iter().enumerate() {
                let place = usize::try_from(value.key().wrapping_sub(low)).ok();
                let Some(count) = place.and_then(|place| counts.get_mut(place)) else {
                    return line * LINE + at;
                };
                *count += 1;
            }
        }
        values.len()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn stream(len: u64, spread: u64) -> impl Iterator<Item = i64> {
        (0..len).map(move |row| {
            ((row ^ row >> 7).wrapping_mul(0xD6E8_FEB8_6659_FD93) >> 20) as i64 % spread as i64
        })
    }

    #[test]
    fn counts_are_those_of_an_ordered_map_and_sets_those_of_the_values() {
        for level in Level::available() {
            for (spread, offset) in
                [(1, i64::MAX), (1, i64::MIN), (900, -450), (70_000, 1 << 40), (200_000, i64::MAX - 200_000)]
            {
                let values: Vec<i64> =
                    stream(150_000, spread).map(|value| offset.wrapping_add(value)).collect();
                let plan = WindowPlan::around(&values).expect("they lie close together");
                let mut window = CountWindow::new(&plan);
                let (head, tail) = values.split_at(70_001);
                let mut other = CountWindow::new(&plan);
                head.chunks(777).for_each(|part| assert_eq!(window.update(level, part), part.len()));
                assert_eq!(other.update(level, tail), tail.len());
                assert!(window.merge(&other));
                let mut expected = BTreeMap::<i64, u64>::new();
                values.iter().for_each(|&value| *expected.entry(value).or_default() += 1);
                assert!(window.entries::<i64>().eq(expected.iter().map(|(value, count)| (*value, *count))));
                assert_eq!(window.len(), values.len() as u64);
                let (low, counts) = window.dense::<i64>().expect("values");
                assert_eq!(low, *values.iter().min().expect("values"));
                assert_eq!(counts.len() as u64, values.iter().max().expect("values").abs_diff(low) + 1);
                let mut set = DistinctSet::new();
                set.update(level, &values);
                assert_eq!(window.distinct::<i64>(level), set);
                let mut sorted = values.clone();
                sorted.sort_unstable();
                for value in [i64::MIN, sorted[0], sorted[75_000], sorted[149_999], i64::MAX] {
                    let below = sorted.partition_point(|&other| other < value);
                    assert_eq!(window.below(value), below as u64);
                }
                let ranks = [0, 1, 74_999, 75_000, 149_999];
                let found = window.at_ranks::<i64>(&ranks);
                assert!(found.iter().copied().eq(ranks.iter().map(|&rank| (rank, sorted[rank as usize]))));
            }
        }
    }

    #[test]
    fn a_value_without_a_place_ends_the_count() {
        let plan = WindowPlan::around(&[5u64, 100]).expect("close together");
        for level in Level::available() {
            let mut window = CountWindow::new(&plan);
            assert_eq!(window.update(level, &[5u64, 7, 0, 119, 9]), 5);
            assert_eq!(window.update(level, &[7u64, 1 << 40, 7]), 1);
            assert_eq!(window.update(level, &[u64::MAX]), 0);
            assert_eq!(
                window.entries::<u64>().collect::<Vec<_>>(),
                [(0, 1), (5, 1), (7, 2), (9, 1), (119, 1)]
            );
            let elsewhere = CountWindow::new(&WindowPlan::around(&[600u64, 700]).expect("close together"));
            assert!(!window.merge(&elsewhere));
        }
        assert_eq!(WindowPlan::around(&[0u64, 1 << 40]), None);
        assert_eq!(WindowPlan::around::<u64>(&[]), None);
        assert_eq!(WindowPlan::around(&[1.0, 1.0]), None);
        let edge = WindowPlan::around(&[i64::MAX, i64::MAX - 1]).expect("close together");
        assert_eq!(CountWindow::new(&edge).update(Level::detect(), &[i64::MAX, i64::MIN]), 1);
    }
}
