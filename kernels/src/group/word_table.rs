//! Dense numbers for 64-bit words, in the order in which they first appear.
//!
//! While the words seen lie close together a table with one slot for every word between the lowest and the highest is
//! indexed directly; else a hash table with linear probing, at most half full, finds them. Which of the two it is
//! changes the speed and nothing else. The hash is fixed (multiplication by the golden ratio, Knuth 1973, section
//! 6.4), so that a run can be repeated to the last instruction.

use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::elementwise::AHEAD_BYTES;
use crate::level::Level;
use crate::order_key::OrderKey;

/// Slots that a direct table may have: 8 MiB.
const DIRECT_SLOTS_MAX: u64 = 1 << 21;
/// Slots that are worth having however few words there are.
const DIRECT_SLOTS_MIN: u64 = 4096;
const SMALLEST: usize = 64;

/// A map from words to `0..len`.
#[derive(Clone, Debug)]
pub struct WordTable {
    words: Vec<u64>,
    index: Index,
    /// Lowest and highest word.
    ends: Option<(u64, u64)>,
    placeholder: Option<u32>,
}

#[derive(Clone, Debug)]
enum Index {
    /// The number of word `low + at` is `slots[at] - 1`.
    Direct {
        low: u64,
        slots: Vec<u32>,
    },
    Hashed(Vec<Slot>),
}

/// A word and its number plus one; 0 means that the slot is free.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(16))]
struct Slot {
    word: u64,
    number: u32,
}

impl Default for WordTable {
    fn default() -> Self {
        Self::new()
    }
}

impl WordTable {
    /// The table without words.
    pub fn new() -> Self {
        let index = Index::Direct { low: 0, slots: Vec::new() };
        Self { words: Vec::new(), index, ends: None, placeholder: None }
    }

    /// The table in which word `i` of `words`, which are distinct, has number `i`.
    pub fn from_words(words: Vec<u64>) -> Self {
        let ends = words.iter().min().copied().zip(words.iter().max().copied());
        let mut table = Self { words, ends, ..Self::new() };
        table.rebuild();
        table
    }

    /// Numbers given so far.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether none was given.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The words by their numbers; the placeholder's has no meaning.
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// The number that stands for no word (a null), given now if it was not before.
    ///
    /// # Panics
    /// If 2^32 - 1 numbers are given.
    pub fn placeholder(&mut self) -> u32 {
        if let Some(number) = self.placeholder {
            return number;
        }
        let number = next_number(self.words.len());
        self.words.push(0);
        *self.placeholder.insert(number)
    }

    /// The placeholder, if it was given.
    pub fn has_placeholder(&self) -> Option<u32> {
        self.placeholder
    }

    /// Bytes of memory that it takes.
    pub fn memory_bytes(&self) -> usize {
        let index = match &self.index {
            Index::Direct { slots, .. } => slots.capacity() * size_of::<u32>(),
            Index::Hashed(slots) => slots.capacity() * size_of::<Slot>(),
        };
        index + self.words.capacity() * size_of::<u64>()
    }

    /// Writes the number of each value's word to `numbers`; new words get the next numbers.
    ///
    /// A value's word is its [`OrderKey`]; of floats, after -0.0 is made +0.0 and every NaN the same, so that words are
    /// in the order of the numbers and NaN is after them. Cost: one or two nanoseconds a value in cache.
    ///
    /// # Panics
    /// If the lengths differ, or 2^32 - 1 numbers are given.
    pub fn assign<T: OrderKey>(&mut self, level: Level, values: &[T], numbers: &mut [u32]) {
        assert_eq!(values.len(), numbers.len(), "one number for each value");
        let mut done = 0;
        while done < values.len() {
            let (values, numbers) = (&values[done..], &mut numbers[done..]);
            let Self { words, index, ends, .. } = self;
            let found = match index {
                Index::Direct { low, slots } if words.len() + values.len() < u32::MAX as usize => {
                    level.run(Number { low: *low, slots, words, ends, values, numbers })
                }
                index => level.run(Find { index, values, numbers }),
            };
            done += found;
            if let (Some(&value), Some(number)) = (values.get(found), numbers.get_mut(found)) {
                *number = self.insert(word_of(value));
                done += 1;
            }
        }
    }

