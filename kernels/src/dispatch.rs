//! One body, compiled once per level, chosen at run time once per call.
//!
//! A kernel is a struct that holds its arguments and implements [`Kernel`]; its `#[inline(always)]` body is
//! generic over the token [`Simd`], and [`Level::run`] enters the copy that was compiled with that level's
//! instructions. The body may use the token's vector operations or plain loops, which the compiler then
//! vectorises with that level's registers.

use crate::arch::{Baseline, Simd};
use crate::level::{Isa, Level};

/// A kernel call: the arguments, and a body that is generic over the level.
pub trait Kernel {
    /// What the call returns.
    type Output;

    /// The body. Mark the implementation `#[inline(always)]`, or it is compiled at baseline.
    fn run<S: Simd>(self, simd: S) -> Self::Output;
}

impl Level {
    /// Runs `kernel` with this level's instructions.
    #[inline]
    pub fn run<K: Kernel>(self, kernel: K) -> K::Output {
        match self.0 {
            Isa::Baseline => kernel.run(Baseline),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => {
                // SAFETY: a `Level` with `Isa::Avx2` is only made by `Level::detect`, after `has_avx2` saw every
                // feature that `avx2` enables.
                unsafe { avx2(kernel) }
            }
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => {
                // SAFETY: a `Level` with `Isa::Avx512` is only made by `Level::detect`, after `has_avx2` and
                // `has_avx512` saw every feature that `avx512` enables.
                unsafe { avx512(kernel) }
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt")]
fn avx2<K: Kernel>(kernel: K) -> K::Output {
    // Kernels with more vectors than registers keep some on the stack, which the ABI aligns to 16 bytes only: a
    // vector may then straddle two cache lines, at several times the cost. One aligned variable that exists
    // aligns the whole frame.
    let mut line = CacheLine(0);
    std::hint::black_box(&mut line);
    kernel.run(crate::arch::Avx2::new())
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl")]
fn avx512<K: Kernel>(kernel: K) -> K::Output {
    let mut line = CacheLine(0); // as in `avx2`
    std::hint::black_box(&mut line);
    kernel.run(crate::arch::Avx512::new())
}

#[cfg(target_arch = "x86_64")]
#[repr(align(64))]
struct CacheLine(#[expect(dead_code, reason = "only its address matters")] u8);
