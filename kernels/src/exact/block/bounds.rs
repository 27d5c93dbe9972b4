//! What is known of all values of a block: how large, and on which grid.

use crate::arch::{LANES, Simd};
use crate::exact::counts::Counts;

/// Every nonzero value `x` has `|x| < 2^top` and is a multiple of `2^low`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) top: i32,
    pub(crate) low: i32,
}

/// Values whose special ones are counted.
pub(crate) struct Measured {
    /// Bounds of the finite nonzero values; `None` where there are none.
    pub(crate) bounds: Option<Bounds>,
    /// Whether infinities or NaNs are among the values.
    pub(crate) has_special: bool,
}

const EXPONENT_FIELD: u64 = 0x7ff;
const INFINITY: u64 = EXPONENT_FIELD << 52;
const FRACTION: u64 = (1 << 52) - 1;
const MAGNITUDE: u64 = u64::MAX >> 1;
const SIGN: u64 = 1 << 63;

/// The first reading of a block.
struct Scan {
    /// Exponent fields of the largest and the least magnitude.
    most: u64,
    least: u64,
    /// Union of all bits.
    bits: u64,
}

/// Measures the values and counts those that are special; `counts.total` is left to the caller.
///
/// The first reading suffices where all are normal numbers; zeros cost a second one, infinities, NaNs and
/// subnormals a slow one.
#[inline(always)]
pub(crate) fn measure<S: Simd>(simd: S, values: &[f64], counts: &mut Counts) -> Measured {
    let mut scan = scan(simd, values);
    if scan.most == EXPONENT_FIELD {
        return measure_slowly(values, counts);
    }
    if scan.least == 0 {
        let (negative_zeros, least) = scan_zeros(simd, values);
        if least == 0 {
            return measure_slowly(values, counts);
        }
        counts.negative_zero += negative_zeros;
        scan.least = least;
    }
    let bounds = bounds_of(scan.most, scan.least, scan.bits);
    Measured { bounds: (scan.most > 0).then_some(bounds), has_special: false }
}

/// Bounds of normal numbers with exponent fields `least..=most`, whose bits are all among `bits`: what is zero at
/// the end of every fraction makes the grid coarser.
#[inline(always)]
fn bounds_of(most: u64, least: u64, bits: u64) -> Bounds {
    let zeros = ((bits & FRACTION) | 1 << 52).trailing_zeros() as i32;
    Bounds { top: most as i32 - 1022, low: least as i32 - 1075 + zeros }
}

/// Exponents are compared as the top 16 bits of each value (exponent and four bits of fraction), which every level
/// can do in one instruction.
#[inline(always)]
fn scan<S: Simd>(simd: S, values: &[f64]) -> Scan {
    let magnitude = simd.splat_integer(MAGNITUDE);
    let mut most = simd.splat_integer(0);
    let mut least = magnitude;
    let mut union = simd.splat_integer(0);
    let (vectors, rest) = values.as_chunks::<LANES>();
    for vector in vectors {
        let bits = simd.bits(simd.load(vector));
        let unsigned = simd.and(bits, magnitude);
        most = simd.max_i16(most, unsigned);
        least = simd.min_i16(least, unsigned);
        union = simd.or(union, bits);
    }
    let mut scan = Scan {
        most: simd.to_integers(most).into_iter().fold(0, u64::max) >> 52,
        least: simd.to_integers(least).into_iter().fold(MAGNITUDE, u64::min) >> 52,
        bits: simd.to_integers(union).into_iter().fold(0, |all, lane| all | lane),
    };
    for value in rest {
        let field = value.to_bits() >> 52 & EXPONENT_FIELD;
        scan.most = scan.most.max(field);
        scan.least = scan.least.min(field);
        scan.bits |= value.to_bits();
    }
    scan
}

/// The number of `-0.0` among finite values, and the exponent field of the least nonzero magnitude, or one less.
#[inline(always)]
fn scan_zeros<S: Simd>(simd: S, values: &[f64]) -> (u64, u64) {
    let magnitude = simd.splat_integer(MAGNITUDE);
    let negative_zero = simd.splat_integer(SIGN);
    let minus_one = simd.splat_integer(u64::MAX);
    let mut least = magnitude;
    let mut matches = simd.splat_integer(0);
    let (vectors, rest) = values.as_chunks::<LANES>();
    for vector in vectors {
        let bits = simd.bits(simd.load(vector));
        // One less than zero is, without its sign, the largest of all; a power of two looks one binade lower.
        let below = simd.and(simd.add_integers(simd.and(bits, magnitude), minus_one), magnitude);
        least = simd.min_i16(least, below);
        matches = simd.add_integers(matches, simd.equal_integers(bits, negative_zero));
    }
    let mut least = simd.to_integers(least).into_iter().fold(MAGNITUDE, u64::min);
    let mut count = simd.to_integers(matches).into_iter().fold(0, u64::wrapping_sub);
    for value in rest {
        least = least.min((value.to_bits() & MAGNITUDE).wrapping_sub(1) & MAGNITUDE);
        count += u64::from(value.to_bits() == SIGN);
    }
    (count, least >> 52)
}

/// Counts and measures values of any kind.
#[inline(never)]
fn measure_slowly(values: &[f64], counts: &mut Counts) -> Measured {
    let (mut nan, mut positive_infinity, mut negative_infinity, mut negative_zero) = (0, 0, 0, 0);
    let (mut most, mut least, mut union) = (0, u64::MAX, 0);
    for value in values {
        let bits = value.to_bits();
        let magnitude = bits & MAGNITUDE;
        nan += u64::from(magnitude > INFINITY);
        positive_infinity += u64::from(bits == INFINITY);
        negative_infinity += u64::from(bits == INFINITY | SIGN);
        negative_zero += u64::from(bits == SIGN);
        let finite = if magnitude < INFINITY { magnitude } else { 0 };
        most = most.max(finite);
        least = least.min(finite.wrapping_sub(1)); // zero wraps to the maximum and so is passed over
        union |= finite;
    }
    counts.nan += nan;
    counts.positive_infinity += positive_infinity;
    counts.negative_infinity += negative_infinity;
    counts.negative_zero += negative_zero;
    let has_special = nan + positive_infinity + negative_infinity > 0;
    if most == 0 {
        return Measured { bounds: None, has_special };
    }
    let least = least + 1;
    let bounds = if least >> 52 == 0 {
        // Fractions of subnormals begin elsewhere: take the finest grid there is.
        Bounds { top: ((most >> 52) as i32).max(1) - 1022, low: -1074 }
    } else {
        bounds_of(most >> 52, least >> 52, union)
    };
    Measured { bounds: Some(bounds), has_special }
}
