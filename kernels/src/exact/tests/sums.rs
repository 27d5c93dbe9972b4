//! Every way to the same state: levels, routes, splits, merges.

use super::data::{KINDS, SplitMix, dataset};
use crate::Level;
use crate::exact::block::pieces::Route;
use crate::exact::{Counts, DotSums, PowerSums, reference};

/// The state by the naive twin.
fn naive<const DEGREE: usize>(values: &[f64]) -> PowerSums<DEGREE> {
    let mut state = PowerSums::new();
    reference::update_f64(values, &mut state.counts, &mut state.sums);
    state
}

fn routes_agree<const DEGREE: usize>(kind: &str, values: &[f64]) {
    let expected = naive::<DEGREE>(values);
    for level in Level::available() {
        for route in [Route::Digits(1), Route::Digits(2), Route::Digits(3), Route::Classes] {
            let mut state = PowerSums::<DEGREE>::new();
            state.update_by(route, level, values);
            assert!(
                state == expected,
                "{kind}, degree {DEGREE}, {level}, {route:?}, {} values: {state:?} is not {expected:?}",
                values.len()
            );
            assert_eq!(state.to_bytes(), expected.to_bytes());
        }
    }
}

fn all_degrees_agree(kind: &str, values: &[f64]) {
    routes_agree::<1>(kind, values);
    routes_agree::<2>(kind, values);
    routes_agree::<3>(kind, values);
    routes_agree::<4>(kind, values);
}

#[test]
fn every_level_and_route_gives_the_naive_state() {
    for (at, kind) in KINDS.into_iter().enumerate() {
        all_degrees_agree(kind, &dataset(kind, 5000, at as u64));
    }
}

#[test]
fn every_length_around_lanes_and_blocks_agrees() {
    let values = dataset("twenty binades", 4100, 7);
    for n in (0..=17).chain([2046, 2047, 2048, 2049, 2052, 4095, 4096, 4097]) {
        all_degrees_agree("twenty binades", &values[..n]);
        all_degrees_agree("twenty binades, unaligned", &values[1..][..n]);
    }
}

#[test]
fn naive_counts_are_what_they_say() {
    let state = naive::<1>(&[f64::NAN, -f64::NAN, f64::INFINITY, -0.0, 0.0, 1.0, f64::NEG_INFINITY, -0.0]);
    let expected = Counts { total: 8, nan: 2, positive_infinity: 1, negative_infinity: 1, negative_zero: 2 };
    assert_eq!(*state.counts(), expected);
}

#[test]
fn integers_of_every_size_give_the_state_of_their_exact_values() {
    let mut random = SplitMix(11);
    for bits in [1, 8, 22, 23, 24, 25, 47, 48, 49, 50, 51, 52, 53, 54, 62, 63, 64] {
        for n in [0, 1, 3, 4, 5, 255, 256, 257, 1023, 1025, 3000] {
            let unsigned: Vec<u64> = (0..n).map(|_| random.next() >> (64 - bits)).collect();
            let signed: Vec<i64> = unsigned.iter().map(|&x| x as i64 ^ (x as i64) << 63 >> 63).collect();
            integers_agree::<1>(&signed, &unsigned);
            integers_agree::<2>(&signed, &unsigned);
            integers_agree::<4>(&signed, &unsigned);
        }
    }
    let ends = [i64::MIN, i64::MAX, 0, -1, 1, i64::MIN, i64::MIN + 1, 1 << 53, -(1 << 51), 1 << 51];
    let unsigned = ends.map(|x| x as u64);
    integers_agree::<1>(&ends, &unsigned);
    integers_agree::<2>(&ends, &unsigned);
    integers_agree::<3>(&ends, &unsigned);
    integers_agree::<4>(&ends, &unsigned);
    integers_agree::<4>(&[i64::MIN; 2000], &[u64::MAX; 2000]);
    integers_agree::<4>(&[1 << 51; 2000], &[1 << 51; 2000]);
    integers_agree::<4>(&[-(1 << 50); 2000], &[(1 << 50) - 1; 2000]);
}

fn integers_agree<const DEGREE: usize>(signed: &[i64], unsigned: &[u64]) {
    let mut expected = (PowerSums::<DEGREE>::new(), PowerSums::<DEGREE>::new());
    signed.iter().for_each(|&x| expected.0.update_i128(x.into()));
    unsigned.iter().for_each(|&x| expected.1.update_i128(x.into()));
    for level in Level::available() {
        let mut found = (PowerSums::<DEGREE>::new(), PowerSums::<DEGREE>::new());
        found.0.update_i64(level, signed);
        found.1.update_u64(level, unsigned);
        assert!(found.0 == expected.0, "degree {DEGREE}, {level}, {signed:?}");
        assert!(found.1 == expected.1, "degree {DEGREE}, {level}, {unsigned:?}");
    }
}

#[test]
fn every_level_and_route_gives_the_naive_dot_product() {
    for (at, left) in KINDS.into_iter().enumerate() {
        for right in KINDS {
            let x = dataset(left, 1500, at as u64);
            let y = dataset(right, 1500, 99);
            dots_agree(&format!("{left} by {right}"), &x, &y);
        }
    }
    let (x, y) = (dataset("normal", 2100, 1), dataset("fifty binades", 2100, 2));
    for n in (0..=17).chain([255, 256, 257, 1022, 1023, 1024, 1025, 1028, 2047, 2049]) {
        dots_agree("normal by fifty binades", &x[..n], &y[1..][..n]);
    }
}

fn dots_agree(kind: &str, x: &[f64], y: &[f64]) {
    let mut expected = DotSums::new();
    reference::update_dot(x, y, &mut expected.counts, &mut expected.sum);
    for level in Level::available() {
        for route in [Route::Digits(1), Route::Digits(2), Route::Digits(3), Route::Classes] {
            let mut state = DotSums::new();
            state.update_by(route, level, x, y);
            assert!(state == expected, "{kind}, {level}, {route:?}: {state:?} is not {expected:?}");
            assert_eq!(state.to_bytes(), expected.to_bytes());
        }
    }
}
