//! Sorting of keys in place: this project's on one thread and on all, beside the standard library's and two radix sorts.
//!
//! Sizes from a thousand keys to 16 million show the growth of the cost, the patterns that break quicksorts that it stays
//! `n log n`. Every contender copies the keys first, so that it finds them unsorted; the copy alone is timed too.

use std::hint::black_box;

use arrcalc::Engine;
use arrcalc::order::sort::{Direction, sort, sort_to};
use arrcalc_benches::family::Family;
use arrcalc_kernels::sort as kernel;
use criterion::{Criterion, criterion_group, criterion_main};
use rdst::RadixSort;
use voracious_radix_sort::RadixSort as _;

/// Numbers of keys.
const SIZES: [usize; 5] = [1_000, 10_000, 100_000, 1_000_000, 16_777_216];

/// SplitMix64.
fn random(index: u64) -> u64 {
    let mixed = (index + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed ^ (mixed >> 31)
}

fn words(criterion: &mut Criterion) {
    let engine = Engine::new();
    let mut family = Family::new(criterion, "sort of u64");
    for size in SIZES {
        let keys: Vec<u64> = (0..size as u64).map(random).collect();
        let mut room = keys.clone();
        family.size(size, 8 * size);
        family.contender("copy", || room.copy_from_slice(black_box(&keys)));
        let mut beside = |name: &str, work: &mut dyn FnMut(&mut [u64])| {
            family.contender(name, || {
                room.copy_from_slice(black_box(&keys));
                work(&mut room);
            });
        };
        beside("std", &mut |keys| keys.sort_unstable());
        beside("rdst", &mut |keys| keys.radix_sort_unstable());
        beside("voracious", &mut |keys| keys.voracious_sort());
        beside("voracious, 2 threads", &mut |keys| keys.voracious_mt_sort(2));
        beside("arrcalc, all threads", &mut |keys| {
            engine.scoped(|scope| sort(scope, keys, Direction::Ascending)).expect("nothing cancels it");
        });
        family.levels("arrcalc", |level| {
            room.copy_from_slice(black_box(&keys));
            kernel::sort(level, &mut room);
        });
    }
}

fn floats(criterion: &mut Criterion) {
    let engine = Engine::new();
    let mut family = Family::new(criterion, "sort of f64 to another place");
    for size in SIZES {
        let values: Vec<f64> = (0..size as u64).map(|index| (random(index) as f64).ln() - 43.0).collect();
        let mut out = values.clone();
        family.size(size, 8 * size);
        family.contender("std, total_cmp", || {
            out.copy_from_slice(black_box(&values));
            out.sort_unstable_by(f64::total_cmp);
        });
        family.contender("voracious", || {
            out.copy_from_slice(black_box(&values));
            out.voracious_sort();
        });
        family.contender("arrcalc, all threads", || {
            let done =
                engine.scoped(|scope| sort_to(scope, black_box(&values), &mut out, Direction::Ascending));
            done.expect("nothing cancels it");
        });
    }
}

fn patterns(criterion: &mut Criterion) {
    const SIZE: u64 = 1_000_000;
    let many = |f: &dyn Fn(u64) -> u64| -> Vec<u64> { (0..SIZE).map(f).collect() };
    let half = SIZE / 2;
    let patterns = [
        ("sorted", many(&|index| index << 30)),
        ("reversed", many(&|index| (SIZE - index) << 30)),
        ("equal", many(&|_| 7 << 40)),
        ("two values", many(&|index| (random(index) & 1) << 63)),
        ("20 values", many(&|index| (random(index) % 20) << 50)),
        ("95 % zero", many(&|index| if random(index).is_multiple_of(20) { random(index) } else { 0 })),
        (
            "95 % sorted",
            many(&|index| if random(index).is_multiple_of(20) { random(index) } else { index << 40 }),
        ),
        ("zipf", many(&|index| (1 << 60) / (random(index) % SIZE + 1))),
        ("saws", many(&|index| (index % 1000) << 40)),
        ("organ pipe", many(&|index| index.min(SIZE - index) << 40)),
        (
            "median of three killer",
            many(&|index| match index {
                index if index < half && index.is_multiple_of(2) => (index + 1) << 40,
                index if index < half => (half + index) << 40,
                index => (2 * (index - half + 1)) << 40,
            }),
        ),
    ];
    let engine = Engine::builder().threads(1).build();
    let mut family = Family::new(criterion, "sort of u64, patterns");
    family.size(SIZE as usize, 8 * SIZE as usize);
    for (name, keys) in &patterns {
        let mut room = keys.clone();
        family.contender(&format!("{name}, std"), || {
            room.copy_from_slice(black_box(keys));
            room.sort_unstable();
        });
        family.contender(&format!("{name}, arrcalc"), || {
            room.copy_from_slice(black_box(keys));
            engine.scoped(|scope| sort(scope, &mut room, Direction::Ascending)).expect("nothing cancels it");
        });
        family.levels(&format!("{name}, kernel"), |level| {
            room.copy_from_slice(black_box(keys));
            kernel::sort(level, &mut room);
        });
    }
}

criterion_group!(benches, words, floats, patterns);
criterion_main!(benches);
