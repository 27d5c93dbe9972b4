//! `mad`.
//!
//! ```text
//! m = median of x        mad = median of |x - m|
//! ```
//!
//! No deviation is computed for every row: with x sorted, the k + 1 smallest ones belong to k + 1 neighbours, so
//!
//! ```text
//! k-th smallest |x - m| = min over i of max(m - x[i], x[i + k] - m)
//! ```
//!
//! whose first argument falls and whose second rises with i. Where they cross is found by a search in steps of hundreds
//! of order statistics at a time, each step an exact selection (see [`super::Quantiles`]); they are compared exactly,
//! as `x[i] + x[i + k]` against `2 m`, and the answer is rounded once.

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

use arrcalc_datasets::{Chunk, DataType};
use arrcalc_kernels::Level;
use arrcalc_kernels::exact::{Dyadic, Natural, Ratio};
use arrcalc_kernels::select::Selected;

use crate::answer::Scalar;
use crate::error::Result;

use super::extended::Extended;
use super::iqr::check_type;
use super::kind::{float_value, scale};
use super::pairs::is_narrow;
use super::quantile::DEFAULT_MEMORY_BYTES;
use super::quotient::result;
use super::{Aggregate, NanPolicy, OrderState, Rounds, Step};

/// Median absolute deviation from the median, of the first column of the chunks: exact, rounded once, not scaled.
///
/// Types: numbers; binary32 for binary32 and binary16, else binary64. Special values: a NaN gives NaN
/// unless it is ignored, and so does an infinite median; an infinite deviation is larger than all others; no values
/// give null.
/// Class: rounds. Cost: one pass up to 1,024 values, else some six, and one more over decimals.
#[derive(Clone, Debug)]
pub struct Mad {
    data_type: DataType,
    nan: NanPolicy,
    memory_bytes: usize,
}

/// The state of one pass of [`Mad`].
#[derive(Clone, Debug)]
pub struct MadState {
    search: Arc<Search>,
    order: OrderState,
}

/// What earlier passes have found out.
#[derive(Debug)]
enum Search {
    Median,
    /// Twice the median, and for either k the range of i in which the crossing is.
    Crossing {
        twice_median: Dyadic,
        within: [Range<u64>; 2],
    },
}

/// Of up to so many values all are asked for at once.
const ALL: u64 = 1024;
/// Places looked at by a step of the search.
const PROBES: u64 = 256;

impl Mad {
    /// The deviation of a column of `data_type`.
    ///
    /// # Errors
    /// [`crate::Error::Request`] for types without it.
    pub fn new(data_type: &DataType, nan: NanPolicy) -> Result<Self> {
        check_type("mad", data_type)?;
        Ok(Self { data_type: data_type.clone(), nan, memory_bytes: DEFAULT_MEMORY_BYTES })
    }

    /// Passes may collect `bytes`; fewer bytes may mean more passes, never another answer.
    pub fn memory_bytes(mut self, bytes: usize) -> Self {
        self.memory_bytes = bytes;
        self
    }

    /// Another search in the same column, from `order`, the empty state of its first pass.
    fn again(&self, search: Search, order: OrderState) -> Step<MadState, Scalar> {
        Step::Again(MadState { search: Arc::new(search), order })
    }

    fn nan(&self) -> Step<MadState, Scalar> {
        Step::Done(float_value(&self.data_type, f64::from_bits(0x7ff8_0000_0000_0000)))
    }

    fn after_median(&self, selected: &Selected<Extended>, empty: OrderState) -> Step<MadState, Scalar> {
        let n = selected.numbers;
        if self.nan == NanPolicy::Propagate && selected.nan > 0 {
            return self.nan();
        }
        if n == 0 {
            return Step::Done(Scalar::Null);
        }
        let exact = |rank| selected.at(rank).and_then(Extended::exact);
        let [low, high] = middle(n);
        let (Some(low), Some(high)) = (exact(low), exact(high)) else { return self.nan() };
        let twice_median = low.add(&high);
        let within = middle(n).map(|k| 0..n - k);
        if n <= ALL {
            return self.after_step(&twice_median, &within, selected, empty);
        }
        self.again(Search::Crossing { twice_median, within }, empty)
    }

    /// Narrows the ranges of the crossings, or reads the deviations at them.
    fn after_step(
        &self,
        twice_median: &Dyadic,
        within: &[Range<u64>; 2],
        selected: &Selected<Extended>,
        empty: OrderState,
    ) -> Step<MadState, Scalar> {
        let ks = middle(selected.numbers);
        if within.iter().all(|range| is_last(range, selected.numbers)) {
            let twice = [0, 1].map(|at| twice_deviation(twice_median, ks[at], &within[at], selected));
            let [Some(low), Some(high)] = twice else {
                return Step::Done(float_value(&self.data_type, f64::INFINITY));
            };
            let exact = Ratio::new(low.add(&high), Natural::from(4u64));
            let exact = exact.scaled(scale(&self.data_type).into());
            return Step::Done(result(is_narrow(&self.data_type), &exact));
        }
        let narrowed = [0, 1].map(|at| {
            let (k, range) = (ks[at], &within[at]);
            let (mut low, mut high) = (range.start, range.end);
            for i in probes(range) {
                if has_crossed(twice_median, i, k, selected) {
                    high = high.min(i);
                } else {
                    low = low.max(i + 1);
                }
            }
            low..high
        });
        self.again(Search::Crossing { twice_median: twice_median.clone(), within: narrowed }, empty)
    }
}

