//! What is read from states, against num-rational: a result is right iff the exact value lies between the midpoints
//! to its neighbours.

use super::data::{KINDS, SplitMix, dataset};
use crate::Level;
use crate::exact::{DotSums, PowerSums, Rounding};
use num_bigint::BigInt;
use num_rational::Ratio;
use num_traits::{Float as _, One, Signed, Zero};
use std::ops::Neg;

type BigRational = Ratio<BigInt>;

fn rational(x: f64) -> BigRational {
    let (significand, exponent, sign) = x.integer_decode();
    let significand = BigInt::from(significand) * sign;
    if exponent >= 0 {
        BigRational::from(significand << exponent)
    } else {
        BigRational::new(significand, BigInt::one() << -exponent)
    }
}

fn integer(n: usize) -> BigRational {
    BigRational::from(BigInt::from(n))
}

/// A float with its neighbours; what is past the largest is the next power of two.
trait Float: Rounding + PartialOrd + std::fmt::LowerExp + Neg<Output = Self> {
    fn neighbours(self) -> [BigRational; 3];
    fn is_even(self) -> bool;
    fn is_negative(self) -> bool;
    fn is_bounded(self) -> bool;
}

macro_rules! float {
    ($type:ty, $past:expr) => {
        impl Float for $type {
            fn neighbours(self) -> [BigRational; 3] {
                let value = |x: $type| {
                    let past = BigRational::from(BigInt::one() << $past);
                    if x.is_finite() {
                        rational(x.into())
                    } else if x > 0.0 {
                        past
                    } else {
                        -past
                    }
                };
                [value(self.next_down()), value(self), value(self.next_up())]
            }
            fn is_even(self) -> bool {
                self.to_bits() & 1 == 0
            }
            fn is_negative(self) -> bool {
                self.is_sign_negative()
            }
            fn is_bounded(self) -> bool {
                self.is_finite()
            }
        }
    };
}
float!(f64, 1024);
float!(f32, 128);

/// Whether `found` is `value` rounded to nearest, ties to even; for the square root, whether `found²` is so near.
fn assert_nearest<F: Float>(found: F, value: &BigRational, is_root: bool, what: &str) {
    let [below, at, above] = found.neighbours();
    let two = integer(2);
    let (mut low, mut high) = ((&below + &at) / &two, (&at + &above) / &two);
    if is_root {
        assert!(!found.is_negative(), "{what}: {found:e}");
        low = if low.is_negative() { -BigRational::one() } else { &low * &low };
        high = &high * &high;
    }
    let inside =
        if found.is_even() { &low <= value && value <= &high } else { &low < value && value < &high };
    let inside =
        inside || !found.is_bounded() && (if found.is_negative() { value <= &high } else { value >= &low });
    assert!(inside, "{what}: {found:e} is not the nearest");
    if value.is_zero() {
        assert!(!found.is_negative(), "{what}: a zero that is exact is positive");
    }
}

fn check_all<F: Float>(what: &str, values: &[f64], level: Level) {
    let mut state = PowerSums::<4>::new();
    state.update_f64(level, values);
    let read = state.read::<F>();
    let exact: Vec<BigRational> = values.iter().map(|&x| rational(x)).collect();
    let n = integer(values.len());
    let sum: BigRational = exact.iter().sum();
    assert_nearest(read.sum(), &sum, false, &format!("{what}: sum"));
    let squares: BigRational = exact.iter().map(|x| x * x).sum();
    assert_nearest(read.norm(), &squares, true, &format!("{what}: norm"));
    if values.is_empty() {
        assert!(read.mean().is_none() && read.variance(0).is_none() && read.kurtosis().is_none());
        return;
    }
    let mean = &sum / &n;
    assert_nearest(read.mean().unwrap(), &mean, false, &format!("{what}: mean"));
    let moment = |power: u32| -> BigRational {
        exact.iter().map(|x| (x - &mean).pow(power as i32)).sum::<BigRational>()
    };
    let (m2, m3, m4) = (moment(2), moment(3), moment(4));
    for ddof in 0..4usize {
        if values.len() <= ddof {
            assert!(read.variance(ddof as u64).is_none() && read.std(ddof as u64).is_none());
            continue;
        }
        let variance = &m2 / integer(values.len() - ddof);
        let what = format!("{what}, ddof {ddof}");
        assert_nearest(read.variance(ddof as u64).unwrap(), &variance, false, &format!("{what}: variance"));
        assert_nearest(read.std(ddof as u64).unwrap(), &variance, true, &format!("{what}: std"));
    }
    if m2.is_zero() {
        assert!(read.skewness().is_none() && read.kurtosis().is_none(), "{what}");
        return;
    }
    // g1² = (m3/n)² / (m2/n)³ = n m3² / m2³
    let skewness = read.skewness().unwrap();
    assert_eq!(skewness.is_negative(), m3.is_negative(), "{what}");
    let magnitude = if skewness.is_negative() { -skewness } else { skewness };
    assert_nearest(magnitude, &(&n * m3.pow(2) / m2.pow(3)), true, &format!("{what}: skewness"));
    let kurtosis = &n * &m4 / m2.pow(2) - integer(3);
    assert_nearest(read.kurtosis().unwrap(), &kurtosis, false, &format!("{what}: kurtosis"));
}

