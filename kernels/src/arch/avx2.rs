//! AVX2, FMA and BMI2, through `std::arch`.
//!
//! The intrinsics are called outside a function with their target feature, so each call is `unsafe`; the token
//! `self` is what makes it sound.

use super::{FAR_BYTES, Simd};
use std::arch::x86_64::{
    __m256d, __m256i, _CMP_EQ_OQ, _CMP_LE_OQ, _CMP_LT_OQ, _MM_HINT_T0, _MM_HINT_T1, _mm_prefetch,
    _mm256_add_epi64, _mm256_add_pd, _mm256_and_si256, _mm256_blend_pd, _mm256_castpd_si256, _mm256_cmp_pd,
    _mm256_cmpeq_epi64, _mm256_fmadd_pd, _mm256_fmsub_pd, _mm256_loadu_pd, _mm256_loadu_si256,
    _mm256_max_epi16, _mm256_min_epi16, _mm256_movemask_epi8, _mm256_movemask_pd, _mm256_mul_pd,
    _mm256_or_si256, _mm256_permute2f128_pd, _mm256_permute2x128_si256, _mm256_permute4x64_pd,
    _mm256_permutevar8x32_epi32, _mm256_set1_epi64x, _mm256_set1_pd, _mm256_slli_epi64, _mm256_storeu_pd,
    _mm256_storeu_si256, _mm256_sub_pd, _mm256_unpackhi_epi64, _mm256_unpacklo_epi64,
};

/// By four bits: the halves of the lanes whose bit is set, then those of lane 0.
static LEFT_PACK: [[u32; 8]; 16] = left_pack_orders();

const fn left_pack_orders() -> [[u32; 8]; 16] {
    let mut orders = [[0; 8]; 16];
    let mut mask = 0;
    while mask < 16 {
        let (mut lane, mut to) = (0, 0);
        while lane < 4 {
            if mask >> lane & 1 == 1 {
                orders[mask][to] = 2 * lane as u32;
                orders[mask][to + 1] = 2 * lane as u32 + 1;
                to += 2;
            }
            lane += 1;
        }
        mask += 1;
    }
    orders
}

/// Token of the AVX2 level; `dispatch::avx2` makes it, inside a function compiled for the level.
#[derive(Clone, Copy, Debug)]
pub struct Avx2(());

impl Avx2 {
    #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt")]
    pub(crate) fn new() -> Self {
        Self(())
    }
}

impl Simd for Avx2 {
    const NAME: &'static str = "avx2";
    const FUSED: bool = true;
    const LANES: usize = 4;

    type Floats = [f64; 4];
    type F64 = __m256d;
    type I64 = __m256i;

    #[inline(always)]
    fn vectors(self, values: &[f64]) -> (&[[f64; 4]], &[f64]) {
        values.as_chunks()
    }

    #[inline(always)]
    fn load(self, values: &[f64; 4]) -> __m256d {
        // SAFETY: the reference covers the 32 bytes read, and the token proves AVX.
        unsafe { _mm256_loadu_pd(values.as_ptr()) }
    }

    #[inline(always)]
    fn load_rest(self, rest: &[f64]) -> __m256d {
        let mut filled = [0.0; 4];
        filled[..rest.len()].copy_from_slice(rest);
        self.load(&filled)
    }

    #[inline(always)]
    fn vectors_mut(self, values: &mut [f64]) -> (&mut [[f64; 4]], &mut [f64]) {
        values.as_chunks_mut()
    }

    #[inline(always)]
    fn store(self, a: __m256d, to: &mut [f64; 4]) {
        // SAFETY: the reference covers the 32 bytes written, and the token proves AVX.
        unsafe { _mm256_storeu_pd(to.as_mut_ptr(), a) }
    }

    #[inline(always)]
    fn exact_running_sums(self, a: __m256d) -> __m256d {
        // SAFETY: the token proves AVX2.
        let moved = unsafe { _mm256_permute4x64_pd::<0b10_01_00_00>(a) };
        let zero = self.splat(0.0);
        // SAFETY: the token proves AVX.
        let one = unsafe { _mm256_blend_pd::<0b0001>(moved, zero) };
        let a = self.add(a, one);
        // SAFETY: the token proves AVX.
        let two = unsafe { _mm256_permute2f128_pd::<0x08>(a, a) };
        self.add(a, two)
    }