    /// Writes the number of each value's word to `numbers`, up to the first that has none; returns how many those are.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn find<T: OrderKey>(&self, level: Level, values: &[T], numbers: &mut [u32]) -> usize {
        assert_eq!(values.len(), numbers.len(), "one number for each value");
        level.run(Find { index: &self.index, values, numbers })
    }

    /// The number of `word`, given now if it was not before.
    pub fn number(&mut self, word: u64) -> u32 {
        match self.index.find(word) {
            Some(number) => number,
            None => self.insert(word),
        }
    }

    /// The numbers in the order of their words, the placeholder last.
    pub fn sorted(&self) -> Vec<u32> {
        let mut numbers = Vec::with_capacity(self.words.len());
        match &self.index {
            Index::Direct { slots, .. } => {
                numbers.extend(slots.iter().filter(|&&slot| slot > 0).map(|slot| slot - 1));
            }
            Index::Hashed(slots) => {
                let mut held: Vec<(u64, u32)> = slots
                    .iter()
                    .filter(|slot| slot.number > 0)
                    .map(|slot| (slot.word, slot.number))
                    .collect();
                held.sort_unstable();
                numbers.extend(held.into_iter().map(|(_, number)| number - 1));
            }
        }
        numbers.extend(self.placeholder);
        numbers
    }

    #[cold]
    #[inline(never)]
    fn insert(&mut self, word: u64) -> u32 {
        let number = next_number(self.words.len());
        self.words.push(word);
        let (low, high) = self.ends.map_or((word, word), |(low, high)| (low.min(word), high.max(word)));
        self.ends = Some((low, high));
        let has_room = match &mut self.index {
            Index::Direct { low, slots } => match slots.get_mut(word.wrapping_sub(*low) as usize) {
                Some(slot) => {
                    *slot = number + 1;
                    true
                }
                None => false,
            },
            Index::Hashed(slots) if self.words.len() * 2 <= slots.len() => {
                place(slots, Slot { word, number: number + 1 });
                true
            }
            Index::Hashed(_) => false,
        };
        if !has_room {
            self.rebuild();
        }
        number
    }

    /// Builds the index anew, with room for as much again.
    fn rebuild(&mut self) {
        let Some((low, high)) = self.ends else { return };
        let limit = (16 * self.words.len() as u64).clamp(DIRECT_SLOTS_MIN, DIRECT_SLOTS_MAX);
        let numbered = self.words.iter().zip(0u32..).filter(|(_, number)| Some(*number) != self.placeholder);
        if high - low < limit {
            // Half of the new room before the lowest word, half after the highest.
            let span = high - low + 1;
            let room = (span + span / 4).max(SMALLEST as u64);
            let low = low.saturating_sub((room - span) / 2);
            let mut slots = vec![0; room as usize];
            numbered.for_each(|(word, number)| slots[(word - low) as usize] = number + 1);
            self.index = Index::Direct { low, slots };
        } else {
            let mut slots = vec![Slot::default(); (self.words.len() * 4).next_power_of_two().max(SMALLEST)];
            numbered.for_each(|(&word, number)| place(&mut slots, Slot { word, number: number + 1 }));
            self.index = Index::Hashed(slots);
        }
    }
}

impl Index {
    #[inline(always)]
    fn find(&self, word: u64) -> Option<u32> {
        match self {
            Index::Direct { low, slots } => {
                slots.get(word.wrapping_sub(*low) as usize).filter(|&&slot| slot > 0).map(|slot| slot - 1)
            }
            Index::Hashed(slots) => find_hashed(slots, word),
        }
    }
}

fn next_number(len: usize) -> u32 {
    assert!(len < u32::MAX as usize, "a table numbers fewer than 2^32 - 1 words");
    len as u32
}

/// The word of a value: equal where the values are, in their order.
#[inline(always)]
fn word_of<T: OrderKey>(value: T) -> u64 {
    // The key of the canonical quiet NaN: above every number's.
    const NAN: u64 = 0xfff8_0000_0000_0000;
    if value.is_nan() {
        NAN
    } else if value.is_negative_zero() {
        T::ZERO.key()
    } else {
        value.key()
    }
}

/// Where the search for a word starts: the high bits of the product depend on every bit of the word.
#[inline(always)]
fn start(word: u64, mask: usize) -> usize {
    let h = (word ^ (word >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (h ^ (h >> 32)) as usize & mask
}

fn place(slots: &mut [Slot], held: Slot) {
    let mask = slots.len() - 1;
    let mut at = start(held.word, mask);
    while slots[at].number > 0 {
        at = (at + 1) & mask;
    }
    slots[at] = held;
}

#[inline(always)]
fn find_hashed(slots: &[Slot], word: u64) -> Option<u32> {
    let mask = slots.len() - 1;
    let mut at = start(word, mask);
    loop {
        let slot = &slots[at & mask];
        if slot.word == word && slot.number > 0 {
            return Some(slot.number - 1);
        }
        if slot.number == 0 {
            return None;
        }
        at += 1;
    }
}

/// Writes numbers, and gives them to new words, until a word has no slot; returns how many were written.
struct Number<'a, T> {
    low: u64,
    slots: &'a mut [u32],
    words: &'a mut Vec<u64>,
    ends: &'a mut Option<(u64, u64)>,
    values: &'a [T],
    numbers: &'a mut [u32],
}

impl<T: OrderKey> Kernel for Number<'_, T> {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> usize {
        let Number { low, slots, words, ends, values, numbers } = self;
        for (at, (number, value)) in numbers.iter_mut().zip(values).enumerate() {
            if at % 8 == 0 {
                simd.prefetch_beyond(value, AHEAD_BYTES);
            }
            let word = word_of(*value);
            let Some(slot) = slots.get_mut(word.wrapping_sub(low) as usize) else { return at };
            if *slot == 0 {
                words.push(word);
                *slot = words.len() as u32;
                let (lowest, highest) = ends.unwrap_or((word, word));
                *ends = Some((lowest.min(word), highest.max(word)));
            }
            *number = *slot - 1;
        }
        values.len()
    }
}

/// Writes numbers until a word is new; returns how many were written.
struct Find<'a, T> {
    index: &'a Index,
    values: &'a [T],
    numbers: &'a mut [u32],
}

impl<T: OrderKey> Kernel for Find<'_, T> {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> usize {
        let Find { index, values, numbers } = self;
        match index {
            Index::Direct { low, slots } => {
                for (at, (number, value)) in numbers.iter_mut().zip(values).enumerate() {
                    if at % 8 == 0 {
                        simd.prefetch_beyond(value, AHEAD_BYTES);
                    }
                    match slots.get(word_of(*value).wrapping_sub(*low) as usize) {
                        Some(&slot) if slot > 0 => *number = slot - 1,
                        _ => return at,
                    }
                }
            }
            Index::Hashed(slots) => {
                for (at, (number, &value)) in numbers.iter_mut().zip(values).enumerate() {
                    match find_hashed(slots, word_of(value)) {
                        Some(found) => *number = found,
                        None => return at,
                    }
                }
            }
        }
        values.len()
    }
}
