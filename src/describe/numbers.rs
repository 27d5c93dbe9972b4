//! The first pass over a column of numbers or moments of time: everything that one read can give.

use arrcalc_datasets::{Column, DataType};
use arrcalc_kernels::Level;
use arrcalc_kernels::distinct::{CountWindow, DistinctSet, HashValue, WindowPlan};
use arrcalc_kernels::exact::PowerSums;
use arrcalc_kernels::reduce::Extrema;
use arrcalc_kernels::select::{Selection, State};

use crate::aggregate::{
    BLOCK_ROWS, Element, Interpolate, float_value, integer_value, order_bytes, set_bytes,
};
use crate::answer::Scalar;

/// What the kernels need of an element, and how one becomes a result.
pub(crate) trait Number: Element + HashValue + Interpolate {
    /// Takes `values` into `sums`; tells an interval that holds them, where that is known and none of them is NaN,
    /// infinite or zero.
    fn add_powers(level: Level, values: &[Self], sums: &mut PowerSums<4>) -> Option<(Self, Self)>;

    /// One value of a column of `data_type`, as a result.
    fn scalar(self, data_type: &DataType) -> Scalar;

    /// The integer that it is; `None` for floats.
    fn integer(self) -> Option<i128>;
}

impl Number for f64 {
    fn add_powers(level: Level, values: &[f64], sums: &mut PowerSums<4>) -> Option<(f64, f64)> {
        sums.update_and_bound(level, values)
    }

    fn scalar(self, data_type: &DataType) -> Scalar {
        float_value(data_type, self)
    }

    fn integer(self) -> Option<i128> {
        None
    }
}

impl Number for i64 {
    fn add_powers(level: Level, values: &[i64], sums: &mut PowerSums<4>) -> Option<(i64, i64)> {
        sums.update_i64(level, values);
        None
    }

    fn scalar(self, data_type: &DataType) -> Scalar {
        integer_value(data_type, i128::from(self))
    }

    fn integer(self) -> Option<i128> {
        Some(self.into())
    }
}

impl Number for u64 {
    fn add_powers(level: Level, values: &[u64], sums: &mut PowerSums<4>) -> Option<(u64, u64)> {
        sums.update_u64(level, values);
        None
    }

    fn scalar(self, data_type: &DataType) -> Scalar {
        integer_value(data_type, i128::from(self))
    }

    fn integer(self) -> Option<i128> {
        Some(self.into())
    }
}

/// The state of one column after some of its rows.
#[derive(Clone, Debug)]
pub(crate) struct Numbers<E> {
    pub(super) nulls: u64,
    /// NaN included: taken out when read.
    pub(super) sums: PowerSums<4>,
    /// Of everything finite; its census counts NaN, but no infinities.
    pub(super) finite: Extrema<E>,
    pub(super) positive_infinity: u64,
    pub(super) negative_infinity: u64,
    pub(super) distinct: DistinctSet<E>,
    pub(super) order: State<E>,
    /// Counts of values that none of the others has seen.
    window: Option<Window>,
}

/// Values that wait to be taken in: of few different ones that is done once, at the end.
#[derive(Clone, Debug)]
struct Window {
    /// What they are taken in with, where one comes that is not among them.
    level: Level,
    counts: CountWindow,
}

impl<E: Number> Numbers<E> {
    pub(super) fn new(selection: &Selection) -> Self {
        Self {
            nulls: 0,
            sums: PowerSums::new(),
            finite: Extrema::new(),
            positive_infinity: 0,
            negative_infinity: 0,
            distinct: DistinctSet::new(),
            order: selection.first(),
            window: None,
        }
    }

    /// Counts values in a window, until one comes that is outside it.
    pub(super) fn open_window(&mut self, level: Level, plan: &WindowPlan) {
        self.window = Some(Window { level, counts: CountWindow::new(plan) });
    }

    /// Takes in the rows of `column`.
    pub(super) fn update(&mut self, level: Level, column: &Column<'_>) {
        let mut valid = 0;
        E::blocks(level, column, |block| {
            valid += block.values.len();
            // Each block is read once from memory and stays in the first-level cache for the kernels after the first.
            for values in block.values.chunks(BLOCK_ROWS) {
                self.take(level, values);
            }
        });
        self.nulls += (column.values.len() - valid) as u64;
    }

    fn take(&mut self, level: Level, values: &[E]) {
        let mut left = values;
        if let Some(window) = &mut self.window {
            left = &values[window.counts.update(level, values)..];
            if left.is_empty() {
                return;
            }
            self.leave_window();
        }
        self.take_each(level, left);
    }

