//! Exact sums beside the roof, the naive loop, and the crates that sum exactly.

use std::hint::black_box;

use arrcalc_benches::family::{Family, SIZES};
use arrcalc_benches::{naive, sample};
use arrcalc_kernels::Bits;
use arrcalc_kernels::elementwise::{FloatOperation, FloatProgram, FloatSource};
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

/// Of the rows that a mask chooses: half of them, in no pattern.
fn chosen(criterion: &mut Criterion) {
    let mut family = Family::new(criterion, "sum of f64 where");
    for size in SIZES {
        let values = sample::floats(size);
        let mask: Vec<bool> = sample::integers(size, 2).iter().map(|&value| value == 1).collect();
        let mut bytes = vec![0u8; size.div_ceil(8)];
        for (row, _) in mask.iter().enumerate().filter(|(_, is_chosen)| **is_chosen) {
            bytes[row / 8] |= 1 << (row % 8);
        }
        family.size(size, 8 * size);
        family.contender("naive", || {
            let rows = black_box(&values).iter().zip(&mask);
            rows.filter(|(_, is_chosen)| **is_chosen).map(|(value, _)| value).sum::<f64>()
        });
        family.levels("exact", |level| {
            let mut sums = PowerSums::<1>::new();
            sums.update_f64_where(level, black_box(&values), Bits::new(&bytes, 0, size));
            sums.sum()
        });
    }
}

/// Of what an expression gives, which is not stored.
fn computed(criterion: &mut Criterion) {
    let (x, y) = (FloatSource::Column(0), FloatSource::Column(1));
    let steps = [
        (FloatOperation::Multiply, x, y),
        (FloatOperation::Multiply, x, FloatSource::Constant(2.0)),
        (FloatOperation::Add, FloatSource::Step(0), FloatSource::Step(1)),
        (FloatOperation::Subtract, FloatSource::Step(2), y),
    ];
    let program = FloatProgram::new(&steps).expect("a program");
    let mut family = Family::new(criterion, "sum of x*y + 2x - y");
    for size in SIZES {
        let x = sample::floats(size);
        let y: Vec<f64> = x.iter().rev().map(|value| value / 3.0).collect();
        family.size(size, 16 * size);
        family.contender("naive", || {
            black_box(&x).iter().zip(black_box(&y)).map(|(x, y)| x * y + 2.0 * x - y).sum::<f64>()
        });
        family.levels("exact", |level| {
            let mut sums = PowerSums::<1>::new();
            sums.update_computed(level, &program, &[black_box(&x), black_box(&y)], size);
            sums.sum()
        });
    }
}

criterion_group!(benches, floats, integers, chosen, computed);
criterion_main!(benches);
