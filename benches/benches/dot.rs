//! Exact dot products.

use std::hint::black_box;

use arrcalc_benches::family::{Family, SIZES};
use arrcalc_benches::{naive, sample};
use arrcalc_kernels::exact::DotSums;
use criterion::{Criterion, criterion_group, criterion_main};

fn dot(criterion: &mut Criterion) {
    let mut family = Family::new(criterion, "dot of f64");
    for size in SIZES {
        let a = sample::floats(size);
        let b: Vec<f64> = a.iter().rev().copied().collect();
        family.size(size, 16 * size);
        family.contender("roof", || naive::roof(black_box(&a)) + naive::roof(black_box(&b)));
        family.contender("naive", || naive::dot(black_box(&a), black_box(&b)));
        family.levels("exact", |level| {
            let mut sums = DotSums::new();
            sums.update_f64(level, black_box(&a), black_box(&b));
            sums.dot()
        });
        if size == SIZES[0] {
            family.contender("bitrep", || {
                let mut dot = bitrep::DotF64::new();
                dot.extend_from_slices(black_box(&a), black_box(&b));
                dot.value()
            });
        }
    }
}

criterion_group!(benches, dot);
criterion_main!(benches);
