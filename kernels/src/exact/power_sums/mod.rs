//! The exact state of moments: counts, and the exact sums of the first `DEGREE` powers of the values.
//!
//! Everything `sum`, `mean`, `var`, `std`, `norm`, `skewness` and `kurtosis` need, in a form whose merge is
//! associative and commutative bit for bit. How a result is computed from it is in `read`.

mod counted;
mod read;

pub use read::{Read, Rounding};

use super::accumulator::Accumulator;
use super::block::chosen::UpdateChosen;
use super::block::computed::UpdateComputed;
use super::block::integers::UpdateIntegers;
use super::block::pieces::Route;
use super::block::update::UpdateF64;
use super::bytes::{self, Kind, StateError};
use super::counts::Counts;
use super::dyadic::Dyadic;
use crate::bits::Bits;
use crate::elementwise::FloatProgram;
use crate::level::Level;

/// Exact `n` and `Σx, Σx², ..` up to `Σx^DEGREE`.
///
/// ```text
/// S_k = Σ x_i^k,  1 <= k <= DEGREE,  over the values that are neither NaN nor infinite
/// ```
///
/// `DEGREE` is 1 for sums and means, 2 for variances, 3 for skewness, 4 for kurtosis. Values of any finite
/// magnitude are exact, subnormals included; no intermediate result overflows. Two states are equal, and have
/// equal bytes, iff they have equal counts and equal sums, however the values were split, ordered or computed.
/// Cost: a state holds the limbs its data needs, some 100 bytes per power for common data.
///
/// # Examples
/// ```
/// use arrcalc_kernels::{Level, exact::PowerSums};
///
/// let level = Level::detect();
/// let (mut left, mut right) = (PowerSums::<2>::new(), PowerSums::<2>::new());
/// left.update_f64(level, &[1e16, 1.0]);
/// right.update_f64(level, &[-1e16]);
/// left.merge(&right);
/// assert_eq!(left.sum(), 1.0); // floating-point addition gives 0.0
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PowerSums<const DEGREE: usize> {
    pub(super) counts: Counts,
    pub(super) sums: [Accumulator; DEGREE],
}

impl<const DEGREE: usize> Default for PowerSums<DEGREE> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const DEGREE: usize> PowerSums<DEGREE> {
    /// The state of no values.
    pub const fn new() -> Self {
        const { assert!(1 <= DEGREE && DEGREE <= 4, "powers 1 to 4") };
        Self {
            counts: Counts { total: 0, nan: 0, positive_infinity: 0, negative_infinity: 0, negative_zero: 0 },
            sums: [const { Accumulator::new() }; DEGREE],
        }
    }

    /// The state of these counts and sums of powers, first power first: what another form of the same state holds.
    pub fn from_parts(counts: Counts, sums: [Accumulator; DEGREE]) -> Self {
        Self { counts, sums }
    }

    /// Takes in floats (`f32` and `f16` widen to `f64` without loss).
    pub fn update_f64(&mut self, level: Level, values: &[f64]) {
        self.update_by(Route::Digits(1), level, values);
    }

    /// Takes in floats, and tells an interval that holds them all, if all are ordinary: neither NaN, infinite, zero nor
    /// subnormal. It costs nothing, and is up to a binade wider than need be.
    pub fn update_and_bound(&mut self, level: Level, values: &[f64]) -> Option<(f64, f64)> {
        self.update_by(Route::Digits(1), level, values)
    }

    pub(super) fn update_by(&mut self, route: Route, level: Level, values: &[f64]) -> Option<(f64, f64)> {
        level.run(UpdateF64 { values, counts: &mut self.counts, sums: &mut self.sums, route })
    }

    /// Takes in those of `values` whose bit in `chosen` is set, as [`PowerSums::update_f64`] would if they lay together. For
    /// sums alone, of values of similar size, they are not moved together first.
    ///
    /// # Panics
    /// If `chosen` has another length than `values`.
    pub fn update_f64_where(&mut self, level: Level, values: &[f64], chosen: Bits<'_>) {
        assert!(chosen.len() == values.len(), "one bit for each value");
        level.run(UpdateChosen { values, chosen, counts: &mut self.counts, sums: &mut self.sums });
    }

    /// Takes in signed integers, exact over their whole range.
    pub fn update_i64(&mut self, level: Level, values: &[i64]) {
        self.counts.total += values.len() as u64;
        level.run(UpdateIntegers { values, sums: &mut self.sums });
    }

