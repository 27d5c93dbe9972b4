//! Sorting of keys in place: this project's on one thread and on all, beside the standard library's, two radix sorts and,
//! with the feature `vqsort`, Highway's quicksort.
//!
//! Sizes from a thousand keys to 50 million show the growth of the cost, the patterns that break quicksorts that it stays
//! `n log n`. Every contender copies the keys first, so that it finds them unsorted; the copy alone is timed too, and
//! `benches/peers/speed/criterion.py` takes it off.
//!
//! The feature needs a C++ compiler and Highway's `libhwy-contrib` where pkg-config finds it (Debian: `libhwy-dev`).

use std::hint::black_box;

use arrcalc::Engine;
use arrcalc::order::sort::{Direction, Sort, sort, sort_to};
use arrcalc_benches::family::Family;
use arrcalc_kernels::{Level, sort as kernel};
use criterion::{Criterion, criterion_group, criterion_main};
use rdst::RadixSort;
use voracious_radix_sort::RadixSort as _;

/// Numbers of keys.
const SIZES: [usize; 6] = [1_000, 10_000, 100_000, 1_000_000, 16_777_216, 50_000_000];

/// SplitMix64.
fn random(index: u64) -> u64 {
    let mixed = (index + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A float of either sign over many binades, by the logarithm of a uniform one.
fn float(index: u64) -> f64 {
    ((random(index) >> 11) as f64 + 0.5).ln() - 36.0
}

/// Contenders by name: functions that sort in place.
type Rivals<T> = Vec<(&'static str, fn(&mut [T]))>;

macro_rules! rivals {
    ($type:ty, $std:expr) => {{
        let rivals: Rivals<$type> = vec![
            ("copy", |_| {}),
            ("std", $std),
            ("rdst, all threads", |keys| keys.radix_sort_unstable()),
            ("voracious", |keys| keys.voracious_sort()),
            ("voracious, 2 threads", |keys| keys.voracious_mt_sort(2)),
            #[cfg(feature = "vqsort")]
            ("vqsort", |keys| vqsort_rs::sort(keys)),
        ];
        rivals
    }};
}

/// Times `rivals` and this project's sort of the first values that `value` gives.
fn beside<T: Sort>(criterion: &mut Criterion, name: &str, value: impl Fn(u64) -> T, rivals: &Rivals<T>) {
    let engines = [
        ("arrcalc", Engine::builder().threads(1).build()),
        ("arrcalc, 2 threads", Engine::builder().threads(2).build()),
    ];
    let mut family = Family::new(criterion, name);
    for size in SIZES {
        let keys: Vec<T> = (0..size as u64).map(&value).collect();
        let mut room = keys.clone();
        family.size(size, size_of::<T>() * size);
        for (name, work) in rivals {
            family.contender(name, || {
                room.copy_from_slice(black_box(&keys));
                work(&mut room);
            });
        }
        for (name, engine) in &engines {
            family.contender(name, || {
                room.copy_from_slice(black_box(&keys));
                let done = engine.scoped(|scope| sort(scope, &mut room, Direction::Ascending));
                done.expect("nothing cancels it");
            });
        }
    }
}

fn contenders(criterion: &mut Criterion) {
    beside(criterion, "sort of u64", random, &rivals!(u64, |keys| keys.sort_unstable()));
    beside(criterion, "sort of f64", float, &rivals!(f64, |keys| keys.sort_unstable_by(f64::total_cmp)));
    let million = |index| (random(index) % 1_000_000) as i64;
    beside(criterion, "sort of i64 below 1,000,000", million, &rivals!(i64, |keys| keys.sort_unstable()));
    let thousand = |index| (random(index) % 1_000) as i32;
    beside(criterion, "sort of i32 below 1,000", thousand, &rivals!(i32, |keys| keys.sort_unstable()));
}

/// By level, and to another place.
fn forms(criterion: &mut Criterion) {
    const SIZE: usize = 1_000_000;
    let engine = Engine::builder().threads(1).build();
    let values: Vec<f64> = (0..SIZE as u64).map(float).collect();
    let keys: Vec<u64> = (0..SIZE as u64).map(random).collect();
    let (mut room, mut out) = (keys.clone(), values.clone());
    let mut family = Family::new(criterion, "sort, forms");
    family.size(SIZE, 8 * SIZE);
    family.levels("u64, kernel", |level| {
        room.copy_from_slice(black_box(&keys));
        kernel::sort(level, &mut room);
    });
    family.contender("f64 to another place", || {
        let done = engine.scoped(|scope| sort_to(scope, black_box(&values), &mut out, Direction::Ascending));
        done.expect("nothing cancels it");
    });
}

/// Key `index` of `size` in a pattern.
type Pattern = fn(u64, u64) -> u64;

const PATTERNS: [(&str, Pattern); 12] = [
    ("random", |index, _| random(index)),
    ("sorted", |index, _| index << 30),
    ("reversed", |index, size| (size - index) << 30),
    ("equal", |_, _| 7 << 40),
    ("two values", |index, _| (random(index) & 1) << 63),
    ("20 values", |index, _| (random(index) % 20) << 50),
    ("95 % zero", |index, _| if random(index).is_multiple_of(20) { random(index + 1) } else { 0 }),
    (
        "95 % sorted",
        |index, _| if random(index).is_multiple_of(20) { random(index + 1) } else { index << 40 },
    ),
    ("zipf", |index, size| (1 << 60) / (random(index) % size + 1)),
    ("saws", |index, _| (index % 1000) << 40),
    ("organ pipe", |index, size| index.min(size - index) << 40),
    // Musser, "Introspective sorting and selection algorithms" (1997).
    ("median of three killer", |index, size| {
        let half = size / 2;
        match index {
            index if index < half && index.is_multiple_of(2) => (index + 1) << 40,
            index if index < half => (half + index) << 40,
            index => (2 * (index - half + 1)) << 40,
        }
    }),
];

/// On one thread: whole sorts, which see order and few values first, and the quicksort alone.
fn patterns(criterion: &mut Criterion) {
    let engine = Engine::builder().threads(1).build();
    for (name, key) in PATTERNS {
        let mut family = Family::new(criterion, &format!("pattern, {name}"));
        for size in [1_000, 10_000, 100_000, 1_000_000, 10_000_000] {
            let keys: Vec<u64> = (0..size as u64).map(|index| key(index, size as u64)).collect();
            let mut room = keys.clone();
            family.size(size, 8 * size);
            let mut contender = |name: &str, work: &dyn Fn(&mut [u64])| {
                family.contender(name, || {
                    room.copy_from_slice(black_box(&keys));
                    work(&mut room);
                });
            };
            contender("copy", &|_| {});
            contender("std", &|keys| keys.sort_unstable());
            #[cfg(feature = "vqsort")]
            contender("vqsort", &|keys| vqsort_rs::sort(keys));
            contender("arrcalc", &|keys| {
                engine.scoped(|scope| sort(scope, keys, Direction::Ascending)).expect("nothing cancels it");
            });
            contender("arrcalc, quicksort alone", &|keys| kernel::sort(Level::detect(), keys));
        }
    }
}

criterion_group!(benches, contenders, forms, patterns);
criterion_main!(benches);
