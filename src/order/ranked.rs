//! The codes at some ranks among the codes of all rows, which are made block by block and kept nowhere: selection by
//! counting (`arrcalc_kernels::select`), in about two passes over the rows.

use std::ops::Range;

use arrcalc_kernels::select::{Selection, Step};

use super::pieces::PIECE_ROWS;
use crate::Scope;
use crate::error::Result;

/// Bytes that selection may collect.
const MEMORY_BYTES: usize = 64 << 20;

/// Codes made at once.
pub(super) const BLOCK_ROWS: usize = 4096;

/// The codes at `places` of the order of the codes of `0..rows`, for each place that is there, without repeats and in
/// order; `codes` writes those of at most [`BLOCK_ROWS`] rows.
///
/// # Errors
/// Cancelling; the deadline.
pub(super) fn codes_at(
    scope: &Scope<'_>,
    rows: usize,
    codes: impl Fn(Range<usize>, &mut [u64]) + Sync,
    places: &[usize],
) -> Result<Vec<u64>> {
    let mut ranks: Vec<u64> = places.iter().map(|&place| place as u64).collect();
    ranks.sort_unstable();
    ranks.dedup();
    let code = |row: usize| {
        let mut one = [0];
        codes(row..row + 1, &mut one);
        one[0]
    };
    let sample: Vec<u64> = (0..rows).step_by((rows / BLOCK_ROWS).max(1)).map(code).collect();
    let mut state = Selection::seeded(MEMORY_BYTES, &sample).first::<u64>();
    loop {
        let states = scope.fold(
            rows.div_ceil(PIECE_ROWS),
            || state.clone(),
            |state, at| {
                let piece = at * PIECE_ROWS..rows.min((at + 1) * PIECE_ROWS);
                let mut block = [0; BLOCK_ROWS];
                for start in piece.clone().step_by(BLOCK_ROWS) {
                    let rows = start..piece.end.min(start + BLOCK_ROWS);
                    let block = &mut block[..rows.len()];
                    codes(rows, block);
                    state.update(scope.level(), block);
                }
                Ok(())
            },
        )?;
        let mut states = states.into_iter();
        let mut merged = states.next().unwrap_or_else(|| state.clone());
        states.for_each(|other| merged.merge(&other));
        match merged.next(|_| ranks.clone()) {
            Step::Again(next) => state = next,
            Step::Done(selected) => {
                let mut found: Vec<u64> = ranks.iter().filter_map(|&rank| selected.at(rank)).collect();
                found.dedup();
                return Ok(found);
            }
        }
    }
}
