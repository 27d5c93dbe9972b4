//! Powers of values that are two digits, by the multiply-add of 52-bit integers (AVX-512 IFMA).
//!
//! As in [`super::pair_digits`], the patterns that magic numbers leave are operands as they stand: a digit and an offset
//! that makes it positive, so that a value and its offset are one unsigned integer `u` of 104 bits. Its square has four
//! digits of 52 bits once their carries are added; the instruction reads the lower 52 bits of what it multiplies, so that
//! nothing is masked. Sums of `u` to its powers give those of the values by the binomial theorem, once for many.

#[cfg(target_arch = "x86_64")]
use super::Avx2;
use super::Baseline;

/// Vectors that a call takes at most: each adds four products of less than 2^52 to a sum at most.
pub const POWER_VECTORS: usize = 1 << 8;

/// Sums over `u = f + 2^52 g`, where `f` and `g` are the two digits of a value with their offsets.
#[derive(Clone, Copy, Debug)]
pub struct PowerDigits {
    /// Sums of the patterns of the first and the second digit, modulo 2^64.
    pub patterns: [u64; 2],
    /// The sum of `u²`: of these in units of `2^(52 k)`.
    pub second: [u128; 4],
    /// The sum of `u³`, likewise.
    pub third: [u128; 6],
    /// Half of what products of different digits of `u²` contribute to the sum of `u⁴`, in units of `2^(52 (k + 1))`.
    pub cross: [u128; 6],
    /// The sum of squares of the digits of `u²`, in units of `2^(52 k)`.
    pub squares: [u128; 8],
}

/// Sums of the powers of two digits.
pub trait Powers {
    /// Whether [`Powers::power_digits`] gives any.
    #[inline(always)]
    fn has_power_digits(self) -> bool
    where
        Self: Sized,
    {
        false
    }

    /// The sums over `values` and `rest`, [`POWER_VECTORS`] together at most, with the magic numbers of the two digits;
    /// `None` where the CPU lacks the instruction. What is left after the first magic number was added and taken off goes
    /// to the second. `f` is the fraction of the second sum, `g` the low 52 bits of the first sum's pattern with the second
    /// one's exponent field added. The memory `ahead` bytes past the values is asked for.
    #[inline(always)]
    fn power_digits(
        self,
        values: &[[f64; 8]],
        rest: &[[f64; 8]],
        magics: [f64; 2],
        ahead: usize,
    ) -> Option<PowerDigits>
    where
        Self: Sized,
    {
        let _ = (values, rest, magics, ahead);
        None
    }
}

impl Powers for Baseline {}

#[cfg(target_arch = "x86_64")]
impl Powers for Avx2 {}

#[cfg(target_arch = "x86_64")]
mod avx512 {
    use super::{POWER_VECTORS, PowerDigits, Powers};
    use crate::arch::Avx512;
    use crate::arch::lane_sum::sum_of_lanes;
    use crate::level::has_ifma;
    use std::arch::x86_64::{
        __m512i, _MM_HINT_T1, _mm_prefetch, _mm512_add_epi64, _mm512_add_pd, _mm512_castpd_si512,
        _mm512_loadu_pd, _mm512_madd52hi_epu64, _mm512_madd52lo_epu64, _mm512_set1_pd, _mm512_setzero_si512,
        _mm512_srli_epi64, _mm512_sub_pd,
    };

    impl Powers for Avx512 {
        #[inline(always)]
        fn has_power_digits(self) -> bool {
            has_ifma()
        }

        #[inline(always)]
        fn power_digits(
            self,
            values: &[[f64; 8]],
            rest: &[[f64; 8]],
            magics: [f64; 2],
            ahead: usize,
        ) -> Option<PowerDigits> {
            assert!(values.len() + rest.len() <= POWER_VECTORS, "not too many values");
            if !has_ifma() {
                return None;
            }
            // SAFETY: an `Avx512` token is only made where AVX-512 was detected, and the rest of the features was now.
            Some(unsafe { power_digits(values, rest, magics, ahead) })
        }
    }

