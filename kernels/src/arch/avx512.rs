//! AVX-512 (F, BW, DQ, VL), through `std::arch`: vectors twice as wide, and twice as many registers.
//!
//! The intrinsics are called outside a function with their target feature, so each call is `unsafe`; the token
//! `self` is what makes it sound.

use super::{FAR_BYTES, Simd};
use std::arch::x86_64::{
    __m512d, __m512i, _CMP_EQ_OQ, _CMP_LE_OQ, _CMP_LT_OQ, _MM_HINT_T0, _MM_HINT_T1, _mm_prefetch,
    _mm256_loadu_si256, _mm256_maskz_compress_epi64, _mm256_storeu_si256, _mm512_add_epi64, _mm512_add_pd,
    _mm512_and_si512, _mm512_castpd_si512, _mm512_cmp_pd_mask, _mm512_cmpeq_epi64_mask, _mm512_fmadd_pd,
    _mm512_fmsub_pd, _mm512_loadu_pd, _mm512_loadu_si512, _mm512_mask_add_pd, _mm512_maskz_compress_epi64,
    _mm512_max_epi16, _mm512_min_epi16, _mm512_movedup_pd, _mm512_movm_epi64, _mm512_mul_pd, _mm512_or_si512,
    _mm512_permutex_pd, _mm512_permutex2var_epi64, _mm512_permutexvar_pd, _mm512_set1_epi8,
    _mm512_set1_epi64, _mm512_set1_pd, _mm512_storeu_pd, _mm512_storeu_si512, _mm512_sub_pd,
    _mm512_test_epi8_mask,
};

/// Token of the AVX-512 level; `dispatch::avx512` makes it, inside a function compiled for the level.
#[derive(Clone, Copy, Debug)]
pub struct Avx512(());

impl Avx512 {
    #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl")]
    pub(crate) fn new() -> Self {
        Self(())
    }

    /// Lanes of `a` (0..8) and `b` (8..16) by their numbers.
    #[inline(always)]
    fn pick(self, a: __m512i, b: __m512i, lanes: [i64; 8]) -> __m512i {
        // SAFETY: the array covers the 64 bytes read, and the token proves AVX-512.
        let lanes = unsafe { _mm512_loadu_si512(lanes.as_ptr().cast()) };
        // SAFETY: the token proves AVX-512.
        unsafe { _mm512_permutex2var_epi64(a, lanes, b) }
    }
}

impl Simd for Avx512 {
    const NAME: &'static str = "avx512";
    const FUSED: bool = true;
    const LANES: usize = 8;

    type Floats = [f64; 8];
    type F64 = __m512d;
    type I64 = __m512i;

    #[inline(always)]
    fn vectors(self, values: &[f64]) -> (&[[f64; 8]], &[f64]) {
        values.as_chunks()
    }

    #[inline(always)]
    fn load(self, values: &[f64; 8]) -> __m512d {
        // SAFETY: the reference covers the 64 bytes read, and the token proves AVX-512.
        unsafe { _mm512_loadu_pd(values.as_ptr()) }
    }

    #[inline(always)]
    fn load_rest(self, rest: &[f64]) -> __m512d {
        let mut filled = [0.0; 8];
        filled[..rest.len()].copy_from_slice(rest);
        self.load(&filled)
    }

    #[inline(always)]
    fn vectors_mut(self, values: &mut [f64]) -> (&mut [[f64; 8]], &mut [f64]) {
        values.as_chunks_mut()
    }

    #[inline(always)]
    fn store(self, a: __m512d, to: &mut [f64; 8]) {
        // SAFETY: the reference covers the 64 bytes written, and the token proves AVX-512.
        unsafe { _mm512_storeu_pd(to.as_mut_ptr(), a) }
    }

    #[inline(always)]
    fn exact_running_sums(self, a: __m512d) -> __m512d {
        // Lanes 1, 3, 5, 7 take in the lane before them; then lanes 2, 3 and 6, 7 the pair before; then the upper half.
        // SAFETY: the token proves AVX-512.
        let before = unsafe { _mm512_movedup_pd(a) };
        // SAFETY: the token proves AVX-512.
        let a = unsafe { _mm512_mask_add_pd(a, 0b1010_1010, a, before) };
        // SAFETY: the token proves AVX-512.
        let before = unsafe { _mm512_permutex_pd::<0b01_01_01_01>(a) };
        // SAFETY: the token proves AVX-512.
        let a = unsafe { _mm512_mask_add_pd(a, 0b1100_1100, a, before) };
        let third = self.splat_integer(3);
        // SAFETY: the token proves AVX-512.
        let before = unsafe { _mm512_permutexvar_pd(third, a) };
        // SAFETY: the token proves AVX-512.
        unsafe { _mm512_mask_add_pd(a, 0b1111_0000, a, before) }
    }

