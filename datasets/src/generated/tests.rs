//! Values by row, whatever the cut; what is refused.

use super::*;
use crate::chunk::{Text, Values};
use crate::text::is_null;

fn table() -> Dataset<'static> {
    let columns = [
        ("row".to_string(), Generator::Row),
        ("word".to_string(), Generator::Raw),
        ("u".to_string(), Generator::Uniform { low: -1.0, high: 3.0 }),
        ("k".to_string(), Generator::Integers { low: -5, high: 6 }),
        ("z".to_string(), Generator::Normal { mean: 10.0, std: 2.0 }),
    ];
    Dataset::generated(&columns, 10_000, 7).unwrap()
}

/// Every value of every column, as bits.
fn bits(layout: Layout, unit_rows: u64, chunk_rows: usize) -> Vec<Vec<u64>> {
    let table = table();
    let mut found = vec![vec![0; 10_000]; 5];
    for unit in table.units(&[0, 1, 2, 3, 4], layout, unit_rows) {
        table
            .read(&unit, &ReadRequest { chunk_rows, memory_bytes: 1 << 20 }, &mut |chunk| {
                for (column, &index) in chunk.columns.iter().zip(&unit.columns) {
                    let bits: Vec<u64> = match column.values {
                        Values::Int64(values) => values.iter().map(|&value| value as u64).collect(),
                        Values::UInt64(values) => values.to_vec(),
                        Values::Float64(values) => values.iter().map(|value| value.to_bits()).collect(),
                        ref other => panic!("{other:?}"),
                    };
                    let first = chunk.first_row as usize;
                    found[index][first..first + chunk.row_count].copy_from_slice(&bits);
                }
                Flow::Continue(())
            })
            .unwrap();
    }
    found
}

#[test]
fn every_value_is_a_function_of_its_row_whatever_the_cut() {
    let whole = bits(Layout::Together, 100_000, 100_000);
    assert_eq!(whole[0][9_999], 9_999);
    assert!(whole[3].iter().all(|&value| (-5..6).contains(&(value as i64))));
    assert!(whole[2].iter().all(|&value| (-1.0..3.0).contains(&f64::from_bits(value))));
    for (layout, unit_rows, chunk_rows) in
        [(Layout::Apart, 1_000, 64), (Layout::Together, 777, 1_000), (Layout::Apart, 1, 1)]
    {
        assert_eq!(bits(layout, unit_rows, chunk_rows), whole);
    }
}

#[test]
fn senseless_parameters_are_refused() {
    for generator in [
        Generator::Uniform { low: 1.0, high: 0.0 },
        Generator::Uniform { low: f64::MIN, high: f64::MAX },
        Generator::Integers { low: 3, high: 3 },
        Generator::Normal { mean: 0.0, std: -1.0 },
        Generator::Normal { mean: f64::NAN, std: 1.0 },
    ] {
        assert!(Dataset::generated(&[("x".into(), generator.clone())], 1, 0).is_err(), "{generator:?}");
    }
}

fn columns() -> Vec<(String, Generator)> {
    let texts = ["A", "B", "C"].map(String::from).to_vec();
    let nullable = |generator| Generator::Nullable { generator: Box::new(generator), probability: 0.3 };
    let correlated =
        |with: &str| Generator::Correlated { with: with.into(), correlation: 0.8, mean: 5.0, std: 2.0 };
    let generators = vec![
        Generator::Bernoulli { probability: 0.25 },
        Generator::Lognormal { mean: 0.0, std: 1.0 },
        Generator::Exponential { scale: 3.0 },
        Generator::Poisson { rate: 4.0 },
        Generator::Gamma { shape: 2.0, scale: 1.5 },
        Generator::Choice { values: Choices::Texts(texts), weights: vec![6.0, 3.0, 1.0] },
        Generator::Choice { values: Choices::Integers(vec![7, -2]), weights: Vec::new() },
        Generator::Choice { values: Choices::Floats(vec![0.5]), weights: vec![2.0] },
        Generator::Dates { first: 0, last: 1 },
        Generator::Timestamps { low: -5, high: 5 },
        correlated("1"),
        nullable(correlated("10")),
        nullable(Generator::Row),
    ];
    generators.into_iter().enumerate().map(|(at, generator)| (at.to_string(), generator)).collect()
}

