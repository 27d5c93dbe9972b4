//! Left-pack: the values whose bit is set, in order.
//!
//! Eight lanes at a time where the processor has an instruction for it, else four through a table of permutations by
//! their four bits (D. Lemire and others use the same for set intersection); a whole vector is stored and the next one
//! overwrites what was too much.

use super::AHEAD_BYTES;
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::{Bits, Level};

/// An element of 64 bits.
pub trait Lane64: Copy {
    /// Its bits.
    fn to_lane(self) -> u64;
    /// From its bits.
    fn from_lane(bits: u64) -> Self;
}

impl Lane64 for u64 {
    #[inline(always)]
    fn to_lane(self) -> u64 {
        self
    }
    #[inline(always)]
    fn from_lane(bits: u64) -> Self {
        bits
    }
}

impl Lane64 for i64 {
    #[inline(always)]
    fn to_lane(self) -> u64 {
        self as u64
    }
    #[inline(always)]
    fn from_lane(bits: u64) -> Self {
        bits as i64
    }
}

impl Lane64 for f64 {
    #[inline(always)]
    fn to_lane(self) -> u64 {
        self.to_bits()
    }
    #[inline(always)]
    fn from_lane(bits: u64) -> Self {
        f64::from_bits(bits)
    }
}

/// Writes the values whose bit is set to the front of `out`, in order; returns how many. What follows them in `out`
/// may be overwritten.
///
/// # Panics
/// If `bits` has another length than `values`, or `out` has no room for the values.
pub fn compress<T: Lane64>(level: Level, values: &[T], bits: Bits<'_>, out: &mut [T]) -> usize {
    struct Compress<'a, T>(&'a [T], Bits<'a>, &'a mut [T]);
    impl<T: Lane64> Kernel for Compress<'_, T> {
        type Output = usize;
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) -> usize {
            let Compress(values, bits, out) = self;
            let mut to = 0;
            for (at, part) in values.chunks(64).enumerate() {
                let word = bits.word(64 * at);
                part.iter().step_by(8).for_each(|value| simd.prefetch_beyond(value, AHEAD_BYTES));
                match <&[T; 64]>::try_from(part) {
                    Ok(part) if word == u64::MAX => {
                        out[to..to + 64].copy_from_slice(part);
                        to += 64;
                    }
                    Ok(part) if to + 64 <= out.len() => to += pack(simd, part, word, &mut out[to..to + 64]),
                    _ => {
                        for (index, value) in part.iter().enumerate() {
                            if word >> index & 1 == 1 {
                                out[to] = *value;
                                to += 1;
                            }
                        }
                    }
                }
            }
            to
        }
    }
    assert!(bits.len() == values.len(), "one bit for each value");
    level.run(Compress(values, bits, out))
}

/// Moves the values whose bit is set to the front, in order; returns how many. What follows them is overwritten.
///
/// # Panics
/// If `bits` has another length than `values`.
pub fn compress_in_place<T: Lane64>(level: Level, values: &mut [T], bits: Bits<'_>) -> usize {
    struct InPlace<'a, T>(&'a mut [T], Bits<'a>);
    impl<T: Lane64> Kernel for InPlace<'_, T> {
        type Output = usize;
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) -> usize {
            let InPlace(values, bits) = self;
            let mut to = 0;
            for start in (0..values.len()).step_by(64) {
                let word = bits.word(start);
                let end = values.len().min(start + 64);
                if word == u64::MAX {
                    values.copy_within(start..end, to);
                    to += end - start;
                } else if end - start == 64 && word != 0 {
                    // Values ahead are read before the vector that might reach them is stored.
                    let mut part = [values[start]; 64];
                    part.copy_from_slice(&values[start..end]);
                    to += pack(simd, &part, word, &mut values[to..to + 64]);
                } else {
                    for from in start..end {
                        values[to] = values[from];
                        to += (word >> (from - start) & 1) as usize;
                    }
                }
            }
            to
        }
    }
    assert!(bits.len() == values.len(), "one bit for each value");
    level.run(InPlace(values, bits))
}

/// Packs 64 values; `out` has 64 places.
#[inline(always)]
pub(crate) fn pack<T: Lane64, S: Simd>(simd: S, values: &[T; 64], word: u64, out: &mut [T]) -> usize {
    assert!(out.len() == 64, "a place for each value");
    let mut to = 0;
    if S::PACKS_EIGHT {
        let (eights, _) = values.as_chunks::<8>();
        for (index, eight) in eights.iter().enumerate() {
            let byte = word >> (8 * index) & 255;
            let packed = simd.left_pack_eight(&lanes(eight), byte as usize);
            // At most `8 * index` values were stored before: there is always room for a whole vector.
            store(&packed, &mut out[to..to + 8]);
            to += byte.count_ones() as usize;
        }
        return to;
    }
    let (quads, _) = values.as_chunks::<4>();
    for (index, quad) in quads.iter().enumerate() {
        let nibble = word >> (4 * index) & 15;
        let packed = simd.left_pack(&lanes(quad), nibble as usize);
        // At most `4 * index` values were stored before: there is always room for a whole vector.
        store(&packed, &mut out[to..to + 4]);
        to += nibble.count_ones() as usize;
    }
    to
}

/// The values as lanes. (A loop, as `array::map` is not always inlined: a call for each vector.)
#[inline(always)]
fn lanes<T: Lane64, const N: usize>(values: &[T; N]) -> [u64; N] {
    let mut lanes = [0; N];
    for (lane, value) in lanes.iter_mut().zip(values) {
        *lane = value.to_lane();
    }
    lanes
}

/// The lanes as values.
#[inline(always)]
fn store<T: Lane64, const N: usize>(lanes: &[u64; N], out: &mut [T]) {
    for (place, &lane) in out.iter_mut().zip(lanes) {
        *place = T::from_lane(lane);
    }
}
