//! Where a quantile lies among sorted values, and its value: exact rationals, rounded once.

mod method;
mod position;
mod probability;
#[cfg(test)]
mod tests;

pub use method::Method;
pub use position::Position;
pub use probability::Probability;
