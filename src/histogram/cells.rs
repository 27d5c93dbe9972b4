//! Counts, or exact sums of weights, of the rows in each cell of one or two axes of bins, as an exact mergeable state.

use arrcalc_datasets::{Chunk, Column, DataType, Values};
use arrcalc_kernels::group::GroupSums;
use arrcalc_kernels::histogram::{Bins, Comparison};
use arrcalc_kernels::{Bits, Level};

use crate::aggregate::{Aggregate, BLOCK_ROWS, Element, Kind, column_rows, fit_integers, sum_of};
use crate::answer::Scalar;
use crate::error::{Error, Result};

use super::axis::Axis;

/// What is counted or summed in the cells of the first columns of the chunks, one column an axis; weights come last.
///
/// Rows with a null in any of them are counted apart. Class: exact. Cost: one pass.
#[derive(Clone, Debug)]
pub struct CellSums {
    axes: Vec<Axis>,
    nulls: u64,
    /// Of the first axis.
    nan: u64,
    totals: Totals,
}

#[derive(Clone, Debug)]
enum Totals {
    Counts(Vec<u64>),
    Sums { of: DataType, sums: GroupSums },
}

/// What [`CellSums`] has found: the cells of two axes row by row, the second axis along a row.
#[derive(Clone, Debug, PartialEq)]
pub struct CellTotals {
    /// Rows in each cell.
    pub counts: Vec<u64>,
    /// Sums of the weights in each cell, correctly rounded, if there are weights.
    pub sums: Option<Vec<Scalar>>,
    /// Rows with a null.
    pub nulls: u64,
    /// Rows where the first axis has NaN.
    pub nan: u64,
    /// Rows below the bins of the first axis, all cells of the others taken together.
    pub below: u64,
    /// Rows above them.
    pub above: u64,
}

impl CellSums {
    /// Nothing counted, for one or two axes; `weights` is the type of their column.
    ///
    /// # Errors
    /// [`Error::Request`] for types without histogram, weights that are no numbers, and more cells than 2^31.
    pub fn new(axes: &[(DataType, Bins, Comparison)], weights: Option<&DataType>) -> Result<Self> {
        let axes = axes.iter().map(|(data_type, bins, comparison)| Axis::new(data_type, bins, *comparison));
        let axes = axes.collect::<Result<Vec<_>>>()?;
        let cells = axes.iter().try_fold(1usize, |cells, axis| cells.checked_mul(axis.len()));
        let cells = cells.filter(|cells| *cells < i32::MAX as usize).ok_or_else(|| Error::Request {
            reason: "a histogram of more than 2^31 cells; take fewer bins".into(),
        })?;
        let totals = match weights {
            None => Totals::Counts(vec![0; cells]),
            Some(data_type) => {
                if !data_type.is_numeric() {
                    let reason = format!("weights are numbers, not values of type {data_type}");
                    return Err(Error::Request { reason });
                }
                let mut sums = GroupSums::new();
                sums.resize(cells);
                Totals::Sums { of: data_type.clone(), sums }
            }
        };
        Ok(Self { axes, nulls: 0, nan: 0, totals })
    }

    /// Takes in at most [`BLOCK_ROWS`] rows; `columns` have their nulls in the same rows.
    fn take(&mut self, level: Level, columns: &[Column<'_>], rows: usize) {
        let mut cells = [0u32; BLOCK_ROWS];
        let cells = &mut cells[..rows];
        self.nan += self.axes[0].fill(level, &columns[0], cells);
        if let Some(axis) = self.axes.get(1) {
            let mut slots = [0u32; BLOCK_ROWS];
            axis.fill(level, &columns[1], &mut slots[..rows]);
            let along = axis.len() as u32; // below 2^31, as all cells are
            cells.iter_mut().zip(slots).for_each(|(cell, slot)| *cell = *cell * along + slot);
        }
        match &mut self.totals {
            Totals::Counts(counts) => cells.iter().for_each(|&cell| counts[cell as usize] += 1),
            Totals::Sums { of, sums } => {
                let weights = &columns[self.axes.len()];
                match Kind::of(of) {
                    Kind::Float => {
                        f64::blocks(level, weights, |block| sums.update_f64(level, cells, block.values));
                    }
                    Kind::Decimal => {
                        i128::blocks(level, weights, |block| {
                            sums.update_integers(level, cells, block.values)
                        });
                    }
                    Kind::Unsigned => {
                        u64::blocks(level, weights, |block| sums.update_integers(level, cells, block.values));
                    }
                    _ => {
                        i64::blocks(level, weights, |block| sums.update_integers(level, cells, block.values))
                    }
                }
            }
        }
    }

    fn count(&self, cell: usize) -> u64 {
        match &self.totals {
            Totals::Counts(counts) => counts[cell],
            Totals::Sums { sums, .. } => sums.count(cell as u32),
        }
    }

    /// Cells of each slot of the first axis.
    fn along(&self) -> usize {
        self.axes.get(1).map_or(1, Axis::len)
    }
}

/// `sums`, of which those of decimals fit 38 digits.
///
/// # Errors
/// [`Error::Overflow`] of the first that does not.
pub(super) fn fitted(sums: Option<Vec<Scalar>>) -> Result<Option<Vec<Scalar>>> {
    const PRECISION: u8 = 38;
    let fit = |sum| match sum {
        Scalar::Decimal { scale, .. } => {
            fit_integers("sum", &DataType::Decimal128 { precision: PRECISION, scale }, sum)
        }
        sum => Ok(sum),
    };
    sums.map(|sums| sums.into_iter().map(fit).collect()).transpose()
}

impl Aggregate for CellSums {
    type Answer = CellTotals;

