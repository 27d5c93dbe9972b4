//! How often each of many values occurs, or only which do: a count or a bit for each code that there could be while they
//! lie close together, else hash tables.
//!
//! Which of the two it is changes the speed and nothing else. The tables are 64, by the first bits of the hash, so that
//! one that grows needs little beside the others; open addressing with linear probing, between two and four fifths full
//! (Knuth 1998, section 6.4). Slots are asked for ahead, since large tables lie outside the caches.

use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::level::Level;
use crate::order::Orderable;

/// Bits of the hash that choose a table.
const PART_BITS: u32 = 6;
/// Slots of a new table.
const SMALLEST: usize = 16;
/// Values whose slots are asked for before they are used.
const AHEAD: usize = 128;
/// Codes for each value that may have a count, if it is not seen.
const SPREAD: usize = 32;

/// Bytes that a value takes, at most, about: a slot of a table which has just grown.
pub const COUNT_BYTES: usize = 40;

/// Counts by code ([`Orderable::ordered`]), without NaN.
#[derive(Clone, Debug)]
pub struct WordCounts {
    len: usize,
    /// Bytes that one count for each code may take.
    direct_bytes: usize,
    keeps_counts: bool,
    index: Index,
}

#[derive(Clone, Debug)]
enum Index {
    /// The count of code `low + at` is `counts[at]`.
    Direct {
        low: u64,
        counts: Vec<u64>,
    },
    /// Bit `at` of `bits` says whether there is code `low + at`; how often is not kept.
    Marked {
        low: u64,
        bits: Vec<u64>,
    },
    Hashed(Vec<Part>),
}

/// One table.
#[derive(Clone, Debug, Default)]
struct Part {
    slots: Vec<Slot>,
    len: usize,
}

/// A code and its count; 0 means that the slot is free.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(16))]
struct Slot {
    word: u64,
    count: u64,
}

impl WordCounts {
    /// The counts of `entries`; at most `direct_bytes` are spent on a count for each code. Unless it `keeps_counts`, the
    /// counts that it tells mean nothing, and it is faster.
    pub fn new(entries: &[(u64, u64)], direct_bytes: usize, keeps_counts: bool) -> Self {
        let mut counts = Self { len: 0, direct_bytes, keeps_counts, index: Index::Hashed(Vec::new()) };
        counts.index = counts.fitting(entries.iter().map(|entry| entry.0), entries.len());
        entries.iter().for_each(|&(word, count)| counts.add(word, count));
        counts
    }

    /// The number of values.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Codes and counts, in no particular order.
    pub fn entries(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        let (mut direct, mut marked, mut parts) = (None, None, &[][..]);
        match &self.index {
            Index::Direct { low, counts } => direct = Some((*low, counts)),
            Index::Marked { low, bits } => marked = Some((*low, bits)),
            Index::Hashed(all) => parts = all,
        }
        // Codes are told by what they are above the lowest: the one after the last cell may be none.
        let direct = direct.into_iter().flat_map(|(low, counts)| {
            let cells = (0u64..).zip(counts).filter(|(_, count)| **count > 0);
            cells.map(move |(at, &count)| (low + at, count))
        });
        let marked = marked.into_iter().flat_map(|(low, bits)| {
            (0u64..).zip(bits).flat_map(move |(word, &bits)| {
                (0..64).filter(move |at| bits >> at & 1 == 1).map(move |at| (low + (64 * word + at), 1))
            })
        });
        direct.chain(marked).chain(parts.iter().flat_map(Part::entries))
    }

    /// Bytes of memory that it takes.
    pub fn memory_bytes(&self) -> usize {
        match &self.index {
            Index::Direct { counts: cells, .. } | Index::Marked { bits: cells, .. } => 8 * cells.capacity(),
            Index::Hashed(parts) => parts.iter().map(|part| 16 * part.slots.capacity()).sum(),
        }
    }

    /// Counts `values`; returns how many are NaN, which are not counted.
    pub fn update<T: Orderable>(&mut self, level: Level, values: &[T]) -> u64 {
        let (mut done, mut nans) = (0, 0);
        while done < values.len() {
            let values = &values[done..];
            let taken = match &mut self.index {
                Index::Direct { low, counts } => {
                    let (taken, fresh) = level.run(CountDirect { values, low: *low, counts });
                    self.len += fresh;
                    taken
                }
                Index::Marked { low, bits } => {
                    let (taken, fresh) = level.run(MarkDirect { values, low: *low, bits });
                    self.len += fresh;
                    taken
                }
                Index::Hashed(parts) => {
                    let (fresh, nan) = level.run(CountHashed { values, parts });
                    self.len += fresh;
                    nans += nan;
                    values.len()
                }
            };
            done += taken;
            if let Some(value) = values.get(taken) {
                let word = value.ordered();
                if T::NAN == Some(word) {
                    nans += 1
                } else {
                    self.add(word, 1)
                }
                done += 1;
            }
        }
        nans
    }

