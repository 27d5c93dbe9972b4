//! `weighted_mean`.

use arrcalc_datasets::{Chunk, DataType};
use arrcalc_kernels::Level;

use crate::answer::Scalar;
use crate::error::{Error, Result};

use super::pairs::is_narrow;
use super::quotient::{quotient, result};
use super::rows::for_both;
use super::sum_squares::narrow;
use super::{Aggregate, Dot, Moments, NanPolicy};

/// Mean of the first column with the second as weights, over the rows where neither is null: `RN(Σxw / Σw)`.
///
/// Weights may have any sign. Types: binary32 where both are binary32 or binary16, else binary64; decimals have none.
/// Special values: a NaN (unless ignored: then its row is left out), an infinite weight, 0 · ∞ or products of both
/// infinite signs give NaN; an infinite value gives ±inf; weights that add up to 0, or no rows, give null.
/// Class: exact. Cost: one pass over both.
#[derive(Clone, Debug)]
pub struct WeightedMean {
    nan: NanPolicy,
    is_narrow: bool,
    weights: Moments<1>,
    products: Dot,
}

impl WeightedMean {
    /// The empty state for columns of these types.
    ///
    /// # Errors
    /// [`Error::Request`] unless both are floats, integers or bool.
    pub fn new(values: &DataType, weights: &DataType, nan: NanPolicy) -> Result<Self> {
        let products = Dot::new(values, weights).map_err(|_| Error::Request {
            reason: format!("no weighted_mean of values of types {values} and {weights}; cast to float64"),
        })?;
        Ok(Self {
            nan,
            is_narrow: is_narrow(values) && is_narrow(weights),
            weights: Moments::named("weighted_mean", weights, NanPolicy::Propagate, false)?,
            products,
        })
    }
}

impl Aggregate for WeightedMean {
    type Answer = Scalar;

    fn update(&mut self, level: Level, chunk: &Chunk<'_>) {
        for_both(chunk, self.nan, |x, w| {
            self.weights.take(level, w);
            self.products.take(level, x, w);
        });
    }

    fn merge(&mut self, other: &Self) {
        self.weights.merge(&other.weights);
        self.products.merge(&other.products);
    }

    fn finish(&self) -> Scalar {
        let (weights, products) = (self.weights.sums(), self.products.sums());
        let total = weights.power_sum(1).to_dyadic();
        let (in_weights, in_products) = (weights.counts(), products.counts());
        let special = if in_weights.has_special() || in_products.sum_is_nan() {
            f64::from_bits(0x7ff8_0000_0000_0000)
        } else if total.is_zero() {
            return Scalar::Null;
        } else if in_products.has_special() {
            let negative = (in_products.negative_infinity > 0) != total.is_negative();
            if negative { f64::NEG_INFINITY } else { f64::INFINITY }
        } else {
            return result(self.is_narrow, &quotient(&products.exact_sum().to_dyadic(), &total));
        };
        if self.is_narrow { Scalar::Float32(narrow(special)) } else { Scalar::Float64(special) }
    }

    fn to_bytes(&self) -> Vec<u8> {
        [self.weights.to_bytes(), self.products.to_bytes()].concat()
    }

    fn heap_bytes(&self) -> usize {
        self.weights.heap_bytes() + self.products.heap_bytes()
    }
}
