//! The set of distinct values: exact, with counts, below 65,536 of them; HyperLogLog registers from there on.
//!
//! Which of the two it is depends on the set of values alone, and so do the registers: for any cut of the data and any
//! order of updates and merges the state is the same. The exact table is open addressing with linear probing over
//! (value, count) pairs, at most half full; integers that lie close together are counted in a window of them instead,
//! which a reader cannot tell.

use super::hash::HashValue;
use super::near::Near;
use super::registers::Registers;
use super::sketch::Sketch;
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::level::Level;

/// With this many distinct values the set becomes a sketch.
pub const EXACT_LIMIT: usize = 65_536;

/// Slots of the first table, of one that grows faster from there on, and of the last.
const SMALLEST: usize = 64;
const BIG: usize = 2048;
const LARGEST: usize = 2 * EXACT_LIMIT;
/// Values of one update from which on it is seen whether they lie close together.
const TRIAL: usize = 1024;

/// Distinct values of a column of one type. NaNs are counted apart, as one value to be added or not by the reader.
#[derive(Clone, Debug)]
pub struct DistinctSet<T> {
    nan: u64,
    state: State,
    /// Whether it was seen that values lie close together, or that they do not.
    is_tried: bool,
    element: std::marker::PhantomData<T>,
}

#[derive(Clone, Debug)]
enum State {
    Exact(Table),
    Near(Near),
    Sketch(Sketch),
}

impl<T: HashValue> Default for DistinctSet<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: HashValue> PartialEq for DistinctSet<T> {
    fn eq(&self, other: &Self) -> bool {
        self.nan == other.nan && self.registers() == other.registers() && self.exact() == other.exact()
    }
}

impl<T: HashValue> DistinctSet<T> {
    /// The set that has seen nothing.
    pub fn new() -> Self {
        Self::with(0, State::Exact(Table::new()))
    }

    fn with(nan: u64, state: State) -> Self {
        Self { nan, state, is_tried: false, element: std::marker::PhantomData }
    }

    /// The exact set of these values and counts, as [`DistinctSet::exact`] gives them.
    ///
    /// `None` unless values are strictly increasing, counts positive, fewer than [`EXACT_LIMIT`], and no NaN or
    /// `-0.0` is among them.
    pub fn from_exact(nan: u64, entries: &[(T, u64)]) -> Option<Self> {
        let valid = entries.len() < EXACT_LIMIT
            && entries.windows(2).all(|pair| pair[0].0 < pair[1].0)
            && entries
                .iter()
                .all(|(value, count)| *count > 0 && !value.is_nan() && !value.is_negative_zero());
        let mut set = Self { nan, ..Self::new() };
        for &(value, count) in entries {
            set.add(value, count);
        }
        valid.then_some(set)
    }

    /// The sketch with these registers.
    pub fn from_registers(nan: u64, registers: Registers) -> Self {
        Self::with(nan, State::Sketch(Sketch::new(registers)))
    }

    /// Takes in `values`.
    pub fn update(&mut self, level: Level, values: &[T]) {
        let mut left = values;
        if let State::Near(near) = &mut self.state {
            left = &left[near.update(level, left)..];
            if left.is_empty() {
                return;
            }
            self.leave_window();
        }
        if let State::Exact(table) = &mut self.state {
            left = &left[level.run(Fill { table, values: left, nan: &mut self.nan })..];
        }
        self.overflow();
        if let State::Sketch(sketch) = &mut self.state {
            self.nan += sketch.update(level, left);
        } else if !T::IS_FLOAT && !self.is_tried && values.len() >= TRIAL {
            self.is_tried = true;
            self.enter_window();
        }
    }

    /// Counts in a window from here on, if the values are close enough together.
    fn enter_window(&mut self) {
        let State::Exact(table) = &self.state else { return };
        let entries = || table.occupied().map(|slot| (T::from_canonical_bits(slot.bits).key(), slot.count));
        if let Some(mut near) = Near::around(entries().map(|(key, _)| key)) {
            for (key, count) in entries() {
                near.add(key, count);
            }
            self.state = State::Near(near);
        }
    }

    /// Goes back to the table.
    fn leave_window(&mut self) {
        let State::Near(near) = &self.state else { return };
        let mut table = Table::new();
        for (key, count) in near.entries() {
            table.add(T::from_key(key).canonical_bits(), count);
        }
        self.state = State::Exact(table);
    }

    /// Values and counts in some order, while the set is exact.
    fn entries(&self) -> Option<Vec<(T, u64)>> {
        match &self.state {
            State::Exact(table) => {
                Some(table.occupied().map(|slot| (T::from_canonical_bits(slot.bits), slot.count)).collect())
            }
            State::Near(near) => Some(near.entries().map(|(key, count)| (T::from_key(key), count)).collect()),
            State::Sketch(_) => None,
        }
    }

    /// Takes in the rows that `other` has seen.
    pub fn merge(&mut self, other: &Self) {
        self.nan += other.nan;
        match (&mut self.state, &other.state) {
            (State::Sketch(mine), State::Sketch(theirs)) => mine.registers.merge(&theirs.registers),
            (_, State::Sketch(theirs)) => {
                let mut sketch = theirs.clone();
                for (value, _) in self.entries().unwrap_or_default() {
                    sketch.registers.insert(value.hash());
                }
                self.state = State::Sketch(sketch);
            }
            _ => {
                for (value, count) in other.entries().unwrap_or_default() {
                    self.add(value, count);
                }
            }
        }
    }