    #[inline(always)]
    fn splat_last(self, a: __m256d) -> __m256d {
        // SAFETY: the token proves AVX2.
        unsafe { _mm256_permute4x64_pd::<0b11_11_11_11>(a) }
    }

    #[inline(always)]
    fn splat(self, value: f64) -> __m256d {
        // SAFETY: the token proves AVX.
        unsafe { _mm256_set1_pd(value) }
    }

    #[inline(always)]
    fn splat_integer(self, value: u64) -> __m256i {
        // SAFETY: the token proves AVX.
        unsafe { _mm256_set1_epi64x(value as i64) }
    }

    #[inline(always)]
    fn add(self, a: __m256d, b: __m256d) -> __m256d {
        // SAFETY: the token proves AVX.
        unsafe { _mm256_add_pd(a, b) }
    }

    #[inline(always)]
    fn sub(self, a: __m256d, b: __m256d) -> __m256d {
        // SAFETY: the token proves AVX.
        unsafe { _mm256_sub_pd(a, b) }
    }

    #[inline(always)]
    fn mul(self, a: __m256d, b: __m256d) -> __m256d {
        // SAFETY: the token proves AVX.
        unsafe { _mm256_mul_pd(a, b) }
    }

    #[inline(always)]
    fn add_exact_product(self, a: __m256d, b: __m256d, c: __m256d) -> __m256d {
        // SAFETY: the token proves FMA.
        unsafe { _mm256_fmadd_pd(a, b, c) }
    }

    #[inline(always)]
    fn product_error(self, a: __m256d, b: __m256d, product: __m256d) -> __m256d {
        // SAFETY: the token proves FMA.
        unsafe { _mm256_fmsub_pd(a, b, product) }
    }

    #[inline(always)]
    fn bits(self, a: __m256d) -> __m256i {
        // SAFETY: the token proves AVX.
        unsafe { _mm256_castpd_si256(a) }
    }

    #[inline(always)]
    fn add_integers(self, a: __m256i, b: __m256i) -> __m256i {
        // SAFETY: the token proves AVX2.
        unsafe { _mm256_add_epi64(a, b) }
    }

    #[inline(always)]
    fn equal_integers(self, a: __m256i, b: __m256i) -> __m256i {
        // SAFETY: the token proves AVX2.
        unsafe { _mm256_cmpeq_epi64(a, b) }
    }

    #[inline(always)]
    fn less(self, a: __m256d, b: __m256d) -> u64 {
        // SAFETY: the token proves AVX.
        let truths = unsafe { _mm256_cmp_pd::<_CMP_LT_OQ>(a, b) };
        // SAFETY: the token proves AVX.
        (unsafe { _mm256_movemask_pd(truths) }) as u64
    }

    #[inline(always)]
    fn less_or_equal(self, a: __m256d, b: __m256d) -> u64 {
        // SAFETY: the token proves AVX.
        let truths = unsafe { _mm256_cmp_pd::<_CMP_LE_OQ>(a, b) };
        // SAFETY: the token proves AVX.
        (unsafe { _mm256_movemask_pd(truths) }) as u64
    }

    #[inline(always)]
    fn equal(self, a: __m256d, b: __m256d) -> u64 {
        // SAFETY: the token proves AVX.
        let truths = unsafe { _mm256_cmp_pd::<_CMP_EQ_OQ>(a, b) };
        // SAFETY: the token proves AVX.
        (unsafe { _mm256_movemask_pd(truths) }) as u64
    }

