//! Ranks inside one cache line: how many of its keys are below a value, by one or two compares and a count of bits.

use super::Baseline;

/// Counts keys of a cache line that are below a value; with `OR_EQUAL`, those that are not above it.
///
/// No key is NaN. Nothing is below a NaN. Zeros of both signs are equal.
pub trait Ranks: Copy {
    /// Rank among eight floats.
    fn rank_f64<const OR_EQUAL: bool>(self, keys: &[f64; 8], value: f64) -> usize;
    /// Rank among eight integers.
    fn rank_i64<const OR_EQUAL: bool>(self, keys: &[i64; 8], value: i64) -> usize;
    /// Rank among eight unsigned integers.
    fn rank_u64<const OR_EQUAL: bool>(self, keys: &[u64; 8], value: u64) -> usize;
    /// Rank among sixteen floats.
    fn rank_f32<const OR_EQUAL: bool>(self, keys: &[f32; 16], value: f32) -> usize;
    /// Rank among sixteen integers.
    fn rank_i32<const OR_EQUAL: bool>(self, keys: &[i32; 16], value: i32) -> usize;
    /// Rank among sixteen unsigned integers.
    fn rank_u32<const OR_EQUAL: bool>(self, keys: &[u32; 16], value: u32) -> usize;
}

macro_rules! count {
    ($($name:ident $type:ty, $keys:literal);*) => {$(
        #[inline(always)]
        fn $name<const OR_EQUAL: bool>(self, keys: &[$type; $keys], value: $type) -> usize {
            let is_below = |key: $type| if OR_EQUAL { key <= value } else { key < value };
            keys.iter().map(|&key| usize::from(is_below(key))).sum()
        }
    )*};
}

impl Ranks for Baseline {
    count!(rank_f64 f64, 8; rank_i64 i64, 8; rank_u64 u64, 8; rank_f32 f32, 16; rank_i32 i32, 16; rank_u32 u32, 16);
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use super::Ranks;
    use crate::arch::Avx2;
    use std::arch::x86_64::{
        __m256i, _CMP_LE_OQ, _CMP_LT_OQ, _mm256_castsi256_pd, _mm256_castsi256_ps, _mm256_cmp_pd,
        _mm256_cmp_ps, _mm256_cmpgt_epi32, _mm256_cmpgt_epi64, _mm256_loadu_pd, _mm256_loadu_ps,
        _mm256_loadu_si256, _mm256_movemask_pd, _mm256_movemask_ps, _mm256_set1_epi32, _mm256_set1_epi64x,
        _mm256_set1_pd, _mm256_set1_ps, _mm256_xor_si256,
    };

    impl Ranks for Avx2 {
        #[inline(always)]
        fn rank_f64<const OR_EQUAL: bool>(self, keys: &[f64; 8], value: f64) -> usize {
            // SAFETY: the token proves AVX2.
            unsafe { rank_f64::<OR_EQUAL>(keys, value) }
        }

        #[inline(always)]
        fn rank_i64<const OR_EQUAL: bool>(self, keys: &[i64; 8], value: i64) -> usize {
            // SAFETY: the token proves AVX2.
            unsafe { rank_i64::<OR_EQUAL>(keys, value) }
        }

        #[inline(always)]
        fn rank_u64<const OR_EQUAL: bool>(self, keys: &[u64; 8], value: u64) -> usize {
            // SAFETY: the token proves AVX2.
            unsafe { rank_u64::<OR_EQUAL>(keys, value) }
        }

        #[inline(always)]
        fn rank_f32<const OR_EQUAL: bool>(self, keys: &[f32; 16], value: f32) -> usize {
            // SAFETY: the token proves AVX2.
            unsafe { rank_f32::<OR_EQUAL>(keys, value) }
        }

        #[inline(always)]
        fn rank_i32<const OR_EQUAL: bool>(self, keys: &[i32; 16], value: i32) -> usize {
            // SAFETY: the token proves AVX2.
            unsafe { rank_i32::<OR_EQUAL>(keys, value) }
        }

