//! The first pass's state of a column of any type.

use arrcalc_datasets::{Column, DataType};
use arrcalc_kernels::Level;
use arrcalc_kernels::distinct::WindowPlan;
use arrcalc_kernels::select::Selection;

use crate::aggregate::{Kind, TextSet};

use super::decimals::Decimals;
use super::numbers::{Number, Numbers};

/// One column after some of its rows.
#[derive(Clone, Debug)]
pub(crate) enum ColumnState {
    Float(Box<Numbers<f64>>),
    Signed(Box<Numbers<i64>>),
    Unsigned(Box<Numbers<u64>>),
    Decimal(Box<Decimals>),
    Text(Box<TextSet>),
    Null(u64),
}

/// Does the same with the numbers of a state, whatever their element; `None` for other states.
macro_rules! with_numbers {
    ($state:expr, $numbers:ident => $body:expr) => {
        match $state {
            ColumnState::Float($numbers) => Some($body),
            ColumnState::Signed($numbers) => Some($body),
            ColumnState::Unsigned($numbers) => Some($body),
            _ => None,
        }
    };
}
pub(crate) use with_numbers;

impl ColumnState {
    /// The empty state of a column of `data_type`.
    pub(super) fn new(data_type: &DataType, selection: &Selection) -> Self {
        match Kind::of(data_type) {
            Kind::Float => ColumnState::Float(Box::new(Numbers::new(selection))),
            Kind::Signed => ColumnState::Signed(Box::new(Numbers::new(selection))),
            Kind::Unsigned => ColumnState::Unsigned(Box::new(Numbers::new(selection))),
            Kind::Decimal => ColumnState::Decimal(Box::new(Decimals::new(data_type))),
            Kind::Text => ColumnState::Text(Box::default()),
            Kind::Null | Kind::Opaque => ColumnState::Null(0),
        }
    }

    /// Counts integers in a window, until one comes that is outside it.
    pub(super) fn open_window(&mut self, level: Level, plan: &WindowPlan) {
        match self {
            ColumnState::Signed(numbers) => numbers.open_window(level, plan),
            ColumnState::Unsigned(numbers) => numbers.open_window(level, plan),
            _ => {}
        }
    }

    /// Takes in the rows of `column`.
    pub(super) fn update(&mut self, level: Level, column: &Column<'_>) {
        match self {
            ColumnState::Float(numbers) => numbers.update(level, column),
            ColumnState::Signed(numbers) => numbers.update(level, column),
            ColumnState::Unsigned(numbers) => numbers.update(level, column),
            ColumnState::Decimal(decimals) => decimals.update(level, column),
            ColumnState::Text(text) => text.update(column),
            ColumnState::Null(rows) => *rows += column.values.len() as u64,
        }
    }

    /// Takes in the rows that `other` has seen.
    ///
    /// # Panics
    /// If it is the state of a column of another type.
    pub(super) fn merge(&mut self, other: Self) {
        use ColumnState::*;
        match (self, other) {
            (Float(mine), Float(theirs)) => mine.merge(*theirs),
            (Signed(mine), Signed(theirs)) => mine.merge(*theirs),
            (Unsigned(mine), Unsigned(theirs)) => mine.merge(*theirs),
            (Decimal(mine), Decimal(theirs)) => mine.merge(&theirs),
            (Text(mine), Text(theirs)) => mine.merge(&theirs),
            (Null(mine), Null(theirs)) => *mine += theirs,
            _ => panic!("states of columns of different types do not merge"),
        }
    }

    /// Canonical bytes.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        match self {
            ColumnState::Decimal(decimals) => decimals.to_bytes(),
            ColumnState::Text(text) => text.to_bytes(),
            ColumnState::Null(rows) => rows.to_le_bytes().to_vec(),
            state => with_numbers!(state, numbers => numbers.to_bytes()).unwrap_or_default(),
        }
    }
}

/// Bytes that the state of one column may take, after `rows` rows: bounds of what its parts hold.
pub(super) fn state_bytes(data_type: &DataType, rows: u64) -> u64 {
    // A table of counts that is being doubled, 65,536 entries a third full; counters of 65,536 buckets, registers.
    const NUMBERS: u64 = (6 << 20) + (512 << 10) + (64 << 10);
    // Entries of a map with their strings.
    const TEXT: u64 = 20 << 20;
    match Kind::of(data_type) {
        Kind::Float | Kind::Signed | Kind::Unsigned => NUMBERS.min((16 << 10) + rows.saturating_mul(128)),
        Kind::Text => TEXT.min((16 << 10) + rows.saturating_mul(512)),
        // A map of as many values; counters of 65,536 buckets, those of the upper and of the lower halves.
        Kind::Decimal => NUMBERS.min((16 << 10) + rows.saturating_mul(128)),
        _ => 4 << 10,
    }
}

/// Values of `column`, evenly spread over it, to choose a selection's first map by.
pub(super) fn sample(level: Level, data_type: &DataType, column: &Column<'_>, taken: &mut Sample) {
    match Kind::of(data_type) {
        Kind::Float => thin(level, column, &mut taken.floats),
        Kind::Signed => thin(level, column, &mut taken.signed),
        Kind::Unsigned => thin(level, column, &mut taken.unsigned),
        _ => {}
    }
}

/// A sample of a column's values; one of the three is filled.
#[derive(Debug, Default)]
pub(super) struct Sample {
    floats: Vec<f64>,
    signed: Vec<i64>,
    unsigned: Vec<u64>,
}

/// Values taken from one chunk for the sample.
const SAMPLE_VALUES: usize = 1024;

fn thin<E: Number>(level: Level, column: &Column<'_>, taken: &mut Vec<E>) {
    let stride = (column.values.len() / SAMPLE_VALUES).max(1);
    E::blocks(level, column, |block| taken.extend(block.values.iter().step_by(stride)));
}

/// How the first pass over a column begins; what it finds does not depend on it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seed {
    /// The selection that spreads the sample best.
    pub(super) selection: Selection,
    /// Where the sample's values lie, if that is worth counting every value that there could be.
    pub(super) window: Option<WindowPlan>,
}

impl Sample {
    /// The best beginning for a column of `rows` rows like the sample, allowed `memory` bytes in later passes.
    pub(super) fn seed(&self, data_type: &DataType, rows: u64, memory: usize) -> Seed {
        let (selection, window) = match Kind::of(data_type) {
            Kind::Float => (Selection::seeded(memory, &self.floats), None),
            Kind::Unsigned => (Selection::seeded(memory, &self.unsigned), WindowPlan::around(&self.unsigned)),
            _ => (Selection::seeded(memory, &self.signed), WindowPlan::around(&self.signed)),
        };
        // Reading the counts at the end takes a few nanoseconds a place.
        let is_worth_it = |plan: &WindowPlan| rows >= WINDOW_ROWS.max(4 * plan.places() as u64);
        Seed { selection, window: window.filter(is_worth_it) }
    }
}

/// Rows from which on values are counted in a window.
const WINDOW_ROWS: u64 = 1 << 16;
