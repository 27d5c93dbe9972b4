//! Chance that repeats: values that are functions of (seed, row), and of nothing else.
//!
//! Streams and distributions are those of [`crate::kernels::random`]; here threads share the rows.

mod draws;

pub use draws::draw_into;
