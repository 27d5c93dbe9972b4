//! Medians, quantiles and ranks of windows: exact order statistics.

use super::carry::two_sum;
use super::near::Settled;
use super::ordered::{Held, NOWHERE, Ordered, Tally};
use super::plan::Windows;
use crate::select::quantile::{Method, Position, Probability};

/// Rows of results of a stretch, unless the windows are wider.
const STRETCH: usize = 1024;

/// A statistic of the order of the values of a window.
#[derive(Clone, Debug, PartialEq)]
pub enum OrderStatistic {
    /// The middle value, or the mean of the two in the middle, rounded once.
    Median,
    /// The value at a probability, interpolated between neighbours as [`Method::Linear`] says, rounded once.
    Quantile(Probability),
    /// The rank of the window's last value, from 1; ties at their average.
    Rank,
    /// [`OrderStatistic::Rank`] from -1 for the least of a window to 1 for the greatest; 0 for a single value.
    CenteredRank,
}

/// The statistic of the windows that end at rows `start..start + out.len()` of `values`; `missing` where a window holds
/// too few, or none, or where a row is to be ranked that is not there.
///
/// Special values: a NaN makes a result NaN while it is in the window.
/// Cost: a sort of all rows in stretches as long as the windows or longer, and a few steps a row.
///
/// # Panics
/// If the rows are not among the values, or the windows have no width.
pub fn order_statistics<T: Settled>(
    statistic: &OrderStatistic,
    windows: &Windows,
    values: &[f64],
    start: usize,
    out: &mut [T],
    missing: T,
) {
    assert!(start <= values.len() && out.len() <= values.len() - start, "results for rows that there are");
    let width = windows.width.expect("windows of some width");
    assert!(width > 0, "a window has a row");
    let is_rank = matches!(statistic, OrderStatistic::Rank | OrderStatistic::CenteredRank);
    let mut state = State::default();
    let mut quantile = Places::default();
    let length = STRETCH.max(width);
    for (index, out) in out.chunks_mut(length).enumerate() {
        let row = start + index * length;
        let first = windows.first(row);
        let stretch = &values[first..row + out.len()];
        state.begin(stretch, windows, is_rank);
        (0..row - first).for_each(|at| state.enter(at));
        for (at, result) in out.iter_mut().enumerate() {
            let newest = row - first + at;
            state.enter(newest);
            if let Some(oldest) = (row + at).checked_sub(width)
                && oldest >= first
            {
                state.leave(oldest - first);
            }
            let count = state.held.count;
            *result = if count + state.nan < windows.min_count.max(1) {
                missing
            } else if state.nan > 0 {
                if is_rank && windows.missing.holds(stretch[newest]) { missing } else { T::NAN }
            } else {
                match statistic {
                    OrderStatistic::Median => state.median(),
                    OrderStatistic::Quantile(probability) => {
                        state.at(quantile.position(probability, count as u64))
                    }
                    OrderStatistic::Rank => state.rank(newest).map_or(missing, T::nearest_of),
                    OrderStatistic::CenteredRank => {
                        let centered = |rank: f64| {
                            if count == 1 { 0.0 } else { 2.0 * ((rank - 1.0) / (count as f64 - 1.0) - 0.5) }
                        };
                        state.rank(newest).map_or(missing, |rank| T::nearest_of(centered(rank)))
                    }
                }
            };
        }
    }
}

/// Where a quantile lies, for the number of values that it was last asked of.
#[derive(Default)]
struct Places {
    known: Option<(u64, Position)>,
}

impl Places {
    fn position(&mut self, probability: &Probability, count: u64) -> &Position {
        if self.known.as_ref().is_none_or(|(known, _)| *known != count) {
            self.known = None;
        }
        &self.known.get_or_insert_with(|| (count, Method::Linear.position(probability, count))).1
    }
}

/// A window over a sorted stretch.
#[derive(Default)]
struct State {
    ordered: Ordered,
    held: Held,
    tally: Option<Tally>,
    nan: usize,
}

impl State {
    fn begin(&mut self, stretch: &[f64], windows: &Windows, is_rank: bool) {
        self.ordered.sort(stretch, windows.missing);
        self.held.clear(self.ordered.values.len());
        self.nan = 0;
        if is_rank {
            self.tally.get_or_insert_default().clear(self.ordered.values.len());
        }
        // What is missing is marked in the keys' stead: it has no place, and is no NaN either.
        for (place, value) in self.ordered.places.iter_mut().zip(stretch) {
            if *place == NOWHERE && windows.missing.holds(*value) {
                *place = NOWHERE - 1;
            }
        }
    }

    #[inline]
    fn enter(&mut self, row: usize) {
        match self.ordered.places[row] {
            NOWHERE => self.nan += 1,
            place if place == NOWHERE - 1 => {}
            place => {
                self.held.insert(place);
                if let Some(tally) = &mut self.tally {
                    tally.insert(place);
                }
            }
        }
    }

    #[inline]
    fn leave(&mut self, row: usize) {
        match self.ordered.places[row] {
            NOWHERE => self.nan -= 1,
            place if place == NOWHERE - 1 => {}
            place => {
                self.held.remove(place);
                if let Some(tally) = &mut self.tally {
                    tally.remove(place);
                }
            }
        }
    }

    #[inline]
    fn median<T: Settled>(&mut self) -> T {
        let count = self.held.count;
        let lower = self.held.select((count - 1) / 2);
        let low = self.ordered.values[lower];
        if count % 2 == 1 {
            return T::nearest_of(low);
        }
        let high = self.ordered.values[self.held.next(lower + 1)];
        middle(low, high)
    }

    fn at<T: Settled>(&mut self, position: &Position) -> T {
        let lower = self.held.select(position.lower() as usize);
        let low = self.ordered.values[lower];
        if position.upper() == position.lower() {
            return T::nearest_of(low);
        }
        T::between(position, low, self.ordered.values[self.held.next(lower + 1)])
    }

    /// The rank of row `row`'s value among those held, equals at their average; `None` where it is not there.
    fn rank(&self, row: usize) -> Option<f64> {
        let place = self.ordered.places[row];
        let tally = self.tally.as_ref().filter(|_| place < NOWHERE - 1)?;
        let values = &self.ordered.values;
        let value = values[place as usize];
        let first = values.partition_point(|other| *other < value);
        let last = values.partition_point(|other| *other <= value);
        let (below, up_to) = (tally.before(first), tally.before(last));
        Some((below + up_to + 1) as f64 / 2.0)
    }
}

/// The mean of two values, rounded once.
fn middle<T: Settled>(low: f64, high: f64) -> T {
    if low.to_bits() == high.to_bits() {
        return T::nearest_of(low);
    }
    let (sum, rest) = two_sum(low, high);
    let (middle, is_sure) = T::settle(sum * 0.5, rest * 0.5, 0.0);
    if is_sure && sum.is_finite() && (sum == 0.0 || sum.abs() > 1e-290) {
        return middle;
    }
    let half = Probability::parse("0.5").expect("a probability");
    T::between(&Method::Linear.position(&half, 2), low, high)
}
