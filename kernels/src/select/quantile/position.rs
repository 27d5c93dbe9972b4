//! A place between two sorted values, and the value there.

use crate::exact::{Dyadic, Natural, Ratio};

/// One rank, or two neighbouring ones and a weight strictly between 0 and 1 for the upper.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Position {
    lower: u64,
    /// Numerator and denominator of the upper neighbour's weight.
    weight: Option<(Natural, Natural)>,
}

impl Position {
    /// Exactly at `rank`.
    pub fn at(rank: u64) -> Position {
        Position { lower: rank, weight: None }
    }

    pub(super) fn halfway(lower: u64) -> Position {
        Position::between(lower, Natural::one(), Natural::from(2u64))
    }

    pub(super) fn between(lower: u64, numerator: Natural, denominator: Natural) -> Position {
        Position { lower, weight: Some((numerator, denominator)) }
    }

    /// The lower rank, from 0.
    pub fn lower(&self) -> u64 {
        self.lower
    }

    /// The upper rank; the same as the lower one at a rank.
    pub fn upper(&self) -> u64 {
        self.lower + u64::from(self.weight.is_some())
    }

    /// The value between two floats, rounded once to the nearest `f64`, ties to even.
    ///
    /// Equal neighbours give themselves, sign of zero included; any other zero is `+0.0`. An infinite neighbour gives
    /// that infinity; `-inf` and `+inf` together give the canonical NaN.
    pub fn of_floats(&self, lower: f64, upper: f64) -> f64 {
        match self.exact_of_floats(lower, upper) {
            Ok(ratio) => ratio.to_f64(),
            Err(value) => value,
        }
    }

    /// As [`Position::of_floats`], rounded once to the nearest `f32`: for columns of `f32`, widened.
    pub fn of_floats_to_f32(&self, lower: f64, upper: f64) -> f32 {
        match self.exact_of_floats(lower, upper) {
            Ok(ratio) => ratio.to_f32(),
            Err(value) if value.is_nan() => f32::NAN,
            Err(value) => value as f32,
        }
    }

    /// The value between two integers, rounded once to the nearest `f64`, ties to even.
    pub fn of_integers(&self, lower: i128, upper: i128) -> f64 {
        self.ratio(Dyadic::from(lower), Dyadic::from(upper)).to_f64()
    }

    /// The value between two integers as an integer, to the nearest, ties to even: for dates and durations.
    pub fn of_ticks(&self, lower: i64, upper: i64) -> i64 {
        let nearest =
            self.ratio(Dyadic::from(i128::from(lower)), Dyadic::from(i128::from(upper))).to_nearest_i128();
        // Always there: it lies between the two.
        nearest.and_then(|ticks| i64::try_from(ticks).ok()).unwrap_or(lower)
    }

    /// The value between two exact numbers, exactly: for decimals and what else rounds in its own way.
    pub fn ratio(&self, lower: Dyadic, upper: Dyadic) -> Ratio {
        let Some((numerator, denominator)) = &self.weight else { return Ratio::from(lower) };
        let scaled = lower.mul(&Dyadic::from(denominator.clone()));
        let step = upper.sub(&lower).mul(&Dyadic::from(numerator.clone()));
        Ratio::new(scaled.add(&step), denominator.clone())
    }

    /// The exact value, or the float that needs no arithmetic.
    fn exact_of_floats(&self, lower: f64, upper: f64) -> Result<Ratio, f64> {
        if self.weight.is_none() || lower.to_bits() == upper.to_bits() {
            return Err(lower);
        }
        match (Dyadic::from_f64(lower), Dyadic::from_f64(upper)) {
            (Some(lower), Some(upper)) => Ok(self.ratio(lower, upper)),
            (None, Some(_)) => Err(lower),
            (Some(_), None) => Err(upper),
            (None, None) => Err(f64::from_bits(0x7ff8_0000_0000_0000)),
        }
    }
}
