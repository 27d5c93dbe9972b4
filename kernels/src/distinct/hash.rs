//! The fixed 64-bit hash of a value: of what it is, not of how it is stored.
//!
//! `5_i64`, `5_u64` and `5.0` hash alike, as do `-0.0` and `+0.0`, and all NaNs. The mixer is the output function of
//! SplitMix64 (Steele, Lea and Flood 2014, with Stafford's constants): a bijection, so distinct integers never
//! collide. The hash is part of the meaning of a sketch: it never changes under one [`HASH_VERSION`].

use crate::order_key::OrderKey;

/// Version of everything in this file, for results that depend on the hash.
pub const HASH_VERSION: u32 = 1;

/// Keeps integers from 2^63 up apart from the negative ones that share their bits.
const WIDE: u64 = 0x6A09_E667_F3BC_C908;
/// Keeps the bit patterns of other floats apart from integers.
const FLOAT: u64 = 0xBB67_AE85_84CA_A73B;
const NAN: u64 = 0x7FF8_0000_0000_0000;

#[inline(always)]
fn mix(word: u64) -> u64 {
    let mut h = word.wrapping_add(0x9E37_79B9_7F4A_7C15);
    h = (h ^ (h >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    h = (h ^ (h >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    h ^ (h >> 31)
}

/// An element with a storage-independent hash and a canonical bit pattern.
pub trait HashValue: OrderKey {
    /// The hash of the value.
    fn hash(self) -> u64;

    /// Whether [`HashValue::plain_hash`] gives the hash.
    fn has_plain_hash(self) -> bool;

    /// The hash of most values, without a branch: what loops over many are made of.
    fn plain_hash(self) -> u64;

    /// Bits that are equal exactly where the values are, within the type. Not for NaN.
    fn canonical_bits(self) -> u64;

    /// The value with these canonical bits.
    fn from_canonical_bits(bits: u64) -> Self;
}

impl HashValue for i64 {
    #[inline(always)]
    fn hash(self) -> u64 {
        mix(self as u64)
    }

    #[inline(always)]
    fn has_plain_hash(self) -> bool {
        true
    }

    #[inline(always)]
    fn plain_hash(self) -> u64 {
        self.hash()
    }

    #[inline(always)]
    fn canonical_bits(self) -> u64 {
        self as u64
    }

    #[inline(always)]
    fn from_canonical_bits(bits: u64) -> Self {
        bits as i64
    }
}

impl HashValue for u64 {
    #[inline(always)]
    fn hash(self) -> u64 {
        let tag = if self >> 63 == 1 { WIDE } else { 0 };
        mix(self ^ tag)
    }

    #[inline(always)]
    fn has_plain_hash(self) -> bool {
        true
    }

    #[inline(always)]
    fn plain_hash(self) -> u64 {
        self.hash()
    }

    #[inline(always)]
    fn canonical_bits(self) -> u64 {
        self
    }

    #[inline(always)]
    fn from_canonical_bits(bits: u64) -> Self {
        bits
    }
}

impl HashValue for f64 {
    #[inline(always)]
    fn hash(self) -> u64 {
        if self.has_plain_hash() {
            return self.plain_hash();
        }
        hash_other(self)
    }

    #[inline(always)]
    fn has_plain_hash(self) -> bool {
        self.abs() < 2_251_799_813_685_248.0 // 2^51
    }

    #[inline(always)]
    fn plain_hash(self) -> u64 {
        // 1.5 * 2^52: adding it leaves the nearest integer in the low bits, if |x| < 2^51.
        const MAGIC: f64 = 6_755_399_441_055_744.0;
        let shifted = self + MAGIC;
        let integer = shifted.to_bits().wrapping_sub(MAGIC.to_bits());
        // Both sides are ready, so this is a conditional move: columns mix whole numbers and others.
        let other = self.to_bits() ^ FLOAT;
        mix(if shifted - MAGIC == self { integer } else { other })
    }

    #[inline(always)]
    fn canonical_bits(self) -> u64 {
        // -0.0 + 0.0 is +0.0, and everything else plus zero is itself.
        (self + 0.0).to_bits()
    }

    #[inline(always)]
    fn from_canonical_bits(bits: u64) -> Self {
        f64::from_bits(bits)
    }
}

/// Floats that are not small integers.
#[inline]
fn hash_other(value: f64) -> u64 {
    const TWO_63: f64 = 9_223_372_036_854_775_808.0;
    if value.is_nan() {
        return mix(NAN ^ FLOAT);
    }
    if (-TWO_63..TWO_63).contains(&value) {
        let integer = value as i64;
        if integer as f64 == value {
            return integer.hash();
        }
    } else if (TWO_63..2.0 * TWO_63).contains(&value) {
        return (value as u64).hash();
    }
    mix(value.to_bits() ^ FLOAT)
}

/// The hash of a string's bytes.
///
/// Each step is a bijection of the running value, so equal-length strings that differ in one word never collide.
pub fn hash_bytes(bytes: &[u8]) -> u64 {
    const START: u64 = 0x3C6E_F372_FE94_F82B;
    const STEP: u64 = 0xD6E8_FEB8_6659_FD93;
    let mut h = START ^ (bytes.len() as u64).wrapping_mul(STEP);
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        h = (h ^ u64::from_le_bytes(*word)).wrapping_mul(STEP);
        h ^= h >> 32;
    }
    if !rest.is_empty() {
        let mut last = [0u8; 8];
        last[..rest.len()].copy_from_slice(rest);
        h = (h ^ u64::from_le_bytes(last)).wrapping_mul(STEP);
        h ^= h >> 32;
    }
    mix(h)
}
