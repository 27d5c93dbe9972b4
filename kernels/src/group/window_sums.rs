//! Exact sums of very many groups whose values are of similar size: 16 bytes a group, where [`super::GroupSums`] takes 32.
//!
//! A float of a window of binades is an integer in units of the window's lowest place, and so many such integers as there are
//! rows add up to less than 2^127: one addition of 128 bits a row, nothing to carry, no count. What does not fit (NaN,
//! infinity, -0.0, other magnitudes) is not taken: the caller then adds the rows again elsewhere. The fixed-point sum is
//! U. Kulisch's idea.

use super::cell::unit;
use super::ratio::nearest_quotient;
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::exact::{Accumulator, Counts, PowerSums};
use crate::level::Level;

const FRACTION: u64 = (1 << 52) - 1;
/// Binades above the largest of some values for those that nobody looked at.
const SPARE: u64 = 7;
/// How many rows ahead a sum is asked for. (Just before it is wanted would be worse than not at all, several times.)
const AHEAD: usize = 128;

/// Where the sums of some data are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SumWindow {
    /// Exponent field of the floats whose last place is one unit.
    base: u64,
    /// Binades.
    width: u64,
}

impl SumWindow {
    /// A window for `rows` values of which `some` are known; `None` where none of these is a finite number but zero, or their
    /// magnitudes are none that a window is made for.
    pub fn around(some: &[f64], rows: usize) -> Option<Self> {
        // A term is below 2^(52 + width), and there are fewer than 2^bits of them.
        let bits = u64::from(usize::BITS - rows.leading_zeros());
        let width = 74u64.checked_sub(bits).filter(|&width| width > SPARE)?;
        let fields = some.iter().map(|value| value.to_bits() >> 52 & 0x7ff);
        let top = fields.filter(|&field| 0 < field && field < 0x7ff).max()? + SPARE;
        let base = top.checked_sub(width - 1).filter(|&base| base > 0 && top < 0x7ff)?;
        Some(Self { base, width })
    }
}

/// Exact sums of groups, in a window.
#[derive(Clone, Debug)]
pub struct WindowSums {
    window: SumWindow,
    sums: Vec<i128>,
}

impl WindowSums {
    /// Sums of groups `0..groups`, all 0.
    pub fn new(window: SumWindow, groups: usize) -> Self {
        Self { window, sums: vec![0; groups] }
    }

    /// Adds `values[i]` to group `groups[i]`. Returns whether all fitted; if not, the sums are of no use.
    ///
    /// The rows of all calls together may not be more than the window was made for.
    ///
    /// # Panics
    /// If the lengths differ or there is no such group.
    #[must_use]
    pub fn update(&mut self, level: Level, groups: &[u32], values: &[f64]) -> bool {
        assert_eq!(groups.len(), values.len(), "a group for each value");
        level.run(Add { window: self.window, sums: &mut self.sums, groups, values })
    }

    /// The sums, in units of the window.
    pub fn units(&self) -> &[i128] {
        &self.sums
    }
}

impl SumWindow {
    /// The correctly rounded value of a sum of so many `units`; those of several parts of the data, added, are units too.
    pub fn round(self, units: i128) -> f64 {
        nearest_quotient(units, unit(self.base), 1).unwrap_or_else(|| {
            let mut sum = Accumulator::new();
            sum.add_i128(units, unit(self.base));
            PowerSums::from_parts(Counts { total: 1, ..Counts::default() }, [sum]).sum()
        })
    }

    /// A float in units, and whether it is one of the window or +0.0.
    #[inline(always)]
    fn term(self, bits: u64) -> (i128, bool) {
        let shift = (bits >> 52 & 0x7ff).wrapping_sub(self.base);
        let is_zero = bits == 0;
        let sign = (bits as i64) >> 63;
        let significand = (((bits & FRACTION) | u64::from(!is_zero) << 52) as i64 ^ sign) - sign;
        (i128::from(significand) << (shift & 63), shift < self.width || is_zero)
    }
}

/// Adds rows; returns whether all fitted.
struct Add<'a> {
    window: SumWindow,
    sums: &'a mut [i128],
    groups: &'a [u32],
    values: &'a [f64],
}

impl Kernel for Add<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> bool {
        let Self { window, sums, groups, values } = self;
        let ask = |sums: &[i128], group: u32| {
            if let Some(sum) = sums.get(group as usize) {
                simd.prefetch_one(sum);
            }
        };
        let mut all_fit = true;
        let mut add = |sums: &mut [i128], value: f64, group: u32| {
            let (term, fits) = window.term(value.to_bits());
            all_fit &= fits;
            let sum = &mut sums[group as usize];
            *sum = sum.wrapping_add(term);
        };
        let (first, later) = groups.split_at(groups.len().min(AHEAD));
        first.iter().for_each(|&group| ask(sums, group));
        for ((&value, &group), &next) in values.iter().zip(groups).zip(later) {
            ask(sums, next);
            add(sums, value, group);
        }
        // Those who have nobody left to ask for.
        for (&value, &group) in values.iter().zip(groups).skip(later.len()) {
            add(sums, value, group);
        }
        all_fit
    }
}
