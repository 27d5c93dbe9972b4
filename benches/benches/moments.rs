//! Exact sums of powers: what mean, variance, skewness and kurtosis are read from.

use std::hint::black_box;

use arrcalc_benches::family::{Family, SIZES};
use arrcalc_benches::{naive, sample};
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

fn reading(criterion: &mut Criterion) {
    let mut family = Family::new(criterion, "reading the state");
    let mut sums = PowerSums::<4>::new();
    sums.update_f64(arrcalc_kernels::Level::detect(), &sample::floats(2_048));
    family.size(1, 0);
    family.contender("sum", || black_box(&sums).sum());
    family.contender("variance", || black_box(&sums).variance(1));
    family.contender("kurtosis", || black_box(&sums).kurtosis());
}

criterion_group!(benches, moments, reading);
criterion_main!(benches);
