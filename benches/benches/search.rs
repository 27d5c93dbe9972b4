//! Positions in sorted values and choices by bits, beside the standard library and plain loops.

use std::hint::black_box;

use arrcalc_benches::family::Family;
use arrcalc_benches::sample;
use arrcalc_kernels::elementwise::truths;
use arrcalc_kernels::search::{SearchTree, Side, gather, pack, places, search_by_halves};
use criterion::{Criterion, criterion_group, criterion_main};

/// Sorted values: in the second-level cache, in the third, in memory.
const VALUES: [usize; 3] = [65_536, 1 << 20, 1 << 24];

/// Queries of a call.
const QUERIES: usize = 65_536;

fn search(criterion: &mut Criterion) {
    let mut family = Family::new(criterion, "65,536 positions among sorted f64");
    for size in VALUES {
        let mut values = sample::floats(size);
        values.sort_unstable_by(f64::total_cmp);
        let queries: Vec<f64> = (0..QUERIES).map(|index| values[index * 40_503 % size]).collect();
        let mut positions = vec![0; QUERIES];
        family.size(size, 8 * QUERIES);
        family.contender("partition_point", || {
            let position = |query: &f64| black_box(&values).partition_point(|value| value < query) as u64;
            positions.iter_mut().zip(&queries).for_each(|(to, query)| *to = position(query));
        });
        family.levels("by halves", |level| {
            search_by_halves(level, black_box(&values), &queries, Side::Left, &mut positions);
        });
        let tree = SearchTree::of(&values);
        family.levels("tree", |level| tree.search(level, black_box(&queries), Side::Left, &mut positions));
        family.contender("planting the tree", || SearchTree::of(black_box(&values)));
    }
}

fn choose(criterion: &mut Criterion) {
    let mut family = Family::new(criterion, "u64 chosen by bits and places");
    for size in [65_536, 1 << 24] {
        let floats = sample::floats(size);
        let values: Vec<u64> = floats.iter().map(|value| value.to_bits()).collect();
        let mut words = vec![0; size.div_ceil(64)];
        let mut out = vec![0; size];
        family.size(size, 8 * size);
        family.levels("truths", |level| truths(level, black_box(&floats), &mut words, |value| value > 0.0));
        family.contender("naive filter", || {
            let chosen = black_box(&values).iter().zip(&floats).filter(|(_, value)| **value > 0.0);
            out.iter_mut().zip(chosen).for_each(|(to, (bits, _))| *to = *bits);
        });
        family.levels("pack", |level| pack(level, black_box(&values), &words, &mut out));
        family.levels("places", |level| places(level, black_box(&words), 0, &mut out));
        let indices: Vec<i64> = (0..size).map(|index| (index * 40_503 % size) as i64).collect();
        family.contender("naive take", || {
            out.iter_mut().zip(&indices).for_each(|(to, &index)| *to = black_box(&values)[index as usize]);
        });
        family.levels("gather", |level| gather(level, black_box(&values), &indices, &mut out));
    }
}

criterion_group!(benches, search, choose);
criterion_main!(benches);
