//! Answers against exact fractions and other people's programs.

use arrcalc::aggregate::{Call, NanPolicy};
use arrcalc::answer::Scalar;
use arrcalc::datasets::{Chunk, Column, DataType, Text, Values};
use arrcalc::kernels::Bits;

use super::chosen::{BYTES, answer, call, of_floats};

struct Case {
    x: &'static [f64],
    y: &'static [f64],
    known: &'static [(&'static str, f64)],
}

struct OneColumn {
    rows: usize,
    x: &'static [f64],
    mad: f64,
    iqr: f64,
    mode: f64,
    entropy: f64,
    range: f64,
    sum_squares: f64,
    rms: f64,
    distinct: i128,
}

const RELATIONS: &[Case] = include!("relation_cases.rs");
const COLUMNS: &[OneColumn] = include!("column_cases.rs");

fn float(name: &str, columns: &[&[f64]]) -> f64 {
    match of_floats(name, columns, NanPolicy::Propagate).unwrap() {
        Scalar::Float64(value) => value,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn relations_of_two_columns_are_correctly_rounded() {
    assert!(RELATIONS.len() >= 5);
    for case in RELATIONS {
        for (name, known) in case.known {
            let found = float(name, &[case.x, case.y]);
            assert_eq!(found.to_bits(), known.to_bits(), "{name} of {}: {found:e}, {known:e}", case.x.len());
        }
    }
}

#[test]
fn statistics_of_one_column_are_correctly_rounded() {
    for case in COLUMNS {
        let formula: Vec<f64>;
        let x = if case.x.is_empty() {
            let shifted = |row: usize| if row.is_multiple_of(3) { 1000.0 } else { 0.0 };
            formula = (0..case.rows)
                .map(|row| ((row * row * 31 + 17 * row) % 4093) as f64 / 64.0 + shifted(row))
                .collect();
            &formula[..]
        } else {
            case.x
        };
        let known = [
            ("mad", case.mad),
            ("iqr", case.iqr),
            ("mode", case.mode),
            ("range", case.range),
            ("sum_squares", case.sum_squares),
            ("rms", case.rms),
        ];
        for (name, known) in known {
            assert_eq!(float(name, &[x]), known, "{name} of {} values", case.rows);
        }
        // SciPy adds in floating point.
        assert!((float("entropy", &[x]) - case.entropy).abs() < 1e-12 * case.entropy.max(1.0));
        assert_eq!(
            of_floats("distinct", &[x], NanPolicy::Propagate).unwrap(),
            Scalar::Integer(case.distinct)
        );
    }
}

#[test]
fn mad_agrees_with_sorted_deviations_for_any_shape() {
    // Integers, so that every step of the oracle is exact in floats.
    for rows in [1usize, 2, 3, 7, 1024, 1025, 3000, 9001] {
        let shapes: [fn(usize, usize) -> f64; 5] = [
            |row, rows| (row * 7919 % rows) as f64,
            |row, _| (row % 2) as f64 * 1e6,
            |_, _| 4.0,
            |row, rows| ((row * 7919 % rows) as f64).powi(2),
            |row, rows| if row % 10 == 0 { f64::INFINITY } else { (row * 31 % rows) as f64 },
        ];
        for shape in shapes {
            let x: Vec<f64> = (0..rows).map(|row| shape(row, rows)).collect();
            let median = |mut values: Vec<f64>| {
                values.sort_by(f64::total_cmp);
                (values[(values.len() - 1) / 2] + values[values.len() / 2]) / 2.0
            };
            let middle = median(x.clone());
            let known = median(x.iter().map(|value| (value - middle).abs()).collect());
            let found = float("mad", &[&x]);
            assert!(found == known || found.is_nan() && known.is_nan(), "{rows}: {found}, {known}");
        }
    }
}

#[test]
fn a_product_is_the_tree_of_its_absolute_rows() {
    fn tree(first: u64, values: &[f64], start: u64, level: u32) -> f64 {
        let size = 1u64 << level;
        if start + size <= first || start >= first + values.len() as u64 {
            return 1.0;
        }
        if level == 0 {
            return values[(start - first) as usize];
        }
        tree(first, values, start, level - 1) * tree(first, values, start + size / 2, level - 1)
    }
    let values: Vec<f64> = (0..3000).map(|row| 1.0 + f64::from(row * 37 % 101 - 50) / 1000.0).collect();
    let product = call("product", &[DataType::Float64], NanPolicy::Propagate).unwrap();
    for first_row in [0, 1, 1023, 77_777] {
        for rows in [0, 1, 2, 1000, 3000] {
            let columns = vec![Column { values: Values::Float64(&values[..rows]), validity: None }];
            let chunk = Chunk { first_row, row_count: rows, columns };
            let known = tree(first_row, &values[..rows], 0, 20);
            for part in [1, 7, 512, 5000] {
                assert_eq!(answer(&product, &chunk, part, BYTES).unwrap(), Scalar::Float64(known));
            }
        }
    }
}

#[test]
fn special_values_and_nulls_are_as_the_semantics_say() {
    let nan = f64::NAN;
    let special = |name: &str, columns: &[&[f64]]| of_floats(name, columns, NanPolicy::Propagate).unwrap();
    let ignoring = |name: &str, columns: &[&[f64]]| of_floats(name, columns, NanPolicy::Ignore).unwrap();
    let is_nan = |scalar: Scalar| matches!(scalar, Scalar::Float64(value) if value.to_bits() == 0x7ff8 << 48);
    let (x, y) = ([1.0, 2.0, nan, 4.0], [2.0, 4.0, 9.0, 8.0]);
    for name in ["corr", "cov", "slope", "intercept", "r2", "weighted_mean", "dot"] {
        assert!(is_nan(special(name, &[&x, &y])), "{name}");
    }
    assert_eq!(ignoring("corr", &[&x, &y]), Scalar::Float64(1.0));
    assert_eq!(ignoring("slope", &[&x, &y]), Scalar::Float64(0.5));
    assert_eq!(ignoring("weighted_mean", &[&x, &y]), Scalar::Float64(3.0));
    for name in ["mad", "iqr", "range", "rms", "sum_squares", "product"] {
        assert!(is_nan(special(name, &[&x])), "{name}");
        assert!(!is_nan(ignoring(name, &[&x])), "{name}");
    }
    assert_eq!(ignoring("product", &[&x]), Scalar::Float64(8.0));
    for name in ["corr", "slope", "r2"] {
        assert_eq!(special(name, &[&[1.0, 2.0], &[3.0, 3.0]]), Scalar::Null, "{name}");
    }
    assert_eq!(special("weighted_mean", &[&[1.0, 2.0], &[1.0, -1.0]]), Scalar::Null);
    assert_eq!(
        special("weighted_mean", &[&[f64::INFINITY, 0.0], &[1.0, -3.0]]),
        Scalar::Float64(f64::NEG_INFINITY)
    );
    assert!(is_nan(special("range", &[&[f64::INFINITY]])));
    assert!(is_nan(special("mode", &[&[2.0, nan, 1.0, nan]])));
    assert_eq!(ignoring("mode", &[&[2.0, nan, 1.0, nan]]), Scalar::Float64(1.0));
    assert_eq!(special("mode", &[&[2.0, 1.0, -0.0, 0.0, 1.0]]), Scalar::Float64(0.0));
    assert_eq!(special("distinct", &[&[nan, -nan, 0.0, -0.0]]), Scalar::Integer(2));
    // Empty: 0 of sums and counts, 1 of products, else null.
    for name in Call::names() {
        let known = match name {
            "sum" | "nansum" => Scalar::Float64(0.0),
            "product" | "nanprod" => Scalar::Float64(1.0),
            _ if name.starts_with("count") || name.starts_with("distinct") => Scalar::Integer(0),
            _ => Scalar::Null,
        };
        assert_eq!(special(name, &[&[], &[]]), known, "{name} of nothing");
    }
}

#[test]
fn ends_are_the_lowest_and_the_highest_row_that_is_not_null() {
    let strings = ["a", "b", "c", "d", "e"];
    let validity = Some(Bits::new(&[0b0_1110], 0, 5));
    let columns = vec![Column { values: Values::Text(Text::Slices(&strings)), validity }];
    let chunk = Chunk { first_row: 9, row_count: 5, columns };
    for (name, known) in [("first", "b"), ("last", "d"), ("min", "b"), ("max", "d"), ("mode", "b")] {
        let call = call(name, &[DataType::String], NanPolicy::Propagate).unwrap();
        for part in [1, 2, 5] {
            assert_eq!(answer(&call, &chunk, part, BYTES).unwrap(), Scalar::Text(known.into()), "{name}");
        }
    }
}
