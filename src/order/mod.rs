//! The order of values and rows: sorting, searching, distinct values. NaN stands last in both directions, nulls last
//! unless asked for first, ties keep their order.
//!
//! Everything here is a function of a [`crate::Scope`], which lends threads, instructions and memory:
//! `engine.scoped(|scope| ...)`. No setting of the engine changes a result.

mod argpartition;
mod argsort;
mod bincount;
mod compare;
mod counting;
mod digitize;
mod external;
mod field;
mod filter;
mod find;
mod is_in;
mod key;
mod keys;
mod moved;
mod part;
pub(crate) mod partitioned;
pub(crate) mod pieces;
mod ranges;
mod rank;
mod ranked;
mod reach;
mod rows;
mod search;
mod select;
pub mod sort;
mod table;
mod take;
mod take_column;
#[cfg(test)]
mod tests;
mod thresholds;
mod top_k;
mod top_rows;
mod types;
mod unique;
mod value_counts;
mod with_numbers;

pub use argpartition::argpartition_into;
pub use argsort::{RowIndex, argsort, argsort_into};
pub use bincount::{bincount, bincount_weighted};
pub use compare::Comparison;
pub use digitize::digitize;
pub use external::SortVolume;
pub(crate) use external::{Added, Sorting};
pub use filter::filter;
pub use find::find;
pub use is_in::is_in;
pub use key::SortKey;
pub use rank::{RankMethod, doubled_ranks};
pub(crate) use reach::rows_reaching;
pub(crate) use rows::sorted_rows;
pub use search::{Side, search};
pub use select::Choice;
pub(crate) use table::take_rows;
pub use table::{TableKey, sort_table};
pub use take::take;
pub(crate) use take_column::take as take_values;
pub use thresholds::Number;
pub(crate) use thresholds::{Searched, Threshold, threshold_of};
pub use top_k::first_rows;
pub(crate) use unique::count_close;
pub use unique::{Unique, UniqueParts, count_distinct, unique};
pub use value_counts::{mode, value_counts};
