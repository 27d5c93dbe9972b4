//! Distinct values: exact with counts while there are few, a HyperLogLog sketch beyond.

mod hash;
mod registers;
mod set;
mod sketch;
#[cfg(test)]
mod tests;

pub use hash::{HASH_VERSION, HashValue, hash_bytes};
pub use registers::{PRECISION, REGISTERS, Registers};
pub use set::{DistinctSet, EXACT_LIMIT};
