//! Sorting of unsigned keys, in place: what every sort comes down to.
//!
//! A quicksort whose partition and whose end (a network) work on whole registers; see `quick`.

mod quick;

#[cfg(test)]
mod tests;

use crate::Level;
use crate::arch::sort::Sortable;

/// Keys that can be sorted: `u64` and `u32`. Floats and signed integers have maps onto them
/// ([`crate::order_key::OrderKey`]).
#[expect(private_bounds, reason = "what levels have for a key is their own business")]
pub trait Key: Sortable {
    /// The key after this one.
    fn next(self) -> Option<Self>;
}

impl Key for u64 {
    fn next(self) -> Option<Self> {
        self.checked_add(1)
    }
}

impl Key for u32 {
    fn next(self) -> Option<Self> {
        self.checked_add(1)
    }
}

/// Sorts `keys` in ascending order, in place.
///
/// Cost: `O(n log n)`, whatever the keys; less where few are distinct.
pub fn sort<K: Key>(level: Level, keys: &mut [K]) {
    quick::sort(level, keys, None);
}

/// Moves the keys below `pivot` to the front, in no particular order, and returns their number.
pub fn partition<K: Key>(level: Level, keys: &mut [K], pivot: K) -> usize {
    K::partition(level, keys, pivot)
}

pub use quick::{pivot, sort_from};
