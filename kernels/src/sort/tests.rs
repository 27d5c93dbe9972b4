//! Against the standard library's sort: every level, every length around the networks, patterns that break quicksorts.

use super::{Key, partition, sort};
use crate::Level;

/// SplitMix64.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// Keys of many shapes, `n` of each.
pub(super) fn patterns(n: usize) -> Vec<(&'static str, Vec<u64>)> {
    let mut random = Random(n as u64);
    let mut many = |f: &mut dyn FnMut(u64, u64) -> u64| -> Vec<u64> {
        (0..n as u64).map(|index| f(index, random.next())).collect()
    };
    let length = n.max(1) as u64;
    let mut shapes = vec![
        ("random", many(&mut |_, random| random)),
        ("narrow", many(&mut |_, random| random >> 40)),
        ("high", many(&mut |_, random| random | (u64::MAX << 40))),
        ("sorted", many(&mut |index, _| index << 33)),
        ("reversed", many(&mut |index, _| (length - index) << 33)),
        ("equal", many(&mut |_, _| 7)),
        ("highest", many(&mut |_, _| u64::MAX)),
        ("two values", many(&mut |_, random| (random & 1) * u64::MAX)),
        ("few values", many(&mut |_, random| (random % 20) << 32)),
        ("zipf", many(&mut |_, random| (1 << 60) / (random % length + 1))),
        ("saws", many(&mut |index, _| (index % 97) << 31)),
        ("organ pipe", many(&mut |index, _| index.min(length - index) << 32)),
        ("nearly sorted", many(&mut |index, random| if random % 20 == 0 { random } else { index << 32 })),
        ("mostly zero", many(&mut |_, random| if random % 20 == 0 { random } else { 0 })),
    ];
    // Musser's killer of the median of three.
    let half = length / 2;
    shapes.push((
        "median of three",
        many(&mut |index, _| match index {
            index if index < half && index % 2 == 0 => index + 1,
            index if index < half => half + index,
            index => 2 * (index - half + 1),
        }),
    ));
    shapes
}

fn check<K: Key + std::fmt::Debug>(level: Level, name: &str, keys: &[K]) {
    let mut expected = keys.to_vec();
    expected.sort();
    let mut sorted = keys.to_vec();
    sort(level, &mut sorted);
    assert!(sorted == expected, "{level} {name} {}", keys.len());
    if let Some(&pivot) = keys.first() {
        let mut parted = keys.to_vec();
        let below = partition(level, &mut parted, pivot);
        assert_eq!(below, expected.partition_point(|key| *key < pivot), "{level} {name} {}", keys.len());
        assert!(parted[..below].iter().all(|key| *key < pivot));
        parted.sort();
        assert!(parted == expected, "{level} {name} {}", keys.len());
    }
}

#[test]
fn sorts_and_partitions_as_the_standard_library() {
    let lengths = (0..300).chain([511, 512, 513, 1000, 2047, 2048, 5000, 20_011]);
    for n in lengths {
        for (name, keys) in patterns(n) {
            let halves: Vec<u32> = keys.iter().map(|key| (key >> 32) as u32).collect();
            for level in Level::available() {
                check(level, name, &keys);
                check(level, name, &halves);
            }
        }
    }
}
