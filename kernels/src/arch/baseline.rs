//! The level that every CPU of the architecture has, through `wide`.

use super::Simd;

/// Token of the baseline level.
#[derive(Clone, Copy, Debug)]
pub struct Baseline;

impl Simd for Baseline {
    const NAME: &'static str = "baseline";
}
