//! Exact mergeable states: a commutative monoid, bit for bit.
//!
//! ```text
//! merge(update(A), update(B)) == update(A ++ B)      as equal bytes, for every cut and every order
//! ```

mod blocks;
mod kind;
mod quantile_method;
mod text;

pub use blocks::{BLOCK_ROWS, Block, Element};
pub use kind::Kind;
pub(crate) use kind::{float_value, integer_value, mean, scale, sum};
pub(crate) use quantile_method::Interpolate;
pub use quantile_method::{Place, Probability, QuantileMethod};
pub use text::{TEXT_LIMIT_BYTES, TextSet};

use arrcalc_datasets::Chunk;
use arrcalc_kernels::Level;

/// A partial result whose merge is associative and commutative to the bit.
pub trait Aggregate: Clone + Send + Sync + 'static {
    /// What is read from the state at the end, rounded once.
    type Answer;

    /// Takes in the rows of `chunk`. Neither `level` nor the cut into chunks may change the state's bytes.
    fn update(&mut self, level: Level, chunk: &Chunk<'_>);

    /// Takes in the rows that `other` has seen.
    fn merge(&mut self, other: &Self);

    /// Reads the answer.
    fn finish(&self) -> Self::Answer;

    /// Canonical bytes: equal states have equal bytes, and the other way round.
    fn to_bytes(&self) -> Vec<u8>;
}

/// Work of several passes over the same rows, as a median: every pass's state obeys the law of [`Aggregate`].
pub trait Rounds: Send + Sync {
    /// State of one pass.
    type State: Aggregate;
    /// What the last pass leads to.
    type Answer;

    /// The empty state of the first pass.
    fn first(&self) -> Self::State;

    /// What follows from a pass that has seen every row.
    fn next(&self, merged: Self::State) -> Step<Self::State, Self::Answer>;
}

/// What follows from a pass.
#[derive(Debug)]
pub enum Step<State, Answer> {
    /// Another pass, from this empty state.
    Again(State),
    /// The answer.
    Done(Answer),
}
