//! `argsort` against the standard library's stable sort.

use arrcalc_datasets::{Column, Values};

use super::columns::{Columns, integers};
use crate::Engine;
use crate::order::{SortKey, argsort, argsort_into, sorted_rows};

const SIZES: [usize; 15] = [0, 1, 2, 3, 31, 32, 33, 34, 63, 65, 255, 257, 1023, 1025, 5000];

fn engines() -> Vec<Engine> {
    [1, 2, 5].map(|threads| Engine::builder().threads(threads).build()).to_vec()
}

#[test]
fn rows_of_every_type_are_in_the_order_of_comparisons() {
    let engines = engines();
    let mut seen = 0;
    for (turn, &rows) in SIZES.iter().enumerate() {
        for pattern in 0..9 {
            let columns = Columns::new(&integers(pattern, rows, (turn * 9 + pattern) as u64));
            columns.each(&mut |name, column| {
                for (descending, nulls_first) in [(false, false), (true, false), (false, true), (true, true)]
                {
                    let key = SortKey { column, descending, nulls_first };
                    let engine = &engines[seen % 3];
                    seen += 1;
                    let order: Vec<usize> =
                        engine.scoped(|scope| argsort(scope, &[key], rows)).expect("rows have an order");
                    assert!(order == sorted_rows(&[key], rows), "{name}, {rows} rows, pattern {pattern}");
                }
            });
        }
    }
}

#[test]
fn several_keys_decide_one_after_the_other() {
    let engines = engines();
    let mut seen = 0;
    for &rows in &[2, 33, 100, 1025, 5000] {
        let (first, second) = (Columns::new(&integers(4, rows, 7)), Columns::new(&integers(3, rows, 8)));
        let last = integers(0, rows, 9);
        first.each(&mut |_, one| {
            second.each(&mut |name, other| {
                seen += 1;
                if seen % 5 != 0 {
                    return;
                }
                let key = |column, descending, nulls_first| SortKey { column, descending, nulls_first };
                let third = Column { values: Values::Int64(&last), validity: None };
                let keys = [
                    key(one, seen % 2 == 0, seen % 3 == 0),
                    key(other, seen % 4 == 1, seen % 7 == 0),
                    key(third, seen % 3 == 1, false),
                ];
                let order: Vec<u32> = engines[seen % 3]
                    .scoped(|scope| argsort(scope, &keys, rows))
                    .expect("rows have an order");
                let expected = sorted_rows(&keys, rows);
                assert!(order.iter().map(|&row| row as usize).eq(expected), "{name}, {rows} rows");
            });
        });
    }
    assert!(seen > 1000);
}

#[test]
fn equal_rows_keep_their_order_however_many_they_are() {
    // Runs longer than what one thread orders alone, beside short ones, and keys too wide for a word.
    let rows = 1_000_003;
    let first: Vec<u64> =
        (0..rows).map(|row: u64| if row.is_multiple_of(3) { row % 5 } else { u64::MAX }).collect();
    let second: Vec<f64> =
        (0..rows).map(|row| if row % 7 == 0 { (row % 1000) as f64 } else { 0.5 }).collect();
    let wide = Column { values: Values::UInt64(&first), validity: None };
    let floats = Column { values: Values::Float64(&second), validity: None };
    for keys in [vec![SortKey::ascending(wide)], vec![SortKey::descending(wide), SortKey::ascending(floats)]]
    {
        let expected = sorted_rows(&keys, rows as usize);
        for engine in engines() {
            let mut order = vec![7; rows as usize];
            engine.scoped(|scope| argsort_into(scope, &keys, &mut order)).expect("rows have an order");
            assert!(order.iter().map(|&row| row as usize).eq(expected.iter().copied()));
        }
    }
}

#[test]
fn random_floats_and_long_ties_are_in_order() {
    let rows = 700_001;
    let values: Vec<f64> = (integers(0, rows, 5).into_iter())
        .map(|value| if value % 4 == 0 { 1.0 + (value % 1024) as f64 * f64::EPSILON } else { value as f64 })
        .collect();
    let key = SortKey::descending(Column { values: Values::Float64(&values), validity: None });
    let expected = sorted_rows(&[key], rows);
    for engine in engines() {
        let order: Vec<usize> =
            engine.scoped(|scope| argsort(scope, &[key], rows)).expect("rows have an order");
        assert!(order == expected);
    }
}

#[test]
fn many_rows_of_few_keys_are_dealt_out_in_their_order() {
    let rows = 140_001;
    let engines = engines();
    let mut seen = 0;
    for pattern in [3, 4, 5] {
        let columns = Columns::new(&integers(pattern, rows, 60));
        columns.each(&mut |name, column| {
            let key = SortKey { column, descending: seen % 2 == 0, nulls_first: seen % 3 == 0 };
            seen += 1;
            let mut order = vec![9; rows];
            engines[seen % 3].scoped(|scope| argsort_into(scope, &[key], &mut order)).expect("an order");
            assert!(order.iter().map(|&row| row as usize).eq(sorted_rows(&[key], rows)), "{name} {pattern}");
        });
    }
}
