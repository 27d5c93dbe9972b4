//! Values that lie close together: a bit, a count or a place for each that there could be.
//!
//! A value is its ordered code ([`Orderable`]) less the lowest one. Nothing is compared or hashed, so a value takes about
//! a nanosecond while the table stays in the caches (counting sort's first half: Seward 1954; Knuth 1998, section 5.2).

use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::level::Level;
use crate::order::Orderable;

/// Sets bit `code - low` of `bits` for each value, up to the first value that has no bit; returns how many those are.
pub fn mark<T: Orderable>(level: Level, values: &[T], low: u64, bits: &mut [u64]) -> usize {
    struct Mark<'a, T>(&'a [T], u64, &'a mut [u64]);
    impl<T: Orderable> Kernel for Mark<'_, T> {
        type Output = usize;
        #[inline(always)]
        fn run<S: Simd>(self, _: S) -> usize {
            let Mark(values, low, bits) = self;
            for (at, value) in values.iter().enumerate() {
                let place = value.ordered().wrapping_sub(low);
                let Some(word) = bits.get_mut((place >> 6) as usize) else { return at };
                *word |= 1 << (place & 63);
            }
            values.len()
        }
    }
    level.run(Mark(values, low, bits))
}

/// Adds one to `counts[code - low]` for each value, up to the first value that has no count; returns how many those are.
///
/// A count past `u32::MAX` starts again from 0: callers take in fewer values, or look between.
pub fn count<T: Orderable>(level: Level, values: &[T], low: u64, counts: &mut [u32]) -> usize {
    struct Count<'a, T>(&'a [T], u64, &'a mut [u32]);
    impl<T: Orderable> Kernel for Count<'_, T> {
        type Output = usize;
        #[inline(always)]
        fn run<S: Simd>(self, _: S) -> usize {
            let Count(values, low, counts) = self;
            for (at, value) in values.iter().enumerate() {
                let place = value.ordered().wrapping_sub(low) as usize;
                let Some(count) = counts.get_mut(place) else { return at };
                *count = count.wrapping_add(1);
            }
            values.len()
        }
    }
    level.run(Count(values, low, counts))
}

/// Writes the row of each value to `rows[code - low]`, the last value first, so that the first of equal ones stays; row
/// numbers begin at `first`.
///
/// # Panics
/// If a value has no place.
pub fn first_rows<T: Orderable>(level: Level, values: &[T], low: u64, first: u64, rows: &mut [u64]) {
    struct First<'a, T>(&'a [T], u64, u64, &'a mut [u64]);
    impl<T: Orderable> Kernel for First<'_, T> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd>(self, _: S) {
            let First(values, low, first, rows) = self;
            for (row, value) in values.iter().enumerate().rev() {
                rows[value.ordered().wrapping_sub(low) as usize] = first + row as u64;
            }
        }
    }
    // The last row of so many must be a number.
    assert!(first.checked_add(values.len() as u64).is_some(), "rows that have a number");
    level.run(First(values, low, first, rows));
}

/// Writes `ranks[code - low]` of each value to `out`.
///
/// # Panics
/// If there is not one place in `out` for each value, or a value has no rank.
pub fn look_up<T: Orderable>(level: Level, values: &[T], low: u64, ranks: &[u32], out: &mut [u64]) {
    struct Look<'a, T>(&'a [T], u64, &'a [u32], &'a mut [u64]);
    impl<T: Orderable> Kernel for Look<'_, T> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd>(self, _: S) {
            let Look(values, low, ranks, out) = self;
            for (out, value) in out.iter_mut().zip(values) {
                *out = ranks[value.ordered().wrapping_sub(low) as usize].into();
            }
        }
    }
    assert!(out.len() == values.len(), "a place for each value");
    level.run(Look(values, low, ranks, out));
}
