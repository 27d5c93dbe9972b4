//! Sort keys in AVX-512 registers.

use std::arch::x86_64::{
    __m512i, _MM_HINT_T0, _bzhi_u32, _mm_prefetch, _mm512_and_si512, _mm512_cmplt_epu32_mask,
    _mm512_cmplt_epu64_mask, _mm512_loadu_si512, _mm512_mask_blend_epi32, _mm512_mask_blend_epi64,
    _mm512_mask_loadu_epi32, _mm512_mask_loadu_epi64, _mm512_mask_storeu_epi32, _mm512_mask_storeu_epi64,
    _mm512_maskz_compress_epi32, _mm512_maskz_compress_epi64, _mm512_max_epu32, _mm512_min_epu32,
    _mm512_min_epu64, _mm512_or_si512, _mm512_permutex_epi64, _mm512_permutexvar_epi32,
    _mm512_permutexvar_epi64, _mm512_set1_epi32, _mm512_set1_epi64, _mm512_shuffle_epi32,
    _mm512_shuffle_i64x2, _mm512_srai_epi32, _mm512_srai_epi64, _mm512_storeu_si512, _mm512_sub_epi32,
    _mm512_sub_epi64, _mm512_ternarylogic_epi64, _mm512_xor_si512,
};

use super::lanes::Lanes;

/// Eight keys of 64 bits.
#[derive(Clone, Copy)]
pub(super) struct Words(__m512i);

/// Sixteen keys of 32 bits.
#[derive(Clone, Copy)]
pub(super) struct HalfWords(__m512i);

/// For each lane the lane that it comes from, where rows of lanes are transposed. A constant in the type of the lanes: a
/// conversion would be a call where it is not inlined.
macro_rules! transposition {
    ($name:ident, $lane:ty, $count:literal) => {
        const fn $name(rows: $lane) -> [$lane; $count] {
            let mut lanes = [0; $count];
            let mut lane = 0;
            while lane < $count {
                lanes[lane as usize] = lane % rows * ($count / rows) + lane / rows;
                lane += 1;
            }
            lanes
        }
    };
}

transposition!(eight_lanes, u64, 8);
transposition!(sixteen_lanes, u32, 16);

// SAFETY of every block below: the trait's contract; intrinsics on values need the instructions only.
impl Lanes for Words {
    type Key = u64;
    const COUNT: usize = 8;
    const HIGHEST: u64 = u64::MAX;

    #[inline(always)]
    unsafe fn load(from: *const u64) -> Self {
        // SAFETY: see above.
        Self(unsafe { _mm512_loadu_si512(from.cast()) })
    }

    #[inline(always)]
    unsafe fn load_mapped(from: *const u64, fold: Self, flip: Self) -> Self {
        // SAFETY: see above.
        unsafe {
            let bits = _mm512_loadu_si512(from.cast());
            let spread = _mm512_srai_epi64::<63>(bits);
            Self(_mm512_xor_si512(_mm512_xor_si512(bits, _mm512_and_si512(spread, fold.0)), flip.0))
        }
    }

    #[inline(always)]
    unsafe fn above(self, other: Self) -> Self {
        // SAFETY: see above.
        Self(unsafe { _mm512_sub_epi64(self.0, other.0) })
    }

    #[inline(always)]
    unsafe fn ask_for(from: *const u64) {
        // SAFETY: a prefetch reads nothing.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(from.cast()) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u64) {
        // SAFETY: see above.
        unsafe { _mm512_storeu_si512(to.cast(), self.0) }
    }

    #[inline(always)]
    unsafe fn load_first(from: *const u64, count: usize) -> Self {
        // SAFETY: see above; lanes outside the mask are not read.
        unsafe {
            let ones = _mm512_set1_epi64(-1);
            Self(_mm512_mask_loadu_epi64(ones, _bzhi_u32(u32::MAX, count as u32) as u8, from.cast()))
        }
    }

