//! Group by: keys to dense numbers, and the states of an aggregate for every group.
//!
//! A pass gives every thread a [`Keys`] and one [`Grouped`] for each aggregate. For every chunk the keys assign each
//! row the number of its group, and the states take in the rows under those numbers. Threads' tables merge by a map of
//! one's numbers to the other's. Numbers depend on the schedule; what is read in the order of [`Keys::sorted`] does
//! not, since every group's state is exact.

mod answers;
mod key_column;
mod keys;
mod machine;
mod parts;
mod selection;
mod states;
mod sums;
#[cfg(test)]
mod tests;

use std::any::Any;

use arrcalc_datasets::{Column, DataType, Executor};
use arrcalc_kernels::Level;

use crate::aggregate::{Call, NanPolicy};
use crate::answer::{Scalar, Table};
use crate::error::Error;

pub use keys::Keys;
pub use parts::Part;

/// Absolute rows of the rows of an update, for aggregates whose answer depends on them.
#[derive(Clone, Copy, Debug)]
pub enum Positions<'a> {
    /// Consecutive rows from this one.
    From(u64),
    /// One row each, increasing.
    Listed(&'a [u64]),
}

impl Positions<'_> {
    /// The absolute row of row `index`.
    pub fn row(&self, index: usize) -> u64 {
        match self {
            Positions::From(first) => first + index as u64,
            Positions::Listed(rows) => rows[index],
        }
    }
}

/// The states of one aggregate for all groups.
pub trait Grouped: Send + Sync {
    /// Takes in rows: row `i` of every argument belongs to group `ids[i]`, and all are below `groups`.
    ///
    /// `arguments` has one column for each argument of the aggregate, none for `count(*)`.
    fn update(
        &mut self,
        level: Level,
        arguments: &[Column<'_>],
        ids: &[u32],
        positions: Positions<'_>,
        groups: usize,
    );

    /// Lets rows be put off where that is faster: with many groups, that takes about as much memory as their states.
    fn put_off(&mut self) {}

    /// Takes in what was put off, if anything was: due after the last update of a pass.
    fn settle(&mut self, _: Level) {}

    /// Takes in the rows that `other`, states of the same pass of the same aggregate and settled, has seen; its group `i` is group
    /// `ids[i]` here, and all are below `groups`.
    fn merge(&mut self, other: &dyn Grouped, ids: &[u32], groups: usize);

    /// What follows from a pass that has seen every row: answers for the groups `order`, in that order.
    ///
    /// `order` holds every group once, and is the same for all passes; `executor` shares out the work.
    fn next(self: Box<Self>, order: &[u32], executor: &dyn Executor) -> GroupedNext;

    /// Bytes of memory that the states take now.
    fn memory_bytes(&self) -> usize;

    /// The states' canonical bytes, group by group in this order.
    fn to_bytes(&self, order: &[u32]) -> Vec<u8>;

    /// Empty states of the same pass for another thread.
    fn fork(&self) -> Box<dyn Grouped>;

    /// The states themselves, for [`Grouped::merge`].
    fn as_any(&self) -> &dyn Any;
}

/// What follows from a pass.
pub enum GroupedNext {
    /// Another pass over the same rows with the same numbers of groups, from these empty states.
    Again(Box<dyn Grouped>),
    /// One answer a group, or the first place of the order whose group has none, and why.
    Done(Result<Vec<Scalar>, (usize, Error)>),
    /// One answer a group, in a table of one column: what states may say where groups are many.
    Column(Table),
}

/// The empty states of `call` on columns of these types.
///
/// `nan` is the policy that the call was made with. States that grow with the data may take `memory_bytes` a group.
pub fn grouped(call: &Call, arguments: &[DataType], nan: NanPolicy, memory_bytes: usize) -> Box<dyn Grouped> {
    let nan = if call.name().starts_with("nan") { NanPolicy::Ignore } else { nan };
    if let [data_type] = arguments
        && let Some(sums) = sums::Sums::new(call, data_type, nan)
    {
        return Box::new(sums);
    }
    if let Some(words) = machine::Words::new(call, arguments, nan) {
        return Box::new(words);
    }
    Box::new(states::States::new(call.empty(memory_bytes), call.is_positioned()))
}
