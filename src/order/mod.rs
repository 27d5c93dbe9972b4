//! The order of values and rows: sorting, searching, distinct values. NaN stands last in both directions, nulls last
//! unless asked for first, ties keep their order.
//!
//! Everything here is a function of a [`crate::Scope`], which lends threads, instructions and memory:
//! `engine.scoped(|scope| ...)`. No setting of the engine changes a result.

#[expect(dead_code, reason = "argsort comes next")]
mod keys;
mod pieces;
mod rows;
mod search;
mod thresholds;

pub use search::{Side, search};

pub(crate) use rows::{SortKey, sorted_rows};
