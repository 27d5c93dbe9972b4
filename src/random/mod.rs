//! Chance that repeats: draws, samples, shuffles and splits that are functions of (seed, row) and nothing else.
//!
//! The key of row `i` is word `i` of NumPy's `Philox(seed)`. Everything here follows from the order of (key, row), so that
//! threads, chunks, files and budgets cannot matter, and anybody can check it:
//!
//! ```text
//! permutation(n)   np.argsort(np.random.Philox(seed).random_raw(n), kind="stable")
//! sample(n)        the n least (key, row)           fraction f   the rows whose key is below f * 2^64
//! parts of a split ranks in this order
//! ```
//! Streams and distributions are those of [`crate::kernels::random`].
//!
//! A sample of a stream is a state that merges (the least n of two parts are among the least n of each): bottom-k
//! sketches, Cohen and Kaplan, "Summarizing data using bottom-k sketches", PODC 2007.

mod bootstrap;
mod choice;
mod draws;
mod groups;
mod keys;
mod parts;
mod permutation;
mod permutation_test;
mod rows;
mod sample;
mod selection;
mod shuffle;
mod split;
#[cfg(test)]
mod tests;
mod weighted;

pub use bootstrap::{Bootstrap, Estimate, Estimates, IntervalMethod, REPLICATES_MAX};
pub use choice::{SampleOrder, choice, weighted_choice};
pub use draws::draw_into;
pub use permutation::{permutation, permute, shuffle};
pub use permutation_test::{Alternative, PermutationAnswer, PermutationTest};
pub use sample::Sample;
pub use shuffle::Shuffle;
pub use split::{Split, SplitRule};
