//! Sorting of 64-bit keys, what every sort of rows comes down to.

use crate::Scope;
use crate::error::Result;

/// Sorts `keys` in ascending order, on all threads of `scope`.
///
/// Cost: `O(n log n)`.
///
/// # Errors
/// Cancelling; the deadline.
pub(crate) fn sort_keys(scope: &Scope<'_>, keys: &mut [u64]) -> Result<()> {
    scope.check()?;
    keys.sort_unstable();
    Ok(())
}
