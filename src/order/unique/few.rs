//! Few distinct values: a table per piece of the rows numbers them in the order in which they appear; the tables are
//! merged in the order of the pieces, so that the first row of a value is its lowest.

use arrcalc_kernels::Level;
use arrcalc_kernels::distinct::Restore;
use arrcalc_kernels::group::WordTable;

use super::{Codes, Wanted};
use crate::Scope;
use crate::error::Result;
use crate::order::pieces::for_each;
use crate::order::pieces::{PIECE_ROWS, each};

/// Values up to which a table stays in a core's second-level cache.
const FEW: usize = 16_384;

/// Rows whose codes are made at once.
const BLOCK_ROWS: usize = 1024;

/// Pieces that each thread should find, so that the last ones even out.
const PIECES_PER_THREAD: usize = 4;

/// What a piece has: codes by number, and for each its count and its first row.
struct Table {
    table: WordTable,
    counts: Vec<u64>,
    rows: Vec<u64>,
}

impl Table {
    fn new() -> Self {
        Self { table: WordTable::new(), counts: Vec::new(), rows: Vec::new() }
    }

    /// Takes in the rows from `first` on; not all of them, if there are too many values.
    fn update<T: Restore>(&mut self, level: Level, values: &[T], first: usize) {
        let mut codes = [0u64; BLOCK_ROWS];
        let mut numbers = [0u32; BLOCK_ROWS];
        for (block, values) in values.chunks(BLOCK_ROWS).enumerate() {
            let (codes, numbers) = (&mut codes[..values.len()], &mut numbers[..values.len()]);
            codes.iter_mut().zip(values).for_each(|(code, value)| *code = value.ordered());
            let known = self.table.len();
            self.table.assign(level, codes, numbers);
            self.counts.resize(self.table.len(), 0);
            if self.table.len() > known {
                for (index, &number) in numbers.iter().enumerate() {
                    if number as usize == self.rows.len() {
                        self.rows.push((first + block * BLOCK_ROWS + index) as u64);
                    }
                }
            }
            numbers.iter().for_each(|&number| self.counts[number as usize] += 1);
            if self.table.len() > FEW {
                return;
            }
        }
    }

    /// Takes in what a later piece has.
    fn merge(&mut self, other: &Table) {
        for ((&code, &count), &row) in other.table.words().iter().zip(&other.counts).zip(&other.rows) {
            let number = self.table.number(code) as usize;
            if number == self.counts.len() {
                self.counts.push(0);
                self.rows.push(row);
            }
            self.counts[number] += count;
        }
    }
}

/// The distinct values, unless they are too many.
pub(super) fn unique<T: Restore>(
    scope: &Scope<'_>,
    values: &[T],
    wanted: Wanted,
    inverse: Option<&mut [u64]>,
) -> Result<Option<Codes>> {
    let level = scope.level();
    let count = if values.len() < PIECE_ROWS { 1 } else { PIECES_PER_THREAD * scope.threads() };
    let rows = values.len().div_ceil(count).max(1);
    let pieces: Vec<(usize, &[T])> = (0..).step_by(rows).zip(values.chunks(rows)).collect();
    let tables = for_each(scope, pieces, |(first, piece)| {
        let mut table = Table::new();
        table.update(level, piece, first);
        table
    })?;
    let mut all = Table::new();
    for table in &tables {
        if table.table.len() > FEW {
            return Ok(None);
        }
        all.merge(table);
    }
    let order = all.table.sorted();
    if let Some(inverse) = inverse {
        let mut ranks = vec![0u32; order.len()];
        (0..).zip(&order).for_each(|(rank, &number)| ranks[number as usize] = rank);
        let table = &all.table;
        let pieces = values.chunks(PIECE_ROWS).zip(inverse.chunks_mut(PIECE_ROWS));
        each(scope, pieces, |_, (values, out)| {
            places(level, table, &ranks, values, out);
            Ok(())
        })?;
    }
    let by_order = |of: &[u64]| order.iter().map(|&number| of[number as usize]).collect();
    Ok(Some(Codes {
        codes: by_order(all.table.words()),
        first_rows: wanted.parts.first_rows.then(|| by_order(&all.rows)),
        counts: wanted.parts.counts.then(|| by_order(&all.counts)),
    }))
}

/// Writes the rank of each value, all of which `table` has.
fn places<T: Restore>(level: Level, table: &WordTable, ranks: &[u32], values: &[T], out: &mut [u64]) {
    let mut codes = [0u64; BLOCK_ROWS];
    let mut numbers = [0u32; BLOCK_ROWS];
    for (values, out) in values.chunks(BLOCK_ROWS).zip(out.chunks_mut(BLOCK_ROWS)) {
        let (codes, numbers) = (&mut codes[..values.len()], &mut numbers[..values.len()]);
        codes.iter_mut().zip(values).for_each(|(code, value)| *code = value.ordered());
        let found = table.find(level, codes, numbers);
        assert!(found == codes.len(), "every value has a number");
        out.iter_mut().zip(numbers).for_each(|(out, &mut number)| *out = ranks[number as usize].into());
    }
}
