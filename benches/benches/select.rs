//! Order statistics by counting passes: one median, and seven quantiles at about its cost.

use std::hint::black_box;

use arrcalc_benches::family::{Family, SIZES};
use arrcalc_benches::{naive, sample};
use arrcalc_kernels::Level;
use arrcalc_kernels::select::{Selection, Step};
use criterion::{Criterion, criterion_group, criterion_main};

/// The order statistics at `shares` of all values.
fn select(level: Level, values: &[f64], shares: &[f64]) -> Vec<Option<f64>> {
    let ranks = |count: u64| shares.iter().map(|share| (share * (count - 1) as f64) as u64).collect();
    let selection = Selection::seeded(64 << 20, &values[..values.len().min(4096)]);
    let mut state = selection.first::<f64>();
    loop {
        state.update(level, values);
        match state.next(ranks) {
            Step::Again(next) => state = next,
            Step::Done(selected) => {
                return ranks(values.len() as u64).iter().map(|&rank| selected.at(rank)).collect();
            }
        }
    }
}

fn quantiles(criterion: &mut Criterion) {
    let mut family = Family::new(criterion, "quantiles of f64");
    for size in SIZES {
        let values = sample::floats(size);
        family.size(size, 8 * size);
        family.contender("roof", || naive::roof(black_box(&values)));
        if size < SIZES[2] {
            family.contender("naive median, by sorting", || naive::median(black_box(&values)));
        }
        family.levels("median", |level| select(level, black_box(&values), &[0.5]));
        family.levels("7 quantiles", |level| {
            select(level, black_box(&values), &[0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99])
        });
    }
}

criterion_group!(benches, quantiles);
criterion_main!(benches);
