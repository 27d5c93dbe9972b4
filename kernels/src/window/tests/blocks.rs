//! Blocks at the limits of what they are done with, against exact sums of each window.

use super::super::*;
use super::{bits, expected, random, unit, windows};
use crate::exact::PowerSums;
use crate::level::Level;

const ROWS: usize = 2300;

/// Sums and means over windows, and running sums, at every level.
fn check<T: Settled>(name: &str, values: &[f64]) {
    for width in [1, 3, 100, 700] {
        for statistic in [Statistic::Sum, Statistic::Mean] {
            let oracle =
                |row: usize| bits(expected::<T>(statistic, &values[(row + 1).saturating_sub(width)..=row]));
            let oracle: Vec<String> = (0..values.len()).map(oracle).collect();
            for level in Level::available() {
                for start in [0, 801] {
                    let mut out = vec![T::MISSING; values.len() - start];
                    moments(level, statistic, &windows(width), values, start, &mut out, T::MISSING);
                    let found: Vec<String> = out.into_iter().map(bits).collect();
                    let differs = (0..found.len()).find(|&at| found[at] != oracle[start + at]);
                    assert_eq!(differs, None, "{name}: {statistic:?} of {width} from {start} at {level}");
                }
            }
        }
    }
    let mut state = PowerSums::<1>::new();
    let mut running = |value: &f64| {
        state.update_f64(Level::BASELINE, &[*value]);
        bits(state.read::<T>().sum())
    };
    let oracle: Vec<String> = values.iter().map(&mut running).collect();
    for level in Level::available() {
        // In three calls: each goes on from the state of the one before.
        let (mut found, mut before) = (Vec::new(), PowerSums::new());
        let cuts = [0, 3.min(values.len()), 1400.min(values.len()), values.len()];
        for cut in cuts.windows(2) {
            let values = &values[cut[0]..cut[1]];
            let mut out = vec![T::MISSING; values.len()];
            let plan = Windows::cumulative(Missing::Nothing);
            before = cumulative_sums(level, &plan, before, values, &mut out, T::MISSING);
            found.extend(out.into_iter().map(bits));
        }
        let differs = (0..found.len()).find(|&at| found[at] != oracle[at]);
        assert_eq!(differs, None, "{name}: running sums at {level}");
        let mut all = PowerSums::<1>::new();
        all.update_f64(Level::BASELINE, values);
        assert!(before == all, "{name}: the state after running sums at {level}");
    }
}

#[test]
fn values_at_the_limits_of_a_grid() {
    let mut seed = 11;
    for places in [29, 30, 31, 32, 33, 35, 36, 37, 38, 41, 52, 85] {
        for power in [places, -places] {
            let mut values: Vec<f64> = (0..ROWS).map(|_| 1.0 + unit(&mut seed)).collect();
            values[1200] *= 2f64.powi(power);
            values[1201] *= -2f64.powi(power - 1);
            values[1900] *= 2f64.powi(power);
            check::<f64>(&format!("2^{power}"), &values);
        }
    }
    // All beside a sum that they hardly reach.
    for power in 31..=36 {
        let mut values: Vec<f64> = (0..ROWS).map(|_| (1.0 + unit(&mut seed)) * 2f64.powi(-15)).collect();
        values[0] = 1.5 * 2f64.powi(power);
        check::<f64>(&format!("beside 2^{power}"), &values);
    }
    let growing: Vec<f64> =
        (0..ROWS).map(|row| (1.0 + unit(&mut seed)) * 2f64.powi(row as i32 / 40)).collect();
    check::<f64>("growing", &growing);
    check::<f32>("growing", &growing);
    check::<f64>("shrinking", &growing.into_iter().rev().collect::<Vec<_>>());
}

#[test]
fn special_values_among_whole_blocks() {
    let mut seed = 12;
    let special = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 5e-324, f64::MAX, -f64::MAX, 1e-310];
    for value in special {
        let mut values: Vec<f64> = (0..ROWS).map(|_| unit(&mut seed) - 0.5).collect();
        values[1300] = value;
        check::<f64>(&format!("{value}"), &values);
    }
    for scale in [f64::MAX / 2.0, 2f64.powi(888), 2f64.powi(-690), 2f64.powi(-712), f64::MIN_POSITIVE, 1e-315]
    {
        let values: Vec<f64> = (0..ROWS).map(|_| (unit(&mut seed) - 0.5) * scale).collect();
        check::<f64>(&format!("of size {scale:e}"), &values);
    }
    let mut zeros = vec![0.0; ROWS];
    check::<f64>("zeros", &zeros);
    zeros[900] = 0.1;
    zeros[1700] = -0.1;
    check::<f64>("two numbers among zeros", &zeros);
}

#[test]
fn results_in_the_middle_of_two_floats() {
    let mut seed = 13;
    // Whole numbers of ulps of 1: windows of 3 and 100 rows have means with ties, and so have sums of any.
    let values: Vec<f64> = (0..ROWS).map(|_| 1.0 + (random(&mut seed) % 64) as f64 * f64::EPSILON).collect();
    check::<f64>("ulps", &values);
    let values: Vec<f64> = values.iter().map(|value| (value * 3.0 - 4.5) * 1e-3).collect();
    check::<f64>("of both signs", &values);
    let values: Vec<f64> = (0..ROWS).map(|_| f64::from(unit(&mut seed) as f32)).collect();
    check::<f32>("binary32", &values);
    let values: Vec<f64> = (0..ROWS).map(|_| (random(&mut seed) % 2000) as f64 - 1000.0).collect();
    check::<f64>("integers", &values);
}
