//! Values dealt to the sides of a pivot, in the order in which they come: those below it, equal to it, above it, and NaNs.
//!
//! Sixty-four at a time: which are below and which above is asked of all together, and each side packs its own to the left.
//! What is equal or NaN is rare and goes by hand.

use super::{Key, Map};
use crate::Level;
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::elementwise::pack_lanes;

/// Keys of which some can be moved together.
pub(crate) trait Pack: Copy {
    /// Moves those whose bit is set to the front of `out`, which has 64 places; returns how many.
    fn pack<S: Simd>(simd: S, bits: &[Self; 64], word: u64, out: &mut [Self]) -> usize;
}

impl Pack for u64 {
    #[inline(always)]
    fn pack<S: Simd>(simd: S, bits: &[Self; 64], word: u64, out: &mut [Self]) -> usize {
        pack_lanes(simd, bits, word, out)
    }
}

impl Pack for u32 {
    #[inline(always)]
    fn pack<S: Simd>(_: S, bits: &[Self; 64], word: u64, out: &mut [Self]) -> usize {
        let mut to = 0;
        for (index, bits) in bits.iter().enumerate() {
            out[to] = *bits;
            to += (word >> index & 1) as usize;
        }
        to
    }
}

/// How many of the keys that `map` gives for `bits` are below `pivot`, equal to it, above it, and of NaNs.
pub fn sides<K: Key>(level: Level, bits: &[K], map: &Map<K>, pivot: K) -> [usize; 4] {
    struct Count<'k, K>(&'k [K], Map<K>, K);
    impl<K: Key> Kernel for Count<'_, K> {
        type Output = [usize; 4];
        #[inline(always)]
        fn run<S: Simd>(self, _: S) -> [usize; 4] {
            let Count(bits, map, pivot) = self;
            let [mut below, mut numbers, mut above] = [0; 3];
            for bits in bits {
                let key = map.key(*bits);
                let is_number = map.is_number(key);
                numbers += usize::from(is_number);
                below += usize::from(is_number & (key < pivot));
                above += usize::from(is_number & (key > pivot));
            }
            [below, numbers - below - above, above, bits.len() - numbers]
        }
    }
    level.run(Count(bits, *map, pivot))
}

/// Writes `bits` to the segments that [`sides()`] counts, each in the order in which they come.
///
/// # Panics
/// If a segment has not the length that was counted.
pub fn deal<K: Key>(level: Level, bits: &[K], map: &Map<K>, pivot: K, segments: [&mut [K]; 4]) {
    let lengths = segments.each_ref().map(|segment| segment.len());
    let ends = level.run(Deal { bits, map: *map, pivot, segments });
    assert!(ends == lengths, "a place for each value");
}

struct Deal<'k, K> {
    bits: &'k [K],
    map: Map<K>,
    pivot: K,
    segments: [&'k mut [K]; 4],
}

impl<K: Key> Kernel for Deal<'_, K> {
    type Output = [usize; 4];

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> [usize; 4] {
        let Self { bits, map, pivot, segments: [below, equal, above, nans] } = self;
        let mut ends = [0; 4];
        let (parts, rest) = bits.as_chunks::<64>();
        for part in parts {
            let [mut are_below, mut are_above] = [[0u8; 64]; 2];
            for ((bits, is_below), is_above) in part.iter().zip(&mut are_below).zip(&mut are_above) {
                let key = map.key(*bits);
                let is_number = map.is_number(key);
                *is_below = u8::from(is_number & (key < pivot));
                *is_above = u8::from(is_number & (key > pivot));
            }
            let words = [are_below, are_above].map(|bytes| simd.pack_truths(&bytes));
            for (segment, word, end) in [(&mut *below, words[0], 0), (&mut *above, words[1], 2)] {
                let to = ends[end];
                ends[end] += match segment.get_mut(to..to + 64) {
                    Some(places) => K::pack(simd, part, word, places),
                    None => pack_rest(part, word, &mut segment[to..]),
                };
            }
            let mut others = !(words[0] | words[1]);
            while others != 0 {
                let bits = part[others.trailing_zeros() as usize];
                let (segment, end) = if map.key(bits) == pivot { (&mut *equal, 1) } else { (&mut *nans, 3) };
                segment[ends[end]] = bits;
                ends[end] += 1;
                others &= others - 1;
            }
        }
        for &bits in rest {
            let key = map.key(bits);
            let (segment, end) = if !map.is_number(key) {
                (&mut *nans, 3)
            } else if key < pivot {
                (&mut *below, 0)
            } else if key > pivot {
                (&mut *above, 2)
            } else {
                (&mut *equal, 1)
            };
            segment[ends[end]] = bits;
            ends[end] += 1;
        }
        ends
    }
}

/// As [`Pack::pack`], where there are fewer than 64 places left.
fn pack_rest<K: Copy>(bits: &[K; 64], mut word: u64, out: &mut [K]) -> usize {
    let count = word.count_ones() as usize;
    for place in &mut out[..count] {
        *place = bits[word.trailing_zeros() as usize];
        word &= word - 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::super::Value;
    use super::super::tests::Random;
    use super::*;

    fn check<T: Value>(values: &[T], pivot: T) {
        let (bits, map) = (T::bits(values), T::map(false));
        let pivot = map.key(T::bits(&[pivot])[0]);
        let segment = |keep: &dyn Fn(T::Key) -> bool| -> Vec<T::Key> {
            bits.iter().copied().filter(|&bits| keep(map.key(bits))).collect()
        };
        let expected = [
            segment(&|key| map.is_number(key) && key < pivot),
            segment(&|key| key == pivot),
            segment(&|key| map.is_number(key) && key > pivot),
            segment(&|key| !map.is_number(key)),
        ];
        for level in Level::available() {
            let counts = sides(level, bits, &map, pivot);
            assert_eq!(counts, expected.each_ref().map(Vec::len), "{level}, {} values", values.len());
            let mut found = counts.map(|count| vec![T::Key::ZERO; count]);
            deal(level, bits, &map, pivot, found.each_mut().map(Vec::as_mut_slice));
            assert!(found == expected, "{level}, {} values", values.len());
        }
    }

    #[test]
    fn sides_keep_their_order_whatever_lies_on_them() {
        let mut random = Random(5);
        for length in (0..200).chain([1000, 4096, 5001]) {
            for share in [1, 3, 40, u64::MAX] {
                let floats: Vec<f64> = (0..length)
                    .map(|_| match random.next() % share {
                        0 => [0.0, -0.0, f64::NAN, -f64::NAN, f64::INFINITY][(random.next() % 5) as usize],
                        _ => random.next() as i64 as f64,
                    })
                    .collect();
                check(&floats, 0.0);
                check(&floats, -0.0);
                check(&floats.iter().map(|&value| value as f32).collect::<Vec<f32>>(), 0.0);
                let words: Vec<i64> = (0..length).map(|_| random.next() as i64 >> (share % 64)).collect();
                words.first().into_iter().for_each(|&pivot| check(&words, pivot));
            }
        }
    }
}
