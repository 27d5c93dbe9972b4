//! What every distribution draws from: a word for each row.

use crate::level::Level;

/// A stream of independent 64-bit words in which any word can be had without those before it.
pub trait Words: Copy + Send + Sync {
    /// Words `first ..` of the stream, `first + i` into `out[i]`.
    fn fill(&self, level: Level, first: u64, out: &mut [u64]);

    /// Word `row` of the stream.
    fn at(&self, row: u64) -> u64;

    /// Another stream, far from this one: where distributions take further words from that a row needs. Stream 0 is this
    /// one.
    fn beside(&self, stream: u64) -> Self;
}
