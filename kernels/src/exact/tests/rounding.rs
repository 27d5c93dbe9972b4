//! `Natural`, `Dyadic` and `Ratio` against num-bigint and num-rational.

use crate::exact::{Dyadic, Natural, Ratio};
use num_bigint::{BigInt, BigUint, Sign};
use num_traits::ToPrimitive;
use proptest::prelude::*;

fn big(value: &Natural) -> BigUint {
    BigUint::from_slice(
        &value.limbs().iter().flat_map(|&limb| [limb as u32, (limb >> 32) as u32]).collect::<Vec<_>>(),
    )
}

fn limbs() -> impl Strategy<Value = Natural> {
    // Limbs near 0 and 2^64 are what carries and Knuth's corrections need.
    let limb =
        prop_oneof![Just(0u64), Just(1), Just(u64::MAX), Just(u64::MAX - 1), Just(1 << 63), any::<u64>()];
    prop::collection::vec(limb, 0..7).prop_map(Natural::from_limbs)
}

fn float() -> impl Strategy<Value = f64> {
    prop_oneof![any::<u64>().prop_map(f64::from_bits), (-1000i64..1000).prop_map(|n| n as f64)]
        .prop_filter("finite", |x| x.is_finite())
}

/// Whether `rounded` is the nearest number of its format to `±num/den * 2^exponent`, ties to even, by comparing
/// with the midpoints to its neighbours.
fn is_nearest_f64(rounded: f64, num: &BigInt, den: &BigUint) -> bool {
    let unit = 1100u32;
    let scale = |x: f64| -> BigInt {
        let exact = Dyadic::from_f64(x).expect("finite");
        let m = big(exact.magnitude()) << (exact.exponent() + i64::from(unit));
        BigInt::from_biguint(if exact.is_negative() { Sign::Minus } else { Sign::Plus }, m)
    };
    let max = scale(f64::MAX);
    let past = &max + (&max - scale(f64::MAX.next_down()));
    let at = |x: f64| -> BigInt {
        if x == f64::INFINITY {
            past.clone()
        } else if x == f64::NEG_INFINITY {
            -past.clone()
        } else {
            scale(x)
        }
    };
    let den = BigInt::from(den.clone());
    // rounded in [mid(down, r), mid(r, up)], the ends only where r is even
    let value = (num * 2) << unit;
    let even = rounded.to_bits() & 1 == 0;
    let (low, high) = (
        (rounded != f64::NEG_INFINITY).then(|| (at(rounded.next_down()) + at(rounded)) * &den),
        (rounded != f64::INFINITY).then(|| (at(rounded.next_up()) + at(rounded)) * &den),
    );
    low.is_none_or(|low| if even { low <= value } else { low < value })
        && high.is_none_or(|high| if even { value <= high } else { value < high })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn naturals_compute_as_num_bigint(a in limbs(), b in limbs(), bits in 0u64..200) {
        prop_assert_eq!(big(&a.add(&b)), big(&a) + big(&b));
        prop_assert_eq!(big(&a.mul(&b)), big(&a) * big(&b));
        let (more, less) = if a < b { (&b, &a) } else { (&a, &b) };
        prop_assert_eq!(big(&more.sub(less)), big(more) - big(less));
        prop_assert_eq!(a.cmp(&b), big(&a).cmp(&big(&b)));
        prop_assert_eq!(big(&a.shl(bits)), big(&a) << bits);
        prop_assert_eq!(big(&a.shr(bits)), big(&a) >> bits);
        prop_assert_eq!(a.bit_length() as u64, big(&a).bits());
        prop_assert_eq!(a.trailing_zeros(), big(&a).trailing_zeros().unwrap_or(0));
        if !b.is_zero() {
            let (quotient, rest) = a.div_rem(&b);
            prop_assert_eq!(big(&quotient), big(&a) / big(&b));
            prop_assert_eq!(big(&rest), big(&a) % big(&b));
        }
    }

    #[test]
    fn division_recovers_the_factor(a in limbs(), b in limbs(), r in limbs()) {
        prop_assume!(!b.is_zero());
        let rest = r.div_rem(&b).1;
        let (quotient, left) = a.mul(&b).add(&rest).div_rem(&b);
        prop_assert_eq!(quotient, a);
        prop_assert_eq!(left, rest);
    }

    #[test]
    fn dyadics_of_floats_add_and_multiply_exactly(a in float(), b in float()) {
        let (x, y) = (Dyadic::from_f64(a).unwrap(), Dyadic::from_f64(b).unwrap());
        // IEEE 754 rounds the exact sum and product once, which is what Ratio does.
        let sum = Ratio::from(x.add(&y)).to_f64();
        prop_assert!(sum == a + b, "{a:e} + {b:e} gave {sum:e}");
        let product = Ratio::from(x.mul(&y)).to_f64();
        prop_assert!(product == a * b, "{a:e} * {b:e} gave {product:e}");
        let narrow = Ratio::from(x.clone()).to_f32();
        prop_assert_eq!(narrow.to_bits(), (a as f32).to_bits() & if a == 0.0 { 0 } else { u32::MAX });
        if b != 0.0 {
            let quotient = Ratio::new(
                Dyadic::new(x.is_negative() != y.is_negative(), x.magnitude().clone(), x.exponent() - y.exponent()),
                y.magnitude().clone(),
            );
            prop_assert!(quotient.to_f64() == a / b, "{a:e} / {b:e} gave {:e}", quotient.to_f64());
        }
        let root = Ratio::from(Dyadic::from_f64(a.abs()).unwrap()).sqrt_to_f64();
        prop_assert_eq!(root.to_bits(), a.abs().sqrt().to_bits());
        prop_assert_eq!(x.compare(&y), a.partial_cmp(&b).unwrap());
    }

    #[test]
    fn f32_arithmetic_is_reproduced(a in any::<u32>(), b in any::<u32>()) {
        let (a, b) = (f32::from_bits(a), f32::from_bits(b));
        prop_assume!(a.is_finite() && b.is_finite() && b != 0.0);
        let (x, y) = (Dyadic::from_f64(a.into()).unwrap(), Dyadic::from_f64(b.into()).unwrap());
        prop_assert!(Ratio::from(x.add(&y)).to_f32() == a + b);
        prop_assert!(Ratio::from(x.mul(&y)).to_f32() == a * b);
        let quotient = Ratio::new(
            Dyadic::new(x.is_negative() != y.is_negative(), x.magnitude().clone(), x.exponent() - y.exponent()),
            y.magnitude().clone(),
        );
        prop_assert!(quotient.to_f32() == a / b);
        prop_assert!(Ratio::from(Dyadic::from_f64(a.abs().into()).unwrap()).sqrt_to_f32() == a.abs().sqrt());
    }

    #[test]
    fn ratios_round_to_the_nearest_float(num in limbs(), den in limbs(), negative: bool, exponent in -1100i64..1100) {
        prop_assume!(!den.is_zero());
        let rounded = Ratio::new(Dyadic::new(negative, num.clone(), exponent), den.clone()).to_f64();
        let sign = if negative { Sign::Minus } else { Sign::Plus };
        let num = BigInt::from_biguint(sign, big(&num) << exponent.max(0));
        prop_assert!(is_nearest_f64(rounded, &num, &(big(&den) << (-exponent).max(0))), "{rounded:e}");
    }

    #[test]
    fn ties_and_near_ties_round_to_even(x in float(), off in -1i32..=1, den in 1u64..1000) {
        // The midpoint of x and its successor, moved by 2^-1200 of nothing, up or down.
        let next = x.next_up();
        prop_assume!(next.is_finite());
        let middle = Dyadic::from_f64(x).unwrap().add(&Dyadic::from_f64(next).unwrap());
        let middle = Dyadic::new(middle.is_negative(), middle.magnitude().clone(), middle.exponent() - 1);
        let nudge = Dyadic::new(off < 0, Natural::from(u64::from(off != 0)), -1300);
        let value = middle.add(&nudge).mul(&Dyadic::from(den));
        let rounded = Ratio::new(value, Natural::from(den)).to_f64();
        let expected = match off {
            -1 => x,
            1 => next,
            _ if x.to_bits() & 1 == 0 => x,
            _ => next,
        };
        prop_assert!(rounded == expected, "{rounded:e} {expected:e}");
    }

    #[test]
    fn the_nearest_integer_has_ties_to_even(num in any::<i128>(), den in 1u64.., exponent in -130i64..10) {
        let ratio = Ratio::new(Dyadic::new(num < 0, Natural::from(num.unsigned_abs()), exponent), Natural::from(den));
        let num = BigInt::from(num) << exponent.max(0);
        let den = BigInt::from(den) << (-exponent).max(0);
        let twice = BigInt::from(2);
        let shifted = &num * &twice + &den; // floor(num/den + 1/2) = floor(shifted / 2 den)
        let rest: BigInt = &shifted % (&den * &twice);
        let mut double: BigInt = &shifted / (&den * &twice);
        if rest.sign() == Sign::Minus {
            double -= 1;
        }
        let tie = rest.sign() == Sign::NoSign;
        let odd = double.bit(0);
        let expected = if tie && odd { double - 1 } else { double };
        prop_assert_eq!(ratio.to_nearest_i128(), expected.to_i128());
    }
}

#[test]
fn overflow_and_underflow_round_as_ieee_says() {
    let value = |m: u128, e: i64| Ratio::from(Dyadic::new(false, Natural::from(m), e)).to_f64();
    let half_past_max = (1u128 << 54) - 1; // 2^1024 - 2^970 in units of 2^970
    assert_eq!(value(half_past_max, 970), f64::INFINITY);
    assert_eq!(value((half_past_max << 60) - 1, 910), f64::MAX);
    assert_eq!(value(1, 100_000), f64::INFINITY);
    assert_eq!(value(1, -1075), 0.0);
    assert_eq!(value(3, -1076), f64::from_bits(1));
    assert_eq!(value(1, -100_000), 0.0);
    let negative = Ratio::from(Dyadic::new(true, Natural::one(), -1075)).to_f64();
    assert_eq!(negative.to_bits(), (-0.0f64).to_bits());
    assert_eq!(Ratio::from(Dyadic::zero()).to_f64().to_bits(), 0);
}
