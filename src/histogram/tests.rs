//! The law for every state, the same answer for every engine, and what is refused.

use arrcalc_datasets::{Chunk, Column, DataType, Dataset, TimeUnit, Values};
use arrcalc_kernels::{Bits, Level};

use super::*;
use crate::aggregate::{Aggregate, laws};
use crate::execute::Engine;

fn words(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed;
    move || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 29)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        z ^ (z >> 32)
    }
}

fn floats(count: usize, seed: u64) -> Vec<f64> {
    let mut next = words(seed);
    let value = |word: u64| match word % 19 {
        0 => f64::NAN,
        1 => f64::INFINITY,
        2 => -0.0,
        3 => f64::NEG_INFINITY,
        _ => (word >> 40) as f64 / 1e5 - 60.0,
    };
    (0..count).map(|_| value(next())).collect()
}

#[test]
fn every_state_obeys_the_law_with_nulls_and_without() {
    for rows in [0usize, 1, 23, 2_047, 2_049, 5_000] {
        let (x, w) = (floats(rows, 1), floats(rows, 2));
        let y: Vec<i64> = x.iter().map(|value| *value as i64).collect();
        let z: Vec<i8> = x.iter().map(|value| *value as i8).collect();
        let mask: Vec<u8> =
            (0..rows.div_ceil(8) as u64).map(|at| (at.wrapping_mul(0x9E37_79B9) >> 7) as u8).collect();
        for validity in [None, Some(Bits::new(&mask, 0, rows))] {
            let column = |values| Column { values, validity };
            let columns = [
                Column { values: Values::Float64(&x), validity },
                column(Values::Int64(&y)),
                Column { values: Values::Float64(&w), validity: None },
                column(Values::Int8(&z)),
            ];
            let chunk = |of: &[usize]| Chunk {
                first_row: 0,
                row_count: rows,
                columns: of.iter().map(|&at| columns[at]).collect(),
            };
            for bins in [3, 40, 2_000] {
                let bins = Bins::equal(-50.0, 50.0, bins).expect("wide enough");
                let counts =
                    |data_type| BinCounts::new(&data_type, &bins, Comparison::Nearest).expect("numbers");
                laws::check(&counts(DataType::Float64), &chunk(&[0])).expect("counts of floats");
                laws::check(&counts(DataType::Int64), &chunk(&[1])).expect("counts of integers");
                laws::check(&counts(DataType::Int8), &chunk(&[3])).expect("counts of bytes");
                if bins.len() > 40 && rows > 23 {
                    continue;
                }
                let axis = |data_type| (data_type, bins.clone(), Comparison::Nearest);
                let sums =
                    CellSums::new(&[axis(DataType::Float64)], Some(&DataType::Float64)).expect("floats");
                laws::check(&sums, &chunk(&[0, 2])).expect("sums of floats");
                let sums =
                    CellSums::new(&[axis(DataType::Float64)], Some(&DataType::Int64)).expect("integers");
                laws::check(&sums, &chunk(&[0, 1])).expect("sums of integers");
            }
            let bins = Bins::equal(-50.0, 50.0, 5).expect("wide enough");
            let axes = [DataType::Float64, DataType::Int64].map(|of| (of, bins.clone(), Comparison::Nearest));
            laws::check(&CellSums::new(&axes, None).expect("numbers"), &chunk(&[0, 1])).expect("a plane");
            // Without weights the cells of one axis are its bins.
            let (of_x, _) = (&axes[0], &axes[1]);
            let mut cells = CellSums::new(std::slice::from_ref(of_x), None).expect("floats");
            let mut counts = BinCounts::new(&DataType::Float64, &bins, Comparison::Nearest).expect("floats");
            cells.update(Level::detect(), &chunk(&[0]));
            counts.update(Level::detect(), &chunk(&[0]));
            let (cells, counts) = (cells.finish(), counts.finish());
            assert_eq!((cells.counts, cells.nulls, cells.nan), (counts.counts, counts.nulls, counts.nan));
            assert_eq!((cells.below, cells.above), (counts.below, counts.above));
        }
    }
}

#[test]
fn decimals_are_counted_as_the_nearest_floats() {
    let mut next = words(9);
    for (scale, shift) in [(2i8, 44), (0, 1), (30, 3), (-3, 20)] {
        let values: Vec<i128> = (0..3_001).map(|_| i128::from((next() as i64) >> shift)).collect();
        let floats: Vec<f64> = (values.iter())
            .map(|value| format!("{value}e{}", -i32::from(scale)).parse().expect("a float"))
            .collect();
        let (low, high) =
            floats.iter().fold((f64::MAX, f64::MIN), |ends, x| (ends.0.min(*x), ends.1.max(*x)));
        let mask: Vec<u8> = (0..values.len().div_ceil(8)).map(|_| next() as u8).collect();
        for validity in [None, Some(Bits::new(&mask, 0, values.len()))] {
            let chunk = |values| {
                let columns = vec![Column { values, validity }];
                Chunk { first_row: 0, row_count: 3_001, columns }
            };
            let (decimal, float) = (chunk(Values::Decimal128(&values)), chunk(Values::Float64(&floats)));
            let decimal_type = DataType::Decimal128 { precision: 38, scale };
            let bins = Bins::equal(low / 2.0, high, 30).expect("wide enough");
            let count = |data_type: &DataType, chunk: &Chunk<'_>| {
                let mut counts = BinCounts::new(data_type, &bins, Comparison::Nearest).expect("numbers");
                laws::check(&counts, chunk).expect("counts");
                let axis = (data_type.clone(), bins.clone(), Comparison::Nearest);
                let mut cells = CellSums::new(&[axis], None).expect("numbers");
                laws::check(&cells, chunk).expect("cells");
                let axis = (data_type.clone(), bins.clone(), Comparison::Nearest);
                let weighed = Chunk { columns: vec![chunk.columns[0]; 2], ..*chunk };
                let sums = CellSums::new(&[axis], Some(data_type)).expect("numbers");
                laws::check(&sums, &weighed).expect("sums");
                counts.update(Level::detect(), chunk);
                cells.update(Level::detect(), chunk);
                (counts.finish(), cells.finish())
            };
            assert_eq!(count(&decimal_type, &decimal), count(&DataType::Float64, &float), "scale {scale}");
        }
    }
}

