//! Chance that repeats: results that are functions of a seed and of the rows, and of nothing else.

mod bootstrap;
mod permutation_test;

pub use bootstrap::{Bootstrap, Estimate, Estimates, IntervalMethod, REPLICATES_MAX};
pub use permutation_test::{Alternative, PermutationAnswer, PermutationTest};
