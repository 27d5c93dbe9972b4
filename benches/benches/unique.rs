//! Distinct values in order, beside sorting a copy with the standard library and dropping what repeats.

use std::hint::black_box;

use arrcalc::Engine;
use arrcalc::datasets::{Column, Values};
use arrcalc::order::{UniqueParts, count_distinct, unique};
use arrcalc_benches::family::{Family, SIZES};
use arrcalc_benches::sample;
use criterion::{Criterion, criterion_group, criterion_main};

fn distinct(criterion: &mut Criterion) {
    for (name, limit) in [
        ("unique of i64, 1,000 values", 1_000),
        ("unique of i64, 1,000,000 values", 1_000_000),
        ("unique of i64, all different", u64::MAX),
    ] {
        let mut family = Family::new(criterion, name);
        for size in SIZES {
            let values = sample::integers(size, limit);
            let column = Column { values: Values::Int64(&values), validity: None };
            family.size(size, 8 * size);
            family.contender("naive, sort and dedup", || {
                let mut sorted = black_box(&values).clone();
                sorted.sort_unstable();
                sorted.dedup();
                sorted.len()
            });
            let run = |level, counts: bool| {
                let engine = Engine::builder().level(level).build();
                let parts = UniqueParts { counts, ..UniqueParts::default() };
                engine.scoped(|scope| Ok(unique(scope, column, parts, None)?.len()))
            };
            family.levels("values", |level| run(level, false).unwrap_or(0));
            family.levels("values and counts", |level| run(level, true).unwrap_or(0));
            family.levels("number", |level| {
                let engine = Engine::builder().level(level).build();
                engine.scoped(|scope| count_distinct(scope, column)).unwrap_or(0)
            });
        }
    }
}

criterion_group!(benches, distinct);
criterion_main!(benches);
