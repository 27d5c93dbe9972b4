//! Values outside an interval, kept; all others are only counted.

use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::elementwise::{Lane64, pack_lanes};
use crate::level::Level;
use crate::order_key::OrderKey;

/// Values to a word of truths.
const WORD: usize = 64;
/// Values after which those kept are moved on.
const BLOCK: usize = 512;

/// Appends to `kept` those of `values` that are below `low` or above `high`, in their order; returns how many are not. A NaN
/// is neither.
pub fn keep_outside<T: OrderKey + Lane64>(
    level: Level,
    values: &[T],
    (low, high): (T, T),
    kept: &mut Vec<T>,
) -> usize {
    level.run(KeepOutside { values, ends: [low, high], kept })
}

struct KeepOutside<'a, T> {
    values: &'a [T],
    ends: [T; 2],
    kept: &'a mut Vec<T>,
}

impl<T: OrderKey + Lane64> Kernel for KeepOutside<'_, T> {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> usize {
        let Self { values, ends, kept } = self;
        let mut packed = [T::ZERO; BLOCK];
        let mut outside = 0;
        for block in values.chunks(BLOCK) {
            let mut to = 0;
            for part in block.chunks(WORD) {
                let word = truths(simd, part, &ends);
                match <&[T; WORD]>::try_from(part) {
                    // As many places are left as values are at hand, at least. Which words are zero cannot be foretold.
                    Ok(part) => to += pack_lanes(simd, part, word, &mut packed[to..to + WORD]),
                    Err(_) => {
                        for (_, value) in part.iter().enumerate().filter(|(bit, _)| word >> bit & 1 == 1) {
                            packed[to] = *value;
                            to += 1;
                        }
                    }
                }
            }
            kept.extend_from_slice(&packed[..to]);
            outside += to;
        }
        values.len() - outside
    }
}

/// Which of at most 64 values are below the first or above the second of the ends.
#[inline(always)]
fn truths<S: Simd, T: OrderKey>(simd: S, values: &[T], ends: &[T; 2]) -> u64 {
    if let (Some(floats), Some(&[low, high])) = (T::as_floats(values), T::as_floats(ends)) {
        let (vectors, rest) = simd.vectors(floats);
        let is_outside = |vector| simd.less(vector, simd.splat(low)) | simd.less(simd.splat(high), vector);
        let mut word = 0;
        for (at, vector) in vectors.iter().enumerate() {
            word |= is_outside(simd.load(vector)) << (S::LANES * at);
        }
        for (at, &value) in rest.iter().enumerate() {
            word |= u64::from(value < low || value > high) << (S::LANES * vectors.len() + at);
        }
        return word;
    }
    let mut bytes = [0; WORD];
    for (byte, value) in bytes.iter_mut().zip(values) {
        *byte = u8::from(*value < ends[0]) | u8::from(*value > ends[1]);
    }
    simd.pack_truths(&bytes)
}
