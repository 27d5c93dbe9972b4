//! A replicate of the bootstrap: counts of rows, and weighted exact sums.

use std::hint::black_box;

use arrcalc_benches::family::{Family, SIZES};
use arrcalc_benches::sample;
use arrcalc_kernels::random::{Philox, fill_poisson_counts};
use arrcalc_kernels::resample::{BLOCK, Digits, Term, weigh};
use criterion::{Criterion, criterion_group, criterion_main};

fn counts(criterion: &mut Criterion) {
    let mut family = Family::new(criterion, "Poisson counts of rows");
    for size in SIZES {
        let stream = Philox::from(1).jumped(1);
        let mut counts = vec![0; size];
        family.size(size, size);
        family.contender("naive", || {
            // Knuth's method: products of uniform numbers until they fall below exp(-1).
            let mut next = arrcalc_kernels::random::Stream::from(stream);
            for count in &mut counts {
                let (mut product, mut factors) = (next.random(), 0);
                while product > 0.36787944117144233 {
                    product *= next.random();
                    factors += 1;
                }
                *count = factors;
            }
        });
        family.levels("by bytes", |level| fill_poisson_counts(level, &stream, 0, black_box(&mut counts)));
    }
}

/// One replicate of the sum, with its counts drawn.
fn sums(criterion: &mut Criterion) {
    let mut family = Family::new(criterion, "weighted sum of a replicate");
    for size in SIZES {
        let values = sample::floats(size);
        let stream = Philox::from(1).jumped(1);
        let mut counts = vec![0; size];
        fill_poisson_counts(arrcalc_kernels::Level::detect(), &stream, 0, &mut counts);
        let blocks: Vec<Digits> = (values.chunks(BLOCK))
            .map(|block| {
                let mut digits = Digits::default();
                digits.push(block.iter().map(|&value| Term::from(value)).enumerate());
                digits
            })
            .collect();
        family.size(size, 8 * size);
        family.contender("naive, rounded", || {
            values.iter().zip(black_box(&counts)).map(|(value, &count)| value * f64::from(count)).sum::<f64>()
        });
        family.levels("by digits", |level| {
            let mut found = 0;
            let mut sums = [0; 64];
            for (digits, counts) in blocks.iter().zip(counts.chunks(BLOCK)) {
                weigh(level, counts, digits, &mut sums);
                found ^= sums[0];
            }
            found
        });
    }
}

criterion_group!(benches, counts, sums);
criterion_main!(benches);
