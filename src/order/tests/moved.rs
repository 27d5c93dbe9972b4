//! Tables whose rows are moved in parts, against comparisons of one row with another.

use arrcalc_datasets::{DataType, Field, Values};
use half::f16;

use crate::Engine;
use crate::answer::{OwnedColumn, Table};
use crate::error::Error;
use crate::order::{SortKey, TableKey, sort_table, sorted_rows};

/// Columns of each width whose values tell their row, after `keys`.
fn table(rows: usize, keys: Vec<(DataType, OwnedColumn)>) -> Table {
    let row = 0..rows as u32;
    let mut columns = keys;
    columns.push((DataType::UInt32, row.clone().collect::<Vec<u32>>().into()));
    columns.push((DataType::Int8, row.clone().map(|row| row as i8).collect::<Vec<i8>>().into()));
    columns.push((
        DataType::Float16,
        row.clone().map(|row| f16::from_bits(row as u16)).collect::<Vec<f16>>().into(),
    ));
    columns.push((
        DataType::Float64,
        row.clone().map(|row| f64::from_bits(!u64::from(row))).collect::<Vec<f64>>().into(),
    ));
    let wide = DataType::Decimal128 { precision: 38, scale: 0 };
    columns.push((wide, row.map(|row| i128::from(row) << 80 | 5).collect::<Vec<i128>>().into()));
    let field = |(index, data_type): (usize, &DataType)| Field {
        name: format!("c{index}"),
        data_type: data_type.clone(),
    };
    let fields = columns.iter().map(|(data_type, _)| data_type).enumerate().map(field).collect();
    Table::from_columns(fields, columns.into_iter().map(|(_, column)| column).collect())
}

/// Sorts `table` with some threads and checks all of its columns; `keys` are the first columns.
fn check(table: &Table, keys: &[TableKey], threads: &[usize]) {
    let lent = table.lend();
    let key = |key: &TableKey| SortKey {
        column: lent.columns[key.column],
        descending: key.descending,
        nulls_first: key.nulls_first,
    };
    let sort_keys: Vec<SortKey<'_>> = keys.iter().map(key).collect();
    let expected = sorted_rows(&sort_keys, table.row_count());
    for &threads in threads {
        let engine = Engine::builder().threads(threads).build();
        let sorted = engine.scoped(|scope| sort_table(scope, table, keys)).expect("a sorted table");
        let chunk = sorted.lend();
        let [.., order, bytes, halves, floats, wide] = &chunk.columns[..] else { panic!("the columns") };
        let Values::UInt32(order) = order.values else { panic!("the rows") };
        assert!(order.iter().map(|&row| row as usize).eq(expected.iter().copied()), "{keys:?}");
        let Values::Int8(bytes) = bytes.values else { panic!("the bytes") };
        assert!(bytes.iter().zip(order).all(|(&value, &row)| value == row as i8));
        let Values::Float16(halves) = halves.values else { panic!("the halves") };
        assert!(halves.iter().zip(order).all(|(value, &row)| value.to_bits() == row as u16));
        let Values::Float64(floats) = floats.values else { panic!("the floats") };
        assert!(floats.iter().zip(order).all(|(value, &row)| value.to_bits() == !u64::from(row)));
        let Values::Decimal128(wide) = wide.values else { panic!("the decimals") };
        assert!(wide.iter().zip(order).all(|(&value, &row)| value == i128::from(row) << 80 | 5));
    }
}

fn by(column: usize, descending: bool) -> TableKey {
    TableKey { column, descending, nulls_first: false }
}

/// Numbers without a pattern.
fn mixed(row: u64) -> u64 {
    (row ^ 0x5bd1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29).wrapping_mul(0xbf58_476d_1ce4_e5b9)
        >> 8
}

#[test]
fn keys_of_any_width_are_sorted_in_their_parts() {
    let rows = 140_003;
    // A part has about a third of the keys: as many bits as are counted, as words of 32 bits hold, as words of 64, more.
    for (distinct, step) in [(1, 1), (2, 9), (3000, 1), (9000, 1), (200_000, 1), (1 << 40, 1), (1 << 56, 200)]
    {
        let codes = (0..rows as u64).map(|row| (mixed(row) % distinct * step) as i64 - 77);
        let integers: Vec<i64> = codes.collect();
        let floats: Vec<f64> = (integers.iter())
            .map(|&code| match code % 41 {
                3 => f64::NAN,
                4 => -0.0,
                5 => 0.0,
                6 => f64::INFINITY,
                _ => code as f64 * 0.37,
            })
            .collect();
        let small: Vec<u16> = integers.iter().map(|&code| code as u16 % 301).collect();
        let table = table(
            rows,
            vec![
                (DataType::Int64, integers.into()),
                (DataType::Float64, floats.into()),
                (DataType::UInt16, small.into()),
            ],
        );
        for descending in [false, true] {
            check(&table, &[by(0, descending)], &[1, 2]);
            check(&table, &[by(1, descending)], &[5]);
            check(&table, &[by(2, !descending), by(1, descending)], &[2]);
        }
    }
}

#[test]
fn one_value_in_most_rows_is_a_part_of_its_own() {
    let rows = 600_011;
    let skewed: Vec<i32> = (0..rows as u64)
        .map(|row| if mixed(row).is_multiple_of(10) { (mixed(row + 9) % 5000) as i32 - 2500 } else { 42 })
        .collect();
    let other: Vec<f32> = (0..rows as u64).map(|row| (mixed(row * 3) % 977) as f32).collect();
    let table = table(rows, vec![(DataType::Int32, skewed.into()), (DataType::Float32, other.into())]);
    check(&table, &[by(0, false)], &[1, 2]);
    check(&table, &[by(0, true), by(1, false)], &[2, 5]);
    check(&table, &[by(1, true), by(0, true)], &[2]);
}

#[test]
fn rows_in_order_or_in_reverse_stay_whole() {
    let rows = 131_072;
    let ascending: Vec<u64> = (0..rows as u64).map(|row| row / 3).collect();
    let descending: Vec<u64> = ascending.iter().rev().copied().collect();
    let table =
        table(rows, vec![(DataType::UInt64, ascending.into()), (DataType::UInt64, descending.into())]);
    check(&table, &[by(0, false)], &[1, 2]);
    check(&table, &[by(0, true), by(1, false)], &[2]);
    check(&table, &[by(1, false)], &[5]);
}

#[test]
fn the_budget_holds() {
    let rows = 200_000;
    let table = table(rows, vec![(DataType::Int64, (0..rows as i64).rev().collect::<Vec<i64>>().into())]);
    let engine = Engine::builder().threads(2).memory_bytes(1 << 20).build();
    let sorted = engine.scoped(|scope| sort_table(scope, &table, &[by(0, false)]));
    assert!(matches!(sorted, Err(Error::Memory { .. })));
}
