//! Places of set bits, values at set bits, and values at places: what selection by a mask and by indices is made of.
//!
//! Bits are words of 64 rows, lowest first. A vector of values is packed to the left by its bits and stored whole; the
//! next one overwrites what was too much (D. Lemire and others do so for set intersection).

use crate::Level;
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::elementwise::pack_lanes;

/// Number of set bits.
pub fn count_ones(level: Level, words: &[u64]) -> u64 {
    struct Count<'a>(&'a [u64]);
    impl Kernel for Count<'_> {
        type Output = u64;
        #[inline(always)]
        fn run<S: Simd>(self, _: S) -> u64 {
            self.0.iter().map(|word| u64::from(word.count_ones())).sum()
        }
    }
    level.run(Count(words))
}

/// Writes the places of the set bits, counted from `first`, to the front of `out`, in ascending order; returns how
/// many. What follows them in `out` may be overwritten.
///
/// # Panics
/// If `out` has no room for them.
pub fn places(level: Level, words: &[u64], first: u64, out: &mut [u64]) -> usize {
    struct Places<'a>(&'a [u64], u64, &'a mut [u64]);
    impl Kernel for Places<'_> {
        type Output = usize;
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) -> usize {
            let Places(words, first, out) = self;
            let mut to = 0;
            for (start, &word) in (first..).step_by(64).zip(words) {
                let count = word.count_ones() as usize;
                if S::PACKS_EIGHT && count > 8 && to + 64 <= out.len() {
                    let mut rest = to;
                    for eight in 0..8 {
                        let byte = word >> (8 * eight) & 255;
                        let first = start + 8 * eight;
                        let lanes = [
                            first,
                            first + 1,
                            first + 2,
                            first + 3,
                            first + 4,
                            first + 5,
                            first + 6,
                            first + 7,
                        ];
                        // At most `8 * eight` places were stored before: there is room for a whole vector.
                        out[rest..rest + 8].copy_from_slice(&simd.left_pack_eight(&lanes, byte as usize));
                        rest += byte.count_ones() as usize;
                    }
                } else {
                    let mut word = word;
                    for place in &mut out[to..to + count] {
                        *place = start + u64::from(word.trailing_zeros());
                        word &= word - 1;
                    }
                }
                to += count;
            }
            to
        }
    }
    level.run(Places(words, first, out))
}

/// What can be packed: values by their width.
pub trait Packable: Copy + Default {
    /// Writes those of 64 values whose bit is set to the front of `out`, which has 64 places.
    fn pack_block<S: Simd>(simd: S, values: &[Self; 64], word: u64, out: &mut [Self]);
}

macro_rules! by_sixteen {
    ($($type:ty, $pack:expr);*) => {$(
        impl Packable for $type {
            #[inline(always)]
            fn pack_block<S: Simd>(simd: S, values: &[Self; 64], word: u64, out: &mut [Self]) {
                assert!(out.len() == 64, "a place for each value");
                let (sixteens, _) = values.as_chunks::<16>();
                let mut to = 0;
                for (part, sixteen) in sixteens.iter().enumerate() {
                    let mask = (word >> (16 * part)) as u16;
                    // At most `16 * part` values were stored before: there is room for a whole vector.
                    out[to..to + 16].copy_from_slice(&$pack(simd, sixteen, mask));
                    to += mask.count_ones() as usize;
                }
            }
        }
    )*};
}

by_sixteen!(u8, one_by_one; u16, one_by_one; u32, S::left_pack_sixteen);

impl Packable for u64 {
    #[inline(always)]
    fn pack_block<S: Simd>(simd: S, values: &[Self; 64], word: u64, out: &mut [Self]) {
        match <&mut [u64; 64]>::try_from(&mut *out) {
            Ok(out) if S::PACKS_BLOCKS => simd.left_pack_block(values, word, out),
            _ => {
                pack_lanes(simd, values, word, out);
            }
        }
    }
}

#[inline(always)]
fn one_by_one<T: Copy + Default, S: Simd>(_: S, values: &[T; 16], mask: u16) -> [T; 16] {
    let (mut packed, mut to) = ([T::default(); 16], 0);
    for (lane, value) in values.iter().enumerate() {
        packed[to & 15] = *value;
        to += usize::from(mask >> lane & 1);
    }
    packed
}

/// Writes the values whose bit is set to the front of `out`, in order; returns how many. What follows them in `out` may
/// be overwritten.
///
/// # Panics
/// If there are fewer bits than values, or `out` has no room.
pub fn pack<T: Packable>(level: Level, values: &[T], words: &[u64], out: &mut [T]) -> usize {
    struct Pack<'a, T>(&'a [T], &'a [u64], &'a mut [T]);
    impl<T: Packable> Kernel for Pack<'_, T> {
        type Output = usize;
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) -> usize {
            let Pack(values, words, out) = self;
            let mut to = 0;
            for (values, &word) in values.chunks(64).zip(words) {
                match <&[T; 64]>::try_from(values) {
                    _ if word == 0 => {}
                    Ok(block) if word == u64::MAX => out[to..to + 64].copy_from_slice(block),
                    Ok(block) if to + 64 <= out.len() => {
                        T::pack_block(simd, block, word, &mut out[to..to + 64])
                    }
                    _ => {
                        let chosen = values.iter().enumerate().filter(|(index, _)| word >> index & 1 == 1);
                        out[to..].iter_mut().zip(chosen).for_each(|(to, (_, value))| *to = *value);
                    }
                }
                to += word.count_ones() as usize;
            }
            assert!(to <= out.len(), "a place for each value");
            to
        }
    }
    assert!(words.len() * 64 >= values.len(), "one bit for each value");
    level.run(Pack(values, words, out))
}

