//! Expressions over blocks against values computed otherwise.

mod guards;
mod numbers;
mod tree;
