//! Truth of numbers: nonzero is true, NaN included, as in NumPy.

use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::level::Level;
use crate::order_key::OrderKey;

const BLOCK: usize = 2048;

/// Number of elements that are not zero. A NaN is not zero, `-0.0` is.
pub fn count_nonzero<T: OrderKey>(level: Level, values: &[T]) -> u64 {
    level.run(CountNonzero(values))
}

/// Whether any element is not zero; stops at the first block that has one.
pub fn any<T: OrderKey>(level: Level, values: &[T]) -> bool {
    values.chunks(BLOCK).any(|block| count_nonzero(level, block) > 0)
}

/// Whether no element is zero; stops at the first block that has one. True of nothing.
pub fn all<T: OrderKey>(level: Level, values: &[T]) -> bool {
    values.chunks(BLOCK).all(|block| count_nonzero(level, block) == block.len() as u64)
}

struct CountNonzero<'a, T>(&'a [T]);

impl<T: OrderKey> Kernel for CountNonzero<'_, T> {
    type Output = u64;

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> u64 {
        self.0.iter().map(|&value| u64::from(value != T::ZERO)).sum()
    }
}