/// Values asked for before they are read.
const AHEAD: usize = 24;

/// `out[i] = values[indices[i]]`; an index below zero counts from the end. Returns the first `i` whose index is not
/// among the values: `out` means nothing then.
///
/// # Panics
/// If `out` is not as long as `indices`.
pub fn gather<T: Copy>(level: Level, values: &[T], indices: &[i64], out: &mut [T]) -> Option<usize> {
    struct Gather<'a, T>(&'a [T], &'a [i64], &'a mut [T]);
    impl<T: Copy> Kernel for Gather<'_, T> {
        type Output = Option<usize>;
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) -> Option<usize> {
            let Gather(values, indices, out) = self;
            let len = values.len() as i64;
            let at = |index: i64| (if index < 0 { index.wrapping_add(len) } else { index }) as usize;
            let mut is_wrong = false;
            for (row, (to, &index)) in out.iter_mut().zip(indices).enumerate() {
                if let Some(value) = indices.get(row + AHEAD).and_then(|&index| values.get(at(index))) {
                    simd.prefetch_one(value);
                }
                match values.get(at(index)) {
                    Some(value) => *to = *value,
                    None => is_wrong = true,
                }
            }
            if is_wrong { indices.iter().position(|&index| at(index) >= values.len()) } else { None }
        }
    }
    assert!(out.len() == indices.len(), "a value for each index");
    level.run(Gather(values, indices, out))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(len: usize, seed: u64) -> Vec<u64> {
        let word = |at: usize| {
            let at = at as u64 + seed;
            match at % 5 {
                0 => u64::MAX,
                1 => 0,
                2 => 1 << (at % 64),
                _ => at.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(13),
            }
        };
        let mut words: Vec<u64> = (0..len.div_ceil(64)).map(word).collect();
        if !len.is_multiple_of(64) {
            words[len / 64] &= (1 << (len % 64)) - 1;
        }
        words
    }

    fn is_set(words: &[u64], row: usize) -> bool {
        words[row / 64] >> (row % 64) & 1 == 1
    }

    fn check_pack<T: Packable + PartialEq + std::fmt::Debug>(
        level: Level,
        len: usize,
        make: impl Fn(usize) -> T,
    ) {
        for seed in 0..5 {
            let words = words(len, seed);
            let values: Vec<T> = (0..len).map(&make).collect();
            let expected: Vec<T> =
                values.iter().enumerate().filter(|(row, _)| is_set(&words, *row)).map(|(_, v)| *v).collect();
            for room in [0, 16, 100] {
                let mut out = vec![T::default(); expected.len() + room];
                assert_eq!(pack(level, &values, &words, &mut out), expected.len());
                assert_eq!(out[..expected.len()], expected, "{len} values, {level}");
            }
        }
    }

    #[test]
    fn what_is_set_is_packed_and_placed() {
        for level in Level::available() {
            for len in [0, 1, 15, 16, 17, 63, 64, 65, 128, 200, 1000] {
                check_pack::<u8>(level, len, |row| row as u8);
                check_pack::<u16>(level, len, |row| row as u16);
                check_pack::<u32>(level, len, |row| row as u32 * 77);
                check_pack::<u64>(level, len, |row| row as u64 * 777);
                for seed in 0..5 {
                    let words = words(len, seed);
                    let expected: Vec<u64> =
                        (0..len).filter(|&row| is_set(&words, row)).map(|row| row as u64 + 1000).collect();
                    let mut out = vec![0; expected.len()];
                    assert_eq!(places(level, &words, 1000, &mut out), expected.len());
                    assert_eq!(out, expected, "{len} rows, {level}");
                    assert_eq!(count_ones(level, &words), expected.len() as u64);
                }
            }
        }
    }

    #[test]
    fn indices_count_from_both_ends_and_the_first_wrong_one_is_told() {
        let values: Vec<u16> = (0..100).collect();
        for level in Level::available() {
            let indices: Vec<i64> = (0..300).map(|row| row * 37 % 200 - 100).collect();
            let mut out = vec![0; 300];
            assert_eq!(gather(level, &values, &indices, &mut out), None);
            assert!(
                out.iter().zip(&indices).all(|(&value, &index)| i64::from(value) == index.rem_euclid(100))
            );
            for wrong in [100, -101, i64::MAX, i64::MIN] {
                let mut indices = indices.clone();
                (indices[77], indices[200]) = (wrong, wrong);
                assert_eq!(gather(level, &values, &indices, &mut out), Some(77));
            }
            assert_eq!(gather(level, &values[..0], &[0], &mut [0]), Some(0));
            assert_eq!(gather(level, &values[..0], &[-1], &mut [0]), Some(0));
        }
    }
}
