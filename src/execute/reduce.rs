//! Any aggregate, and any rounds of them, as a task.

use crate::aggregate::{Aggregate, Rounds};
use crate::error::Result;

use super::{Input, Scope, Task};

/// One pass of an [`Aggregate`], anyone's, over some columns of a dataset.
#[derive(Clone, Debug)]
pub struct Reduce<'a, A> {
    input: Input<'a>,
    columns: Vec<usize>,
    empty: A,
}

impl<'a, A: Aggregate> Reduce<'a, A> {
    /// Takes `columns` (positions in the schema; chunks carry them in this order) into a copy of `empty`.
    pub fn new(dataset: impl Into<Input<'a>>, columns: impl Into<Vec<usize>>, empty: A) -> Self {
        Self { input: dataset.into(), columns: columns.into(), empty }
    }

    /// The merged state itself, for those who keep or ship it.
    ///
    /// # Errors
    /// As [`Scope::pass`].
    pub fn state(&self, scope: &Scope<'_>) -> Result<A> {
        scope.aggregate(&self.input, &self.columns, &self.empty)
    }
}

impl<A: Aggregate> Task for Reduce<'_, A> {
    type Answer = A::Answer;

    fn run(&self, scope: &Scope<'_>) -> Result<A::Answer> {
        Ok(self.state(scope)?.finish())
    }
}

/// The passes of a [`Rounds`], anyone's, over some columns of a dataset.
#[derive(Clone, Debug)]
pub struct Repeat<'a, R> {
    input: Input<'a>,
    columns: Vec<usize>,
    rounds: R,
}

impl<'a, R: Rounds> Repeat<'a, R> {
    /// Runs `rounds` over `columns` (positions in the schema; chunks carry them in this order).
    pub fn new(dataset: impl Into<Input<'a>>, columns: impl Into<Vec<usize>>, rounds: R) -> Self {
        Self { input: dataset.into(), columns: columns.into(), rounds }
    }
}

impl<R: Rounds> Task for Repeat<'_, R> {
    type Answer = R::Answer;

    fn run(&self, scope: &Scope<'_>) -> Result<R::Answer> {
        scope.rounds(&self.input, &self.columns, &self.rounds)
    }
}
