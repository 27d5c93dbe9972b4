//! Sums, means, variances and standard deviations over windows, each exact and rounded once.
//!
//! Whole blocks of ordinary values go their own way (see `sliding` and `slide`). Of others, what enters and what leaves is
//! split in digits (see `digits`), their running sums are added to the sum carried from the block before, and every
//! result is tested for whether its rounding is certain (see `near`). The few that are not, and blocks out of the reach
//! of floats, are computed from exact integers (see `cursor`). As every result is the rounded exact value, none depends
//! on blocks, levels or splits.

mod slide;
mod sums;

use super::carry::Carry;
use super::cursor::{Cursor, take_in};
use super::digits::{BLOCK, Bounds, Digits, RUN, Rows, power_of_two};
use super::near::{Deviation, Finish, Mean, Near, Scaled, Settled, Total, Variance};
use super::pivot::{carried, pivot_of, shift};
use super::plan::{Statistic, Windows};
use super::sliding::Sliding;
use super::special::{Judged, Kinds, Verdict};
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::exact::PowerSums;
use crate::level::Level;

use sums::Sums;

/// Counts whose products with a float's halves are exact.
const COUNT_MAX: usize = 1 << 26;

/// Exponents of values whose sums and squares stay far from the ends of the floats.
const EXPONENTS: (i32, i32) = (-900, 1000);
const EXPONENTS_OF_SQUARED: (i32, i32) = (-400, 480);

/// Statistics of the windows that end at rows `start..start + out.len()` of `values`; `missing` where a window holds
/// too few.
///
/// Special values: a NaN makes a result NaN while it is in the window, as do infinities of both signs; one infinity
/// makes sums and means that infinity, and variances NaN. A sum or mean of values that are all `-0.0` is `-0.0`.
/// Cost: about one pass over the windows' rows, however wide they are, and `width` more at the start.
///
/// # Panics
/// If the rows are not among the values.
pub fn moments<T: Settled>(
    level: Level,
    statistic: Statistic,
    windows: &Windows,
    values: &[f64],
    start: usize,
    out: &mut [T],
    missing: T,
) {
    match statistic {
        Statistic::Sum | Statistic::Mean => {
            level.run(Run::<T, 1>::new(level, statistic, *windows, values, start, out, missing, None));
        }
        Statistic::Variance { .. } | Statistic::Deviation { .. } => {
            level.run(Run::<T, 2>::new(level, statistic, *windows, values, start, out, missing, None));
        }
    }
}

/// The sum of all values up to each row, `before` being the state of what comes before the first; returns the state of
/// all that is there.
pub fn cumulative_sums<T: Settled>(
    level: Level,
    windows: &Windows,
    before: PowerSums<1>,
    values: &[f64],
    out: &mut [T],
    missing: T,
) -> PowerSums<1> {
    let windows = Windows { width: None, ..*windows };
    let run = Run::<T, 1>::new(level, Statistic::Sum, windows, values, 0, out, missing, Some(before));
    let mut cursor = level.run(run);
    cursor.at(level, &windows, values, values.len()).clone()
}

/// One call.
struct Run<'a, T, const D: usize> {
    level: Level,
    statistic: Statistic,
    windows: Windows,
    values: &'a [f64],
    start: usize,
    out: &'a mut [T],
    missing: T,
    cursor: Cursor<D>,
    kinds: Kinds,
    carries: [Carry; D],
    /// What values are counted from where squares are summed.
    pivot: f64,
    /// The sum while blocks are ordinary; then nothing is carried.
    sliding: Option<Sliding>,
    /// The row from which the exact sum may be looked for.
    patient_until: usize,
    /// Whether all rows so far held values that are finite, and no `-0.0`.
    is_plain: bool,
}

