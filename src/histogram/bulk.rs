//! The bulk of a column, counted before there are bins.
//!
//! Bins lie between the extrema, so that counting has to wait for a first reading of the column. Of what has long tails
//! (payments, durations, sizes) nearly all values then fall into one bin: a first reading that counts the values between
//! two ends, taken from a sample, and keeps those outside, has counted all of them, if only no edge comes to lie between
//! those ends. Where one does, the column is read again, as it would have been.

use std::cmp::Ordering;
use std::sync::Arc;

use arrcalc_kernels::Level;
use arrcalc_kernels::histogram::{Bins, Comparison, Histogram, keep_outside};

use super::extent::Number;
use crate::execute::{Reservation, Scope};

/// One of so many values of the sample lies below the ends, and one above.
const TAIL: usize = 128;
/// Values of a sample at least.
const SAMPLE: usize = 1024;
/// Values after which it is asked again whether it is worth it.
const REVIEWED: u64 = 1 << 18;
/// Bins as wide as this share of the bulk make it worth going on: the range still grows with more values.
const WORTH: f64 = 0.25;
/// Rows of a column that is worth it.
const ROWS_MIN: u64 = 1 << 18;
/// Share of the rows that may be kept.
const KEPT_SHARE: u64 = 16;
/// Times the memory of what is kept that growing and merging take.
const GROWTH: u64 = 4;
/// Share of the free memory that may be taken.
const MEMORY_SHARE: u64 = 4;

/// How many values lie between two ends, and all others. Merging gathers.
#[derive(Clone, Debug)]
pub(super) struct Bulk<E> {
    /// Equal bins that there will be.
    bins: usize,
    /// Values kept at most.
    room: usize,
    /// Of each thread that took values: the ends, how many values lie between them, and all others.
    parts: Vec<Part<E>>,
    /// Values until the next review.
    until_review: u64,
    is_given_up: bool,
    /// What all threads may keep, taken for as long as one of them keeps it.
    _memory: Arc<Reservation>,
}

#[derive(Clone, Debug)]
struct Part<E> {
    ends: (E, E),
    inside: u64,
    outside: Vec<E>,
}

impl<E: Number> Bulk<E> {
    /// Nothing counted, for `bins` equal bins between the extrema; of each thread at most `room` values are kept.
    fn of(bins: usize, room: usize, memory: Reservation) -> Self {
        let _memory = Arc::new(memory);
        Self { bins, room, parts: Vec::new(), until_review: REVIEWED, is_given_up: false, _memory }
    }

    /// Nothing counted, for `bins` equal bins of a column of so many rows; `None` if it is not worth it, or there is no memory
    /// for what may be kept.
    pub(super) fn new(scope: &Scope<'_>, rows: u64, bins: usize) -> Option<Self> {
        let values = rows / KEPT_SHARE;
        let bytes = values.saturating_mul(GROWTH * size_of::<E>() as u64);
        if rows < ROWS_MIN || bytes > scope.budget().available_bytes() / MEMORY_SHARE {
            return None;
        }
        let reservation = scope.budget().reserve("the values outside a bulk", bytes).ok()?;
        Some(Self::of(bins, values as usize / scope.threads(), reservation))
    }

    /// Takes in a block of finite values; all there were lie within `range`.
    pub(super) fn update(&mut self, level: Level, values: &[E], range: Option<(E, E)>) {
        if self.is_given_up {
            return;
        }
        if self.parts.is_empty() {
            let Some(ends) = ends(values) else { return self.give_up() };
            self.parts.push(Part { ends, inside: 0, outside: Vec::new() });
        }
        let [part] = &mut self.parts[..] else { return };
        part.inside += keep_outside(level, values, part.ends, &mut part.outside) as u64;
        self.until_review = self.until_review.saturating_sub(values.len() as u64);
        let is_full = part.outside.len() > self.room;
        if is_full || (self.until_review == 0 && !self.is_worth(range)) {
            self.give_up();
        }
    }

    /// Whether bins over `range` would be about as wide as the bulk is.
    fn is_worth(&mut self, range: Option<(E, E)>) -> bool {
        self.until_review = REVIEWED;
        let ([part], Some(range)) = (&self.parts[..], range) else { return true };
        let width = |(low, high): (E, E)| high.nearest_f64() - low.nearest_f64();
        width(range) / self.bins as f64 >= WORTH * width(part.ends)
    }

    fn give_up(&mut self) {
        self.is_given_up = true;
        self.parts = Vec::new();
    }

    /// Takes over what another thread has counted.
    pub(super) fn merge(&mut self, other: Self) {
        self.is_given_up |= other.is_given_up;
        self.parts.extend(other.parts);
    }

    /// The counts in `bins`, unless an edge lies amid a bulk.
    pub(super) fn counts(&self, level: Level, bins: &Bins, comparison: Comparison) -> Option<Histogram<E>> {
        let mut counts = Histogram::compared(bins.clone(), comparison);
        let thresholds = counts.thresholds();
        let is_cut = |(low, high): (E, E)| thresholds.iter().any(|edge| low < *edge && *edge <= high);
        if self.is_given_up || self.parts.iter().any(|part| is_cut(part.ends)) {
            return None;
        }
        for part in &self.parts {
            counts.update_repeated(part.ends.0, part.inside);
            counts.update(level, &part.outside);
        }
        Some(counts)
    }
}

