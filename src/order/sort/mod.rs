//! Sorting of values.

pub(in crate::order) mod pieces;

#[cfg(test)]
mod tests;
