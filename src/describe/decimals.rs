//! The first pass over a column of decimals: sums are exact at any size. Quantiles and the histogram are for the
//! passes behind it.

use arrcalc_datasets::{Column, DataType};
use arrcalc_kernels::Level;
use arrcalc_kernels::exact::PowerSums;

use crate::aggregate::{DecimalSet, Element, add_decimals, integer_value, scale};
use crate::answer::Scalar;

/// The state of one column of decimals, by their unscaled integers.
#[derive(Clone, Debug)]
pub(crate) struct Decimals {
    pub(super) nulls: u64,
    pub(super) sums: PowerSums<4>,
    pub(super) zeros: u64,
    pub(super) distinct: DecimalSet,
    extrema: Option<(i128, i128)>,
}

impl Decimals {
    /// The empty state of a column of `data_type`.
    pub(super) fn new(data_type: &DataType) -> Self {
        let distinct = DecimalSet::new(scale(data_type));
        Self { nulls: 0, sums: PowerSums::new(), zeros: 0, distinct, extrema: None }
    }

    /// Takes in the rows of `column`.
    pub(super) fn update(&mut self, level: Level, column: &Column<'_>) {
        let mut valid = 0;
        i128::blocks(level, column, |block| {
            valid += block.values.len();
            for &value in block.values {
                self.zeros += u64::from(value == 0);
                self.widen(value, value);
            }
            add_decimals(level, block.values, &mut self.sums);
            self.distinct.take(block.values);
        });
        self.nulls += (column.values.len() - valid) as u64;
    }

    fn widen(&mut self, low: i128, high: i128) {
        let (mine_low, mine_high) = self.extrema.unwrap_or((low, high));
        self.extrema = Some((mine_low.min(low), mine_high.max(high)));
    }

    /// Takes in the rows that `other` has seen.
    pub(super) fn merge(&mut self, other: &Self) {
        self.nulls += other.nulls;
        self.sums.merge(&other.sums);
        self.zeros += other.zeros;
        self.distinct.merge(&other.distinct);
        if let Some((low, high)) = other.extrema {
            self.widen(low, high);
        }
    }

    /// Digits after the point.
    pub(super) fn scale(&self) -> i8 {
        self.distinct.scale()
    }

    /// Lowest and highest value, unscaled.
    pub(super) fn bounds(&self) -> Option<(i128, i128)> {
        self.extrema
    }

    /// Lowest and highest value.
    pub(super) fn extrema(&self, data_type: &DataType) -> (Scalar, Scalar) {
        match self.extrema {
            Some((low, high)) => (integer_value(data_type, low), integer_value(data_type, high)),
            None => (Scalar::Null, Scalar::Null),
        }
    }

    /// Canonical bytes.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.sums.to_bytes();
        bytes.extend(self.nulls.to_le_bytes());
        bytes.extend(self.zeros.to_le_bytes());
        let (low, high) = self.extrema.unwrap_or((i128::MAX, i128::MIN));
        bytes.extend(low.to_le_bytes());
        bytes.extend(high.to_le_bytes());
        bytes.extend(self.distinct.to_bytes());
        bytes
    }
}
