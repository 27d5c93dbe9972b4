//! The laws of states, and their bytes.

use super::data::{KINDS, SplitMix, dataset};
use crate::Level;
use crate::exact::{Accumulator, DotSums, Natural, PowerSums, StateError, bytes};
use num_bigint::BigInt;
use proptest::prelude::*;

fn state<const DEGREE: usize>(values: &[f64]) -> PowerSums<DEGREE> {
    let mut state = PowerSums::new();
    state.update_f64(Level::detect(), values);
    state
}

#[test]
fn any_split_and_any_order_of_merges_gives_the_same_bytes() {
    let mut random = SplitMix(17);
    for (at, kind) in KINDS.into_iter().enumerate() {
        let values = dataset(kind, 3000, at as u64);
        let whole = state::<4>(&values).to_bytes();
        for _ in 0..4 {
            let mut parts = Vec::new();
            let mut rest = &values[..];
            while !rest.is_empty() {
                let (part, others) = rest.split_at(1 + random.below(rest.len().min(900) as u64) as usize);
                parts.push(state::<4>(part));
                rest = others;
            }
            // Any binary tree over any permutation.
            while parts.len() > 1 {
                let left = parts.swap_remove(random.below(parts.len() as u64) as usize);
                let right = random.below(parts.len() as u64) as usize;
                parts[right].merge(&left);
            }
            assert_eq!(parts[0].to_bytes(), whole, "{kind}");
        }
        let mut reversed = values.clone();
        reversed.reverse();
        assert_eq!(state::<4>(&reversed).to_bytes(), whole, "{kind}, reversed");
    }
}

#[test]
fn what_is_subtracted_was_never_there() {
    for (at, kind) in KINDS.into_iter().enumerate() {
        let values = dataset(kind, 700, at as u64);
        let (kept, taken) = values.split_at(300);
        let mut whole = state::<4>(&values);
        whole.subtract(&state(taken)).unwrap();
        assert_eq!(whole.to_bytes(), state::<4>(kept).to_bytes(), "{kind}");
        assert_eq!(whole.subtract(&state(&values)), Err(StateError::Impossible));
        whole.subtract(&state(kept)).unwrap();
        assert_eq!(whole.to_bytes(), PowerSums::<4>::new().to_bytes(), "{kind}");
    }
}

#[test]
fn bytes_come_back_as_the_same_state() {
    for (at, kind) in KINDS.into_iter().enumerate() {
        let values = dataset(kind, 100, at as u64);
        round_trip(&state::<1>(&values));
        round_trip(&state::<2>(&values));
        round_trip(&state::<3>(&values));
        round_trip(&state::<4>(&values));
        let mut dot = DotSums::new();
        dot.update_f64(Level::detect(), &values, &values);
        assert_eq!(DotSums::from_bytes(&dot.to_bytes()).unwrap(), dot);
        assert!(PowerSums::<1>::from_bytes(&dot.to_bytes()).is_err());
    }
}

