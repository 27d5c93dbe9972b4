//! Exact order statistics without a copy of the column: count, narrow, collect what is left, select.

mod bucket_map;
mod kernels;
pub mod quantile;
mod ranges;
mod rounds;
mod selected;
#[cfg(test)]
mod tests;
mod thresholds;

pub use bucket_map::{BUCKETS, BucketMap};
pub use kernels::{Specials, bucket_counts, pick, select_ranks};
pub use ranges::{Cell, KeyRange};
pub use rounds::{Selection, State, Step};
pub use selected::Selected;
