//! Exact sums of many groups, 32 bytes a group for common data.
//!
//! A float of the window's 64 binades is a 53-bit integer shifted by less than 64 places: a group's sum is an integer in
//! units of the window's lowest place, kept as three digits ([`super::cell`]), which such floats are added to without
//! rounding. What does not fit goes to an accumulator of the group's own. The window is chosen for speed from the first
//! values; no result, and no byte, depends on it. Integers are sums in units of 1.
//!
//! The fixed-point sum is U. Kulisch's idea; keeping it to a few machine words a group, so that groups stay in cache,
//! is that of I. Müller, A. Arteaga, T. Hoefler and G. Alonso (2018), arXiv:1802.09883.

use std::collections::BTreeMap;

use super::cell::{ADDS, Cell, unit};
use super::ratio::nearest_quotient;
use super::rows::{AddFloats, AddIntegers, Ask, BINADES, ROWS, UNIT_FIELD, term};
use crate::exact::{Accumulator, Counts, PowerSums};
use crate::level::Level;

/// Count and exact sum of each of many groups: of one group, what [`PowerSums`] of degree 1 is.
#[derive(Clone, Debug, Default)]
pub struct GroupSums {
    cells: Vec<Cell>,
    /// Exponent field of the floats whose last place is one unit; 0 before the first finite float but zero.
    base: u64,
    /// Counts of special values by group; none before the first of them.
    specials: Vec<Specials>,
    /// Sums of what did not fit the window.
    wide: BTreeMap<u32, Accumulator>,
    /// Additions to cells since their digits were carried, at most.
    added: usize,
}

/// Groups whose cells are asked for together.
const AHEAD: usize = 64;

/// Counts of NaN, +inf, -inf and -0.0.
type Specials = [u64; 4];

impl GroupSums {
    /// The state of no groups.
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of groups.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there is no group.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Makes room for groups `0..groups`; those that there are stay.
    pub fn resize(&mut self, groups: usize) {
        if groups > self.cells.len() {
            self.cells.resize(groups, Cell::default());
        }
    }

    /// Adds `values[i]` to group `groups[i]`.
    ///
    /// # Panics
    /// If the lengths differ, there is no such group, or integers were added before.
    pub fn update_f64(&mut self, level: Level, groups: &[u32], values: &[f64]) {
        assert_eq!(groups.len(), values.len(), "a group for each value");
        if self.base == 0 {
            self.base = window(values);
        }
        for (groups, values) in groups.chunks(ADDS).zip(values.chunks(ADDS)) {
            self.make_room(values.len());
            let mut done = 0;
            while done < values.len() {
                let (groups, values) = (&groups[done..], &values[done..]);
                let add = AddFloats { cells: &mut self.cells, base: self.base, groups, values };
                let added = level.run(add);
                done += added;
                // Some row of those that come next is not one for the kernel.
                let others = groups[added..].iter().zip(&values[added..]);
                others.take(ROWS).for_each(|(&group, &value)| self.add_one(group, value));
                done += ROWS.min(values.len() - added);
            }
        }
    }

    /// Adds `values[i]` to group `groups[i]`.
    ///
    /// # Panics
    /// If the lengths differ, there is no such group, or floats were added before.
    pub fn update_integers<T: Copy + Into<i128>>(&mut self, level: Level, groups: &[u32], values: &[T]) {
        assert_eq!(groups.len(), values.len(), "a group for each value");
        assert!(self.base == 0 || self.base == UNIT_FIELD, "sums are of integers or of floats");
        self.base = UNIT_FIELD;
        for (groups, values) in groups.chunks(ADDS).zip(values.chunks(ADDS)) {
            self.make_room(values.len());
            let mut done = 0;
            while done < values.len() {
                let (groups, values) = (&groups[done..], &values[done..]);
                let added = level.run(AddIntegers { cells: &mut self.cells, groups, values });
                done += added;
                if let (Some(&group), Some(&value)) = (groups.get(added), values.get(added)) {
                    self.cells[group as usize].count += 1;
                    self.add_term(group, value.into());
                    done += 1;
                }
            }
        }
    }

    /// Takes in group `i` of `other` as a part of group `numbers[i]`.
    ///
    /// # Panics
    /// If `other` has more groups than there are numbers, or there is no such group.
    pub fn merge(&mut self, other: &Self, numbers: &[u32]) {
        if self.base == 0 {
            self.base = other.base; // nothing was added yet that has a place
        }
        let places = other.base as i64 - self.base as i64;
        for (at, (cell, &group)) in other.cells.iter().zip(numbers).enumerate() {
            if at.is_multiple_of(AHEAD) {
                let next = numbers.get(at + AHEAD..).unwrap_or_default();
                self.prefetch(Level::detect(), &next[..next.len().min(AHEAD)]);
            }
            self.make_room(1);
            if let Some(term) = cell.term().filter(|_| places == 0) {
                self.cells[group as usize].add(term);
                continue;
            }
            self.cells[group as usize].count += cell.count;
            match cell.total() {
                Some(0) => {}
                Some(sum) => match moved(sum, places) {
                    Some(term) => self.add_term(group, term),
                    None => self.wide.entry(group).or_default().add_i128(sum, unit(other.base)),
                },
                None => cell.add_to(self.wide.entry(group).or_default(), other.base),
            }
        }
        for (specials, &group) in other.specials.iter().zip(numbers) {
            if *specials != [0; 4] {
                let held = self.specials_of(group);
                held.iter_mut().zip(specials).for_each(|(held, count)| *held += count);
            }
        }
        for (&group, sum) in &other.wide {
            self.wide.entry(numbers[group as usize]).or_default().merge(sum);
        }
    }

