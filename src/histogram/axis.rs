//! The bins along one column, and the slot of every row among them.

use arrcalc_datasets::{Column, DataType, Field, Values};
use arrcalc_kernels::Level;
use arrcalc_kernels::histogram::{Bins, Comparison, Slots};

use crate::aggregate::{Element, Kind, scale};
use crate::error::{Error, Result};
use crate::expression::float_of;

/// The slots of a column of any numeric or temporal type.
#[derive(Clone, Debug)]
pub(super) enum Axis {
    Float(Slots<f64>),
    Signed(Slots<i64>),
    Unsigned(Slots<u64>),
    Decimal(Slots<f64>, DataType),
}

impl Axis {
    pub(super) fn new(data_type: &DataType, bins: &Bins, comparison: Comparison) -> Result<Self> {
        Ok(match Kind::of(data_type) {
            Kind::Float => Axis::Float(Slots::new(bins, comparison)),
            Kind::Signed => Axis::Signed(Slots::new(bins, comparison)),
            Kind::Unsigned => Axis::Unsigned(Slots::new(bins, comparison)),
            Kind::Decimal => Axis::Decimal(Slots::new(bins, comparison), data_type.clone()),
            _ => return Err(refusal(data_type)),
        })
    }

    /// Slots: those of the bins, one below, one above.
    pub(super) fn len(&self) -> usize {
        match self {
            Axis::Float(slots) | Axis::Decimal(slots, _) => slots.len(),
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
            Axis::Decimal(of, data_type) => {
                let mut floats = Vec::new();
                let column = as_floats(column, data_type, &mut floats);
                f64::blocks(level, &column, |block| of.fill(level, block.values, slots));
            }
        }
        nan
    }
}

/// `column` of `data_type` itself; where it is one of decimals, the nearest floats, which `floats` then holds.
pub(super) fn as_floats<'c>(
    column: &Column<'c>,
    data_type: &DataType,
    floats: &'c mut Vec<f64>,
) -> Column<'c> {
    let Values::Decimal128(values) = column.values else { return *column };
    let scale = scale(data_type);
    floats.clear();
    floats.extend(values.iter().map(|&value| float_of(value, scale)));
    Column { values: Values::Float64(floats), validity: column.validity }
}

/// `error` of a request, with the name of the column that it is about.
pub(super) fn of_column(field: &Field, error: Error) -> Error {
    match error {
        Error::Request { reason } => Error::Request { reason: format!("column '{}': {reason}", field.name) },
        error => error,
    }
}

/// Why there is no histogram of a column.
pub(super) fn refusal(data_type: &DataType) -> Error {
    Error::Request {
        reason: format!("no histogram of values of type {data_type}; numbers, dates and times have one"),
    }
}
