//! The few values that a threshold lets pass: what top-k does with most of its time.
//!
//! A block of values is compared as a whole, which compiles to a few vector instructions, and looked into only where one
//! passes. On random data the expected number that passes is `k (1 + ln(n / k))`, so the pass runs as fast as memory.

use super::Orderable;
use crate::Level;
use crate::arch::Simd;
use crate::dispatch::Kernel;

/// Values compared before the first is looked at: some cache lines, so that branches are rare.
const BLOCK: usize = 128;

/// Which values pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Those above the threshold.
    Above,
    /// Those above it, and its equals.
    AboveOrEqual,
    /// Those below the threshold.
    Below,
    /// Those below it, and its equals.
    BelowOrEqual,
}

/// Calls `pass(index)` for each value on `side` of `threshold`, in order, until it gives another threshold, from which on
/// that holds. No NaN passes, and none is a threshold.
pub fn candidates<T: Orderable>(
    level: Level,
    values: &[T],
    side: Side,
    threshold: T,
    pass: &mut impl FnMut(usize) -> Option<T>,
) {
    struct Candidates<'a, T, F, const SIDE: u8>(&'a [T], T, &'a mut F);
    impl<T: Orderable, F: FnMut(usize) -> Option<T>, const SIDE: u8> Kernel for Candidates<'_, T, F, SIDE> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd>(self, _: S) {
            let Candidates(values, mut threshold, pass) = self;
            let passes = |value: T, threshold: T| match SIDE {
                0 => value.is_above(threshold),
                1 => value.reaches(threshold),
                2 => threshold.is_above(value),
                _ => threshold.reaches(value),
            };
            for (at, block) in values.chunks(BLOCK).enumerate() {
                let any = match <&[T; BLOCK]>::try_from(block) {
                    Ok(block) => block.iter().fold(false, |any, value| any | passes(*value, threshold)),
                    Err(_) => true,
                };
                if !any {
                    continue;
                }
                for (index, value) in block.iter().enumerate() {
                    if passes(*value, threshold)
                        && let Some(next) = pass(at * BLOCK + index)
                    {
                        threshold = next;
                    }
                }
            }
        }
    }
    match side {
        Side::Above => level.run(Candidates::<T, _, 0>(values, threshold, pass)),
        Side::AboveOrEqual => level.run(Candidates::<T, _, 1>(values, threshold, pass)),
        Side::Below => level.run(Candidates::<T, _, 2>(values, threshold, pass)),
        Side::BelowOrEqual => level.run(Candidates::<T, _, 3>(values, threshold, pass)),
    }
}
