//! Sums of those values of a block that bits choose, without moving them together: what is left out adds zeros.
//!
//! Unlike a plain block this one is read once. The window of the digits is that of the values before, and whether it held
//! all of them is known when they have been added: if not, nothing is taken over, and the chosen values are packed and
//! summed as a block of their own. The guess costs speed only.

use super::digits::{BLOCK, magic};
use super::pieces::Route;
use super::powers::{in_safe_zone, top_width, width};
use super::update::UpdateF64;
use crate::Bits;
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::elementwise::pack_lanes;
use crate::exact::accumulator::Accumulator;
use crate::exact::counts::Counts;

/// Takes those of `values` whose bit is set into the counts and sums of powers.
pub(crate) struct UpdateChosen<'a, const DEGREE: usize> {
    pub(crate) values: &'a [f64],
    pub(crate) chosen: Bits<'a>,
    pub(crate) counts: &'a mut Counts,
    pub(crate) sums: &'a mut [Accumulator; DEGREE],
}

impl<const DEGREE: usize> Kernel for UpdateChosen<'_, DEGREE> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { values, chosen, counts, sums } = self;
        let mut window = Window::default();
        let mut packed = [0.0; BLOCK];
        let mut words = [0; BLOCK / 64];
        for start in (0..values.len()).step_by(BLOCK) {
            let block = &values[start..values.len().min(start + BLOCK)];
            let words = &mut words[..block.len().div_ceil(64)];
            let mut count = 0;
            for (index, word) in words.iter_mut().enumerate() {
                *word = chosen.word(start + 64 * index);
                count += u64::from(word.count_ones());
            }
            if count == 0 {
                continue;
            }
            if DEGREE == 1 && window.add(simd, block, words, &mut sums[0]) {
                counts.total += count;
                continue;
            }
            let packed_count = pack(simd, block, words, &mut packed);
            let packed = &packed[..packed_count];
            UpdateF64 { values: packed, counts, sums, route: Route::Digits(1) }.run(simd);
            window.learn(packed);
        }
    }
}

/// Moves the chosen values to the front of `out`; returns how many.
#[inline(always)]
fn pack<S: Simd>(simd: S, values: &[f64], words: &[u64], out: &mut [f64; BLOCK]) -> usize {
    let mut to = 0;
    for (part, &word) in values.chunks(64).zip(words) {
        match <&[f64; 64]>::try_from(part) {
            // As many places are left as values were passed, at least.
            Ok(part) if word != 0 => to += pack_lanes(simd, part, word, &mut out[to..to + 64]),
            Ok(_) => {}
            Err(_) => {
                for (_, value) in part.iter().enumerate().filter(|(bit, _)| word >> bit & 1 == 1) {
                    out[to] = *value;
                    to += 1;
                }
            }
        }
    }
    to
}

/// Binades that a window leaves free above the values that it was made for.
const SPARE: i32 = 2;
/// Blocks that are not tried after one that did not fit.
const PAUSE: u32 = 7;

/// The window that the next values are guessed to fit.
#[derive(Default)]
pub(super) struct Window {
    /// All should be below 2 to this power.
    top: Option<i32>,
    pause: u32,
}

impl Window {
    /// Adds the chosen values of a block, if all fit.
    #[inline(always)]
    fn add<S: Simd>(&mut self, simd: S, values: &[f64], words: &[u64], sum: &mut Accumulator) -> bool {
        let (parts, []) = values.as_chunks::<64>() else { return false };
        let Some(units) = self.units(values) else { return false };
        let magics = units.map(magic);
        let found = simd.chosen_digits(parts, words, magics);
        // All are normal numbers.
        let (top, low) = (found.most as i32 - 1022, found.least as i32 - 1023 - 52);
        if found.least == 0 || found.most == 0x7ff || !self.holds(top, low) {
            self.rest();
            return false;
        }
        for ((pattern, magic), unit) in found.patterns.into_iter().zip(magics).zip(units) {
            // The integers add up to 2^62 at most: a block has 2^11 values, each of 2^51 units at most.
            let taken = magic.to_bits().wrapping_mul(found.pushed);
            sum.add_i64(pattern.wrapping_sub(taken) as i64, unit);
        }
        true
    }

    /// Units of the two digits to try `values`, or some of them, with.
    #[inline(always)]
    pub(super) fn units(&mut self, values: &[f64]) -> Option<[i32; 2]> {
        if self.pause > 0 {
            self.pause -= 1;
            return None;
        }
        if self.top.is_none() {
            self.learn(values);
        }
        self.top.map(|top| [top - top_width(1), top - top_width(1) - width(1)])
    }

    /// Whether values below 2 to the power `top` that are multiples of 2 to the power `low` fit.
    #[inline(always)]
    pub(super) fn holds(&self, top: i32, low: i32) -> bool {
        self.top.is_some_and(|mine| top <= mine && low >= mine - top_width(1) - width(1))
    }

    /// Tries no values for a while: some did not fit.
    #[inline(always)]
    pub(super) fn rest(&mut self) {
        self.pause = PAUSE;
    }

    /// Makes a window for values like these.
    #[inline(always)]
    pub(super) fn learn(&mut self, values: &[f64]) {
        let magnitude = |value: &f64| value.to_bits() & (u64::MAX >> 1);
        let most = (values.iter().map(magnitude).fold(0, u64::max) >> 52) as i32;
        let top = most - 1022 + SPARE;
        self.top = (most != 0 && most != 0x7ff && in_safe_zone(1, top)).then_some(top);
    }
}
