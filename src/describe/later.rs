//! The passes after the first: the rounds of the quantiles' selection, and the histogram, whose bins are known once
//! the extrema are.

use arrcalc_datasets::Column;
use arrcalc_kernels::distinct::CountWindow;
use arrcalc_kernels::histogram::{Bins, Histogram};
use arrcalc_kernels::select::quantile::Position;
use arrcalc_kernels::select::{Selected, Selection, State, Step};
use arrcalc_kernels::{Level, OrderKey};

use crate::aggregate::{
    self, BLOCK_ROWS, DecimalOrder, Element, Interpolate, Probability, QuantileMethod, ranks, read_position,
};
use crate::answer::ColumnDescription;
use crate::expression::float_of;

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
    /// Whether no pass is left that compares values with the bins' edges.
    counted: bool,
    /// Negative and positive ones.
    infinities: [u64; 2],
}

/// [`Later`] of a column of any element.
#[derive(Clone, Debug)]
pub(crate) enum LaterState {
    Float(Box<Later<f64>>),
    Signed(Box<Later<i64>>),
    Unsigned(Box<Later<u64>>),
    Decimal(Box<LaterDecimals>),
}

/// The passes after the first over decimals; their bins are those of the nearest floats.
#[derive(Clone, Debug)]
pub(crate) struct LaterDecimals {
    scale: i8,
    order: Option<DecimalOrder>,
    selected: Option<Selected<i128>>,
    bins: Option<Histogram<f64>>,
    counted: bool,
}

/// Bins of the histogram.
const BINS: usize = 8;

/// Where the quantiles of a description lie among `n` values.
pub(super) fn positions(n: u64) -> impl Iterator<Item = Position> {
    ColumnDescription::QUANTILES.into_iter().filter_map(move |(_, numerator, denominator)| {
        debug_assert_eq!(denominator, 100, "the quantiles of a description are percentiles");
        let probability = Probability::parse_percent(&numerator.to_string())?;
        Some(QuantileMethod::Linear.position(&probability, n))
    })
}

impl<E: Number> Later<E> {
    /// What follows from a first pass over every row.
    fn after(level: Level, first: &mut Numbers<E>) -> Self {
        let window = first.close_window();
        let range = first.finite.minimum().zip(first.finite.maximum());
        let bins = range
            .and_then(|(low, high)| Bins::equal(low.nearest_f64(), high.nearest_f64(), BINS))
            .map(Histogram::new);
        let mut later = Self { order: None, selected: None, bins, counted: false, infinities: [0; 2] };
        if let Some(window) = &window {
            later.read(first, window);
            return later;
        }
        // Of few values the first pass kept the keys: there is nothing to read again.
        if first.order.counts().is_empty() {
            let values: Vec<E> = first.order.sorted_keys().into_iter().map(E::from_key).collect();
            later.count(level, &values);
            later.counted = true;
        }
        let order = std::mem::replace(&mut first.order, Selection::new::<E>(0).first());
        if let (false, Some(edges)) = (later.counted, later.inner_edges(first)) {
            later.step(order, &edges);
            // Either the selection counts them as it goes, or the next pass compares every value with every edge.
            later.counted = match (&later.order, &later.selected) {
                (Some(order), _) => order.counts_thresholds(),
                (None, selected) => selected.as_ref().is_some_and(|selected| selected.below.is_some()),
            };
            later.infinities = [first.negative_infinity, first.positive_infinity];
            later.fill();
        } else {
            later.step(order, &[]);
        }
        later
    }

