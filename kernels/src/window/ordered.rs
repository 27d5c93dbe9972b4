//! A stretch of rows in the order of their values, and the set of those that a window holds.
//!
//! The rows of a stretch are sorted once; a window is then a set of places in that order, one bit each. The place of
//! the k-th value is kept and moved along: a step of the window changes it by a few bits, so that a median costs the
//! sort of a stretch and little more, whatever the width (as in J. Suomela, "Median filtering is equivalent to
//! sorting", 2014, with bits for his list).

use super::plan::Missing;

/// A row without a place: its value is NaN or not there.
pub(super) const NOWHERE: u32 = u32::MAX;

/// The rows of a stretch, sorted; rows count from the first of the stretch.
#[derive(Clone, Debug, Default)]
pub(super) struct Ordered {
    keys: Vec<u64>,
    packed: Vec<u64>,
    /// The place of each row, or [`NOWHERE`].
    pub(super) places: Vec<u32>,
    /// The value at each place.
    pub(super) values: Vec<f64>,
}

impl Ordered {
    /// Sorts `values`, NaN and what is missing left out; ties in row order, -0.0 before 0.0.
    pub(super) fn sort(&mut self, values: &[f64], missing: Missing) {
        assert!(values.len() < NOWHERE as usize, "a stretch's rows fit in 32 bits");
        self.keys.clear();
        self.keys.extend(values.iter().map(|value| order_key(*value)));
        self.packed.clear();
        let index_bits = usize::BITS - values.len().leading_zeros();
        // The upper bits of a value and its row in one word: one sort of words settles all but close calls.
        for (row, value) in values.iter().enumerate() {
            if !value.is_nan() && !missing.holds(*value) {
                self.packed.push(self.keys[row] >> index_bits << index_bits | row as u64);
            }
        }
        self.packed.sort_unstable();
        let row_of = |word: u64| (word & ((1 << index_bits) - 1)) as usize;
        let keys = &self.keys;
        let mut start = 0;
        while start < self.packed.len() {
            let prefix = self.packed[start] >> index_bits;
            let run = self.packed[start..].iter().take_while(|&&word| word >> index_bits == prefix).count();
            if run > 1 {
                self.packed[start..start + run].sort_by_key(|&word| keys[row_of(word)]);
            }
            start += run;
        }
        self.places.clear();
        self.places.resize(values.len(), NOWHERE);
        self.values.clear();
        for (place, &word) in self.packed.iter().enumerate() {
            self.places[row_of(word)] = place as u32;
            self.values.push(values[row_of(word)]);
        }
    }
}

/// Integers in the order of the floats.
fn order_key(value: f64) -> u64 {
    let bits = value.to_bits();
    bits ^ (((bits as i64 >> 63) as u64) | 1 << 63)
}

/// The places that a window holds, and one of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Held {
    bits: Vec<u64>,
    /// Places held.
    pub(super) count: usize,
    at: usize,
    /// Held places before `at`.
    before: usize,
}

impl Held {
    /// Holds none of `places` places.
    pub(super) fn clear(&mut self, places: usize) {
        self.bits.clear();
        self.bits.resize(places / 64 + 1, 0);
        (self.count, self.at, self.before) = (0, 0, 0);
    }

    #[inline]
    pub(super) fn insert(&mut self, place: u32) {
        let place = place as usize;
        self.bits[place / 64] |= 1 << (place % 64);
        self.count += 1;
        self.before += usize::from(place < self.at);
    }

    #[inline]
    pub(super) fn remove(&mut self, place: u32) {
        let place = place as usize;
        self.bits[place / 64] &= !(1 << (place % 64));
        self.count -= 1;
        self.before -= usize::from(place < self.at);
    }

    /// The held place with `rank` held ones before it.
    ///
    /// # Panics
    /// If fewer are held.
    #[inline]
    pub(super) fn select(&mut self, rank: usize) -> usize {
        assert!(rank < self.count, "a rank below the number of values");
        while self.before > rank {
            self.at = self.previous(self.at);
            self.before -= 1;
        }
        self.at = self.next(self.at);
        while self.before < rank {
            self.at = self.next(self.at + 1);
            self.before += 1;
        }
        self.at
    }

    /// The first held place from `from` on, of which there is one.
    #[inline]
    pub(super) fn next(&self, from: usize) -> usize {
        let mut word = from / 64;
        let mut bits = self.bits[word] & (u64::MAX << (from % 64));
        while bits == 0 {
            word += 1;
            bits = self.bits[word];
        }
        word * 64 + bits.trailing_zeros() as usize
    }

    /// The last held place before `to`, of which there is one.
    #[inline]
    fn previous(&self, to: usize) -> usize {
        let mut word = to / 64;
        let mut bits = self.bits[word] & !(u64::MAX << (to % 64));
        while bits == 0 {
            word -= 1;
            bits = self.bits[word];
        }
        word * 64 + 63 - bits.leading_zeros() as usize
    }
}

/// How many places before any one are held: a tree of partial counts.
///
/// P. M. Fenwick, "A new data structure for cumulative frequency tables" (1994).
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    counts: Vec<u32>,
}

impl Tally {
    pub(super) fn clear(&mut self, places: usize) {
        self.counts.clear();
        self.counts.resize(places + 1, 0);
    }

    pub(super) fn insert(&mut self, place: u32) {
        self.change(place, 1);
    }

    pub(super) fn remove(&mut self, place: u32) {
        self.change(place, u32::MAX);
    }

    fn change(&mut self, place: u32, by: u32) {
        let mut at = place as usize + 1;
        while at < self.counts.len() {
            self.counts[at] = self.counts[at].wrapping_add(by);
            at += at & at.wrapping_neg();
        }
    }

    /// Held places before `place`.
    pub(super) fn before(&self, place: usize) -> usize {
        let (mut at, mut count) = (place, 0u32);
        while at > 0 {
            count = count.wrapping_add(self.counts[at]);
            at &= at - 1;
        }
        count as usize
    }
}
