//! The exact state of a dot product.

use super::accumulator::Accumulator;
use super::block::dot::UpdateDot;
use super::block::pieces::Route;
use super::bytes::{self, Kind, StateError};
use super::counts::Counts;
use super::pairs::update_products;
use super::power_sums::Rounding;
use super::ratio::Ratio;
use crate::level::Level;

/// Exact `n` and `Σ x_i y_i`.
///
/// Products of finite values are exact, however large or small: none overflows or underflows. A row whose product
/// is NaN (a NaN, or zero times infinity) or infinite is counted as such. Two states are equal, and have equal
/// bytes, iff their counts and sums are.
///
/// # Examples
/// ```
/// use arrcalc_kernels::{Level, exact::DotSums};
///
/// let mut state = DotSums::new();
/// state.update_f64(Level::detect(), &[1e200, 1.0, -1e200], &[1e200, 1.0, 1e200]);
/// assert_eq!(state.dot(), 1.0); // the products are past the range of f64
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DotSums {
    pub(super) counts: Counts,
    pub(super) sum: Accumulator,
}

impl DotSums {
    /// The state of no pairs.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in the pairs `(x[i], y[i])`.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn update_f64(&mut self, level: Level, x: &[f64], y: &[f64]) {
        update_products(level, x, y, self);
    }

    /// As [`DotSums::update_f64`], by the rows' own bounds.
    pub(super) fn update_apart(&mut self, level: Level, x: &[f64], y: &[f64]) {
        self.update_by(Route::Digits(1), level, x, y);
    }

    pub(super) fn update_by(&mut self, route: Route, level: Level, x: &[f64], y: &[f64]) {
        assert_eq!(x.len(), y.len(), "a dot product needs as many x as y");
        level.run(UpdateDot { x, y, counts: &mut self.counts, sum: &mut self.sum, route });
    }

    /// Takes in what `other` has taken in.
    pub fn merge(&mut self, other: &Self) {
        self.counts.merge(&other.counts);
        self.sum.merge(&other.sum);
    }

    /// Takes out what `other` has taken in.
    ///
    /// # Errors
    /// `StateError::Impossible`, and nothing is changed, where `other` counts pairs that are not here.
    pub fn subtract(&mut self, other: &Self) -> Result<(), StateError> {
        self.counts = self.counts.checked_sub(&other.counts).ok_or(StateError::Impossible)?;
        self.sum.subtract(&other.sum);
        Ok(())
    }

    /// Number of pairs.
    pub fn count(&self) -> u64 {
        self.counts.total
    }

    /// Numbers of products by kind.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The sum of the finite products.
    pub fn exact_sum(&self) -> &Accumulator {
        &self.sum
    }

    /// `RN(Σ x_i y_i)`; `0.0` for no pairs; NaN and infinities as in a sum of the products; `-0.0` where every product is.
    pub fn dot(&self) -> f64 {
        self.dot_as()
    }

    /// The dot product rounded straight to `F` (`f64` or `f32`).
    pub fn dot_as<F: Rounding>(&self) -> F {
        match self.counts.special_sum() {
            Some(special) => F::special(special),
            None => F::nearest(&Ratio::from(self.sum.to_dyadic())),
        }
    }

    /// Canonical bytes: equal iff the states are equal.
    pub fn to_bytes(&self) -> Vec<u8> {
        bytes::write(Kind::DotSums, 0, &self.counts, std::slice::from_ref(&self.sum))
    }

    /// The state that was written by [`DotSums::to_bytes`].
    ///
    /// # Errors
    /// A [`StateError`] for anything else, however malformed; allocates no more than the bytes hold.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        let (counts, sums) = bytes::read(Kind::DotSums, 0, &[2], bytes)?;
        let [sum] = <[Accumulator; 1]>::try_from(sums).expect("one sum");
        let ordinary = counts.checked_finite().and_then(|finite| finite.checked_sub(counts.negative_zero));
        if ordinary.is_none_or(|ordinary| ordinary == 0 && !sum.is_zero()) {
            return Err(StateError::Impossible);
        }
        Ok(Self { counts, sum })
    }
}
