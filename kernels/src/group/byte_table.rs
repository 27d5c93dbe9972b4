//! Dense numbers for byte strings: text, and values of more than 64 bits in an encoding that keeps their order.
//!
//! The strings lie one after the other in one buffer; the index is open addressing with linear probing over their
//! fixed hashes, at most half full.

use crate::distinct::hash_bytes;

const SMALLEST: usize = 64;

/// A map from byte strings to `0..len`.
#[derive(Clone, Debug)]
pub struct ByteTable {
    bytes: Vec<u8>,
    /// Where each string ends.
    ends: Vec<usize>,
    slots: Vec<Slot>,
    placeholder: Option<u32>,
}

/// Part of a string's hash, and its number plus one; 0 means that the slot is free.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    hash: u32,
    number: u32,
}

impl Default for ByteTable {
    fn default() -> Self {
        Self::new()
    }
}

impl ByteTable {
    /// The table without strings.
    pub fn new() -> Self {
        let slots = vec![Slot::default(); SMALLEST];
        Self { bytes: Vec::new(), ends: Vec::new(), slots, placeholder: None }
    }

    /// Numbers given so far.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether none was given.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The string of number `number`; the placeholder's is empty.
    ///
    /// # Panics
    /// If that was not given.
    pub fn get(&self, number: u32) -> &[u8] {
        let at = number as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.bytes[start..self.ends[at]]
    }

    /// The number that stands for no string (a null), given now if it was not before.
    pub fn placeholder(&mut self) -> u32 {
        if let Some(number) = self.placeholder {
            return number;
        }
        let number = self.push(&[]);
        *self.placeholder.insert(number)
    }

    /// The placeholder, if it was given.
    pub fn has_placeholder(&self) -> Option<u32> {
        self.placeholder
    }

    /// The number of `string`, given now if it was not before.
    ///
    /// # Panics
    /// If 2^32 - 1 numbers are given.
    #[inline]
    pub fn number(&mut self, string: &[u8]) -> u32 {
        let (hash, mask) = (hash_bytes(string), self.slots.len() - 1);
        // The low bits say where to look, the high ones what to look for.
        let (mut at, tag) = (hash as usize & mask, (hash >> 32) as u32);
        loop {
            let slot = self.slots[at];
            if slot.number == 0 {
                break;
            }
            if slot.hash == tag && self.get(slot.number - 1) == string {
                return slot.number - 1;
            }
            at = (at + 1) & mask;
        }
        let number = self.push(string);
        self.slots[at] = Slot { hash: tag, number: number + 1 };
        if self.ends.len() * 2 > self.slots.len() {
            self.grow();
        }
        number
    }

    /// The numbers in the order of their strings, the placeholder last.
    pub fn sorted(&self) -> Vec<u32> {
        let mut numbers: Vec<u32> =
            (0..self.len() as u32).filter(|&number| Some(number) != self.placeholder).collect();
        numbers.sort_unstable_by_key(|&number| self.get(number));
        numbers.extend(self.placeholder);
        numbers
    }

    /// Bytes of memory that it takes.
    pub fn memory_bytes(&self) -> usize {
        self.bytes.capacity()
            + self.ends.capacity() * size_of::<usize>()
            + self.slots.capacity() * size_of::<Slot>()
    }

    fn push(&mut self, string: &[u8]) -> u32 {
        assert!(self.ends.len() < u32::MAX as usize, "a table numbers fewer than 2^32 - 1 strings");
        self.bytes.extend_from_slice(string);
        self.ends.push(self.bytes.len());
        self.ends.len() as u32 - 1
    }

    #[cold]
    fn grow(&mut self) {
        let mut slots = vec![Slot::default(); self.slots.len() * 2];
        let mask = slots.len() - 1;
        for number in (0..self.len() as u32).filter(|&number| Some(number) != self.placeholder) {
            let hash = hash_bytes(self.get(number));
            let mut at = hash as usize & mask;
            while slots[at].number > 0 {
                at = (at + 1) & mask;
            }
            slots[at] = Slot { hash: (hash >> 32) as u32, number: number + 1 };
        }
        self.slots = slots;
    }
}
