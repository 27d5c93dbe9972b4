//! Windows against exact sums of each of them.

mod blocks;

use super::*;
use crate::exact::PowerSums;
use crate::level::Level;

fn windows(width: usize) -> Windows {
    Windows { width: Some(width), min_count: 1, missing: Missing::Nothing, skips_missing_rows: false }
}

fn expected<T: Settled>(statistic: Statistic, window: &[f64]) -> T {
    let mut state = PowerSums::<2>::new();
    state.update_f64(Level::BASELINE, window);
    let read = state.read::<T>();
    match statistic {
        Statistic::Sum => Some(read.sum()),
        Statistic::Mean => read.mean(),
        Statistic::Variance { ddof } => read.variance(ddof),
        Statistic::Deviation { ddof } => read.std(ddof),
    }
    .unwrap_or(T::MISSING)
}

const STATISTICS: [Statistic; 5] = [
    Statistic::Sum,
    Statistic::Mean,
    Statistic::Variance { ddof: 0 },
    Statistic::Variance { ddof: 1 },
    Statistic::Deviation { ddof: 1 },
];

fn bits<T: Settled>(value: T) -> String {
    format!("{value:?}")
}

fn check<T: Settled>(values: &[f64]) {
    for width in [1, 2, 3, 6, 7, 64, 100, 1000] {
        for statistic in STATISTICS {
            let oracle: Vec<String> = (0..values.len())
                .map(|row| {
                    let first = (row + 1).saturating_sub(width);
                    bits(expected::<T>(statistic, &values[first..=row]))
                })
                .collect();
            for level in Level::available() {
                for start in [0, 1, 5, 600] {
                    let start = start.min(values.len());
                    let mut out = vec![T::MISSING; values.len() - start];
                    moments(level, statistic, &windows(width), values, start, &mut out, T::MISSING);
                    for (at, found) in out.iter().enumerate() {
                        let row = start + at;
                        assert_eq!(
                            bits(*found),
                            oracle[row],
                            "{statistic:?} {width} row {row} from {start} {level}"
                        );
                    }
                }
            }
        }
    }
}

/// A generator of test data: SplitMix64.
fn random(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *seed;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn unit(seed: &mut u64) -> f64 {
    (random(seed) >> 11) as f64 * f64::EPSILON / 2.0
}

#[test]
fn ordinary_numbers() {
    let mut seed = 1;
    let values: Vec<f64> = (0..2500).map(|_| 1.0 + unit(&mut seed)).collect();
    check::<f64>(&values);
    let values: Vec<f64> = (0..1300).map(|_| (unit(&mut seed) - 0.5) as f32 as f64).collect();
    check::<f32>(&values);
    check::<f64>(&values);
}

#[test]
fn numbers_of_all_sizes() {
    let mut seed = 2;
    let values: Vec<f64> = (0..1200)
        .map(|_| f64::from_bits(random(&mut seed)))
        .map(|value| if value.is_finite() { value } else { 1.0 })
        .collect();
    check::<f64>(&values);
    let narrow: Vec<f64> = (0..1200)
        .map(|_| f64::from(f32::from_bits(random(&mut seed) as u32)))
        .map(|value| if value.is_finite() { value } else { 1.0 })
        .collect();
    check::<f32>(&narrow);
}

#[test]
fn cancellation_and_special_values() {
    let mut seed = 3;
    let some = [1e16, 1.0, -1e16, 1e300, -1e300, 0.1, 5e-324, 0.0, -0.0, 3.0];
    let pick = |seed: &mut u64, from: &[f64]| from[(random(seed) % from.len() as u64) as usize];
    let values: Vec<f64> = (0..1200).map(|_| pick(&mut seed, &some)).collect();
    check::<f64>(&values);
    let special = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, f64::MAX];
    let values: Vec<f64> = (0..1300)
        .map(|_| {
            if random(&mut seed).is_multiple_of(40) {
                pick(&mut seed, &special)
            } else {
                unit(&mut seed) - 0.5
            }
        })
        .collect();
    check::<f64>(&values);
    check::<f64>(&[-0.0; 700]);
    check::<f64>(&[7.25; 700]);
    let offset: Vec<f64> = (0..1200).map(|_| 1e9 + (unit(&mut seed) * 8.0).floor()).collect();
    check::<f64>(&offset);
    check::<f32>(&offset);
}

