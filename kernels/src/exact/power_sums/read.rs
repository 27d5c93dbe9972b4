//! What is read from power sums: exact rationals of them, rounded once.
//!
//! ```text
//! A2 = n S2 - S1²                                     variance = A2 / (n (n - ddof))
//! A3 = n² S3 - 3 n S1 S2 + 2 S1³                      skewness = A3 / A2^(3/2)
//! A4 = n³ S4 - 4 n² S1 S3 + 6 n S1² S2 - 3 S1⁴        excess kurtosis = A4 / A2² - 3
//! ```
//! (`A_k = n^k m_k` for the central moments `m_k`, multiplied out so that nothing is divided before the end.)

use super::PowerSums;
use crate::exact::counts::CANONICAL_NAN;
use crate::exact::dyadic::Dyadic;
use crate::exact::natural::Natural;
use crate::exact::ratio::Ratio;

/// A float type that exact results are rounded to: `f64` or `f32`.
pub trait Rounding: Copy + sealed::Sealed {
    /// The nearest float, ties to even.
    fn nearest(value: &Ratio) -> Self;
    /// The float nearest to the square root, ties to even.
    fn nearest_root(value: &Ratio) -> Self;
    /// The conversion of a value that has the same meaning in every float type: NaN, an infinity, a zero.
    fn special(value: f64) -> Self;
    /// `-self`.
    fn negated(self) -> Self;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f64 {}
    impl Sealed for f32 {}
}

impl Rounding for f64 {
    fn nearest(value: &Ratio) -> Self {
        value.to_f64()
    }
    fn nearest_root(value: &Ratio) -> Self {
        value.sqrt_to_f64()
    }
    fn special(value: f64) -> Self {
        value
    }
    fn negated(self) -> Self {
        -self
    }
}

impl Rounding for f32 {
    fn nearest(value: &Ratio) -> Self {
        value.to_f32()
    }
    fn nearest_root(value: &Ratio) -> Self {
        value.sqrt_to_f32()
    }
    fn special(value: f64) -> Self {
        // Not a conversion by the hardware: machines differ in what they make of a NaN.
        if value.is_nan() { f32::from_bits(0x7fc0_0000) } else { value as f32 }
    }
    fn negated(self) -> Self {
        -self
    }
}

/// A view of [`PowerSums`] that rounds its results to `F`, with the values scaled by a power of ten.
///
/// Special values: a NaN makes every result NaN; `+inf` with `-inf` makes sum and mean NaN, either alone makes them
/// `±inf`; with any infinity variance, standard deviation, skewness and kurtosis are NaN and the norm is `+inf`.
/// NaN is always the one canonical quiet NaN. Where every value is `-0.0`, sum and mean are `-0.0`.
#[derive(Clone, Copy, Debug)]
pub struct Read<'a, F, const DEGREE: usize> {
    state: &'a PowerSums<DEGREE>,
    scale: i32,
    rounding: std::marker::PhantomData<F>,
}

