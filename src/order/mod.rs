//! The order of values and rows: sorting, searching, distinct values. NaN stands last in both directions, nulls last
//! unless asked for first, ties keep their order.
//!
//! Everything here is a function of a [`crate::Scope`], which lends threads, instructions and memory:
//! `engine.scoped(|scope| ...)`. No setting of the engine changes a result.

mod compare;
mod digitize;
mod filter;
mod find;
mod is_in;
#[expect(dead_code, reason = "argsort comes next")]
mod keys;
mod pieces;
mod rows;
mod search;
mod select;
mod take;
mod thresholds;
mod types;

pub use compare::Comparison;
pub use digitize::digitize;
pub use filter::filter;
pub use find::find;
pub use is_in::is_in;
pub use search::{Side, search};
pub use select::Choice;
pub use take::take;
pub use thresholds::Number;
pub(crate) use thresholds::{Searched, Threshold, threshold_of};

pub(crate) use rows::{SortKey, sorted_rows};