    fn update(&mut self, level: Level, chunk: &Chunk<'_>) {
        for first in (0..chunk.row_count).step_by(BLOCK_ROWS) {
            let rows = BLOCK_ROWS.min(chunk.row_count - first);
            let mut columns: Vec<Column<'_>> =
                chunk.columns.iter().map(|column| column_rows(column, first..first + rows)).collect();
            if columns.iter().any(|column| matches!(column.values, Values::Null(_))) {
                self.nulls += rows as u64;
                continue;
            }
            if columns.iter().all(|column| column.validity.is_none()) {
                self.take(level, &columns, rows);
                continue;
            }
            let mut all = [0u8; BLOCK_ROWS / 8];
            for (index, bytes) in all.as_chunks_mut::<8>().0.iter_mut().enumerate() {
                let word = |column: &Column<'_>| match column.validity {
                    Some(bits) if 64 * index < rows => bits.word(64 * index),
                    _ => u64::MAX,
                };
                *bytes = columns.iter().fold(u64::MAX, |both, column| both & word(column)).to_le_bytes();
            }
            let bits = Bits::new(&all, 0, rows);
            let valid = bits.count_ones();
            self.nulls += (rows - valid) as u64;
            columns.iter_mut().for_each(|column| column.validity = Some(bits));
            self.take(level, &columns, valid);
        }
    }

    fn merge(&mut self, other: &Self) {
        self.nulls += other.nulls;
        self.nan += other.nan;
        match (&mut self.totals, &other.totals) {
            (Totals::Counts(mine), Totals::Counts(theirs)) => {
                mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
            }
            (Totals::Sums { sums: mine, .. }, Totals::Sums { sums: theirs, .. }) => {
                let same: Vec<u32> = (0..theirs.len() as u32).collect();
                mine.merge(theirs, &same);
            }
            _ => panic!("counts and sums do not merge"),
        }
    }

    fn finish(&self) -> CellTotals {
        let along = self.along();
        let slots = self.axes[0].len();
        let inside = || {
            let columns = if along == 1 { 0..1 } else { 1..along - 1 };
            (1..slots - 1).flat_map(move |slot| columns.clone().map(move |at| slot * along + at))
        };
        let row = |slot: usize| (0..along).map(|at| self.count(slot * along + at)).sum::<u64>();
        let sums = match &self.totals {
            Totals::Counts(_) => None,
            Totals::Sums { of, sums } => {
                Some(inside().map(|cell| sum_of(of, &sums.power_sums(cell as u32))).collect())
            }
        };
        CellTotals {
            counts: inside().map(|cell| self.count(cell)).collect(),
            sums,
            nulls: self.nulls,
            nan: self.nan,
            // Slot 0 of floats holds NaNs, too.
            below: row(0) - self.nan,
            above: row(slots - 1),
        }
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = [self.nulls.to_le_bytes(), self.nan.to_le_bytes()].concat();
        match &self.totals {
            Totals::Counts(counts) => bytes.extend(counts.iter().flat_map(|count| count.to_le_bytes())),
            Totals::Sums { sums, .. } => {
                (0..sums.len() as u32).for_each(|cell| bytes.extend(sums.power_sums(cell).to_bytes()));
            }
        }
        bytes
    }

    fn heap_bytes(&self) -> usize {
        match &self.totals {
            Totals::Counts(counts) => size_of_val(&counts[..]),
            Totals::Sums { sums, .. } => sums.memory_bytes(),
        }
    }
}
