//! Results in pieces, each written by one thread.

use std::sync::{Mutex, PoisonError};

use crate::Scope;
use crate::error::Result;

/// Rows below which a second thread costs more than it gains.
const SEQUENTIAL_ROWS: usize = 16_384;

/// Rows of a piece, at least.
const PIECE_ROWS: usize = 1 << 16;

/// Rows of a piece of windows of `width` rows: so many that what stands before a piece hardly counts.
pub(super) fn piece_rows(width: usize) -> usize {
    PIECE_ROWS.max(width.saturating_mul(4))
}

/// Calls `fill` with the first row of each piece of `out` and the piece, on all threads of `scope`; each thread has a
/// buffer of its own.
///
/// # Errors
/// Those of the lowest piece that failed; cancelling; the deadline.
pub(super) fn each_piece<T: Send>(
    scope: &Scope<'_>,
    out: &mut [T],
    rows: usize,
    fill: impl Fn(usize, &mut [T], &mut Vec<f64>) -> Result<()> + Sync,
) -> Result<()> {
    if out.len() < SEQUENTIAL_ROWS {
        scope.check()?;
        return fill(0, out, &mut Vec::new());
    }
    let pieces: Vec<_> = out.chunks_mut(rows).map(|piece| Mutex::new(Some(piece))).collect();
    scope.fold(pieces.len(), Vec::new, |kept, index| {
        let piece = pieces[index].lock().unwrap_or_else(PoisonError::into_inner).take();
        piece.map_or(Ok(()), |piece| fill(index * rows, piece, kept))
    })?;
    Ok(())
}
