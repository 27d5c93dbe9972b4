//! An aggregate chosen at run time, by name: what queries and groups work with.

use std::any::Any;

use arrcalc_datasets::Chunk;
use arrcalc_kernels::Level;

use crate::answer::Scalar;
use crate::error::Result;

use super::SumsOfPowers;

/// A state of some aggregate; see [`super::Aggregate`] for the law that it obeys.
///
/// Chunks hold one column for each argument of the aggregate, in their order, and no column for `count(*)`. Rows that a
/// filter dropped are not among them, or are null where positions count (then `first_row` + index is the row).
pub trait State: Send + Sync {
    /// Takes in the rows of `chunk`.
    fn update(&mut self, level: Level, chunk: &Chunk<'_>);

    /// Takes in the rows that `other`, a state of the same pass of the same aggregate, has seen.
    fn merge(&mut self, other: &dyn State);

    /// What follows from a pass that has seen every row.
    fn next(self: Box<Self>) -> Next;

    /// Canonical bytes: equal states have equal bytes, and the other way round.
    fn to_bytes(&self) -> Vec<u8>;

    /// Bytes of memory that it takes now.
    fn memory_bytes(&self) -> usize;

    /// A copy.
    fn boxed_clone(&self) -> Box<dyn State>;

    /// The state itself, for [`State::merge`].
    fn as_any(&self) -> &dyn Any;

    /// The sums of powers of one column that the state consists of; `None` where it is of something else.
    fn sums_of_powers(&mut self) -> Option<&mut dyn SumsOfPowers> {
        None
    }
}

/// What follows from a pass.
pub enum Next {
    /// Another pass over the same rows, from this empty state.
    Again(Box<dyn State>),
    /// The answer, or why it cannot be told (a sum that does not fit its type).
    Done(Result<Scalar>),
}
