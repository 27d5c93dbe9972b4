//! AVX2, FMA and BMI2, through `std::arch`.

use super::Simd;

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
}
