//! The keys of rows, and the places where their order is cut.

use arrcalc_kernels::Level;
use arrcalc_kernels::random::Philox;

use crate::Scope;
use crate::error::Result;

/// Rows whose keys a thread makes in one piece of work.
const PIECE_ROWS: u64 = 1 << 18;
/// Rows whose keys are looked at while they are in the first-level cache.
const BLOCK_ROWS: usize = 1024;
/// Bits of a key that tell its cell, where ranks are looked for.
const CELL_BITS: u32 = 16;

/// The keys of all rows for one seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RowKeys {
    pub(super) philox: Philox,
}

/// A place in the order of (key, row).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cut {
    key: u64,
    row: u64,
}

impl Cut {
    /// Behind all rows.
    pub(super) const END: Self = Self { key: u64::MAX, row: u64::MAX };
    /// Before all rows.
    pub(super) const START: Self = Self { key: 0, row: 0 };

    /// Behind the share `fraction` of all keys, a number from 0 to 1.
    pub(super) fn of_fraction(fraction: f64) -> Self {
        // 2^64: scaling by it is exact, and what is below 1 stays below it.
        let key = (fraction * 18_446_744_073_709_551_616.0).round();
        if fraction >= 1.0 { Self::END } else { Self { key: key as u64, row: 0 } }
    }

    /// Whether the row stands before this place.
    #[inline(always)]
    pub(super) fn is_after(self, key: u64, row: u64) -> bool {
        key < self.key || (key == self.key && row < self.row)
    }
}

impl RowKeys {
    pub(super) fn new(seed: u64) -> Self {
        Self { philox: Philox::from(seed) }
    }

    /// The keys of rows `first ..`.
    pub(super) fn fill(&self, level: Level, first: u64, keys: &mut [u64]) {
        self.philox.fill(level, first, keys);
    }

    /// Folds the keys of `rows` rows into states, one a thread: `step` is told the number of a piece, the first row of
    /// a block of it and the block's keys.
    fn fold<S: Send>(
        &self,
        scope: &Scope<'_>,
        rows: u64,
        start: impl Fn() -> S + Sync,
        step: impl Fn(&mut S, u64, u64, &[u64]) + Sync,
    ) -> Result<Vec<S>> {
        let pieces = rows.div_ceil(PIECE_ROWS) as usize;
        scope.fold(pieces, start, |state, piece| {
            let mut keys = [0; BLOCK_ROWS];
            let piece = piece as u64;
            let end = rows.min((piece + 1) * PIECE_ROWS);
            let mut first = piece * PIECE_ROWS;
            while first < end {
                let keys = &mut keys[..(end - first).min(BLOCK_ROWS as u64) as usize];
                self.fill(scope.level(), first, keys);
                step(state, piece, first, keys);
                first += keys.len() as u64;
            }
            Ok(())
        })
    }

    /// Rows before `cut` and their keys, in the order of the rows.
    ///
    /// Cost: a word a row on all threads; 16 bytes for each that is found.
    pub(super) fn rows_before(&self, scope: &Scope<'_>, rows: u64, cut: Cut) -> Result<Vec<(u64, u64)>> {
        let states = self.fold(
            scope,
            rows,
            Vec::new,
            |pieces: &mut Vec<(u64, Vec<(u64, u64)>)>, piece, first, keys| {
                if pieces.last().is_none_or(|(last, _)| *last != piece) {
                    pieces.push((piece, Vec::new()));
                }
                let Some((_, found)) = pieces.last_mut() else { return };
                // Candidates are noted without a branch that depends on chance.
                let mut candidates = [0u32; BLOCK_ROWS];
                let mut count = 0;
                for (index, &key) in (0u32..).zip(keys) {
                    candidates[count] = index;
                    count += usize::from(key <= cut.key);
                }
                let candidates =
                    candidates[..count].iter().map(|&index| (keys[index as usize], first + u64::from(index)));
                found.extend(candidates.filter(|&(key, row)| cut.is_after(key, row)));
            },
        )?;
        let mut pieces: Vec<_> = states.into_iter().flatten().collect();
        pieces.sort_unstable_by_key(|(piece, _)| *piece);
        Ok(pieces.into_iter().flat_map(|(_, found)| found).collect())
    }

    /// The `count` rows of the least (key, row) with their keys, in the order of the rows; `count` is at most `rows`.
    pub(super) fn least(&self, scope: &Scope<'_>, rows: u64, count: u64) -> Result<Vec<(u64, u64)>> {
        if count == 0 {
            return Ok(Vec::new());
        }
        // Keys are uniform, so a place somewhat behind the last is known; if chance has it otherwise, a later one is tried.
        let mut spare = 8.0 * (count as f64).sqrt() + 16.0;
        loop {
            let cut = Cut::of_fraction((count as f64 + spare) / rows as f64);
            let mut found = self.rows_before(scope, rows, cut)?;
            if found.len() as u64 >= count {
                if found.len() as u64 > count {
                    let mut order = found.clone();
                    let (_, last, _) = order.select_nth_unstable(count as usize - 1);
                    let last = *last;
                    found.retain(|row| *row <= last);
                }
                return Ok(found);
            }
            spare *= 4.0;
        }
    }

    /// The places before which `ranks[i]` of all rows stand; each rank is at most `rows`.
    ///
    /// Cost: two words a row on all threads, whatever the ranks.
    pub(super) fn cuts(&self, scope: &Scope<'_>, rows: u64, ranks: &[u64]) -> Result<Vec<Cut>> {
        let cell = |key: u64| (key >> (64 - CELL_BITS)) as usize;
        let inner = |rank: &u64| (1..rows).contains(rank);
        if !ranks.iter().any(inner) {
            return Ok(ranks.iter().map(|&rank| if rank == 0 { Cut::START } else { Cut::END }).collect());
        }
        let states = self.fold(
            scope,
            rows,
            || vec![0u64; 1 << CELL_BITS],
            |counts, _, _, keys| keys.iter().for_each(|&key| counts[cell(key)] += 1),
        )?;
        let mut starts = vec![0u64; 1 + (1 << CELL_BITS)];
        for counts in states {
            starts[1..].iter_mut().zip(counts).for_each(|(start, count)| *start += count);
        }
        for index in 1..starts.len() {
            starts[index] += starts[index - 1];
        }
        // The row that is the first behind a rank decides; its cell holds it.
        let cell_of = |rank: u64| starts.partition_point(|&start| start <= rank) - 1;
        let mut wanted = vec![false; 1 << CELL_BITS];
        ranks.iter().filter(|rank| inner(rank)).for_each(|&rank| wanted[cell_of(rank)] = true);
        let states = self.fold(scope, rows, Vec::new, |found: &mut Vec<Cut>, _, first, keys| {
            for (row, &key) in (first..).zip(keys) {
                if wanted[cell(key)] {
                    found.push(Cut { key, row });
                }
            }
        })?;
        let mut found = states.concat();
        found.sort_unstable();
        let cut = |&rank: &u64| {
            if rank == 0 {
                return Cut::START;
            }
            if rank >= rows {
                return Cut::END;
            }
            let cell_index = cell_of(rank);
            let first = found.partition_point(|cut| cell(cut.key) < cell_index);
            found[first + (rank - starts[cell_index]) as usize]
        };
        Ok(ranks.iter().map(cut).collect())
    }
}
