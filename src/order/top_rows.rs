//! The first rows in an order by one number, without sorting: top-k and bottom-k.
//!
//! A buffer of some more than `k` rows; where it is full, the best `k` are selected, and the last of them is the threshold
//! that a later value has to pass (the buffered selection of Guava's `Ordering.leastOf`; most values are only compared
//! with the threshold, which runs as fast as memory). Rows are ordered by (value, row), so that ties go to the lowest row
//! whoever saw what first: states merge in any order, and what is kept is a function of the rows alone.

use arrcalc_kernels::order::{Orderable, Side, candidates};
use arrcalc_kernels::{Bits, Level};

/// Rows beyond `k` that are kept before the best are selected.
const SLACK: usize = 1024;

/// A row and its place in the order: by code, then by row.
type Entry<T> = (u64, u64, T);

/// The first `count` of the rows seen, by value, then by row; NaN after every number, nulls after NaN.
#[derive(Clone, Debug)]
pub(super) struct TopRows<T> {
    count: usize,
    descending: bool,
    entries: Vec<Entry<T>>,
    nulls: Vec<u64>,
    /// The last that is kept, once there are enough: value and row.
    threshold: Option<(T, u64)>,
}

impl<T: Orderable> TopRows<T> {
    /// Of no rows; the largest first if `descending`.
    pub(super) fn new(count: usize, descending: bool) -> Self {
        Self { count, descending, entries: Vec::new(), nulls: Vec::new(), threshold: None }
    }

    /// The same, where it is known that `count` values are `threshold` or better.
    pub(super) fn with_threshold(mut self, threshold: Option<T>) -> Self {
        self.threshold = threshold.map(|value| (value, u64::MAX));
        self
    }

    fn code(&self, value: T) -> u64 {
        let ordered = value.ordered();
        match T::NAN {
            Some(nan) if nan == ordered => u64::MAX,
            _ if self.descending => !ordered,
            _ => ordered,
        }
    }

    /// Takes in `values`, rows `first_row` and on.
    pub(super) fn update(&mut self, level: Level, values: &[T], validity: Option<Bits<'_>>, first_row: u64) {
        if self.count == 0 {
            return;
        }
        if let Some(validity) = validity {
            for (row, &value) in values.iter().enumerate() {
                if validity.get(row) {
                    self.push(value, first_row + row as u64);
                } else {
                    self.push_null(first_row + row as u64);
                }
            }
            return;
        }
        let mut start = 0;
        while start < values.len() {
            let Some((threshold, row)) = self.threshold else {
                self.push(values[start], first_row + start as u64);
                start += 1;
                continue;
            };
            // An equal value is better only in a lower row than the last that is kept.
            let side = match (self.descending, row < first_row) {
                (true, true) => Side::Above,
                (true, false) => Side::AboveOrEqual,
                (false, true) => Side::Below,
                (false, false) => Side::BelowOrEqual,
            };
            candidates(level, &values[start..], side, threshold, &mut |index| {
                self.push(values[start + index], first_row + (start + index) as u64);
                self.threshold.map(|(value, _)| value)
            });
            return;
        }
    }

    fn push(&mut self, value: T, row: u64) {
        self.entries.push((self.code(value), row, value));
        if self.entries.len() >= self.count.saturating_mul(2).max(self.count.saturating_add(SLACK)) {
            self.select();
        }
    }

    fn push_null(&mut self, row: u64) {
        self.nulls.push(row);
        if self.nulls.len() >= self.count.saturating_mul(2).max(self.count.saturating_add(SLACK)) {
            self.nulls.sort_unstable();
            self.nulls.truncate(self.count);
        }
    }

    /// Drops what is not among the first.
    fn select(&mut self) {
        if self.entries.len() > self.count {
            self.entries.select_nth_unstable_by_key(self.count - 1, |&(code, row, _)| (code, row));
            self.entries.truncate(self.count);
        }
        if self.entries.len() == self.count
            && let Some(&(code, row, value)) = self.entries.last()
        {
            // NaN is no threshold: what is not NaN passes it, whatever it is.
            self.threshold = (code != u64::MAX || T::NAN.is_none()).then_some((value, row));
        }
    }

    /// The first of the rows that either has seen.
    pub(super) fn merge(&mut self, other: Self) {
        self.entries.extend(other.entries);
        self.nulls.extend(other.nulls);
        if self.count > 0 && self.entries.len() > self.count {
            self.select();
        }
    }

    /// The rows, the first of the order first.
    pub(super) fn finish(mut self) -> Vec<u64> {
        self.entries.sort_unstable_by_key(|&(code, row, _)| (code, row));
        self.nulls.sort_unstable();
        let rows = self.entries.iter().map(|&(_, row, _)| row).chain(self.nulls);
        rows.take(self.count).collect()
    }
}
