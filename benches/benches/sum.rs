//! Exact sums beside the roof, the naive loop, and the crates that sum exactly.

use std::hint::black_box;

use arrcalc_benches::family::{Family, SIZES};
use arrcalc_benches::{naive, sample};
use arrcalc_kernels::exact::PowerSums;
use criterion::{Criterion, criterion_group, criterion_main};
use xsum::{Xsum, XsumSmall};

fn floats(criterion: &mut Criterion) {
    let mut family = Family::new(criterion, "sum of f64");
    for size in SIZES {
        let values = sample::floats(size);
        family.size(size, 8 * size);
        family.contender("roof", || naive::roof(black_box(&values)));
        family.contender("naive", || naive::sum(black_box(&values)));
        family.levels("exact", |level| {
            let mut sums = PowerSums::<1>::new();
            sums.update_f64(level, black_box(&values));
            sums.sum()
        });
        if size == SIZES[0] {
            family.contender("bitrep", || values.iter().copied().collect::<bitrep::SumF64>().value());
            family.contender("xsum", || {
                let mut sum = XsumSmall::new();
                sum.add_list(black_box(&values));
                sum.sum()
            });
        }
    }
}

fn integers(criterion: &mut Criterion) {
    let mut family = Family::new(criterion, "sum of i64");
    for size in SIZES {
        let values = sample::integers(size, 1 << 40);
        family.size(size, 8 * size);
        family.contender("naive", || black_box(&values).iter().sum::<i64>());
        family.levels("exact", |level| {
            let mut sums = PowerSums::<1>::new();
            sums.update_i64(level, black_box(&values));
            sums.sum_integer()
        });
    }
}

criterion_group!(benches, floats, integers);
criterion_main!(benches);
