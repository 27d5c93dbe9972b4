//! Which of the positions that keep an order is meant.

/// Where a value goes among equal ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Before them: the position is the number of values below it.
    Left,
    /// Behind them: the position is the number of values that are not above it.
    Right,
}
