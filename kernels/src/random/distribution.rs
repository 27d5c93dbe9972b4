//! What distributions have in common: a row's value is a function of the stream and the row.

use super::words::Words;
use crate::level::Level;

/// Version of the mappings from words to values: a mapping that changes gets a new one. (Raw words and [`Doubles`] are
/// NumPy's, and have none.)
pub const MAPPING_VERSION: u32 = 1;

/// A mapping from (stream, row) to values. Its parameters were checked when it was made.
pub trait Distribution: Send + Sync {
    /// What it draws.
    type Value: Copy + Default + Send;

    /// The values of rows `first ..`: row `first + i` into `out[i]`, the same bits whatever else is drawn.
    fn fill<W: Words>(&self, level: Level, words: &W, first: u64, out: &mut [Self::Value]);
}

/// The words themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RawWords;

impl Distribution for RawWords {
    type Value = u64;

    fn fill<W: Words>(&self, level: Level, words: &W, first: u64, out: &mut [u64]) {
        words.fill(level, first, out);
    }
}
