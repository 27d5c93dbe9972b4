//! What is known of all values of a block: how large, and on which grid.

use super::digits::magic;
use crate::arch::Simd;
use crate::exact::counts::Counts;

/// Every nonzero value `x` has `2^least <= |x| < 2^top` and is a multiple of `2^low`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) top: i32,
    pub(crate) least: i32,
    pub(crate) low: i32,
    /// Whether the last bits of all fractions are zero: the values may be on a coarser grid than this.
    pub(crate) has_short_fractions: bool,
}

/// Values whose special ones are counted.
pub(crate) struct Measured {
    /// Bounds of the finite nonzero values; `None` where there are none.
    pub(crate) bounds: Option<Bounds>,
    /// Whether infinities or NaNs are among the values.
    pub(crate) has_special: bool,
    /// Whether there may be zeros among them.
    pub(crate) has_zero: bool,
}

const EXPONENT_FIELD: u64 = 0x7ff;
const INFINITY: u64 = EXPONENT_FIELD << 52;
const FRACTION: u64 = (1 << 52) - 1;
const MAGNITUDE: u64 = u64::MAX >> 1;
const SIGN: u64 = 1 << 63;

/// The first reading of a block.
#[derive(Clone, Copy)]
pub(crate) struct Scan {
    /// Exponent fields of the largest and the least magnitude.
    most: u64,
    least: u64,
    /// Union of all bits.
    bits: u64,
}

impl Scan {
    /// Whether any sign bit is set.
    pub(crate) fn has_negative(self) -> bool {
        self.bits >> 63 == 1
    }
}

/// Measures the values and counts those that are special; `counts.total` is left to the caller.
///
/// The first reading suffices where all are normal numbers; zeros cost a second one, infinities, NaNs and
/// subnormals a slow one.
#[inline(always)]
pub(crate) fn measure<S: Simd>(simd: S, values: &[f64], counts: &mut Counts) -> Measured {
    measure_scanned(simd, values, scan(simd, values), counts)
}

/// [`measure`], with the first reading done.
#[inline(always)]
pub(crate) fn measure_scanned<S: Simd>(
    simd: S,
    values: &[f64],
    mut scan: Scan,
    counts: &mut Counts,
) -> Measured {
    if scan.most == EXPONENT_FIELD {
        return measure_slowly(values, counts);
    }
    let has_zero = scan.least == 0;
    if has_zero {
        let (negative_zeros, least) = scan_zeros(simd, values);
        if least == 0 {
            return measure_slowly(values, counts);
        }
        counts.negative_zero += negative_zeros;
        scan.least = least;
    }
    let bounds = bounds_of(scan.most, scan.least, scan.bits);
    Measured { bounds: (scan.most > 0).then_some(bounds), has_special: false, has_zero }
}

/// Bounds of normal numbers with exponent fields `least..=most`, whose bits are all among `bits`: what is zero at
/// the end of every fraction makes the grid coarser.
#[inline(always)]
fn bounds_of(most: u64, least: u64, bits: u64) -> Bounds {
    let zeros = ((bits & FRACTION) | 1 << 52).trailing_zeros() as i32;
    let (top, least) = (most as i32 - 1022, least as i32 - 1023);
    Bounds { top, least, low: least - 52 + zeros, has_short_fractions: zeros > 0 }
}

/// Reads values a vector at a time.
///
/// Exponents are compared as the top 16 bits of each value (exponent and four bits of fraction), which every level
/// can do in one instruction.
pub(crate) struct Scanner<S: Simd> {
    simd: S,
    magnitude: S::I64,
    most: S::I64,
    least: S::I64,
    union: S::I64,
}

impl<S: Simd> Scanner<S> {
    #[inline(always)]
    pub(crate) fn new(simd: S) -> Self {
        let magnitude = simd.splat_integer(MAGNITUDE);
        let zero = simd.splat_integer(0);
        Self { simd, magnitude, most: zero, least: magnitude, union: zero }
    }

    #[inline(always)]
    pub(crate) fn push(&mut self, values: S::F64) {
        let simd = self.simd;
        let bits = simd.bits(values);
        let unsigned = simd.and(bits, self.magnitude);
        self.most = simd.max_i16(self.most, unsigned);
        self.least = simd.min_i16(self.least, unsigned);
        self.union = simd.or(self.union, bits);
    }

