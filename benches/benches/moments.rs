//! Exact sums of powers: what mean, variance, skewness and kurtosis are read from.

use std::hint::black_box;

use arrcalc_benches::family::{Family, SIZES};
use arrcalc_benches::{naive, sample};
use arrcalc_kernels::Level;
use arrcalc_kernels::distinct::{CountWindow, WindowPlan};
use arrcalc_kernels::exact::PowerSums;
use criterion::{Criterion, criterion_group, criterion_main};

fn moments(criterion: &mut Criterion) {
    let mut family = Family::new(criterion, "moments of f64");
    for size in SIZES {
        let values = sample::floats(size);
        family.size(size, 8 * size);
        family.contender("roof", || naive::roof(black_box(&values)));
        family.contender("naive variance, two passes", || naive::variance(black_box(&values)));
        family.levels("to the 2nd power", |level| {
            let mut sums = PowerSums::<2>::new();
            sums.update_f64(level, black_box(&values));
            sums
        });
        family.levels("to the 4th power", |level| {
            let mut sums = PowerSums::<4>::new();
            sums.update_f64(level, black_box(&values));
            sums
        });
        if size == SIZES[0] {
            family.contender("bitrep, to the 2nd power", || {
                let mut moments = bitrep::MomentsF64::new();
                black_box(&values).iter().for_each(|value| moments.add(*value));
                moments
            });
        }
    }
}

/// Of integers of a narrow range, which are counted first: what `describe` does.
fn counted(criterion: &mut Criterion) {
    let mut family = Family::new(criterion, "moments of counted i64");
    for size in SIZES {
        let values = sample::integers(size, 1_000);
        let plan = WindowPlan::around(&values[..1_000]).expect("a narrow range");
        family.size(size, 8 * size);
        family.levels("each value to the 4th power", |level| {
            let mut sums = PowerSums::<4>::new();
            sums.update_i64(level, black_box(&values));
            sums
        });
        family.contender("naive counts", || {
            let mut counts = vec![0u32; 1_000];
            black_box(&values).iter().for_each(|&value| counts[value as usize] += 1);
            counts
        });
        family.levels("counts", |level| {
            let mut window = CountWindow::new(&plan);
            assert_eq!(window.update(level, black_box(&values)), size, "all lie in the window");
            window
        });
        let mut window = CountWindow::new(&plan);
        window.update(Level::detect(), &values);
        family.levels("counts to the 4th power", |level| {
            let mut sums = PowerSums::<4>::new();
            let (first, counts) = black_box(&window).dense::<i64>().expect("some values");
            sums.update_counted(level, first.into(), counts);
            sums
        });
    }
}

fn reading(criterion: &mut Criterion) {
    let mut family = Family::new(criterion, "reading the state");
    let mut sums = PowerSums::<4>::new();
    sums.update_f64(Level::detect(), &sample::floats(2_048));
    family.size(1, 0);
    family.contender("sum", || black_box(&sums).sum());
    family.contender("variance", || black_box(&sums).variance(1));
    family.contender("kurtosis", || black_box(&sums).kurtosis());
}

criterion_group!(benches, moments, counted, reading);
criterion_main!(benches);
