//! Sort keys in AVX2 registers. It compares signed numbers only, so 64-bit keys are held with their highest bit flipped.

use std::arch::x86_64::{
    __m256i, _MM_HINT_T0, _mm_prefetch, _mm256_and_si256, _mm256_blend_epi32, _mm256_blendv_epi8,
    _mm256_castsi256_pd, _mm256_castsi256_ps, _mm256_cmpeq_epi32, _mm256_cmpgt_epi64, _mm256_loadu_si256,
    _mm256_max_epu32, _mm256_min_epu32, _mm256_movemask_pd, _mm256_movemask_ps, _mm256_permute4x64_epi64,
    _mm256_permutevar8x32_epi32, _mm256_set1_epi32, _mm256_set1_epi64x, _mm256_setzero_si256,
    _mm256_shuffle_epi32, _mm256_srai_epi32, _mm256_storeu_si256, _mm256_sub_epi32, _mm256_sub_epi64,
    _mm256_xor_si256,
};

use super::lanes::Lanes;

/// Four keys of 64 bits, highest bits flipped.
#[derive(Clone, Copy)]
pub(super) struct Words(__m256i);

/// Eight keys of 32 bits.
#[derive(Clone, Copy)]
pub(super) struct HalfWords(__m256i);

/// For each mask, the lanes whose bit is not set and then those whose bit is: lanes of 32 bits, of which 64-bit keys take two.
const fn partitions<const LANES: usize, const MASKS: usize>() -> [[u8; 8]; MASKS] {
    let width = 8 / LANES;
    let mut table = [[0; 8]; MASKS];
    let mut mask = 0;
    while mask < MASKS {
        let mut to = 0;
        let mut wanted = 0;
        while wanted < 2 {
            let mut lane = 0;
            while lane < LANES {
                if mask >> lane & 1 == wanted {
                    let mut part = 0;
                    while part < width {
                        table[mask][to] = (lane * width + part) as u8;
                        to += 1;
                        part += 1;
                    }
                }
                lane += 1;
            }
            wanted += 1;
        }
        mask += 1;
    }
    table
}

static WORDS: [[u8; 8]; 16] = partitions::<4, 16>();
static HALF_WORDS: [[u8; 8]; 256] = partitions::<8, 256>();

/// # Safety
/// AVX2.
#[inline(always)]
unsafe fn permuted(keys: __m256i, lanes: &[u8; 8]) -> __m256i {
    use std::arch::x86_64::{_mm_loadl_epi64, _mm256_cvtepu8_epi32};
    // SAFETY: the reference covers the 8 bytes read.
    unsafe { _mm256_permutevar8x32_epi32(keys, _mm256_cvtepu8_epi32(_mm_loadl_epi64(lanes.as_ptr().cast()))) }
}

// SAFETY of every block below: the trait's contract; intrinsics on values need the instructions only.
impl Lanes for Words {
    type Key = u64;
    const COUNT: usize = 4;
    const HIGHEST: u64 = u64::MAX;

    #[inline(always)]
    unsafe fn load(from: *const u64) -> Self {
        // SAFETY: see above.
        Self(unsafe { _mm256_xor_si256(_mm256_loadu_si256(from.cast()), _mm256_set1_epi64x(i64::MIN)) })
    }

    #[inline(always)]
    unsafe fn load_mapped(from: *const u64, fold: Self, flip: Self) -> Self {
        // SAFETY: see above.
        unsafe {
            let bits = _mm256_loadu_si256(from.cast());
            let fold = _mm256_xor_si256(fold.0, _mm256_set1_epi64x(i64::MIN));
            let folded = _mm256_and_si256(_mm256_cmpgt_epi64(_mm256_setzero_si256(), bits), fold);
            // The highest bit of `flip` is flipped already, as those of keys are to be.
            Self(_mm256_xor_si256(_mm256_xor_si256(bits, folded), flip.0))
        }
    }

