//! Rows in parts whose words stay in the first-level cache, and maps of them compiled for the level.

use super::words::Words;
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::level::Level;

/// Rows of a part.
pub(super) const PART: usize = 512;

/// Calls `step(row, words, part)` for the parts of `out` in order: the part's first row and its rows' words.
#[inline(always)]
pub(super) fn by_parts<W: Words, T>(
    level: Level,
    words: &W,
    first: u64,
    out: &mut [T],
    mut step: impl FnMut(u64, &[u64], &mut [T]),
) {
    let mut drawn = [0u64; PART];
    let mut row = first;
    // Parts begin at multiples of their length, so that whole blocks of words are used.
    let lead = (PART - (first % PART as u64) as usize).min(out.len());
    let (head, body) = out.split_at_mut(lead);
    for part in std::iter::once(head).chain(body.chunks_mut(PART)) {
        let drawn = &mut drawn[..part.len()];
        words.fill(level, row, drawn);
        step(row, drawn, part);
        row = row.wrapping_add(part.len() as u64);
    }
}

/// A value of a word, without branches: compiled for the level.
pub(super) trait OfWord: Copy {
    /// Its type.
    type Value;

    /// The value.
    fn of(self, word: u64) -> Self::Value;
}

/// `out[i] = mapping.of(word of row first + i)`.
#[inline(always)]
pub(super) fn map_words<W: Words, M: OfWord>(
    level: Level,
    words: &W,
    first: u64,
    mapping: M,
    out: &mut [M::Value],
) {
    by_parts(level, words, first, out, |_, drawn, part| map_part(level, mapping, drawn, part));
}

/// `out[i] = mapping.of(drawn[i])`.
#[inline(always)]
pub(super) fn map_part<M: OfWord>(level: Level, mapping: M, drawn: &[u64], out: &mut [M::Value]) {
    level.run(Map(mapping, drawn, out));
}

struct Map<'a, M: OfWord>(M, &'a [u64], &'a mut [M::Value]);

impl<M: OfWord> Kernel for Map<'_, M> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        for (slot, &word) in self.2.iter_mut().zip(self.1) {
            *slot = self.0.of(word);
        }
    }
}
