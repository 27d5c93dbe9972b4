//! Distinct sets against the standard library's, and the sketch against its stated error.

use super::*;
use crate::level::Level;
use std::collections::{BTreeMap, HashSet};

fn words(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed;
    move || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 29)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        z ^ (z >> 32)
    }
}

/// Naive counts by value.
fn reference(values: &[f64]) -> (u64, Vec<(f64, u64)>) {
    let mut counts: BTreeMap<i128, (f64, u64)> = BTreeMap::new();
    let mut nan = 0;
    for &value in values {
        if value.is_nan() {
            nan += 1;
            continue;
        }
        let value = if value == 0.0 { 0.0 } else { value };
        let bits = value.to_bits();
        let order = if bits >> 63 == 1 { -i128::from(bits & !(1 << 63)) } else { i128::from(bits) };
        counts.entry(order).or_insert((value, 0)).1 += 1;
    }
    (nan, counts.into_values().collect())
}

#[test]
fn exact_sets_count_what_a_map_counts_at_every_level_and_cut() {
    for (seed, range) in [(1, 2), (2, 7), (3, 100), (4, 5_000), (5, 60_000)] {
        let mut next = words(seed);
        let values: Vec<f64> = (0..20_000)
            .map(|_| match next() >> 60 {
                0 => f64::from_bits(0xfff8_0000_0000_0000 | next() >> 20),
                1 => -0.0,
                2 => 0.0,
                3 => f64::INFINITY,
                _ => ((next() >> 11) % range) as f64 / 8.0 - 3.0,
            })
            .collect();
        let (nan, expected) = reference(&values);
        for level in Level::available() {
            for cut in [0, 1, 777, 10_000, values.len()] {
                let (mut left, mut right) = (DistinctSet::new(), DistinctSet::new());
                left.update(level, &values[..cut]);
                right.update(level, &values[cut..]);
                let mut both = right.clone();
                both.merge(&left);
                left.merge(&right);
                assert!(left == both, "seed {seed} cut {cut}");
                assert_eq!(left.nan(), nan);
                assert_eq!(left.exact().as_deref(), Some(&expected[..]));
                assert_eq!(left.distinct(), expected.len() as u64);
                let mut by_count = expected.clone();
                by_count.sort_by_key(|entry| std::cmp::Reverse(entry.1));
                by_count.truncate(10);
                assert_eq!(left.most_frequent(10), Some(by_count));
                assert!(DistinctSet::from_exact(nan, &expected) == Some(left));
            }
        }
    }
}

/// Checks a set of integers that was updated part by part, merged and moved about, against a map.
fn check_integers<T: HashValue + Ord>(parts: &[Vec<T>]) {
    let all: Vec<T> = parts.concat();
    let mut counts: BTreeMap<T, u64> = BTreeMap::new();
    all.iter().for_each(|&value| *counts.entry(value).or_insert(0) += 1);
    let expected: Vec<(T, u64)> = counts.into_iter().collect();
    let is_exact = expected.len() < EXACT_LIMIT;
    for level in Level::available() {
        let mut one_by_one = DistinctSet::new();
        parts.iter().for_each(|part| one_by_one.update(level, part));
        let mut whole = DistinctSet::new();
        whole.update(level, &all);
        let states: Vec<DistinctSet<T>> = parts
            .iter()
            .map(|part| {
                let mut state = DistinctSet::new();
                state.update(level, part);
                state
            })
            .collect();
        let (mut forwards, mut backwards) = (DistinctSet::new(), states[states.len() - 1].clone());
        states.iter().for_each(|state| forwards.merge(state));
        states[..states.len() - 1].iter().rev().for_each(|state| backwards.merge(state));
        for set in [&one_by_one, &whole, &forwards, &backwards] {
            assert!(*set == one_by_one && set.is_exact() == is_exact);
            assert_eq!(set.exact(), is_exact.then(|| expected.clone()));
            if is_exact {
                assert_eq!(set.distinct(), expected.len() as u64);
                let mut by_count = expected.clone();
                by_count.sort_by_key(|entry| std::cmp::Reverse(entry.1));
                by_count.truncate(7);
                assert_eq!(set.most_frequent(7), Some(by_count));
            } else {
                let mut registers = Registers::new();
                expected.iter().for_each(|(value, _)| registers.insert(value.hash()));
                assert_eq!(set.registers(), Some(&registers));
            }
        }
    }
}