        #[inline(always)]
        fn rank_u32<const OR_EQUAL: bool>(self, keys: &[u32; 16], value: u32) -> usize {
            // SAFETY: the token proves AVX2.
            unsafe { rank_u32::<OR_EQUAL>(keys, value) }
        }
    }

    #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt")]
    #[inline]
    fn halves<T, const N: usize>(keys: &[T; N]) -> [__m256i; 2] {
        assert!(size_of_val(keys) == 64, "keys fill a cache line");
        // SAFETY: the line covers the 32 bytes read.
        let low = unsafe { _mm256_loadu_si256(keys.as_ptr().cast()) };
        // SAFETY: the line covers the 32 bytes read, from its middle on.
        let high = unsafe { _mm256_loadu_si256(keys[N / 2..].as_ptr().cast()) };
        [low, high]
    }

    #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt")]
    #[inline]
    fn rank_f64<const OR_EQUAL: bool>(keys: &[f64; 8], value: f64) -> usize {
        let value = _mm256_set1_pd(value);
        // SAFETY: the array covers the 32 bytes read.
        let low = unsafe { _mm256_loadu_pd(keys.as_ptr()) };
        // SAFETY: the array covers the 32 bytes read, from its middle on.
        let high = unsafe { _mm256_loadu_pd(keys[4..].as_ptr()) };
        let (low, high) = if OR_EQUAL {
            (_mm256_cmp_pd::<_CMP_LE_OQ>(low, value), _mm256_cmp_pd::<_CMP_LE_OQ>(high, value))
        } else {
            (_mm256_cmp_pd::<_CMP_LT_OQ>(low, value), _mm256_cmp_pd::<_CMP_LT_OQ>(high, value))
        };
        (_mm256_movemask_pd(low) | _mm256_movemask_pd(high) << 4).count_ones() as usize
    }

    #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt")]
    #[inline]
    fn rank_i64<const OR_EQUAL: bool>(keys: &[i64; 8], value: i64) -> usize {
        rank_signed_64::<OR_EQUAL>(halves(keys), value)
    }

    #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt")]
    #[inline]
    fn rank_u64<const OR_EQUAL: bool>(keys: &[u64; 8], value: u64) -> usize {
        let sign = _mm256_set1_epi64x(i64::MIN);
        let [low, high] = halves(keys);
        let keys = [_mm256_xor_si256(low, sign), _mm256_xor_si256(high, sign)];
        rank_signed_64::<OR_EQUAL>(keys, value as i64 ^ i64::MIN)
    }

    #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt")]
    #[inline]
    fn rank_signed_64<const OR_EQUAL: bool>([low, high]: [__m256i; 2], value: i64) -> usize {
        let value = _mm256_set1_epi64x(value);
        let (low, high) = if OR_EQUAL {
            (_mm256_cmpgt_epi64(low, value), _mm256_cmpgt_epi64(high, value))
        } else {
            (_mm256_cmpgt_epi64(value, low), _mm256_cmpgt_epi64(value, high))
        };
        let (low, high) = (_mm256_castsi256_pd(low), _mm256_castsi256_pd(high));
        let count = (_mm256_movemask_pd(low) | _mm256_movemask_pd(high) << 4).count_ones() as usize;
        if OR_EQUAL { 8 - count } else { count }
    }

    #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt")]
    #[inline]
    fn rank_f32<const OR_EQUAL: bool>(keys: &[f32; 16], value: f32) -> usize {
        let value = _mm256_set1_ps(value);
        // SAFETY: the array covers the 32 bytes read.
        let low = unsafe { _mm256_loadu_ps(keys.as_ptr()) };
        // SAFETY: the array covers the 32 bytes read, from its middle on.
        let high = unsafe { _mm256_loadu_ps(keys[8..].as_ptr()) };
        let (low, high) = if OR_EQUAL {
            (_mm256_cmp_ps::<_CMP_LE_OQ>(low, value), _mm256_cmp_ps::<_CMP_LE_OQ>(high, value))
        } else {
            (_mm256_cmp_ps::<_CMP_LT_OQ>(low, value), _mm256_cmp_ps::<_CMP_LT_OQ>(high, value))
        };
        (_mm256_movemask_ps(low) | _mm256_movemask_ps(high) << 8).count_ones() as usize
    }