#[test]
fn sums_go_on_from_any_row() {
    let mut seed = 4;
    for kind in 0..4 {
        let values: Vec<f64> = (0..3000)
            .map(|row| match kind {
                0 => unit(&mut seed) - 0.5,
                1 => f64::from_bits(random(&mut seed) & 0xbfff_ffff_ffff_ffff),
                2 if row < 700 => -0.0,
                2 => unit(&mut seed),
                _ if row == 1500 => f64::INFINITY,
                _ if row == 2500 => f64::NAN,
                _ => 1.0,
            })
            .collect();
        let mut state = PowerSums::<1>::new();
        let oracle: Vec<u64> = (values.iter())
            .map(|value| {
                state.update_f64(Level::BASELINE, &[*value]);
                state.sum().to_bits()
            })
            .collect();
        for level in Level::available() {
            for start in [0, 1, 511, 512, 1700, 2600] {
                let mut before = PowerSums::new();
                before.update_f64(level, &values[..start]);
                let mut out = vec![0.0; values.len() - start];
                let plan = Windows::cumulative(Missing::Nothing);
                let _ = cumulative_sums(level, &plan, before, &values[start..], &mut out, f64::MISSING);
                let found: Vec<u64> = out.iter().map(|sum| sum.to_bits()).collect();
                assert!(found == oracle[start..], "{kind} from {start} at {level}");
            }
        }
    }
}

#[test]
fn medians_and_ranks_are_those_of_a_sort() {
    let mut seed = 5;
    for kind in 0..4 {
        let values: Vec<f64> = (0..2300)
            .map(|_| match kind {
                0 => unit(&mut seed),
                1 => (unit(&mut seed) * 5.0).floor(),
                2 => f64::from_bits(1f64.to_bits() + random(&mut seed) % 900),
                _ if random(&mut seed).is_multiple_of(90) => f64::NAN,
                _ => f64::from_bits(random(&mut seed) & 0xbfff_ffff_ffff_ffff),
            })
            .collect();
        for width in [1, 2, 3, 10, 101, 1500, 5000] {
            for missing in [Missing::Nothing, Missing::Nan] {
                let windows = Windows { missing, ..windows(width) };
                let sorted = |row: usize| {
                    let window = &values[(row + 1).saturating_sub(width)..=row];
                    let mut kept: Vec<f64> = window.iter().copied().filter(|value| !value.is_nan()).collect();
                    kept.sort_by(f64::total_cmp);
                    (kept.len() < window.len() && missing == Missing::Nothing, kept)
                };
                for start in [0, 700] {
                    let mut medians = vec![0f64; values.len() - start];
                    let mut ranks = medians.clone();
                    order_statistics(&OrderStatistic::Median, &windows, &values, start, &mut medians, -1.0);
                    order_statistics(&OrderStatistic::Rank, &windows, &values, start, &mut ranks, -1.0);
                    let keys: Vec<i64> = values.iter().map(|value| value.to_bits() as i64).collect();
                    let mut found = vec![0i64; keys.len() - start];
                    least_of_windows(&keys, width, start, &mut found);
                    for row in start..values.len() {
                        let at = row - start;
                        let window = &keys[(row + 1).saturating_sub(width)..=row];
                        assert_eq!(found[at], *window.iter().min().unwrap(), "{width} {row}");
                        let (is_nan, kept) = sorted(row);
                        if is_nan {
                            assert!(medians[at].is_nan() && ranks[at].is_nan());
                            continue;
                        }
                        let n = kept.len();
                        let median = match n {
                            0 => -1.0,
                            _ if n % 2 == 1 => kept[n / 2],
                            _ => kept[n / 2 - 1] / 2.0 + kept[n / 2] / 2.0,
                        };
                        let is_near = (medians[at] - median).abs() <= 1e-15 * median.abs();
                        assert!(is_near, "{kind} {width} {row}: {} {median}", medians[at]);
                        let value = values[row];
                        let below = kept.iter().filter(|other| **other < value).count();
                        let equal = kept.iter().filter(|other| **other == value).count();
                        let rank = if equal == 0 { -1.0 } else { below as f64 + (equal as f64 + 1.0) / 2.0 };
                        assert_eq!(ranks[at], rank, "{kind} {width} {row}");
                    }
                }
            }
        }
    }
}
