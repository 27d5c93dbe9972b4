//! Against correctly rounded results of MPFR, recorded; levels against each other.

use super::*;
use crate::random::{Philox, fill_doubles};

include!("exp_cases.rs");
include!("log_cases.rs");
include!("trigonometric_cases.rs");
include!("inverse_cases.rs");
include!("hyperbolic_cases.rs");
include!("pair_cases.rs");

/// Largest distance from the correctly rounded result in the recorded cases.
const STEPS_MAX: u64 = 1;

fn cases(function: Function) -> &'static [(u64, u64)] {
    match function {
        Function::Exp => EXP,
        Function::Exp2 => EXP2,
        Function::Expm1 => EXPM1,
        Function::Log => LOG,
        Function::Log1p => LOG1P,
        Function::Log2 => LOG2,
        Function::Log10 => LOG10,
        Function::Sin => SIN,
        Function::Cos => COS,
        Function::Tan => TAN,
        Function::Asin => ASIN,
        Function::Acos => ACOS,
        Function::Atan => ATAN,
        Function::Sinh => SINH,
        Function::Cosh => COSH,
        Function::Tanh => TANH,
    }
}

/// How many doubles apart; NaN, infinities and zeros must agree in every bit.
fn steps(found: f64, expected: f64) -> u64 {
    if found.to_bits() == expected.to_bits() {
        0
    } else if found.is_finite() && expected.is_finite() && found.signum() == expected.signum() {
        found.to_bits().abs_diff(expected.to_bits())
    } else {
        u64::MAX
    }
}

fn one(level: Level, function: Function, x: f64) -> f64 {
    let mut out = [0.0];
    apply(level, function, &[x], &mut out);
    out[0]
}

#[test]
fn results_are_within_a_step_of_the_correctly_rounded_ones() {
    for function in Function::ALL {
        let mut off = 0;
        for &(x, expected) in cases(function) {
            let (x, expected) = (f64::from_bits(x), f64::from_bits(expected));
            let found = one(Level::detect(), function, x);
            let distance = steps(found, expected);
            assert!(distance <= STEPS_MAX, "{function:?}({x:e}) = {found:e}, not {expected:e}: {distance}");
            off += distance as usize;
        }
        // A bound of 0.55 ulp means about one in twenty.
        assert!(off * 10 < cases(function).len(), "{function:?}: {off} of {}", cases(function).len());
    }
}

#[test]
fn functions_of_two_arguments_too() {
    type Pair = fn(Level, &[f64], &[f64], &mut [f64]);
    for (name, function, cases) in [("power", power as Pair, POWER), ("atan2", atan2, ATAN2)] {
        let mut off = 0;
        for &(a, b, expected) in cases {
            let [a, b, expected] = [a, b, expected].map(f64::from_bits);
            let mut out = [0.0];
            function(Level::detect(), &[a], &[b], &mut out);
            let distance = steps(out[0], expected);
            assert!(
                distance <= STEPS_MAX,
                "{name}({a:e}, {b:e}) = {:e}, not {expected:e}: {distance}",
                out[0]
            );
            off += distance as usize;
        }
        assert!(off * 10 < cases.len(), "{name}: {off} of {}", cases.len());
    }
}

#[test]
fn single_precision_is_the_double_result_rounded_once() {
    for function in Function::ALL {
        let x: Vec<f32> = cases(function).iter().map(|&(x, _)| f64::from_bits(x) as f32).collect();
        let mut out = vec![0.0; x.len()];
        apply32(Level::detect(), function, &x, &mut out);
        for (&x, &found) in x.iter().zip(&out) {
            let expected = one(Level::BASELINE, function, f64::from(x));
            assert!(
                found.to_bits() == if expected.is_nan() { 0x7fc0_0000 } else { (expected as f32).to_bits() }
            );
        }
    }
    let mut out = [0.0; 3];
    power32(Level::detect(), &[2.0, -2.0, -8.0], &[0.5, 3.0, 1.5], &mut out);
    assert_eq!(out.map(f32::to_bits), [std::f32::consts::SQRT_2, -8.0, f32::NAN].map(f32::to_bits));
    atan2_32(Level::detect(), &[1.0, -0.0, 3.0], &[-1.0, -1.0, 4.0], &mut out);
    assert_eq!(out, [2.356_194_5, -std::f32::consts::PI, 0.643_501_1]);
}

#[test]
fn every_level_gives_the_same_bits_for_every_length() {
    let mut x = vec![0.0; 400];
    fill_doubles(Level::detect(), &Philox::from(3), 0, &mut x);
    // Usual, small, large and special values side by side.
    let x: Vec<f64> = (0..)
        .zip(x)
        .map(|(index, x)| match index % 7 {
            0 => x * 1e7,
            1 => x * 1e-300,
            2 => -x * 900.0,
            3 if index % 5 == 0 => [f64::NAN, f64::INFINITY, -0.0, 1e22][index / 5 % 4],
            _ => x * 4.0 - 2.0,
        })
        .collect();
    for length in (0..68).chain([400]) {
        let (a, b) = (&x[..length], &x[x.len() - length..]);
        let mut expected = vec![0.0; length];
        let mut found = vec![0.0; length];
        let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        for level in Level::available() {
            for function in Function::ALL {
                a.iter().zip(&mut expected).for_each(|(&x, out)| *out = one(Level::BASELINE, function, x));
                apply(level, function, a, &mut found);
                assert_eq!(bits(&found), bits(&expected), "{function:?} {level} {length}");
            }
            for function in [power, atan2] {
                function(Level::BASELINE, a, b, &mut expected);
                function(level, a, b, &mut found);
                assert_eq!(bits(&found), bits(&expected), "{level} {length}");
            }
        }
    }
}
