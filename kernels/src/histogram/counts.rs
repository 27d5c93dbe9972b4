//! Counting into bins: by comparing with every edge while there are few, else by slots of blocks of values.
//!
//! Several tables are counted into in turn, because a count that was just written cannot be read again at once; they
//! are added when they are done.

use super::bins::{Bins, Comparison};
use super::slots::Slots;
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::level::Level;
use crate::order_key::OrderKey;

/// Up to this many bins every edge is compared with, where the bin can be guessed.
const FEW: usize = 8;
/// The same where it cannot.
const FEW_UNEVEN: usize = 16;
/// Elements compared with all edges, or whose slots are held, while they are in the first-level cache.
const BLOCK: usize = 1024;
/// Tables that are counted into in turn.
const TABLES: usize = 4;
/// Elements of a cache line.
const LINE: usize = 8;
/// Elements that are counted in 32 bits.
const PIECE: usize = 1 << 30;

/// Counts of values per bin. An exact mergeable state: merging adds.
#[derive(Clone, PartialEq, Debug)]
pub struct Histogram<T> {
    bins: Bins,
    thresholds: Vec<T>,
    slots: Slots<T>,
    counts: Vec<u64>,
    below: u64,
    above: u64,
    nan: u64,
}

impl<T: OrderKey> Histogram<T> {
    /// Empty counts for `bins`, with which values are compared exactly.
    pub fn new(bins: Bins) -> Self {
        Self::compared(bins, Comparison::Exact)
    }

    /// Empty counts for `bins`.
    pub fn compared(bins: Bins, comparison: Comparison) -> Self {
        let slots = Slots::new(&bins, comparison);
        let thresholds = bins.thresholds(comparison);
        Self { counts: vec![0; bins.len()], bins, thresholds, slots, below: 0, above: 0, nan: 0 }
    }

    /// The bins.
    pub fn bins(&self) -> &Bins {
        &self.bins
    }

    /// Values in each bin.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// Values below the first edge.
    pub fn below(&self) -> u64 {
        self.below
    }

    /// Values above the last edge.
    pub fn above(&self) -> u64 {
        self.above
    }

    /// NaNs.
    pub fn nan(&self) -> u64 {
        self.nan
    }

    /// Takes in the counts of a state with the same bins.
    ///
    /// # Panics
    /// If the bins differ.
    pub fn merge(&mut self, other: &Self) {
        assert!(self.bins == other.bins, "histograms of different bins do not merge");
        self.counts.iter_mut().zip(&other.counts).for_each(|(mine, theirs)| *mine += theirs);
        self.below += other.below;
        self.above += other.above;
        self.nan += other.nan;
    }

    /// For every edge the lowest value at or above it, and then the lowest above the last edge, up to where there is none.
    pub fn thresholds(&self) -> &[T] {
        &self.thresholds
    }

    /// Takes in `numbers` values that are all between the outer edges, of which `below[i]` are below inner edge `i`, the
    /// first inner edge being edge 1.
    ///
    /// # Panics
    /// If there are not as many inner edges, or counts that decrease.
    pub fn update_counted(&mut self, below: &[u64], numbers: u64) {
        assert!(below.len() + 1 == self.counts.len(), "a count for every inner edge");
        let mut last = 0;
        for (count, &next) in self.counts.iter_mut().zip(below.iter().chain([&numbers])) {
            *count += next.checked_sub(last).expect("counts below edges increase");
            last = next;
        }
    }

    /// Takes in `count` times the same value.
    pub fn update_repeated(&mut self, value: T, count: u64) {
        if value.is_nan() {
            self.nan += count;
        } else {
            let slot = self.slots.of(value);
            self.add(slot, count);
        }
    }

    /// Takes in `values`.
    pub fn update(&mut self, level: Level, values: &[T]) {
        let few = if self.slots.is_guessed() { FEW } else { FEW_UNEVEN };
        if self.bins.len() <= few {
            return self.compare(level, values);
        }
        for values in values.chunks(PIECE) {
            let before = self.below;
            match self.slots.len() {
                0..=64 => level.run(Scatter::<T, 64> { histogram: self, values }),
                65..=256 => level.run(Scatter::<T, 256> { histogram: self, values }),
                257..=1024 => level.run(Scatter::<T, 1024> { histogram: self, values }),
                _ => level.run(ScatterWide { histogram: self, values }),
            }
            // NaNs are in slot 0, too.
            if T::IS_FLOAT && self.below > before {
                let nan = level.run(Nans(values));
                self.nan += nan;
                self.below -= nan;
            }
        }
    }