#[test]
fn integers_that_lie_together_are_counted_as_any_others() {
    let mut next = words(9);
    let mut near = |low: i64, range: u64, count: usize| -> Vec<i64> {
        (0..count).map(|_| low.wrapping_add((next() % range) as i64)).collect()
    };
    let lows = [0, -500, i64::MIN, i64::MAX - 999, 1 << 40];
    for low in lows {
        // In one window, at its edges, past them, far from them, and past the limit.
        check_integers(&[near(low, 1000, 5000), near(low, 1000, 3), near(low, 1000, 2000)]);
        check_integers(&[near(low, 1, 2000), near(low.wrapping_add(8190), 9, 4000), near(low, 8000, 50)]);
        check_integers(&[near(low, 100, 1500), near(low / 2 - 7, 40_000, 9000), near(low, 9, 2000)]);
        check_integers(&[near(low, 100, 1500), near(0, 200_000, 150_000), near(low, 100, 1500)]);
        let unsigned = |values: Vec<i64>| values.iter().map(|&value| value as u64).collect::<Vec<_>>();
        check_integers(&[unsigned(near(low, 1000, 5000)), unsigned(near(low, 20_000, 30_000))]);
    }
    let edges: Vec<i64> = (0..3000).map(|row| [i64::MIN, i64::MAX, -1, 0][row % 4]).collect();
    check_integers(&[edges.clone(), near(5, 1000, 3000), edges]);
    check_integers(&[vec![u64::MAX; 2000], vec![0; 2000], vec![u64::MAX - 1; 3]]);
    // Each distance around the widest window, upwards and downwards.
    for distance in [8191, 8192, 8193, 12_287, 12_288, 12_289, 16_383, 16_384, 16_385] {
        for sign in [1, -1] {
            check_integers(&[vec![0i64; 1500], vec![sign * distance; 5], vec![sign; 1500]]);
            let both: Vec<i64> =
                (0..1500).map(|row| if row % 2 == 0 { 0 } else { sign * distance }).collect();
            check_integers(&[both, vec![sign * (distance + 1), -sign, 0]]);
        }
    }
}

#[test]
fn a_set_turns_into_registers_by_its_values_alone() {
    let limit = EXACT_LIMIT as i64;
    for level in Level::available() {
        let values: Vec<i64> = (0..limit).map(|value| value * 7919).collect();
        let mut below = DistinctSet::new();
        below.update(level, &values[1..]);
        below.update(level, &values[1..]);
        assert!(below.is_exact());
        assert_eq!(below.distinct(), EXACT_LIMIT as u64 - 1);
        let mut whole = DistinctSet::new();
        whole.update(level, &values);
        assert!(!whole.is_exact());
        let mut expected = Registers::new();
        values.iter().for_each(|value| expected.insert(value.hash()));
        assert_eq!(whole.registers(), Some(&expected));
        for parts in [2, 3, 17] {
            let mut states: Vec<DistinctSet<i64>> = values
                .chunks(values.len().div_ceil(parts))
                .map(|part| {
                    let mut state = DistinctSet::new();
                    state.update(level, part);
                    state.update(level, &part[part.len() / 2..]);
                    state
                })
                .collect();
            for _ in 0..2 {
                let mut merged = DistinctSet::new();
                states.iter().for_each(|state| merged.merge(state));
                assert!(merged == whole, "{parts} parts");
                states.reverse();
            }
        }
        let mut more = whole.clone();
        more.update(level, &values);
        assert!(more == whole);
        let mut early = DistinctSet::new();
        early.update(level, &values[..5]);
        early.merge(&whole);
        assert!(early == whole);
    }
}

