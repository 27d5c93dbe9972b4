//! Whether values are in order already, asked by all threads.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use arrcalc_kernels::sort::{self, Key, Map, Order};

use crate::Scope;
use crate::error::Result;
use crate::order::pieces::for_each;

/// Keys that are looked at before any other thread is woken.
const FIRST_KEYS: usize = 1 << 12;

/// Keys of a piece.
const PIECE_KEYS: usize = 1 << 17;

/// [`sort::order`] on all threads.
///
/// # Errors
/// Cancelling; the deadline.
pub(in crate::order) fn order<K: Key>(scope: &Scope<'_>, bits: &[K], map: &Map<K>) -> Result<Order> {
    let level = scope.level();
    let first = sort::order(level, &bits[..bits.len().min(FIRST_KEYS)], map);
    if first == Order::None || bits.len() <= FIRST_KEYS {
        return Ok(first);
    }
    let is_over = AtomicBool::new(false);
    let starts: Vec<usize> = (0..bits.len()).step_by(PIECE_KEYS).collect();
    let orders = for_each(scope, starts, |start| {
        if is_over.load(Relaxed) {
            return Order::None;
        }
        // One key more, so that the next piece's first is compared too.
        let piece = &bits[start..(start + PIECE_KEYS + 1).min(bits.len())];
        let found = sort::order(level, piece, map);
        is_over.fetch_or(found == Order::None, Relaxed);
        found
    })?;
    Ok(orders.into_iter().fold(first, Order::and))
}
