//! Counting into bins: by comparing with every edge while there are few, by a guess and a look at two edges beyond.
//!
//! Either way a value's bin is what comparisons with the edges say, so the counts are those of `numpy.histogram` with
//! the same edges, and no rounding of `(x - low) * scale` can show.

use super::bins::Bins;
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::level::Level;
use crate::order_key::OrderKey;

/// Up to this many bins every edge is compared with.
const FEW: usize = 16;
/// Elements compared with all edges while they are in the first-level cache.
const BLOCK: usize = 1024;

/// Counts of values per bin. An exact mergeable state: merging adds.
#[derive(Clone, PartialEq, Debug)]
pub struct Histogram<T> {
    bins: Bins,
    thresholds: Vec<T>,
    counts: Vec<u64>,
    below: u64,
    above: u64,
    nan: u64,
}

impl<T: OrderKey> Histogram<T> {
    /// Empty counts for `bins`.
    pub fn new(bins: Bins) -> Self {
        let thresholds = bins.thresholds();
        Self { counts: vec![0; bins.len()], bins, thresholds, below: 0, above: 0, nan: 0 }
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

    /// Takes in `values`.
    pub fn update(&mut self, level: Level, values: &[T]) {
        if self.bins.len() <= FEW {
            self.compare(level, values);
        } else {
            level.run(Scatter(self, values));
        }
    }

    fn compare(&mut self, level: Level, values: &[T]) {
        // How many values reach each threshold; none reaches those that the type cannot hold.
        let mut reached = [0u64; FEW + 2];
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
    reached: &'a mut [u64; FEW + 2],
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

struct Scatter<'a, T>(&'a mut Histogram<T>, &'a [T]);

impl<T: OrderKey> Kernel for Scatter<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Scatter(histogram, values) = self;
        let (edges, last) = (histogram.bins.edges(), histogram.bins.len() - 1);
        let (low, high) = (edges[0], edges[last + 1]);
        // Halves, so that no range overflows.
        let scale = (last + 1) as f64 / (high / 2.0 - low / 2.0);
        let thresholds = &histogram.thresholds;
        let reaches =
            |value: T, edge: usize| thresholds.get(edge).is_some_and(|&threshold| value >= threshold);
        for &value in values {
            if value.is_nan() {
                histogram.nan += 1;
            } else if !reaches(value, 0) {
                histogram.below += 1;
            } else if reaches(value, last + 2) {
                histogram.above += 1;
            } else {
                // The guess is rarely off by one; uneven edges are walked to.
                let mut bin = (((value.nearest_f64() / 2.0 - low / 2.0) * scale) as usize).min(last);
                while !reaches(value, bin) {
                    bin -= 1;
                }
                while bin < last && reaches(value, bin + 1) {
                    bin += 1;
                }
                histogram.counts[bin] += 1;
            }
        }
    }
}
