//! Orders of rows against comparisons of one row with another.

mod columns;
mod orders;