#[test]
fn a_value_hashes_alike_whatever_stores_it() {
    for value in [0i64, 1, -1, 5, 1 << 51, (1 << 51) + 2, -(1 << 53), 1 << 62, i64::MIN, 3_000_000_000] {
        assert_eq!(value.hash(), (value as f64).hash(), "{value}");
        if value >= 0 {
            assert_eq!(value.hash(), (value as u64).hash());
        }
    }
    assert_eq!((1u64 << 63).hash(), (2.0f64).powi(63).hash());
    assert_eq!((3u64 << 62).hash(), (3.0 * 2.0f64.powi(62)).hash());
    assert_ne!((1u64 << 63).hash(), i64::MIN.hash());
    assert_eq!((-0.0f64).hash(), 0i64.hash());
    assert_eq!(f64::NAN.hash(), f64::from_bits(0xfff0_0000_0000_0001).hash());
    assert_ne!(f64::INFINITY.hash(), f64::NEG_INFINITY.hash());
    let floats = [0.5, -0.5, 1.5, 5e-324, 1e300, 2.0f64.powi(64), 2.0f64.powi(51) + 0.5, f64::MAX, -1e19];
    let hashes: HashSet<u64> = floats.iter().map(|value| value.hash()).collect();
    assert_eq!(hashes.len(), floats.len());
}

#[test]
fn hashes_are_the_ones_of_version_1() {
    // SplitMix64's published first outputs for seeds 0 and 5.
    assert_eq!(0i64.hash(), 0xE220_A839_7B1D_CDAF);
    assert_eq!(HASH_VERSION, 1);
    let golden = [0.5f64.hash(), f64::NAN.hash(), u64::MAX.hash(), hash_bytes(b""), hash_bytes(b"arrcalc")];
    assert_eq!(golden, GOLDEN, "{golden:#x?}");
}

const GOLDEN: [u64; 5] = [
    0x1092_a832_779a_b25d,
    0x0fa3_65bb_47cc_52f6,
    0xf5b4_dbdc_b6d8_642f,
    0xf893_a2ee_fb32_555e,
    0xf196_84c3_5982_0281,
];

#[test]
fn bytes_that_differ_hash_differently() {
    let mut seen = HashSet::new();
    let mut count = 0;
    for length in 0..40usize {
        for position in 0..length.max(1) {
            for byte in [0u8, 1, 128, 255] {
                let mut bytes = vec![7u8; length];
                if let Some(slot) = bytes.get_mut(position) {
                    *slot = byte;
                    seen.insert(hash_bytes(&bytes));
                    count += 1;
                }
            }
        }
    }
    assert_eq!(seen.len(), count);
    assert_ne!(hash_bytes(b"a"), hash_bytes(b"a\0"));
}

#[test]
fn estimates_stay_within_four_standard_errors() {
    type Family = fn(u64) -> u64;
    let families: [(&str, Family); 6] = [
        ("consecutive integers", |i| (i as i64).hash()),
        ("multiples of 2^20", |i| ((i << 20) as i64).hash()),
        ("negative integers", |i| (-(i as i64)).hash()),
        ("eighths", |i| (i as f64 / 8.0 + 0.0625).hash()),
        ("large floats", |i| f64::from_bits(0x7000_0000_0000_0000 | i << 8).hash()),
        ("strings", |i| hash_bytes(format!("key {i}").as_bytes())),
    ];
    for (name, hash) in families {
        let mut registers = Registers::new();
        let mut done = 0u64;
        for target in [100u64, 1_000, 10_000, 65_536, 200_000, 1_000_000] {
            (done..target).for_each(|i| registers.insert(hash(i)));
            done = target;
            let estimate = registers.estimate();
            let error = (estimate / target as f64 - 1.0).abs();
            assert!(error < 4.0 * 1.04 / 128.0, "{name}: {estimate} of {target}");
        }
    }
    assert_eq!(Registers::new().estimate(), 0.0);
    assert_eq!(Registers::from_bytes(&[52; REGISTERS]), None);
    assert!(Registers::from_bytes(&[51; REGISTERS]).is_some_and(|full| full.estimate() > 1e15));
}
