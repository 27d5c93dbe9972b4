//! What is known of all values of a block: how large, and on which grid.

use crate::arch::{LANES, Simd};
use crate::exact::counts::Counts;

/// Every nonzero value `x` has `|x| < 2^top` and is a multiple of `2^low`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) top: i32,
    pub(crate) low: i32,
}

/// What the first reading of a block found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scan {
    /// Normal numbers only.
    Normal(Bounds),
    /// There are zeros, subnormals, infinities or NaNs: count and measure with care.
    Careful,
}

const EXPONENT_FIELD: u64 = 0x7ff;
const FRACTION: u64 = (1 << 52) - 1;

/// Measures a block that is not empty.
///
/// Exponents are compared as the top 16 bits of each value (exponent and four bits of fraction), which every
/// level can do in one instruction; the common grid follows from the least exponent and from the low bits that
/// are zero in every fraction.
#[inline(always)]
pub(crate) fn scan<S: Simd>(simd: S, block: &[f64], prefetch_bytes: usize) -> Scan {
    let magnitude = simd.splat_integer(u64::MAX >> 1);
    let mut most = simd.splat_integer(0);
    let mut least = magnitude;
    let mut union = simd.splat_integer(0);
    let (vectors, rest) = block.as_chunks::<LANES>();
    for vector in vectors {
        simd.prefetch(vector, prefetch_bytes);
        let bits = simd.bits(simd.load(vector));
        let unsigned = simd.and(bits, magnitude);
        most = simd.max_i16(most, unsigned);
        least = simd.min_i16(least, unsigned);
        union = simd.or(union, bits);
    }
    let mut top = simd.to_integers(most).into_iter().map(|lane| lane >> 52).fold(0, u64::max);
    let mut bottom =
        simd.to_integers(least).into_iter().map(|lane| lane >> 52).fold(EXPONENT_FIELD, u64::min);
    let mut fractions = simd.to_integers(union).into_iter().fold(0, |all, lane| all | lane);
    for value in rest {
        let field = value.to_bits() >> 52 & EXPONENT_FIELD;
        (top, bottom) = (top.max(field), bottom.min(field));
        fractions |= value.to_bits();
    }
    if top == EXPONENT_FIELD || bottom == 0 {
        return Scan::Careful;
    }
    let zeros = (fractions | 1 << 52).trailing_zeros() as i32;
    Scan::Normal(Bounds { top: top as i32 - 1022, low: bottom as i32 - 1075 + zeros })
}

/// Counts what is special in a block; the bounds of its finite nonzero values, if there are any.
#[inline(always)]
pub(crate) fn scan_carefully(block: &[f64], counts: &mut Counts) -> Option<Bounds> {
    let (mut nan, mut positive_infinity, mut negative_infinity, mut negative_zero) = (0, 0, 0, 0);
    let (mut most, mut least, mut fractions) = (0, u64::MAX, 0);
    const INFINITY: u64 = EXPONENT_FIELD << 52;
    for value in block {
        let bits = value.to_bits();
        let magnitude = bits & u64::MAX >> 1;
        nan += u64::from(magnitude > INFINITY);
        positive_infinity += u64::from(bits == INFINITY);
        negative_infinity += u64::from(bits == INFINITY | 1 << 63);
        negative_zero += u64::from(bits == 1 << 63);
        let finite = if magnitude < INFINITY { magnitude } else { 0 };
        most = most.max(finite);
        least = least.min(finite.wrapping_sub(1)); // zero wraps to the maximum and so is passed over
        fractions |= finite;
    }
    counts.nan += nan;
    counts.positive_infinity += positive_infinity;
    counts.negative_infinity += negative_infinity;
    counts.negative_zero += negative_zero;
    if most == 0 {
        return None;
    }
    let least = least + 1;
    let bottom = (least >> 52).max(1) as i32;
    // With a subnormal among them the fractions begin at different places: take the finest grid there is.
    let zeros = if least >> 52 == 0 { 0 } else { ((fractions & FRACTION) | 1 << 52).trailing_zeros() as i32 };
    Some(Bounds { top: (most >> 52) as i32 - 1022, low: bottom - 1075 + zeros })
}
