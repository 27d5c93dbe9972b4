//! Functions of a whole column in row order: cumulative sums and extrema, differences, windows that move down the rows.
//!
//! Everything here is a function of a [`crate::Scope`]: `engine.scoped(|scope| ...)`. Sums, means, variances and
//! standard deviations are exact inside and rounded once an element, so neither the number of threads nor how the rows
//! are cut shows in a result, nothing drifts, and no variance is negative.
//!
//! ```
//! use arrcalc::{Engine, kernels::window::Missing, window::cumulative_sum};
//!
//! let mut sums = [0.0; 4];
//! Engine::new().scoped(|scope| cumulative_sum(scope, Missing::Nothing, &[1e16, 1.0, -1e16, 0.1], &mut sums))?;
//! assert_eq!(sums, [1e16, 1e16, 1.0, 1.1]);
//! # Ok::<(), arrcalc::Error>(())
//! ```

mod columns;
mod cumulative;
mod ewm;
mod extrema;
mod floats;
mod inexact;
mod moments;
mod operation;
mod order;
mod pieces;
mod row_function;
mod shift;

pub use cumulative::{Total, cumulative_integer_product, cumulative_integers, cumulative_product};
pub use ewm::{alpha_of_halflife, alpha_of_span, ewm_mean};
pub use extrema::{End, cumulative_extremum, cumulative_extremum_of_integers, moving_extremum};
pub use floats::{Floats, Sample};
pub use moments::{cumulative_sum, moving, moving_count};
pub(crate) use operation::RowOperation;
pub use order::moving_order;
pub(crate) use row_function::RowFunction;
pub use shift::{differences, integer_differences};

#[cfg(test)]
mod tests;
