//! Draws of many rows on all threads.

use arrcalc_kernels::random::{Distribution, Words};

use crate::Scope;
use crate::error::Result;
use crate::order::pieces::{PIECE_ROWS, each, piece_len};

/// Draws rows `first ..` of `words` from `distribution` into `out`: row `first + i` into `out[i]`.
///
/// A row's value does not depend on the others, nor on any setting of the engine.
///
/// # Errors
/// Cancelling; the deadline.
///
/// # Examples
/// ```
/// use arrcalc::Engine;
/// use arrcalc::kernels::random::{Doubles, Normal, Pcg64, Philox};
/// use arrcalc::random::draw_into;
///
/// let mut u = [0.0; 3];
/// // numpy.random.default_rng(42).random(3)
/// Engine::new().scoped(|scope| draw_into(scope, &Doubles, &Pcg64::from(42), 0, &mut u))?;
/// assert_eq!(u, [0.7739560485559633, 0.4388784397520523, 0.8585979199113825]);
///
/// let heights = Normal::new(1.7, 0.1).expect("a finite mean, a positive deviation");
/// let (mut all, mut last) = ([0.0; 1000], [0.0; 1]);
/// Engine::new().scoped(|scope| draw_into(scope, &heights, &Philox::from(7), 0, &mut all))?;
/// Engine::new().scoped(|scope| draw_into(scope, &heights, &Philox::from(7), 999, &mut last))?;
/// assert_eq!(all[999], last[0]);
/// # Ok::<(), arrcalc::Error>(())
/// ```
pub fn draw_into<D: Distribution, W: Words>(
    scope: &Scope<'_>,
    distribution: &D,
    words: &W,
    first: u64,
    out: &mut [D::Value],
) -> Result<()> {
    let rows = piece_len(out.len(), PIECE_ROWS);
    each(scope, out.chunks_mut(rows), |index, piece| {
        let row = first.wrapping_add((index * rows) as u64);
        distribution.fill(scope.level(), words, row, piece);
        Ok(())
    })
}
