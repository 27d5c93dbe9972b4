//! What the compiler cannot find by itself, per level, behind one small trait.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod baseline;

#[cfg(target_arch = "x86_64")]
pub use avx2::Avx2;
pub use baseline::Baseline;

/// A zero-sized token: holding one proves that the CPU has the level's instructions.
pub trait Simd: Copy + Send + Sync + 'static {
    /// The level's name.
    const NAME: &'static str;
}
