//! Shuffles by dealing to buckets beside the textbook's exchange of each element with one before it, and samples.

use std::hint::black_box;

use arrcalc::Engine;
use arrcalc::random::{SampleOrder, choice, permutation, permute};
use arrcalc_benches::family::{Family, SIZES};
use arrcalc_benches::sample;
use arrcalc_kernels::random::{Philox, Stream};
use criterion::{Criterion, criterion_group, criterion_main};

/// Fisher and Yates, in Durstenfeld's form (Algorithm 235, CACM 7, 1964).
fn exchange(values: &mut [f64]) {
    let mut stream = Stream::from(Philox::from(1));
    for last in (1..values.len()).rev() {
        let other = (u128::from(stream.next_u64()) * (last as u128 + 1)) >> 64;
        values.swap(last, other as usize);
    }
}

fn shuffles(criterion: &mut Criterion) {
    let engines = [1, 2].map(|threads| (threads, Engine::builder().threads(threads).build()));
    let mut family = Family::new(criterion, "permutation of f64");
    for size in SIZES {
        let values = sample::floats(size);
        let mut shuffled = values.clone();
        let mut rows = vec![0u64; size];
        family.size(size, 8 * size);
        family.contender("naive, exchanges", || exchange(black_box(&mut shuffled)));
        for (threads, engine) in &engines {
            family.contender(&format!("values, {threads} threads"), || {
                engine.scoped(|scope| permute(scope, 1, black_box(&values), &mut shuffled)).expect("values");
            });
            family.contender(&format!("row numbers, {threads} threads"), || {
                engine.scoped(|scope| permutation(scope, 1, &mut rows)).expect("rows");
            });
        }
    }
}

fn samples(criterion: &mut Criterion) {
    let engine = Engine::builder().threads(2).build();
    let mut family = Family::new(criterion, "sample of a fiftieth");
    for size in SIZES {
        family.size(size, 8 * size);
        family.contender("2 threads", || {
            let rows = size as u64;
            engine.scoped(|scope| choice(scope, 1, rows, rows / 50, false, SampleOrder::Rows)).expect("rows")
        });
    }
}

criterion_group!(benches, shuffles, samples);
criterion_main!(benches);
