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

/// `2^exponent`.
fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

#[test]
fn windows_are_exact_up_to_their_edges() {
    // Blocks whose largest and least exponents are just so far apart, at every place of the range, with the least
    // and the largest fractions at both ends.
    let full = 2.0 - f64::EPSILON;
    for base in [-1022, -990, -900, -401, -160, -30, 0, 100, 160, 161, 399, 401, 799, 801, 900, 950] {
        for range in
            [0, 1, 15, 16, 17, 19, 20, 21, 22, 23, 24, 25, 48, 49, 50, 51, 52, 53, 101, 102, 103, 104]
        {
            if base + range > 1023 {
                continue;
            }
            let (low, high) = (power_of_two(base), power_of_two(base + range));
            let mut values = Vec::new();
            for value in [low, low * full, -low * (1.0 + f64::EPSILON), high, -high * full, high * full] {
                values.extend([value, -value, value]);
            }
            all_degrees_agree(&format!("2^{base} to 2^{}", base + range), &values);
            dots_agree(&format!("2^{base} to 2^{}", base + range), &values, &values);
        }
    }
}

#[test]
fn lanes_do_not_saturate() {
    // A whole block of the largest digits there are, of one sign: x = d 2^(-25 i) in every place of the window.
    let full = 2.0 - f64::EPSILON;
    for exponent in [-900, -50, 0, 24, 25, 49, 50, 100, 1021, 1022, 1023] {
        for sign in [1.0, -1.0] {
            let value = sign * full * power_of_two(exponent);
            let mut values = vec![value; 4096];
            all_degrees_agree("largest fractions", &values);
            // One value at the other end of the window forces the most digits.
            for below in [20, 21, 23, 50] {
                values[77] = power_of_two((exponent - below).max(-1022)) * (1.0 + f64::EPSILON);
                all_degrees_agree("largest fractions and one small value", &values);
            }
        }
    }
}

#[test]
fn digits_at_their_bounds_are_exact() {
    // Values made of extreme digits of the windows of 25 and 26 bits, ties between digits included.
    let mut random = SplitMix(31);
    for width in [24, 25, 26] {
        for _ in 0..20 {
            let values: Vec<f64> = (0..300)
                .map(|_| {
                    let mut digit = |bound: i64| match random.below(5) {
                        0 => bound,
                        1 => -bound,
                        2 => bound - 1,
                        3 => 1 - bound,
                        _ => 0,
                    } as f64;
                    let half = 1i64 << (width - 1);
                    let (first, second, third) = (digit(half / 4), digit(half), digit(half));
                    let unit = power_of_two(width);
                    // 53 bits hold two neighbouring digits.
                    if random.below(2) == 0 { (first * unit + second) * unit } else { second * unit + third }
                })
                .collect();
            all_degrees_agree("extreme digits", &values);
            dots_agree("extreme digits", &values, &values);
            let products: Vec<f64> = values.iter().map(|x| x + 1.0 / 3.0).collect();
            dots_agree("extreme digits by full ones", &values, &products);
        }
    }
}
