//! Distinct values: the exact set while it is small, registers afterwards.

use std::hint::black_box;

use arrcalc_benches::family::{Family, SIZES};
use arrcalc_benches::{naive, sample};
use arrcalc_kernels::distinct::DistinctSet;
use criterion::{Criterion, criterion_group, criterion_main};

fn distinct(criterion: &mut Criterion) {
    for (name, limit) in
        [("distinct of i64, 1,000 values", 1_000), ("distinct of i64, all different", u64::MAX)]
    {
        let mut family = Family::new(criterion, name);
        for size in SIZES {
            let values = sample::integers(size, limit);
            family.size(size, 8 * size);
            if size < SIZES[2] {
                family.contender("naive, the library's set", || naive::distinct(black_box(&values)));
            }
            family.levels("set", |level| {
                let mut set = DistinctSet::<i64>::new();
                set.update(level, black_box(&values));
                set.distinct()
            });
        }
    }
}

criterion_group!(benches, distinct);
criterion_main!(benches);