    #[inline(always)]
    fn splat_last(self, a: __m512d) -> __m512d {
        let last = self.splat_integer(7);
        // SAFETY: the token proves AVX-512.
        unsafe { _mm512_permutexvar_pd(last, a) }
    }

    #[inline(always)]
    fn splat(self, value: f64) -> __m512d {
        // SAFETY: the token proves AVX-512.
        unsafe { _mm512_set1_pd(value) }
    }

    #[inline(always)]
    fn splat_integer(self, value: u64) -> __m512i {
        // SAFETY: the token proves AVX-512.
        unsafe { _mm512_set1_epi64(value as i64) }
    }

    #[inline(always)]
    fn add(self, a: __m512d, b: __m512d) -> __m512d {
        // SAFETY: the token proves AVX-512.
        unsafe { _mm512_add_pd(a, b) }
    }

    #[inline(always)]
    fn sub(self, a: __m512d, b: __m512d) -> __m512d {
        // SAFETY: the token proves AVX-512.
        unsafe { _mm512_sub_pd(a, b) }
    }

    #[inline(always)]
    fn mul(self, a: __m512d, b: __m512d) -> __m512d {
        // SAFETY: the token proves AVX-512.
        unsafe { _mm512_mul_pd(a, b) }
    }

    #[inline(always)]
    fn add_exact_product(self, a: __m512d, b: __m512d, c: __m512d) -> __m512d {
        // SAFETY: the token proves AVX-512.
        unsafe { _mm512_fmadd_pd(a, b, c) }
    }

    #[inline(always)]
    fn product_error(self, a: __m512d, b: __m512d, product: __m512d) -> __m512d {
        // SAFETY: the token proves AVX-512.
        unsafe { _mm512_fmsub_pd(a, b, product) }
    }

    #[inline(always)]
    fn bits(self, a: __m512d) -> __m512i {
        // SAFETY: the token proves AVX-512.
        unsafe { _mm512_castpd_si512(a) }
    }

    #[inline(always)]
    fn add_integers(self, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: the token proves AVX-512.
        unsafe { _mm512_add_epi64(a, b) }
    }

    #[inline(always)]
    fn equal_integers(self, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: the token proves AVX-512.
        let equal = unsafe { _mm512_cmpeq_epi64_mask(a, b) };
        // SAFETY: the token proves AVX-512.
        unsafe { _mm512_movm_epi64(equal) }
    }

    #[inline(always)]
    fn less(self, a: __m512d, b: __m512d) -> u64 {
        // SAFETY: the token proves AVX-512.
        u64::from(unsafe { _mm512_cmp_pd_mask::<_CMP_LT_OQ>(a, b) })
    }

    #[inline(always)]
    fn less_or_equal(self, a: __m512d, b: __m512d) -> u64 {
        // SAFETY: the token proves AVX-512.
        u64::from(unsafe { _mm512_cmp_pd_mask::<_CMP_LE_OQ>(a, b) })
    }

    #[inline(always)]
    fn equal(self, a: __m512d, b: __m512d) -> u64 {
        // SAFETY: the token proves AVX-512.
        u64::from(unsafe { _mm512_cmp_pd_mask::<_CMP_EQ_OQ>(a, b) })
    }

    #[inline(always)]
    fn interleave(self, parts: [__m512i; 4]) -> [[u64; 4]; 8] {
        let [a, b, c, d] = parts;
        // Lanes 0..4 and 4..8 of two vectors in turn, then pairs of two such vectors in turn.
        let (low, high) = ([0, 8, 1, 9, 2, 10, 3, 11], [4, 12, 5, 13, 6, 14, 7, 15]);
        let (first, last) = ([0, 1, 8, 9, 2, 3, 10, 11], [4, 5, 12, 13, 6, 7, 14, 15]);
        let (low_ab, low_cd) = (self.pick(a, b, low), self.pick(c, d, low));
        let (high_ab, high_cd) = (self.pick(a, b, high), self.pick(c, d, high));
        let pairs = [
            self.pick(low_ab, low_cd, first),
            self.pick(low_ab, low_cd, last),
            self.pick(high_ab, high_cd, first),
            self.pick(high_ab, high_cd, last),
        ];
        let mut rows = [[0; 4]; 8];
        for (two, lanes) in rows.as_chunks_mut::<2>().0.iter_mut().zip(pairs) {
            // SAFETY: the array covers the 64 bytes written, and the token proves AVX-512.
            unsafe { _mm512_storeu_si512(two.as_mut_ptr().cast(), lanes) };
        }
        rows
    }