#[test]
fn every_statistic_is_the_exact_rational_rounded_once() {
    for (at, kind) in KINDS.into_iter().enumerate() {
        for n in [0, 1, 2, 3, 4, 7, 50] {
            let mut values = dataset(kind, n, 1000 + at as u64);
            values.retain(|x| x.is_finite());
            if kind == "negative zeros" {
                values.push(0.0);
            }
            check_all::<f64>(kind, &values, Level::detect());
            check_all::<f32>(kind, &values, Level::detect());
        }
    }
}

#[test]
fn statistics_that_underflow_or_overflow_are_rounded_once() {
    for values in [
        [f64::MAX, f64::MAX, f64::MAX, -f64::MAX],
        [f64::MAX, f64::MAX, -f64::MAX, -f64::MAX],
        [5e-324, 0.0, 0.0, 0.0],
        [-5e-324, 0.0, 0.0, 0.0],
        [5e-324, 5e-324, 0.0, 0.0],
        [1e-162, 3e-162, 0.0, 0.0],
        [1e154, -1e154, 1e154, 1.0],
        [1.0, 1.0 + f64::EPSILON, 1.0, 1.0],
    ] {
        check_all::<f64>(&format!("{values:?}"), &values, Level::detect());
        check_all::<f32>(&format!("{values:?}"), &values, Level::detect());
    }
}

fn state(values: &[f64]) -> PowerSums<4> {
    let mut state = PowerSums::new();
    state.update_f64(Level::detect(), values);
    state
}

/// Bits of sum, mean, variance, std, norm, skewness, kurtosis.
fn all_bits(values: &[f64]) -> [Option<u64>; 7] {
    let state = state(values);
    [
        Some(state.sum()),
        state.mean(),
        state.variance(0),
        state.std(0),
        Some(state.norm()),
        state.skewness(),
        state.kurtosis(),
    ]
    .map(|x| x.map(f64::to_bits))
}

#[test]
fn special_values_follow_the_rules() {
    const NAN: Option<u64> = Some(0x7ff8_0000_0000_0000);
    let inf = Some(f64::INFINITY.to_bits());
    let zero = Some(0u64);
    let negative_zero = Some((-0.0f64).to_bits());
    for nan in
        [f64::NAN, -f64::NAN, f64::from_bits(0x7ff0_0000_0000_0001), f64::from_bits(0xfff8_0000_dead_beef)]
    {
        assert_eq!(all_bits(&[1.0, nan, 2.0]), [NAN; 7]);
        assert_eq!(all_bits(&[f64::INFINITY, nan]), [NAN; 7]);
    }
    assert_eq!(all_bits(&[1.0, f64::INFINITY, 2.0]), [inf, inf, NAN, NAN, inf, NAN, NAN]);
    let minus = Some(f64::NEG_INFINITY.to_bits());
    assert_eq!(all_bits(&[1.0, f64::NEG_INFINITY]), [minus, minus, NAN, NAN, inf, NAN, NAN]);
    assert_eq!(all_bits(&[f64::INFINITY, f64::NEG_INFINITY]), [NAN, NAN, NAN, NAN, inf, NAN, NAN]);
    assert_eq!(all_bits(&[]), [zero, None, None, None, zero, None, None]);
    assert_eq!(all_bits(&[-0.0]), [negative_zero, negative_zero, zero, zero, zero, None, None]);
    assert_eq!(all_bits(&[-0.0; 9])[0], negative_zero);
    assert_eq!(all_bits(&[-0.0, 0.0])[0], zero);
    assert_eq!(all_bits(&[1.0, -1.0, -0.0])[0], zero);
    assert_eq!(state(&[f64::INFINITY]).variance(1), None);
    assert_eq!(state(&[1.0, f64::NAN]).read::<f32>().sum().to_bits(), 0x7fc0_0000);
}

