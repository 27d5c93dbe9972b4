//! Positions and interpolation against exact fractions, and against what NumPy answers.

use super::*;
use num_rational::BigRational;
use num_traits::{FromPrimitive, Signed, ToPrimitive};

fn fraction(numerator: i64, denominator: i64) -> BigRational {
    BigRational::new(numerator.into(), denominator.into())
}

/// The definitions over again, in rationals, on values.
fn reference(method: Method, q: &BigRational, sorted: &[BigRational]) -> BigRational {
    let n = BigRational::from_usize(sorted.len()).expect("small");
    let one = fraction(1, 1);
    let linear = (n.clone() - &one) * q;
    let value = |index: BigRational| {
        let index = index.to_integer().to_i64().expect("small").clamp(0, sorted.len() as i64 - 1);
        sorted[index as usize].clone()
    };
    let interpolate = |index: BigRational| {
        let floor = index.floor();
        let (a, b) = (value(floor.clone()), value(floor.clone() + &one));
        &a + (b - &a) * (index - floor)
    };
    // Hyndman and Fan's m: h = n q + m, from 1.
    let fan = |m: BigRational| interpolate(n.clone() * q + m - &one);
    let nq = n.clone() * q;
    match method {
        Method::InvertedCdf => value(nq.ceil() - &one),
        Method::AveragedInvertedCdf if nq.is_integer() => {
            (value(nq.clone() - &one) + value(nq)) * fraction(1, 2)
        }
        Method::AveragedInvertedCdf => value(nq.ceil() - &one),
        Method::ClosestObservation => {
            let shifted = nq - fraction(1, 2);
            let floor = shifted.floor();
            let even = (floor.clone() * fraction(1, 2)).is_integer();
            value(if shifted.is_integer() && even { floor - &one } else { floor })
        }
        Method::InterpolatedInvertedCdf => fan(fraction(0, 1)),
        Method::Hazen => fan(fraction(1, 2)),
        Method::Weibull => fan(q.clone()),
        Method::Linear => fan(&one - q),
        Method::MedianUnbiased => fan((q + &one) * fraction(1, 3)),
        Method::NormalUnbiased => fan(q * fraction(1, 4) + fraction(3, 8)),
        Method::Lower => value(linear.floor()),
        Method::Higher => value(linear.ceil()),
        Method::Midpoint => (value(linear.floor()) + value(linear.ceil())) * fraction(1, 2),
        Method::Nearest => {
            let floor = linear.floor();
            let even = (floor.clone() * fraction(1, 2)).is_integer();
            let rest = linear - &floor;
            let half = fraction(1, 2);
            value(if rest > half || rest == half && !even { floor + &one } else { floor })
        }
    }
}

/// Whether `found` is the float nearest to `exact`, ties to even, by exact distances.
fn is_nearest(found: f64, exact: &BigRational) -> bool {
    let distance = |value: f64| (BigRational::from_float(value).expect("finite") - exact).abs();
    let mine = distance(found);
    [found.next_up(), found.next_down()].into_iter().filter(|other| other.is_finite()).all(|other| {
        let theirs = distance(other);
        mine < theirs || mine == theirs && found.to_bits() & 1 == 0
    })
}

fn texts() -> Vec<&'static str> {
    vec![
        "0",
        "1",
        "0.5",
        "0.25",
        "0.95",
        "0.99",
        "0.1",
        ".3",
        "0.333",
        "7e-1",
        "0.0001",
        "0.9999999",
        "1e-30",
    ]
}

fn rational(text: &str) -> BigRational {
    let probability = Probability::parse(text).expect("a probability");
    let base = BigRational::from_u128(1 << 64).expect("small");
    let number = |limbs: &[u64]| {
        limbs
            .iter()
            .rev()
            .fold(fraction(0, 1), |sum, &limb| sum * &base + BigRational::from_u64(limb).expect("small"))
    };
    number(probability.numerator().limbs()) / number(probability.denominator().limbs())
}

#[test]
fn quantiles_of_all_methods_are_the_exact_value_rounded_once() {
    let mut state = 7u64;
    let mut next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state ^ (state >> 31)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    };
    for n in [1usize, 2, 3, 4, 5, 7, 10, 24, 100] {
        for kind in 0..4 {
            let mut values: Vec<f64> = (0..n)
                .map(|_| match kind {
                    0 => (next() >> 11) as f64 / (1u64 << 53) as f64,
                    1 => f64::from_bits(next() & !(1 << 62)),
                    2 => f64::from_bits(next() >> 14),
                    _ => (next() % 5) as f64 - 2.0,
                })
                .collect();
            values.sort_by(f64::total_cmp);
            let exact: Vec<BigRational> =
                values.iter().map(|&value| BigRational::from_float(value).expect("finite")).collect();
            for text in texts() {
                let (probability, q) = (Probability::parse(text).expect("a probability"), rational(text));
                for method in Method::ALL {
                    let position = method.position(&probability, n as u64);
                    let (lower, upper) =
                        (values[position.lower() as usize], values[position.upper() as usize]);
                    let found = position.of_floats(lower, upper);
                    let expected = reference(method, &q, &exact);
                    assert!(is_nearest(found, &expected), "{method:?} {text} n={n} {found} {expected}");
                }
            }
        }
    }
}

