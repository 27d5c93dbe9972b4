//! Which of the 16-bit digits of words are small.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

use super::Baseline;
#[cfg(target_arch = "x86_64")]
use super::{Avx2, Avx512};

/// Comparing many digits of words at once.
pub trait SmallDigits: Copy {
    /// Bit `4 * w + d` tells whether bits `16 * d ..` of `words[w]`, sixteen of them, are at most `bound`.
    fn digits_within(self, words: &[u64; 16], bound: u16) -> u64;
}

impl SmallDigits for Baseline {
    #[inline(always)]
    fn digits_within(self, words: &[u64; 16], bound: u16) -> u64 {
        let is_within = |word: u64, digit: u32| u64::from((word >> (16 * digit)) as u16 <= bound) << digit;
        words
            .iter()
            .rev()
            .fold(0, |bits, &word| bits << 4 | (0..4).fold(0, |four, digit| four | is_within(word, digit)))
    }
}

#[cfg(target_arch = "x86_64")]
impl SmallDigits for Avx2 {
    #[inline(always)]
    fn digits_within(self, words: &[u64; 16], bound: u16) -> u64 {
        // SAFETY: the token proves AVX2.
        let bounds = unsafe { _mm256_set1_epi16(bound.cast_signed()) };
        let within = |at: usize| {
            // SAFETY: `at` is 0, 4, 8 or 12, so the array covers the 32 bytes read, and the token proves AVX.
            let digits = unsafe { _mm256_loadu_si256(words.as_ptr().wrapping_add(at).cast()) };
            // SAFETY: the token proves AVX2.
            let least = unsafe { _mm256_min_epu16(digits, bounds) };
            // SAFETY: the token proves AVX2.
            unsafe { _mm256_cmpeq_epi16(least, digits) }
        };
        let half = |at: usize| {
            // SAFETY: the token proves AVX2. Halves of the two vectors alternate.
            let bytes = unsafe { _mm256_packs_epi16(within(at), within(at + 4)) };
            // SAFETY: the token proves AVX2. Quarters 0, 2, 1, 3 are the halves in their order.
            let bytes = unsafe { _mm256_permute4x64_epi64::<0b11_01_10_00>(bytes) };
            // SAFETY: the token proves AVX2.
            let mask = unsafe { _mm256_movemask_epi8(bytes) };
            u64::from(mask as u32)
        };
        half(0) | half(8) << 32
    }
}

#[cfg(target_arch = "x86_64")]
impl SmallDigits for Avx512 {
    #[inline(always)]
    fn digits_within(self, words: &[u64; 16], bound: u16) -> u64 {
        // SAFETY: the token proves AVX-512.
        let bounds = unsafe { _mm512_set1_epi16(bound.cast_signed()) };
        let half = |at: usize| {
            // SAFETY: `at` is 0 or 8, so the array covers the 64 bytes read, and the token proves AVX-512.
            let digits = unsafe { _mm512_loadu_si512(words.as_ptr().wrapping_add(at).cast()) };
            // SAFETY: the token proves AVX-512.
            u64::from(unsafe { _mm512_cmple_epu16_mask(digits, bounds) })
        };
        half(0) | half(8) << 32
    }
}
