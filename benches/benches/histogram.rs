//! Counts in bins: equal ones, given ones, bytes.

use std::hint::black_box;

use arrcalc_benches::family::{Family, SIZES};
use arrcalc_benches::{naive, sample};
use arrcalc_kernels::histogram::{Bins, Histogram, byte_counts};
use criterion::{Criterion, criterion_group, criterion_main};

/// The multiplication that everyone writes first, whose counts are not those of the edges.
fn by_multiplication(values: &[f64], low: f64, high: f64, counts: &mut [u64]) {
    let scale = counts.len() as f64 / (high - low);
    let last = counts.len() - 1;
    for value in values {
        if (low..=high).contains(value) {
            counts[(((value - low) * scale) as usize).min(last)] += 1;
        }
    }
}

fn histogram(criterion: &mut Criterion) {
    for bins in [8, 100, 1000, 10_000] {
        let mut family = Family::new(criterion, &format!("histogram of f64, {bins} equal bins"));
        for size in SIZES {
            let values = sample::floats(size);
            let (low, high) = values
                .iter()
                .fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(*value), high.max(*value)));
            let bins = Bins::equal(low, high, bins).expect("the range is wide enough");
            family.size(size, 8 * size);
            family.contender("roof", || naive::roof(black_box(&values)));
            let mut counts = vec![0; bins.len()];
            family.contender("naive", || by_multiplication(black_box(&values), low, high, &mut counts));
            let mut histogram = Histogram::new(bins);
            family.levels("histogram", |level| histogram.update(level, black_box(&values)));
        }
    }
}

/// Values on the edges, where every guess is looked at again.
fn on_edges(criterion: &mut Criterion) {
    let mut family = Family::new(criterion, "histogram of integers on 100 edges");
    for size in SIZES {
        let values: Vec<i64> = sample::integers(size, 100);
        family.size(size, 8 * size);
        let mut histogram = Histogram::new(Bins::equal(0.0, 100.0, 100).expect("wide enough"));
        family.levels("histogram", |level| histogram.update(level, black_box(&values)));
    }
}

fn given_edges(criterion: &mut Criterion) {
    for count in [12, 50, 1000] {
        let mut family = Family::new(criterion, &format!("histogram of f64, {count} given edges"));
        for size in SIZES {
            let values = sample::floats(size);
            let mut edges: Vec<f64> = sample::floats(count);
            edges.sort_by(f64::total_cmp);
            family.size(size, 8 * size);
            family.contender("naive", || {
                let mut counts = vec![0u64; count + 1];
                for value in black_box(&values) {
                    counts[edges.partition_point(|edge| edge <= value)] += 1;
                }
                counts
            });
            let mut histogram = Histogram::new(Bins::between(edges.clone()).expect("sorted"));
            family.levels("histogram", |level| histogram.update(level, black_box(&values)));
        }
    }
}

fn bytes(criterion: &mut Criterion) {
    let mut family = Family::new(criterion, "counts of bytes");
    for size in SIZES {
        let values: Vec<u8> = sample::integers(size, 256).iter().map(|value| *value as u8).collect();
        family.size(size, size);
        let mut counts = [0; 256];
        family.contender("naive", || {
            black_box(&values).iter().for_each(|value| counts[usize::from(*value)] += 1)
        });
        let mut counts = [0; 256];
        family.levels("counts", |level| byte_counts(level, black_box(&values), |byte| byte, &mut counts));
    }
}

criterion_group!(benches, histogram, on_edges, given_edges, bytes);
criterion_main!(benches);
