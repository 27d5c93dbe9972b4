//! Which order statistics a quantile is made of, in rational arithmetic: NumPy's 13 methods, nine of them those of
//! Hyndman and Fan, "Sample quantiles in statistical packages", The American Statistician 50 (1996).

use arrcalc_datasets::DataType;
use arrcalc_kernels::OrderKey;
use arrcalc_kernels::exact::{Dyadic, Natural, Ratio};

use crate::answer::Scalar;
use crate::error::{Error, Result};

use super::kind::{float, integer_value};

/// A probability, as the decimal it is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probability {
    numerator: u128,
    denominator: u128,
}

/// Digits after the point that a probability may have: products with row counts then fit 128 bits.
const DIGITS_MAX: usize = 36;

impl Probability {
    /// The probability `numerator / denominator`.
    ///
    /// # Panics
    /// If it is not from 0 to 1, or 0 / 0.
    pub const fn new(numerator: u32, denominator: u32) -> Self {
        assert!(0 < denominator && numerator <= denominator, "a probability is from 0 to 1");
        Self { numerator: numerator as u128, denominator: denominator as u128 }
    }

    /// The shortest decimal that reads back to `q`: 0.95 is 19/20.
    ///
    /// # Errors
    /// [`Error::Request`] unless `0 <= q <= 1`, or where it is too close to zero.
    pub fn from_f64(q: f64) -> Result<Self> {
        let refuse = |why: &str| Err(Error::Request { reason: format!("quantile {q}: {why}") });
        if !(0.0..=1.0).contains(&q) {
            return refuse("a probability is from 0 to 1");
        }
        // `d.ddde-x`, shortest digits.
        let text = format!("{:e}", q.abs());
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let fraction = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let places = fraction as i64 - exponent.parse::<i64>().unwrap_or(0);
        let numerator = digits.replace('.', "").parse::<u128>();
        match (numerator, usize::try_from(places)) {
            (Ok(numerator), Ok(places)) if places <= DIGITS_MAX => {
                Ok(Self { numerator, denominator: 10u128.pow(places as u32) })
            }
            _ => refuse("too close to 0 to be told from it; use 0"),
        }
    }
}

/// How a quantile is read from order statistics; NumPy's names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum QuantileMethod {
    /// R type 1: the lowest value with at least the share `q` of all at or below it.
    InvertedCdf,
    /// R type 2: as type 1, the mean of both values at a step.
    AveragedInvertedCdf,
    /// R type 3: the nearest value, the even order statistic at a tie.
    ClosestObservation,
    /// R type 4.
    InterpolatedInvertedCdf,
    /// R type 5.
    Hazen,
    /// R type 6.
    Weibull,
    /// R type 7.
    #[default]
    Linear,
    /// R type 8.
    MedianUnbiased,
    /// R type 9.
    NormalUnbiased,
    /// Of type 7's two values, the lower one.
    Lower,
    /// Of type 7's two values, the higher one.
    Higher,
    /// The mean of type 7's two values.
    Midpoint,
    /// Of type 7's two values, the nearer one, the one of even rank at a tie.
    Nearest,
}

