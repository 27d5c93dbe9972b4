//! Exact arithmetic: sums of powers and products as canonical fixed-point integers, read as rationals and
//! rounded once.

mod dyadic;
mod natural;
mod ratio;

pub use dyadic::Dyadic;
pub use natural::Natural;
pub use ratio::Ratio;

#[cfg(test)]
mod tests;
