//! Eight equal bins over the finite values of a column, for the histogram of a description.

use arrcalc_kernels::Level;

use super::numbers::Number;

/// Counts of the values in eight bins; the last bin holds its upper edge.
#[derive(Clone, Debug)]
pub(crate) struct Bins<E> {
    low: E,
    high: E,
    edges: [f64; 7],
    counts: [u64; 8],
}

impl<E: Number> Bins<E> {
    /// Empty bins from `low` to `high`.
    pub(super) fn new(low: E, high: E) -> Self {
        let (start, end) = (low.nearest_f64(), high.nearest_f64());
        // Halves, so that the width of the whole range of floats does not overflow.
        let width = end / 8.0 - start / 8.0;
        let edges = std::array::from_fn(|edge| start + (edge + 1) as f64 * width);
        Self { low, high, edges, counts: [0; 8] }
    }

    /// Counts the finite ones of `values`.
    pub(super) fn update(&mut self, _level: Level, values: &[E]) {
        for &value in values {
            if value >= self.low && value <= self.high {
                let at = value.nearest_f64();
                let bin = self.edges.iter().filter(|&&edge| at >= edge).count();
                self.counts[bin] += 1;
            }
        }
    }

    /// Adds what `other`, of the same range, has counted.
    pub(super) fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            *mine += theirs;
        }
    }

    /// The counts.
    pub(super) fn counts(&self) -> [u64; 8] {
        self.counts
    }
}
