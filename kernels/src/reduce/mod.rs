//! Reductions that are exact whatever the order: extrema with their rows, counts of special values, truth.

mod extrema;
#[cfg(test)]
mod reference;
mod truth;

pub use extrema::{Census, Extrema, NO_ROW};
pub use truth::{all, any, count_nonzero};
