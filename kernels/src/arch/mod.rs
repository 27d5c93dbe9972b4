//! What the compiler cannot find by itself, per level, behind one small trait.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod baseline;
mod extrema;

#[cfg(target_arch = "x86_64")]
pub use avx2::Avx2;
pub use baseline::Baseline;
pub use extrema::FloatExtrema;

/// A zero-sized token: holding one proves that the CPU has the level's instructions.
pub trait Simd: FloatExtrema + Copy + Send + Sync + 'static {
    /// The level's name.
    const NAME: &'static str;
}
