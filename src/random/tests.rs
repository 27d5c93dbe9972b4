//! Samples, shuffles and splits against their definitions, word by word, and the same for any schedule.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use arrcalc_datasets::Dataset;
use arrcalc_kernels::random::Philox;

use super::*;
use crate::Engine;
use crate::answer::{Scalar, Table};

fn digit(seed: u64, row: u64) -> u64 {
    Philox::from(seed).at(row / 4) >> (16 * (row % 4)) & 0xffff
}

fn key(seed: u64, row: u64) -> u64 {
    digit(seed, row) << 48 | Philox::from(seed).jumped(3).at(row) >> 16
}

/// Rows in the order of (key, row), one word at a time.
fn expected_order(seed: u64, rows: u64) -> Vec<u64> {
    let mut order: Vec<(u64, u64)> = (0..rows).map(|row| (key(seed, row), row)).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, row)| row).collect()
}

/// Rows dealt by their digits and mixed bucket by bucket, one word at a time.
fn expected_permutation(seed: u64, rows: u64) -> Vec<u64> {
    let buckets = rows.div_ceil(4096).max(1).next_power_of_two();
    let draws = Philox::from(seed).jumped(4);
    let mut order: Vec<(u64, u64)> = (0..rows).map(|row| ((digit(seed, row) * buckets) >> 16, row)).collect();
    order.sort_unstable();
    let mut start = 0;
    for bucket in order.chunk_by_mut(|left, right| left.0 == right.0) {
        for index in (1..bucket.len()).rev() {
            let place = (start + index) as u64;
            let count = index as u64 + 1;
            let products = (0..).map(|stream| {
                let word = draws.advanced_far([0, 0, 0, stream]).at(place / 2);
                (word >> (32 * (place % 2)) & 0xffff_ffff) * count
            });
            let mut fair = products.filter(|product| product % (1 << 32) >= (1 << 32) % count);
            bucket.swap(index, (fair.next().unwrap() >> 32) as usize);
        }
        start += bucket.len();
    }
    order.into_iter().map(|(_, row)| row).collect()
}

fn engines() -> Vec<Engine> {
    [(1, 0, 1 << 30), (2, 1_000, 1 << 30), (5, 7_777, 1 << 28)]
        .into_iter()
        .map(|(threads, chunk_rows, memory)| {
            Engine::builder().threads(threads).chunk_rows(chunk_rows).memory_bytes(memory).build()
        })
        .collect()
}

#[test]
fn permutations_are_dealt_and_mixed() {
    for engine in engines() {
        for rows in [0usize, 1, 2, 3, 63, 1_000, 4_096, 4_097, 49_153, 300_000, 1_100_000] {
            let expected = expected_permutation(42, rows as u64);
            let mut wide = vec![0u64; rows];
            engine.scoped(|scope| permutation(scope, 42, &mut wide)).unwrap();
            assert!(wide == expected, "{rows} rows");
            let values: Vec<u16> = (0..rows).map(|row| (row * 7 + row / 3) as u16).collect();
            let taken: Vec<u16> = expected.iter().map(|&row| values[row as usize]).collect();
            let mut permuted = vec![0u16; rows];
            engine.scoped(|scope| permute(scope, 42, &values, &mut permuted)).unwrap();
            assert!(permuted == taken);
            let mut in_place = values;
            engine.scoped(|scope| shuffle(scope, 42, &mut in_place)).unwrap();
            assert!(in_place == taken);
        }
    }
}

#[test]
fn choices_are_the_least_keys() {
    for engine in engines() {
        for rows in [0u64, 1, 10, 1_000, 600_000] {
            let order = expected_order(7, rows);
            for count in [0, 1, 2, rows / 7, rows / 2, rows.saturating_sub(1), rows] {
                if count > rows {
                    continue;
                }
                let choose =
                    |order| engine.scoped(|scope| choice(scope, 7, rows, count, false, order)).unwrap();
                assert_eq!(choose(SampleOrder::Shuffled), order[..count as usize]);
                let mut ascending = order[..count as usize].to_vec();
                ascending.sort_unstable();
                assert_eq!(choose(SampleOrder::Rows), ascending);
                // The place where the order is cut says the same.
                let keys = keys::RowKeys::new(7);
                let cut = engine.scoped(|scope| keys.cuts(scope, rows, &[count])).unwrap()[0];
                let below: Vec<u64> = (0..rows).filter(|&row| cut.is_after(key(7, row), row)).collect();
                assert_eq!(below, ascending, "{count} of {rows}");
            }
            assert!(
                engine.scoped(|scope| choice(scope, 7, rows, rows + 1, false, SampleOrder::Rows)).is_err()
            );
        }
    }
}

