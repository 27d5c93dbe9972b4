//! Sums of a block of rows for many weightings of its rows: what replicates of a bootstrap are made of.
//!
//! A value is cut into digits on one grid of its block once ([`Digits`]); each weighting then takes a few
//! floating-point multiplications and additions a row, all of them exact ([`weigh`]), so the sums of a replicate are those
//! of its rows taken one by one, bit for bit.

mod digits;
#[cfg(test)]
mod tests;
mod weigh;

pub use digits::{Digits, Term};
pub use weigh::weigh;

/// Rows of a block at most: weights and two rows of digits stay in the first-level cache.
pub const BLOCK: usize = 1024;

/// Bits of a digit: sums over a block of rows with weights up to [`WEIGHT_MAX`] stay below 2^53.
pub const DIGIT_BITS: u32 = 37;

/// The largest weight of a row.
pub const WEIGHT_MAX: u8 = 63;

const _: () = assert!(((BLOCK as u64) * (WEIGHT_MAX as u64)) << DIGIT_BITS <= 1 << 53);
