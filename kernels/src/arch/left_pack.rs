//! Left-pack: the lanes whose bit is set, moved to the front in order. Whole blocks of 64 values, so that vectors go
//! from memory to memory without a stop in between.

use super::Baseline;

/// Moves lanes.
pub trait LeftPack: Copy {
    /// Whether [`LeftPack::left_pack_block`] is of vectors.
    const PACKS_BLOCKS: bool = false;

    /// Writes those of 64 values whose bit is set to the front of `out`, in order; what follows them may be anything.
    #[inline(always)]
    fn left_pack_block(self, values: &[u64; 64], word: u64, out: &mut [u64; 64]) {
        let mut to = 0;
        for (lane, value) in values.iter().enumerate() {
            out[to & 63] = *value;
            to += (word >> lane & 1) as usize;
        }
    }

    /// Those of sixteen values whose bit of `mask` is set, moved to the front in order; what follows them may be
    /// anything.
    #[inline(always)]
    fn left_pack_sixteen(self, values: &[u32; 16], mask: u16) -> [u32; 16] {
        let (mut packed, mut to) = ([0; 16], 0);
        for (lane, value) in values.iter().enumerate() {
            packed[to & 15] = *value;
            to += usize::from(mask >> lane & 1);
        }
        packed
    }
}

impl LeftPack for Baseline {}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use super::LeftPack;
    use crate::arch::Avx2;
    use std::arch::x86_64::{__m256i, _mm256_loadu_si256, _mm256_permutevar8x32_epi32, _mm256_storeu_si256};

    /// By eight bits: the lanes whose bit is set, then lane 0.
    static ORDERS: [[u32; 8]; 256] = orders();

    const fn orders() -> [[u32; 8]; 256] {
        let mut orders = [[0; 8]; 256];
        let mut mask = 0;
        while mask < 256 {
            let (mut lane, mut to) = (0, 0);
            while lane < 8 {
                if mask >> lane & 1 == 1 {
                    orders[mask][to] = lane as u32;
                    to += 1;
                }
                lane += 1;
            }
            mask += 1;
        }
        orders
    }

    impl LeftPack for Avx2 {
        #[inline(always)]
        fn left_pack_sixteen(self, values: &[u32; 16], mask: u16) -> [u32; 16] {
            // SAFETY: the token proves AVX2.
            unsafe { left_pack_sixteen(values, mask) }
        }
    }

    #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt")]
    #[inline]
    fn left_pack_sixteen(values: &[u32; 16], mask: u16) -> [u32; 16] {
        // Eight places for what the low half leaves free, and eight for the high half's whole vector.
        let mut packed = [0u32; 24];
        let low = left_pack_eight(&values[..8], mask as u8);
        // SAFETY: the array covers the 32 bytes written.
        unsafe { _mm256_storeu_si256(packed.as_mut_ptr().cast(), low) };
        let high = left_pack_eight(&values[8..], (mask >> 8) as u8);
        let to = (mask as u8).count_ones() as usize;
        // SAFETY: the slice has eight places and more, for the 32 bytes written.
        unsafe { _mm256_storeu_si256(packed[to..to + 8].as_mut_ptr().cast(), high) };
        let mut sixteen = [0; 16];
        sixteen.copy_from_slice(&packed[..16]);
        sixteen
    }

    #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt")]
    #[inline]
    fn left_pack_eight(values: &[u32], mask: u8) -> __m256i {
        let order = &ORDERS[usize::from(mask)];
        // SAFETY: the slice, cut to eight places, covers the 32 bytes read.
        let lanes = unsafe { _mm256_loadu_si256(values[..8].as_ptr().cast()) };
        // SAFETY: the array covers the 32 bytes read.
        let order = unsafe { _mm256_loadu_si256(order.as_ptr().cast()) };
        _mm256_permutevar8x32_epi32(lanes, order)
    }
}

#[cfg(target_arch = "x86_64")]
mod avx512 {
    use super::LeftPack;
    use crate::arch::Avx512;
    use std::arch::x86_64::{
        _mm512_loadu_si512, _mm512_maskz_compress_epi32, _mm512_maskz_compress_epi64, _mm512_storeu_si512,
    };

    impl LeftPack for Avx512 {
        const PACKS_BLOCKS: bool = true;

        #[inline(always)]
        fn left_pack_block(self, values: &[u64; 64], word: u64, out: &mut [u64; 64]) {
            // SAFETY: the token proves AVX-512.
            unsafe { left_pack_block(values, word, out) }
        }

        #[inline(always)]
        fn left_pack_sixteen(self, values: &[u32; 16], mask: u16) -> [u32; 16] {
            // SAFETY: the token proves AVX-512.
            unsafe { left_pack_sixteen(values, mask) }
        }
    }

    #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl")]
    #[inline]
    fn left_pack_block(values: &[u64; 64], word: u64, out: &mut [u64; 64]) {
        let (eights, _) = values.as_chunks::<8>();
        let mut to = 0;
        for (index, eight) in eights.iter().enumerate() {
            let mask = (word >> (8 * index)) as u8;
            // SAFETY: the array covers the 64 bytes read.
            let lanes = unsafe { _mm512_loadu_si512(eight.as_ptr().cast()) };
            // In a register first: storing straight to memory is slow where it is done in microcode.
            let lanes = _mm512_maskz_compress_epi64(mask, lanes);
            // At most `8 * index` values were stored before: there is room for a whole vector.
            let place = &mut out[to..to + 8];
            // SAFETY: the slice covers the 64 bytes written.
            unsafe { _mm512_storeu_si512(place.as_mut_ptr().cast(), lanes) };
            to += mask.count_ones() as usize;
        }
    }

    #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl")]
    #[inline]
    fn left_pack_sixteen(values: &[u32; 16], mask: u16) -> [u32; 16] {
        // SAFETY: the array covers the 64 bytes read.
        let lanes = unsafe { _mm512_loadu_si512(values.as_ptr().cast()) };
        let lanes = _mm512_maskz_compress_epi32(mask, lanes);
        let mut packed = [0; 16];
        // SAFETY: the array covers the 64 bytes written.
        unsafe { _mm512_storeu_si512(packed.as_mut_ptr().cast(), lanes) };
        packed
    }
}