    #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt")]
    #[inline]
    fn rank_i32<const OR_EQUAL: bool>(keys: &[i32; 16], value: i32) -> usize {
        rank_signed_32::<OR_EQUAL>(halves(keys), value)
    }

    #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt")]
    #[inline]
    fn rank_u32<const OR_EQUAL: bool>(keys: &[u32; 16], value: u32) -> usize {
        let sign = _mm256_set1_epi32(i32::MIN);
        let [low, high] = halves(keys);
        let keys = [_mm256_xor_si256(low, sign), _mm256_xor_si256(high, sign)];
        rank_signed_32::<OR_EQUAL>(keys, value as i32 ^ i32::MIN)
    }

    #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt")]
    #[inline]
    fn rank_signed_32<const OR_EQUAL: bool>([low, high]: [__m256i; 2], value: i32) -> usize {
        let value = _mm256_set1_epi32(value);
        let (low, high) = if OR_EQUAL {
            (_mm256_cmpgt_epi32(low, value), _mm256_cmpgt_epi32(high, value))
        } else {
            (_mm256_cmpgt_epi32(value, low), _mm256_cmpgt_epi32(value, high))
        };
        let (low, high) = (_mm256_castsi256_ps(low), _mm256_castsi256_ps(high));
        let count = (_mm256_movemask_ps(low) | _mm256_movemask_ps(high) << 8).count_ones() as usize;
        if OR_EQUAL { 16 - count } else { count }
    }
}

#[cfg(target_arch = "x86_64")]
mod avx512 {
    use super::Ranks;
    use crate::arch::Avx512;
    use std::arch::x86_64::{
        _CMP_LE_OQ, _CMP_LT_OQ, _mm512_cmp_pd_mask, _mm512_cmp_ps_mask, _mm512_cmple_epi32_mask,
        _mm512_cmple_epi64_mask, _mm512_cmple_epu32_mask, _mm512_cmple_epu64_mask, _mm512_cmplt_epi32_mask,
        _mm512_cmplt_epi64_mask, _mm512_cmplt_epu32_mask, _mm512_cmplt_epu64_mask, _mm512_loadu_pd,
        _mm512_loadu_ps, _mm512_loadu_si512, _mm512_set1_epi32, _mm512_set1_epi64, _mm512_set1_pd,
        _mm512_set1_ps,
    };

    impl Ranks for Avx512 {
        #[inline(always)]
        fn rank_f64<const OR_EQUAL: bool>(self, keys: &[f64; 8], value: f64) -> usize {
            // SAFETY: the token proves AVX-512.
            unsafe { rank_f64::<OR_EQUAL>(keys, value) }
        }

        #[inline(always)]
        fn rank_i64<const OR_EQUAL: bool>(self, keys: &[i64; 8], value: i64) -> usize {
            // SAFETY: the token proves AVX-512.
            unsafe { rank_i64::<OR_EQUAL>(keys, value) }
        }

        #[inline(always)]
        fn rank_u64<const OR_EQUAL: bool>(self, keys: &[u64; 8], value: u64) -> usize {
            // SAFETY: the token proves AVX-512.
            unsafe { rank_u64::<OR_EQUAL>(keys, value) }
        }

        #[inline(always)]
        fn rank_f32<const OR_EQUAL: bool>(self, keys: &[f32; 16], value: f32) -> usize {
            // SAFETY: the token proves AVX-512.
            unsafe { rank_f32::<OR_EQUAL>(keys, value) }
        }

