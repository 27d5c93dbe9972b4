//! Weighted sums of rows of digits.

use super::digits::Digits;
use super::{BLOCK, WEIGHT_MAX};
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::level::Level;

/// Sums side by side: no sum waits for the one before.
const LANES: usize = 32;

/// `sums[r] = Σ weights[i] * digits[r][i]`, exactly; returns `Σ weights[i]`.
///
/// The rows of the block from `weights.len()` on have weight 0. All sums are of integers below 2^53 in floats, so
/// neither lanes nor fused operations change them.
///
/// # Panics
/// If there are more weights than rows of a block, or fewer sums than rows of digits; a weight above [`WEIGHT_MAX`] gives
/// wrong sums.
pub fn weigh(level: Level, weights: &[u8], digits: &Digits, sums: &mut [i64]) -> u64 {
    assert!(weights.len() <= BLOCK, "no more weights than rows of a block");
    debug_assert!(weights.iter().all(|&weight| weight <= WEIGHT_MAX), "weights are small");
    level.run(Weigh { weights, rows: digits.rows(), sums: &mut sums[..digits.len()] })
}

struct Weigh<'a> {
    weights: &'a [u8],
    rows: &'a [[f64; BLOCK]],
    sums: &'a mut [i64],
}

impl Kernel for Weigh<'_> {
    type Output = u64;

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> u64 {
        let Self { weights, rows, sums } = self;
        let total: u32 = weights.iter().map(|&weight| u32::from(weight)).sum();
        let mut floats = [0.0; BLOCK];
        for (float, &weight) in floats.iter_mut().zip(weights) {
            *float = f64::from(weight);
        }
        let (twos, rest) = rows.as_chunks::<2>();
        let (sums_of_twos, sums_of_rest) = sums.as_chunks_mut::<2>();
        for (two, sums) in twos.iter().zip(sums_of_twos) {
            *sums = dot(&floats, two);
        }
        for (one, sum) in rest.iter().zip(sums_of_rest) {
            [*sum] = dot(&floats, std::array::from_ref(one));
        }
        u64::from(total)
    }
}

#[inline(always)]
fn dot<const D: usize>(weights: &[f64; BLOCK], rows: &[[f64; BLOCK]; D]) -> [i64; D] {
    let mut lanes = [[0.0; LANES]; D];
    for start in (0..BLOCK).step_by(LANES) {
        for (lanes, row) in lanes.iter_mut().zip(rows) {
            for (at, lane) in lanes.iter_mut().enumerate() {
                *lane += weights[start + at] * row[start + at];
            }
        }
    }
    lanes.map(|lanes| lanes.iter().map(|&lane| lane as i64).sum())
}
