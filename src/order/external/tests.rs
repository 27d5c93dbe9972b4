//! The same rows for any budget, number of threads and chunks, as a sort in memory gives them.

use arrcalc_datasets::{Dataset, Values};

use super::*;
use crate::Engine;
use crate::order::{SortKey, sorted_rows};

struct Case {
    floats: Vec<f64>,
    integers: Vec<i32>,
}

impl Case {
    fn new(rows: usize, pattern: u32) -> Self {
        let mut state = 12_345u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 33
        };
        let floats = (0..rows).map(|row| match pattern {
            0 => f64::from(next() as u32),
            1 => [0.5, -0.0, 0.0, f64::NAN, 0.5, 0.5, f64::INFINITY, -3.0][next() as usize % 8],
            2 => row as f64,
            3 => -(row as f64),
            _ => {
                if next() % 10 < 9 {
                    7.0
                } else {
                    next() as f64
                }
            }
        });
        let floats = floats.collect();
        Self { floats, integers: (0..rows).map(|_| (next() % 5) as i32).collect() }
    }

    fn dataset(&self) -> Dataset<'_> {
        let columns =
            vec![("x".into(), self.floats.as_slice().into()), ("k".into(), self.integers.as_slice().into())];
        Dataset::from_arrays(columns).unwrap()
    }
}

fn run(
    case: &Case,
    keys: &[TableKey],
    threads: usize,
    memory: u64,
    chunk_rows: usize,
) -> (Vec<i64>, SortVolume) {
    let dataset = case.dataset();
    let engine = Engine::builder().threads(threads).memory_bytes(memory).chunk_rows(chunk_rows).build();
    let sorting = Sorting {
        dataset: &dataset,
        columns: &[0, 1],
        keys,
        added: Added::RowNumbers,
        temp_dir: std::env::temp_dir(),
        temp_bytes: 1 << 30,
    };
    let mut rows = Vec::new();
    let volume = engine.scoped(|scope| {
        sorting.run(scope, &mut |chunk| {
            let (Values::Int64(numbers), Values::Float64(floats)) =
                (chunk.columns[2].values, chunk.columns[0].values)
            else {
                panic!("columns keep their types");
            };
            let same =
                |(number, float): (&i64, &f64)| case.floats[*number as usize].to_bits() == float.to_bits();
            assert!(numbers.iter().zip(floats).all(same), "rows stay whole");
            rows.extend_from_slice(numbers);
            Ok(ControlFlow::Continue(()))
        })
    });
    (rows, volume.unwrap())
}

#[test]
fn any_budget_gives_the_rows_of_a_sort_in_memory() {
    let key = |column, descending, nulls_first| TableKey { column, descending, nulls_first };
    for pattern in 0..5 {
        let case = Case::new(100_000, pattern);
        let dataset_chunk = case.dataset();
        let lists = [
            vec![key(0, false, false)],
            vec![key(0, true, false)],
            vec![key(1, false, true), key(0, true, false)],
        ];
        for keys in lists {
            let columns = [Values::Float64(&case.floats), Values::Int32(&case.integers)];
            let sort_keys: Vec<SortKey<'_>> = (keys.iter())
                .map(|key| SortKey {
                    column: arrcalc_datasets::Column { values: columns[key.column], validity: None },
                    descending: key.descending,
                    nulls_first: key.nulls_first,
                })
                .collect();
            let expected: Vec<i64> =
                sorted_rows(&sort_keys, 100_000).into_iter().map(|row| row as i64).collect();
            let (whole, volume) = run(&case, &keys, 2, 1 << 30, 0);
            assert_eq!(whole, expected);
            assert_eq!(volume.spilled_bytes, 0);
            for (threads, memory, chunk_rows) in
                [(1, 1 << 20, 0), (2, 1 << 20, 1_000), (5, 2 << 20, 0), (2, 400 << 10, 777)]
            {
                let (rows, volume) = run(&case, &keys, threads, memory, chunk_rows);
                assert_eq!(rows, expected, "pattern {pattern}, {keys:?}, {threads} threads, {memory} bytes");
                let ordered_by = [(2, false), (3, true)];
                let stands_in_order =
                    keys[0].column == 0 && ordered_by.contains(&(pattern, keys[0].descending));
                assert_eq!(volume.spilled_bytes == 0, stands_in_order, "pattern {pattern}, {keys:?}");
                assert_eq!(volume.rows, 100_000);
            }
        }
        drop(dataset_chunk);
    }
}
