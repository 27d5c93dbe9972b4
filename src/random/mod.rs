//! Chance that repeats: results that are functions of a seed and of the rows, and of nothing else.

pub mod bootstrap;

pub use bootstrap::{Bootstrap, Estimate, Estimates, IntervalMethod};
