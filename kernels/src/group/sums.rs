//! Exact sums of many groups, 32 bytes a group for common data.
//!
//! A float of the window's 64 binades is a 53-bit integer shifted by less than 64 places: a group's sum is one 128-bit
//! integer in units of the window's lowest place, which such floats are added to without rounding. What does not fit
//! goes to an accumulator of the group's own. The window is chosen for speed from the first values; no result, and no
//! byte, depends on it. Integers are sums in units of 1.
//!
//! The fixed-point sum is U. Kulisch's idea; keeping it to one machine integer a group, so that groups stay in cache,
//! is that of I. Müller, A. Arteaga, T. Hoefler and G. Alonso (2018), arXiv:1802.09883.

use std::collections::BTreeMap;

use super::ratio::nearest_quotient;
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::exact::{Accumulator, Counts, PowerSums};
use crate::level::Level;

/// Exponent fields of the window.
const BINADES: u64 = 64;
/// Units of 1 are 2^(field - 1075) for this field.
const UNIT_FIELD: u64 = 1075;
/// Cells that stay in the first two levels of cache, where asking ahead is in vain.
const CELLS_IN_CACHE: usize = 1 << 12;
const FRACTION: u64 = (1 << 52) - 1;

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
}

/// The part of a group's sum that fits the window, and the count of all its values.
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    sum: i128,
    count: u64,
}

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
        let mut done = 0;
        while done < values.len() {
            let (groups, values) = (&groups[done..], &values[done..]);
            let cells = &mut self.cells[..];
            let added = level.run(AddFloats { cells, base: self.base, groups, values });
            done += added;
            if let (Some(&group), Some(&value)) = (groups.get(added), values.get(added)) {
                self.add_other(group, value);
                done += 1;
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

    /// Takes in group `i` of `other` as a part of group `numbers[i]`.
    ///
    /// # Panics
    /// If `other` has more groups than there are numbers, or there is no such group.
    pub fn merge(&mut self, other: &Self, numbers: &[u32]) {
        if self.base == 0 {
            self.base = other.base; // nothing was added yet that has a place
        }
        let (mine, theirs) = (self.base, other.base);
        let exponent = unit(theirs);
        for (cell, &group) in other.cells.iter().zip(numbers) {
            self.cells[group as usize].count += cell.count;
            if cell.sum == 0 {
                continue;
            }
            match moved(cell.sum, theirs as i64 - mine as i64) {
                Some(term) => self.add_term(group, term),
                None => self.wide.entry(group).or_default().add_i128(cell.sum, exponent),
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
        sum.add_i128(cell.sum, unit(self.base));
        PowerSums::from_parts(counts, [sum])
    }

    /// The correctly rounded sum of `group`, where it can be told at once: no special values, nothing outside the
    /// window, not zero.
    pub fn fast_sum(&self, group: u32) -> Option<f64> {
        self.plain(group).and_then(|cell| nearest_quotient(cell.sum, unit(self.base), 1))
    }

    /// The correctly rounded mean of `group`, where it can be told at once; see [`GroupSums::fast_sum`].
    pub fn fast_mean(&self, group: u32) -> Option<f64> {
        self.plain(group).and_then(|cell| nearest_quotient(cell.sum, unit(self.base), cell.count))
    }

    /// The exact sum of a group of integers, where it fits the window.
    pub fn fast_integer(&self, group: u32) -> Option<i128> {
        self.plain(group).filter(|_| self.base == UNIT_FIELD).map(|cell| cell.sum)
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

    /// Adds units to the sum of `group`; where they would leave the cell, empties it first.
    fn add_term(&mut self, group: u32, term: i128) {
        let cell = &mut self.cells[group as usize];
        match cell.sum.checked_add(term) {
            Some(sum) => cell.sum = sum,
            None => {
                let held = std::mem::replace(&mut cell.sum, term);
                self.wide.entry(group).or_default().add_i128(held, unit(self.base));
            }
        }
    }

    /// Adds a value that is special, zero, or outside the window, or for which the cell has no room.
    #[inline(never)]
    fn add_other(&mut self, group: u32, value: f64) {
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

/// The exponent of the unit of sums whose floats' last places are at field `base`.
fn unit(base: u64) -> i32 {
    base as i32 - 1075
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

/// A finite float in units of the window, if it lies inside.
#[inline(always)]
fn term(bits: u64, base: u64) -> Option<i128> {
    let shift = (bits >> 52 & 0x7ff).wrapping_sub(base);
    if shift >= BINADES || base == 0 {
        return (bits << 1 == 0).then_some(0);
    }
    let sign = (bits as i64) >> 63;
    let significand = ((((bits & FRACTION) | 1 << 52) as i64) ^ sign) - sign;
    // Two words by hand: a shift of a double word by a variable tests for 64, which cannot be.
    let low = (significand as u64) << shift;
    let high = (significand >> 1) >> (63 - shift);
    Some(i128::from(high) << 64 | i128::from(low))
}

/// Asks for the cell that is wanted some rows from here: with a million groups it is in no cache.
#[inline(always)]
fn prefetch_ahead<S: Simd>(simd: S, cells: &[Cell], groups: &[u32], at: usize) {
    const ROWS: usize = 24;
    if let Some(cell) = groups.get(at + ROWS).and_then(|&group| cells.get(group as usize)) {
        simd.prefetch_one(cell);
    }
}

/// Adds floats until one is not inside the window; returns how many were added.
struct AddFloats<'a> {
    cells: &'a mut [Cell],
    base: u64,
    groups: &'a [u32],
    values: &'a [f64],
}

impl Kernel for AddFloats<'_> {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> usize {
        if self.cells.len() > CELLS_IN_CACHE { self.add::<S, true>(simd) } else { self.add::<S, false>(simd) }
    }
}

impl AddFloats<'_> {
    #[inline(always)]
    fn add<S: Simd, const FAR: bool>(self, simd: S) -> usize {
        let Self { cells, base, groups, values } = self;
        for (at, (&group, &value)) in groups.iter().zip(values).enumerate() {
            if FAR {
                prefetch_ahead(simd, cells, groups, at);
            }
            let bits = value.to_bits();
            // Of the zeros -0.0 is counted apart.
            if bits == 1 << 63 {
                return at;
            }
            let Some(term) = term(bits, base) else { return at };
            let cell = &mut cells[group as usize];
            let (sum, overflows) = cell.sum.overflowing_add(term);
            if overflows {
                return at;
            }
            *cell = Cell { sum, count: cell.count + 1 };
        }
        values.len()
    }
}

/// Adds integers until a sum has no room; returns how many were added.
struct AddIntegers<'a, T> {
    cells: &'a mut [Cell],
    groups: &'a [u32],
    values: &'a [T],
}

impl<T: Copy + Into<i128>> Kernel for AddIntegers<'_, T> {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> usize {
        let Self { cells, groups, values } = self;
        for (at, (&group, &value)) in groups.iter().zip(values).enumerate() {
            prefetch_ahead(simd, cells, groups, at);
            let cell = &mut cells[group as usize];
            let (sum, overflows) = cell.sum.overflowing_add(value.into());
            if overflows {
                return at;
            }
            *cell = Cell { sum, count: cell.count + 1 };
        }
        values.len()
    }
}