/// The two middle ranks of `n` values, the same for an odd number.
fn middle(n: u64) -> [u64; 2] {
    [n.saturating_sub(1) / 2, n / 2]
}

/// Whether the range is short enough to look at all of it.
fn is_last(range: &Range<u64>, n: u64) -> bool {
    n <= ALL || range.end - range.start <= PROBES
}

/// Places spread over a range.
fn probes(range: &Range<u64>) -> impl Iterator<Item = u64> + use<> {
    let (start, length) = (range.start, range.end - range.start);
    let probes = length.min(PROBES);
    (0..probes).map(move |at| start + (u128::from(at) * u128::from(length) / u128::from(probes)) as u64)
}

/// Whether `x[i + k] - m >= m - x[i]`.
fn has_crossed(twice_median: &Dyadic, i: u64, k: u64, selected: &Selected<Extended>) -> bool {
    let (Some(low), Some(high)) = (selected.at(i), selected.at(i + k)) else { return true };
    match (low.exact(), high.exact()) {
        (Some(low), Some(high)) => low.add(&high).compare(twice_median) != Ordering::Less,
        // An infinity below is further than anything; with none below, one above is.
        (None, _) if low.infinity() < 0.0 => high.infinity() > 0.0,
        _ => true,
    }
}

/// Twice the k-th smallest deviation, from a range of i all of which was selected; `None` if it is infinite.
fn twice_deviation(
    twice_median: &Dyadic,
    k: u64,
    range: &Range<u64>,
    selected: &Selected<Extended>,
) -> Option<Dyadic> {
    let two = Dyadic::from(2u64);
    let exact = |rank| selected.at(rank).and_then(Extended::exact);
    let below = |i: u64| Some(twice_median.sub(&exact(i)?.mul(&two)));
    let above = |i: u64| Some(exact(i + k)?.mul(&two).sub(twice_median));
    let crossing = range.clone().find(|&i| has_crossed(twice_median, i, k, selected)).unwrap_or(range.end);
    let left = crossing.checked_sub(1).and_then(below);
    let right = if crossing + k < selected.numbers { above(crossing) } else { None };
    match (left, right) {
        (Some(left), Some(right)) => Some(if left.compare(&right) == Ordering::Less { left } else { right }),
        (one, other) => one.or(other),
    }
}

/// The ranks that the next step looks at.
fn step_ranks(within: &[Range<u64>; 2], n: u64) -> Vec<u64> {
    let mut ranks = Vec::new();
    for (range, k) in within.iter().zip(middle(n)) {
        if within.iter().all(|range| is_last(range, n)) {
            let last = range.end.min(n - 1 - k);
            ranks.extend((range.start.saturating_sub(1)..=last).flat_map(|i| [i, i + k]));
        } else {
            ranks.extend(probes(range).flat_map(|i| [i, i + k]));
        }
    }
    ranks
}

impl Aggregate for MadState {
    type Answer = u32;

    fn update(&mut self, level: Level, chunk: &Chunk<'_>) {
        self.order.update(level, chunk);
    }

    fn merge(&mut self, other: &Self) {
        self.order.merge(&other.order);
    }

    /// The number of the pass within its step.
    fn finish(&self) -> u32 {
        self.order.finish()
    }

    fn to_bytes(&self) -> Vec<u8> {
        self.order.to_bytes()
    }

    fn heap_bytes(&self) -> usize {
        self.order.heap_bytes()
    }
}

impl Rounds for Mad {
    type State = MadState;
    type Answer = Scalar;

    fn first(&self) -> MadState {
        let order = OrderState::empty(&self.data_type, self.memory_bytes);
        MadState { search: Arc::new(Search::Median), order }
    }

    fn next(&self, merged: MadState) -> Step<MadState, Scalar> {
        let MadState { search, order } = merged;
        let ranks = |n: u64| match &*search {
            Search::Median if n <= ALL => (0..n).collect(),
            Search::Median => middle(n).to_vec(),
            Search::Crossing { within, .. } => step_ranks(within, n),
        };
        let empty = order.restarted(&self.data_type, self.memory_bytes);
        match order.advance(ranks) {
            Step::Again(order) => Step::Again(MadState { search, order }),
            Step::Done(selected) => match &*search {
                Search::Median => self.after_median(&selected, empty),
                Search::Crossing { twice_median, within } => {
                    self.after_step(twice_median, within, &selected, empty)
                }
            },
        }
    }
}