    #[inline(always)]
    unsafe fn above(self, other: Self) -> Self {
        // SAFETY: see above.
        Self(unsafe { _mm256_xor_si256(_mm256_sub_epi64(self.0, other.0), _mm256_set1_epi64x(i64::MIN)) })
    }

    #[inline(always)]
    unsafe fn ask_for(from: *const u64) {
        // SAFETY: a prefetch reads nothing.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(from.cast()) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u64) {
        // SAFETY: see above.
        unsafe { _mm256_storeu_si256(to.cast(), _mm256_xor_si256(self.0, _mm256_set1_epi64x(i64::MIN))) }
    }

    #[inline(always)]
    unsafe fn load_first(from: *const u64, count: usize) -> Self {
        let mut keys = [u64::MAX; 4];
        // SAFETY: see above.
        unsafe {
            if count == 4 {
                return Self::load(from);
            }
            std::ptr::copy_nonoverlapping(from, keys.as_mut_ptr(), count);
            Self::load(keys.as_ptr())
        }
    }

    #[inline(always)]
    unsafe fn store_first(self, to: *mut u64, count: usize) {
        let mut keys = [0; 4];
        // SAFETY: see above.
        unsafe {
            if count == 4 {
                return self.store(to);
            }
            self.store(keys.as_mut_ptr());
            std::ptr::copy_nonoverlapping(keys.as_ptr(), to, count);
        }
    }

    #[inline(always)]
    unsafe fn splat(key: u64) -> Self {
        // SAFETY: see above.
        Self(unsafe { _mm256_set1_epi64x(key as i64 ^ i64::MIN) })
    }

    #[inline(always)]
    unsafe fn ordered(self, other: Self) -> (Self, Self) {
        // SAFETY: see above.
        unsafe {
            let is_above = _mm256_cmpgt_epi64(self.0, other.0);
            (
                Self(_mm256_blendv_epi8(self.0, other.0, is_above)),
                Self(_mm256_blendv_epi8(other.0, self.0, is_above)),
            )
        }
    }

    #[inline(always)]
    unsafe fn exchanged(self, mask: usize) -> Self {
        // SAFETY: see above.
        Self(unsafe {
            match mask {
                1 => _mm256_shuffle_epi32::<0x4e>(self.0),
                2 => _mm256_permute4x64_epi64::<0x4e>(self.0),
                _ => _mm256_permute4x64_epi64::<0x1b>(self.0),
            }
        })
    }

    #[inline(always)]
    unsafe fn chosen(self, set: Self, bit: usize) -> Self {
        // SAFETY: see above.
        Self(unsafe {
            match bit {
                1 => _mm256_blend_epi32::<0xcc>(self.0, set.0),
                _ => _mm256_blend_epi32::<0xf0>(self.0, set.0),
            }
        })
    }

    #[inline(always)]
    unsafe fn transposed(self, _rows: usize) -> Self {
        self
    }

    #[inline(always)]
    unsafe fn split(self, pivot: Self) -> (Self, Self, usize) {
        // SAFETY: see above.
        unsafe {
            let below = _mm256_cmpgt_epi64(pivot.0, self.0);
            let not_below = 15 ^ _mm256_movemask_pd(_mm256_castsi256_pd(below)) as usize;
            let both = Self(permuted(self.0, &WORDS[not_below & 15]));
            (both, both, 4 - not_below.count_ones() as usize)
        }
    }

    #[inline(always)]
    unsafe fn joined(low: Self, _high: Self) -> Self {
        low
    }
}

impl Lanes for HalfWords {
    type Key = u32;
    const COUNT: usize = 8;
    const HIGHEST: u32 = u32::MAX;

    #[inline(always)]
    unsafe fn load(from: *const u32) -> Self {
        // SAFETY: see above.
        Self(unsafe { _mm256_loadu_si256(from.cast()) })
    }