/// Every cell as text, null or not.
fn cells(layout: Layout, unit_rows: u64, chunk_rows: usize) -> Vec<Vec<String>> {
    let columns = columns();
    let table = Dataset::generated(&columns, 5_000, 3).unwrap();
    let all: Vec<usize> = (0..columns.len()).collect();
    let mut found = vec![vec![String::new(); 5_000]; columns.len()];
    for unit in table.units(&all, layout, unit_rows) {
        table
            .read(&unit, &ReadRequest { chunk_rows, memory_bytes: 1 << 20 }, &mut |chunk| {
                for (column, &index) in chunk.columns.iter().zip(&unit.columns) {
                    for row in 0..chunk.row_count {
                        found[index][chunk.first_row as usize + row] = match column.values {
                            _ if is_null(column, row) => "null".into(),
                            Values::Text(Text::Codes { codes, values }) => values[codes[row] as usize].into(),
                            Values::Float64(values) => values[row].to_string(),
                            Values::Int64(values) => values[row].to_string(),
                            Values::Int32(values) => values[row].to_string(),
                            Values::Bool(bits) => bits.get(row).to_string(),
                            ref other => panic!("{other:?}"),
                        };
                    }
                }
                Flow::Continue(())
            })
            .unwrap();
    }
    found
}

#[test]
fn every_kind_is_a_function_of_its_row_and_has_its_shares() {
    let whole = cells(Layout::Together, 100_000, 100_000);
    for (layout, unit_rows, chunk_rows) in [(Layout::Apart, 1_000, 64), (Layout::Together, 777, 13)] {
        assert_eq!(cells(layout, unit_rows, chunk_rows), whole);
    }
    let share = |column: usize, cell: &str| {
        whole[column].iter().filter(|found| *found == cell).count() as f64 / 5_000.0
    };
    // Five standard deviations of a share are at most 0.036.
    for (column, cell, expected) in [
        (0, "true", 0.25),
        (5, "A", 0.6),
        (5, "C", 0.1),
        (6, "-2", 0.5),
        (7, "0.5", 1.0),
        (8, "1", 0.5),
        (9, "4", 0.1),
        (11, "null", 0.3),
        (12, "null", 0.3),
    ] {
        assert!((share(column, cell) - expected).abs() < 0.036, "{column} {cell}: {}", share(column, cell));
    }
    let numbers = |column: usize| whole[column].iter().map(|cell| cell.parse::<f64>().ok());
    // Correlated with the logarithm of column 1, and that column's partner with it again.
    for (left, right, expected) in [(1, 10, 0.8), (10, 11, 0.8)] {
        let pairs: Vec<(f64, f64)> = numbers(left)
            .zip(numbers(right))
            .filter_map(|(x, y)| Some((if left == 1 { x?.ln() } else { x? }, y?)))
            .collect();
        let mean = |of: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / pairs.len() as f64;
        let (x, y) = (mean(&|pair| pair.0), mean(&|pair| pair.1));
        let both = mean(&|pair| (pair.0 - x) * (pair.1 - y));
        let squares = mean(&|pair| (pair.0 - x).powi(2)) * mean(&|pair| (pair.1 - y).powi(2));
        let corr = both / squares.sqrt();
        assert!((corr - expected).abs() < 0.03, "{corr}");
        assert!((y - 5.0).abs() < 0.2, "{y}");
    }
}

#[test]
fn columns_that_cannot_be_made_are_refused() {
    let normal = || Generator::Normal { mean: 0.0, std: 1.0 };
    let correlated = |with: &str, correlation| Generator::Correlated {
        with: with.into(),
        correlation,
        mean: 0.0,
        std: 1.0,
    };
    let nullable =
        |generator, probability| Generator::Nullable { generator: Box::new(generator), probability };
    for (generator, told) in [
        (correlated("x", 1.5), "between -1 and 1"),
        (correlated("y", 0.5), "no earlier column is called 'y'"),
        (correlated("row", 0.5), "must be normal"),
        (nullable(normal(), 1.1), "probability"),
        (nullable(nullable(normal(), 0.1), 0.1), "say once"),
        (Generator::Bernoulli { probability: f64::NAN }, "probability"),
        (Generator::Poisson { rate: 1e12 }, "rate"),
        (Generator::Choice { values: Choices::Floats(Vec::new()), weights: Vec::new() }, "positive"),
        (Generator::Choice { values: Choices::Floats(vec![1.0]), weights: vec![1.0, 2.0] }, "2 weights"),
    ] {
        let columns = [("row".into(), Generator::Row), ("x".into(), normal()), ("y".into(), generator)];
        let error = Dataset::generated(&columns, 1, 0).unwrap_err().to_string();
        assert!(error.contains("column 'y'") && error.contains(told), "{error}");
    }
    // A chain of correlations ends somewhere.
    let mut chain = vec![("0".to_string(), normal())];
    chain.extend((1..100).map(|at: i32| (at.to_string(), correlated(&(at - 1).to_string(), 0.5))));
    assert!(Dataset::generated(&chain, 1, 0).unwrap_err().to_string().contains("depends on 64 columns"));
}
