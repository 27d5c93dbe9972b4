//! Sorting of values: numbers in place or on their way to another place.
//!
//! The order is total on bits, so the result is a function of the multiset of values: -0.0 stands before +0.0, and NaNs
//! stand last in both directions, in the order in which they came, their payloads kept.

mod column;
mod counted;
mod nth;
pub(in crate::order) mod order;
mod shorts;
mod text;
mod words;

#[cfg(test)]
mod tests;

use half::f16;

use crate::Scope;
use crate::error::{Error, Result};

pub use column::{Nulls, sort_column};

/// Which end of the order comes first. NaN and null stand last in both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// The lowest value first.
    #[default]
    Ascending,
    /// The highest value first.
    Descending,
}

mod sealed {
    use super::{Result, Scope};

    /// What [`super::Sort`] is made of.
    pub trait Sealed: Sized {
        fn sort(scope: &Scope<'_>, values: &mut [Self], descending: bool) -> Result<()>;
        fn sort_to(scope: &Scope<'_>, values: &[Self], out: &mut [Self], descending: bool) -> Result<()>;
        fn partition_to(scope: &Scope<'_>, values: &[Self], out: &mut [Self], places: &[usize])
        -> Result<()>;
    }
}

/// A number that can be sorted: `i8` to `i64`, `u8` to `u64`, `f16`, `f32`, `f64`.
pub trait Sort: sealed::Sealed + Copy + Send + Sync + 'static {}

macro_rules! words {
    ($($type:ident),*) => {$(
        impl sealed::Sealed for $type {
            fn sort(scope: &Scope<'_>, values: &mut [Self], descending: bool) -> Result<()> {
                words::sort_words(scope, values, descending)
            }

            fn sort_to(scope: &Scope<'_>, values: &[Self], out: &mut [Self], descending: bool) -> Result<()> {
                words::sort_words_to(scope, values, out, descending)
            }

            fn partition_to(
                scope: &Scope<'_>,
                values: &[Self],
                out: &mut [Self],
                places: &[usize],
            ) -> Result<()> {
                nth::partition_words_to(scope, values, out, places)
            }
        }
        impl Sort for $type {}
    )*};
}

macro_rules! shorts {
    ($($type:ident),*) => {$(
        impl sealed::Sealed for $type {
            fn sort(scope: &Scope<'_>, values: &mut [Self], descending: bool) -> Result<()> {
                shorts::sort_shorts(scope, values, descending)
            }

            fn sort_to(scope: &Scope<'_>, values: &[Self], out: &mut [Self], descending: bool) -> Result<()> {
                out.copy_from_slice(values);
                shorts::sort_shorts(scope, out, descending)
            }

            fn partition_to(
                scope: &Scope<'_>,
                values: &[Self],
                out: &mut [Self],
                _places: &[usize],
            ) -> Result<()> {
                // Counting is linear already.
                out.copy_from_slice(values);
                shorts::sort_shorts(scope, out, false)
            }
        }
        impl Sort for $type {}
    )*};
}

words!(i32, u32, f32, i64, u64, f64);
shorts!(i8, u8, i16, u16, f16);

/// Sorts `values` in place.
///
/// Cost: `O(n log n)` whatever the values, on all threads of `scope`; one or two passes where they are in order already, in
/// reverse, or of a narrow range. No copy of the values is made; NaNs are held meanwhile.
///
/// # Errors
/// Cancelling; the deadline. The values are then not what they were.
pub fn sort<T: Sort>(scope: &Scope<'_>, values: &mut [T], direction: Direction) -> Result<()> {
    T::sort(scope, values, direction == Direction::Descending)
}

/// Writes `values` in order to `out`: as a copy followed by [`sort()`], one pass cheaper.
///
/// # Panics
/// If the lengths differ.
///
/// # Errors
/// Cancelling; the deadline.
pub fn sort_to<T: Sort>(scope: &Scope<'_>, values: &[T], out: &mut [T], direction: Direction) -> Result<()> {
    assert!(values.len() == out.len(), "room for every value");
    T::sort_to(scope, values, out, direction == Direction::Descending)
}

/// Writes `values` to `out` such that each of those at `places` is what an ascending [`sort()`] would put there, nothing before it
/// is above it and nothing after it is below it. NaNs stand last.
///
/// The result is the same for any number of threads and any instructions: between the places values stand in the order in
/// which they came (numbers of 8 and 16 bits, and all where there are many places, are sorted).
///
/// Cost: `O(n)` on average for a place, `O(n log n)` whatever the values and places.
///
/// # Panics
/// If the lengths differ.
///
/// # Errors
/// A place past the end; cancelling; the deadline.
pub fn partition_to<T: Sort>(scope: &Scope<'_>, values: &[T], out: &mut [T], places: &[usize]) -> Result<()> {
    assert!(values.len() == out.len(), "room for every value");
    let mut places = places.to_vec();
    places.sort_unstable();
    places.dedup();
    match places.last() {
        Some(place) if *place >= values.len() => {
            Err(Error::Request { reason: format!("place {place} of {} values", values.len()) })
        }
        _ => T::partition_to(scope, values, out, &places),
    }
}

/// As [`partition_to`], in place, with a copy of the values meanwhile.
///
/// # Errors
/// As [`partition_to`]; memory.
pub fn partition<T: Sort>(scope: &Scope<'_>, values: &mut [T], places: &[usize]) -> Result<()> {
    let _copy = scope.budget().reserve("a copy of the values to partition", size_of_val(values) as u64)?;
    let copy = values.to_vec();
    partition_to(scope, &copy, values, places)
}

/// The value that an ascending [`sort()`] would put at `place`; `values` are left as by [`partition`].
///
/// # Errors
/// As [`partition`].
pub fn nth<T: Sort>(scope: &Scope<'_>, values: &mut [T], place: usize) -> Result<T> {
    partition(scope, values, &[place])?;
    Ok(values[place])
}