    #[inline(always)]
    unsafe fn load_mapped(from: *const u32, fold: Self, flip: Self) -> Self {
        // SAFETY: see above.
        unsafe {
            let bits = _mm256_loadu_si256(from.cast());
            let folded = _mm256_and_si256(_mm256_srai_epi32::<31>(bits), fold.0);
            Self(_mm256_xor_si256(_mm256_xor_si256(bits, folded), flip.0))
        }
    }

    #[inline(always)]
    unsafe fn above(self, other: Self) -> Self {
        // SAFETY: see above.
        Self(unsafe { _mm256_sub_epi32(self.0, other.0) })
    }

    #[inline(always)]
    unsafe fn ask_for(from: *const u32) {
        // SAFETY: a prefetch reads nothing.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(from.cast()) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u32) {
        // SAFETY: see above.
        unsafe { _mm256_storeu_si256(to.cast(), self.0) }
    }

    #[inline(always)]
    unsafe fn load_first(from: *const u32, count: usize) -> Self {
        let mut keys = [u32::MAX; 8];
        // SAFETY: see above.
        unsafe {
            if count == 8 {
                return Self::load(from);
            }
            std::ptr::copy_nonoverlapping(from, keys.as_mut_ptr(), count);
            Self::load(keys.as_ptr())
        }
    }

    #[inline(always)]
    unsafe fn store_first(self, to: *mut u32, count: usize) {
        let mut keys = [0; 8];
        // SAFETY: see above.
        unsafe {
            if count == 8 {
                return self.store(to);
            }
            self.store(keys.as_mut_ptr());
            std::ptr::copy_nonoverlapping(keys.as_ptr(), to, count);
        }
    }

    #[inline(always)]
    unsafe fn splat(key: u32) -> Self {
        // SAFETY: see above.
        Self(unsafe { _mm256_set1_epi32(key as i32) })
    }

    #[inline(always)]
    unsafe fn ordered(self, other: Self) -> (Self, Self) {
        // SAFETY: see above.
        unsafe { (Self(_mm256_min_epu32(self.0, other.0)), Self(_mm256_max_epu32(self.0, other.0))) }
    }

    #[inline(always)]
    unsafe fn exchanged(self, mask: usize) -> Self {
        // SAFETY: see above.
        Self(unsafe {
            match mask {
                1 => _mm256_shuffle_epi32::<0xb1>(self.0),
                2 => _mm256_shuffle_epi32::<0x4e>(self.0),
                3 => _mm256_shuffle_epi32::<0x1b>(self.0),
                4 => _mm256_permute4x64_epi64::<0x4e>(self.0),
                _ => permuted(self.0, &[7, 6, 5, 4, 3, 2, 1, 0]),
            }
        })
    }

    #[inline(always)]
    unsafe fn chosen(self, set: Self, bit: usize) -> Self {
        // SAFETY: see above.
        Self(unsafe {
            match bit {
                1 => _mm256_blend_epi32::<0xaa>(self.0, set.0),
                2 => _mm256_blend_epi32::<0xcc>(self.0, set.0),
                _ => _mm256_blend_epi32::<0xf0>(self.0, set.0),
            }
        })
    }

    #[inline(always)]
    unsafe fn transposed(self, _rows: usize) -> Self {
        // SAFETY: see above; four rows are the only ones fewer than lanes.
        Self(unsafe { permuted(self.0, &[0, 2, 4, 6, 1, 3, 5, 7]) })
    }

    #[inline(always)]
    unsafe fn split(self, pivot: Self) -> (Self, Self, usize) {
        // SAFETY: see above.
        unsafe {
            let not_below = _mm256_cmpeq_epi32(_mm256_max_epu32(self.0, pivot.0), self.0);
            let not_below = _mm256_movemask_ps(_mm256_castsi256_ps(not_below)) as usize;
            let both = Self(permuted(self.0, &HALF_WORDS[not_below & 255]));
            (both, both, 8 - not_below.count_ones() as usize)
        }
    }

    #[inline(always)]
    unsafe fn joined(low: Self, _high: Self) -> Self {
        low
    }
}
