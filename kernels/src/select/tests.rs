//! Selection against a sort.

use super::*;
use crate::level::Level;
use crate::order_key::OrderKey;

fn words(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed;
    move || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 29)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        z ^ (z >> 32)
    }
}

/// Sorted order statistics: the oracle.
fn reference<T: OrderKey>(values: &[T], ranks: &[u64]) -> Vec<(u64, u64)> {
    let mut keys: Vec<u64> = values.iter().filter(|value| !value.is_nan()).map(|value| value.key()).collect();
    keys.sort_unstable();
    ranks.iter().map(|&rank| (rank, keys[rank as usize])).collect()
}

/// Values to count lower ones of: some that are there, the values around zero, the outermost.
fn thresholds<T: OrderKey>(values: &[T]) -> Vec<T> {
    let there = values.iter().copied().step_by(values.len() / 5 + 1).filter(|value| !value.is_nan());
    let zero = T::ZERO.key();
    let zeros = [zero.saturating_sub(1), zero, zero + 1].map(T::from_key);
    there.chain(zeros).chain([T::LOWEST, T::HIGHEST]).collect()
}

fn run<T: OrderKey>(
    level: Level,
    selection: Selection,
    values: &[T],
    chunk: usize,
    ranks: &[u64],
) -> Selected<T> {
    let mut empty = selection.first::<T>();
    loop {
        // Three workers take chunks in turn; their states merge in either order, or field by field.
        let mut workers = [empty.clone(), empty.clone(), empty.clone()];
        for (index, part) in values.chunks(chunk.max(1)).enumerate() {
            workers[index % 3].update(level, part);
        }
        let [a, b, c] = workers;
        let mut merged = c.clone();
        merged.merge(&a);
        merged.merge(&b);
        let mut other = empty.clone();
        for state in [&b, &c, &a] {
            let cells = state.cells().to_vec();
            assert!(other.merge_fields(state.specials(), state.sorted_keys(), state.counts(), cells));
        }
        assert_eq!(other.sorted_keys(), merged.sorted_keys());
        assert_eq!((other.counts(), other.cells()), (merged.counts(), merged.cells()));
        assert_eq!(other.specials(), merged.specials());
        let thresholds: Vec<T> = thresholds(values);
        match merged.next_and_count(|_| ranks.to_vec(), &thresholds) {
            Step::Again(next) => empty = next,
            Step::Done(selected) => {
                if let Some(below) = &selected.below {
                    let lower =
                        |threshold: &T| values.iter().filter(|value| *value < threshold).count() as u64;
                    assert_eq!(*below, thresholds.iter().map(lower).collect::<Vec<_>>(), "{thresholds:?}");
                }
                return selected;
            }
        }
    }
}

fn check<T: OrderKey>(name: &str, values: &[T]) {
    let numbers = values.iter().filter(|value| !value.is_nan()).count() as u64;
    let mut ranks: Vec<u64> = [0, 1, 5, 25, 50, 75, 95, 99]
        .iter()
        .map(|percent| numbers.saturating_sub(1) * percent / 100)
        .collect();
    ranks.extend([numbers / 2, numbers.saturating_sub(1)]);
    ranks.retain(|&rank| rank < numbers);
    ranks.sort_unstable();
    ranks.dedup();
    let expected = reference(values, &ranks);
    let unseeded = Selection::new::<T>(1 << 20);
    let sample: Vec<T> = values.iter().copied().step_by(values.len() / 200 + 1).collect();
    let seeded = Selection::seeded(1 << 20, &sample);
    for level in Level::available() {
        for (selection, bound) in [
            (unseeded, 7),
            (seeded, 7),
            (Selection { keep: 0, ..unseeded }, 7),
            (Selection { keep: 0, ..seeded }, 7),
            // No memory to collect in: 256 counters a range.
            (Selection { keep: 0, memory: 64, ..unseeded }, 9),
            (Selection { keep: 0, memory: 64, ..seeded }, 9),
            (Selection { keep: 10, memory: 8000, ..seeded }, 9),
        ] {
            let selected = run(level, selection, values, 700, &ranks);
            let found: Vec<(u64, u64)> =
                selected.values.iter().map(|&(rank, value)| (rank, value.key())).collect();
            assert_eq!(found, expected, "{name} {level} {selection:?}");
            assert_eq!(selected.numbers, numbers);
            assert_eq!(selected.nan, values.len() as u64 - numbers);
            assert!(selected.passes <= bound, "{name}: {} passes {selection:?}", selected.passes);
        }
    }
}

#[test]
fn order_statistics_of_floats_equal_a_sort_at_every_level_and_memory() {
    for length in [0, 1, 2, 3, 17, 511, 512, 513, 9_000] {
        let mut next = words(length as u64);
        let mut family = |name: &str, make: &mut dyn FnMut(u64) -> f64| {
            let values: Vec<f64> = (0..=length).map(|_| make(next())).collect();
            check(name, &values[1..]);
        };
        family("any bits", &mut f64::from_bits);
        family("uniform", &mut |word| (word >> 11) as f64 / (1u64 << 53) as f64);
        family("symmetric", &mut |word| (word as i64 >> 11) as f64 / (1u64 << 40) as f64);
        family("narrow", &mut |word| 1.0 + (word >> 40) as f64 * 2.0f64.powi(-52));
        family("equal", &mut |_| -7.25);
        family("all NaN", &mut |word| f64::from_bits(0x7ff8_0000_0000_0000 | word << 63));
        family("zeros", &mut |word| [0.0, -0.0][(word >> 50) as usize & 1]);
        family("mostly zero", &mut |word| if word & 15 > 0 { 0.0 } else { (word >> 40) as f64 });
        family("subnormal", &mut |word| f64::from_bits(word >> 40));
        family("few", &mut |word| {
            [1.0, 1.0 + f64::EPSILON, f64::NAN, f64::INFINITY, -1e300][word as usize % 5]
        });
        family("infinities", &mut |word| if word & 1 == 0 { f64::INFINITY } else { f64::NEG_INFINITY });
        let mut step = 0u64;
        // Dense at one end of the key range and sparse at the other, at every scale: no map spreads it.
        family("adversarial", &mut |_| {
            step += 1;
            f64::from_key(f64::LOWEST.key() + (u64::MAX >> 12 >> (step % 52)))
        });
    }
}

