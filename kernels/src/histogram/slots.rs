//! The bin of every value, as comparisons with the edges say.
//!
//! For bins that are equal, or nearly so, a multiplication guesses the bin. The guess is a non-decreasing function of
//! the value, since every floating-point operation in it is one; once it is found to send each edge to the bin that
//! begins there, it is therefore right or one too high for everything between. It can be too high only just below an
//! edge, where the fraction lost in it says so: blocks in which none is that near are not compared at all. (NumPy
//! guesses in the same way, and then compares every value with two edges.)
//!
//! Edges that the guess does not suit have a guide (see `guide`), or are searched, several values at a time.

use std::hint::select_unpredictable;

use super::bins::{Bins, Comparison};
use super::guide::Guide;
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::level::Level;
use crate::order_key::OrderKey;

/// Added to a float of less than 31 bits, it leaves the nearest integer in the low bits: 1.5 * 2^52.
const INTEGER: f64 = 6_755_399_441_055_744.0;
/// Values that are searched at a time, so that the processor need not wait for one.
const LANES: usize = 8;
/// Edges from which a guide is worth it.
const GUIDED_MIN: usize = 8;

/// Where values lie among bins: 0 below all (or NaN), `i + 1` in bin `i`, one more than the number of bins above all.
#[derive(Clone, PartialEq, Debug)]
pub struct Slots<T> {
    bins: usize,
    /// The lowest value of each slot from slot 1 on, up to where the type has none.
    lowest: Vec<T>,
    guess: Option<Guess<T>>,
    /// Where there is no guess.
    guide: Option<Guide<T>>,
}

#[derive(Clone, PartialEq, Debug)]
struct Guess<T> {
    low: f64,
    scale: f64,
    shift: f64,
    /// Number of bins.
    top: f64,
    /// Guesses whose fraction is above are right.
    certain: f64,
    /// The lowest value of each slot, slot 0 included.
    lowest: Vec<T>,
}

impl<T: OrderKey> Slots<T> {
    /// Slots of `bins`.
    ///
    /// # Panics
    /// If there are 2^31 bins or more.
    pub fn new(bins: &Bins, comparison: Comparison) -> Self {
        assert!(bins.len() < i32::MAX as usize, "slots are numbers of 32 bits");
        let mut lowest = bins.thresholds(comparison);
        // The last bin has its upper edge, too.
        if lowest.len() > bins.len() {
            lowest.remove(bins.len());
        }
        let guess = Guess::new(bins.edges(), &lowest);
        let guide = if guess.is_none() && lowest.len() >= GUIDED_MIN { Guide::new(&lowest) } else { None };
        Self { bins: bins.len(), lowest, guess, guide }
    }

    /// Number of slots: that of bins and two.
    pub fn len(&self) -> usize {
        self.bins + 2
    }

    /// Never: there is at least one bin.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Whether slots are guessed, which costs no more for many bins than for few.
    pub(super) fn is_guessed(&self) -> bool {
        self.guess.is_some()
    }

    /// The slot of one value.
    pub fn of(&self, value: T) -> usize {
        self.lowest.partition_point(|lowest| *lowest <= value)
    }

    /// Writes the slot of every value.
    ///
    /// # Panics
    /// If there is not one place for each value.
    pub fn fill(&self, level: Level, values: &[T], slots: &mut [u32]) {
        assert_eq!(values.len(), slots.len(), "a slot for each value");
        level.run(Fill { of: self, values, slots });
    }

    /// As [`Slots::fill`], in a kernel of a level.
    #[inline(always)]
    pub(super) fn fill_in_kernel(&self, values: &[T], slots: &mut [u32]) {
        match &self.guess {
            Some(guess) => {
                if guess.fill(values, slots) {
                    guess.correct(values, slots);
                }
            }
            None => match &self.guide {
                Some(guide) => guide.fill(values, slots),
                None => self.search(values, slots),
            },
        }
    }

