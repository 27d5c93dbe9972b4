//! The instruction-set level of a kernel call: found once, carried as a value, proof that the CPU can run it.
//!
//! A `Level` can only be had from [`Level::detect`], [`Level::named`] or [`Level::BASELINE`], so holding one
//! proves that this CPU has its instructions. Kernels take it as their first argument; no kernel detects.

use std::fmt;

/// An instruction-set level that this machine can run.
///
/// Results never depend on it: every kernel gives the same bits at every level.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Level(pub(crate) Isa);

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Isa {
    Baseline,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Level {
    /// What every CPU of this architecture has: SSE2 on x86-64, NEON on aarch64 (through `wide`).
    pub const BASELINE: Level = Level(Isa::Baseline);

    /// The best level of this machine.
    pub fn detect() -> Level {
        #[cfg(target_arch = "x86_64")]
        if has_avx2() {
            return Level(if has_avx512() { Isa::Avx512 } else { Isa::Avx2 });
        }
        Level::BASELINE
    }

    /// The level called `name` (`baseline`, `avx2`, `avx512`), or `None` where this machine lacks it.
    pub fn named(name: &str) -> Option<Level> {
        Level::available().into_iter().find(|level| level.name() == name)
    }

    /// Every level of this machine, lowest first: what the tests iterate over.
    pub fn available() -> Vec<Level> {
        match Level::detect().0 {
            Isa::Baseline => vec![Level::BASELINE],
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => vec![Level::BASELINE, Level(Isa::Avx2)],
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => vec![Level::BASELINE, Level(Isa::Avx2), Level(Isa::Avx512)],
        }
    }

    /// The name used by `--level` and in reports.
    pub fn name(self) -> &'static str {
        match self.0 {
            Isa::Baseline => "baseline",
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => "avx512",
        }
    }
}

/// AVX2 here means x86-64-v3: AVX2, FMA, BMI1, BMI2, F16C, LZCNT, POPCNT (the features of `dispatch::avx2`).
#[cfg(target_arch = "x86_64")]
fn has_avx2() -> bool {
    std::arch::is_x86_feature_detected!("avx2")
        && std::arch::is_x86_feature_detected!("fma")
        && std::arch::is_x86_feature_detected!("bmi1")
        && std::arch::is_x86_feature_detected!("bmi2")
        && std::arch::is_x86_feature_detected!("f16c")
        && std::arch::is_x86_feature_detected!("lzcnt")
        && std::arch::is_x86_feature_detected!("popcnt")
}

/// AVX-512 here means F, BW, DQ and VL beside AVX2, which every server CPU with AVX-512 has (the features of
/// `dispatch::avx512`). The first of them, with 512-bit units that slowed the whole core down, run it as well.
#[cfg(target_arch = "x86_64")]
fn has_avx512() -> bool {
    std::arch::is_x86_feature_detected!("avx512f")
        && std::arch::is_x86_feature_detected!("avx512bw")
        && std::arch::is_x86_feature_detected!("avx512dq")
        && std::arch::is_x86_feature_detected!("avx512vl")
}

/// Whether there are multiply-adds of 52-bit integers, which the first CPUs with AVX-512 lack: beside AVX-512, for the few
/// kernels that have another way.
#[cfg(target_arch = "x86_64")]
pub(crate) fn has_ifma() -> bool {
    std::arch::is_x86_feature_detected!("avx512ifma")
}

impl fmt::Debug for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