    /// Reads everything from counts of the values.
    fn read(&mut self, first: &Numbers<E>, window: &CountWindow) {
        let numbers = window.len();
        let mut wanted: Vec<u64> = positions(numbers).flat_map(|position| ranks(&position)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let values = window.at_ranks(&wanted);
        self.selected = Some(Selected { numbers, nan: 0, values, below: None, passes: 1 });
        self.counted = true;
        let edges = self.inner_edges(first);
        let Some(bins) = &mut self.bins else { return };
        match edges {
            Some(edges) => {
                let below: Vec<u64> = edges.into_iter().map(|edge| window.below(edge)).collect();
                bins.update_counted(&below, numbers);
            }
            None => window.entries().for_each(|(value, count)| bins.update_repeated(value, count)),
        }
    }

    /// The edges between bins, if no finite value is outside the outer ones: integers may be, where an edge is rounded.
    fn inner_edges(&self, first: &Numbers<E>) -> Option<Vec<E>> {
        let thresholds = self.bins.as_ref()?.thresholds();
        let (low, high) = (first.finite.minimum()?, first.finite.maximum()?);
        let (lowest, above) = (thresholds.first()?, thresholds.get(BINS + 1));
        let all_inside = *lowest <= low && above.is_none_or(|above| high < *above);
        (all_inside && thresholds.len() > BINS).then(|| thresholds[1..BINS].to_vec())
    }

    fn step(&mut self, order: State<E>, edges: &[E]) {
        let wanted = |n| positions(n).flat_map(|position| ranks(&position)).collect();
        match order.next_and_count(wanted, edges) {
            Step::Again(state) => self.order = Some(state),
            Step::Done(selected) => self.selected = Some(selected),
        }
    }

    /// Fills the bins from what the selection has counted.
    fn fill(&mut self) {
        if let (true, Some(bins), Some(selected)) = (self.counted, &mut self.bins, &self.selected)
            && let Some(below) = selected.below.as_ref().filter(|below| below.len() + 1 == BINS)
        {
            let [negative, positive] = self.infinities;
            let below: Vec<u64> = below.iter().map(|below| below - negative).collect();
            bins.update_counted(&below, selected.numbers - negative - positive);
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
        if !self.counted {
            merge_bins(&mut self.bins, &other.bins);
        }
        if let (Some(mine), Some(theirs)) = (&mut self.order, &other.order) {
            mine.merge(theirs);
        }
    }

    /// What follows from a pass over every row.
    fn next_pass(&mut self) {
        let was_counting = self.order.as_ref().is_some_and(State::counts_thresholds);
        self.counted = true;
        if let Some(order) = self.order.take() {
            self.step(order, &[]);
        }
        if was_counting {
            self.fill();
        }
    }
}

/// Adds the counts of `theirs` to `mine`, where there are bins.
fn merge_bins<E: OrderKey>(mine: &mut Option<Histogram<E>>, theirs: &Option<Histogram<E>>) {
    if let (Some(mine), Some(theirs)) = (mine, theirs) {
        mine.merge(theirs);
    }
}

impl LaterDecimals {
    /// What follows from a first pass that found `bounds`.
    fn after(bounds: (i128, i128), scale: i8, memory: usize) -> Self {
        let (low, high) = (float_of(bounds.0, scale), float_of(bounds.1, scale));
        let bins = Bins::equal(low, high, BINS).map(Histogram::new);
        let order = Some(DecimalOrder::between(bounds, memory));
        Self { scale, order, selected: None, bins, counted: false }
    }

    fn is_done(&self) -> bool {
        self.order.is_none()
    }

    fn update(&mut self, level: Level, column: &Column<'_>) {
        if let (false, Some(bins)) = (self.counted, &mut self.bins) {
            let mut floats = Vec::with_capacity(BLOCK_ROWS);
            i128::blocks(level, column, |block| {
                for values in block.values.chunks(BLOCK_ROWS) {
                    floats.clear();
                    floats.extend(values.iter().map(|&value| float_of(value, self.scale)));
                    bins.update(level, &floats);
                }
            });
        }
        if let Some(order) = &mut self.order {
            order.update(level, column);
        }
    }

    fn merge(&mut self, other: &Self) {
        if !self.counted {
            merge_bins(&mut self.bins, &other.bins);
        }
        if let (Some(mine), Some(theirs)) = (&mut self.order, &other.order) {
            mine.merge(theirs);
        }
    }

    fn next_pass(&mut self) {
        self.counted = true;
        let wanted = |n| positions(n).flat_map(|position| ranks(&position)).collect();
        if let Some(order) = self.order.take() {
            match order.next(wanted) {
                aggregate::Step::Again(order) => self.order = Some(order),
                aggregate::Step::Done(selected) => self.selected = Some(selected),
            }
        }
    }
}

/// Does the same with the inside of a [`LaterState`], whatever its element.
macro_rules! with_later {
    ($state:expr, $later:ident => $body:expr, $decimals:ident => $other:expr) => {
        match $state {
            LaterState::Float($later) => $body,
            LaterState::Signed($later) => $body,
            LaterState::Unsigned($later) => $body,
            LaterState::Decimal($decimals) => $other,
        }
    };
}

impl LaterState {
    /// What follows from the first pass; `None` for columns that one pass is enough for. Passes over decimals may collect
    /// `memory` bytes; those over other numbers have their share from the first.
    pub(super) fn after(level: Level, first: &mut ColumnState, memory: usize) -> Option<Self> {
        match first {
            ColumnState::Float(numbers) => Some(LaterState::Float(Box::new(Later::after(level, numbers)))),
            ColumnState::Signed(numbers) => Some(LaterState::Signed(Box::new(Later::after(level, numbers)))),
            ColumnState::Unsigned(numbers) => {
                Some(LaterState::Unsigned(Box::new(Later::after(level, numbers))))
            }
            ColumnState::Decimal(decimals) => decimals
                .bounds()
                .map(|bounds| LaterDecimals::after(bounds, decimals.scale(), memory))
                .map(|later| LaterState::Decimal(Box::new(later))),
            _ => None,
        }
    }

    /// Whether no pass is left.
    pub(super) fn is_done(&self) -> bool {
        with_later!(self, later => later.is_done(), decimals => decimals.is_done())
    }

    /// Takes in the rows of `column`.
    pub(super) fn update(&mut self, level: Level, column: &Column<'_>) {
        fn take<E: Number>(later: &mut Later<E>, level: Level, column: &Column<'_>) {
            E::blocks(level, column, |block| later.take(level, block.values));
        }
        with_later!(self, later => take(later, level, column), decimals => decimals.update(level, column));
    }

    /// Takes in the rows that `other` has seen in this pass.
    pub(super) fn merge(&mut self, other: &Self) {
        match (self, other) {
            (LaterState::Float(mine), LaterState::Float(theirs)) => mine.merge(theirs),
            (LaterState::Signed(mine), LaterState::Signed(theirs)) => mine.merge(theirs),
            (LaterState::Unsigned(mine), LaterState::Unsigned(theirs)) => mine.merge(theirs),
            (LaterState::Decimal(mine), LaterState::Decimal(theirs)) => mine.merge(theirs),
            _ => panic!("states of columns of different types do not merge"),
        }
    }

    /// What follows from a pass over every row.
    pub(super) fn next_pass(&mut self) {
        with_later!(self, later => later.next_pass(), decimals => decimals.next_pass());
    }

    /// Writes what was found into `described`.
    pub(super) fn finish(&self, described: &mut ColumnDescription) {
        fn read<E: Number>(later: &Later<E>, described: &mut ColumnDescription) {
            described.histogram = later.bins.as_ref().and_then(|bins| bins.counts().try_into().ok());
            quantiles(later.selected.as_ref(), described);
        }
        fn quantiles<E: Interpolate>(selected: Option<&Selected<E>>, described: &mut ColumnDescription) {
            let Some(selected) = selected.filter(|selected| selected.numbers > 0) else { return };
            for (quantile, position) in described.quantiles.iter_mut().zip(positions(selected.numbers)) {
                *quantile = read_position(&described.data_type, &position, selected);
            }
        }
        with_later!(self, later => read(later, described), decimals => {
            described.histogram = decimals.bins.as_ref().and_then(|bins| bins.counts().try_into().ok());
            quantiles(decimals.selected.as_ref(), described);
        });
    }
}