        #[inline(always)]
        fn rank_i32<const OR_EQUAL: bool>(self, keys: &[i32; 16], value: i32) -> usize {
            // SAFETY: the token proves AVX-512.
            unsafe { rank_i32::<OR_EQUAL>(keys, value) }
        }

        #[inline(always)]
        fn rank_u32<const OR_EQUAL: bool>(self, keys: &[u32; 16], value: u32) -> usize {
            // SAFETY: the token proves AVX-512.
            unsafe { rank_u32::<OR_EQUAL>(keys, value) }
        }
    }

    #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl")]
    #[inline]
    fn rank_f64<const OR_EQUAL: bool>(keys: &[f64; 8], value: f64) -> usize {
        // SAFETY: the array covers the 64 bytes read.
        let keys = unsafe { _mm512_loadu_pd(keys.as_ptr()) };
        let value = _mm512_set1_pd(value);
        let mask = if OR_EQUAL {
            _mm512_cmp_pd_mask::<_CMP_LE_OQ>(keys, value)
        } else {
            _mm512_cmp_pd_mask::<_CMP_LT_OQ>(keys, value)
        };
        mask.count_ones() as usize
    }

    #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl")]
    #[inline]
    fn rank_i64<const OR_EQUAL: bool>(keys: &[i64; 8], value: i64) -> usize {
        // SAFETY: the array covers the 64 bytes read.
        let keys = unsafe { _mm512_loadu_si512(keys.as_ptr().cast()) };
        let value = _mm512_set1_epi64(value);
        let mask = if OR_EQUAL {
            _mm512_cmple_epi64_mask(keys, value)
        } else {
            _mm512_cmplt_epi64_mask(keys, value)
        };
        mask.count_ones() as usize
    }

    #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl")]
    #[inline]
    fn rank_u64<const OR_EQUAL: bool>(keys: &[u64; 8], value: u64) -> usize {
        // SAFETY: the array covers the 64 bytes read.
        let keys = unsafe { _mm512_loadu_si512(keys.as_ptr().cast()) };
        let value = _mm512_set1_epi64(value as i64);
        let mask = if OR_EQUAL {
            _mm512_cmple_epu64_mask(keys, value)
        } else {
            _mm512_cmplt_epu64_mask(keys, value)
        };
        mask.count_ones() as usize
    }

    #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl")]
    #[inline]
    fn rank_f32<const OR_EQUAL: bool>(keys: &[f32; 16], value: f32) -> usize {
        // SAFETY: the array covers the 64 bytes read.
        let keys = unsafe { _mm512_loadu_ps(keys.as_ptr()) };
        let value = _mm512_set1_ps(value);
        let mask = if OR_EQUAL {
            _mm512_cmp_ps_mask::<_CMP_LE_OQ>(keys, value)
        } else {
            _mm512_cmp_ps_mask::<_CMP_LT_OQ>(keys, value)
        };
        mask.count_ones() as usize
    }

    #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl")]
    #[inline]
    fn rank_i32<const OR_EQUAL: bool>(keys: &[i32; 16], value: i32) -> usize {
        // SAFETY: the array covers the 64 bytes read.
        let keys = unsafe { _mm512_loadu_si512(keys.as_ptr().cast()) };
        let value = _mm512_set1_epi32(value);
        let mask = if OR_EQUAL {
            _mm512_cmple_epi32_mask(keys, value)
        } else {
            _mm512_cmplt_epi32_mask(keys, value)
        };
        mask.count_ones() as usize
    }

    #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl")]
    #[inline]
    fn rank_u32<const OR_EQUAL: bool>(keys: &[u32; 16], value: u32) -> usize {
        // SAFETY: the array covers the 64 bytes read.
        let keys = unsafe { _mm512_loadu_si512(keys.as_ptr().cast()) };
        let value = _mm512_set1_epi32(value as i32);
        let mask = if OR_EQUAL {
            _mm512_cmple_epu32_mask(keys, value)
        } else {
            _mm512_cmplt_epu32_mask(keys, value)
        };
        mask.count_ones() as usize
    }
}
