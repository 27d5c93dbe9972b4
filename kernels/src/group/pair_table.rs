//! Dense numbers for pairs of dense numbers: how keys of several columns become one number, column by column.

use super::word_table::WordTable;
use crate::level::Level;

/// A map from pairs of numbers to `0..len`.
///
/// A pair is one word, the second number in just as many low bits as the numbers seen so far need: pairs of few and
/// few lie close together, and are found without hashing.
#[derive(Clone, Debug, Default)]
pub struct PairTable {
    table: WordTable,
    /// Bits of the second number.
    bits: u32,
    words: Vec<u64>,
}

impl PairTable {
    /// The table without pairs.
    pub fn new() -> Self {
        Self::default()
    }

    /// Numbers given so far.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether none was given.
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// The pair of number `number`.
    ///
    /// # Panics
    /// If that was not given.
    pub fn pair(&self, number: u32) -> (u32, u32) {
        let word = self.table.words()[number as usize];
        ((word >> self.bits) as u32, (word & ((1 << self.bits) - 1)) as u32)
    }

    /// Replaces each of `first` by the number of its pair with the entry of `second`; new pairs get the next numbers.
    /// The numbers in `second` are below `second_count`.
    ///
    /// # Panics
    /// If the lengths differ, or 2^32 - 1 numbers are given.
    pub fn assign(&mut self, level: Level, first: &mut [u32], second: &[u32], second_count: usize) {
        assert_eq!(first.len(), second.len(), "two numbers for each row");
        let needed = usize::BITS - second_count.saturating_sub(1).leading_zeros();
        if needed > self.bits {
            let pairs = (0..self.len() as u32).map(|number| self.pair(number));
            let words = pairs.map(|(first, second)| u64::from(first) << needed | u64::from(second)).collect();
            self.table = WordTable::from_words(words);
            self.bits = needed;
        }
        self.words.clear();
        let pairs = first.iter().zip(second);
        self.words.extend(pairs.map(|(&first, &second)| u64::from(first) << self.bits | u64::from(second)));
        self.table.assign(level, &self.words, first);
    }

    /// Bytes of memory that it takes.
    pub fn memory_bytes(&self) -> usize {
        self.table.memory_bytes() + self.words.capacity() * size_of::<u64>()
    }
}
