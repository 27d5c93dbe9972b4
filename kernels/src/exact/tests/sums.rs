//! Every way to the same state: levels, routes, splits, merges.

use super::data::{KINDS, dataset};
use crate::Level;
use crate::exact::block::pieces::Route;
use crate::exact::{Counts, PowerSums, reference};

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
