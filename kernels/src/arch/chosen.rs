//! Digits of the values of a column that bits choose: the others are zeros, which no sum sees.

use super::Baseline;

/// How far ahead of what is read memory is asked for: far enough for it to answer, near enough to stay in the cache.
#[cfg(target_arch = "x86_64")]
const AHEAD_BYTES: usize = 8192;

/// Bits of the magnitude of a float.
const MAGNITUDE: u64 = u64::MAX >> 1;

/// Sums over chosen values, of which each is two digits: what is left after the first magic number was added and taken off
/// goes to the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChosenDigits {
    /// Sums of the patterns of the digits, modulo 2^64; those of the magic numbers themselves for values left out.
    pub patterns: [u64; 2],
    /// How many patterns that are.
    pub pushed: u64,
    /// Exponent field of the largest magnitude that was chosen; 0 for none.
    pub most: u64,
    /// Exponent field of the least one; the largest there is for none.
    pub least: u64,
}

/// Sums of the digits of chosen values.
pub trait Chosen {
    /// The sums over those of `values` whose bit is set, bit `i` of a word for value `i` of its 64; words without a bit are
    /// passed over. The memory after them is asked for.
    ///
    /// # Panics
    /// If there is not one word for each 64 values.
    fn chosen_digits(self, values: &[[f64; 64]], words: &[u64], magics: [f64; 2]) -> ChosenDigits;
}

impl Chosen for Baseline {
    #[inline(always)]
    fn chosen_digits(self, values: &[[f64; 64]], words: &[u64], magics: [f64; 2]) -> ChosenDigits {
        assert!(values.len() == words.len(), "a word for each 64 values");
        let mut sums = [[0u64; 4]; 2];
        let (mut most, mut least) = ([0u64; 4], [MAGNITUDE; 4]);
        let mut pushed = 0;
        for (values, &word) in values.iter().zip(words).filter(|(_, word)| **word != 0) {
            pushed += 64;
            let (fours, _) = values.as_chunks::<4>();
            for (index, four) in fours.iter().enumerate() {
                for (lane, value) in four.iter().enumerate() {
                    let mask = 0u64.wrapping_sub(word >> (4 * index + lane) & 1);
                    let value = f64::from_bits(value.to_bits() & mask);
                    let magnitude = value.to_bits() & MAGNITUDE;
                    most[lane] = most[lane].max(magnitude);
                    least[lane] = least[lane].min(magnitude | !mask & MAGNITUDE);
                    let first = value + magics[0];
                    sums[0][lane] = sums[0][lane].wrapping_add(first.to_bits());
                    let second = value - (first - magics[0]) + magics[1];
                    sums[1][lane] = sums[1][lane].wrapping_add(second.to_bits());
                }
            }
        }
        finish(sums, most, least, pushed)
    }
}

