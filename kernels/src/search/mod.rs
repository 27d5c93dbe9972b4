//! Positions in sorted values: a static search tree over the values themselves, and branchless binary search.

mod binary;
mod blocks;
mod key;
mod side;
#[cfg(test)]
mod tests;
mod tree;

pub use binary::search_by_halves;
pub use blocks::Blocks;
pub use key::{LineKey, Ordered};
pub use side::Side;
pub use tree::{Layer, LayerPart, SearchTree};
