//! Rows dealt out to parts, each of which has a room of its own: radix partitioning with the numbers of the parts given.
//!
//! Where each row goes is found once, for all its columns: the count of a part that was just written cannot be read again at
//! once.

use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::level::Level;

/// Bytes of a cache line.
const LINE_BYTES: usize = 64;

/// Writes where each row goes: to the next place of its part, which then moves on by one.
///
/// # Panics
/// If the lengths differ, or a part is not among `next`.
pub fn places(level: Level, parts: &[u8], next: &mut [u32], places: &mut [u32]) {
    assert_eq!(parts.len(), places.len(), "a place for each row");
    level.run(Places { parts, next, places });
}

struct Places<'a> {
    parts: &'a [u8],
    next: &'a mut [u32],
    places: &'a mut [u32],
}

impl Kernel for Places<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        for (&part, place) in self.parts.iter().zip(self.places) {
            let next = &mut self.next[part as usize];
            *place = *next;
            *next += 1;
        }
    }
}

/// Writes each value to its place in `out`.
///
/// # Panics
/// If the lengths differ, or there is no such place.
pub fn deal<T: Copy>(level: Level, places: &[u32], values: &[T], out: &mut [T]) {
    assert_eq!(places.len(), values.len(), "a place for each value");
    level.run(Deal { places, values, out });
}

struct Deal<'a, T> {
    places: &'a [u32],
    values: &'a [T],
    out: &'a mut [T],
}

impl<T: Copy> Kernel for Deal<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        for (&place, &value) in self.places.iter().zip(self.values) {
            let held = &mut self.out[place as usize];
            *held = value;
            // The line after the one that is being filled: nothing foretells so many places.
            simd.prefetch_beyond(held, LINE_BYTES);
        }
    }
}
