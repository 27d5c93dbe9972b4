//! Values dealt out to parts, each of which has a room of its own: radix partitioning with the numbers of the parts
//! given.

use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::level::Level;

/// Writes each value behind the last one of its part: part `p` holds `out[p * room..][..ends[p]]`, and `ends` grow.
///
/// # Panics
/// If the lengths differ, or a part is not among `ends`, or has no room.
pub fn deal<T: Copy>(
    level: Level,
    parts: &[u8],
    values: &[T],
    room: usize,
    ends: &mut [usize],
    out: &mut [T],
) {
    assert_eq!(parts.len(), values.len(), "a part for each value");
    level.run(Deal { parts, values, room, ends, out });
}

struct Deal<'a, T> {
    parts: &'a [u8],
    values: &'a [T],
    room: usize,
    ends: &'a mut [usize],
    out: &'a mut [T],
}

/// Bytes of a cache line.
const LINE_BYTES: usize = 64;

impl<T: Copy> Kernel for Deal<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { parts, values, room, ends, out } = self;
        for (&part, &value) in parts.iter().zip(values) {
            let end = &mut ends[part as usize];
            assert!(*end < room, "a part has room for its values");
            let held = &mut out[part as usize * room + *end];
            *held = value;
            *end += 1;
            // The line after the one that is being filled: nothing foretells so many places.
            simd.prefetch_beyond(held, LINE_BYTES);
        }
    }
}