impl QuantileMethod {
    /// Every method, with NumPy's name.
    pub const ALL: [(&'static str, QuantileMethod); 13] = [
        ("inverted_cdf", QuantileMethod::InvertedCdf),
        ("averaged_inverted_cdf", QuantileMethod::AveragedInvertedCdf),
        ("closest_observation", QuantileMethod::ClosestObservation),
        ("interpolated_inverted_cdf", QuantileMethod::InterpolatedInvertedCdf),
        ("hazen", QuantileMethod::Hazen),
        ("weibull", QuantileMethod::Weibull),
        ("linear", QuantileMethod::Linear),
        ("median_unbiased", QuantileMethod::MedianUnbiased),
        ("normal_unbiased", QuantileMethod::NormalUnbiased),
        ("lower", QuantileMethod::Lower),
        ("higher", QuantileMethod::Higher),
        ("midpoint", QuantileMethod::Midpoint),
        ("nearest", QuantileMethod::Nearest),
    ];

    /// The method of that name.
    ///
    /// # Errors
    /// [`Error::Request`] that lists the names.
    pub fn named(name: &str) -> Result<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, method)| *method).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|(known, _)| *known).collect();
            Error::Request { reason: format!("no quantile method '{name}'; there are {}", names.join(", ")) }
        })
    }

    /// Where the `q`-quantile of `n` values lies.
    ///
    /// # Panics
    /// If `n` is 0.
    pub fn place(self, q: Probability, n: u64) -> Place {
        use QuantileMethod::*;
        assert!(n > 0, "a quantile needs values");
        let Probability { numerator: a, denominator: b } = q;
        let (a, b, n) = (a as i128, b as i128, i128::from(n));
        // The virtual index, from 0, as a fraction: Hyndman and Fan's n q + alpha + q (1 - alpha - beta) - 1.
        let (index, denominator) = match self {
            InvertedCdf | AveragedInvertedCdf | InterpolatedInvertedCdf => (n * a - b, b),
            ClosestObservation => (2 * n * a - 3 * b, 2 * b),
            Hazen => (2 * n * a - b, 2 * b),
            Weibull => ((n + 1) * a - b, b),
            Linear | Lower | Higher | Midpoint | Nearest => ((n - 1) * a, b),
            MedianUnbiased => ((3 * n + 1) * a - 2 * b, 3 * b),
            NormalUnbiased => ((8 * n + 2) * a - 5 * b, 8 * b),
        };
        let (floor, rest) = (index.div_euclid(denominator), index.rem_euclid(denominator));
        // Share of the upper value, as a fraction.
        let (share, whole) = match self {
            InvertedCdf | Higher => (i128::from(rest > 0), 1),
            AveragedInvertedCdf => (if rest > 0 { 2 } else { 1 }, 2),
            ClosestObservation => (i128::from(rest > 0 || floor.rem_euclid(2) == 0), 1),
            Lower => (0, 1),
            Midpoint => (i128::from(rest > 0), 2),
            Nearest => {
                let upper = 2 * rest > denominator || (2 * rest == denominator && floor.rem_euclid(2) == 1);
                (i128::from(upper), 1)
            }
            _ => (rest, denominator),
        };
        let clip = |rank: i128| rank.clamp(0, n - 1) as u64;
        let (lower, upper) = (clip(floor), clip(floor + 1));
        match share {
            0 => Place { lower, upper: lower, share: 0, whole: 1 },
            _ if share == whole || lower == upper => Place { lower: upper, upper, share: 0, whole: 1 },
            _ => Place { lower, upper, share: share as u128, whole: whole as u128 },
        }
    }
}

/// Two neighbouring ranks, from 0, and the upper one's share `share / whole`, below one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Rank of the lower value.
    pub lower: u64,
    /// Rank of the upper value; the same where the quantile is a value of the data.
    pub upper: u64,
    share: u128,
    whole: u128,
}

/// A value that quantiles interpolate between.
pub(crate) trait Interpolate: OrderKey {
    /// The exact value; `None` for an infinity.
    fn exact(self) -> Option<Dyadic>;
}

impl Interpolate for f64 {
    fn exact(self) -> Option<Dyadic> {
        Dyadic::from_f64(self)
    }
}

impl Interpolate for i64 {
    fn exact(self) -> Option<Dyadic> {
        Some(Dyadic::from(i128::from(self)))
    }
}

impl Interpolate for u64 {
    fn exact(self) -> Option<Dyadic> {
        Some(Dyadic::from(self))
    }
}

impl Place {
    /// The quantile: exact interpolation, rounded once to the result type of a column of `data_type`.
    pub(crate) fn read<T: Interpolate>(&self, data_type: &DataType, lower: T, upper: T) -> Scalar {
        let (Some(low), Some(high)) = (lower.exact(), upper.exact()) else {
            return infinite(data_type, self.share, lower.nearest_f64(), upper.nearest_f64());
        };
        // Between equal values nothing is computed: -0.0 stays what it is.
        if T::IS_FLOAT && (self.share == 0 || lower.key() == upper.key()) {
            return float(data_type, lower.nearest_f64(), lower.nearest_f64() as f32);
        }
        let weigh = |value: &Dyadic, weight: u128| value.mul(&Dyadic::from(Natural::from(weight)));
        let numerator = weigh(&low, self.whole - self.share).add(&weigh(&high, self.share));
        let value = Ratio::new(numerator, Natural::from(self.whole));
        match data_type {
            DataType::Float16 | DataType::Float32 => Scalar::Float32(value.to_f32()),
            DataType::Decimal128 { scale, .. } => Scalar::Float64(value.scaled(i32::from(*scale)).to_f64()),
            temporal if temporal.is_temporal() => {
                value.to_nearest_i128().map_or(Scalar::Null, |ticks| integer_value(temporal, ticks))
            }
            _ => Scalar::Float64(value.to_f64()),
        }
    }
}

