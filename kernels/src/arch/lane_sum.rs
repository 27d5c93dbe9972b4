//! Lanes of AVX-512 registers brought together.

use std::arch::x86_64::{__m512i, _mm512_storeu_si512};

/// The sum of eight unsigned integers.
#[target_feature(
    enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl,avx512ifma"
)]
#[inline]
pub(super) fn sum_of_lanes(register: __m512i) -> u128 {
    let mut lanes = [0u64; 8];
    // SAFETY: the target is 64 bytes long.
    unsafe { _mm512_storeu_si512(lanes.as_mut_ptr().cast(), register) };
    lanes.into_iter().map(u128::from).sum()
}
