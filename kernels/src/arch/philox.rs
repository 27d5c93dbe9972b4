//! Rounds of Philox4x64: sixteen blocks side by side, their 64-bit products from 32-bit ones where vectors have them.
//!
//! A scalar `mulx` gives a whole product a cycle. Eight lanes of `vpmuludq` give a quarter of eight products, so that
//! vectors of 512 bits are ahead (1.8 times, Zen 5) and those of 256 bits are not.

#[cfg(target_arch = "x86_64")]
use super::Avx2;
use super::Baseline;

/// Blocks computed side by side.
pub const ABREAST: usize = 16;

/// Blocks whose chains of multiplications overlap where they are scalar.
const SCALARS: usize = 4;

const MULTIPLIERS: [u64; 2] = [0xD2E7_470E_E14C_6C93, 0xCA5A_8263_9512_1157];
const WEYL: [u64; 2] = [0x9E37_79B9_7F4A_7C15, 0xBB67_AE85_84CA_A73B];
const ROUNDS: usize = 10;

/// The bijection of ten rounds, of many blocks.
pub trait Bijections: Copy {
    /// The images of the counters `first`, `first + 1`, ... under `key`.
    #[inline(always)]
    fn bijections(self, first: [u64; 4], key: [u64; 2], out: &mut [[u64; 4]; ABREAST]) {
        scalar(first, key, out);
    }
}

impl Bijections for Baseline {}

#[cfg(target_arch = "x86_64")]
impl Bijections for Avx2 {}

/// 256-bit sum, least significant word first.
#[inline(always)]
pub fn counter_sum(counter: [u64; 4], step: [u64; 4]) -> [u64; 4] {
    let mut sum = [0; 4];
    let mut carry = false;
    for index in 0..4 {
        (sum[index], carry) = counter[index].carrying_add(step[index], carry);
    }
    sum
}

/// The images of the blocks under `key`.
#[inline(always)]
pub fn bijection<const N: usize>(mut blocks: [[u64; 4]; N], mut key: [u64; 2]) -> [[u64; 4]; N] {
    for round in 0..ROUNDS {
        if round > 0 {
            key = next(key);
        }
        for block in &mut blocks {
            let a = u128::from(MULTIPLIERS[0]) * u128::from(block[0]);
            let b = u128::from(MULTIPLIERS[1]) * u128::from(block[2]);
            *block = [
                (b >> 64) as u64 ^ block[1] ^ key[0],
                b as u64,
                (a >> 64) as u64 ^ block[3] ^ key[1],
                a as u64,
            ];
        }
    }
    blocks
}

#[inline(always)]
fn next(key: [u64; 2]) -> [u64; 2] {
    [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])]
}

#[inline(always)]
fn scalar(first: [u64; 4], key: [u64; 2], out: &mut [[u64; 4]; ABREAST]) {
    let mut counter = first;
    for part in out.as_chunks_mut::<SCALARS>().0 {
        let mut blocks = [counter; SCALARS];
        for (index, block) in blocks.iter_mut().enumerate().skip(1) {
            *block = counter_sum(counter, [index as u64, 0, 0, 0]);
        }
        counter = counter_sum(counter, [SCALARS as u64, 0, 0, 0]);
        *part = bijection(blocks, key);
    }
}

#[cfg(target_arch = "x86_64")]
mod avx512 {
    use super::{ABREAST, Bijections, MULTIPLIERS, ROUNDS, next, scalar};
    use crate::arch::{Avx512, Simd};
    use std::arch::x86_64::{
        __m512i, _mm512_add_epi64, _mm512_and_si512, _mm512_mul_epu32, _mm512_mullo_epi64, _mm512_set1_epi64,
        _mm512_setr_epi64, _mm512_srli_epi64, _mm512_ternarylogic_epi64,
    };

    /// Vectors of eight blocks whose chains overlap.
    const VECTORS: usize = ABREAST / 8;

    impl Bijections for Avx512 {
        #[inline(always)]
        fn bijections(self, first: [u64; 4], key: [u64; 2], out: &mut [[u64; 4]; ABREAST]) {
            if first[0] > u64::MAX - ABREAST as u64 {
                return scalar(first, key, out);
            }
            // SAFETY: the token proves AVX-512.
            let vectors = unsafe { vectors(first, key) };
            for (eight, words) in out.as_chunks_mut::<8>().0.iter_mut().zip(vectors) {
                *eight = self.interleave(words);
            }
        }
    }

    /// Words 0 to 3 of eight blocks each; the lowest word of the counters must not carry.
    #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl")]
    #[inline]
    fn vectors(first: [u64; 4], mut key: [u64; 2]) -> [[__m512i; 4]; VECTORS] {
        let [low, rest @ ..] = first.map(|word| _mm512_set1_epi64(word as i64));
        let mut blocks = [[low, rest[0], rest[1], rest[2]]; VECTORS];
        for (index, block) in blocks.iter_mut().enumerate() {
            let eight = _mm512_set1_epi64(8 * index as i64);
            let lanes = _mm512_add_epi64(_mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7), eight);
            block[0] = _mm512_add_epi64(low, lanes);
        }
        for round in 0..ROUNDS {
            if round > 0 {
                key = next(key);
            }
            let keys = key.map(|word| _mm512_set1_epi64(word as i64));
            for block in &mut blocks {
                let (a_high, a_low) = product(block[0], MULTIPLIERS[0]);
                let (b_high, b_low) = product(block[2], MULTIPLIERS[1]);
                // 0x96 is the exclusive or of three.
                *block = [
                    _mm512_ternarylogic_epi64::<0x96>(b_high, block[1], keys[0]),
                    b_low,
                    _mm512_ternarylogic_epi64::<0x96>(a_high, block[3], keys[1]),
                    a_low,
                ];
            }
        }
        blocks
    }

    /// The high and low halves of eight products.
    #[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl")]
    #[inline]
    fn product(x: __m512i, multiplier: u64) -> (__m512i, __m512i) {
        let low_mask = _mm512_set1_epi64(0xffff_ffff);
        let m = _mm512_set1_epi64(multiplier as i64);
        let (x_high, m_high) = (_mm512_srli_epi64::<32>(x), _mm512_set1_epi64((multiplier >> 32) as i64));
        let low = _mm512_mul_epu32(x, m);
        // Neither sum overflows: (2^32 - 1)^2 + 2^32 - 1 < 2^64.
        let middle = _mm512_add_epi64(_mm512_mul_epu32(x_high, m), _mm512_srli_epi64::<32>(low));
        let other = _mm512_add_epi64(_mm512_mul_epu32(x, m_high), _mm512_and_si512(middle, low_mask));
        let carries = _mm512_add_epi64(_mm512_srli_epi64::<32>(middle), _mm512_srli_epi64::<32>(other));
        let high = _mm512_add_epi64(_mm512_mul_epu32(x_high, m_high), carries);
        (high, _mm512_mullo_epi64(x, m))
    }
}
