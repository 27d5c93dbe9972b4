//! The order of rows: values as integers that order alike, packed beside their rows; the few rows that pass a threshold.

mod codes;
mod orderable;
#[cfg(test)]
mod tests;
mod threshold;

pub use codes::{Coder, Span, append_bits, append_codes, span};
pub use orderable::Orderable;
pub use threshold::{Side, candidates};
