//! First rows, ranks, parts and sorted tables against a stable sort by comparisons.

use arrcalc_datasets::{Column, DataType, Dataset, Field, Values};

use super::columns::{Columns, integers};
use crate::answer::Table;
use crate::order::{
    RankMethod, SortKey, TableKey, argpartition_into, doubled_ranks, first_rows, sort_table, sorted_rows,
};
use crate::{ColumnOrder, Engine, Sort, read_table};

fn engines() -> Vec<Engine> {
    [1, 2, 5].map(|threads| Engine::builder().threads(threads).build()).to_vec()
}

#[test]
fn first_rows_are_the_first_of_all_in_order() {
    let engines = engines();
    let mut seen = 0;
    for (turn, rows) in [0, 1, 2, 40, 129, 1000, 9000].into_iter().enumerate() {
        for pattern in 0..9 {
            let columns = Columns::new(&integers(pattern, rows, (100 + turn * 9 + pattern) as u64));
            columns.each(&mut |name, column| {
                seen += 1;
                let key = SortKey { column, descending: seen % 2 == 0, nulls_first: seen % 3 == 0 };
                let expected = sorted_rows(&[key], rows);
                for count in [0, 1, 3, rows / 10, rows / 2, rows + 1] {
                    let top = engines[seen % 3].scoped(|scope| first_rows(scope, &[key], rows, count));
                    let top = top.expect("rows have an order");
                    let expected = &expected[..count.min(rows)];
                    assert!(
                        top.iter().map(|&row| row as usize).eq(expected.iter().copied()),
                        "{name}, {rows} rows, {count} of them, pattern {pattern}"
                    );
                }
            });
        }
    }
}

#[test]
fn thresholds_lose_no_row_whatever_the_pattern() {
    let rows = 400_003;
    let engines = engines();
    for pattern in 0..10 {
        let integers = integers(pattern, rows, 77);
        let floats: Vec<f64> = (integers.iter())
            .map(|&value| match (pattern, value.rem_euclid(11)) {
                (9, _) => f64::NAN,
                (_, 0) => f64::NAN,
                (_, 1) => -0.0,
                _ => value as f64,
            })
            .collect();
        for values in [Values::Float64(&floats), Values::Int64(&integers)] {
            let column = Column { values, validity: None };
            for key in [SortKey::ascending(column), SortKey::descending(column)] {
                let expected = sorted_rows(&[key], rows);
                for (count, engine) in [1, 100, 5000].iter().zip(&engines) {
                    let top = engine.scoped(|scope| first_rows(scope, &[key], rows, *count));
                    let top = top.expect("rows have an order");
                    assert!(top.iter().map(|&row| row as usize).eq(expected[..*count].iter().copied()));
                }
            }
        }
    }
}

#[test]
fn ranks_count_places_of_equal_values() {
    let engines = engines();
    for rows in [0, 1, 2, 100, 3000, 70_001] {
        for pattern in 0..9 {
            let columns = Columns::new(&integers(pattern, rows, 5 + pattern as u64));
            columns.each(&mut |name, column| {
                if rows > 3000 && !["float64", "int8"].contains(&name) {
                    return;
                }
                let key = SortKey { column, descending: pattern % 2 == 1, nulls_first: false };
                let order = sorted_rows(&[key], rows);
                let methods = ["average", "min", "max", "dense", "ordinal"];
                for (method, engine) in methods.into_iter().zip(engines.iter().cycle()) {
                    let named = RankMethod::named(method).expect("a method");
                    let mut ranks = vec![0; rows];
                    engine.scoped(|scope| doubled_ranks(scope, &key, named, &mut ranks)).expect("ranks");
                    let (mut begin, mut dense) = (0, 0);
                    while begin < rows {
                        let same = |&&row: &&usize| key.compare(order[begin], row).is_eq();
                        let end = begin + order[begin..].iter().take_while(same).count();
                        dense += 1;
                        for (place, &row) in (begin..end).zip(&order[begin..end]) {
                            let expected = match method {
                                "average" => (begin + 1..=end).sum::<usize>() * 2 / (end - begin),
                                "min" => 2 * (begin + 1),
                                "max" => 2 * end,
                                "dense" => 2 * dense,
                                _ => 2 * (place + 1),
                            };
                            assert_eq!(ranks[row], expected as u64, "{name} {method}");
                        }
                        begin = end;
                    }
                }
            });
        }
    }
    assert_eq!(RankMethod::named("mean"), None);
}

#[test]
fn parts_hold_what_belongs_in_them_in_the_order_of_rows() {
    for rows in [1, 100, 5000, 200_001] {
        for pattern in 0..9 {
            let columns = Columns::new(&integers(pattern, rows, 300 + pattern as u64));
            columns.each(&mut |name, column| {
                if rows > 5000 && !["float32", "int64"].contains(&name) {
                    return;
                }
                let key = SortKey { column, descending: pattern % 2 == 1, nulls_first: false };
                let sorted = sorted_rows(&[key], rows);
                let places = [rows / 2, 0, rows - 1, rows / 3];
                let mut found: Vec<Vec<u64>> = Vec::new();
                for engine in engines() {
                    let mut order = vec![0; rows];
                    engine
                        .scoped(|scope| argpartition_into(scope, &key, &places, &mut order))
                        .expect("rows have an order");
                    found.push(order);
                }
                assert!(found[0] == found[1] && found[0] == found[2]);
                let order = &found[0];
                let mut seen = order.clone();
                seen.sort_unstable();
                assert!(seen.iter().copied().eq(0..rows as u64), "every row once");
                for &place in &places {
                    let pivot = sorted[place];
                    assert!(key.compare(order[place] as usize, pivot).is_eq(), "{name}");
                    assert!(order[..place].iter().all(|&row| key.compare(row as usize, pivot).is_le()));
                    assert!(order[place..].iter().all(|&row| key.compare(row as usize, pivot).is_ge()));
                }
            });
        }
    }
}