    /// Asks for the states of `groups`, which will be used soon. Changes no result.
    pub fn prefetch(&self, level: Level, groups: &[u32]) {
        level.run(Ask { cells: &self.cells, groups });
    }

    /// Values in `group`, special ones included.
    pub fn count(&self, group: u32) -> u64 {
        self.cells[group as usize].count
    }

    /// The state of `group` alone.
    pub fn power_sums(&self, group: u32) -> PowerSums<1> {
        let cell = self.cells[group as usize];
        let [nan, positive_infinity, negative_infinity, negative_zero] = self.specials_at(group);
        let counts = Counts { total: cell.count, nan, positive_infinity, negative_infinity, negative_zero };
        let mut sum = self.wide.get(&group).cloned().unwrap_or_default();
        cell.add_to(&mut sum, self.base);
        PowerSums::from_parts(counts, [sum])
    }

    /// The correctly rounded sum of `group`, where it can be told at once: no special values, nothing outside the
    /// window, not zero.
    pub fn fast_sum(&self, group: u32) -> Option<f64> {
        self.plain(group).and_then(|cell| nearest_quotient(cell.total()?, unit(self.base), 1))
    }

    /// The correctly rounded mean of `group`, where it can be told at once; see [`GroupSums::fast_sum`].
    pub fn fast_mean(&self, group: u32) -> Option<f64> {
        self.plain(group).and_then(|cell| nearest_quotient(cell.total()?, unit(self.base), cell.count))
    }

    /// The exact sum of a group of integers, where it fits the window.
    pub fn fast_integer(&self, group: u32) -> Option<i128> {
        self.plain(group).filter(|_| self.base == UNIT_FIELD).and_then(Cell::total)
    }

    /// Bytes of memory that it takes.
    pub fn memory_bytes(&self) -> usize {
        // An accumulator of common data holds some 100 bytes of limbs.
        self.cells.capacity() * size_of::<Cell>()
            + self.specials.capacity() * size_of::<Specials>()
            + self.wide.len() * (size_of::<(u32, Accumulator)>() + 100)
    }

    fn plain(&self, group: u32) -> Option<Cell> {
        let plain = self.specials_at(group) == [0; 4] && !self.wide.contains_key(&group);
        let cell = self.cells[group as usize];
        (plain && cell.count > 0).then_some(cell)
    }

    fn specials_at(&self, group: u32) -> Specials {
        self.specials.get(group as usize).copied().unwrap_or_default()
    }

    #[cold]
    fn specials_of(&mut self, group: u32) -> &mut Specials {
        if self.specials.len() < self.cells.len() {
            self.specials.resize(self.cells.len(), [0; 4]);
        }
        &mut self.specials[group as usize]
    }

    /// Sees to it that so many additions (at most [`ADDS`]) to a cell cannot overflow one of its digits.
    fn make_room(&mut self, additions: usize) {
        self.added += additions;
        if self.added <= ADDS {
            return;
        }
        self.added = additions;
        for (group, cell) in self.cells.iter_mut().enumerate() {
            if !cell.carry() {
                empty(&mut self.wide, group as u32, cell, self.base);
            }
        }
    }

    /// Adds units to the sum of `group`, in the room that was made; where they would leave the cell, empties it first.
    fn add_term(&mut self, group: u32, term: i128) {
        let cell = &mut self.cells[group as usize];
        if !cell.add_integer(term) {
            empty(&mut self.wide, group, cell, self.base);
            self.wide.entry(group).or_default().add_i128(term, unit(self.base));
        }
    }

    /// Adds any value.
    fn add_one(&mut self, group: u32, value: f64) {
        let bits = value.to_bits();
        self.cells[group as usize].count += 1;
        let special = if value.is_nan() {
            Some(0)
        } else if value.is_infinite() {
            Some(1 + (bits >> 63) as usize)
        } else if bits == 1 << 63 {
            Some(3)
        } else {
            None
        };
        match special {
            Some(kind) => self.specials_of(group)[kind] += 1,
            None => match term(bits, self.base) {
                Some(term) => self.add_term(group, term),
                None => self.wide.entry(group).or_default().add_f64(value),
            },
        }
    }
}

/// Moves the sum of a cell to the accumulator of its group.
#[cold]
fn empty(wide: &mut BTreeMap<u32, Accumulator>, group: u32, cell: &mut Cell, base: u64) {
    cell.add_to(wide.entry(group).or_default(), base);
    cell.clear();
}

/// `sum * 2^places` where that is an integer of less than 127 bits.
fn moved(sum: i128, places: i64) -> Option<i128> {
    if places >= 0 {
        let spare = sum.unsigned_abs().leading_zeros() as i64 - 2;
        (places <= spare).then(|| sum << places)
    } else {
        (i64::from(sum.trailing_zeros()) >= -places).then(|| sum >> -places)
    }
}

/// The window for data that begins like this; 0 if nothing says.
fn window(values: &[f64]) -> u64 {
    // Values of a column spread more downwards from their largest than upwards. Multiples of 16, so that parts of the
    // same data mostly agree.
    const BELOW: u64 = 40;
    let fields = values.iter().take(4096).map(|value| value.to_bits() >> 52 & 0x7ff);
    let top = fields.filter(|&field| 0 < field && field < 0x7ff).max();
    top.map_or(0, |top| (top.saturating_sub(BELOW) & !15).clamp(1, 0x7ff - BINADES))
}