#[test]
fn draws_are_integers_of_the_jumped_stream() {
    let engine = Engine::builder().threads(2).build();
    let jumped = Philox::from(3).jumped(1);
    let draws = engine.scoped(|scope| choice(scope, 3, 10, 1_000, true, SampleOrder::Shuffled)).unwrap();
    let expected = (0..1_000).map(|draw| ((u128::from(jumped.at(draw)) * 10) >> 64) as u64);
    assert!(draws.iter().copied().eq(expected));
    let mut sorted = draws;
    sorted.sort_unstable();
    assert_eq!(engine.scoped(|scope| choice(scope, 3, 10, 1_000, true, SampleOrder::Rows)).unwrap(), sorted);
    assert!(engine.scoped(|scope| choice(scope, 3, 0, 1, true, SampleOrder::Rows)).is_err());
}

#[test]
fn equal_weights_choose_what_no_weights_choose_and_zero_is_never_chosen() {
    for engine in engines() {
        let plain =
            engine.scoped(|scope| choice(scope, 5, 50_000, 500, false, SampleOrder::Shuffled)).unwrap();
        let weights = vec![0.25; 50_000];
        let weighted = engine
            .scoped(|scope| weighted_choice(scope, 5, &weights, 500, false, SampleOrder::Shuffled))
            .unwrap();
        assert_eq!(plain, weighted);
        let weights: Vec<f64> = (0..50_000).map(|row| f64::from(row % 3)).collect();
        for replace in [false, true] {
            let chosen = engine
                .scoped(|scope| weighted_choice(scope, 5, &weights, 30_000, replace, SampleOrder::Rows))
                .unwrap();
            assert!(chosen.len() == 30_000 && chosen.is_sorted());
            assert!(chosen.iter().all(|&row| row % 3 > 0));
            let heavy = chosen.iter().filter(|&&row| row % 3 == 2).count();
            assert!(heavy > 16_000, "{heavy}");
        }
        let all =
            engine.scoped(|scope| weighted_choice(scope, 5, &weights, 33_334, false, SampleOrder::Rows));
        assert!(all.is_err(), "one more than have a weight");
        for bad in [f64::NAN, -1.0, f64::INFINITY] {
            let weights = [1.0, bad];
            assert!(
                engine
                    .scoped(|scope| weighted_choice(scope, 5, &weights, 1, true, SampleOrder::Rows))
                    .is_err()
            );
        }
    }
}

/// Row number, a group with a null, a text.
fn table(rows: usize) -> (Vec<i64>, Vec<f64>, Vec<i32>) {
    let groups = (0..rows).map(|row| if row % 11 == 0 { f64::NAN } else { (row % 4) as f64 });
    ((0..rows as i64).collect(), groups.collect(), (0..rows as i32).map(|row| row / 5).collect())
}

fn dataset(columns: &(Vec<i64>, Vec<f64>, Vec<i32>)) -> Dataset<'_> {
    Dataset::from_arrays(vec![
        ("row".into(), columns.0.as_slice().into()),
        ("g".into(), columns.1.as_slice().into()),
        ("h".into(), columns.2.as_slice().into()),
    ])
    .unwrap()
}

