//! What is known of a column before its bins are: the extrema of its finite values, and what a rule asks for.

use arrcalc_datasets::{Dataset, Layout};
use arrcalc_kernels::Level;
use arrcalc_kernels::OrderKey;
use arrcalc_kernels::elementwise::Lane64;
use arrcalc_kernels::exact::PowerSums;
use arrcalc_kernels::histogram::{Bins, Comparison, Slots};
use arrcalc_kernels::reduce::Extrema;
use arrcalc_kernels::select::{Selection, State, Step};

use crate::aggregate::{BLOCK_ROWS, Element};
use crate::error::Result;
use crate::execute::{Pass, Scope};

use super::axis::as_floats;
use super::bulk::Bulk;
use super::choice::Rule;
use super::counts::Counted;

/// Columns of up to so many values are kept by the first pass: 2 MiB, less than what counting them would take.
const KEPT_VALUES: u64 = 1 << 18;
/// Share of the free memory that the selection of the quartiles may hold.
const MEMORY_SHARE: u64 = 4;

/// An element whose histogram can be taken.
pub(super) trait Number: Element + OrderKey + Lane64 {
    /// Takes `values` into `sums`.
    fn add(level: Level, values: &[Self], sums: &mut PowerSums<3>);
    /// `self - low`, rounded once.
    fn above(self, low: Self) -> f64;
}

impl Number for f64 {
    fn add(level: Level, values: &[f64], sums: &mut PowerSums<3>) {
        sums.update_f64(level, values);
    }

    fn above(self, low: f64) -> f64 {
        self - low
    }
}

impl Number for i64 {
    fn add(level: Level, values: &[i64], sums: &mut PowerSums<3>) {
        sums.update_i64(level, values);
    }

    fn above(self, low: i64) -> f64 {
        self.abs_diff(low) as f64
    }
}

impl Number for u64 {
    fn add(level: Level, values: &[u64], sums: &mut PowerSums<3>) {
        sums.update_u64(level, values);
    }

    fn above(self, low: u64) -> f64 {
        self.abs_diff(low) as f64
    }
}

/// Which values there are that are not finite.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Special {
    pub(super) nan: bool,
    pub(super) negative: bool,
    pub(super) positive: bool,
}

impl Special {
    pub(super) fn is_any(self) -> bool {
        self.nan || self.negative || self.positive
    }
}

/// The finite values between two ends: how many, lowest, highest, and what a rule asks for.
#[derive(Clone, Debug)]
pub(super) struct Extent<E> {
    /// One bin between the ends, if they are given.
    ends: Option<Slots<E>>,
    /// Of the values.
    pub(super) extrema: Extrema<E>,
    /// Whether there are NaNs, and infinities of either sign, between the ends or not.
    pub(super) special: Special,
    pub(super) moments: Option<PowerSums<3>>,
    order: Option<State<E>>,
    /// How many values are where, as far as that is known before there are bins.
    bulk: Option<Bulk<E>>,
    is_first_pass: bool,
    kept: Vec<E>,
}

impl<E: Number> Extent<E> {
    /// Values beside the quartiles, if `rule` asks for them, and everything else in at most two passes; the counts of so many
    /// equal bins, too, if `bins` are asked for and there is memory for it.
    pub(super) fn of(
        scope: &Scope<'_>,
        dataset: &Dataset<'_>,
        column: usize,
        ends: Option<(f64, f64)>,
        rule: Option<Rule>,
        bins: Option<usize>,
    ) -> Result<(Self, [(E, E); 2])> {
        let level = scope.level();
        let bin = ends.and_then(|(low, high)| Bins::between(vec![low, high]));
        let mut state = Extent {
            ends: bin.map(|bin| Slots::new(&bin, Comparison::Nearest)),
            extrema: Extrema::new(),
            special: Special::default(),
            moments: rule.filter(|rule| rule.needs_moments()).map(|_| PowerSums::new()),
            order: None,
            bulk: bins.and_then(|bins| Bulk::new(scope, dataset.row_count(), bins)),
            is_first_pass: true,
            kept: Vec::new(),
        };
        let mut memory = None;
        if rule.is_some_and(Rule::needs_quartiles) {
            let bytes = scope.budget().available_bytes() / MEMORY_SHARE;
            memory = Some(scope.budget().reserve("the selection of quartiles", bytes)?);
            let keep = dataset.row_count().min(KEPT_VALUES) as usize;
            let memory = usize::try_from(bytes).unwrap_or(usize::MAX);
            let selection = if dataset.row_count() <= KEPT_VALUES {
                Selection { keep, ..Selection::new::<E>(0) }
            } else {
                Selection::new::<E>(memory)
            };
            state.order = Some(selection.first());
        }
        let columns = [column];
        let data_type = &dataset.schema().fields[column].data_type;
        let pass = Pass { dataset, columns: &columns, layout: Layout::Together };
        loop {
            let parts = scope.pass(
                &pass,
                || Ok(state.clone()),
                |state: &mut Extent<E>, _, chunk| {
                    let mut floats = Vec::new();
                    let column = as_floats(&chunk.columns[0], data_type, &mut floats);
                    E::blocks(level, &column, |block| {
                        block.values.chunks(BLOCK_ROWS).for_each(|values| state.update(level, values));
                    });
                    Ok(())
                },
            )?;
            parts.into_iter().for_each(|part| state.merge(part));
            state.is_first_pass = false;
            let Some(order) = state.order.take() else { break };
            match order.next(|n| ranks(n).map_or_else(Vec::new, sorted)) {
                Step::Again(next) => state.order = Some(next),
                Step::Done(selected) => {
                    drop(memory);
                    let at = |rank| selected.at(rank).unwrap_or(E::ZERO);
                    let quartiles = ranks(selected.numbers);
                    let quartiles = quartiles.map(|ranks| ranks.map(|(low, high)| (at(low), at(high))));
                    return Ok((state, quartiles.unwrap_or([(E::ZERO, E::ZERO); 2])));
                }
            }
        }
        Ok((state, [(E::ZERO, E::ZERO); 2]))
    }

