//! Rounding to binary16, once.
//!
//! `half::f16::from_f64` rounds twice, by way of binary32, where the CPU converts, and drops the low half of the bits
//! before it rounds where it does not: its results depend on the machine.

use half::f16;

/// The nearest binary16 number, ties to even; infinite from halfway past the largest on.
pub fn nearest_binary16(value: f64) -> f16 {
    const LARGEST: f64 = 65_504.0;
    const INTEGER: f64 = 6_755_399_441_055_744.0; // 1.5 * 2^52: added, it rounds to integers
    if !value.is_finite() {
        return f16::from_f32(value as f32);
    }
    let exponent = (value.to_bits() >> 52 & 0x7ff).max(1023 - 14);
    let unit = f64::from_bits((exponent - 10) << 52);
    // A quotient of 2^43 or more would not be rounded, but is far past the largest anyway.
    let rounded = (value / unit + INTEGER - INTEGER) * unit;
    let rounded = if rounded.abs() > LARGEST { f64::INFINITY } else { rounded };
    // Nothing is left to round.
    f16::from_f32(rounded.copysign(value) as f32)
}

/// The nearest binary16 number, ties to even, as binary32; infinite from halfway past the largest on, NaN of NaN.
///
/// Without branches and without conversions: loops over it run as wide as the machine is.
#[inline(always)]
pub fn rounded_to_binary16(value: f32) -> f32 {
    const DROPPED: u32 = 13; // digits that binary32 has and binary16 has not
    const FIRST_NORMAL: f32 = 1.0 / 16_384.0;
    const LARGEST: f32 = 65_504.0;
    let magnitude = value.abs();
    let bits = magnitude.to_bits();
    // Half a unit is added, less where that would make a tie odd; a carry into the exponent is right.
    let carried = bits.wrapping_add((1 << (DROPPED - 1)) - 1 + (bits >> DROPPED & 1)) >> DROPPED << DROPPED;
    let normal = f32::from_bits(carried);
    // Subnormal numbers are multiples of 2^-24, the unit of what lies from 0.5 to 1.
    let subnormal = (magnitude + 0.5) - 0.5;
    let finite = if magnitude < FIRST_NORMAL { subnormal } else { normal };
    let rounded = if magnitude < LARGEST + 16.0 { finite } else { f32::INFINITY };
    if value.is_nan() { value } else { rounded.copysign(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary32_is_rounded_as_binary64_is() {
        // Every number, the middle to the next one, and the neighbours of both in binary32.
        for bits in 0..0x7bffu16 {
            let (low, high) = (f16::from_bits(bits).to_f32(), f16::from_bits(bits + 1).to_f32());
            for value in [low, f32::midpoint(low, high)] {
                for value in [value, value.next_up(), value.next_down()] {
                    for value in [value, -value] {
                        let expected = nearest_binary16(value.into()).to_f32();
                        assert_eq!(rounded_to_binary16(value).to_bits(), expected.to_bits(), "{value}");
                    }
                }
            }
        }
        let cases =
            [65_504.0, 65_519.996, 65_520.0, 65_536.0, f32::MAX, f32::INFINITY, 1e-45, f32::MIN_POSITIVE];
        for value in cases.into_iter().flat_map(|value| [value, -value]) {
            let expected = nearest_binary16(value.into()).to_f32();
            assert_eq!(rounded_to_binary16(value).to_bits(), expected.to_bits(), "{value}");
        }
        assert!(rounded_to_binary16(f32::NAN).is_nan());
    }

    #[test]
    fn every_number_its_neighbours_and_what_lies_between() {
        for bits in 0..0x7bffu16 {
            let (low, high) = (f16::from_bits(bits), f16::from_bits(bits + 1));
            let middle = f64::midpoint(low.to_f64(), high.to_f64());
            let even = if bits % 2 == 0 { low } else { high };
            let cases =
                [(low.to_f64(), low), (middle, even), (middle.next_up(), high), (middle.next_down(), low)];
            for (value, expected) in cases {
                assert_eq!(nearest_binary16(value).to_bits(), expected.to_bits(), "{value}");
                assert_eq!(nearest_binary16(-value).to_bits(), expected.to_bits() | 0x8000, "-{value}");
            }
        }
        let cases =
            [(65_519.9, f16::MAX), (65_520.0, f16::INFINITY), (1e300, f16::INFINITY), (5e-324, f16::ZERO)];
        for (value, expected) in cases {
            assert_eq!(nearest_binary16(value), expected);
        }
        assert!(nearest_binary16(f64::NAN).is_nan());
    }
}
