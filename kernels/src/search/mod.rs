//! Searching and selecting: positions in sorted values (a static search tree over the values themselves, branchless
//! binary search), places of set bits, values by bits and by index.

mod binary;
mod blocks;
mod key;
mod places;
mod side;
#[cfg(test)]
mod tests;
mod tree;

pub use binary::search_by_halves;
pub use blocks::Blocks;
pub use key::{LineKey, Ordered};
pub use places::{Packable, count_ones, gather, pack, places};
pub use side::Side;
pub use tree::{Layer, LayerPart, SearchTree};