    #[inline(always)]
    fn interleave(self, parts: [__m256i; 4]) -> [[u64; 4]; 8] {
        let [a, b, c, d] = parts;
        // Lanes 0 and 2, lanes 1 and 3.
        // SAFETY: the token proves AVX2.
        let even_ab = unsafe { _mm256_unpacklo_epi64(a, b) };
        // SAFETY: the token proves AVX2.
        let even_cd = unsafe { _mm256_unpacklo_epi64(c, d) };
        // SAFETY: the token proves AVX2.
        let odd_ab = unsafe { _mm256_unpackhi_epi64(a, b) };
        // SAFETY: the token proves AVX2.
        let odd_cd = unsafe { _mm256_unpackhi_epi64(c, d) };
        // SAFETY: the token proves AVX2.
        let first = unsafe { _mm256_permute2x128_si256::<0x20>(even_ab, even_cd) };
        // SAFETY: the token proves AVX2.
        let second = unsafe { _mm256_permute2x128_si256::<0x20>(odd_ab, odd_cd) };
        // SAFETY: the token proves AVX2.
        let third = unsafe { _mm256_permute2x128_si256::<0x31>(even_ab, even_cd) };
        // SAFETY: the token proves AVX2.
        let fourth = unsafe { _mm256_permute2x128_si256::<0x31>(odd_ab, odd_cd) };
        let mut rows = [[0; 4]; 8];
        for (row, lanes) in rows.iter_mut().zip([first, second, third, fourth]) {
            // SAFETY: the array covers the 32 bytes written, and the token proves AVX.
            unsafe { _mm256_storeu_si256(row.as_mut_ptr().cast(), lanes) };
        }
        rows
    }

    #[inline(always)]
    fn and(self, a: __m256i, b: __m256i) -> __m256i {
        // SAFETY: the token proves AVX2.
        unsafe { _mm256_and_si256(a, b) }
    }

    #[inline(always)]
    fn or(self, a: __m256i, b: __m256i) -> __m256i {
        // SAFETY: the token proves AVX2.
        unsafe { _mm256_or_si256(a, b) }
    }

    #[inline(always)]
    fn max_i16(self, a: __m256i, b: __m256i) -> __m256i {
        // SAFETY: the token proves AVX2.
        unsafe { _mm256_max_epi16(a, b) }
    }

    #[inline(always)]
    fn min_i16(self, a: __m256i, b: __m256i) -> __m256i {
        // SAFETY: the token proves AVX2.
        unsafe { _mm256_min_epi16(a, b) }
    }

    #[inline(always)]
    fn fold(self, a: __m256i, start: u64, step: impl Fn(u64, u64) -> u64) -> u64 {
        let mut lanes = [0; 4];
        // SAFETY: the array covers the 32 bytes written, and the token proves AVX.
        unsafe { _mm256_storeu_si256(lanes.as_mut_ptr().cast(), a) };
        lanes.into_iter().fold(start, step)
    }

    #[inline(always)]
    fn pack_truths(self, bytes: &[u8; 64]) -> u64 {
        let half = |at: usize| {
            // SAFETY: `at` is 0 or 32, so the array covers the 32 bytes read, and the token proves AVX.
            let truths = unsafe { _mm256_loadu_si256(bytes.as_ptr().wrapping_add(at).cast()) };
            // SAFETY: the token proves AVX2. The lowest bit of each byte moves to its highest.
            let highest = unsafe { _mm256_slli_epi64::<7>(truths) };
            // SAFETY: the token proves AVX2.
            let mask = unsafe { _mm256_movemask_epi8(highest) };
            u64::from(mask as u32)
        };
        half(0) | half(32) << 32
    }

    #[inline(always)]
    fn left_pack(self, values: &[u64; 4], mask: usize) -> [u64; 4] {
        let order = &LEFT_PACK[mask & 15];
        // SAFETY: the table's row covers the 32 bytes read, and the token proves AVX.
        let order = unsafe { _mm256_loadu_si256(order.as_ptr().cast()) };
        // SAFETY: the array covers the 32 bytes read, and the token proves AVX.
        let values = unsafe { _mm256_loadu_si256(values.as_ptr().cast()) };
        // SAFETY: the token proves AVX2.
        let packed = unsafe { _mm256_permutevar8x32_epi32(values, order) };
        let mut lanes = [0; 4];
        // SAFETY: the array covers the 32 bytes written, and the token proves AVX.
        unsafe { _mm256_storeu_si256(lanes.as_mut_ptr().cast(), packed) };
        lanes
    }

    #[inline(always)]
    fn prefetch(self, values: &[f64; 4], bytes: usize) {
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
}
