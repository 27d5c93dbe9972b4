//! Outputs written in pieces, by as many threads as there are.

use std::sync::{Mutex, PoisonError};

use crate::Scope;
use crate::error::Result;

/// Outputs below this many elements are written by the calling thread.
pub(crate) const SEQUENTIAL: usize = 16_384;

/// Calls `step` with each of `pieces` and its index, on the threads of `scope`; `state` is made once a thread.
///
/// # Errors
/// That of the first piece that failed; cancelling; the deadline.
pub(crate) fn each_piece<P: Send, S: Send>(
    scope: &Scope<'_>,
    pieces: impl IntoIterator<Item = P>,
    state: impl Fn() -> S + Sync,
    step: impl Fn(&mut S, usize, P) -> Result<()> + Sync,
) -> Result<()> {
    // A piece is taken once, so that each lock is free when it is asked for.
    let pieces: Vec<Mutex<Option<P>>> = pieces.into_iter().map(|piece| Mutex::new(Some(piece))).collect();
    let take = |index: usize| pieces[index].lock().unwrap_or_else(PoisonError::into_inner).take();
    scope.fold(pieces.len(), state, |state, index| match take(index) {
        Some(piece) => step(state, index, piece),
        None => Ok(()),
    })?;
    Ok(())
}

/// The length of pieces of `len` elements, `rows` each where there are several.
pub(crate) fn piece_len(len: usize, rows: usize) -> usize {
    if len < SEQUENTIAL { len.max(1) } else { rows }
}
