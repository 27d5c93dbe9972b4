//! The thirteen definitions of a sample quantile, under NumPy's names.
//!
//! R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages", The American Statistician 50 (1996), types 1
//! to 9, and NumPy's `lower`, `higher`, `midpoint`, `nearest`. A definition is a virtual index into the sorted values,
//! computed here as an exact rational.

use super::position::Position;
use super::probability::Probability;
use crate::exact::Natural;
use std::cmp::Ordering;

/// How the virtual index `h` (from 0) follows from a probability `q` and the number of values `n`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Method {
    /// `h = n q - 1`, rounded up (type 1).
    InvertedCdf,
    /// As `inverted_cdf`, but the mean of both neighbours where `n q` is whole (type 2).
    AveragedInvertedCdf,
    /// `h = n q - 3/2`, rounded up, but to the odd index where it is whole (type 3).
    ClosestObservation,
    /// `h = n q - 1`, interpolated (type 4).
    InterpolatedInvertedCdf,
    /// `h = n q - 1/2`, interpolated (type 5).
    Hazen,
    /// `h = (n + 1) q - 1`, interpolated (type 6).
    Weibull,
    /// `h = (n - 1) q`, interpolated (type 7): the default.
    #[default]
    Linear,
    /// `h = (n + 1/3) q - 2/3`, interpolated (type 8).
    MedianUnbiased,
    /// `h = (n + 1/4) q - 5/8`, interpolated (type 9).
    NormalUnbiased,
    /// `h = (n - 1) q`, rounded down.
    Lower,
    /// `h = (n - 1) q`, rounded up.
    Higher,
    /// `h = (n - 1) q`: the mean of both neighbours unless it is whole.
    Midpoint,
    /// `h = (n - 1) q`, rounded to the nearest index, halves to the even one.
    Nearest,
}

impl Method {
    /// All of them, in NumPy's order.
    pub const ALL: [Method; 13] = [
        Method::InvertedCdf,
        Method::AveragedInvertedCdf,
        Method::ClosestObservation,
        Method::InterpolatedInvertedCdf,
        Method::Hazen,
        Method::Weibull,
        Method::Linear,
        Method::MedianUnbiased,
        Method::NormalUnbiased,
        Method::Lower,
        Method::Higher,
        Method::Midpoint,
        Method::Nearest,
    ];

    /// NumPy's name.
    pub fn name(self) -> &'static str {
        match self {
            Method::InvertedCdf => "inverted_cdf",
            Method::AveragedInvertedCdf => "averaged_inverted_cdf",
            Method::ClosestObservation => "closest_observation",
            Method::InterpolatedInvertedCdf => "interpolated_inverted_cdf",
            Method::Hazen => "hazen",
            Method::Weibull => "weibull",
            Method::Linear => "linear",
            Method::MedianUnbiased => "median_unbiased",
            Method::NormalUnbiased => "normal_unbiased",
            Method::Lower => "lower",
            Method::Higher => "higher",
            Method::Midpoint => "midpoint",
            Method::Nearest => "nearest",
        }
    }

    /// The method with this name.
    pub fn named(name: &str) -> Option<Method> {
        Method::ALL.into_iter().find(|method| method.name() == name)
    }

    /// Where the quantile lies among `n` sorted values.
    ///
    /// # Panics
    /// If `n` is zero: no value has no quantile.
    pub fn position(self, probability: &Probability, n: u64) -> Position {
        assert!(n > 0, "a quantile needs at least one value");
        let index = self.virtual_index(probability, n);
        let Some((floor, rest)) = index.split() else { return Position::at(0) };
        let last = n - 1;
        if floor >= last {
            return Position::at(last);
        }
        let whole = rest.is_zero();
        let up = Position::at(floor + 1);
        let down = Position::at(floor);
        match self {
            _ if whole && self != Method::AveragedInvertedCdf && self != Method::ClosestObservation => down,
            Method::InvertedCdf | Method::Higher => up,
            Method::AveragedInvertedCdf if whole => Position::halfway(floor),
            Method::AveragedInvertedCdf => up,
            Method::ClosestObservation if whole && floor % 2 == 1 => down,
            Method::ClosestObservation => up,
            Method::Lower => down,
            Method::Midpoint => Position::halfway(floor),
            Method::Nearest => match rest.shl(1).cmp(&index.denominator) {
                Ordering::Less => down,
                Ordering::Greater => up,
                Ordering::Equal if floor % 2 == 0 => down,
                Ordering::Equal => up,
            },
            _ => Position::between(floor, rest, index.denominator),
        }
    }

    /// `h = (n + a) q + b`, with `a` and `b` in 24ths.
    fn virtual_index(self, probability: &Probability, n: u64) -> Index {
        let (a, b): (i64, i64) = match self {
            Method::InvertedCdf | Method::AveragedInvertedCdf | Method::InterpolatedInvertedCdf => (0, -24),
            Method::ClosestObservation => (0, -36),
            Method::Hazen => (0, -12),
            Method::Weibull => (24, -24),
            Method::MedianUnbiased => (8, -16),
            Method::NormalUnbiased => (6, -15),
            Method::Linear | Method::Lower | Method::Higher | Method::Midpoint | Method::Nearest => (-24, 0),
        };
        let one = probability.denominator();
        let factor = (i128::from(n) * 24 + i128::from(a)) as u128;
        Index {
            positive: probability.numerator().mul(&Natural::from(factor)),
            negative: one.mul(&Natural::from(b.unsigned_abs())),
            denominator: one.mul(&Natural::from(24u64)),
        }
    }
}

/// `(positive - negative) / denominator`.
struct Index {
    positive: Natural,
    negative: Natural,
    denominator: Natural,
}

impl Index {
    /// Floor, and the rest in units of `1 / denominator`; `None` below zero.
    fn split(&self) -> Option<(u64, Natural)> {
        if self.positive < self.negative {
            return None;
        }
        let (floor, rest) = self.positive.sub(&self.negative).div_rem(&self.denominator);
        let floor = floor.to_u128().and_then(|floor| u64::try_from(floor).ok()).unwrap_or(u64::MAX);
        Some((floor, rest))
    }
}
