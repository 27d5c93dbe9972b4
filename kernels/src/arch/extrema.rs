//! Minimum and maximum of floats: the compiler keeps the order of NaN compares by shuffling, so they are spelt out.

use super::Baseline;
use wide::f64x2;

/// What one reading of floats tells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FloatRange {
    /// The lowest value that is not NaN, infinity if there is none. Zeros count as equal: which of their signs comes back
    /// is not specified.
    pub low: f64,
    /// The highest one, minus infinity if there is none.
    pub high: f64,
    /// Whether any value is NaN.
    pub has_nan: bool,
    /// Whether any value is a zero.
    pub has_zero: bool,
}

/// Minimum and maximum of a slice of floats.
pub trait FloatExtrema {
    /// The range of `values`.
    fn extrema(self, values: &[f64]) -> FloatRange;
}

/// How far ahead of what is read memory is asked for.
#[cfg(target_arch = "x86_64")]
const AHEAD_BYTES: usize = 8192;
/// Vectors in flight.
const CHAINS: usize = 4;

#[inline(always)]
fn finish(min: &[f64], max: &[f64], (has_nan, has_zero): (bool, bool), rest: &[f64]) -> FloatRange {
    let mut low = f64::INFINITY;
    let mut high = f64::NEG_INFINITY;
    for &value in min.iter().chain(rest) {
        low = if value < low { value } else { low };
    }
    for &value in max.iter().chain(rest) {
        high = if value > high { value } else { high };
    }
    let (mut has_nan, mut has_zero) = (has_nan, has_zero);
    for &value in rest {
        has_nan |= value.is_nan();
        has_zero |= value == 0.0;
    }
    FloatRange { low, high, has_nan, has_zero }
}

impl FloatExtrema for Baseline {
    #[inline(always)]
    fn extrema(self, values: &[f64]) -> FloatRange {
        let (chunks, rest) = values.as_chunks::<{ 2 * CHAINS }>();
        let mut min = [f64x2::splat(f64::INFINITY); CHAINS];
        let mut max = [f64x2::splat(f64::NEG_INFINITY); CHAINS];
        let (mut nans, mut zeros) = (f64x2::splat(0.0), f64x2::splat(0.0));
        for chunk in chunks {
            for lane in 0..CHAINS {
                let value = f64x2::new([chunk[2 * lane], chunk[2 * lane + 1]]);
                min[lane] = value.simd_lt(min[lane]).select(value, min[lane]);
                max[lane] = value.simd_gt(max[lane]).select(value, max[lane]);
                nans |= value.simd_ne(value);
                zeros |= value.simd_eq(f64x2::splat(0.0));
            }
        }
        let seen = (nans.to_bitmask() != 0, zeros.to_bitmask() != 0);
        finish(min.map(f64x2::to_array).as_flattened(), max.map(f64x2::to_array).as_flattened(), seen, rest)
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use super::{AHEAD_BYTES, CHAINS, FloatExtrema, FloatRange, finish};
    use crate::arch::Avx2;
    use std::arch::x86_64::{
        _CMP_EQ_OQ, _CMP_UNORD_Q, _MM_HINT_T1, _mm_prefetch, _mm256_cmp_pd, _mm256_max_pd, _mm256_min_pd,
        _mm256_movemask_pd, _mm256_or_pd, _mm256_set_pd, _mm256_set1_pd, _mm256_setzero_pd, _mm256_storeu_pd,
    };

    impl FloatExtrema for Avx2 {
        #[inline(always)]
        fn extrema(self, values: &[f64]) -> FloatRange {
            // SAFETY: an `Avx2` token is only made where AVX2 was detected.
            unsafe { extrema(values) }
        }
    }

    #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt")]
    #[inline]
    fn extrema(values: &[f64]) -> FloatRange {
        let (chunks, rest) = values.as_chunks::<{ 4 * CHAINS }>();
        let mut min = [_mm256_set1_pd(f64::INFINITY); CHAINS];
        let mut max = [_mm256_set1_pd(f64::NEG_INFINITY); CHAINS];
        let zero = _mm256_setzero_pd();
        let (mut nans, mut zeros) = (zero, zero);
        for chunk in chunks {
            for lane in 0..CHAINS {
                let at = 4 * lane;
                if lane % 2 == 0 {
                    _mm_prefetch::<_MM_HINT_T1>(chunk[at..].as_ptr().cast::<i8>().wrapping_add(AHEAD_BYTES));
                }
                let value = _mm256_set_pd(chunk[at + 3], chunk[at + 2], chunk[at + 1], chunk[at]);
                // vminpd and vmaxpd return their second operand if either is NaN: the lane keeps what it has.
                min[lane] = _mm256_min_pd(value, min[lane]);
                max[lane] = _mm256_max_pd(value, max[lane]);
                nans = _mm256_or_pd(nans, _mm256_cmp_pd::<_CMP_UNORD_Q>(value, value));
                zeros = _mm256_or_pd(zeros, _mm256_cmp_pd::<_CMP_EQ_OQ>(value, zero));
            }
        }
        let seen = (_mm256_movemask_pd(nans) != 0, _mm256_movemask_pd(zeros) != 0);
        let mut lanes = [[[0.0; 4]; CHAINS]; 2];
        for lane in 0..CHAINS {
            // SAFETY: the target is four floats long.
            unsafe { _mm256_storeu_pd(lanes[0][lane].as_mut_ptr(), min[lane]) };
            // SAFETY: the target is four floats long.
            unsafe { _mm256_storeu_pd(lanes[1][lane].as_mut_ptr(), max[lane]) };
        }
        finish(lanes[0].as_flattened(), lanes[1].as_flattened(), seen, rest)
    }
}

#[cfg(target_arch = "x86_64")]
mod avx512 {
    use super::{AHEAD_BYTES, CHAINS, FloatExtrema, FloatRange, finish};
    use crate::arch::Avx512;
    use std::arch::x86_64::{
        _CMP_EQ_OQ, _CMP_UNORD_Q, _MM_HINT_T1, _mm_prefetch, _mm512_cmp_pd_mask, _mm512_loadu_pd,
        _mm512_max_pd, _mm512_min_pd, _mm512_set1_pd, _mm512_setzero_pd, _mm512_storeu_pd,
    };

