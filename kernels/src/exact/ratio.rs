//! Exact rationals, rounded once: the only place where a result of exact arithmetic becomes a float.
//!
//! A quotient is computed to at least 65 bits and a flag that says whether anything was cut off below them (the
//! sticky bit). That is enough to round to nearest, ties to even, in any format of up to 63 bits, subnormal
//! results included: no second rounding happens anywhere. The square root of a ratio is the integer square root
//! of the integer quotient (the floor of a root of a floor is the floor of the root), with the same flag.

use super::dyadic::Dyadic;
use super::natural::Natural;

/// An exact number `numerator / denominator`, with a dyadic numerator.
#[derive(Clone, Debug)]
pub struct Ratio {
    numerator: Dyadic,
    denominator: Natural,
}

/// The parameters of a binary interchange format.
#[derive(Clone, Copy)]
struct Format {
    /// Bits of the significand, the hidden one included.
    precision: u32,
    /// Exponent of the least positive value.
    least: i64,
    /// Bits of +inf.
    infinity: u64,
}

const F64: Format = Format { precision: 53, least: -1074, infinity: 0x7ff0_0000_0000_0000 };
const F32: Format = Format { precision: 24, least: -149, infinity: 0x7f80_0000 };

/// `integer * 2^exponent`, plus something less than `2^exponent` that is not zero iff `sticky`.
struct Truncated {
    integer: u128,
    exponent: i64,
    sticky: bool,
}

impl From<Dyadic> for Ratio {
    fn from(value: Dyadic) -> Self {
        Ratio { numerator: value, denominator: Natural::one() }
    }
}

impl Ratio {
    /// `numerator / denominator`.
    ///
    /// # Panics
    /// If `denominator` is zero.
    pub fn new(numerator: Dyadic, denominator: Natural) -> Self {
        assert!(!denominator.is_zero(), "the denominator of a ratio must not be zero");
        Ratio { numerator, denominator }
    }

    /// The numerator, as it was given.
    pub fn numerator(&self) -> &Dyadic {
        &self.numerator
    }

    /// The denominator, as it was given.
    pub fn denominator(&self) -> &Natural {
        &self.denominator
    }

    /// `self * 10^-scale`: what a decimal with that scale means.
    pub fn scaled(self, scale: i32) -> Ratio {
        let power = Natural::power_of_ten(scale.unsigned_abs());
        if scale >= 0 {
            Ratio { denominator: self.denominator.mul(&power), ..self }
        } else {
            Ratio { numerator: self.numerator.mul(&Dyadic::from(power)), ..self }
        }
    }

    /// The nearest `f64`, ties to even; ±inf past the range, and a negative number never rounds to `+0.0`.
    pub fn to_f64(&self) -> f64 {
        f64::from_bits(sign(self.numerator.is_negative(), 63) | round(&self.quotient(66), F64))
    }

    /// The nearest `f32`, ties to even, straight from the exact value (not by way of `f64`).
    pub fn to_f32(&self) -> f32 {
        f32::from_bits((sign(self.numerator.is_negative(), 31) | round(&self.quotient(66), F32)) as u32)
    }

    /// The square root, rounded once to the nearest `f64`, ties to even.
    ///
    /// # Panics
    /// If the ratio is negative.
    pub fn sqrt_to_f64(&self) -> f64 {
        f64::from_bits(round(&self.root(), F64))
    }

    /// The square root, rounded once to the nearest `f32`, ties to even.
    ///
    /// # Panics
    /// If the ratio is negative.
    pub fn sqrt_to_f32(&self) -> f32 {
        f32::from_bits(round(&self.root(), F32) as u32)
    }

    /// The nearest integer, ties to even, where it fits.
    pub fn to_nearest_i128(&self) -> Option<i128> {
        let up = self.numerator.exponent().max(0) as u64;
        let down = (-self.numerator.exponent()).max(0) as u64;
        if up > 127 && !self.numerator.is_zero() && up as i64 - self.denominator.bit_length() > 127 {
            return None;
        }
        let denominator = self.denominator.shl(down);
        let (quotient, rest) = self.numerator.magnitude().shl(up).div_rem(&denominator);
        let quotient = quotient.to_u128()?;
        let odd = quotient & 1 == 1;
        let up = match rest.shl(1).cmp(&denominator) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => odd,
            std::cmp::Ordering::Greater => true,
        };
        let magnitude = quotient.checked_add(u128::from(up))?;
        if self.numerator.is_negative() {
            0i128.checked_sub_unsigned(magnitude)
        } else {
            i128::try_from(magnitude).ok()
        }
    }

    /// The magnitude, cut after `bits - 1` to `bits + 1` significant bits.
    fn quotient(&self, bits: i64) -> Truncated {
        let numerator = self.numerator.magnitude();
        self.cut(bits - (numerator.bit_length() - self.denominator.bit_length()))
    }

    /// The magnitude in units of `2^(exponent - shift)`, cut to an integer.
    fn cut(&self, shift: i64) -> Truncated {
        let numerator = self.numerator.magnitude().shl(shift.max(0) as u64);
        let denominator = self.denominator.shl((-shift).max(0) as u64);
        let (quotient, rest) = numerator.div_rem(&denominator);
        let integer = quotient.to_u128().expect("the shift leaves at most 127 bits");
        Truncated { integer, exponent: self.numerator.exponent() - shift, sticky: !rest.is_zero() }
    }

    fn root(&self) -> Truncated {
        assert!(!self.numerator.is_negative(), "the square root of a negative ratio");
        let mut shift = 126 - (self.numerator.magnitude().bit_length() - self.denominator.bit_length());
        shift -= (self.numerator.exponent() - shift).rem_euclid(2);
        let square = self.cut(shift);
        let integer = square.integer.isqrt();
        Truncated {
            integer,
            exponent: square.exponent / 2,
            sticky: square.sticky || integer * integer != square.integer,
        }
    }
}

/// A sign bit at place `at`.
fn sign(negative: bool, at: u32) -> u64 {
    u64::from(negative) << at
}

/// The bits of the nearest number of `format`, ties to even.
fn round(value: &Truncated, format: Format) -> u64 {
    let length = i64::from(128 - value.integer.leading_zeros());
    if length == 0 {
        return 0;
    }
    // Exponent of the result's last place: fixed for subnormals, else below the top bit.
    let last = (value.exponent + length - i64::from(format.precision)).max(format.least);
    if last > 2048 {
        return format.infinity;
    }
    let dropped = last - value.exponent;
    let significand = if dropped <= 0 {
        debug_assert!(!value.sticky, "a cut quotient must have bits to drop");
        value.integer << -dropped
    } else if dropped > length {
        0
    } else {
        let half = 1u128 << (dropped - 1);
        let kept = if dropped == 128 { 0 } else { value.integer >> dropped };
        let rest = value.integer & (half | (half - 1));
        let up = rest > half || rest == half && (value.sticky || kept & 1 == 1);
        kept + u128::from(up)
    };
    // A carry out of the significand moves on into the exponent field, as it should.
    let bits = (((last - format.least) as u64) << (format.precision - 1)) + significand as u64;
    bits.min(format.infinity)
}
