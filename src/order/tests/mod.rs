//! Orders of rows against comparisons of one row with another.

mod chosen;
mod columns;
mod moved;
mod orders;