#[test]
fn edges_are_numbers_or_as_the_columns_values_are_written() {
    let second = DataType::Timestamp(TimeUnit::Second, None);
    assert_eq!(edge_of(" 1e2", &DataType::Int8), Some(100.0));
    assert_eq!(edge_of("inf", &DataType::Float64), Some(f64::INFINITY));
    assert_eq!(edge_of("1970-01-03", &DataType::Date), Some(2.0));
    assert_eq!(edge_of("1970-01-02 ", &second), Some(86_400.0));
    assert_eq!(edge_of("1970-01-01T00:01:00", &second), Some(60.0));
    assert_eq!(edge_of("90", &second), Some(90.0));
    assert_eq!(edge_of("12:00:00", &DataType::Time(TimeUnit::Millisecond)), Some(43_200_000.0));
    for (text, data_type) in [("nan", DataType::Float64), ("1970-01-03", DataType::Int32), ("", second)] {
        assert_eq!(edge_of(text, &data_type), None, "{text}");
    }
}

#[test]
fn no_setting_of_the_engine_changes_an_answer() {
    let (x, w) = (floats(70_001, 3), floats(70_001, 4));
    let columns = vec![("x".into(), x.as_slice().into()), ("w".into(), w.as_slice().into())];
    let dataset = Dataset::from_arrays(columns).expect("two columns");
    let ask = |engine: &Engine| {
        let mut found = Vec::new();
        for rule in Rule::ALL {
            found.push(engine.run(&Histogram::new(&dataset, 0).bins(rule)).expect("an answer"));
            let ranged = Histogram::new(&dataset, 0).bins(rule).range(-10.0, 20.0);
            found.push(engine.run(&ranged).expect("an answer"));
        }
        found.push(engine.run(&Histogram::new(&dataset, 0).bins(500).weights(1)).expect("an answer"));
        found.push(
            engine.run(&Histogram::new(&dataset, 1).bins(vec![-5.0, 0.0, 0.5, 90.0])).expect("an answer"),
        );
        let plane = engine.run(&Histogram2d::new(&dataset, [0, 1]).weights(1)).expect("an answer");
        // As text: NaN sums are equal there.
        format!("{found:?} {plane:?}")
    };
    let expected = ask(&Engine::builder().threads(1).build());
    for threads in [2, 5] {
        for rows in [1_000, 33_333] {
            for level in Level::available() {
                let engine = Engine::builder().threads(threads).chunk_rows(rows).level(level).build();
                assert!(ask(&engine) == expected, "{threads} threads, {rows} rows, {level}");
            }
        }
    }
}

#[test]
fn every_row_is_in_a_bin_or_named() {
    let x = floats(5_000, 5);
    let dataset = Dataset::from_arrays(vec![("x".into(), x.as_slice().into())]).expect("a column");
    let found = Engine::new().run(&Histogram::new(&dataset, 0).bins(Rule::Auto)).expect("an answer");
    let inside: u64 = found.counts.iter().sum();
    assert_eq!(inside + found.nulls + found.nan + found.below + found.above, found.rows);
    let count = |wanted: f64| x.iter().filter(|value| **value == wanted).count() as u64;
    assert_eq!((found.below, found.above), (count(f64::NEG_INFINITY), count(f64::INFINITY)));
    assert!(found.nan > 0);
    let finite = Engine::new().run(&Histogram::new(&dataset, 0).finite());
    assert!(finite.unwrap_err().to_string().contains("[nan, nan] is not finite"));
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let x = [1.0, 2.0];
    let dataset = Dataset::from_arrays(vec![("x".into(), x.as_slice().into())]).expect("a column");
    let refused = |task: Histogram<'_>, what: &str| {
        let error = Engine::new().run(&task).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains(what), "{error}");
    };
    let task = || Histogram::new(&dataset, 0);
    refused(task().bins(0), "at least 1");
    refused(task().bins(vec![1.0]), "edges");
    refused(task().bins(vec![1.0, f64::NAN]), "edges");
    refused(task().range(2.0, 1.0), "ends before");
    refused(task().range(0.0, f64::INFINITY), "not finite");
    refused(task().range(1.0, 1.0f64.next_up()), "too many bins");
    refused(task().bins(usize::MAX), "too many bins");
    let limit = Engine::builder().memory_bytes(1 << 20).build();
    assert_eq!(limit.run(&task().bins(1_000_000)).unwrap_err().exit_code(), 5);
    let bins = Bins::equal(0.0, 1.0, 2).expect("wide enough");
    assert!(BinCounts::new(&DataType::String, &bins, Comparison::Exact).is_err());
    assert!(BinCounts::new(&DataType::Timestamp(TimeUnit::Second, None), &bins, Comparison::Exact).is_ok());
    let axis = (DataType::Float64, bins, Comparison::Exact);
    assert!(CellSums::new(&[axis], Some(&DataType::Date)).is_err());
    assert!(Rule::named("stone").unwrap_err().to_string().contains("sturges"));
}
