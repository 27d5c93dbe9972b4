//! Minimum, maximum, their rows and the counts of special values, in one read.

use std::hint::black_box;

use argminmax::ArgMinMax;
use arrcalc_benches::family::{Family, SIZES};
use arrcalc_benches::{naive, sample};
use arrcalc_kernels::reduce::Extrema;
use criterion::{Criterion, criterion_group, criterion_main};

fn extrema(criterion: &mut Criterion) {
    let mut family = Family::new(criterion, "extrema of f64");
    for size in SIZES {
        let values = sample::floats(size);
        family.size(size, 8 * size);
        family.contender("roof", || naive::roof(black_box(&values)));
        family.contender("naive argmin", || naive::argmin(black_box(&values)));
        family.contender("argminmax", || black_box(values.as_slice()).argminmax());
        family.levels("extrema", |level| {
            let mut extrema = Extrema::<f64>::new();
            extrema.update(level, black_box(&values), 0);
            extrema
        });
    }
}

criterion_group!(benches, extrema);
criterion_main!(benches);