    fn take_each(&mut self, level: Level, values: &[E]) {
        let bounds = E::add_powers(level, values, &mut self.sums);
        // Few blocks of most columns can hold an extremum of the whole column.
        if bounds.is_some_and(|(low, high)| self.finite.enclose(low, high)) {
            self.finite.update_enclosed(values.len());
        } else {
            self.take_extrema(level, values);
        }
        self.distinct.update(level, values);
        self.order.update_known(level, values, bounds.is_some());
    }

    /// Infinities are counted, and kept out of the extrema that the histogram's bins are laid between.
    fn take_extrema(&mut self, level: Level, values: &[E]) {
        let before = self.finite;
        // Rows do not matter here; the same row for all lets no tie be looked up.
        self.finite.update_at(level, values, |_| 0);
        let census = &self.finite.census;
        if census.positive_infinity + census.negative_infinity > 0 {
            self.positive_infinity += census.positive_infinity;
            self.negative_infinity += census.negative_infinity;
            self.finite = before;
            let finite: Vec<E> = values
                .iter()
                .copied()
                .filter(|value| !(value.key() == E::LOWEST.key() || value.key() == E::HIGHEST.key()))
                .collect();
            self.finite.update_at(level, &finite, |_| 0);
        }
    }

    /// Takes in the counted values as if they came now.
    fn leave_window(&mut self) {
        let Some(Window { level, counts }) = self.window.take() else { return };
        let mut values = Vec::with_capacity(BLOCK_ROWS);
        for (value, mut count) in counts.entries::<E>() {
            while count > 0 {
                let taken = count.min((BLOCK_ROWS - values.len()) as u64);
                values.extend(std::iter::repeat_n(value, taken as usize));
                count -= taken;
                if values.len() == BLOCK_ROWS {
                    self.take_each(level, &values);
                    values.clear();
                }
            }
        }
        self.take_each(level, &values);
    }

    /// Takes in the counted values, and returns them if they are all there are: then nothing else but the order of
    /// values is left to be read.
    pub(super) fn close_window(&mut self) -> Option<CountWindow> {
        let is_alone = self.finite.census.count == 0;
        let window = self.window.take_if(|_| is_alone)?;
        let counts = window.counts;
        let (low, places) = counts.dense::<E>()?;
        self.sums.update_counted(window.level, low.integer()?, places);
        self.finite.census.count = counts.len();
        self.finite.census.zero = counts.below(E::from_key(E::ZERO.key() + 1)) - counts.below(E::ZERO);
        (self.finite.min, self.finite.min_row) = (low, 0);
        (self.finite.max, self.finite.max_row) = (E::from_key(low.key() + (places.len() - 1) as u64), 0);
        self.distinct = counts.distinct(window.level);
        Some(counts)
    }

    /// Takes in the rows that `other` has seen.
    pub(super) fn merge(&mut self, mut other: Self) {
        if let (Some(mine), Some(theirs)) = (&mut self.window, &other.window)
            && mine.counts.merge(&theirs.counts)
        {
            other.window = None;
        }
        other.leave_window();
        if other.finite.census.count > 0 {
            self.leave_window();
        }
        self.nulls += other.nulls;
        self.sums.merge(&other.sums);
        self.finite.merge(&other.finite);
        self.positive_infinity += other.positive_infinity;
        self.negative_infinity += other.negative_infinity;
        self.distinct.merge(&other.distinct);
        self.order.merge(&other.order);
    }

    /// Values that are neither null nor NaN.
    pub(super) fn count(&self) -> u64 {
        self.finite.census.numbers() + self.positive_infinity + self.negative_infinity
    }

    /// Lowest and highest value, infinities included.
    pub(super) fn extrema(&self) -> Option<(E, E)> {
        let low = if self.negative_infinity > 0 { Some(E::LOWEST) } else { self.finite.minimum() };
        let high = if self.positive_infinity > 0 { Some(E::HIGHEST) } else { self.finite.maximum() };
        let (low, high) = (low.or((self.positive_infinity > 0).then_some(E::HIGHEST)), high);
        let high = high.or((self.negative_infinity > 0).then_some(E::LOWEST));
        low.zip(high)
    }

    /// Canonical bytes.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        if self.window.is_some() {
            let mut all = self.clone();
            all.leave_window();
            return all.to_bytes();
        }
        let mut bytes = self.sums.to_bytes();
        let census = &self.finite.census;
        let words = [
            self.nulls,
            self.positive_infinity,
            self.negative_infinity,
            census.count,
            census.nan,
            census.zero,
            census.negative_zero,
            self.finite.min.key(),
            self.finite.max.key(),
        ];
        bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        bytes.extend(set_bytes(&self.distinct));
        bytes.extend(order_bytes(&self.order));
        bytes
    }
}