impl<'a, T: Settled, const D: usize> Run<'a, T, D> {
    #[expect(clippy::too_many_arguments, reason = "a call and what it starts from")]
    fn new(
        level: Level,
        statistic: Statistic,
        mut windows: Windows,
        values: &'a [f64],
        start: usize,
        out: &'a mut [T],
        missing: T,
        before: Option<PowerSums<D>>,
    ) -> Self {
        assert!(
            start <= values.len() && out.len() <= values.len() - start,
            "results for rows that there are"
        );
        assert!(windows.width != Some(0), "a window has a row");
        let needed = match statistic {
            Statistic::Sum => 0,
            Statistic::Mean => 1,
            Statistic::Variance { ddof } | Statistic::Deviation { ddof } => ddof.saturating_add(1),
        };
        windows.min_count = windows.min_count.max(usize::try_from(needed).unwrap_or(usize::MAX));
        let first = windows.first(start);
        let state = before.unwrap_or_else(|| {
            let mut state = PowerSums::new();
            take_in(level, &mut state, &values[first..start], windows.missing, &mut Vec::new());
            state
        });
        let counts = state.counts();
        let rows = (start - first) as u64;
        let kinds = Kinds {
            rows: rows.max(counts.total),
            missing: rows.saturating_sub(counts.total),
            nan: counts.nan,
            infinity: counts.positive_infinity,
            negative_infinity: counts.negative_infinity,
            negative_zero: counts.negative_zero,
        };
        let pivot = if D == 2 { pivot_of(&values[start..]) } else { 0.0 };
        let carries = std::array::from_fn(|power| carried(&state, power + 1, pivot));
        let cursor = Cursor::new(start, state);
        Self {
            level,
            statistic,
            windows,
            values,
            start,
            out,
            missing,
            cursor,
            kinds,
            carries,
            pivot,
            sliding: None,
            patient_until: 0,
            is_plain: true,
        }
    }
}

/// What one block works with.
struct Scratch<T, const D: usize> {
    judged: Judged,
    entering: Rows,
    leaving: Rows,
    shifted: [Rows; 2],
    counts: Rows,
    digits: [Digits; D],
    results: [T; BLOCK],
    sums: Rows,
    rests: Rows,
}

impl<T: Settled> Kernel for Run<'_, T, 1> {
    /// The cursor, wherever it stands.
    type Output = Cursor<1>;

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) -> Cursor<1> {
        let before = *self.cursor.counts();
        match self.statistic {
            Statistic::Mean => match self.windows.width {
                Some(width) if width.is_power_of_two() => {
                    self.blocks(simd, Scaled(1.0 / width as f64), Mean);
                }
                _ => self.blocks(simd, Mean, Mean),
            },
            _ => self.blocks(simd, Total, Total),
        }
        if self.windows.width.is_none()
            && let Some(state) = self.state_at_end(before)
        {
            return Cursor::new(self.values.len(), state);
        }
        self.cursor
    }
}

impl<T: Settled> Kernel for Run<'_, T, 2> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        match self.statistic {
            Statistic::Variance { ddof } => {
                self.blocks(simd, Variance(ddof as f64), Variance(ddof as f64));
            }
            Statistic::Deviation { ddof } => {
                self.blocks(simd, Deviation(ddof as f64), Deviation(ddof as f64));
            }
            _ => unreachable!("sums have one power"),
        }
    }
}

