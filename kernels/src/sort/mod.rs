//! Sorting of unsigned keys, in place, and of the numbers that have a map onto them.
//!
//! A quicksort whose partition and whose end (a network) work on whole registers; see `quick`. What need not be sorted
//! is found by `order` and `count`.

mod count;
mod deal;
mod map;
mod order;
mod quick;
mod short;

#[cfg(test)]
mod tests;

use std::fmt::Debug;
use std::ops::{BitAnd, BitXor};

use crate::Level;
use crate::arch::sort::Sortable;

pub use count::{Range, count, fill};
pub use deal::{deal, sides};
pub use map::{Map, Value};
pub use order::{Order, order};
pub use quick::{Part, pivot, sample, sort_part};
pub use short::{Short, count_short, fill_short};

/// Keys that can be sorted: `u64` and `u32`. Floats and signed integers have maps onto them ([`Value`]).
#[expect(private_bounds, reason = "what levels have for a key is their own business")]
pub trait Key:
    Sortable + deal::Pack + BitAnd<Output = Self> + BitXor<Output = Self> + Debug + 'static
{
    /// The lowest key.
    const ZERO: Self;
    /// The highest key.
    const HIGHEST: Self;

    /// The key after this one.
    fn next(self) -> Option<Self>;

    /// `HIGHEST` if the highest bit is set, else `ZERO`.
    fn sign_spread(self) -> Self;

    /// `self - other`, wrapping.
    fn above(self, other: Self) -> Self;

    /// The key as a number.
    fn number(self) -> u64;

    /// `self + number`, wrapping.
    fn plus(self, number: u64) -> Self;
}

macro_rules! keys {
    ($key:ident, $signed:ident) => {
        impl Key for $key {
            const ZERO: Self = 0;
            const HIGHEST: Self = $key::MAX;

            #[inline(always)]
            fn next(self) -> Option<Self> {
                self.checked_add(1)
            }

            #[inline(always)]
            fn sign_spread(self) -> Self {
                (self as $signed >> ($key::BITS - 1)) as $key
            }

            #[inline(always)]
            fn above(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }

            #[inline(always)]
            fn number(self) -> u64 {
                self.into()
            }

            #[inline(always)]
            fn plus(self, number: u64) -> Self {
                self.wrapping_add(number as $key)
            }
        }
    };
}

keys!(u64, i64);
keys!(u32, i32);

/// Sorts `keys` in ascending order, in place.
///
/// Cost: `O(n log n)`, whatever the keys; less where few are distinct.
pub fn sort<K: Key>(level: Level, keys: &mut [K]) {
    sort_part(level, Part { keys, lowest: None }, &Map::IDENTITY);
}

/// Moves the keys below `pivot` to the front, in no particular order, and returns their number.
pub fn partition<K: Key>(level: Level, keys: &mut [K], pivot: K) -> usize {
    K::partition(level, keys, pivot)
}

/// As [`partition`], of the keys that `map` gives for `bits`, from there to `keys`. Also returns whether all are keys of
/// numbers.
///
/// # Panics
/// If the lengths differ.
pub fn partition_from<K: Key>(
    level: Level,
    bits: &[K],
    keys: &mut [K],
    map: &Map<K>,
    pivot: K,
) -> (usize, bool) {
    assert!(bits.len() == keys.len(), "room for every key");
    K::partition_from(level, bits, keys, map, pivot)
}