    fn add(&mut self, slot: usize, count: u64) {
        match slot.checked_sub(1) {
            None => self.below += count,
            Some(bin) if bin < self.counts.len() => self.counts[bin] += count,
            Some(_) => self.above += count,
        }
    }

    fn compare(&mut self, level: Level, values: &[T]) {
        // How many values reach each threshold; none reaches those that the type cannot hold.
        let mut reached = [0u64; FEW_UNEVEN + 2];
        let nan = level.run(Reach { values, thresholds: &self.thresholds, reached: &mut reached });
        let edges = self.bins.len() + 1;
        for (bin, count) in self.counts.iter_mut().enumerate() {
            *count += reached[bin] - reached[bin + 1];
        }
        // The last bin has its upper edge, too.
        self.counts[edges - 2] += reached[edges - 1] - reached[edges];
        self.below += values.len() as u64 - nan - reached[0];
        self.above += reached[edges];
        self.nan += nan;
    }
}

struct Reach<'a, T> {
    values: &'a [T],
    thresholds: &'a [T],
    reached: &'a mut [u64; FEW_UNEVEN + 2],
}

impl<T: OrderKey> Kernel for Reach<'_, T> {
    type Output = u64;

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> u64 {
        let mut nan = 0;
        for block in self.values.chunks(BLOCK) {
            for (count, &threshold) in self.reached.iter_mut().zip(self.thresholds) {
                *count += block.iter().map(|&value| u64::from(value >= threshold)).sum::<u64>();
            }
            if T::IS_FLOAT {
                nan += block.iter().map(|value| u64::from(value.is_nan())).sum::<u64>();
            }
        }
        nan
    }
}

struct Nans<'a, T>(&'a [T]);

impl<T: OrderKey> Kernel for Nans<'_, T> {
    type Output = u64;

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> u64 {
        self.0.iter().map(|value| u64::from(value.is_nan())).sum()
    }
}

/// Counts of at most `SIZE` slots (a power of two), in tables that stay in the first-level cache.
struct Scatter<'a, T, const SIZE: usize> {
    histogram: &'a mut Histogram<T>,
    values: &'a [T],
}

impl<T: OrderKey, const SIZE: usize> Kernel for Scatter<'_, T, SIZE> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let mut tables = [[0u32; SIZE]; TABLES];
        let mut slots = [0u32; BLOCK];
        for block in self.values.chunks(BLOCK) {
            let slots = &mut slots[..block.len()];
            self.histogram.slots.fill_in_kernel(block, slots);
            let (groups, rest) = slots.as_chunks::<LINE>();
            for (index, group) in groups.iter().enumerate() {
                // Counting leaves memory idle, were it not for what it asks for: the block after this one.
                simd.prefetch_beyond(&block[index * LINE], size_of_val(block));
                for (index, slot) in group.iter().enumerate() {
                    // The mask says that there is such a place; slots are below `SIZE`.
                    tables[index % TABLES][*slot as usize & (SIZE - 1)] += 1;
                }
            }
            for slot in rest {
                tables[0][*slot as usize & (SIZE - 1)] += 1;
            }
        }
        for slot in 0..self.histogram.slots.len() {
            let count = tables.iter().map(|table| u64::from(table[slot])).sum();
            self.histogram.add(slot, count);
        }
    }
}

/// Counts of more slots, among which the same one seldom comes twice in a row.
struct ScatterWide<'a, T> {
    histogram: &'a mut Histogram<T>,
    values: &'a [T],
}

impl<T: OrderKey> Kernel for ScatterWide<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Histogram { slots: of, counts, below, above, .. } = self.histogram;
        let mut slots = [0u32; BLOCK];
        for block in self.values.chunks(BLOCK) {
            let slots = &mut slots[..block.len()];
            of.fill_in_kernel(block, slots);
            for slot in slots {
                // Slot 0 becomes the largest number.
                match counts.get_mut((*slot as usize).wrapping_sub(1)) {
                    Some(count) => *count += 1,
                    None if *slot == 0 => *below += 1,
                    None => *above += 1,
                }
            }
        }
    }
}