    #[target_feature(
        enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl,avx512ifma"
    )]
    fn power_digits(values: &[[f64; 8]], rest: &[[f64; 8]], magics: [f64; 2], ahead: usize) -> PowerDigits {
        let magics = magics.map(|magic| _mm512_set1_pd(magic));
        let zero = _mm512_setzero_si512();
        let mut patterns = [zero; 2];
        let (mut second, mut third, mut cross, mut squares) = ([zero; 4], [zero; 6], [zero; 6], [zero; 8]);
        for lanes in values.iter().chain(rest) {
            _mm_prefetch::<_MM_HINT_T1>(lanes.as_ptr().cast::<i8>().wrapping_add(ahead));
            // SAFETY: the reference covers the 64 bytes read.
            let x = unsafe { _mm512_loadu_pd(lanes.as_ptr()) };
            let high = _mm512_add_pd(x, magics[0]);
            let below = _mm512_sub_pd(x, _mm512_sub_pd(high, magics[0]));
            let high = _mm512_castpd_si512(high);
            let f = _mm512_castpd_si512(_mm512_add_pd(below, magics[1]));
            patterns[0] = _mm512_add_epi64(patterns[0], high);
            patterns[1] = _mm512_add_epi64(patterns[1], f);
            // Halfway between two first digits the second may be one too many for 52 bits.
            let g = _mm512_add_epi64(high, _mm512_srli_epi64::<52>(f));
            let (low_half, high_half) = (low(zero, g, f), upper(zero, g, f));
            let s0 = low(zero, f, f);
            let s1 = upper(_mm512_add_epi64(low_half, low_half), f, f);
            let s2 = low(_mm512_add_epi64(high_half, high_half), g, g);
            let s3 = upper(zero, g, g);
            for (sum, digit) in second.iter_mut().zip([s0, s1, s2, s3]) {
                *sum = _mm512_add_epi64(*sum, digit);
            }
            let s2 = _mm512_add_epi64(s2, _mm512_srli_epi64::<52>(s1));
            let s3 = _mm512_add_epi64(s3, _mm512_srli_epi64::<52>(s2));
            let s = [s0, s1, s2, s3];
            for i in 0..4 {
                for (j, digit) in [f, g].into_iter().enumerate() {
                    third[i + j] = low(third[i + j], s[i], digit);
                    third[i + j + 1] = upper(third[i + j + 1], s[i], digit);
                }
                squares[2 * i] = low(squares[2 * i], s[i], s[i]);
                squares[2 * i + 1] = upper(squares[2 * i + 1], s[i], s[i]);
                for j in i + 1..4 {
                    cross[i + j - 1] = low(cross[i + j - 1], s[i], s[j]);
                    cross[i + j] = upper(cross[i + j], s[i], s[j]);
                }
            }
        }
        PowerDigits {
            patterns: patterns.map(|sum| sum_of_lanes(sum) as u64),
            second: second.map(|sum| sum_of_lanes(sum)),
            third: third.map(|sum| sum_of_lanes(sum)),
            cross: cross.map(|sum| sum_of_lanes(sum)),
            squares: squares.map(|sum| sum_of_lanes(sum)),
        }
    }

    /// `sum` and the lower 52 bits of a product.
    #[target_feature(
        enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl,avx512ifma"
    )]
    #[inline]
    fn low(sum: __m512i, a: __m512i, b: __m512i) -> __m512i {
        _mm512_madd52lo_epu64(sum, a, b)
    }

    /// `sum` and the upper 52 bits of a product.
    #[target_feature(
        enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl,avx512ifma"
    )]
    #[inline]
    fn upper(sum: __m512i, a: __m512i, b: __m512i) -> __m512i {
        _mm512_madd52hi_epu64(sum, a, b)
    }
}