    #[inline(always)]
    fn and(self, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: the token proves AVX-512.
        unsafe { _mm512_and_si512(a, b) }
    }

    #[inline(always)]
    fn or(self, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: the token proves AVX-512.
        unsafe { _mm512_or_si512(a, b) }
    }

    #[inline(always)]
    fn max_i16(self, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: the token proves AVX-512.
        unsafe { _mm512_max_epi16(a, b) }
    }

    #[inline(always)]
    fn min_i16(self, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: the token proves AVX-512.
        unsafe { _mm512_min_epi16(a, b) }
    }

    #[inline(always)]
    fn fold(self, a: __m512i, start: u64, step: impl Fn(u64, u64) -> u64) -> u64 {
        let mut lanes = [0; 8];
        // SAFETY: the array covers the 64 bytes written, and the token proves AVX-512.
        unsafe { _mm512_storeu_si512(lanes.as_mut_ptr().cast(), a) };
        lanes.into_iter().fold(start, step)
    }

    #[inline(always)]
    fn prefetch(self, values: &[f64; 8], bytes: usize) {
        let address = values.as_ptr().cast::<i8>().wrapping_add(bytes);
        // SAFETY: a prefetch reads nothing, whatever the address; SSE is part of x86-64.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(address) }
    }

    #[inline(always)]
    fn prefetch_beyond<T>(self, value: &T, bytes: usize) {
        let address = std::ptr::from_ref(value).cast::<i8>().wrapping_add(bytes);
        if bytes < FAR_BYTES {
            // SAFETY: a prefetch reads nothing, whatever the address; SSE is part of x86-64.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(address) }
        } else {
            // SAFETY: a prefetch reads nothing, whatever the address; SSE is part of x86-64.
            unsafe { _mm_prefetch::<_MM_HINT_T1>(address) }
        }
    }

    #[inline(always)]
    fn prefetch_one<T>(self, value: &T) {
        // SAFETY: a prefetch reads nothing, whatever the address; SSE is part of x86-64.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(value).cast()) }
    }

    #[inline(always)]
    fn pack_truths(self, bytes: &[u8; 64]) -> u64 {
        // SAFETY: the array covers the 64 bytes read, and the token proves AVX-512.
        let truths = unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) };
        // SAFETY: the token proves AVX-512.
        let lowest = unsafe { _mm512_set1_epi8(1) };
        // SAFETY: the token proves AVX-512.
        unsafe { _mm512_test_epi8_mask(truths, lowest) }
    }

    const PACKS_EIGHT: bool = true;

    #[inline(always)]
    fn left_pack_eight(self, values: &[u64; 8], mask: usize) -> [u64; 8] {
        // SAFETY: the array covers the 64 bytes read, and the token proves AVX-512.
        let values = unsafe { _mm512_loadu_si512(values.as_ptr().cast()) };
        // SAFETY: the token proves AVX-512.
        let packed = unsafe { _mm512_maskz_compress_epi64(mask as u8, values) };
        let mut lanes = [0; 8];
        // SAFETY: the array covers the 64 bytes written, and the token proves AVX-512.
        unsafe { _mm512_storeu_si512(lanes.as_mut_ptr().cast(), packed) };
        lanes
    }

    #[inline(always)]
    fn left_pack(self, values: &[u64; 4], mask: usize) -> [u64; 4] {
        // SAFETY: the array covers the 32 bytes read, and the token proves AVX.
        let values = unsafe { _mm256_loadu_si256(values.as_ptr().cast()) };
        // SAFETY: the token proves AVX-512 with VL.
        let packed = unsafe { _mm256_maskz_compress_epi64(mask as u8, values) };
        let mut lanes = [0; 4];
        // SAFETY: the array covers the 32 bytes written, and the token proves AVX.
        unsafe { _mm256_storeu_si256(lanes.as_mut_ptr().cast(), packed) };
        lanes
    }
}