    /// Takes in unsigned integers, exact over their whole range.
    pub fn update_u64(&mut self, level: Level, values: &[u64]) {
        self.counts.total += values.len() as u64;
        level.run(UpdateIntegers { values, sums: &mut self.sums });
    }

    /// Takes in one integer: the unscaled value of a decimal, say.
    pub fn update_i128(&mut self, value: i128) {
        self.counts.total += 1;
        add_powers(&value.into(), &mut self.sums);
    }

    /// Takes in what `other` has taken in.
    pub fn merge(&mut self, other: &Self) {
        self.counts.merge(&other.counts);
        for (sum, other) in self.sums.iter_mut().zip(&other.sums) {
            sum.merge(other);
        }
    }

    /// Takes out what `other` has taken in: afterwards the state is as if it had never been there.
    ///
    /// # Errors
    /// `StateError::Impossible`, and nothing is changed, where `other` counts values that are not here.
    pub fn subtract(&mut self, other: &Self) -> Result<(), StateError> {
        self.counts = self.counts.checked_sub(&other.counts).ok_or(StateError::Impossible)?;
        for (sum, other) in self.sums.iter_mut().zip(&other.sums) {
            sum.subtract(other);
        }
        Ok(())
    }

    /// The state as if its NaNs had never been there.
    pub fn without_nan(&self) -> Self {
        let total = self.counts.total.saturating_sub(self.counts.nan);
        Self { counts: Counts { total, nan: 0, ..self.counts }, sums: self.sums.clone() }
    }

    /// The state with only its first `LOWER` powers.
    pub fn truncate<const LOWER: usize>(&self) -> PowerSums<LOWER> {
        const { assert!(LOWER <= DEGREE, "a state has no more powers than its degree") };
        PowerSums { counts: self.counts, sums: std::array::from_fn(|at| self.sums[at].clone()) }
    }

    /// Number of values, special ones included.
    pub fn count(&self) -> u64 {
        self.counts.total
    }

    /// Numbers of values by kind.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// `Σx^power` over the finite values.
    ///
    /// # Panics
    /// If `power` is not in `1..=DEGREE`.
    pub fn power_sum(&self, power: usize) -> &Accumulator {
        &self.sums[power - 1]
    }

    /// Canonical bytes: equal iff the states are equal. See [`PowerSums::from_bytes`].
    pub fn to_bytes(&self) -> Vec<u8> {
        bytes::write(Kind::PowerSums, DEGREE as u8, &self.counts, &self.sums)
    }

    /// The state that was written by [`PowerSums::to_bytes`].
    ///
    /// # Errors
    /// A [`StateError`] for anything else, however malformed; allocates no more than the bytes hold.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        let powers: [i32; DEGREE] = std::array::from_fn(|at| at as i32 + 1);
        let (counts, sums) = bytes::read(Kind::PowerSums, DEGREE as u8, &powers, bytes)?;
        let sums = sums.try_into().expect("as many sums as powers");
        let state = Self { counts, sums };
        if state.is_possible() { Ok(state) } else { Err(StateError::Impossible) }
    }

    /// Necessary conditions on any state that came from data: they keep roots real and counts sane.
    fn is_possible(&self) -> bool {
        let Some(ordinary) =
            self.counts.checked_finite().and_then(|finite| finite.checked_sub(self.counts.negative_zero))
        else {
            return false;
        };
        let even_powers_are_positive = self.sums.iter().skip(1).step_by(2).all(|sum| !sum.is_negative());
        let zero_without_values = ordinary > 0 || self.sums.iter().all(Accumulator::is_zero);
        even_powers_are_positive && zero_without_values && !self.has_negative_variance()
    }
}

impl PowerSums<1> {
    /// Takes in what `program` gives for the first `rows` rows of `columns`, as [`PowerSums::update_f64`] would, without
    /// storing all of it first.
    ///
    /// # Panics
    /// If the program reads a column that is missing, or a column has fewer rows.
    pub fn update_computed(&mut self, level: Level, program: &FloatProgram, columns: &[&[f64]], rows: usize) {
        let (counts, sums) = (&mut self.counts, &mut self.sums);
        level.run(UpdateComputed { program, columns, rows, counts, sums });
    }
}

/// Adds the powers of `value` to `sums`, the first power first.
pub(super) fn add_powers(value: &Dyadic, sums: &mut [Accumulator]) {
    let mut power = value.clone();
    for (at, sum) in sums.iter_mut().enumerate() {
        if at > 0 {
            power = power.mul(value);
        }
        sum.add_dyadic(&power);
    }
}
