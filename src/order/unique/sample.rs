//! A look at a few values: which way to go. No result depends on it.

use arrcalc_kernels::distinct::Restore;

/// Values looked at.
const VALUES: usize = 2048;

/// What a few values tell of all.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    /// The lowest and the highest code among them.
    pub(super) low: u64,
    pub(super) high: u64,
    /// Whether most of them are seen more than once.
    pub(super) has_few: bool,
}

/// Looks at values at equal distances.
pub(super) fn look<T: Restore>(values: &[T]) -> Look {
    // An odd distance, so that values which repeat after a power of two of rows are not all the same.
    let step = values.len().div_ceil(VALUES).max(1) | 1;
    let mut codes: Vec<u64> = values.iter().step_by(step).map(|value| value.ordered()).collect();
    codes.sort_unstable();
    let seen = codes.len();
    codes.dedup();
    let (low, high) = codes.first().copied().zip(codes.last().copied()).unwrap_or((0, 0));
    Look { low, high, has_few: codes.len() * 2 <= seen }
}
