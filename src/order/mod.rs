//! The order of values and rows: sorting, searching, distinct values. NaN stands last in both directions, nulls last
//! unless asked for first, ties keep their order.
//!
//! Everything here is a function of a [`crate::Scope`], which lends threads, instructions and memory:
//! `engine.scoped(|scope| ...)`. No setting of the engine changes a result.

mod argsort;
mod bincount;
mod field;
mod key;
mod keys;
mod pieces;
mod rows;
pub mod sort;
mod table;
mod take;
#[cfg(test)]
mod tests;
mod unique;
mod value_counts;

pub use argsort::{RowIndex, argsort, argsort_into};
pub use bincount::{bincount, bincount_weighted};
pub use key::SortKey;
pub(crate) use rows::sorted_rows;
pub use table::{TableKey, sort_table};
pub use unique::{Unique, UniqueParts, count_distinct, unique};
pub use value_counts::{mode, value_counts};
