//! The catalogue of aggregates: every entry obeys the law on every type, and answers what others have computed.

mod answers;
mod chosen;
mod decimals;
mod entries;