impl<F: Rounding, const DEGREE: usize> Read<'_, F, DEGREE> {
    /// The same view of values that mean `value * 10^-scale`: decimals are summed as integers and scaled here.
    pub fn scaled(self, scale: i8) -> Self {
        Self { scale: i32::from(scale), ..self }
    }

    /// `RN(Σx)`; `0.0` for no values.
    pub fn sum(&self) -> F {
        match self.state.counts.special_sum() {
            Some(special) => F::special(special),
            None => F::nearest(&Ratio::from(self.state.moment(1)).scaled(self.scale)),
        }
    }

    /// `RN(Σx / n)`; `None` for no values.
    pub fn mean(&self) -> Option<F> {
        if self.state.counts.total == 0 {
            return None;
        }
        Some(match self.state.counts.special_sum() {
            Some(special) => F::special(special),
            None => F::nearest(&self.state.exact_mean()?.scaled(self.scale)),
        })
    }

    /// `RN(Σ(x - mean)² / (n - ddof))`; `None` where `n <= ddof`.
    pub fn variance(&self, ddof: u64) -> Option<F> {
        self.spread(ddof).map(|spread| spread.map_or_else(F::special, |ratio| F::nearest(&ratio)))
    }

    /// `RN(√(Σ(x - mean)² / (n - ddof)))`, with no rounding under the root; `None` where `n <= ddof`.
    pub fn std(&self, ddof: u64) -> Option<F> {
        self.spread(ddof).map(|spread| spread.map_or_else(F::special, |ratio| F::nearest_root(&ratio)))
    }

    /// `RN(√Σx²)`; `0.0` for no values.
    pub fn norm(&self) -> F {
        const { assert!(DEGREE >= 2, "a norm needs the sum of squares") };
        if self.state.counts.nan > 0 {
            return F::special(CANONICAL_NAN);
        }
        if self.state.counts.has_special() {
            return F::special(f64::INFINITY);
        }
        let squares = self.state.moment(2);
        if squares.is_negative() {
            return F::special(CANONICAL_NAN); // after subtracting values that were never there
        }
        F::nearest_root(&Ratio::from(squares).scaled(2 * self.scale))
    }

    /// Population skewness `g1 = m3 / m2^(3/2)`; `None` where there are no values or all are equal.
    pub fn skewness(&self) -> Option<F> {
        const { assert!(DEGREE >= 3, "skewness needs the sum of cubes") };
        if self.state.counts.has_special() {
            return Some(F::special(CANONICAL_NAN));
        }
        let a2 = self.state.central_2().filter(|a2| !a2.is_negative() && !a2.is_zero())?;
        let a3 = self.state.central_3();
        // A root keeps no sign: √(A3² / A2³), then the sign of A3.
        let square = divide(&a3.pow(2), &a2.pow(3));
        let root = F::nearest_root(&square);
        Some(if a3.is_negative() { root.negated() } else { root })
    }

    /// Population excess kurtosis `g2 = m4 / m2² - 3`; `None` where there are no values or all are equal.
    pub fn kurtosis(&self) -> Option<F> {
        const { assert!(DEGREE >= 4, "kurtosis needs the sum of fourth powers") };
        if self.state.counts.has_special() {
            return Some(F::special(CANONICAL_NAN));
        }
        let a2 = self.state.central_2().filter(|a2| !a2.is_negative() && !a2.is_zero())?;
        let square = a2.pow(2);
        let excess = self.state.central_4().sub(&square.mul(&Dyadic::from(3u64)));
        Some(F::nearest(&divide(&excess, &square)))
    }

    /// The variance, or the special value that stands for it.
    fn spread(&self, ddof: u64) -> Option<Result<Ratio, f64>> {
        const { assert!(DEGREE >= 2, "a variance needs the sum of squares") };
        let n = self.state.counts.total;
        let freedom = n.checked_sub(ddof).filter(|&freedom| freedom > 0)?;
        if self.state.counts.has_special() {
            return Some(Err(CANONICAL_NAN));
        }
        let a2 = self.state.central_2()?;
        if a2.is_negative() {
            return Some(Err(CANONICAL_NAN)); // after subtracting values that were never there
        }
        let denominator = Natural::from(u128::from(n) * u128::from(freedom));
        Some(Ok(Ratio::new(a2, denominator).scaled(2 * self.scale)))
    }
}

