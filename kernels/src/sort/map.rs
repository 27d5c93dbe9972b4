//! Values as keys: the bits of a number, changed such that their order as unsigned numbers is the order wanted.
//!
//! Floats are ordered as sign and magnitude; where the sign bit is set, the other bits are flipped, and then the sign bit
//! of all is (see [`crate::order_key`]). Signed integers need their sign bit flipped, a descending order every bit. All of
//! that is one fold and one flip, which vectors do alike for every type.

use wide::bytemuck::{self, Pod};

use super::Key;
use crate::Level;
use crate::arch::Simd;
use crate::dispatch::Kernel;

/// How the bits of values become keys, and keys bits again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Map<K> {
    /// Bits that are flipped where the highest is set.
    pub(crate) fold: K,
    /// Bits that are flipped everywhere.
    pub(crate) flip: K,
    /// The lowest key of a number.
    pub(crate) lowest: K,
    /// How far the highest key of a number is above `lowest`: keys elsewhere are of NaNs.
    pub(crate) span: K,
}

impl<K: Key> Map<K> {
    /// The map of keys onto themselves.
    pub const IDENTITY: Self = Self { fold: K::ZERO, flip: K::ZERO, lowest: K::ZERO, span: K::HIGHEST };

    /// The key of the value with these bits.
    #[inline(always)]
    pub fn key(&self, bits: K) -> K {
        bits ^ (bits.sign_spread() & self.fold) ^ self.flip
    }

    /// The bits of the value whose key is `key`.
    #[inline(always)]
    pub fn bits(&self, key: K) -> K {
        let folded = key ^ self.flip;
        folded ^ (folded.sign_spread() & self.fold)
    }

    /// Whether `key` is of a number, not of a NaN.
    #[inline(always)]
    pub fn is_number(&self, key: K) -> bool {
        key.above(self.lowest) <= self.span
    }

    /// Bits become keys, in place. Returns whether all are of numbers.
    pub fn apply(&self, level: Level, bits: &mut [K]) -> bool {
        struct Apply<'k, K>(Map<K>, &'k mut [K]);
        impl<K: Key> Kernel for Apply<'_, K> {
            type Output = bool;
            #[inline(always)]
            fn run<S: Simd>(self, _: S) -> bool {
                let mut farthest = K::ZERO;
                for bits in self.1 {
                    let key = self.0.key(*bits);
                    farthest = farthest.max(key.above(self.0.lowest));
                    *bits = key;
                }
                farthest <= self.0.span
            }
        }
        level.run(Apply(*self, bits))
    }

    /// Keys become bits, in place.
    pub fn restore(&self, level: Level, keys: &mut [K]) {
        struct Restore<'k, K>(Map<K>, &'k mut [K]);
        impl<K: Key> Kernel for Restore<'_, K> {
            type Output = ();
            #[inline(always)]
            fn run<S: Simd>(self, _: S) {
                for key in self.1 {
                    *key = self.0.bits(*key);
                }
            }
        }
        if *self != Self::IDENTITY {
            level.run(Restore(*self, keys));
        }
    }
}

/// A number of 32 or 64 bits that has a [`Map`] onto keys.
pub trait Value: Pod + Send + Sync {
    /// The unsigned number of the same width.
    type Key: Key + Pod;

    /// The map for an ascending or descending order. Zeros are ordered by their sign; NaNs are outside the order.
    fn map(descending: bool) -> Map<Self::Key>;

    /// The bits of values.
    fn bits(values: &[Self]) -> &[Self::Key] {
        bytemuck::cast_slice(values)
    }

    /// The bits of values, to be changed.
    fn bits_mut(values: &mut [Self]) -> &mut [Self::Key] {
        bytemuck::cast_slice_mut(values)
    }
}

macro_rules! values {
    ($key:ident, $signed:ident, $float:ident) => {
        impl Value for $key {
            type Key = $key;

            fn map(descending: bool) -> Map<$key> {
                Map { flip: if descending { $key::MAX } else { 0 }, ..Map::<$key>::IDENTITY }
            }
        }

        impl Value for $signed {
            type Key = $key;

            fn map(descending: bool) -> Map<$key> {
                let map = <$key as Value>::map(descending);
                Map { flip: map.flip ^ $signed::MIN as $key, ..map }
            }
        }

        impl Value for $float {
            type Key = $key;

            fn map(descending: bool) -> Map<$key> {
                let map = Map { fold: $key::MAX >> 1, ..<$signed as Value>::map(descending) };
                let ends = [$float::INFINITY, $float::NEG_INFINITY].map(|end| map.key(end.to_bits()));
                let (lowest, highest) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
                Map { lowest, span: highest - lowest, ..map }
            }
        }
    };
}

values!(u64, i64, f64);
values!(u32, i32, f32);