#[test]
fn order_statistics_of_integers_equal_a_sort_at_every_level_and_memory() {
    for length in [0, 1, 2, 3, 17, 511, 513, 9_000] {
        let mut next = words(length as u64);
        let values: Vec<i64> = (0..length).map(|_| next() as i64).collect();
        check("any i64", &values);
        let values: Vec<i64> = (0..length).map(|_| (next() % 1000) as i64 - 500).collect();
        check("small i64", &values);
        let values: Vec<i64> =
            (0..length).map(|index| 1_700_000_000_000_000_000 + 1_000_000 * index).collect();
        check("timestamps", &values);
        let values: Vec<i64> =
            (0..length).map(|index| if index % 3 == 0 { i64::MIN } else { i64::MAX }).collect();
        check("ends", &values);
        let values: Vec<u64> = (0..length).map(|_| next() >> (next() & 63)).collect();
        check("any u64", &values);
        let values: Vec<u64> = (0..length).map(|_| u64::MAX - (next() & 3)).collect();
        check("top of u64", &values);
    }
}

#[test]
fn typical_and_heavily_tied_data_need_two_passes_and_narrow_data_a_sample() {
    let mut next = words(3);
    let uniform: Vec<f64> = (0..200_000).map(|_| (next() >> 11) as f64 / (1u64 << 53) as f64).collect();
    let narrow: Vec<f64> = uniform.iter().map(|x| 1000.0 + x).collect();
    let zeros: Vec<f64> = uniform.iter().map(|&x| if x < 0.6 { 0.0 } else { x }).collect();
    let ranks: Vec<u64> = [1, 5, 25, 50, 75, 95, 99].iter().map(|percent| percent * 2_000).collect();
    for (name, values) in [("uniform", &uniform), ("narrow", &narrow), ("zeros", &zeros)] {
        let sample: Vec<f64> = values.iter().copied().step_by(199).collect();
        let with = run(Level::detect(), Selection::seeded(500_000, &sample), values, 4096, &ranks);
        let without = run(Level::detect(), Selection::new::<f64>(500_000), values, 4096, &ranks);
        assert_eq!((without.passes.min(3), with.passes), (if name == "narrow" { 3 } else { 2 }, 2), "{name}");
        assert_eq!(without.values, with.values);
    }
}

#[test]
fn maps_never_decrease_and_their_keys_partition_the_line() {
    let maps = [
        BucketMap::unseeded::<f64>(),
        BucketMap::unseeded::<i64>(),
        BucketMap::Linear { low: 1.0f64.key(), shift: 20 },
        BucketMap::Linear { low: 0, shift: 48 },
        BucketMap::Linear { low: u64::MAX - 5, shift: 0 },
    ];
    fn partition<T: OrderKey>(map: BucketMap) {
        let mut expected = T::LOWEST.key();
        for bucket in (0..=65_535).step_by(15) {
            if let Some((low, high)) = map.keys_of::<T>(bucket as u16) {
                assert_eq!(usize::from(map.bucket(T::from_key(low))), bucket);
                assert_eq!(usize::from(map.bucket(T::from_key(high))), bucket);
                assert!(low >= expected);
                assert!(high == T::HIGHEST.key() || usize::from(map.bucket(T::from_key(high + 1))) > bucket);
                assert!(low == T::LOWEST.key() || usize::from(map.bucket(T::from_key(low - 1))) < bucket);
                expected = high;
            }
        }
        let last = map.keys_of::<T>(map.bucket(T::HIGHEST));
        assert_eq!(last.map(|keys| keys.1), Some(T::HIGHEST.key()));
    }
    for map in maps {
        partition::<f64>(map);
        partition::<i64>(map);
        partition::<u64>(map);
    }
}

#[test]
fn several_ranks_are_selected_at_once() {
    let mut next = words(8);
    for length in [1usize, 2, 10, 1000] {
        let mut keys: Vec<u64> = (0..length).map(|_| next() % 50).collect();
        let ranks: Vec<u64> = (0..length as u64).collect();
        let selected = select_ranks(&mut keys, &ranks);
        keys.sort_unstable();
        assert_eq!(selected, keys);
    }
    assert!(select_ranks(&mut [], &[]).is_empty());
}

#[test]
fn values_below_thresholds_are_counted_where_their_buckets_are_not_crowded() {
    let mut next = words(77);
    let spread: Vec<f64> = (0..200_000).map(|_| (next() >> 11) as f64 - 2f64.powi(52)).collect();
    for level in Level::available() {
        let selected = run(level, Selection::new::<f64>(1 << 20), &spread, 4096, &[100_000]);
        assert_eq!((selected.below.map(|below| below.len() > 5), selected.passes), (Some(true), 2));
        let heaped = vec![1.5; 200_000];
        let selected = run(level, Selection::new::<f64>(1 << 20), &heaped, 4096, &[100_000]);
        assert_eq!(selected.below, None);
    }
}