    #[inline(always)]
    unsafe fn store_first(self, to: *mut u64, count: usize) {
        // SAFETY: see above; lanes outside the mask are not written.
        unsafe { _mm512_mask_storeu_epi64(to.cast(), _bzhi_u32(u32::MAX, count as u32) as u8, self.0) }
    }

    #[inline(always)]
    unsafe fn splat(key: u64) -> Self {
        // SAFETY: see above.
        Self(unsafe { _mm512_set1_epi64(key as i64) })
    }

    #[inline(always)]
    unsafe fn ordered(self, other: Self) -> (Self, Self) {
        // Where a minimum takes a whole cycle (Zen 5), the greater key costs less as what is left of both.
        // SAFETY: see above.
        unsafe {
            let low = _mm512_min_epu64(self.0, other.0);
            (Self(low), Self(_mm512_ternarylogic_epi64::<0x96>(self.0, other.0, low)))
        }
    }

    #[inline(always)]
    unsafe fn exchanged(self, mask: usize) -> Self {
        // SAFETY: see above.
        Self(unsafe {
            match mask {
                1 => _mm512_shuffle_epi32::<0x4e>(self.0),
                2 => _mm512_permutex_epi64::<0x4e>(self.0),
                3 => _mm512_permutex_epi64::<0x1b>(self.0),
                4 => _mm512_shuffle_i64x2::<0x4e>(self.0, self.0),
                _ => {
                    let reversed = [7i64, 6, 5, 4, 3, 2, 1, 0];
                    _mm512_permutexvar_epi64(_mm512_loadu_si512(reversed.as_ptr().cast()), self.0)
                }
            }
        })
    }

    #[inline(always)]
    unsafe fn chosen(self, set: Self, bit: usize) -> Self {
        let mask = match bit {
            1 => 0xaa,
            2 => 0xcc,
            _ => 0xf0,
        };
        // SAFETY: see above.
        Self(unsafe { _mm512_mask_blend_epi64(mask, self.0, set.0) })
    }

    #[inline(always)]
    unsafe fn transposed(self, rows: usize) -> Self {
        const FOUR_ROWS: [u64; 8] = eight_lanes(4);
        debug_assert!(rows == 4, "only four rows are fewer than lanes");
        // SAFETY: see above; the array has 64 bytes.
        Self(unsafe { _mm512_permutexvar_epi64(_mm512_loadu_si512(FOUR_ROWS.as_ptr().cast()), self.0) })
    }

    #[inline(always)]
    unsafe fn split(self, pivot: Self) -> (Self, Self, usize) {
        // SAFETY: see above.
        unsafe {
            let below = _mm512_cmplt_epu64_mask(self.0, pivot.0);
            let low = Self(_mm512_maskz_compress_epi64(below, self.0));
            let high = Self(_mm512_maskz_compress_epi64(!below, self.0)).exchanged(7);
            (low, high, below.count_ones() as usize)
        }
    }

    #[inline(always)]
    unsafe fn joined(low: Self, high: Self) -> Self {
        // SAFETY: see above.
        Self(unsafe { _mm512_or_si512(low.0, high.0) })
    }
}

impl Lanes for HalfWords {
    type Key = u32;
    const COUNT: usize = 16;
    const HIGHEST: u32 = u32::MAX;

    #[inline(always)]
    unsafe fn load(from: *const u32) -> Self {
        // SAFETY: see above.
        Self(unsafe { _mm512_loadu_si512(from.cast()) })
    }

    #[inline(always)]
    unsafe fn load_mapped(from: *const u32, fold: Self, flip: Self) -> Self {
        // SAFETY: see above.
        unsafe {
            let bits = _mm512_loadu_si512(from.cast());
            let spread = _mm512_srai_epi32::<31>(bits);
            Self(_mm512_xor_si512(_mm512_xor_si512(bits, _mm512_and_si512(spread, fold.0)), flip.0))
        }
    }

    #[inline(always)]
    unsafe fn above(self, other: Self) -> Self {
        // SAFETY: see above.
        Self(unsafe { _mm512_sub_epi32(self.0, other.0) })
    }

