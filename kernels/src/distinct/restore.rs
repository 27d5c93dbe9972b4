//! Values from their ordered codes.

use half::f16;

use crate::order::Orderable;

/// A number that comes back from its ordered code: zeros as `+0.0`, NaN as the canonical quiet one.
pub trait Restore: Orderable {
    /// The value whose [`Orderable::ordered`] code is `code`; of other codes some value.
    fn restore(code: u64) -> Self;
}

macro_rules! integers {
    ($($type:ty, $unsigned:ty, $flip:expr);*) => {$(
        impl Restore for $type {
            #[inline(always)]
            fn restore(code: u64) -> Self {
                (code as $unsigned ^ $flip) as $type
            }
        }
    )*};
}

integers!(i8, u8, 1 << 7; i16, u16, 1 << 15; i32, u32, 1 << 31; i64, u64, 1 << 63;
    u8, u8, 0; u16, u16, 0; u32, u32, 0; u64, u64, 0);

impl Restore for f64 {
    #[inline(always)]
    fn restore(code: u64) -> Self {
        let bits = code ^ (((!code as i64) >> 63) as u64 | 1 << 63);
        f64::from_bits(if code == u64::MAX { 0x7ff8_0000_0000_0000 } else { bits })
    }
}

impl Restore for f32 {
    #[inline(always)]
    fn restore(code: u64) -> Self {
        let code = code as u32;
        let bits = code ^ (((!code as i32) >> 31) as u32 | 1 << 31);
        f32::from_bits(if code == u32::MAX { 0x7fc0_0000 } else { bits })
    }
}

impl Restore for f16 {
    #[inline(always)]
    fn restore(code: u64) -> Self {
        let code = code as u16;
        let bits = code ^ (((!code as i16) >> 15) as u16 | 1 << 15);
        f16::from_bits(if code == u16::MAX { 0x7e00 } else { bits })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_with_one_zero_and_one_nan() {
        for bits in 0..=u16::MAX {
            let value = f16::from_bits(bits);
            let back = f16::restore(value.ordered());
            let expected = if value.is_nan() {
                0x7e00
            } else if bits == 0x8000 {
                0
            } else {
                bits
            };
            assert_eq!(back.to_bits(), expected);
            assert_eq!(i16::restore((bits as i16).ordered()), bits as i16);
            assert_eq!(u16::restore(bits.ordered()), bits);
        }
        for value in [f64::NEG_INFINITY, -1.5, -5e-324, 0.0, 5e-324, 1.0, f64::MAX, f64::INFINITY] {
            assert_eq!(f64::restore(value.ordered()).to_bits(), value.to_bits());
            let narrow = value as f32;
            assert_eq!(f32::restore(narrow.ordered()).to_bits(), (narrow + 0.0).to_bits());
        }
        assert_eq!(f64::restore((-0.0f64).ordered()).to_bits(), 0);
        assert_eq!(f64::restore(f64::from_bits(u64::MAX).ordered()).to_bits(), 0x7ff8_0000_0000_0000);
        assert_eq!(f32::restore(f32::from_bits(u32::MAX).ordered()).to_bits(), 0x7fc0_0000);
        for value in [i64::MIN, -1, 0, 1, i64::MAX] {
            assert_eq!(i64::restore(value.ordered()), value);
            assert_eq!(i8::restore((value as i8).ordered()), value as i8);
            assert_eq!(i32::restore((value as i32).ordered()), value as i32);
            assert_eq!(u64::restore((value as u64).ordered()), value as u64);
        }
    }
}
