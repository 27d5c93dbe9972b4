//! Statistics of windows that move down the rows of a column.

mod carry;
mod cursor;
mod digits;
mod moments;
mod near;
mod plan;
mod special;

pub use moments::{cumulative_sums, moments};
pub use near::Settled;
pub use plan::{MISSING, MISSING_32, Missing, Statistic, Windows};

#[cfg(test)]
mod tests;