    fn add(&mut self, value: T, count: u64) {
        if let State::Near(near) = &mut self.state {
            if near.add(value.key(), count) {
                return;
            }
            self.leave_window();
        }
        match &mut self.state {
            State::Near(_) => {}
            State::Exact(table) => table.add(value.canonical_bits(), count),
            State::Sketch(sketch) => sketch.registers.insert(value.hash()),
        }
        self.overflow();
    }

    fn overflow(&mut self) {
        if let State::Exact(table) = &self.state
            && table.len >= EXACT_LIMIT
        {
            let mut registers = Registers::new();
            table.mark::<T>(&mut registers);
            self.state = State::Sketch(Sketch::new(registers));
        }
    }

    /// NaNs seen.
    pub fn nan(&self) -> u64 {
        self.nan
    }

    /// Whether the number of distinct values is known exactly.
    pub fn is_exact(&self) -> bool {
        !matches!(self.state, State::Sketch(_))
    }

    /// The number of distinct values without NaN: exact, or the sketch's estimate rounded to a whole number.
    pub fn distinct(&self) -> u64 {
        match &self.state {
            State::Exact(table) => table.len as u64,
            State::Near(near) => near.len() as u64,
            State::Sketch(sketch) => sketch.registers.estimate().round_ties_even() as u64,
        }
    }

    /// The values in increasing order with their counts, while the set is exact. Zeros are `+0.0`.
    pub fn exact(&self) -> Option<Vec<(T, u64)>> {
        let mut entries = self.entries()?;
        entries.sort_unstable_by_key(|(value, _)| value.key());
        Some(entries)
    }

    /// The `limit` most frequent values, by count downwards, then by value upwards; `None` once it is a sketch.
    pub fn most_frequent(&self, limit: usize) -> Option<Vec<(T, u64)>> {
        let mut entries = self.entries()?;
        let order = |entry: &(T, u64)| (std::cmp::Reverse(entry.1), entry.0.key());
        if limit < entries.len() {
            entries.select_nth_unstable_by_key(limit, order);
            entries.truncate(limit);
        }
        entries.sort_unstable_by_key(order);
        Some(entries)
    }

    /// The registers, once it is a sketch.
    pub fn registers(&self) -> Option<&Registers> {
        match &self.state {
            State::Exact(_) | State::Near(_) => None,
            State::Sketch(sketch) => Some(&sketch.registers),
        }
    }

    /// Bytes held on the heap.
    pub fn heap_bytes(&self) -> usize {
        match &self.state {
            State::Exact(table) => table.slots.len() * size_of::<Slot>(),
            State::Near(near) => near.heap_bytes(),
            State::Sketch(sketch) => sketch.registers.as_bytes().len(),
        }
    }
}

/// A value's canonical bits and how often it was seen; never means the slot is free.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(16))]
struct Slot {
    bits: u64,
    count: u64,
}

#[derive(Clone, Debug)]
struct Table {
    slots: Vec<Slot>,
    len: usize,
}

impl Table {
    fn new() -> Self {
        Self { slots: vec![Slot::default(); SMALLEST], len: 0 }
    }

    /// A full table takes no new value before it has grown.
    fn room(&self) -> usize {
        self.slots.len() / 2
    }

    fn occupied(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter().filter(|slot| slot.count > 0)
    }

    fn mark<T: HashValue>(&self, registers: &mut Registers) {
        for slot in self.occupied() {
            registers.insert(T::from_canonical_bits(slot.bits).hash());
        }
    }

    #[inline(always)]
    fn add(&mut self, bits: u64, count: u64) {
        let mask = self.slots.len() - 1;
        let mut at = place(bits) as usize & mask;
        loop {
            let slot = &mut self.slots[at & mask];
            if slot.bits == bits && slot.count > 0 {
                slot.count += count;
                return;
            }
            if slot.count == 0 {
                *slot = Slot { bits, count };
                self.len += 1;
                if self.len >= self.room() && self.slots.len() < LARGEST {
                    self.grow();
                }
                return;
            }
            at += 1;
        }
    }

    #[cold]
    fn grow(&mut self) {
        // A set that has outgrown the first-level cache mostly goes on to become a sketch: moving it at every doubling,
        // into memory that is new each time, would take longer than all else that is done with these values.
        let slots = self.slots.len();
        let factor = if slots < BIG { 2 } else { 8 };
        let larger = vec![Slot::default(); (slots * factor).min(LARGEST)];
        let old = std::mem::replace(&mut self.slots, larger);
        let mask = self.slots.len() - 1;
        for slot in old.iter().filter(|slot| slot.count > 0) {
            let mut at = place(slot.bits) as usize & mask;
            while self.slots[at].count > 0 {
                at = (at + 1) & mask;
            }
            self.slots[at] = *slot;
        }
    }
}

/// Where the search for a value starts: every input bit reaches the low bits.
/// Not part of any result.
#[inline(always)]
fn place(bits: u64) -> u64 {
    let h = (bits ^ (bits >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    h ^ (h >> 32)
}

/// Counts values in the exact table; returns how many were taken before it overflowed.
struct Fill<'a, T> {
    table: &'a mut Table,
    values: &'a [T],
    nan: &'a mut u64,
}

impl<T: HashValue> Kernel for Fill<'_, T> {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> usize {
        let Fill { table, values, nan } = self;
        for (index, &value) in values.iter().enumerate() {
            if value.is_nan() {
                *nan += 1;
                continue;
            }
            table.add(value.canonical_bits(), 1);
            if table.len >= EXACT_LIMIT {
                return index + 1;
            }
        }
        values.len()
    }
}