#[test]
fn dot_products_follow_the_rules_of_ieee_rows() {
    let dot = |x: &[f64], y: &[f64]| {
        let mut state = DotSums::new();
        state.update_f64(Level::detect(), x, y);
        state.dot().to_bits()
    };
    let inf = f64::INFINITY;
    assert_eq!(dot(&[], &[]), 0);
    assert_eq!(dot(&[inf, 1.0], &[0.0, 1.0]), 0x7ff8_0000_0000_0000);
    assert_eq!(dot(&[inf, 1.0], &[-2.0, 1.0]), f64::NEG_INFINITY.to_bits());
    assert_eq!(dot(&[inf, 1.0], &[-2.0, inf]), 0x7ff8_0000_0000_0000);
    assert_eq!(dot(&[-f64::NAN], &[0.0]), 0x7ff8_0000_0000_0000);
    assert_eq!(dot(&[-0.0, 3.0], &[5.0, -0.0]), (-0.0f64).to_bits());
    assert_eq!(dot(&[-0.0, 0.0], &[5.0, 1.0]), 0);
    // 2^-2148 is no float, but it is there: it decides the tie between 1 and the next float.
    let tie = f64::EPSILON / 2.0;
    assert_eq!(dot(&[1.0, tie], &[1.0, 1.0]), 1.0f64.to_bits());
    assert_eq!(dot(&[1.0, tie, 5e-324], &[1.0, 1.0, 5e-324]), 1.0f64.next_up().to_bits());
    assert_eq!(dot(&[f64::MAX, f64::MAX], &[f64::MAX, -f64::MAX]), 0);
    assert_eq!(dot(&[f64::MAX; 2], &[f64::MAX; 2]), inf.to_bits());
}

#[test]
fn dot_products_are_the_exact_rational_rounded_once() {
    for (at, kind) in KINDS.into_iter().enumerate() {
        let mut x = dataset(kind, 60, at as u64);
        x.retain(|x| x.is_finite());
        let y: Vec<f64> = dataset("fifty binades", x.len(), 5);
        let mut state = DotSums::new();
        state.update_f64(Level::detect(), &x, &y);
        let exact: BigRational = x.iter().zip(&y).map(|(&x, &y)| rational(x) * rational(y)).sum();
        if !exact.is_zero() {
            assert_nearest(state.dot(), &exact, false, kind);
            assert_nearest(state.dot_as::<f32>(), &exact, false, kind);
        }
    }
}

#[test]
fn decimals_are_scaled_before_they_are_rounded() {
    let mut random = SplitMix(3);
    for scale in [-40i8, -3, 0, 1, 2, 18, 38, 76] {
        let unscaled: Vec<i128> =
            (0..40).map(|_| (i128::from(random.next()) << 40 | 12345) - (1 << 103)).collect();
        let mut state = PowerSums::<4>::new();
        unscaled.iter().for_each(|&x| state.update_i128(x));
        let power = BigRational::from(BigInt::from(10)).pow(-i32::from(scale));
        let exact: Vec<BigRational> =
            unscaled.iter().map(|&x| BigRational::from(BigInt::from(x)) * &power).collect();
        let read = state.read::<f64>().scaled(scale);
        let sum: BigRational = exact.iter().sum();
        assert_nearest(read.sum(), &sum, false, "sum");
        let mean = &sum / integer(40);
        assert_nearest(read.mean().unwrap(), &mean, false, "mean");
        let squares: BigRational = exact.iter().map(|x| (x - &mean).pow(2)).sum();
        assert_nearest(read.variance(1).unwrap(), &(&squares / integer(39)), false, "variance");
        assert_nearest(read.std(1).unwrap(), &(&squares / integer(39)), true, "std");
        assert_nearest(read.norm(), &exact.iter().map(|x| x * x).sum(), true, "norm");
        let integral: i128 = unscaled.iter().sum();
        assert_eq!(state.sum_integer(), Some(integral));
    }
}

#[test]
fn integer_sums_and_tick_means_are_integers() {
    let sum = |values: &[f64]| state(values).sum_integer();
    assert_eq!(sum(&[]), Some(0));
    assert_eq!(sum(&[0.5, 0.5, 1e18]), Some(1_000_000_000_000_000_001));
    assert_eq!(sum(&[0.5]), None);
    assert_eq!(sum(&[1e300]), None);
    assert_eq!(sum(&[f64::NAN]), None);
    let ticks = |values: &[i64]| {
        let mut state = PowerSums::<1>::new();
        state.update_i64(Level::detect(), values);
        state.mean_ticks()
    };
    assert_eq!(ticks(&[]), None);
    assert_eq!(ticks(&[1, 2]), Some(2));
    assert_eq!(ticks(&[2, 3]), Some(2));
    assert_eq!(ticks(&[-1, -2]), Some(-2));
    assert_eq!(ticks(&[-1, 0]), Some(0));
    assert_eq!(ticks(&[i64::MAX, i64::MAX]), Some(i128::from(i64::MAX)));
    assert_eq!(ticks(&[i64::MIN; 3]), Some(i128::from(i64::MIN)));
    assert_eq!(ticks(&[1, 1, 2]), Some(1));
}
