//! Values by their cumulative probabilities: exact inversion of a table, in integers.
//!
//! H.-C. Chen and Y. Asau, "On generating random variates from an empirical distribution" (1974): the top bits of a
//! word choose a slice of the table, which is searched by halves.

use super::parts::by_parts;
use super::words::Words;
use crate::level::Level;

/// Slices are four times as many as values, up to this many bits.
const ROOMY: u32 = 16;

/// How many thresholds a word has reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cumulative {
    /// Ascending: `2^64` times the probability that the value is not above the index.
    thresholds: Vec<u64>,
    /// Thresholds at or below the first word of each slice, and of all.
    guide: Vec<u32>,
    /// The bits of a word below those that number its slice.
    shift: u32,
}

impl Cumulative {
    /// Of ascending thresholds, fewer than 2^32.
    pub(super) fn new(thresholds: Vec<u64>) -> Self {
        let bits = (thresholds.len() as u64).next_power_of_two().trailing_zeros();
        let bits = (bits + 2).min(ROOMY).max(bits).max(1);
        let shift = 64 - bits;
        let mut reached = 0;
        let mut guide: Vec<u32> = (0..1u64 << bits)
            .map(|slice| {
                while thresholds.get(reached).is_some_and(|&threshold| threshold <= slice << shift) {
                    reached += 1;
                }
                reached as u32
            })
            .collect();
        guide.push(thresholds.len() as u32);
        Self { thresholds, guide, shift }
    }

    /// The number of thresholds at or below `word`.
    #[inline(always)]
    fn of(&self, word: u64) -> u32 {
        let slice = (word >> self.shift) as usize;
        let (low, high) = (self.guide[slice], self.guide[slice + 1]);
        if low == high {
            return low;
        }
        let between = &self.thresholds[low as usize..high as usize];
        low + between.partition_point(|&threshold| threshold <= word) as u32
    }

    /// `start` and the numbers of the rows' words.
    pub(super) fn fill<W: Words>(&self, level: Level, words: &W, first: u64, start: i64, out: &mut [i64]) {
        by_parts(level, words, first, out, |_, drawn, part| {
            for (slot, &word) in part.iter_mut().zip(drawn) {
                *slot = start + i64::from(self.of(word));
            }
        });
    }
}
