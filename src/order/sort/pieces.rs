//! Work on pieces that threads take one after the other.

use std::sync::{Mutex, PoisonError};

use crate::Scope;
use crate::error::Result;

/// Does `work` on each of `items`, on all threads of `scope`; what it gives comes back in the order of the items.
///
/// # Errors
/// Cancelling; the deadline.
pub(in crate::order) fn for_each<T: Send, R: Send>(
    scope: &Scope<'_>,
    items: Vec<T>,
    work: impl Fn(T) -> R + Sync,
) -> Result<Vec<R>> {
    let items: Vec<_> = items.into_iter().map(|item| Mutex::new(Some(item))).collect();
    let results: Vec<Mutex<Option<R>>> = items.iter().map(|_| Mutex::new(None)).collect();
    scope.fold(
        items.len(),
        || (),
        |(), index| {
            let item = items[index].lock().unwrap_or_else(PoisonError::into_inner).take();
            let result = item.map(&work);
            *results[index].lock().unwrap_or_else(PoisonError::into_inner) = result;
            Ok(())
        },
    )?;
    let found =
        results.into_iter().filter_map(|cell| cell.into_inner().unwrap_or_else(PoisonError::into_inner));
    Ok(found.collect())
}
