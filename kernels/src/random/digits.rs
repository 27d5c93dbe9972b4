//! The digits of rows: four to a word, so that all rows can be looked at for a quarter of the words.

use super::philox::{Fill, Philox};
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::level::Level;

/// Digits that are made at a time: they stay in the first-level cache.
const BLOCK: usize = 2048;

/// Digits of 16 bits, four of each word of a stream: digit `i` is bits `16 * (i % 4)` and up of word `i / 4` of the stream, which is element `i` of
/// `Philox(seed).random_raw(n).view("<u2")`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Digits(pub Philox);

impl Digits {
    /// Bits of a digit.
    pub const BITS: u32 = 16;

    /// Digits `first ..`, digit `first + i` into `digits[i]`.
    ///
    /// Cost: a quarter of that of as many words.
    pub fn fill(&self, level: Level, first: u64, digits: &mut [u16]) {
        let mut words = [0; BLOCK / 4];
        let lead = (first.wrapping_neg() % 4).min(digits.len() as u64) as usize;
        let (head, body) = digits.split_at_mut(lead);
        (first..).zip(head).for_each(|(row, digit)| *digit = self.at(row));
        let mut word = first.div_ceil(4);
        for block in body.chunks_mut(BLOCK) {
            let words = &mut words[..block.len().div_ceil(4)];
            self.0.fill(level, word, words);
            word += words.len() as u64;
            let (fours, rest) = block.as_chunks_mut::<4>();
            for (four, &word) in fours.iter_mut().zip(words.iter()) {
                *four = of_word(word);
            }
            if let Some(&last) = words.last() {
                rest.copy_from_slice(&of_word(last)[..rest.len()]);
            }
        }
    }

    /// Appends to `found` which of the `count` digits from `first` on are at most `most`, counted from there, and to
    /// `doubtful` which of these are at least `sure`.
    ///
    /// Cost: little more than that of the words, a quarter of `count`, where few are found.
    ///
    /// # Panics
    /// If `count` is 2^32 or more.
    pub fn within(
        &self,
        level: Level,
        (first, count): (u64, usize),
        (sure, most): (u16, u16),
        found: &mut Vec<u32>,
        doubtful: &mut Vec<u32>,
    ) {
        assert!(u32::try_from(count).is_ok(), "places are counted in 32 bits");
        level.run(Within { philox: self.0, first, count, sure, most, found, doubtful });
    }

    /// Digit `row`.
    pub fn at(&self, row: u64) -> u16 {
        of_word(self.0.at(row / 4))[(row % 4) as usize]
    }
}

struct Within<'a> {
    philox: Philox,
    first: u64,
    count: usize,
    sure: u16,
    most: u16,
    found: &'a mut Vec<u32>,
    doubtful: &'a mut Vec<u32>,
}

impl Kernel for Within<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Within { philox, first, count, sure, most, found, doubtful } = self;
        let mut words = [0; BLOCK / 4];
        let lead = (first % 4) as usize;
        // Digits of the words are counted from the first of the word that holds digit `first`.
        let (mut word, mut place) = (first / 4, 0);
        while place < lead + count {
            let block = (lead + count - place).min(BLOCK);
            let words = &mut words[..block.div_ceil(64) * 16];
            Fill { philox, first: word, out: words }.run(simd);
            word += words.len() as u64;
            for sixteen in words.as_chunks::<16>().0 {
                let asked = asked(place, lead, lead + count);
                let mut bits = simd.digits_within(sixteen, most) & asked;
                // The first few are written whether they are there or not: how many there are, nobody can predict.
                let start = found.len();
                let mut few = [0; 4];
                let mut rest = bits;
                for place_of in &mut few {
                    *place_of = (place.wrapping_sub(lead) as u32).wrapping_add(rest.trailing_zeros());
                    rest &= rest.wrapping_sub(1);
                }
                found.extend_from_slice(&few);
                while rest != 0 {
                    found.push((place.wrapping_sub(lead) as u32).wrapping_add(rest.trailing_zeros()));
                    rest &= rest - 1;
                }
                found.truncate(start + bits.count_ones() as usize);
                if sure > 0 {
                    bits &= !simd.digits_within(sixteen, sure - 1);
                }
                while bits != 0 {
                    doubtful.push((place.wrapping_sub(lead) as u32).wrapping_add(bits.trailing_zeros()));
                    bits &= bits - 1;
                }
                place += 64;
            }
        }
    }
}

/// Which of the 64 places from `place` on are at least `lead` and below `end`.
#[inline(always)]
fn asked(place: usize, lead: usize, end: usize) -> u64 {
    let low = |count: usize| if count >= 64 { u64::MAX } else { (1 << count) - 1 };
    low(end.saturating_sub(place)) & !low(lead.saturating_sub(place))
}

#[inline(always)]
fn of_word(word: u64) -> [u16; 4] {
    [word as u16, (word >> 16) as u16, (word >> 32) as u16, (word >> 48) as u16]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_digits_are_found_from_any_row_on() {
        let digits = Digits(Philox::from(5));
        for level in Level::available() {
            for count in [0, 1, 2, 63, 64, 65, 2_047, 2_048, 2_049, 5_000] {
                for first in [0, 1, 2, 3, 4, 1_000_003] {
                    for (sure, most) in
                        [(0, 0), (0, 1_000), (900, 1_000), (1_000, 1_000), (0, 65_535), (60_000, 65_535)]
                    {
                        let (mut found, mut doubtful) = (vec![7], vec![9]);
                        digits.within(level, (first, count), (sure, most), &mut found, &mut doubtful);
                        let rows = |low: u16| {
                            let rows = 0..count as u32;
                            rows.filter(move |row| (low..=most).contains(&digits.at(first + u64::from(*row))))
                        };
                        assert!(found[1..].iter().copied().eq(rows(0)), "{first} {count} {most}");
                        assert!(
                            doubtful[1..].iter().copied().eq(rows(sure)),
                            "{first} {count} {sure} {most}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn digits_are_sixteen_bits_each_from_any_row_on() {
        let digits = Digits(Philox::from(3));
        let expected = |row: u64| (Philox::from(3).at(row / 4) >> (16 * (row % 4))) as u16;
        for level in Level::available() {
            for len in [0, 1, 3, 4, 5, 2047, 2048, 2049, 5000] {
                for first in [0, 1, 2, 3, 4, 1_000_003] {
                    let mut found = vec![0; len];
                    digits.fill(level, first, &mut found);
                    assert!((first..).zip(&found).all(|(row, &digit)| digit == expected(row)));
                }
            }
        }
    }
}
