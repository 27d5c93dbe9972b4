//! The passes after the first: the rounds of the quantiles' selection, and the histogram, whose bins are known once
//! the extrema are.

use arrcalc_datasets::Column;
use arrcalc_kernels::Level;
use arrcalc_kernels::histogram::{Bins, Histogram};
use arrcalc_kernels::select::quantile::Position;
use arrcalc_kernels::select::{Selected, Selection, State, Step};

use crate::aggregate::{BLOCK_ROWS, Probability, QuantileMethod, ranks, read_position};
use crate::answer::ColumnDescription;

use super::column::ColumnState;
use super::numbers::{Number, Numbers};

/// What is still to be found out about one column.
#[derive(Clone, Debug)]
pub(crate) struct Later<E> {
    /// The selection's next pass; `None` once `selected`.
    order: Option<State<E>>,
    selected: Option<Selected<E>>,
    /// The histogram's counts so far; `None` where there is nothing to count.
    bins: Option<Histogram<E>>,
    counted: bool,
}

/// [`Later`] of a column of any element.
#[derive(Clone, Debug)]
pub(crate) enum LaterState {
    Float(Box<Later<f64>>),
    Signed(Box<Later<i64>>),
    Unsigned(Box<Later<u64>>),
}

/// Bins of the histogram.
const BINS: usize = 8;

/// Where the quantiles of a description lie among `n` values.
fn positions(n: u64) -> impl Iterator<Item = Position> {
    ColumnDescription::QUANTILES.into_iter().filter_map(move |(_, numerator, denominator)| {
        debug_assert_eq!(denominator, 100, "the quantiles of a description are percentiles");
        let probability = Probability::parse_percent(&numerator.to_string())?;
        Some(QuantileMethod::Linear.position(&probability, n))
    })
}

impl<E: Number> Later<E> {
    /// What follows from a first pass over every row.
    fn after(level: Level, first: &mut Numbers<E>) -> Self {
        let range = first.finite.minimum().zip(first.finite.maximum());
        let bins = range
            .and_then(|(low, high)| Bins::equal(low.nearest_f64(), high.nearest_f64(), BINS))
            .map(Histogram::new);
        let mut later = Self { order: None, selected: None, bins, counted: false };
        // Of few values the first pass kept the keys: there is nothing to read again.
        if first.order.counts().is_empty() {
            let values: Vec<E> = first.order.sorted_keys().into_iter().map(E::from_key).collect();
            later.count(level, &values);
            later.counted = true;
        }
        let order = std::mem::replace(&mut first.order, Selection::new::<E>(0).first());
        later.step(order);
        later
    }

    fn step(&mut self, order: State<E>) {
        match order.next(|n| positions(n).flat_map(|position| ranks(&position)).collect()) {
            Step::Again(state) => self.order = Some(state),
            Step::Done(selected) => self.selected = Some(selected),
        }
    }

    fn is_done(&self) -> bool {
        self.order.is_none() && (self.counted || self.bins.is_none())
    }

    fn count(&mut self, level: Level, values: &[E]) {
        if let Some(bins) = &mut self.bins {
            bins.update(level, values);
        }
    }

    fn take(&mut self, level: Level, values: &[E]) {
        for values in values.chunks(BLOCK_ROWS) {
            if !self.counted {
                self.count(level, values);
            }
            if let Some(order) = &mut self.order {
                order.update(level, values);
            }
        }
    }

    fn merge(&mut self, other: &Self) {
        if let (false, Some(mine), Some(theirs)) = (self.counted, &mut self.bins, &other.bins) {
            mine.merge(theirs);
        }
        if let (Some(mine), Some(theirs)) = (&mut self.order, &other.order) {
            mine.merge(theirs);
        }
    }

    /// What follows from a pass over every row.
    fn next_pass(&mut self) {
        self.counted = true;
        if let Some(order) = self.order.take() {
            self.step(order);
        }
    }
}

/// Does the same with the inside of a [`LaterState`], whatever its element.
macro_rules! with_later {
    ($state:expr, $later:ident => $body:expr) => {
        match $state {
            LaterState::Float($later) => $body,
            LaterState::Signed($later) => $body,
            LaterState::Unsigned($later) => $body,
        }
    };
}

impl LaterState {
    /// What follows from the first pass; `None` for columns that one pass is enough for.
    pub(super) fn after(level: Level, first: &mut ColumnState) -> Option<Self> {
        match first {
            ColumnState::Float(numbers) => Some(LaterState::Float(Box::new(Later::after(level, numbers)))),
            ColumnState::Signed(numbers) => Some(LaterState::Signed(Box::new(Later::after(level, numbers)))),
            ColumnState::Unsigned(numbers) => {
                Some(LaterState::Unsigned(Box::new(Later::after(level, numbers))))
            }
            _ => None,
        }
    }

    /// Whether no pass is left.
    pub(super) fn is_done(&self) -> bool {
        with_later!(self, later => later.is_done())
    }

    /// Takes in the rows of `column`.
    pub(super) fn update(&mut self, level: Level, column: &Column<'_>) {
        fn take<E: Number>(later: &mut Later<E>, level: Level, column: &Column<'_>) {
            E::blocks(level, column, |block| later.take(level, block.values));
        }
        with_later!(self, later => take(later, level, column));
    }

    /// Takes in the rows that `other` has seen in this pass.
    pub(super) fn merge(&mut self, other: &Self) {
        match (self, other) {
            (LaterState::Float(mine), LaterState::Float(theirs)) => mine.merge(theirs),
            (LaterState::Signed(mine), LaterState::Signed(theirs)) => mine.merge(theirs),
            (LaterState::Unsigned(mine), LaterState::Unsigned(theirs)) => mine.merge(theirs),
            _ => panic!("states of columns of different types do not merge"),
        }
    }

    /// What follows from a pass over every row.
    pub(super) fn next_pass(&mut self) {
        with_later!(self, later => later.next_pass());
    }

    /// Writes what was found into `described`.
    pub(super) fn finish(&self, described: &mut ColumnDescription) {
        fn read<E: Number>(later: &Later<E>, described: &mut ColumnDescription) {
            described.histogram = later.bins.as_ref().and_then(|bins| bins.counts().try_into().ok());
            let Some(selected) = later.selected.as_ref().filter(|selected| selected.numbers > 0) else {
                return;
            };
            for (quantile, position) in described.quantiles.iter_mut().zip(positions(selected.numbers)) {
                *quantile = read_position(&described.data_type, &position, selected);
            }
        }
        with_later!(self, later => read(later, described));
    }
}
