//! The bins along one column, and the slot of every row among them.

use arrcalc_datasets::{Column, DataType};
use arrcalc_kernels::Level;
use arrcalc_kernels::histogram::{Bins, Comparison, Slots};

use crate::aggregate::{Element, Kind};
use crate::error::{Error, Result};

/// The slots of a column of any numeric or temporal type.
#[derive(Clone, Debug)]
pub(super) enum Axis {
    Float(Slots<f64>),
    Signed(Slots<i64>),
    Unsigned(Slots<u64>),
}

impl Axis {
    pub(super) fn new(data_type: &DataType, bins: &Bins, comparison: Comparison) -> Result<Self> {
        Ok(match Kind::of(data_type) {
            Kind::Float => Axis::Float(Slots::new(bins, comparison)),
            Kind::Signed => Axis::Signed(Slots::new(bins, comparison)),
            Kind::Unsigned => Axis::Unsigned(Slots::new(bins, comparison)),
            _ => return Err(refusal(data_type)),
        })
    }

    /// Slots: those of the bins, one below, one above.
    pub(super) fn len(&self) -> usize {
        match self {
            Axis::Float(slots) => slots.len(),
            Axis::Signed(slots) => slots.len(),
            Axis::Unsigned(slots) => slots.len(),
        }
    }

    /// Writes the slots of the values of `column` that are not null, and tells how many of them are NaN.
    pub(super) fn fill(&self, level: Level, column: &Column<'_>, slots: &mut [u32]) -> u64 {
        let mut nan = 0;
        match self {
            Axis::Float(of) => f64::blocks(level, column, |block| {
                of.fill(level, block.values, slots);
                nan = block.values.iter().map(|value| u64::from(value.is_nan())).sum();
            }),
            Axis::Signed(of) => i64::blocks(level, column, |block| of.fill(level, block.values, slots)),
            Axis::Unsigned(of) => u64::blocks(level, column, |block| of.fill(level, block.values, slots)),
        }
        nan
    }
}

/// Why there is no histogram of a column.
pub(super) fn refusal(data_type: &DataType) -> Error {
    Error::Request {
        reason: format!("no histogram of values of type {data_type}; numbers, dates and times have one"),
    }
}
