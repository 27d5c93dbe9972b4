//! Typed aggregates as states chosen at run time: the reading of the answer goes along as a closure.

use std::any::Any;
use std::sync::Arc;

use arrcalc_datasets::Chunk;
use arrcalc_kernels::Level;

use crate::answer::Scalar;
use crate::error::Result;

use super::chosen::{Next, State};
use super::{Aggregate, Rounds, Step, SumsOfPowers};

/// An [`Aggregate`] whose answer `read` makes a scalar of.
#[derive(Clone)]
pub(super) struct OnePass<A, F> {
    pub(super) aggregate: A,
    pub(super) read: F,
}

impl<A, F> State for OnePass<A, F>
where
    A: Aggregate,
    F: Fn(&A) -> Result<Scalar> + Clone + Send + Sync + 'static,
{
    fn update(&mut self, level: Level, chunk: &Chunk<'_>) {
        self.aggregate.update(level, chunk);
    }

    fn merge(&mut self, other: &dyn State) {
        self.aggregate.merge(&same::<Self>(other).aggregate);
    }

    fn next(self: Box<Self>) -> Next {
        Next::Done((self.read)(&self.aggregate))
    }

    fn to_bytes(&self) -> Vec<u8> {
        self.aggregate.to_bytes()
    }

    fn memory_bytes(&self) -> usize {
        size_of::<Self>() + self.aggregate.heap_bytes()
    }

    fn boxed_clone(&self) -> Box<dyn State> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn sums_of_powers(&mut self) -> Option<&mut dyn SumsOfPowers> {
        self.aggregate.sums_of_powers()
    }
}

/// The state of a pass of some [`Rounds`].
pub(super) struct Passes<R: Rounds, F> {
    pub(super) rounds: Arc<R>,
    pub(super) state: R::State,
    pub(super) read: F,
}

impl<R, F> State for Passes<R, F>
where
    R: Rounds + 'static,
    F: Fn(R::Answer) -> Result<Scalar> + Clone + Send + Sync + 'static,
{
    fn update(&mut self, level: Level, chunk: &Chunk<'_>) {
        self.state.update(level, chunk);
    }

    fn merge(&mut self, other: &dyn State) {
        self.state.merge(&same::<Self>(other).state);
    }

    fn next(self: Box<Self>) -> Next {
        match self.rounds.next(self.state) {
            Step::Again(state) => Next::Again(Box::new(Self { rounds: self.rounds, state, read: self.read })),
            Step::Done(answer) => Next::Done((self.read)(answer)),
        }
    }

    fn to_bytes(&self) -> Vec<u8> {
        self.state.to_bytes()
    }

    fn memory_bytes(&self) -> usize {
        size_of::<Self>() + self.state.heap_bytes()
    }

    fn boxed_clone(&self) -> Box<dyn State> {
        let Self { rounds, state, read } = self;
        Box::new(Self { rounds: rounds.clone(), state: state.clone(), read: read.clone() })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `state`, known to be a `T`.
///
/// # Panics
/// If it is a state of another aggregate: the law of [`State::merge`] says that it is not.
fn same<T: 'static>(state: &dyn State) -> &T {
    state.as_any().downcast_ref().expect("states of one aggregate and one pass")
}