fn round_trip<const DEGREE: usize>(state: &PowerSums<DEGREE>) {
    let bytes = state.to_bytes();
    let back = PowerSums::<DEGREE>::from_bytes(&bytes).unwrap();
    assert_eq!(&back, state);
    assert_eq!(back.to_bytes(), bytes);
    for end in 0..bytes.len() {
        assert!(PowerSums::<DEGREE>::from_bytes(&bytes[..end]).is_err());
    }
    for bit in 0..8 * bytes.len() {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(PowerSums::<DEGREE>::from_bytes(&changed).is_err(), "bit {bit}");
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert!(PowerSums::<DEGREE>::from_bytes(&longer).is_err());
}

/// Reads everything there is to read.
fn read_all(state: &PowerSums<4>) {
    let read = state.read::<f64>().scaled(-128);
    let _ = (
        read.sum(),
        read.mean(),
        read.variance(1),
        read.std(0),
        read.norm(),
        read.skewness(),
        read.kurtosis(),
    );
    let _ = (state.sum_integer(), state.mean_ticks(), state.to_bytes());
}

#[test]
fn forged_bytes_with_a_good_checksum_do_no_harm() {
    let mut random = SplitMix(23);
    let mut accepted = 0;
    for (at, kind) in KINDS.into_iter().enumerate() {
        let bytes = state::<4>(&dataset(kind, 50, at as u64)).to_bytes();
        for _ in 0..200 {
            let mut forged = bytes.clone();
            for _ in 0..1 + random.below(4) {
                let place = 8 + random.below(forged.len() as u64 - 16) as usize;
                forged[place] = match random.below(4) {
                    0 => 0,
                    1 => 0xff,
                    _ => random.next() as u8,
                };
            }
            let end = forged.len() - 8;
            let checksum = bytes::fnv1a(&forged[..end]);
            forged[end..].copy_from_slice(&checksum.to_le_bytes());
            if let Ok(mut state) = PowerSums::<4>::from_bytes(&forged) {
                accepted += 1;
                assert_eq!(state.to_bytes(), forged);
                read_all(&state);
                let other = state.clone();
                state.merge(&other);
                read_all(&state);
            }
        }
    }
    assert!(accepted > 100, "the forgeries must get past the checks to test anything: {accepted}");
}

#[test]
fn states_that_never_were_can_be_read() {
    let mut odd = state::<4>(&[1.0, 2.0, 4.0]);
    odd.subtract(&state(&[100.0, 7.0])).unwrap();
    read_all(&odd);
    odd.subtract(&state(&[3.0])).unwrap();
    read_all(&odd);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn an_accumulator_is_a_big_integer(
        steps in prop::collection::vec((any::<i128>(), 0u32..128, -300i32..300, 0u8..5), 1..40)
    ) {
        const UNIT: i32 = 512;
        let mut sum = Accumulator::new();
        let mut exact = BigInt::from(0);
        for (value, shift, exponent, operation) in steps {
            let value = value >> shift;
            let shifted = |value: BigInt| value << (exponent + UNIT);
            match operation {
                0 => {
                    sum.add_i128(value, exponent);
                    exact += shifted(value.into());
                }
                1 => {
                    sum.add_i64(value as i64, exponent);
                    exact += shifted((value as i64).into());
                }
                2 => {
                    let limbs = Natural::from(value.unsigned_abs());
                    sum.add_limbs(value < 0, limbs.limbs(), exponent);
                    exact += shifted(value.into());
                }
                3 => {
                    let mut other = Accumulator::new();
                    other.add_i128(value, exponent);
                    sum.subtract(&other);
                    exact -= shifted(value.into());
                }
                _ => {
                    sum.negate();
                    exact = -exact;
                }
            }
            let dyadic = sum.to_dyadic();
            let digits: Vec<u32> =
                dyadic.magnitude().limbs().iter().flat_map(|&l| [l as u32, (l >> 32) as u32]).collect();
            let magnitude = BigInt::from(num_bigint::BigUint::from_slice(&digits));
            let found = if dyadic.is_zero() { magnitude } else { magnitude << (dyadic.exponent() + i64::from(UNIT)) };
            prop_assert_eq!(if dyadic.is_negative() { -found } else { found }, exact.clone());
            prop_assert_eq!(sum.is_zero(), exact == BigInt::from(0));
            prop_assert_eq!(sum.is_negative(), exact < BigInt::from(0));
            let (base, limbs) = sum.canonical();
            let back = Accumulator::from_canonical(base, limbs);
            prop_assert_eq!(back.as_ref(), Some(&sum));
        }
    }

    #[test]
    fn random_bytes_are_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(PowerSums::<2>::from_bytes(&bytes).is_err());
        prop_assert!(DotSums::from_bytes(&bytes).is_err());
        let mut started = b"AcEx\x01\x01\x02\x00".to_vec();
        started.extend(bytes);
        prop_assert!(PowerSums::<2>::from_bytes(&started).is_err());
    }
}
