//! Column types as 64-bit integers in the order of rows, where zeros of both signs are equal and NaN stands last.
//!
//! The map of floats is that of [`crate::OrderKey`], after `+0.0` was added (which makes `-0.0` into `+0.0` and changes
//! nothing else); narrower types are mapped in their own width, so that vectors hold more of them.

use half::f16;

/// A number with a map to `u64` that keeps the order of rows.
pub trait Orderable: Copy + Send + Sync + 'static {
    /// The code of every NaN; no other value has it. Of integers `None`.
    const NAN: Option<u64>;

    /// Non-decreasing; equal for equal values, zeros of both signs included; [`Orderable::NAN`] for NaN.
    fn ordered(self) -> u64;

    /// Whether the value is above `other`; never where one of them is NaN.
    fn is_above(self, other: Self) -> bool;

    /// Whether the value is above `other` or equal to it; never where one of them is NaN.
    fn reaches(self, other: Self) -> bool;
}

macro_rules! signed {
    ($($type:ty, $unsigned:ty);*) => {$(
        impl Orderable for $type {
            const NAN: Option<u64> = None;

            #[inline(always)]
            fn ordered(self) -> u64 {
                (self as $unsigned ^ (1 << (<$type>::BITS - 1))) as u64
            }

            #[inline(always)]
            fn is_above(self, other: Self) -> bool {
                self > other
            }

            #[inline(always)]
            fn reaches(self, other: Self) -> bool {
                self >= other
            }
        }
    )*};
}

macro_rules! unsigned {
    ($($type:ty),*) => {$(
        impl Orderable for $type {
            const NAN: Option<u64> = None;

            #[inline(always)]
            fn ordered(self) -> u64 {
                self.into()
            }

            #[inline(always)]
            fn is_above(self, other: Self) -> bool {
                self > other
            }

            #[inline(always)]
            fn reaches(self, other: Self) -> bool {
                self >= other
            }
        }
    )*};
}

signed!(i8, u8; i16, u16; i32, u32; i64, u64);
unsigned!(u8, u16, u32, u64);

impl Orderable for f64 {
    const NAN: Option<u64> = Some(u64::MAX);

    #[inline(always)]
    fn ordered(self) -> u64 {
        let bits = (self + 0.0).to_bits();
        let code = bits ^ (((bits as i64) >> 63) as u64 | 1 << 63);
        if self.is_nan() { u64::MAX } else { code }
    }

    #[inline(always)]
    fn is_above(self, other: Self) -> bool {
        self > other
    }

    #[inline(always)]
    fn reaches(self, other: Self) -> bool {
        self >= other
    }
}

impl Orderable for f32 {
    const NAN: Option<u64> = Some(u32::MAX as u64);

    #[inline(always)]
    fn ordered(self) -> u64 {
        let bits = (self + 0.0).to_bits();
        let code = bits ^ (((bits as i32) >> 31) as u32 | 1 << 31);
        if self.is_nan() { u32::MAX.into() } else { code.into() }
    }

    #[inline(always)]
    fn is_above(self, other: Self) -> bool {
        self > other
    }

    #[inline(always)]
    fn reaches(self, other: Self) -> bool {
        self >= other
    }
}

impl Orderable for f16 {
    const NAN: Option<u64> = Some(u16::MAX as u64);

    #[inline(always)]
    fn ordered(self) -> u64 {
        let bits = self.to_bits();
        let magnitude = bits & 0x7fff;
        let code = match bits {
            0x8000 => 0x8000,
            _ => bits ^ (((bits as i16) >> 15) as u16 | 0x8000),
        };
        if magnitude > 0x7c00 { u16::MAX.into() } else { code.into() }
    }

    #[inline(always)]
    fn is_above(self, other: Self) -> bool {
        // By integers: there need not be an instruction for binary16.
        let (own, other) = (self.ordered(), other.ordered());
        own > other && own != u64::from(u16::MAX)
    }

    #[inline(always)]
    fn reaches(self, other: Self) -> bool {
        let (own, other) = (self.ordered(), other.ordered());
        own >= other && own != u64::from(u16::MAX)
    }
}
