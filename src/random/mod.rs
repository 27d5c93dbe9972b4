//! Chance that repeats: draws, samples, shuffles and splits that are functions of (seed, row) and nothing else.
//!
//! Row `i` has a *digit*, 16 bits of a word of NumPy's `Philox(seed)`, and a *key*, the digit and 48 bits of a word of its
//! own behind it. A sample, a fraction and the parts of a split follow from the order of (key, row); a permutation deals
//! rows to buckets by their digits and mixes each. So threads, chunks, files and budgets cannot matter, and anybody can
//! check it:
//!
//! ```text
//! digits = Philox(seed).random_raw(ceil(n / 4)).view("<u2")[:n]
//! words  = Philox(seed).jumped(3).random_raw(n)
//! keys   = digits.astype("u8") << 48 | words >> 16
//! sample(n)        the n least (key, row)           fraction f   the rows whose key is below f * 2^64
//! parts of a split ranks in this order
//!
//! draws  = Philox(seed).jumped(4).random_raw(ceil(n / 2)).view("<u4")
//! bits   = the least from 0 to 16 for which 2^bits buckets have at most 4096 rows in the mean, or 16
//! permutation(n)   rows in the order of (digit >> (16 - bits), row); then for the places of each bucket from its last
//!                  to its second: change it with place start + (draws[place] * (place - start + 1) >> 32)
//! ```
//! Where a draw times the number of places leaves a low half that is below `2^32 % places`, half `place` of the next of
//! the streams that are 2^192 blocks apart is drawn instead, so that no place is likelier than another.
//!
//! Streams and distributions are those of [`crate::kernels::random`].
//!
//! A sample of a stream is a state that merges (the least n of two parts are among the least n of each): bottom-k
//! sketches, Cohen and Kaplan, "Summarizing data using bottom-k sketches", PODC 2007.

mod bootstrap;
mod choice;
mod draws;
mod groups;
mod keys;
mod mixed;
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
mod two_samples;
mod weighted;

pub use bootstrap::{Bootstrap, Estimate, Estimates, IntervalMethod, REPLICATES_MAX};
pub use choice::{SampleOrder, choice, choose, weighted_choice};
pub use draws::draw_into;
pub use permutation::{permutation, permute, shuffle};
pub use permutation_test::{Alternative, PermutationAnswer, PermutationTest};
pub use sample::Sample;
pub use shuffle::Shuffle;
pub use split::{Split, SplitRule};
pub use two_samples::TwoSamples;
