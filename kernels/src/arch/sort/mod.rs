//! Sorting networks and partitions of keys, where the compiler would not find the instructions.
//!
//! Here a block of `unsafe` is a stretch of calls under one promise: that of [`Lanes`](lanes::Lanes), which the functions
//! with target features at the end of this file give.
#![expect(clippy::multiple_unsafe_ops_per_block, reason = "one promise covers them")]

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod lanes;
#[cfg(target_arch = "x86_64")]
mod network;
#[cfg(target_arch = "x86_64")]
mod partition;

use crate::level::{Isa, Level};
use crate::sort::{Key, Map};
#[cfg(target_arch = "x86_64")]
use lanes::Lanes;

/// Unsigned keys that levels have networks and partitions for.
pub(crate) trait Sortable: Copy + Ord + Send + Sync + 'static {
    /// How many keys [`Sortable::sort_few`] takes at most; 0 where the level has no network.
    fn few_max(level: Level) -> usize;

    /// Sorts a few keys.
    ///
    /// # Panics
    /// If there are more than [`Sortable::few_max`].
    fn sort_few(level: Level, keys: &mut [Self]);

    /// Moves the keys below `pivot` to the front and returns their number.
    fn partition(level: Level, keys: &mut [Self], pivot: Self) -> usize;

    /// As [`Sortable::partition`], of the keys of `bits`, to `keys`; also whether all are keys of numbers.
    ///
    /// # Panics
    /// If the lengths differ.
    fn partition_from(
        level: Level,
        bits: &[Self],
        keys: &mut [Self],
        map: &Map<Self>,
        pivot: Self,
    ) -> (usize, bool);
}

/// Two cursors, no branch on a key: what levels without a vector form do, and what the others do with a few keys.
/// (Lomuto's partition, without branches as in Edelkamp and Weiss, "BlockQuicksort", 2016, section 3.)
fn partition_one_by_one<K: Copy + Ord>(keys: &mut [K], pivot: K) -> usize {
    let mut boundary = 0;
    for index in 0..keys.len() {
        let (key, other) = (keys[index], keys[boundary]);
        keys[index] = other;
        keys[boundary] = key;
        boundary += usize::from(key < pivot);
    }
    boundary
}

/// [`Sortable::partition_from`] without vectors.
fn partition_one_by_one_from<K: Key>(bits: &[K], keys: &mut [K], map: &Map<K>, pivot: K) -> (usize, bool) {
    let (mut first, mut past) = (0, keys.len());
    let mut farthest = K::ZERO;
    for bits in bits {
        let key = map.key(*bits);
        farthest = farthest.max(key.above(map.lowest));
        let is_below = key < pivot;
        past -= usize::from(!is_below);
        keys[if is_below { first } else { past }] = key;
        first += usize::from(is_below);
    }
    (first, farthest <= map.span)
}

macro_rules! sortable {
    ($key:ty, $register:ident, $few_avx2:ident, $part_avx2:ident, $from_avx2:ident,
     $few_avx512:ident, $part_avx512:ident, $from_avx512:ident) => {
        impl Sortable for $key {
            fn few_max(level: Level) -> usize {
                match level.0 {
                    Isa::Baseline => 0,
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx2 => network::ROWS_MAX * avx2::$register::COUNT,
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx512 => network::ROWS_MAX * avx512::$register::COUNT,
                }
            }

            fn sort_few(level: Level, keys: &mut [Self]) {
                assert!(keys.len() <= Self::few_max(level), "no more keys than the network has room for");
                match level.0 {
                    Isa::Baseline => {}
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx2 => {
                        // SAFETY: the level proves AVX2; the number of keys was checked.
                        unsafe { $few_avx2(keys) }
                    }
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx512 => {
                        // SAFETY: the level proves AVX-512; the number of keys was checked.
                        unsafe { $few_avx512(keys) }
                    }
                }
            }

            fn partition(level: Level, keys: &mut [Self], pivot: Self) -> usize {
                match level.0 {
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx2 if keys.len() >= partition::REGISTERS_MIN * avx2::$register::COUNT => {
                        // SAFETY: the level proves AVX2; the number of keys was checked.
                        unsafe { $part_avx2(keys, pivot) }
                    }
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx512 if keys.len() >= partition::REGISTERS_MIN * avx512::$register::COUNT => {
                        // SAFETY: the level proves AVX-512; the number of keys was checked.
                        unsafe { $part_avx512(keys, pivot) }
                    }
                    _ => partition_one_by_one(keys, pivot),
                }
            }

            fn partition_from(
                level: Level,
                bits: &[Self],
                keys: &mut [Self],
                map: &Map<Self>,
                pivot: Self,
            ) -> (usize, bool) {
                assert!(bits.len() == keys.len(), "room for every key");
                match level.0 {
                    Isa::Baseline => partition_one_by_one_from(bits, keys, map, pivot),
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx2 => {
                        // SAFETY: the level proves AVX2; the lengths were checked.
                        unsafe { $from_avx2(bits, keys, map, pivot) }
                    }
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx512 => {
                        // SAFETY: the level proves AVX-512; the lengths were checked.
                        unsafe { $from_avx512(bits, keys, map, pivot) }
                    }
                }
            }
        }

        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt")]
        fn $few_avx2(keys: &mut [$key]) {
            // SAFETY: this function has the instructions, and its callers checked the number of keys.
            unsafe { network::sort_few::<avx2::$register>(keys.as_mut_ptr(), keys.len()) }
        }

        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt")]
        fn $part_avx2(keys: &mut [$key], pivot: $key) -> usize {
            // SAFETY: as above.
            unsafe { partition::partition::<avx2::$register>(keys.as_mut_ptr(), keys.len(), pivot) }
        }

        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt")]
        fn $from_avx2(bits: &[$key], keys: &mut [$key], map: &Map<$key>, pivot: $key) -> (usize, bool) {
            let (from, to) = (bits.as_ptr(), keys.as_mut_ptr());
            // SAFETY: as above; two slices, of which one may be written, do not overlap.
            unsafe { partition::partition_from::<avx2::$register>(from, to, keys.len(), map, pivot) }
        }

        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl")]
        fn $few_avx512(keys: &mut [$key]) {
            // SAFETY: this function has the instructions, and its callers checked the number of keys.
            unsafe { network::sort_few::<avx512::$register>(keys.as_mut_ptr(), keys.len()) }
        }

        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl")]
        fn $part_avx512(keys: &mut [$key], pivot: $key) -> usize {
            // SAFETY: as above.
            unsafe { partition::partition::<avx512::$register>(keys.as_mut_ptr(), keys.len(), pivot) }
        }

        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl")]
        fn $from_avx512(bits: &[$key], keys: &mut [$key], map: &Map<$key>, pivot: $key) -> (usize, bool) {
            let (from, to) = (bits.as_ptr(), keys.as_mut_ptr());
            // SAFETY: as above; two slices, of which one may be written, do not overlap.
            unsafe { partition::partition_from::<avx512::$register>(from, to, keys.len(), map, pivot) }
        }
    };
}

sortable!(
    u64,
    Words,
    few_words_avx2,
    split_words_avx2,
    split_words_from_avx2,
    few_words_avx512,
    split_words_avx512,
    split_words_from_avx512
);
sortable!(
    u32,
    HalfWords,
    few_halves_avx2,
    split_halves_avx2,
    split_halves_from_avx2,
    few_halves_avx512,
    split_halves_avx512,
    split_halves_from_avx512
);
