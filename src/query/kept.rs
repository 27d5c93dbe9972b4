//! The rows that a predicate keeps, noted as bits with a count at every so many rows: where a row stands among the kept
//! ones, and which row the nth kept one is. After G. Jacobson, "Space-efficient static trees and graphs" (1989).

use std::ops::Range;

use crate::answer::{BitVec, OwnedColumn};

use super::source::Wide;

/// Rows between counts.
const STEP: usize = 4096;

/// Rows of a table, some of them kept.
pub(super) struct Kept {
    bits: BitVec,
    /// How many are kept before each step, and behind the last.
    before: Vec<usize>,
}

impl Kept {
    /// The rows whose bit is set.
    pub(super) fn new(bits: BitVec) -> Self {
        let mut before = vec![0];
        let rows = bits.bits().len();
        for first in (0..rows).step_by(STEP) {
            let count = bits.bits().slice(first, STEP.min(rows - first)).count_ones();
            before.push(before[before.len() - 1] + count);
        }
        Self { bits, before }
    }

    /// Bytes of memory that it takes.
    pub(super) fn memory_bytes(&self) -> usize {
        self.bits.capacity_bytes() + self.before.capacity() * size_of::<usize>()
    }

    /// How many rows before `row` are kept.
    fn count_before(&self, row: usize) -> usize {
        let step = row / STEP;
        self.before[step] + self.bits.bits().slice(step * STEP, row % STEP).count_ones()
    }

    /// The row that has `index` kept rows before it and is kept itself; the number of rows where there is none.
    pub(super) fn row(&self, index: usize) -> usize {
        let step = self.before.partition_point(|&before| before <= index).saturating_sub(1);
        let bits = self.bits.bits();
        let rows = (step * STEP..bits.len()).filter(|&row| bits.get(row));
        rows.take(STEP).nth(index - self.before[step]).unwrap_or(bits.len())
    }

    /// `values`, of the kept rows side by side, for the rows `rows`.
    pub(super) fn spread<'w>(&self, values: &'w OwnedColumn, rows: Range<usize>) -> Wide<'w> {
        let bits = self.bits.bits().slice(rows.start, rows.len());
        let (first, count) = (self.count_before(rows.start), bits.count_ones());
        if count == 0 {
            return Wide::Nothing(rows.len());
        }
        if count == rows.len() {
            return Wide::Lent(values.lend().slice(first..first + count));
        }
        let mut next = first;
        let places: Vec<usize> = (0..rows.len())
            .map(|row| {
                let place = next.min(first + count - 1);
                next += usize::from(bits.get(row));
                place
            })
            .collect();
        Wide::Spread(values.take(&places))
    }
}

#[cfg(test)]
mod tests {
    use arrcalc_datasets::Values;

    use super::*;

    #[test]
    fn rows_and_their_numbers_are_inverse() {
        let mut state = 1u64;
        for rows in [0, 1, 63, STEP - 1, STEP, STEP + 1, 3 * STEP + 77] {
            for share in [0, 1, 5, 63, 64] {
                let mut bits = BitVec::default();
                let mut listed = Vec::new();
                for row in 0..rows {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    let keep = state >> 58 < share;
                    bits.push(keep);
                    listed.extend(keep.then_some(row));
                }
                let kept = Kept::new(bits);
                for (index, &row) in listed.iter().enumerate().step_by(7) {
                    assert_eq!((kept.row(index), kept.count_before(row)), (row, index));
                }
                assert_eq!(kept.row(listed.len()), rows);
                let values = OwnedColumn::from(listed.iter().map(|&row| row as i64).collect::<Vec<_>>());
                for range in [0..rows, rows / 3..rows / 2, rows / 2..rows] {
                    let wide = kept.spread(&values, range.clone());
                    let column = wide.column();
                    assert_eq!(column.values.len(), range.len());
                    if let Values::Int64(found) = column.values {
                        let inside = listed.iter().filter(|row| range.contains(row));
                        inside.for_each(|&row| assert_eq!(found[row - range.start], row as i64));
                    } else {
                        assert!(!listed.iter().any(|row| range.contains(row)));
                    }
                }
            }
        }
    }
}
