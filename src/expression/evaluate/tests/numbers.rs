//! Arithmetic and comparisons, every type and length.

use arrcalc_datasets::{DataType, Values};

use super::tree::{binary, column, constant, integer, results};
use crate::expression::BinaryOperator::{self, *};

/// An operator and what it is in Rust.
type Pair<R> = (BinaryOperator, fn(f64, f64) -> R);

/// Lengths around words, strides and blocks.
const LENGTHS: [usize; 12] = [0, 1, 2, 63, 64, 65, 511, 512, 513, 2047, 2048, 2049];

fn shown(value: Option<f64>) -> String {
    let mut out = String::new();
    match value {
        Some(value) => arrcalc_datasets::text::push_float64(&mut out, value),
        None => out.push_str("null"),
    }
    out
}

#[test]
fn floats_compute_as_ieee_says_with_nulls_at_every_length() {
    let special = [0.0, -0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1.5, -7.25, 5e-324, f64::MAX];
    for rows in LENGTHS {
        let x: Vec<f64> = (0..rows).map(|row| special[row % 9]).collect();
        let y: Vec<f64> = (0..rows).map(|row| special[row / 9 % 9]).collect();
        let valid: Vec<bool> = (0..rows).map(|row| row % 7 != 3).collect();
        let table = [
            ("x", DataType::Float64, Values::Float64(&x), Some(&valid[..])),
            ("y", DataType::Float64, Values::Float64(&y), None),
        ];
        let operations: [Pair<f64>; 4] =
            [(Add, |x, y| x + y), (Subtract, |x, y| x - y), (Multiply, |x, y| x * y), (Divide, |x, y| x / y)];
        for (operator, expected) in operations {
            let (data_type, found) =
                results(&binary(operator, column("x"), column("y")), &table, None).unwrap();
            assert_eq!(data_type, DataType::Float64);
            let expected: Vec<String> =
                (0..rows).map(|row| shown(valid[row].then(|| expected(x[row], y[row])))).collect();
            assert_eq!(found, expected);
        }
        let comparisons: [Pair<bool>; 6] = [
            (Equal, |x, y| x == y),
            (NotEqual, |x, y| x != y),
            (Less, |x, y| x < y),
            (LessOrEqual, |x, y| x <= y),
            (Greater, |x, y| x > y),
            (GreaterOrEqual, |x, y| x >= y),
        ];
        for (operator, expected) in comparisons {
            let (_, found) = results(&binary(operator, column("x"), column("y")), &table, None).unwrap();
            let expected: Vec<String> = (0..rows)
                .map(|row| if valid[row] { expected(x[row], y[row]).to_string() } else { "null".into() })
                .collect();
            assert_eq!(found, expected);
        }
    }
}

#[test]
fn integer_literals_fold() {
    assert_eq!(constant(&binary(Add, integer(2), integer(3))), "5");
    assert_eq!(constant(&binary(Divide, integer(1), integer(4))), "0.25");
    assert_eq!(constant(&binary(FloorDivide, integer(1), integer(0))), "null");
}