/// Values of a sample that leave a small share of it to either side; `None` if it is too small.
fn ends<E: Number>(sample: &[E]) -> Option<(E, E)> {
    if sample.len() < SAMPLE {
        return None;
    }
    let mut sorted = sample.to_vec();
    sorted.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal));
    let tail = sorted.len() / TAIL;
    Some((sorted[tail], sorted[sorted.len() - 1 - tail]))
}

#[cfg(test)]
mod tests {
    use arrcalc_datasets::Dataset;

    use super::*;
    use crate::execute::Budget;
    use crate::{Engine, Histogram};

    /// Most of them near zero, a few far out on both sides.
    fn with_tails(count: u64) -> impl Iterator<Item = f64> {
        (0..count).map(|row| {
            let word = row.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
            let near = (word % 2001) as f64 / 8.0 - 125.0;
            if word % 97 == 0 { near * (word % 1013) as f64 } else { near }
        })
    }

    fn counted(values: &[f64], bins: usize, room: usize) -> Option<(Vec<u64>, u64)> {
        let level = Level::detect();
        let range = |values: &[f64]| {
            values.iter().fold((f64::MAX, f64::MIN), |ends, x| (ends.0.min(*x), ends.1.max(*x)))
        };
        let memory = || Budget::new(1 << 30).reserve("a test", 1 << 20).expect("enough memory");
        let mut halves = [Bulk::of(bins, room, memory()), Bulk::of(bins, room, memory())];
        for (half, values) in halves.iter_mut().zip(values.chunks(values.len().div_ceil(2))) {
            values.chunks(2048).for_each(|block| half.update(level, block, Some(range(values))));
        }
        let [mut bulk, other] = halves;
        bulk.merge(other);
        let (low, high) = range(values);
        let bins = Bins::equal(low, high, bins)?;
        let counts = bulk.counts(level, &bins, Comparison::Nearest)?;
        Some((counts.counts().to_vec(), counts.below() + counts.above() + counts.nan()))
    }

    #[test]
    fn counts_are_those_of_bins_that_were_known_before() {
        let values: Vec<f64> = with_tails(700_001).collect();
        let (counts, elsewhere) = counted(&values, 10, 1 << 20).expect("the bulk lies in one bin");
        let (low, high) =
            values.iter().fold((f64::MAX, f64::MIN), |ends, x| (ends.0.min(*x), ends.1.max(*x)));
        let mut known = arrcalc_kernels::histogram::Histogram::<f64>::new(
            Bins::equal(low, high, 10).expect("bins of a wide range"),
        );
        known.update(Level::detect(), &values);
        assert_eq!((&counts[..], elsewhere), (known.counts(), 0));
        assert!(counts.iter().filter(|count| **count > 0).count() > 5);
        // Too little room; an edge amid the bulk; nothing far out.
        assert_eq!(counted(&values, 10, 100), None);
        assert_eq!(counted(&values, 1 << 16, 1 << 20), None);
        let near: Vec<f64> = values.iter().map(|value| value % 125.0).collect();
        assert_eq!(counted(&near, 10, 1 << 20), None);
    }

    #[test]
    fn a_histogram_is_the_same_whether_a_reading_was_saved_or_not() {
        let x: Vec<f64> = with_tails(600_000).collect();
        let n: Vec<i64> = x.iter().map(|value| *value as i64 + (1 << 54)).collect();
        let u: Vec<u64> = x.iter().map(|value| (*value * *value) as u64).collect();
        let mut nan = x.clone();
        nan[500_000] = f64::NAN;
        nan[17] = f64::INFINITY;
        let columns = vec![
            ("x".into(), x.as_slice().into()),
            ("n".into(), n.as_slice().into()),
            ("u".into(), u.as_slice().into()),
            ("nan".into(), nan.as_slice().into()),
        ];
        let dataset = Dataset::from_arrays(columns).expect("columns of one length");
        for column in 0..4 {
            for bins in [1, 10, 300] {
                let answers: Vec<_> = [(1, 1 << 32), (2, 1 << 32), (3, 1 << 32), (2, 4 << 20)]
                    .into_iter()
                    .map(|(threads, memory)| {
                        let engine = Engine::builder().threads(threads).memory_bytes(memory).build();
                        let ask = |task: Histogram<'_>| engine.run(&task).expect("an answer");
                        let free = ask(Histogram::new(&dataset, column).bins(bins));
                        let (low, high) = (free.edges[0], free.edges[bins]);
                        // Given edges are read for once, and counted with by another way.
                        let given = ask(Histogram::new(&dataset, column).bins(free.edges.clone()));
                        assert_eq!(free, given, "{column}: {bins} bins over {low} to {high}");
                        free
                    })
                    .collect();
                assert!(answers.iter().all(|answer| *answer == answers[0]), "{column}: {bins} bins");
            }
        }
    }
}