#[test]
fn integers_and_ticks_are_interpolated_exactly() {
    let position = Method::Linear.position(&Probability::parse("0.5").expect("a probability"), 2);
    assert_eq!((position.lower(), position.upper()), (0, 1));
    assert_eq!(position.of_integers(9_007_199_254_740_993, 9_007_199_254_740_993), 9_007_199_254_740_992.0);
    assert_eq!(position.of_integers(i64::MIN.into(), i64::MAX.into()), -0.5);
    assert_eq!(position.of_integers(i128::MIN, i128::MAX), -0.5);
    assert_eq!([position.of_ticks(0, 1), position.of_ticks(1, 2), position.of_ticks(-1, 0)], [0, 2, 0]);
    assert_eq!(position.of_ticks(i64::MIN, i64::MAX), 0);
    assert_eq!(position.of_floats_to_f32(1.0, f64::from(1.0f32 + f32::EPSILON)), 1.0);
    assert_eq!(position.of_floats(f64::MAX, f64::MAX.next_down()), f64::MAX.next_down());
}

#[test]
fn infinities_and_zeros_follow_the_stated_rules() {
    let half = Method::Linear.position(&Probability::parse("0.5").expect("a probability"), 2);
    let (inf, negative) = (f64::INFINITY, f64::NEG_INFINITY);
    assert_eq!(half.of_floats(negative, inf).to_bits(), 0x7ff8_0000_0000_0000);
    assert!(half.of_floats_to_f32(negative, inf).is_nan());
    assert_eq!(
        [half.of_floats(negative, 1.0), half.of_floats(1.0, inf), half.of_floats(inf, inf)],
        [negative, inf, inf]
    );
    assert_eq!(half.of_floats(-0.0, -0.0).to_bits(), (-0.0f64).to_bits());
    assert_eq!(half.of_floats(-0.0, 0.0).to_bits(), 0.0f64.to_bits());
    assert_eq!(half.of_floats(-1.0, 1.0).to_bits(), 0.0f64.to_bits());
    assert_eq!(half.of_floats(f64::MIN, f64::MAX), 0.0);
}

#[test]
fn probabilities_are_the_decimals_as_written() {
    assert_eq!(Probability::from_f64(0.95), Probability::parse("0.95"));
    assert_eq!(Probability::from_percent(99.9), Probability::parse("0.9990"));
    assert_eq!(Probability::parse_percent("100"), Probability::parse("1.000"));
    assert_eq!(Probability::parse_percent("10"), Probability::parse("1e-1"));
    assert_eq!(Probability::from_f64(-0.0), Probability::parse("0"));
    assert!(Probability::from_f64(5e-324).is_some());
    for wrong in
        ["", ".", "-0.1", "1.0000001", "2", "10", "nan", "inf", "0x1", "1e", "1e99999999999999999999", "0,5"]
    {
        assert_eq!(Probability::parse(wrong), None, "{wrong}");
    }
    assert_eq!(Probability::parse(&format!("1e-{}", i64::MAX)), None);
    assert_eq!(Probability::parse("1e-9223372036854775808"), None);
    assert_eq!(Probability::from_f64(f64::NAN), None);
    assert_eq!(Method::named("linear"), Some(Method::Linear));
    assert_eq!(Method::named("Linear"), None);
}

#[test]
fn quantiles_agree_with_numpy_within_what_numpy_rounds() {
    // The i-th value is (i * 37 % 101) / 7 - 3, i = 0..100, of which the first n.
    for &(n, q, expected) in NUMPY {
        let mut values: Vec<f64> = (0..n).map(|index| f64::from(index * 37 % 101) / 7.0 - 3.0).collect();
        values.sort_by(f64::total_cmp);
        let probability = Probability::from_f64(q).expect("a probability");
        for (method, numpy) in Method::ALL.into_iter().zip(expected) {
            let position = method.position(&probability, u64::from(n));
            let found =
                position.of_floats(values[position.lower() as usize], values[position.upper() as usize]);
            let ulp = found.abs().next_up() - found.abs();
            // NumPy rounds the index of these two, which takes thirds and eighths of the probability, several times.
            let bound =
                if matches!(method, Method::MedianUnbiased | Method::NormalUnbiased) { 16.0 } else { 2.0 };
            assert!((found - numpy).abs() <= bound * ulp, "{method:?} n={n} q={q}: {found} {numpy}");
        }
    }
}

include!("numpy_cases.rs");
