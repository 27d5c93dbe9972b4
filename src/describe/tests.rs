//! Columns whose values are counted in a window are described as those whose values are not.

use arrcalc_datasets::{Column, DataType, Field, Values};
use arrcalc_kernels::Level;
use arrcalc_kernels::distinct::WindowPlan;

use crate::answer::ColumnDescription;

use super::column::{ColumnState, Sample, sample};
use super::later::LaterState;
use super::report;

const MEMORY: usize = 1 << 20;

/// The description of `values`, one state each `cut` rows, counted in windows by `plan`.
fn described(
    level: Level,
    data_type: &DataType,
    values: Values<'_>,
    cut: usize,
    plan: Option<&WindowPlan>,
) -> ColumnDescription {
    let column = Column { values, validity: None };
    let mut taken = Sample::default();
    sample(level, data_type, &column, &mut taken);
    let selection = taken.seed(data_type, 0, MEMORY).selection;
    let columns =
        (0..values.len()).step_by(cut).map(|start| column.slice(start..values.len().min(start + cut)));
    let mut first = ColumnState::new(data_type, &selection);
    for (at, column) in columns.enumerate() {
        let mut state = ColumnState::new(data_type, &selection);
        // Some states have a window and some have none.
        if let Some(plan) = plan.filter(|_| at % 5 != 4) {
            state.open_window(level, plan);
        }
        state.update(level, &column);
        if at == 0 { first = state } else { first.merge(state) }
    }
    let mut described = report::blank(&Field { name: "k".into(), data_type: data_type.clone() });
    let mut later = LaterState::after(level, &mut first, MEMORY).expect("numbers");
    while !later.is_done() {
        later.update(level, &column);
        later.next_pass();
    }
    report::first(&first, &mut described);
    later.finish(&mut described);
    described
}

fn random(row: u64) -> u64 {
    (row ^ row >> 7).wrapping_mul(0xD6E8_FEB8_6659_FD93) >> 20
}

#[test]
fn a_window_changes_no_statistic_of_signed_integers() {
    let rows = 90_000;
    let streams: [&dyn Fn(u64) -> i64; 6] = [
        &|row| (random(row) % 5) as i64 - 2,
        &|row| (random(row) % 200_000) as i64 - 500,
        &|row| if row == 80_000 { i64::MIN } else { (random(row) % 900) as i64 },
        &|row| row as i64,
        &|row| i64::MAX - (random(row) % 70) as i64,
        &|_| 7,
    ];
    for (at, stream) in streams.iter().enumerate() {
        let values: Vec<i64> = (0..rows).map(stream).collect();
        let plan = WindowPlan::around(&values[..rows as usize / 2]).expect("close together");
        for level in Level::available() {
            for cut in [90_000, 40_000, 9_001] {
                let describe = |plan| described(level, &DataType::Int64, Values::Int64(&values), cut, plan);
                let (found, expected) = (describe(Some(&plan)), describe(None));
                assert_eq!(format!("{found:?}"), format!("{expected:?}"), "stream {at}, {level}, {cut}");
            }
        }
    }
}

#[test]
fn a_window_changes_no_statistic_of_unsigned_and_narrow_integers() {
    let level = Level::detect();
    let large: Vec<u64> = (0..50_000).map(|row| u64::MAX - random(row) % 3000).collect();
    let small: Vec<u8> = (0..50_000).map(|row| random(row) as u8).collect();
    for cut in [50_000, 7_000] {
        let plan = WindowPlan::around(&large).expect("close together");
        let describe = |plan| described(level, &DataType::UInt64, Values::UInt64(&large), cut, plan);
        assert_eq!(format!("{:?}", describe(Some(&plan))), format!("{:?}", describe(None)));
        let plan = WindowPlan::around(&[0i64, 255]).expect("close together");
        let describe = |plan| described(level, &DataType::UInt8, Values::UInt8(&small), cut, plan);
        assert_eq!(format!("{:?}", describe(Some(&plan))), format!("{:?}", describe(None)));
    }
}

#[test]
fn only_long_columns_are_counted_in_a_window() {
    let values: Vec<i64> = (0..1000).collect();
    let mut taken = Sample::default();
    let column = Column { values: Values::Int64(&values), validity: None };
    sample(Level::detect(), &DataType::Int64, &column, &mut taken);
    assert!(taken.seed(&DataType::Int64, 1_000_000, MEMORY).window.is_some());
    assert!(taken.seed(&DataType::Int64, 60_000, MEMORY).window.is_none());
}

#[test]
fn decimals_have_distinct_values_bars_and_quantiles_however_they_are_cut() {
    let price = |row: u64| i128::from(random(row) % 700) * 25 - 1_000;
    let wide = |row: u64| i128::from(random(row)) * 10i128.pow(19) + i128::from(row);
    let mixed = |row: u64| if row % 701 == 700 { wide(row) } else { price(row) };
    let streams: [(&dyn Fn(u64) -> i128, i8); 5] =
        [(&price, 2), (&wide, 20), (&|_| 7, 1), (&wide, -2), (&mixed, 7)];
    for (at, (stream, scale)) in streams.into_iter().enumerate() {
        for rows in [1u64, 900, 70_000] {
            let values: Vec<i128> = (0..rows).map(stream).collect();
            let data_type = DataType::Decimal128 { precision: 38, scale };
            let describe = |level, cut| described(level, &data_type, Values::Decimal128(&values), cut, None);
            let found = describe(Level::detect(), values.len());
            for (level, cut) in [(Level::BASELINE, 1 + values.len() / 3), (Level::detect(), 8_191)] {
                assert_eq!(format!("{:?}", describe(level, cut)), format!("{found:?}"), "stream {at}, {cut}");
            }
            let mut sorted = values.clone();
            sorted.sort_unstable();
            sorted.dedup();
            let distinct = sorted.len() as u64;
            assert_eq!(found.distinct, (distinct < 65_536).then_some(distinct), "stream {at}");
            let estimate = found.distinct_estimate.expect("always there");
            assert!(estimate.abs_diff(distinct) * 40 <= distinct, "{estimate} of {distinct}");
            // The bars are those of the column as floats.
            let floats: Vec<f64> = values
                .iter()
                .map(|value| format!("{value}e{}", -i32::from(scale)).parse().expect("a float"))
                .collect();
            let expected =
                described(Level::detect(), &DataType::Float64, Values::Float64(&floats), rows as usize, None);
            assert_eq!(found.histogram, expected.histogram, "stream {at}, {rows} rows");
            let counts = |described: &ColumnDescription| {
                described.most_frequent.iter().map(|entry| entry.1).collect::<Vec<u64>>()
            };
            assert_eq!(counts(&found), counts(&expected), "stream {at}, {rows} rows");
        }
    }
}