/// Interpolation where at least one end is infinite.
fn infinite(data_type: &DataType, share: u128, lower: f64, upper: f64) -> Scalar {
    let value = match (lower.is_infinite(), upper.is_infinite()) {
        _ if share == 0 => lower,
        (true, true) if lower != upper => f64::from_bits(0x7ff8_0000_0000_0000),
        (true, _) => lower,
        _ => upper,
    };
    let narrow = if value.is_nan() { f32::from_bits(0x7fc0_0000) } else { value as f32 };
    float(data_type, value, narrow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_float_means_its_shortest_decimal() {
        for (q, numerator, denominator) in
            [(0.95, 95, 100), (0.0, 0, 1), (1.0, 1, 1), (0.001, 1, 1000), (1e-7, 1, 10_000_000)]
        {
            let read = Probability::from_f64(q).unwrap();
            assert_eq!(read.numerator * denominator, numerator * read.denominator, "{q}");
        }
        assert!(Probability::from_f64(1.0 / 300.0).is_ok());
        for bad in [-0.1, 1.1, f64::NAN, 1e-40] {
            assert!(Probability::from_f64(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_method_reads_the_table_of_hyndman_and_fan() {
        // 1, 2, ..., 10 at 0.25 and 0.5; the values of R's quantile(1:10, q, type) and of numpy.quantile.
        let expected = [
            ("inverted_cdf", 3.0, 5.0),
            ("averaged_inverted_cdf", 3.0, 5.5),
            ("closest_observation", 2.0, 5.0),
            ("interpolated_inverted_cdf", 2.5, 5.0),
            ("hazen", 3.0, 5.5),
            ("weibull", 2.75, 5.5),
            ("linear", 3.25, 5.5),
            ("median_unbiased", 2.0 + 11.0 / 12.0, 5.5),
            ("normal_unbiased", 2.9375, 5.5),
            ("lower", 3.0, 5.0),
            ("higher", 4.0, 6.0),
            ("midpoint", 3.5, 5.5),
            ("nearest", 3.0, 5.0),
        ];
        for (name, first, second) in expected {
            let method = QuantileMethod::named(name).unwrap();
            for (q, expected) in [(Probability::new(1, 4), first), (Probability::new(1, 2), second)] {
                let place = method.place(q, 10);
                let value = place.read(&DataType::Int64, place.lower as i64 + 1, place.upper as i64 + 1);
                assert_eq!(value, Scalar::Float64(expected), "{name}");
            }
            for n in [1, 2, 3] {
                assert_eq!(method.place(Probability::new(0, 1), n).lower, 0, "{name}");
                assert_eq!(method.place(Probability::new(1, 1), n).upper, n - 1, "{name}");
            }
        }
        assert!(QuantileMethod::named("median").is_err());
    }

    #[test]
    fn infinities_bracket_to_nan_and_stay_themselves_otherwise() {
        let half = QuantileMethod::Linear.place(Probability::new(1, 2), 2);
        let read = |low: f64, high: f64| match half.read(&DataType::Float64, low, high) {
            Scalar::Float64(value) => value,
            other => panic!("{other:?}"),
        };
        let infinity = f64::INFINITY;
        assert!(read(-infinity, infinity).is_nan());
        assert_eq!(read(1.0, infinity), infinity);
        assert_eq!(read(-infinity, 1.0), -infinity);
        assert_eq!(read(infinity, infinity), infinity);
        assert_eq!(read(-f64::MAX, f64::MAX), 0.0);
        assert_eq!(read(f64::MAX, f64::MAX), f64::MAX);
        assert_eq!(read(-0.0, -0.0).to_bits(), (-0.0f64).to_bits());
        let tick = half.read(&DataType::Date, 3i64, 4i64);
        assert_eq!(tick, Scalar::Date(4), "3.5 days round to the even one");
    }
}
