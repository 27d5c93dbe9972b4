//! Group by: words, pairs and byte strings to dense numbers, and exact sums of many groups in little memory each.

mod batches;
mod byte_table;
mod cell;
mod deal;
mod pair_table;
mod ratio;
mod rows;
mod sums;
mod window_sums;
mod word_table;

pub use batches::Batches;
pub use byte_table::ByteTable;
pub use deal::{deal, places};
pub use pair_table::PairTable;
pub use ratio::nearest_quotient;
pub use sums::GroupSums;
pub use window_sums::{SumWindow, WindowSums};
pub use word_table::WordTable;

#[cfg(test)]
mod tests;
