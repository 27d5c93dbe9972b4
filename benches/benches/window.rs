//! Exact sums, means, deviations and medians over moving windows, and cumulative sums, beside the loops that drift.

use std::hint::black_box;

use arrcalc_benches::family::{Family, SIZES};
use arrcalc_benches::sample;
use arrcalc_kernels::exact::PowerSums;
use arrcalc_kernels::window::{
    Missing, OrderStatistic, Statistic, Windows, cumulative_sums, moments, order_statistics,
};
use criterion::{Criterion, criterion_group, criterion_main};

const WIDTH: usize = 100;

/// Adds what enters, subtracts what leaves.
fn drifting_means(values: &[f64], out: &mut [f64]) {
    let mut sum = 0.0;
    for row in 0..values.len() {
        sum += values[row];
        if row >= WIDTH {
            sum -= values[row - WIDTH];
        }
        out[row] = sum / WIDTH as f64;
    }
}

fn windows(criterion: &mut Criterion) {
    let mut family = Family::new(criterion, "moving windows of f64");
    let windows = Windows {
        width: Some(WIDTH),
        min_count: WIDTH,
        missing: Missing::Nothing,
        skips_missing_rows: false,
    };
    for size in SIZES {
        let values = sample::floats(size);
        let mut out = vec![0.0; size];
        family.size(size, 8 * size);
        family.contender("drifting means", || drifting_means(black_box(&values), &mut out));
        for (name, statistic) in [
            ("sums", Statistic::Sum),
            ("means", Statistic::Mean),
            ("deviations", Statistic::Deviation { ddof: 1 }),
        ] {
            family.levels(name, |level| {
                moments(level, statistic, &windows, black_box(&values), 0, &mut out, f64::NAN);
            });
        }
        if size < SIZES[2] {
            family.contender("medians", || {
                let median = &OrderStatistic::Median;
                order_statistics(median, &windows, black_box(&values), 0, &mut out, f64::NAN);
            });
        }
    }
}

fn cumulative(criterion: &mut Criterion) {
    let mut family = Family::new(criterion, "cumulative sums of f64");
    for size in SIZES {
        let values = sample::floats(size);
        let mut out = vec![0.0; size];
        family.size(size, 8 * size);
        family.contender("rounded at each step", || {
            let mut sum = 0.0;
            for (out, value) in out.iter_mut().zip(black_box(&values)) {
                sum += value;
                *out = sum;
            }
        });
        family.levels("exact", |level| {
            let windows = Windows::cumulative(Missing::Nothing);
            cumulative_sums(level, &windows, PowerSums::new(), black_box(&values), &mut out, f64::NAN)
        });
    }
}

criterion_group!(benches, windows, cumulative);
criterion_main!(benches);
