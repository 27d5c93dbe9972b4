//! Statistics of windows that move down the rows of a column.

mod carry;
mod cursor;
mod digits;
mod extrema;
mod moments;
mod near;
mod order;
mod ordered;
mod pivot;
mod plan;
mod sliding;
mod special;

pub use extrema::least_of_windows;
pub use moments::{cumulative_sums, moments};
pub use near::Settled;
pub use order::{OrderStatistic, order_statistics};
pub use plan::{MISSING, MISSING_32, Missing, Statistic, Windows};

#[cfg(test)]
mod tests;