    /// The counts in `bins` of a column of so many rows, where they are known: none of the values was left out.
    pub(super) fn counted(&self, level: Level, bins: &Bins, rows: u64) -> Option<Counted> {
        let bulk = self.bulk.as_ref().filter(|_| !self.special.is_any())?;
        let counts = bulk.counts(level, bins, Comparison::Nearest)?;
        Some(Counted::of(&counts, rows - self.extrema.census.count))
    }

    /// Takes in one block.
    fn update(&mut self, level: Level, values: &[E]) {
        if self.ends.is_some() || (!self.is_first_pass && self.special.is_any()) {
            return self.sift(level, values);
        }
        if self.is_first_pass {
            let mut extrema = self.extrema;
            extrema.update_at(level, values, |_| 0);
            let census = &extrema.census;
            if census.nan + census.positive_infinity + census.negative_infinity > 0 {
                return self.sift(level, values);
            }
            self.extrema = extrema;
        }
        self.take(level, values);
    }

    /// Takes in those values of a block that are finite and between the ends.
    fn sift(&mut self, level: Level, values: &[E]) {
        let mut kept = std::mem::take(&mut self.kept);
        kept.clear();
        for &value in values {
            let is_infinite = E::IS_FLOAT && (value == E::LOWEST || value == E::HIGHEST);
            if is_infinite || value.is_nan() {
                self.see(value.nearest_f64());
            } else if self.ends.as_ref().is_none_or(|ends| ends.of(value) == 1) {
                kept.push(value);
            }
        }
        if self.is_first_pass {
            self.extrema.update_at(level, &kept, |_| 0);
        }
        self.take(level, &kept);
        self.kept = kept;
    }

    /// Takes in values for what is not extrema.
    fn take(&mut self, level: Level, values: &[E]) {
        if let (true, Some(sums)) = (self.is_first_pass, &mut self.moments) {
            E::add(level, values, sums);
        }
        if let Some(bulk) = &mut self.bulk {
            bulk.update(level, values, self.extrema.minimum().zip(self.extrema.maximum()));
        }
        if let Some(order) = &mut self.order {
            order.update(level, values);
        }
    }

    fn see(&mut self, value: f64) {
        self.special.nan |= value.is_nan();
        self.special.negative |= value == f64::NEG_INFINITY;
        self.special.positive |= value == f64::INFINITY;
    }

    fn merge(&mut self, other: Self) {
        if self.is_first_pass {
            self.extrema.merge(&other.extrema);
            if let (Some(mine), Some(theirs)) = (&mut self.moments, &other.moments) {
                mine.merge(theirs);
            }
        }
        self.special.nan |= other.special.nan;
        self.special.negative |= other.special.negative;
        self.special.positive |= other.special.positive;
        if let (Some(mine), Some(theirs)) = (&mut self.bulk, other.bulk) {
            mine.merge(theirs);
        }
        if let (Some(mine), Some(theirs)) = (&mut self.order, &other.order) {
            mine.merge(theirs);
        }
    }
}

/// The two values beside each of the first and the third quartile.
fn ranks(n: u64) -> Option<[(u64, u64); 2]> {
    let last = n.checked_sub(1)?;
    Some([1, 3].map(|part| {
        let low = (u128::from(last) * part / 4) as u64; // below `last`
        (low, (low + 1).min(last))
    }))
}

fn sorted([(a, b), (c, d)]: [(u64, u64); 2]) -> Vec<u64> {
    let mut ranks = vec![a, b, c, d];
    ranks.sort_unstable();
    ranks.dedup();
    ranks
}