    /// Counts `word` `count` times; `count` is not 0.
    pub fn add(&mut self, word: u64, count: u64) {
        if !self.has_place(word) {
            self.rebuild(word);
        }
        let is_fresh = match &mut self.index {
            Index::Direct { low, counts } => {
                let held = &mut counts[(word - *low) as usize];
                *held += count;
                *held == count
            }
            Index::Marked { low, bits } => {
                let place = word - *low;
                let held = &mut bits[(place / 64) as usize];
                let is_fresh = *held >> (place % 64) & 1 == 0;
                *held |= 1 << (place % 64);
                is_fresh
            }
            Index::Hashed(parts) => {
                let hash = hash(word);
                parts[part_of(hash)].add(word, hash, count)
            }
        };
        self.len += usize::from(is_fresh);
    }

    fn has_place(&self, word: u64) -> bool {
        match &self.index {
            Index::Direct { low, counts } => word.wrapping_sub(*low) < counts.len() as u64,
            Index::Marked { low, bits } => word.wrapping_sub(*low) < 64 * bits.len() as u64,
            Index::Hashed(_) => true,
        }
    }

    /// Counts what `other` has counted.
    pub fn merge(&mut self, other: &Self) {
        other.entries().for_each(|(word, count)| self.add(word, count));
    }

    /// Makes the index anew, with a place for `word`, which it lacks.
    #[cold]
    fn rebuild(&mut self, word: u64) {
        let entries: Vec<(u64, u64)> = self.entries().collect();
        self.index = self.fitting(entries.iter().map(|entry| entry.0).chain([word]), entries.len() + 1);
        self.len = 0;
        entries.into_iter().for_each(|(word, count)| self.add(word, count));
    }

    /// An empty index with room for `words`, which are `len`.
    fn fitting(&self, words: impl Iterator<Item = u64>, len: usize) -> Index {
        let (low, high) = words.fold((u64::MAX, 0), |(low, high), word| (low.min(word), high.max(word)));
        // A bit takes less than a count, but what lies outside the caches takes as long.
        let (cells, spread) = if self.keeps_counts {
            (self.direct_bytes / 8, SPREAD)
        } else {
            (2 * self.direct_bytes, 16 * SPREAD)
        };
        let most = cells.min(spread * len) as u64;
        let span = high.wrapping_sub(low);
        if low <= high && span < most && span + span / 4 < most {
            // A quarter more, half of it before the lowest word: words in order find no place a few times only.
            let low = low.saturating_sub(span / 8);
            let cells = (span + span / 4 + 1) as usize;
            if self.keeps_counts {
                return Index::Direct { low, counts: vec![0; cells] };
            }
            return Index::Marked { low, bits: vec![0; cells.div_ceil(64)] };
        }
        Index::Hashed(vec![Part::default(); 1 << PART_BITS])
    }
}

#[inline(always)]
fn hash(word: u64) -> u64 {
    (word ^ (word >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

#[inline(always)]
fn part_of(hash: u64) -> usize {
    (hash >> (64 - PART_BITS)) as usize
}

impl Part {
    /// Where the search for a hash begins: the bits after those of the table. There must be slots.
    #[inline(always)]
    fn start(&self, hash: u64) -> usize {
        let bits = self.slots.len().trailing_zeros();
        (hash << PART_BITS >> (64 - bits)) as usize
    }

    /// Whether `word` is new.
    #[inline(always)]
    fn add(&mut self, word: u64, hash: u64, count: u64) -> bool {
        if self.len * 5 >= self.slots.len() * 4 {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let mut at = self.start(hash);
        loop {
            let slot = &mut self.slots[at & mask];
            if slot.count == 0 {
                *slot = Slot { word, count };
                self.len += 1;
                return true;
            }
            if slot.word == word {
                slot.count += count;
                return false;
            }
            at += 1;
        }
    }

    #[cold]
    fn grow(&mut self) {
        let slots = vec![Slot::default(); (2 * self.slots.len()).max(SMALLEST)];
        let old = std::mem::replace(&mut self.slots, slots);
        let mask = self.slots.len() - 1;
        for slot in old.into_iter().filter(|slot| slot.count > 0) {
            let mut at = self.start(hash(slot.word));
            while self.slots[at & mask].count > 0 {
                at += 1;
            }
            self.slots[at & mask] = slot;
        }
    }

    /// Codes and counts, not by the hash: a table that takes them in that order, and is smaller, would fill from one end.
    fn entries(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        const STEP: usize = 0x9E37_79B1;
        let mask = self.slots.len().wrapping_sub(1);
        let slots = (0..self.slots.len()).map(move |at| self.slots[at.wrapping_mul(STEP) & mask]);
        slots.filter(|slot| slot.count > 0).map(|slot| (slot.word, slot.count))
    }
}

/// Counts values up to the first that has no place; returns how many those are, and how many were new.
struct CountDirect<'a, T> {
    values: &'a [T],
    low: u64,
    counts: &'a mut [u64],
}

impl<T: Orderable> Kernel for CountDirect<'_, T> {
    type Output = (usize, usize);

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> (usize, usize) {
        let CountDirect { values, low, counts } = self;
        let mut fresh = 0;
        for (at, value) in values.iter().enumerate() {
            let word = value.ordered();
            let Some(count) = counts.get_mut(word.wrapping_sub(low) as usize) else { return (at, fresh) };
            if T::NAN == Some(word) {
                return (at, fresh);
            }
            fresh += usize::from(*count == 0);
            *count += 1;
        }
        (values.len(), fresh)
    }
}

/// Marks values up to the first that has no place; returns how many those are, and how many were new.
struct MarkDirect<'a, T> {
    values: &'a [T],
    low: u64,
    bits: &'a mut [u64],
}

impl<T: Orderable> Kernel for MarkDirect<'_, T> {
    type Output = (usize, usize);

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> (usize, usize) {
        let MarkDirect { values, low, bits } = self;
        let mut fresh = 0;
        for (at, value) in values.iter().enumerate() {
            let word = value.ordered();
            let place = word.wrapping_sub(low);
            let Some(held) = bits.get_mut((place / 64) as usize) else { return (at, fresh) };
            if T::NAN == Some(word) {
                return (at, fresh);
            }
            fresh += (!*held >> (place % 64) & 1) as usize;
            *held |= 1 << (place % 64);
        }
        (values.len(), fresh)
    }
}

