//! Expressions over blocks against values computed otherwise.

mod guards;
mod numbers;
mod recorded;
mod tree;
mod types;