/// The lanes together.
#[inline(always)]
fn finish<const LANES: usize>(
    sums: [[u64; LANES]; 2],
    most: [u64; LANES],
    least: [u64; LANES],
    pushed: u64,
) -> ChosenDigits {
    ChosenDigits {
        patterns: sums.map(|lanes| lanes.into_iter().fold(0, u64::wrapping_add)),
        pushed,
        most: most.into_iter().fold(0, u64::max) >> 52,
        least: least.into_iter().fold(MAGNITUDE, u64::min) >> 52,
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use super::{AHEAD_BYTES, Chosen, ChosenDigits, MAGNITUDE, finish};
    use crate::arch::Avx2;
    use std::arch::x86_64::{
        __m256i, _MM_HINT_T1, _mm_prefetch, _mm256_add_epi64, _mm256_add_pd, _mm256_and_pd, _mm256_and_si256,
        _mm256_blendv_epi8, _mm256_castpd_si256, _mm256_castsi256_pd, _mm256_cmpeq_epi64, _mm256_loadu_pd,
        _mm256_max_epi16, _mm256_min_epi16, _mm256_set_epi64x, _mm256_set1_epi64x, _mm256_set1_pd,
        _mm256_setzero_si256, _mm256_storeu_si256, _mm256_sub_pd,
    };

    impl Chosen for Avx2 {
        #[inline(always)]
        fn chosen_digits(self, values: &[[f64; 64]], words: &[u64], magics: [f64; 2]) -> ChosenDigits {
            // SAFETY: an `Avx2` token is only made where AVX2 was detected.
            unsafe { chosen_digits(values, words, magics) }
        }
    }

    #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt")]
    #[inline]
    fn chosen_digits(values: &[[f64; 64]], words: &[u64], magics: [f64; 2]) -> ChosenDigits {
        assert!(values.len() == words.len(), "a word for each 64 values");
        let [one, two] = magics.map(|magic| _mm256_set1_pd(magic));
        let magnitude = _mm256_set1_epi64x(MAGNITUDE as i64);
        let lanes = _mm256_set_epi64x(8, 4, 2, 1);
        let mut sums = [_mm256_setzero_si256(); 2];
        let (mut most, mut least) = (_mm256_setzero_si256(), magnitude);
        let mut pushed = 0;
        for (values, &word) in values.iter().zip(words).filter(|(_, word)| **word != 0) {
            pushed += 64;
            let (fours, _) = values.as_chunks::<4>();
            for (index, four) in fours.iter().enumerate() {
                if index % 2 == 0 {
                    _mm_prefetch::<_MM_HINT_T1>(four.as_ptr().cast::<i8>().wrapping_add(AHEAD_BYTES));
                }
                let bits = _mm256_set1_epi64x((word >> (4 * index)) as i64);
                let mask = _mm256_cmpeq_epi64(_mm256_and_si256(bits, lanes), lanes);
                // SAFETY: the reference covers the 32 bytes read.
                let value = unsafe { _mm256_loadu_pd(four.as_ptr()) };
                let value = _mm256_and_pd(value, _mm256_castsi256_pd(mask));
                let unsigned = _mm256_and_si256(_mm256_castpd_si256(value), magnitude);
                // As the top 16 bits of each value, exponent and four bits of fraction.
                most = _mm256_max_epi16(most, unsigned);
                least = _mm256_min_epi16(least, _mm256_blendv_epi8(magnitude, unsigned, mask));
                let first = _mm256_add_pd(value, one);
                sums[0] = _mm256_add_epi64(sums[0], _mm256_castpd_si256(first));
                let rest = _mm256_sub_pd(value, _mm256_sub_pd(first, one));
                sums[1] = _mm256_add_epi64(sums[1], _mm256_castpd_si256(_mm256_add_pd(rest, two)));
            }
        }
        let integers = |vector: __m256i| {
            let mut lanes = [0; 4];
            // SAFETY: the array covers the 32 bytes written.
            unsafe { _mm256_storeu_si256(lanes.as_mut_ptr().cast(), vector) };
            lanes
        };
        finish([integers(sums[0]), integers(sums[1])], integers(most), integers(least), pushed)
    }
}

#[cfg(target_arch = "x86_64")]
mod avx512 {
    use super::{AHEAD_BYTES, Chosen, ChosenDigits, MAGNITUDE, finish};
    use crate::arch::Avx512;
    use std::arch::x86_64::{
        __m512i, _MM_HINT_T1, _mm_prefetch, _mm512_add_epi64, _mm512_add_pd, _mm512_and_si512,
        _mm512_castpd_si512, _mm512_mask_min_epu64, _mm512_maskz_loadu_pd, _mm512_max_epu64,
        _mm512_set1_epi64, _mm512_set1_pd, _mm512_setzero_si512, _mm512_storeu_si512, _mm512_sub_pd,
    };

    impl Chosen for Avx512 {
        #[inline(always)]
        fn chosen_digits(self, values: &[[f64; 64]], words: &[u64], magics: [f64; 2]) -> ChosenDigits {
            // SAFETY: an `Avx512` token is only made where AVX-512 was detected.
            unsafe { chosen_digits(values, words, magics) }
        }
    }

    #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl")]
    #[inline]
    fn chosen_digits(values: &[[f64; 64]], words: &[u64], magics: [f64; 2]) -> ChosenDigits {
        assert!(values.len() == words.len(), "a word for each 64 values");
        let [one, two] = magics.map(|magic| _mm512_set1_pd(magic));
        let magnitude = _mm512_set1_epi64(MAGNITUDE as i64);
        let mut sums = [_mm512_setzero_si512(); 2];
        let (mut most, mut least) = (_mm512_setzero_si512(), magnitude);
        let mut pushed = 0;
        for (values, &word) in values.iter().zip(words).filter(|(_, word)| **word != 0) {
            pushed += 64;
            let (eights, _) = values.as_chunks::<8>();
            for (index, eight) in eights.iter().enumerate() {
                _mm_prefetch::<_MM_HINT_T1>(eight.as_ptr().cast::<i8>().wrapping_add(AHEAD_BYTES));
                let mask = (word >> (8 * index)) as u8;
                // SAFETY: the reference covers the 64 bytes read.
                let value = unsafe { _mm512_maskz_loadu_pd(mask, eight.as_ptr()) };
                let unsigned = _mm512_and_si512(_mm512_castpd_si512(value), magnitude);
                most = _mm512_max_epu64(most, unsigned);
                least = _mm512_mask_min_epu64(least, mask, least, unsigned);
                let first = _mm512_add_pd(value, one);
                sums[0] = _mm512_add_epi64(sums[0], _mm512_castpd_si512(first));
                let rest = _mm512_sub_pd(value, _mm512_sub_pd(first, one));
                sums[1] = _mm512_add_epi64(sums[1], _mm512_castpd_si512(_mm512_add_pd(rest, two)));
            }
        }
        let integers = |vector: __m512i| {
            let mut lanes = [0; 8];
            // SAFETY: the array covers the 64 bytes written.
            unsafe { _mm512_storeu_si512(lanes.as_mut_ptr().cast(), vector) };
            lanes
        };
        finish([integers(sums[0]), integers(sums[1])], integers(most), integers(least), pushed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Level;
    use crate::arch::Simd;
    use crate::dispatch::Kernel;

    struct Call<'a>(&'a [[f64; 64]], &'a [u64], [f64; 2]);

    impl Kernel for Call<'_> {
        type Output = ChosenDigits;
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) -> ChosenDigits {
            simd.chosen_digits(self.0, self.1, self.2)
        }
    }

    #[test]
    fn levels_agree_on_any_bits_and_words() {
        let mut state = 1u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state ^ state >> 29
        };
        let words = [0, 1, 1 << 63, u64::MAX, 0x00ff_0000_0f01_8000, next(), 0];
        for exponents in [(1000, 1030), (0, 0x7ff)] {
            let mut values = [[0.0; 64]; 7];
            for value in values.as_flattened_mut() {
                let exponent = exponents.0 + next() % (exponents.1 - exponents.0 + 1);
                *value = f64::from_bits(next() & !(0x7ff << 52) | exponent << 52);
            }
            for words in [words, [u64::MAX; 7], [0; 7]] {
                let magics = [1.5 * 2f64.powi(40), 1.5 * 2f64.powi(-12)];
                let expected = Level::BASELINE.run(Call(&values, &words, magics));
                let chosen = || {
                    let bit = |at: usize| words[at / 64] >> (at % 64) & 1 == 1;
                    let fields = values.as_flattened().iter().map(|value| value.to_bits() << 1 >> 53);
                    fields.enumerate().filter(move |(at, _)| bit(*at)).map(|(_, field)| field)
                };
                assert_eq!(expected.most, chosen().max().unwrap_or(0));
                assert_eq!(expected.least, chosen().min().unwrap_or(0x7ff));
                assert_eq!(expected.pushed, 64 * words.iter().filter(|word| **word != 0).count() as u64);
                for level in Level::available() {
                    let found = level.run(Call(&values, &words, magics));
                    if exponents.0 > 0 {
                        assert_eq!(found, expected, "{level}");
                    } else {
                        // Patterns of NaNs are nobody's business.
                        assert_eq!((found.most, found.least), (expected.most, expected.least), "{level}");
                    }
                }
            }
        }
    }
}
