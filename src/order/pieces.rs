//! Disjoint pieces of one slice, for the threads of a scope.

use std::sync::{Mutex, PoisonError};

use crate::Scope;
use crate::error::Result;

/// Rows of a piece: its words stay in a core's second-level cache, and handing it out costs nothing beside the work.
pub(super) const PIECE_ROWS: usize = 1 << 16;

/// Does `work` on each of `pieces`, told its index, on all threads.
///
/// # Errors
/// The error of the lowest piece that failed; cancelling; the deadline.
pub(super) fn each<P: Send>(
    scope: &Scope<'_>,
    pieces: impl IntoIterator<Item = P>,
    work: impl Fn(usize, P) -> Result<()> + Sync,
) -> Result<()> {
    let pieces: Vec<Mutex<Option<P>>> = pieces.into_iter().map(|piece| Mutex::new(Some(piece))).collect();
    scope.fold(
        pieces.len(),
        || (),
        |(), index| {
            let piece = pieces[index].lock().unwrap_or_else(PoisonError::into_inner).take();
            piece.map_or(Ok(()), |piece| work(index, piece))
        },
    )?;
    Ok(())
}