    impl FloatExtrema for Avx512 {
        #[inline(always)]
        fn extrema(self, values: &[f64]) -> FloatRange {
            // SAFETY: an `Avx512` token is only made where AVX-512 was detected.
            unsafe { extrema(values) }
        }
    }

    #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl")]
    #[inline]
    fn extrema(values: &[f64]) -> FloatRange {
        let (chunks, rest) = values.as_chunks::<{ 8 * CHAINS }>();
        let mut min = [_mm512_set1_pd(f64::INFINITY); CHAINS];
        let mut max = [_mm512_set1_pd(f64::NEG_INFINITY); CHAINS];
        let zero = _mm512_setzero_pd();
        let (mut nans, mut zeros) = (0, 0);
        for chunk in chunks {
            for lane in 0..CHAINS {
                let at = chunk[8 * lane..8 * lane + 8].as_ptr();
                _mm_prefetch::<_MM_HINT_T1>(at.cast::<i8>().wrapping_add(AHEAD_BYTES));
                // SAFETY: the chunk is eight floats for every lane long.
                let value = unsafe { _mm512_loadu_pd(at) };
                // vminpd and vmaxpd return their second operand if either is NaN: the lane keeps what it has.
                min[lane] = _mm512_min_pd(value, min[lane]);
                max[lane] = _mm512_max_pd(value, max[lane]);
                nans |= _mm512_cmp_pd_mask::<_CMP_UNORD_Q>(value, value);
                zeros |= _mm512_cmp_pd_mask::<_CMP_EQ_OQ>(value, zero);
            }
        }
        let seen = (nans != 0, zeros != 0);
        let mut lanes = [[[0.0; 8]; CHAINS]; 2];
        for lane in 0..CHAINS {
            // SAFETY: the target is eight floats long.
            unsafe { _mm512_storeu_pd(lanes[0][lane].as_mut_ptr(), min[lane]) };
            // SAFETY: the target is eight floats long.
            unsafe { _mm512_storeu_pd(lanes[1][lane].as_mut_ptr(), max[lane]) };
        }
        finish(lanes[0].as_flattened(), lanes[1].as_flattened(), seen, rest)
    }
}