impl<const DEGREE: usize> PowerSums<DEGREE> {
    /// Results rounded to `F` (`f64` or `f32`), each once, from the exact value.
    pub fn read<F: Rounding>(&self) -> Read<'_, F, DEGREE> {
        Read { state: self, scale: 0, rounding: std::marker::PhantomData }
    }

    /// `read::<f64>().sum()`: the correctly rounded sum.
    pub fn sum(&self) -> f64 {
        self.read::<f64>().sum()
    }

    /// `read::<f64>().mean()`.
    pub fn mean(&self) -> Option<f64> {
        self.read::<f64>().mean()
    }

    /// `read::<f64>().variance(ddof)`.
    pub fn variance(&self, ddof: u64) -> Option<f64> {
        self.read::<f64>().variance(ddof)
    }

    /// `read::<f64>().std(ddof)`.
    pub fn std(&self, ddof: u64) -> Option<f64> {
        self.read::<f64>().std(ddof)
    }

    /// `read::<f64>().norm()`.
    pub fn norm(&self) -> f64 {
        self.read::<f64>().norm()
    }

    /// `read::<f64>().skewness()`.
    pub fn skewness(&self) -> Option<f64> {
        self.read::<f64>().skewness()
    }

    /// `read::<f64>().kurtosis()`.
    pub fn kurtosis(&self) -> Option<f64> {
        self.read::<f64>().kurtosis()
    }

    /// The sum where it is an integer that fits: the exact sum of an integer, decimal or duration column.
    pub fn sum_integer(&self) -> Option<i128> {
        if self.counts.has_special() {
            return None;
        }
        let sum = self.moment(1);
        let is_integer = sum.exponent() >= 0 || sum.magnitude().trailing_zeros() as i64 >= -sum.exponent();
        if is_integer || sum.is_zero() { Ratio::from(sum).to_nearest_i128() } else { None }
    }

    /// The mean, rounded to the nearest integer, ties to even: the mean of timestamps in ticks of their unit.
    pub fn mean_ticks(&self) -> Option<i128> {
        if self.counts.has_special() {
            return None;
        }
        self.exact_mean()?.to_nearest_i128()
    }

    /// `Σx / n` of the finite values where every value is finite; `None` for no values.
    pub fn exact_mean(&self) -> Option<Ratio> {
        let n = self.counts.total;
        (n > 0).then(|| Ratio::new(self.moment(1), Natural::from(n)))
    }

    pub(super) fn has_negative_variance(&self) -> bool {
        DEGREE >= 2 && self.central_2().is_some_and(|a2| a2.is_negative())
    }

    fn moment(&self, power: usize) -> Dyadic {
        self.sums[power - 1].to_dyadic()
    }

    /// `n` of the finite values.
    fn finite(&self) -> Dyadic {
        Dyadic::from(self.counts.checked_finite().unwrap_or(0))
    }

    /// `A2` of the finite values; `None` for none.
    fn central_2(&self) -> Option<Dyadic> {
        let n = self.finite();
        let s1 = self.moment(1);
        (!n.is_zero()).then(|| n.mul(&self.moment(2)).sub(&s1.pow(2)))
    }

    fn central_3(&self) -> Dyadic {
        let (n, s1) = (self.finite(), self.moment(1));
        let cubes = n.pow(2).mul(&self.moment(3));
        let mixed = n.mul(&s1).mul(&self.moment(2)).mul(&Dyadic::from(3u64));
        cubes.sub(&mixed).add(&s1.pow(3).mul(&Dyadic::from(2u64)))
    }

    fn central_4(&self) -> Dyadic {
        let (n, s1) = (self.finite(), self.moment(1));
        let fourths = n.pow(3).mul(&self.moment(4));
        let cubes = n.pow(2).mul(&s1).mul(&self.moment(3)).mul(&Dyadic::from(4u64));
        let squares = n.mul(&s1.pow(2)).mul(&self.moment(2)).mul(&Dyadic::from(6u64));
        fourths.sub(&cubes).add(&squares).sub(&s1.pow(4).mul(&Dyadic::from(3u64)))
    }
}

/// `numerator / denominator` of dyadics, the denominator above zero.
fn divide(numerator: &Dyadic, denominator: &Dyadic) -> Ratio {
    let exponent = numerator.exponent() - denominator.exponent();
    let numerator = Dyadic::new(numerator.is_negative(), numerator.magnitude().clone(), exponent);
    Ratio::new(numerator, denominator.magnitude().clone())
}
