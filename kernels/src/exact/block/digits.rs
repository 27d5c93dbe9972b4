//! Fixed-point digits of floats, and integer sums of them.
//!
//! Adding the magic number `1.5 * 2^52 * u` rounds a float of at most `2^51 u` to a multiple of `u`, and leaves
//! the multiple as the difference of the bit patterns, negative ones included: patterns of consecutive floats are
//! consecutive integers. So bit patterns are added as integers, and what the magic number itself contributed is
//! taken off once per block.

use crate::arch::Simd;

/// Values of a block at most: 2,048 integers of at most 2^51 add up to 2^62 at most.
pub(crate) const BLOCK: usize = 2048;

const _: () = assert!(BLOCK as u64 * (1 << 51) <= 1 << 62);

/// The number whose addition rounds to multiples of `2^unit`.
#[inline(always)]
pub(crate) fn magic(unit: i32) -> f64 {
    f64::from_bits(((unit + 52 + 1023) as u64) << 52 | 1 << 51)
}

/// `2^exponent`, for exponents of normal floats.
#[inline(always)]
pub(crate) fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

/// The integer sum in `lanes`, to which `vectors` bit patterns of numbers near `magic(unit)` were added.
#[inline(always)]
pub(crate) fn total<S: Simd>(simd: S, lanes: S::I64, vectors: usize, unit: i32) -> i64 {
    let pattern = magic(unit).to_bits();
    let taken = pattern.wrapping_mul((vectors * S::LANES) as u64);
    simd.fold(lanes, 0, u64::wrapping_add).wrapping_sub(taken) as i64
}
