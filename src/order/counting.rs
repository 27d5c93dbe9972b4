//! Few distinct keys: rows are dealt out to a place for each key, in two passes and without comparing.
//!
//! Counting sort (H. H. Seward, 1954; Knuth, TAOCP vol. 3, section 5.2), with a count for each key and each piece of the
//! rows, so that threads write to places of their own and equal rows keep their order.

use super::pieces::{each, for_each};
use crate::Scope;
use crate::error::Result;

/// Widest keys: as many places are written to in turns.
pub(super) const WIDTH_MAX: u64 = 11;

/// Rows from which on it is worth it.
pub(super) const ROWS_MIN: usize = 1 << 17;

/// Rows of a piece.
const PIECE_ROWS: usize = 1 << 18;

/// Keys made at once.
const BLOCK_ROWS: usize = 2048;

/// Puts into `order` the rows in the order of their keys: `keys(first, out)` gives those of the rows from `first` on, below
/// `2^width`.
pub(super) fn by_counting(
    scope: &Scope<'_>,
    width: u64,
    keys: impl Fn(usize, &mut [u64]) + Sync,
    order: &mut [u64],
) -> Result<()> {
    let (rows, distinct) = (order.len(), 1 << width);
    let blocks = |piece: usize, take: &mut dyn FnMut(usize, &[u64])| {
        let mut out = [0; BLOCK_ROWS];
        let end = rows.min((piece + 1) * PIECE_ROWS);
        for first in (piece * PIECE_ROWS..end).step_by(BLOCK_ROWS) {
            let out = &mut out[..BLOCK_ROWS.min(end - first)];
            keys(first, out);
            take(first, out);
        }
    };
    let pieces: Vec<usize> = (0..rows.div_ceil(PIECE_ROWS)).collect();
    let counts = for_each(scope, pieces, |piece| {
        let mut counts = vec![0usize; distinct];
        blocks(piece, &mut |_, keys| keys.iter().for_each(|&key| counts[key as usize] += 1));
        counts
    })?;
    let mut targets: Vec<Vec<&mut [u64]>> = counts.iter().map(|_| Vec::with_capacity(distinct)).collect();
    let mut rest = order;
    for key in 0..distinct {
        for (targets, counts) in targets.iter_mut().zip(&counts) {
            let (places, after) = rest.split_at_mut(counts[key]);
            targets.push(places);
            rest = after;
        }
    }
    each(scope, targets, |piece, mut targets| {
        blocks(piece, &mut |first, keys| {
            for (row, &key) in (first as u64..).zip(keys) {
                let target = &mut targets[key as usize];
                if let Some((place, after)) = std::mem::take(target).split_first_mut() {
                    *place = row;
                    *target = after;
                }
            }
        });
        Ok(())
    })
}
