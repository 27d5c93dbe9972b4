//! Exact arithmetic: sums of powers and products as canonical fixed-point integers, read as rationals and
//! rounded once.
//!
//! [`PowerSums`] and [`DotSums`] take in slices and merge exactly; [`Accumulator`] is the integer they are made
//! of; [`Ratio`] over [`Dyadic`] and [`Natural`] is how a result is computed from integers and rounded, and is
//! what any other correctly rounded result (an interpolated quantile, say) is computed with.

mod accumulator;
pub(crate) mod block;
mod bytes;
mod counts;
mod dot_sums;
mod dyadic;
mod natural;
mod pairs;
mod power_sums;
mod ratio;
#[cfg(test)]
mod reference;

pub use accumulator::Accumulator;
pub use bytes::StateError;
pub use counts::Counts;
pub use dot_sums::DotSums;
pub use dyadic::Dyadic;
pub use natural::Natural;
pub use pairs::update_pairs;
pub use power_sums::{PowerSums, Read, Rounding};
pub use ratio::Ratio;

#[cfg(test)]
mod tests;
