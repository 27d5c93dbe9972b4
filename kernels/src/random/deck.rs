//! A random order of rows: the bucket of each, and the draws that mix a bucket.
//!
//! Sources: Rao, "Generation of random permutations of given number of elements using random sampling numbers" (Sankhya
//! 1961), and Sandelius, "A simple randomization procedure" (J. R. Stat. Soc. B 1962), for dealing to buckets at random;
//! Durstenfeld, "Algorithm 235: random permutation" (CACM 1964), for mixing them; Lemire, "Fast random integer
//! generation in an interval" (2019), for draws without bias.

use super::digits::Digits;
use super::philox::Philox;
use super::words::Words;
use crate::level::Level;

/// Rows of a bucket, about; there are 2^16 buckets at most. Part of the definition: another number is another order.
const BUCKET_ROWS: u64 = 4096;
/// Most rows: those of a bucket have to be counted in 32 bits.
const ROWS_MAX: u64 = 1 << 47;
/// Jumps from the stream of the digits to that of the draws.
const DRAW_JUMPS: u64 = 4;
/// Draws that are made at a time.
const BLOCK_DRAWS: usize = 2048;

/// An order of so many rows, a function of a stream of words.
///
/// Rows are dealt to 2^b buckets by the high bits of their digits, each in the order of the rows; b is the least from 0 to
/// 16 that leaves 4,096 rows a bucket in the mean. Then each bucket is mixed. All orders are equally likely: sizes of
/// buckets are as those of balls in bins, and draws have no bias.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Deck {
    digits: Digits,
    draws: Philox,
    bucket_bits: u32,
}

impl Deck {
    /// The order of `rows` rows, or `None` for more than 2^47.
    ///
    /// Digits are those of `philox`, draws the 32-bit halves of the words of this stream jumped four times.
    pub fn new(philox: Philox, rows: u64) -> Option<Self> {
        let bucket_bits = rows.div_ceil(BUCKET_ROWS).max(1).next_power_of_two().ilog2().min(Digits::BITS);
        let draws = philox.jumped(DRAW_JUMPS);
        (rows <= ROWS_MAX).then_some(Self { digits: Digits(philox), draws, bucket_bits })
    }

    /// The number of buckets.
    pub fn buckets(&self) -> usize {
        1 << self.bucket_bits
    }

    /// The buckets of rows `first ..`, that of row `first + i` into `buckets[i]`.
    pub fn fill(&self, level: Level, first: u64, buckets: &mut [u16]) {
        self.digits.fill(level, first, buckets);
        let shift = Digits::BITS - self.bucket_bits;
        buckets.iter_mut().for_each(|digit| *digit = (u32::from(*digit) >> shift) as u16);
    }

    /// Mixes the values of a bucket, which stand in the order of their rows and begin at place `start` of all.
    ///
    /// For the places from the last to the second: the value there changes with that at the draw of the place, an integer
    /// below the number of places up to it.
    ///
    /// # Panics
    /// If there are 2^32 values or more.
    pub fn mix<T>(&self, level: Level, start: u64, values: &mut [T]) {
        assert!(u32::try_from(values.len()).is_ok(), "a bucket is counted in 32 bits");
        let mut words = [0; BLOCK_DRAWS / 2 + 1];
        let mut end = values.len();
        while end > 1 {
            let first = end.saturating_sub(BLOCK_DRAWS);
            let first_word = (start + first as u64) / 2;
            let words = &mut words[..((start + end as u64).div_ceil(2) - first_word) as usize];
            self.draws.fill(level, first_word, words);
            for index in (first.max(1)..end).rev() {
                let place = start + index as u64;
                let word = words[(place / 2 - first_word) as usize];
                let other = self.below(index as u32 + 1, half(word, place), place);
                values.swap(index, other as usize);
            }
            end = first;
        }
    }

    /// An integer below `bound`, each equally likely: the high half of `draw * bound`, where the low one says that no value
    /// has more draws than others; else the next draw of the place decides.
    #[inline(always)]
    fn below(&self, bound: u32, draw: u32, place: u64) -> u32 {
        let product = u64::from(draw) * u64::from(bound);
        // The threshold, a remainder by `bound`, is seldom needed.
        if (product as u32) < bound { self.unbiased(bound, product, place) } else { (product >> 32) as u32 }
    }

