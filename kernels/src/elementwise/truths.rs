//! Predicates to bits and bits to choices, 64 rows to a word.
//!
//! A predicate first fills 64 bytes, which the compiler vectorises for any type; the level's instruction then packs
//! their truth into a word.

use super::Operand;
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::{Bits, Level};

/// Bit `i % 64` of `words[i / 64]` is `predicate(values[i])`; bits past the last value are zero.
///
/// # Panics
/// If there are fewer words than values need.
pub fn truths<A: Copy>(level: Level, values: &[A], words: &mut [u64], predicate: impl Fn(A) -> bool) {
    truths2(level, Operand::Slice(values), Operand::Scalar(()), values.len(), words, |a, ()| predicate(a));
}

/// Bit `i % 64` of `words[i / 64]` is `predicate(a[i], b[i])` for `len` rows; bits past them are zero.
///
/// # Panics
/// If a slice has not `len` values, or there are fewer words than they need.
pub fn truths2<A: Copy, B: Copy>(
    level: Level,
    a: Operand<'_, A>,
    b: Operand<'_, B>,
    len: usize,
    words: &mut [u64],
    predicate: impl Fn(A, B) -> bool,
) {
    struct Truths<'a, A, B, F>(Operand<'a, A>, Operand<'a, B>, usize, &'a mut [u64], F);
    impl<A: Copy, B: Copy, F: Fn(A, B) -> bool> Kernel for Truths<'_, A, B, F> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) {
            let Truths(a, b, len, words, predicate) = self;
            let mut bytes = [0u8; 64];
            match (a, b) {
                (Operand::Slice(a), Operand::Slice(b)) => {
                    for ((word, a), b) in words.iter_mut().zip(a.chunks(64)).zip(b.chunks(64)) {
                        if let (Ok(a), Ok(b)) = (<&[A; 64]>::try_from(a), <&[B; 64]>::try_from(b)) {
                            for ((byte, a), b) in bytes.iter_mut().zip(a).zip(b) {
                                *byte = u8::from(predicate(*a, *b));
                            }
                        } else {
                            bytes = [0; 64];
                            for ((byte, a), b) in bytes.iter_mut().zip(a).zip(b) {
                                *byte = u8::from(predicate(*a, *b));
                            }
                        }
                        *word = simd.pack_truths(&bytes);
                    }
                }
                (Operand::Slice(a), Operand::Scalar(b)) => {
                    for (word, a) in words.iter_mut().zip(a.chunks(64)) {
                        if let Ok(a) = <&[A; 64]>::try_from(a) {
                            for (byte, a) in bytes.iter_mut().zip(a) {
                                *byte = u8::from(predicate(*a, b));
                            }
                        } else {
                            bytes = [0; 64];
                            for (byte, a) in bytes.iter_mut().zip(a) {
                                *byte = u8::from(predicate(*a, b));
                            }
                        }
                        *word = simd.pack_truths(&bytes);
                    }
                }
                (Operand::Scalar(a), b) => {
                    for (at, word) in words.iter_mut().enumerate() {
                        bytes = [0; 64];
                        for (index, byte) in bytes.iter_mut().enumerate().take(len - 64 * at) {
                            *byte = u8::from(predicate(a, b.get(64 * at + index)));
                        }
                        *word = simd.pack_truths(&bytes);
                    }
                }
            }
        }
    }
    let (a, b) = (a.cut(len), b.cut(len));
    let words = &mut words[..len.div_ceil(64)];
    level.run(Truths(a, b, len, words, predicate));
}

/// Writes `bits` to `out`, with zeros past the last; returns how many are set.
///
/// # Panics
/// If `out` has not as many bytes as the bits need.
pub fn copy_bits(level: Level, bits: Bits<'_>, out: &mut [u8]) -> usize {
    struct Copied<'a>(Bits<'a>, &'a mut [u8]);
    impl Kernel for Copied<'_> {
        type Output = usize;
        #[inline(always)]
        fn run<S: Simd>(self, _: S) -> usize {
            let Copied(bits, out) = self;
            let (mut count, mut done) = (0, 0);
            if let Some(bytes) = bits.whole_bytes() {
                let (from, _) = bytes[..bits.len() / 8].as_chunks::<8>();
                let (to, _) = out.as_chunks_mut::<8>();
                for (to, from) in to.iter_mut().zip(from) {
                    *to = *from;
                    count += u64::from_le_bytes(*from).count_ones() as usize;
                }
                done = from.len();
            }
            for (index, to) in out.chunks_mut(8).enumerate().skip(done) {
                let word = bits.word(64 * index);
                to.copy_from_slice(&word.to_le_bytes()[..to.len()]);
                count += word.count_ones() as usize;
            }
            count
        }
    }
    assert!(out.len() == bits.len().div_ceil(8), "a bit for each bit");
    level.run(Copied(bits, out))
}

/// `out[i] = a[i]` where bit `i` of `words` is set, else `b[i]`.
///
/// # Panics
/// If a slice has another length than `out`, or there are fewer bits.
pub fn choose<T: Copy>(level: Level, words: &[u64], a: Operand<'_, T>, b: Operand<'_, T>, out: &mut [T]) {
    struct Choose<'a, T>(&'a [u64], Operand<'a, T>, Operand<'a, T>, &'a mut [T]);
    impl<T: Copy> Kernel for Choose<'_, T> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd>(self, _: S) {
            let Choose(words, a, b, out) = self;
            match (a, b) {
                (Operand::Slice(a), Operand::Slice(b)) => {
                    let blocks = out.chunks_mut(64).zip(a.chunks(64)).zip(b.chunks(64)).zip(words);
                    for (((out, a), b), word) in blocks {
                        for (bit, ((to, a), b)) in out.iter_mut().zip(a).zip(b).enumerate() {
                            *to = if word >> bit & 1 == 1 { *a } else { *b };
                        }
                    }
                }
                (a, b) => {
                    for (row, to) in out.iter_mut().enumerate() {
                        let chosen = words[row / 64] >> (row % 64) & 1 == 1;
                        *to = if chosen { a.get(row) } else { b.get(row) };
                    }
                }
            }
        }
    }
    assert!(words.len() * 64 >= out.len(), "one bit for each row");
    let (a, b) = (a.cut(out.len()), b.cut(out.len()));
    level.run(Choose(words, a, b, out));
}