fn rows_of(table: &Table) -> Vec<u64> {
    (0..table.row_count())
        .map(|row| match table.value(row, 0) {
            Scalar::Integer(value) => value as u64,
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn samples_of_tables_hold_the_chosen_rows() {
    let columns = table(100_000);
    let dataset = dataset(&columns);
    let order = expected_order(1, 100_000);
    let mut first = order[..777].to_vec();
    first.sort_unstable();
    for engine in engines() {
        let run = |sample: &Sample<'_>| rows_of(&engine.run(&sample.clone().seed(1)).unwrap());
        assert_eq!(run(&Sample::rows(&dataset, 777)), first);
        assert_eq!(run(&Sample::rows(&dataset, 777).order(SampleOrder::Shuffled)), order[..777]);
        let below: Vec<u64> = (0..100_000).filter(|&row| key(1, row) >> 62 == 0).collect();
        assert_eq!(run(&Sample::fraction(&dataset, 0.25)), below);
        // Strata: the first of each in the order of keys.
        let mut seen = BTreeMap::<u64, u64>::new();
        let mut strata: Vec<u64> = expected_permutation(1, 100_000)
            .iter()
            .copied()
            .filter(|&row| {
                let group = if row % 11 == 0 { 9 } else { row % 4 };
                let seen = seen.entry(group).or_default();
                *seen += 1;
                *seen <= 9_000
            })
            .collect();
        assert_eq!(run(&Sample::rows(&dataset, 9_000).by(["g"]).order(SampleOrder::Shuffled)), strata);
        strata.sort_unstable();
        assert_eq!(run(&Sample::rows(&dataset, 9_000).by(["g"])), strata);
        // Rows that go by are those that are gathered.
        let sample = Sample::rows(&dataset, 20_000).seed(1);
        let mut delivered = Vec::new();
        let tight = Engine::builder().threads(2).memory_bytes(1 << 20).build();
        tight
            .scoped(|scope| {
                sample.each(scope, &mut |row| {
                    delivered.push(row[0].clone());
                    ControlFlow::Continue(())
                })
            })
            .unwrap();
        let mut rows = order[..20_000].to_vec();
        rows.sort_unstable();
        assert!(delivered.into_iter().eq(rows.into_iter().map(|row| Scalar::Integer(row.into()))));
    }
}

#[test]
fn shuffles_of_any_budget_are_permutations() {
    let columns = table(60_000);
    let dataset = dataset(&columns);
    let order = expected_permutation(2, 60_000);
    for (threads, memory) in [(1, 1 << 30), (2, 1 << 20), (5, 1 << 20), (2, 300 << 10)] {
        let engine = Engine::builder().threads(threads).memory_bytes(memory).build();
        let mut rows = Vec::new();
        let shuffle = Shuffle::new(&dataset, "-").seed(2);
        let volume = engine.scoped(|scope| {
            shuffle.each(scope, &mut |row| {
                rows.push(row[0].clone());
                ControlFlow::Continue(())
            })
        });
        assert_eq!(volume.unwrap().spilled_bytes > 0, memory < 1 << 30);
        assert!(rows.into_iter().eq(order.iter().map(|&row| Scalar::Integer(row.into()))));
    }
}

#[test]
fn parts_are_exact_and_follow_their_rules() {
    let count = 10_003u64;
    let columns = table(count as usize);
    let dataset = dataset(&columns);
    let order = expected_order(4, count);
    let mut rank = vec![0u64; count as usize];
    (0..).zip(&order).for_each(|(place, &row)| rank[row as usize] = place);
    for engine in engines() {
        let parts = |split: &Split<'_>| {
            let split = split.clone().seed(4);
            let parts = engine.scoped(|scope| split.parts(scope)).unwrap();
            let mut sizes = vec![0; split.part_names().len()];
            parts.iter().for_each(|&part| sizes[part as usize] += 1);
            assert_eq!(engine.scoped(|scope| split.sizes(scope)).unwrap(), sizes);
            parts
        };
        let test = parts(&Split::new(&dataset, SplitRule::Test(0.2)));
        assert!(test.iter().zip(&rank).all(|(&part, &rank)| part == u32::from(rank >= 2_001)));
        for folds in [2, 3, 7, 10_003] {
            let found = parts(&Split::new(&dataset, SplitRule::Folds(folds)));
            assert!(found.iter().zip(&rank).all(|(&part, &rank)| u64::from(part) == rank * folds / count));
        }
        for rule in [SplitRule::Test(0.3), SplitRule::Folds(7)] {
            let found = parts(&Split::new(&dataset, rule).stratify(["g"]));
            let shares: Vec<f64> = match rule {
                SplitRule::Test(share) => vec![share, 1.0 - share],
                SplitRule::Folds(folds) => vec![1.0 / folds as f64; folds as usize],
            };
            for (part, share) in (0u32..).zip(shares) {
                let all = found.iter().filter(|&&other| other == part).count() as f64;
                assert!((all - share * count as f64).abs() <= 1.0);
                for group in 0..4 {
                    let is_in = |row: &usize| !row.is_multiple_of(11) && row % 4 == group;
                    let size = (0..count as usize).filter(is_in).count() as f64;
                    let there =
                        (0..count as usize).filter(is_in).filter(|&row| found[row] == part).count() as f64;
                    assert!(
                        (there - share * size).abs() <= 1.5,
                        "{rule:?}: {there} of {size} in part {part}"
                    );
                }
            }
            let whole = parts(&Split::new(&dataset, rule).groups(["h"]));
            assert!((0..count as usize).all(|row| whole[row] == whole[row / 5 * 5]));
        }
        for refused in
            [SplitRule::Folds(1), SplitRule::Folds(10_004), SplitRule::Test(1.5), SplitRule::Test(f64::NAN)]
        {
            assert!(engine.scoped(|scope| Split::new(&dataset, refused).sizes(scope)).is_err());
        }
    }
}

#[test]
fn a_groups_part_follows_from_its_value_alone() {
    // The same values in another order, as another type, every one several times.
    let values: Vec<i64> = (0..1_000).collect();
    let mixed: Vec<f64> = (0..3_000).map(|row| f64::from((row * 7_919) % 1_000)).collect();
    let engine = Engine::builder().threads(2).build();
    let first = Dataset::from_arrays(vec![("k".into(), values.as_slice().into())]).unwrap();
    let second = Dataset::from_arrays(vec![("k".into(), mixed.as_slice().into())]).unwrap();
    let parts = |dataset: &Dataset<'_>| {
        let split = Split::new(dataset, SplitRule::Folds(5)).groups(["k"]).seed(11);
        engine.scoped(|scope| split.parts(scope)).unwrap()
    };
    let (of_values, of_mixed) = (parts(&first), parts(&second));
    assert!(mixed.iter().zip(of_mixed).all(|(&value, part)| of_values[value as usize] == part));
    let one = of_values.iter().filter(|&&part| part == 0).count();
    assert_eq!(one, 200);
}