    /// The number of slots from 1 on that begin at or below each value.
    #[inline(always)]
    fn search(&self, values: &[T], slots: &mut [u32]) {
        let thresholds = &self.lowest[..];
        if thresholds.is_empty() {
            return slots.fill(0);
        }
        let (blocks, rest) = values.as_chunks::<LANES>();
        let (places, rest_places) = slots.as_chunks_mut::<LANES>();
        for (block, places) in blocks.iter().zip(places) {
            // A binary search without branches: the next probe of one value waits for its last, not for the others.
            let mut base = [0usize; LANES];
            let mut size = thresholds.len();
            while size > 1 {
                let half = size / 2;
                for (base, value) in base.iter_mut().zip(block) {
                    let reached = thresholds[*base + half] <= *value;
                    *base = select_unpredictable(reached, *base + half, *base);
                }
                size -= half;
            }
            for ((place, base), value) in places.iter_mut().zip(base).zip(block) {
                *place = base as u32 + u32::from(thresholds[base] <= *value);
            }
        }
        for (place, value) in rest_places.iter_mut().zip(rest) {
            *place = self.of(*value) as u32;
        }
    }
}

impl<T: OrderKey> Guess<T> {
    /// A guess that is right or one too high, if multiplying gives one.
    fn new(edges: &[f64], of_slots: &[T]) -> Option<Self> {
        let bins = edges.len() - 1;
        let (low, top) = (edges[0], bins as f64);
        let scale = top / (edges[bins] - low);
        if of_slots.len() < bins + 1 || !(scale > 0.0 && scale < f64::INFINITY) {
            return None;
        }
        let lowest = [T::LOWEST].iter().chain(of_slots).copied().collect();
        let mut guess = Guess { low, scale, shift: 0.0, top, certain: 0.0, lowest };
        // The edges are rounded, and so is the guess: it is raised by some of their last places.
        let unit = (top + low.abs().max(edges[bins].abs()) * scale) * 2f64.powi(-51);
        let found = [1.0, 64.0, 65_536.0].into_iter().find(|places| {
            guess.shift = -0.5 + unit * places;
            guess.certain = f64::NEG_INFINITY;
            edges.iter().enumerate().all(|(index, &edge)| {
                let (slot, fraction) = guess.of(edge);
                guess.certain = guess.certain.max(fraction);
                slot as usize == index + 1
            })
        });
        found.map(|_| guess)
    }

    /// The guess, and by how much it was rounded.
    #[inline(always)]
    fn of(&self, value: f64) -> (u32, f64) {
        let place = (value - self.low) * self.scale + self.shift;
        // Not `max` and `min`: NaN is below, and only one instruction is needed.
        let place = if place > -1.0 { place } else { -1.0 };
        let place = if place < self.top { place } else { self.top };
        let integer = place + INTEGER;
        ((integer.to_bits() as u32).wrapping_add(1), place - (integer - INTEGER))
    }

    /// Writes the guesses; whether some may be too high.
    #[inline(always)]
    fn fill(&self, values: &[T], slots: &mut [u32]) -> bool {
        let mut near = 0;
        for (slot, value) in slots.iter_mut().zip(values) {
            let (guess, fraction) = self.of(value.nearest_f64());
            *slot = guess;
            near += u64::from(fraction <= self.certain);
        }
        near > 0
    }

    /// Lowers the guesses that are too high.
    #[inline(always)]
    fn correct(&self, values: &[T], slots: &mut [u32]) {
        for (slot, value) in slots.iter_mut().zip(values) {
            *slot -= u32::from(*value < self.lowest[*slot as usize]);
        }
    }
}

struct Fill<'a, T> {
    of: &'a Slots<T>,
    values: &'a [T],
    slots: &'a mut [u32],
}

impl<T: OrderKey> Kernel for Fill<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        self.of.fill_in_kernel(self.values, self.slots);
    }
}