impl<T: Settled, const D: usize> Run<'_, T, D> {
    /// All blocks; `full` finishes windows that hold `width` values, `part` all others.
    #[inline(always)]
    fn blocks<S: Simd, F: Finish<D>, P: Finish<D>>(&mut self, simd: S, full: F, part: P) {
        let mut scratch = Scratch {
            judged: Judged::new(),
            entering: [0.0; BLOCK],
            leaving: [0.0; BLOCK],
            shifted: [[0.0; BLOCK]; 2],
            counts: [0.0; BLOCK],
            digits: [const { Digits::ZERO }; D],
            results: [self.missing; BLOCK],
            sums: [0.0; BLOCK],
            rests: [0.0; BLOCK],
        };
        let end = self.start + self.out.len();
        let mut row = self.start;
        while row < end {
            // No block has windows of both sorts: such as still grow, and such as move.
            let grows = self.windows.width.is_none_or(|width| row < width);
            let stop = if grows { self.windows.width.unwrap_or(end).min(end) } else { end };
            let rows = (stop - row).min(BLOCK);
            if rows < BLOCK || !self.slide(simd, &mut scratch, row) {
                self.stop_sliding();
                self.block(&mut scratch, row, rows, full, part);
            }
            row += rows;
        }
    }

    #[inline(always)]
    fn block<F: Finish<D>, P: Finish<D>>(
        &mut self,
        scratch: &mut Scratch<T, D>,
        row: usize,
        rows: usize,
        full: F,
        part: P,
    ) {
        let values = self.values;
        let entering = &values[row..row + rows];
        let leaving = (self.windows.width)
            .filter(|&width| row >= width)
            .map(|width| &values[row - width..row - width + rows]);
        let mut bounds = Bounds::of(entering).and(leaving.map_or(Bounds::NONE, Bounds::of));
        let is_judged = bounds.has_special() || !self.kinds.are_ordinary();
        self.is_plain &= !is_judged;
        let is_full = !is_judged && leaving.is_some();
        let (new, old): (&Rows, Option<&Rows>) = if is_judged {
            scratch.judged.judge(&mut self.kinds, &self.windows, entering, leaving);
            self.forget();
            let judged = &scratch.judged;
            bounds = Bounds::of(&judged.entering);
            bounds = bounds.and(leaving.map_or(Bounds::NONE, |_| Bounds::of(&judged.leaving)));
            scratch.counts = scratch.judged.counts;
            (&scratch.judged.entering, leaving.map(|_| &scratch.judged.leaving))
        } else {
            if !is_full {
                let before = self.kinds.rows as usize;
                for (at, count) in scratch.counts.iter_mut().enumerate() {
                    *count = (before + at + 1) as f64;
                }
                self.kinds.rows += rows as u64;
            } else {
                scratch.counts.fill(self.kinds.rows as f64);
            }
            (
                whole(entering, &mut scratch.entering),
                leaving.map(|leaving| whole(leaving, &mut scratch.leaving)),
            )
        };
        let mut is_shifted = false;
        if D == 2 && self.pivot != 0.0 {
            let [new, old] = &mut scratch.shifted;
            is_shifted = shift(entering, self.pivot, new) & shift(leaving.unwrap_or(&[]), self.pivot, old);
            if is_shifted {
                bounds = Bounds::of(new).and(Bounds::of(old));
            } else {
                // Once the values have gone that far from it, the pivot is of no more use.
                self.pivot = 0.0;
                self.carry_from(row);
            }
        }
        let (new, old) =
            if is_shifted { (&scratch.shifted[0], leaving.map(|_| &scratch.shifted[1])) } else { (new, old) };
        let exponent = bounds.exponent();
        let (least, most) = if D == 1 { EXPONENTS } else { EXPONENTS_OF_SQUARED };
        let is_reached = exponent <= most
            && (D == 1 || bounds.is_zero() || exponent >= least)
            && (D == 1 && self.statistic == Statistic::Sum || self.kinds.rows < COUNT_MAX as u64)
            && self.carries.iter().all(|carry| carry.error.is_finite() && carry.parts[0].abs() < 1e307);
        let exponent = exponent.max(least);
        let mut used_cursor = !is_reached;
        if is_reached {
            let mut errors = [0.0; D];
            for (power, error) in errors.iter_mut().enumerate() {
                let digits = &mut scratch.digits[power];
                let exponent = exponent * (power as i32 + 1);
                let is_exact = bounds.is_zero() || power == 0 && bounds.is_narrow();
                *error = if is_exact { 0.0 } else { power_of_two(exponent - 75) };
                match power {
                    0 => digits.split(new, old, exponent),
                    _ => digits.split_squares(new, old, exponent),
                }
                digits.scan();
            }
            let verdicts = is_judged.then_some(&scratch.judged.verdicts);
            for chain in 0..rows.div_ceil(RUN) {
                let at = chain * RUN;
                let mut sums =
                    Sums { chains: [scratch.digits[0].chain(chain); D], carries: self.carries, errors };
                for (power, digits) in scratch.digits.iter().enumerate().skip(1) {
                    sums.chains[power] = digits.chain(chain);
                }
                let counts: &[f64; RUN] = scratch.counts[at..at + RUN].try_into().expect("a chain");
                let results: &mut [T; RUN] =
                    (&mut scratch.results[at..at + RUN]).try_into().expect("a chain");
                let is_sure = if is_full {
                    sums.finish(full, counts, results)
                } else {
                    sums.finish(part, counts, results)
                };
                let results = &mut results[..RUN.min(rows - at)];
                if is_judged || !is_sure || (counts[0] as usize) < self.windows.min_count {
                    for (place, result) in results.iter_mut().enumerate() {
                        let verdict = match verdicts {
                            Some(verdicts) => verdicts[at + place],
                            None => self.verdict_of_count(counts[place]),
                        };
                        if let Some(settled) = self.settled(verdict) {
                            *result = settled;
                            continue;
                        }
                        let found = sums.at(place);
                        let near = if is_full {
                            full.finish(found, counts[place])
                        } else {
                            part.finish(found, counts[place])
                        };
                        if !T::settle(near.center, near.offset, near.doubt).1 {
                            *result = self.resolve(row + at + place, found, counts[place], &mut used_cursor);
                        }
                    }
                }
            }
            self.out[row - self.start..row - self.start + rows].copy_from_slice(&scratch.results[..rows]);
            for (power, error) in errors.into_iter().enumerate() {
                let [high, low] = scratch.digits[power].total;
                self.carries[power].add(high, 0.0);
                self.carries[power].add(low, error);
            }
        } else {
            for place in 0..rows {
                let verdict = if is_judged {
                    scratch.judged.verdicts[place]
                } else {
                    self.verdict_of_count(scratch.counts[place])
                };
                self.out[row - self.start + place] = match self.settled(verdict) {
                    Some(settled) => settled,
                    None => self.exact(row + place),
                };
            }
        }
        if used_cursor {
            self.carry_from(row + rows);
        }
    }

    /// Carries the exact sums of the window before row `end`.
    #[cold]
    #[inline(never)]
    fn carry_from(&mut self, end: usize) {
        let state = self.cursor.at(self.level, &self.windows, self.values, end);
        for (power, carry) in self.carries.iter_mut().enumerate() {
            *carry = carried(state, power + 1, self.pivot);
        }
    }

    fn verdict_of_count(&self, count: f64) -> Verdict {
        if (count as usize) < self.windows.min_count { Verdict::Missing } else { Verdict::Ordinary }
    }

    /// The result where sums do not decide.
    fn settled(&self, verdict: Verdict) -> Option<T> {
        let is_spread = D == 2;
        Some(match verdict {
            Verdict::Ordinary => return None,
            Verdict::NegativeZero if is_spread => return None,
            Verdict::Missing => self.missing,
            Verdict::Nan => T::NAN,
            Verdict::Infinity | Verdict::NegativeInfinity if is_spread => T::NAN,
            Verdict::Infinity => T::special(f64::INFINITY),
            Verdict::NegativeInfinity => T::special(f64::NEG_INFINITY),
            Verdict::NegativeZero => T::special(-0.0),
        })
    }

    /// Forgets what no window of all rows can lose: values that are not there, and the zeros that decided nothing.
    fn forget(&mut self) {
        if self.windows.width.is_none() {
            self.kinds.rows -= self.kinds.missing;
            self.kinds.missing = 0;
            if self.kinds.negative_zero < self.kinds.rows {
                self.kinds.negative_zero = 0;
            }
        }
    }

    /// The result of row `row`, which no interval settles.
    #[cold]
    #[inline(never)]
    fn resolve(&mut self, row: usize, sums: [Near; D], count: f64, used_cursor: &mut bool) -> T {
        if self.statistic == Statistic::Mean
            && let Some(mean) = T::mean_of_exact(sums[0], count)
        {
            return mean;
        }
        let window = &self.values[self.windows.first(row + 1)..=row];
        if D == 2 && window.iter().all(|value| *value == window[0]) {
            return T::special(0.0);
        }
        *used_cursor = true;
        self.exact(row)
    }

    /// The result of row `row`, from exact integers.
    #[cold]
    #[inline(never)]
    fn exact(&mut self, row: usize) -> T {
        let state = self.cursor.at(self.level, &self.windows, self.values, row + 1);
        let read = state.read::<T>();
        let result = match self.statistic {
            Statistic::Sum => Some(read.sum()),
            Statistic::Mean => read.mean(),
            Statistic::Variance { .. } | Statistic::Deviation { .. } => read_spread(state, self.statistic),
        };
        result.unwrap_or(self.missing)
    }
}

/// Variance or deviation of a state that has squares.
fn read_spread<T: Settled, const D: usize>(state: &PowerSums<D>, statistic: Statistic) -> Option<T> {
    let squared = PowerSums::<2>::from_parts(
        *state.counts(),
        std::array::from_fn(|power| state.power_sum((power + 1).min(D)).clone()),
    );
    match statistic {
        Statistic::Deviation { ddof } => squared.read::<T>().std(ddof),
        Statistic::Variance { ddof } => squared.read::<T>().variance(ddof),
        _ => None,
    }
}

/// The block's rows as a whole block, filled up with zeros where they are fewer.
#[inline(always)]
fn whole<'a>(values: &'a [f64], filled: &'a mut Rows) -> &'a Rows {
    match values.try_into() {
        Ok(rows) => rows,
        Err(_) => {
            filled[..values.len()].copy_from_slice(values);
            filled[values.len()..].fill(0.0);
            filled
        }
    }
}