/// Counts all values; returns how many were new, and how many are NaN.
struct CountHashed<'a, T> {
    values: &'a [T],
    parts: &'a mut [Part],
}

impl<T: Orderable> Kernel for CountHashed<'_, T> {
    type Output = (usize, u64);

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> (usize, u64) {
        let CountHashed { values, parts } = self;
        let (mut fresh, mut nans) = (0, 0);
        let mut hashes = [0u64; AHEAD];
        for values in values.chunks(AHEAD) {
            for (kept, value) in hashes.iter_mut().zip(values) {
                *kept = hash(value.ordered());
                let part = &parts[part_of(*kept)];
                if !part.slots.is_empty() {
                    simd.prefetch_one(&part.slots[part.start(*kept)]);
                }
            }
            for (&hash, value) in hashes.iter().zip(values) {
                let word = value.ordered();
                if T::NAN == Some(word) {
                    nans += 1;
                } else {
                    fresh += usize::from(parts[part_of(hash)].add(word, hash, 1));
                }
            }
        }
        (fresh, nans)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn counts_are_those_of_an_ordered_map_wherever_values_lie() {
        let random = |row: u64| (row ^ row >> 7).wrapping_mul(0xD6E8_FEB8_6659_FD93) ^ row << 17;
        let streams: [&dyn Fn(u64) -> u64; 5] = [
            &|row| random(row) % 5000,
            &random,
            &|row| u64::MAX - random(row) % 300,
            &|row| if row < 3000 { row % 900 } else { random(row) % 200_000 },
            &|row| if row < 9000 { row % 900 } else { random(row) },
        ];
        for level in Level::available() {
            for stream in streams {
                for direct_bytes in [0, 1 << 20] {
                    let values: Vec<u64> = (0..20_000).map(stream).collect();
                    let mut expected = BTreeMap::<u64, u64>::new();
                    values.iter().for_each(|&value| *expected.entry(value).or_default() += 1);
                    let (head, tail) = values.split_at(7001);
                    for keeps_counts in [true, false] {
                        let mut counts = WordCounts::new(&[], direct_bytes, keeps_counts);
                        let mut other = WordCounts::new(&[(tail[0], 1)], direct_bytes, keeps_counts);
                        head.chunks(999).for_each(|part| assert_eq!(counts.update(level, part), 0));
                        other.update(level, &tail[1..]);
                        counts.merge(&other);
                        let found: BTreeMap<u64, u64> = counts.entries().collect();
                        assert!(found.keys().eq(expected.keys()));
                        assert!(!keeps_counts || found == expected);
                        assert_eq!(counts.len(), expected.len());
                    }
                }
            }
        }
    }

    #[test]
    fn nan_is_told_and_not_counted() {
        for values in [&[1.5, f64::NAN, 1.5, -0.0, 0.0][..], &[f64::NAN, -f64::NAN]] {
            for (direct_bytes, keeps_counts) in [(0, true), (1 << 20, true), (1 << 20, false)] {
                let mut counts = WordCounts::new(&[(1.5f64.ordered(), 1)], direct_bytes, keeps_counts);
                let nans = counts.update(Level::detect(), values);
                assert_eq!(nans as usize, values.iter().filter(|value| value.is_nan()).count());
                assert_eq!(counts.len(), if values.len() == 5 { 2 } else { 1 });
            }
        }
    }
}
