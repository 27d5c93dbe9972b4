//! Distinct values: exact with counts while there are few, a HyperLogLog sketch beyond.

mod count_window;
mod hash;
mod narrow;
mod near;
mod registers;
mod restore;
mod runs;
mod set;
mod sketch;
#[cfg(test)]
mod tests;
mod word_counts;

pub use count_window::{CountWindow, WindowPlan};
pub use hash::{HASH_VERSION, HashValue, hash_bytes};
pub use narrow::{count, first_rows, look_up, mark};
pub use registers::{PRECISION, REGISTERS, Registers};
pub use restore::Restore;
pub use runs::{count_starts, write_starts};
pub use set::{DistinctSet, EXACT_LIMIT};
pub use word_counts::{COUNT_BYTES, WordCounts};