    #[inline(always)]
    unsafe fn ask_for(from: *const u32) {
        // SAFETY: a prefetch reads nothing.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(from.cast()) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u32) {
        // SAFETY: see above.
        unsafe { _mm512_storeu_si512(to.cast(), self.0) }
    }

    #[inline(always)]
    unsafe fn load_first(from: *const u32, count: usize) -> Self {
        // SAFETY: see above; lanes outside the mask are not read.
        unsafe {
            let ones = _mm512_set1_epi32(-1);
            Self(_mm512_mask_loadu_epi32(ones, _bzhi_u32(u32::MAX, count as u32) as u16, from.cast()))
        }
    }

    #[inline(always)]
    unsafe fn store_first(self, to: *mut u32, count: usize) {
        // SAFETY: see above; lanes outside the mask are not written.
        unsafe { _mm512_mask_storeu_epi32(to.cast(), _bzhi_u32(u32::MAX, count as u32) as u16, self.0) }
    }

    #[inline(always)]
    unsafe fn splat(key: u32) -> Self {
        // SAFETY: see above.
        Self(unsafe { _mm512_set1_epi32(key as i32) })
    }

    #[inline(always)]
    unsafe fn ordered(self, other: Self) -> (Self, Self) {
        // SAFETY: see above.
        unsafe { (Self(_mm512_min_epu32(self.0, other.0)), Self(_mm512_max_epu32(self.0, other.0))) }
    }

    #[inline(always)]
    unsafe fn exchanged(self, mask: usize) -> Self {
        // SAFETY: see above.
        Self(unsafe {
            match mask {
                1 => _mm512_shuffle_epi32::<0xb1>(self.0),
                2 => _mm512_shuffle_epi32::<0x4e>(self.0),
                3 => _mm512_shuffle_epi32::<0x1b>(self.0),
                4 => _mm512_permutex_epi64::<0x4e>(self.0),
                8 => _mm512_shuffle_i64x2::<0x4e>(self.0, self.0),
                7 => {
                    let reversed = [7i32, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8];
                    _mm512_permutexvar_epi32(_mm512_loadu_si512(reversed.as_ptr().cast()), self.0)
                }
                _ => {
                    let reversed = [15i32, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0];
                    _mm512_permutexvar_epi32(_mm512_loadu_si512(reversed.as_ptr().cast()), self.0)
                }
            }
        })
    }

    #[inline(always)]
    unsafe fn chosen(self, set: Self, bit: usize) -> Self {
        let mask = match bit {
            1 => 0xaaaa,
            2 => 0xcccc,
            4 => 0xf0f0,
            _ => 0xff00,
        };
        // SAFETY: see above.
        Self(unsafe { _mm512_mask_blend_epi32(mask, self.0, set.0) })
    }

    #[inline(always)]
    unsafe fn transposed(self, rows: usize) -> Self {
        const FOUR_ROWS: [u32; 16] = sixteen_lanes(4);
        const EIGHT_ROWS: [u32; 16] = sixteen_lanes(8);
        let lanes = if rows == 4 { &FOUR_ROWS } else { &EIGHT_ROWS };
        // SAFETY: see above; the array has 64 bytes.
        Self(unsafe { _mm512_permutexvar_epi32(_mm512_loadu_si512(lanes.as_ptr().cast()), self.0) })
    }

    #[inline(always)]
    unsafe fn split(self, pivot: Self) -> (Self, Self, usize) {
        // SAFETY: see above.
        unsafe {
            let below = _mm512_cmplt_epu32_mask(self.0, pivot.0);
            let low = Self(_mm512_maskz_compress_epi32(below, self.0));
            let high = Self(_mm512_maskz_compress_epi32(!below, self.0)).exchanged(15);
            (low, high, below.count_ones() as usize)
        }
    }

    #[inline(always)]
    unsafe fn joined(low: Self, high: Self) -> Self {
        // SAFETY: see above.
        Self(unsafe { _mm512_or_si512(low.0, high.0) })
    }
}
