//! Both searches against a count of the values below, at every level, at every alignment.

use super::{LineKey, Ordered, SearchTree, Side, search_by_halves};
use crate::Level;

/// Numbers that look random.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ mixed >> 29
    }
}

fn expected<T: Ordered>(values: &[T], query: T, side: Side) -> u64 {
    let is_before = |value: T| match side {
        Side::Left => value < query || query.is_nan() && !value.is_nan(),
        Side::Right => value <= query || query.is_nan(),
    };
    values.iter().filter(|&&value| is_before(value)).count() as u64
}

fn check<T: LineKey>(make: impl Fn(u64) -> T) {
    let mut noise = Noise(1);
    for len in
        (0..=20).chain([31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 512, 513, 1100, 4500])
    {
        let mut all: Vec<T> = (0..len + 16).map(|_| make(noise.next())).collect();
        all.sort_by(|a, b| a.partial_cmp(b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan())));
        // The allocation's alignment is the same for each length: start at several places.
        for start in [0, 1, 3, 7, 8, 15] {
            let values = &all[start..start + len];
            let mut queries: Vec<T> = (0..70).map(|_| make(noise.next())).collect();
            queries.extend(values.iter().step_by(1 + len / 50));
            queries.extend([T::LOWEST, T::HIGHEST]);
            // Neighbours share most of their way down.
            let mut sorted = queries.clone();
            sorted.sort_by(|a, b| a.partial_cmp(b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan())));
            queries.extend(sorted);
            let tree = SearchTree::of(values);
            for side in [Side::Left, Side::Right] {
                let expected: Vec<u64> = queries.iter().map(|&query| expected(values, query, side)).collect();
                for level in Level::available() {
                    let mut found = vec![u64::MAX; queries.len()];
                    tree.search(level, &queries, side, &mut found);
                    assert_eq!(found, expected, "tree, {len} values from {start}, {side:?}, {level}");
                    found.fill(u64::MAX);
                    search_by_halves(level, values, &queries, side, &mut found);
                    assert_eq!(found, expected, "halves, {len} values from {start}, {side:?}, {level}");
                }
            }
        }
    }
}

fn float(noise: u64) -> f64 {
    match noise % 16 {
        0 => 0.0,
        1 => -0.0,
        2 => f64::NAN,
        3 => f64::INFINITY,
        4 => f64::NEG_INFINITY,
        5 => f64::from_bits(noise >> 60), // subnormal
        6..10 => (noise >> 55) as f64 - 256.0,
        _ => f64::from_bits(noise >> 2 ^ noise << 63),
    }
}

#[test]
fn floats_are_found_where_they_belong() {
    check::<f64>(float);
    check::<f32>(|noise| float(noise) as f32);
    check::<f64>(|noise| (noise % 5) as f64);
    check::<f64>(|_| f64::NAN);
}

#[test]
fn integers_are_found_where_they_belong() {
    check::<i64>(|noise| noise as i64);
    check::<u64>(|noise| noise);
    check::<i64>(|noise| if noise % 3 == 0 { i64::MAX } else { (noise % 40) as i64 - 20 });
    check::<u64>(|noise| if noise % 3 == 0 { u64::MAX } else { noise % 40 });
    check::<i32>(|noise| noise as i32);
    check::<i32>(|noise| (noise % 300) as i32 - 150);
    check::<u32>(|noise| if noise % 5 == 0 { u32::MAX } else { noise as u32 });
}

#[test]
fn positions_in_what_is_not_sorted_stay_inside() {
    let mut noise = Noise(2);
    for len in [1, 7, 8, 9, 100, 1000] {
        let values: Vec<f64> = (0..len).map(|_| float(noise.next())).collect();
        let queries: Vec<f64> = (0..500).map(|_| float(noise.next())).collect();
        let mut found = vec![0; queries.len()];
        SearchTree::of(&values).search(Level::detect(), &queries, Side::Right, &mut found);
        assert!(found.iter().all(|&position| position <= len as u64));
        search_by_halves(Level::detect(), &values, &queries, Side::Left, &mut found);
        assert!(found.iter().all(|&position| position <= len as u64));
    }
}
