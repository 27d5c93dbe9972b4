//! `dot`.

use arrcalc_datasets::{Chunk, Column, DataType, Values};
use arrcalc_kernels::Level;
use arrcalc_kernels::exact::DotSums;

use crate::answer::Scalar;
use crate::error::{Error, Result};

use super::kind::{Kind, integer_text};
use super::rows::for_both;
use super::{Aggregate, Element, NanPolicy};

/// Inner product of the first two columns over the rows where neither is null: `RN(Σxy)`, exact for integers.
///
/// Types: two columns of floats give binary64, of which two of binary32 or binary16 binary32; two of integers or bool
/// an integer; mixed ones binary64. Special values: a NaN, 0 · ∞ or infinities of both signs give NaN; no rows give 0.
/// Class: exact. Cost: one pass over both.
#[derive(Clone, Debug)]
pub struct Dot {
    types: [DataType; 2],
    sums: DotSums,
}

impl Dot {
    /// The empty state for columns of these types.
    ///
    /// # Errors
    /// [`Error::Request`] unless both are floats, integers or bool.
    pub fn new(left: &DataType, right: &DataType) -> Result<Self> {
        for data_type in [left, right] {
            let kind = Kind::of(data_type);
            if !data_type.is_numeric() || kind == Kind::Decimal {
                let reason = format!("no dot product of values of type {data_type}");
                return Err(Error::Request { reason });
            }
        }
        Ok(Self { types: [left.clone(), right.clone()], sums: DotSums::new() })
    }

    /// The dot product; an integer past 128 bits as a decimal without digits after the point.
    pub fn dot(&self) -> Scalar {
        self.finish()
    }

    /// Takes in the rows of two columns that have their nulls in the same rows.
    pub(super) fn take(&mut self, level: Level, x: &Column<'_>, y: &Column<'_>) {
        if let (Values::Float64(x), Values::Float64(y), None) = (x.values, y.values, x.validity) {
            return self.sums.update_f64(level, x, y);
        }
        let (x, y) = (Parts::of(level, &self.types[0], x), Parts::of(level, &self.types[1], y));
        // Unequal where one of the columns holds nothing but nulls.
        if x.high.len() == y.high.len() {
            add(&mut self.sums, level, &x, &y);
        }
    }

    /// The exact sum of floats, for whoever adds to it by itself.
    pub(super) fn sums_mut(&mut self) -> &mut DotSums {
        &mut self.sums
    }

    /// The exact sum, and the products that are special.
    pub(super) fn sums(&self) -> &DotSums {
        &self.sums
    }

    /// Whether there was a product: 0 if there was none.
    pub(super) fn count(&self) -> u64 {
        self.sums.count()
    }

    fn is_float(&self) -> bool {
        self.types.iter().any(DataType::is_float)
    }
}

/// Some rows of a column as floats `high + low`, exactly: `low` is 0 but for integers that no float holds.
#[derive(Default)]
struct Parts {
    high: Vec<f64>,
    low: Vec<f64>,
    has_low: bool,
}

/// Integers up to here are floats.
const EXACT_INTEGER: u64 = 1 << f64::MANTISSA_DIGITS;
/// Where longer ones are cut: both parts then have fewer digits than a float.
const CUT: i128 = 1 << 32;

impl Parts {
    fn of(level: Level, data_type: &DataType, column: &Column<'_>) -> Self {
        let mut parts = Self::default();
        match (Kind::of(data_type), data_type) {
            (Kind::Float, _) => {
                f64::blocks(level, column, |block| parts.high.extend_from_slice(block.values))
            }
            (Kind::Unsigned, _) => {
                u64::blocks(level, column, |block| block.values.iter().for_each(|&value| parts.push(value)))
            }
            (_, DataType::Int64) => {
                i64::blocks(level, column, |block| block.values.iter().for_each(|&value| parts.push(value)))
            }
            // At most 32 bits: exact in a float.
            _ => i64::blocks(level, column, |block| {
                parts.high.extend(block.values.iter().map(|&value| value as f64))
            }),
        }
        parts.low.resize(parts.high.len(), 0.0);
        parts
    }

    fn push(&mut self, value: impl Into<i128>) {
        let value: i128 = value.into();
        let is_exact = value.unsigned_abs() <= u128::from(EXACT_INTEGER);
        // Towards zero, so that both parts have the integer's sign.
        let low = if is_exact { 0 } else { value % CUT };
        self.high.push((value - low) as f64);
        self.low.push(low as f64);
        self.has_low |= low != 0;
    }
}

/// Takes in the products of the rows of two columns.
fn add(sums: &mut DotSums, level: Level, x: &Parts, y: &Parts) {
    sums.update_f64(level, &x.high, &y.high);
    if !x.has_low && !y.has_low {
        return;
    }
    // What is left of long integers, times the other. Parts that are 0 are left out, and so is an infinity or a NaN
    // on the other side, which the high part has met: 0 · ∞ would be NaN.
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for row in 0..x.high.len() {
        for (x, y) in [(x.low[row], y.high[row]), (x.high[row], y.low[row]), (x.low[row], y.low[row])] {
            if x != 0.0 && y != 0.0 && x.is_finite() && y.is_finite() {
                left.push(x);
                right.push(y);
            }
        }
    }
    sums.update_f64(level, &left, &right);
}

impl Aggregate for Dot {
    type Answer = Scalar;

    fn update(&mut self, level: Level, chunk: &Chunk<'_>) {
        for_both(chunk, NanPolicy::Propagate, |x, y| self.take(level, x, y));
    }

    fn merge(&mut self, other: &Self) {
        self.sums.merge(&other.sums);
    }

    fn finish(&self) -> Scalar {
        if !self.is_float() {
            let text = integer_text(&self.sums.exact_sum().to_dyadic());
            let integer = text.parse().map(Scalar::Integer);
            return integer.unwrap_or(Scalar::Decimal { unscaled: text, scale: 0 });
        }
        let narrow = |data_type: &DataType| matches!(data_type, DataType::Float16 | DataType::Float32);
        if self.types.iter().all(narrow) {
            return Scalar::Float32(self.sums.dot_as::<f32>());
        }
        Scalar::Float64(self.sums.dot())
    }

    fn to_bytes(&self) -> Vec<u8> {
        self.sums.to_bytes()
    }

    fn heap_bytes(&self) -> usize {
        8 * self.sums.exact_sum().canonical().1.len()
    }
}
