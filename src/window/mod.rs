//! Functions of a whole column in row order: cumulative sums and extrema, differences, windows that move down the rows.
//!
//! Everything here is a function of a [`crate::Scope`]: `engine.scoped(|scope| ...)`. Sums, means, variances and
//! standard deviations are exact inside and rounded once an element, so neither the number of threads nor how the rows
//! are cut shows in a result, nothing drifts, and no variance is negative.

mod cumulative;
mod operation;
mod row_function;
mod shift;

pub(crate) use operation::RowOperation;
pub(crate) use row_function::RowFunction;
