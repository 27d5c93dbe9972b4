//! Pieces of work, such as disjoint pieces of one slice, for the threads of a scope.

use std::sync::{Mutex, PoisonError};

use crate::Scope;
use crate::error::Result;

/// Rows of a piece: its words stay in a core's second-level cache, and handing it out costs nothing beside the work.
pub(crate) const PIECE_ROWS: usize = 1 << 16;

/// Outputs below this many elements are written by the calling thread.
pub(super) const SEQUENTIAL: usize = 16_384;

/// The smallest pages that systems have: one write takes hold of a page.
pub(super) const PAGE_BYTES: usize = 4096;

/// `len` times `zero`, in memory that the threads have taken hold of side by side. A thread that meets a page which
/// nobody has written to waits for the system to clear it, and so do all others that write there; filling an answer in
/// no order would make them meet at nearly every page.
///
/// # Errors
/// Cancelling; the deadline.
pub(super) fn fresh<T: Copy + Send + Sync>(scope: &Scope<'_>, zero: T, len: usize) -> Result<Vec<T>> {
    let mut values = vec![zero; len];
    let page_len = (PAGE_BYTES / size_of::<T>().max(1)).max(1);
    each(scope, values.chunks_mut(16 * PIECE_ROWS), |_, piece| {
        piece.chunks_mut(page_len).for_each(|page| page[0] = zero);
        Ok(())
    })?;
    Ok(values)
}

/// The length of pieces of `len` elements, `rows` each where there are several.
pub(crate) fn piece_len(len: usize, rows: usize) -> usize {
    if len < SEQUENTIAL { len.max(1) } else { rows }
}

/// Does `work` on each of `pieces`, told its index, on all threads.
///
/// # Errors
/// The error of the lowest piece that failed; cancelling; the deadline.
pub(crate) fn each<P: Send>(
    scope: &Scope<'_>,
    pieces: impl IntoIterator<Item = P>,
    work: impl Fn(usize, P) -> Result<()> + Sync,
) -> Result<()> {
    let pieces = lots(pieces);
    scope.share(pieces.len(), &|_, index| draw(&pieces[index]).map_or(Ok(()), |piece| work(index, piece)))
}

/// As [`each`], with a state that is made once a thread.
///
/// # Errors
/// As [`each`].
pub(super) fn each_with<P: Send, S: Send>(
    scope: &Scope<'_>,
    pieces: impl IntoIterator<Item = P>,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize, P) -> Result<()> + Sync,
) -> Result<()> {
    let pieces = lots(pieces);
    scope.fold(pieces.len(), state, |state, index| {
        draw(&pieces[index]).map_or(Ok(()), |piece| work(state, index, piece))
    })?;
    Ok(())
}

/// Does `work` on each of `items`, on all threads of `scope`; what it gives comes back in the order of the items.
///
/// # Errors
/// Cancelling; the deadline.
pub(super) fn for_each<T: Send, R: Send>(
    scope: &Scope<'_>,
    items: Vec<T>,
    work: impl Fn(T) -> R + Sync,
) -> Result<Vec<R>> {
    let items = lots(items);
    let results: Vec<Mutex<Option<R>>> = items.iter().map(|_| Mutex::new(None)).collect();
    scope.share(items.len(), &|_, index| {
        let result = draw(&items[index]).map(&work);
        *results[index].lock().unwrap_or_else(PoisonError::into_inner) = result;
        Ok(())
    })?;
    let found =
        results.into_iter().filter_map(|cell| cell.into_inner().unwrap_or_else(PoisonError::into_inner));
    Ok(found.collect())
}

/// Pieces that are each taken once, so that each lock is free when it is asked for.
fn lots<P>(pieces: impl IntoIterator<Item = P>) -> Vec<Mutex<Option<P>>> {
    pieces.into_iter().map(|piece| Mutex::new(Some(piece))).collect()
}

fn draw<P>(piece: &Mutex<Option<P>>) -> Option<P> {
    piece.lock().unwrap_or_else(PoisonError::into_inner).take()
}