    #[cold]
    fn unbiased(&self, bound: u32, mut product: u64, place: u64) -> u32 {
        let threshold = bound.wrapping_neg() % bound;
        let mut attempt = 0;
        while (product as u32) < threshold {
            attempt += 1;
            let word = self.draws.beside(attempt).at(place / 2);
            product = u64::from(half(word, place)) * u64::from(bound);
        }
        (product >> 32) as u32
    }
}

/// The half of a word that is the draw of a place.
#[inline(always)]
fn half(word: u64, place: u64) -> u32 {
    (word >> (32 * (place % 2))) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, one word at a time.
    fn expected(philox: Philox, rows: u64) -> Vec<u64> {
        let bits = (0..16).find(|bits| rows <= BUCKET_ROWS << bits).unwrap_or(16);
        let bucket = |row: &u64| ((philox.at(row / 4) >> (16 * (row % 4))) as u16 as u32) >> (16 - bits);
        let mut order: Vec<u64> = (0..rows).collect();
        order.sort_by_key(bucket);
        let draw = |place: usize| (philox.jumped(4).at(place as u64 / 2) >> (32 * (place % 2))) as u32;
        let mut start = 0;
        for size in
            order.chunk_by(|left, right| bucket(left) == bucket(right)).map(<[u64]>::len).collect::<Vec<_>>()
        {
            for place in (start + 1..start + size).rev() {
                let count = (place - start + 1) as u64;
                assert!(
                    (u64::from(draw(place)) * count) as u32 >= (count as u32).wrapping_neg() % count as u32
                );
                order.swap(place, start + ((u64::from(draw(place)) * count) >> 32) as usize);
            }
            start += size;
        }
        order
    }

    #[test]
    fn rows_are_dealt_and_mixed_as_defined() {
        let philox = Philox::from(42);
        for rows in [0u64, 1, 2, 3, 1_000, 4_095, 4_096, 4_097, 8_193, 70_001] {
            for level in Level::available() {
                let deck = Deck::new(philox, rows).unwrap();
                let mut buckets = vec![0; rows as usize];
                deck.fill(level, 0, &mut buckets);
                let mut order: Vec<u64> = (0..rows).collect();
                order.sort_by_key(|&row| buckets[row as usize]);
                let mut start = 0;
                for bucket in 0..deck.buckets() {
                    let size = buckets.iter().filter(|&&found| usize::from(found) == bucket).count();
                    deck.mix(level, start as u64, &mut order[start..start + size]);
                    start += size;
                }
                assert_eq!(order, expected(philox, rows), "{rows} rows");
            }
        }
        assert!(Deck::new(philox, ROWS_MAX).is_some() && Deck::new(philox, ROWS_MAX + 1).is_none());
    }

    #[test]
    fn draws_that_would_favour_a_value_are_drawn_again() {
        let deck = Deck::new(Philox::from(1), 1).unwrap();
        let bound = 3u32 << 30;
        let mut again = 0;
        let mut counts = [0u32; 3];
        for place in 0..12_000u64 {
            let draw = half(deck.draws.at(place / 2), place);
            let mut attempts = (0..).map(|stream| {
                u64::from(half(deck.draws.beside(stream).at(place / 2), place)) * u64::from(bound)
            });
            let accepted = attempts.position(|product| product as u32 >= 1 << 30).unwrap();
            again += usize::from(accepted > 0);
            let product =
                u64::from(half(deck.draws.beside(accepted as u64).at(place / 2), place)) * u64::from(bound);
            let found = deck.below(bound, draw, place);
            assert_eq!(u64::from(found), product >> 32);
            counts[(found >> 30) as usize] += 1;
        }
        // A quarter of the draws, and a third of what they give, within five standard deviations.
        assert!((2_760..3_240).contains(&again), "{again}");
        assert!(counts.iter().all(|count| (3_740..4_260).contains(count)), "{counts:?}");
    }

    #[test]
    fn all_orders_of_four_are_equally_likely() {
        let mut counts = std::collections::BTreeMap::<[u8; 4], u32>::new();
        for seed in 0..48_000 {
            let mut cards = [0, 1, 2, 3];
            Deck::new(Philox::from(seed), 4).unwrap().mix(Level::available()[0], 0, &mut cards);
            *counts.entry(cards).or_default() += 1;
        }
        let distance = |count: &u32| (f64::from(*count) - 2_000.0).powi(2) / 2_000.0;
        let chi_square: f64 = counts.values().map(distance).sum();
        // 0.1 % point of 23 degrees of freedom: NIST handbook, section 1.3.6.7.4.
        assert!(counts.len() == 24 && chi_square < 49.728, "{chi_square}");
    }
}