    /// What was found, in those values and in the `rest`.
    #[inline(always)]
    pub(crate) fn finish(&self, rest: &[f64]) -> Scan {
        let simd = self.simd;
        let mut scan = Scan {
            most: simd.fold(self.most, 0, u64::max) >> 52,
            least: simd.fold(self.least, MAGNITUDE, u64::min) >> 52,
            bits: simd.fold(self.union, 0, |all, lane| all | lane),
        };
        for value in rest {
            let field = value.to_bits() >> 52 & EXPONENT_FIELD;
            scan.most = scan.most.max(field);
            scan.least = scan.least.min(field);
            scan.bits |= value.to_bits();
        }
        scan
    }
}

/// The first reading of values.
#[inline(always)]
pub(crate) fn scan<S: Simd>(simd: S, values: &[f64]) -> Scan {
    let mut scanner = Scanner::new(simd);
    let (vectors, rest) = simd.vectors(values);
    for vector in vectors {
        scanner.push(simd.load(vector));
    }
    scanner.finish(rest)
}

/// The number of `-0.0` among finite values, and the exponent field of the least nonzero magnitude.
#[inline(always)]
fn scan_zeros<S: Simd>(simd: S, values: &[f64]) -> (u64, u64) {
    let magnitude = simd.splat_integer(MAGNITUDE);
    let zero = simd.splat_integer(0);
    let negative_zero = simd.splat_integer(SIGN);
    let mut least = magnitude;
    let mut matches = zero;
    let (vectors, rest) = simd.vectors(values);
    for vector in vectors {
        let bits = simd.bits(simd.load(vector));
        let unsigned = simd.and(bits, magnitude);
        // Zeros become the largest magnitude of all, and so are passed over.
        let zeros = simd.and(simd.equal_integers(unsigned, zero), magnitude);
        least = simd.min_i16(least, simd.or(unsigned, zeros));
        matches = simd.add_integers(matches, simd.equal_integers(bits, negative_zero));
    }
    let mut least = simd.fold(least, MAGNITUDE, u64::min);
    let mut count = simd.fold(matches, 0, u64::wrapping_sub);
    for value in rest {
        let unsigned = value.to_bits() & MAGNITUDE;
        least = least.min(if unsigned == 0 { MAGNITUDE } else { unsigned });
        count += u64::from(value.to_bits() == SIGN);
    }
    (count, least >> 52)
}

/// Whether all values, below `2^(unit + 51)`, are multiples of `2^unit`.
///
/// Fractions alone do not show that integers of different lengths share a grid.
#[inline(always)]
pub(crate) fn are_multiples<S: Simd>(simd: S, values: &[f64], unit: i32) -> bool {
    let grid = magic(unit);
    let magic = simd.splat(grid);
    let is_multiple = |value: &f64| value + grid - grid == *value;
    let (vectors, rest) = simd.vectors(values);
    // Most values that are not on the grid show it at once.
    let (first, others) = vectors.split_at(vectors.len().min(8));
    for vectors in [first, others] {
        let mut equal = simd.splat_integer(u64::MAX);
        for vector in vectors {
            let value = simd.load(vector);
            let rounded = simd.sub(simd.add(value, magic), magic);
            // Bits, so that -0.0 and 0.0 differ and cost speed only.
            equal = simd.and(equal, simd.equal_integers(simd.bits(rounded), simd.bits(value)));
        }
        if simd.fold(equal, u64::MAX, |all, lane| all & lane) != u64::MAX {
            return false;
        }
    }
    rest.iter().all(is_multiple)
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
        return Measured { bounds: None, has_special, has_zero: true };
    }
    let least = least + 1;
    let bounds = if least >> 52 == 0 {
        // Fractions of subnormals begin elsewhere: take the finest grid there is.
        Bounds {
            top: ((most >> 52) as i32).max(1) - 1022,
            least: -1074,
            low: -1074,
            has_short_fractions: false,
        }
    } else {
        bounds_of(most >> 52, least >> 52, union)
    };
    Measured { bounds: Some(bounds), has_special, has_zero: true }
}