#[test]
fn tables_are_sorted_with_all_their_columns() {
    for rows in [0, 1, 2, 100, 5000, 70_000] {
        let (first, second) = (Columns::new(&integers(4, rows, 1)), Columns::new(&integers(0, rows, 2)));
        let (mut fields, mut parts) = (Vec::new(), Vec::<Table>::new());
        let types = |name: &str| match name {
            "null" => DataType::Null,
            "bool" => DataType::Bool,
            "int8" => DataType::Int8,
            "int16" => DataType::Int16,
            "int32" => DataType::Int32,
            "int64" => DataType::Int64,
            "uint8" => DataType::UInt8,
            "uint16" => DataType::UInt16,
            "uint32" => DataType::UInt32,
            "uint64" => DataType::UInt64,
            "float16" => DataType::Float16,
            "float32" => DataType::Float32,
            "float64" => DataType::Float64,
            "decimal" | "narrow decimal" => DataType::Decimal128 { precision: 38, scale: 0 },
            _ => DataType::String,
        };
        for columns in [&first, &second] {
            columns.each(&mut |name, column| {
                let field = Field { name: name.into(), data_type: types(name) };
                let mut part = Table::new(vec![field.clone()]);
                part.extend(&[column], rows);
                fields.push(field);
                parts.push(part);
            });
        }
        let mut table = Table::new(fields);
        let chunks: Vec<_> = parts.iter().map(Table::lend).collect();
        table.extend(&chunks.iter().map(|chunk| chunk.columns[0]).collect::<Vec<_>>(), rows);
        let keys = [(9, true, false), (24, false, true), (40, true, false), (52, false, false)];
        for (turn, engine) in engines().iter().enumerate() {
            let keys: Vec<TableKey> = (keys.iter().cycle().skip(turn).take(3))
                .map(|&(column, descending, nulls_first)| TableKey { column, descending, nulls_first })
                .collect();
            let sorted = engine.scoped(|scope| sort_table(scope, &table, &keys)).expect("a sorted table");
            let lent = table.lend();
            let sort_keys: Vec<SortKey<'_>> = (keys.iter())
                .map(|key| SortKey {
                    column: lent.columns[key.column],
                    descending: key.descending,
                    nulls_first: key.nulls_first,
                })
                .collect();
            let expected = table.take(&sorted_rows(&sort_keys, rows));
            for row in (0..rows).step_by(rows / 997 + 1) {
                assert_eq!(format!("{:?}", sorted.row(row)), format!("{:?}", expected.row(row)));
            }
        }
    }
}

#[test]
fn large_tables_are_moved_in_parts_and_stay_whole() {
    let rows = 150_001;
    let engines = engines();
    for pattern in 0..9 {
        let integers = integers(pattern, rows, 40 + pattern as u64);
        let floats: Vec<f64> = (integers.iter())
            .map(|&value| match value.rem_euclid(19) {
                0 => f64::NAN,
                1 => -0.0,
                2 => 0.0,
                3 => f64::NEG_INFINITY,
                _ => value as f64,
            })
            .collect();
        let narrow: Vec<i32> = integers.iter().map(|&value| (value % 1000) as i32).collect();
        let row: Vec<u32> = (0..rows as u32).collect();
        let arrays = vec![
            ("i".to_owned(), integers.as_slice().into()),
            ("x".to_owned(), floats.as_slice().into()),
            ("n".to_owned(), narrow.as_slice().into()),
            ("row".to_owned(), row.as_slice().into()),
        ];
        let dataset = Dataset::from_arrays(arrays).expect("columns of one length");
        let columns = [Values::Int64(&integers), Values::Float64(&floats), Values::Int32(&narrow)];
        for (turn, engine) in engines.iter().enumerate() {
            let keys: Vec<(usize, bool)> = vec![(turn, pattern % 2 == 0), ((turn + 1) % 3, pattern % 3 == 0)];
            let sort_keys: Vec<SortKey<'_>> = (keys.iter())
                .map(|&(column, descending)| {
                    let column = Column { values: columns[column], validity: None };
                    SortKey { column, descending, nulls_first: false }
                })
                .collect();
            let expected = sorted_rows(&sort_keys, rows);
            let by = keys.iter().map(|&(column, descending)| ColumnOrder {
                column: dataset.schema().fields[column].name.clone(),
                descending,
                nulls_first: false,
            });
            let by: Vec<ColumnOrder> = by.collect();
            let mapped = engine.run(&Sort::new(&dataset).by(by.iter().cloned())).expect("a sorted table");
            let table = engine.scoped(|scope| read_table(scope, &dataset)).expect("the rows");
            let keys = Sort::keys(&dataset, &by).expect("keys");
            let read = engine.scoped(|scope| sort_table(scope, &table, &keys)).expect("a sorted table");
            for sorted in [mapped, read] {
                let chunk = sorted.lend();
                let Values::UInt32(order) = chunk.columns[3].values else { panic!("the rows") };
                assert!(order.iter().map(|&row| row as usize).eq(expected.iter().copied()));
                let Values::Float64(moved) = chunk.columns[1].values else { panic!("the floats") };
                assert!(
                    moved.iter().zip(order).all(|(x, &row)| x.to_bits() == floats[row as usize].to_bits())
                );
                let Values::Int64(moved) = chunk.columns[0].values else { panic!("the integers") };
                assert!(moved.iter().zip(order).all(|(i, &row)| *i == integers[row as usize]));
            }
        }
    }
}
