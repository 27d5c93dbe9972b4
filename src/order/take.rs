//! Values by the places where they are.

use arrcalc_kernels::search::gather;

use super::pieces::{each, piece_len};
use crate::Scope;
use crate::error::{Error, Result};

/// Indices of a piece of the work.
const PIECE_ROWS: usize = 32_768;

/// `out[i] = values[indices[i]]`; an index below zero counts from the end.
///
/// Cost: a cache line for each index, fetched some two dozen ahead.
///
/// # Errors
/// [`Error::Request`] for an index that is not there, naming the first such, or if `out` is not as long as `indices`;
/// cancelling; the deadline.
///
/// # Examples
/// ```
/// use arrcalc::{Engine, order};
///
/// let mut taken = [0.0; 3];
/// Engine::new().scoped(|scope| order::take(scope, &[0.5, 1.5, 2.5], &[2, 0, -1], &mut taken))?;
/// assert_eq!(taken, [2.5, 0.5, 2.5]);
/// # Ok::<(), arrcalc::Error>(())
/// ```
pub fn take<T: Copy + Send + Sync>(
    scope: &Scope<'_>,
    values: &[T],
    indices: &[i64],
    out: &mut [T],
) -> Result<()> {
    scope.check()?;
    if out.len() != indices.len() {
        let reason = format!("{} places for {} indices", out.len(), indices.len());
        return Err(Error::Request { reason });
    }
    let level = scope.level();
    let len = piece_len(indices.len(), PIECE_ROWS);
    let pieces = indices.chunks(len).zip(out.chunks_mut(len));
    each(scope, pieces, |piece, (indices, out)| match gather(level, values, indices, out) {
        None => Ok(()),
        Some(row) => Err(Error::Request {
            reason: format!(
                "index {} at place {} is out of bounds for {} values",
                indices[row],
                piece * len + row,
                values.len()
            ),
        }),
    })
}
