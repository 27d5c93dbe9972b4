//! Answers that Python and NumPy gave.

use arrcalc_datasets::{DataType, TimeUnit, Values};

use super::tree::{binary, call, column, integer, results};
use crate::expression::BinaryOperator::*;

include!("python_cases.rs");

#[test]
fn integers_compute_as_pythons() {
    for &(a, symbol, b, expected) in INTEGERS {
        let operator = match symbol {
            "+" => Add,
            "-" => Subtract,
            "*" => Multiply,
            "//" => FloorDivide,
            _ => Remainder,
        };
        let (a, b) = ([a], [b]);
        let table = [
            ("a", DataType::Int64, Values::Int64(&a), None),
            ("b", DataType::Int64, Values::Int64(&b), None),
        ];
        let found = match results(&binary(operator, column("a"), column("b")), &table, None) {
            Ok((_, rows)) => rows[0].clone(),
            Err(fault) => {
                assert_eq!(fault.reason, format!("{} {symbol} {} overflows int64", a[0], b[0]));
                "overflow".into()
            }
        };
        assert_eq!(found, expected, "{a:?} {symbol} {b:?}");
    }
}

fn shown(bits: u64) -> String {
    let mut out = String::new();
    arrcalc_datasets::text::push_float64(&mut out, f64::from_bits(bits));
    out
}

#[test]
fn floats_are_floored_as_numpys() {
    let a: Vec<f64> = FLOORED.iter().map(|case| f64::from_bits(case.0)).collect();
    let b: Vec<f64> = FLOORED.iter().map(|case| f64::from_bits(case.1)).collect();
    let table = [
        ("a", DataType::Float64, Values::Float64(&a), None),
        ("b", DataType::Float64, Values::Float64(&b), None),
    ];
    let quotients = results(&binary(FloorDivide, column("a"), column("b")), &table, None).unwrap().1;
    let remainders = results(&binary(Remainder, column("a"), column("b")), &table, None).unwrap().1;
    for (row, case) in FLOORED.iter().enumerate() {
        assert_eq!(quotients[row], shown(case.2), "{} // {}", a[row], b[row]);
        assert_eq!(remainders[row], shown(case.3), "{} % {}", a[row], b[row]);
    }
}

#[test]
fn digits_are_rounded_as_pythons() {
    for &(bits, digits, expected) in ROUNDED {
        let x = [f64::from_bits(bits)];
        let table = [("x", DataType::Float64, Values::Float64(&x), None)];
        let expression = call("round", vec![column("x"), integer(digits.into())]);
        assert_eq!(
            results(&expression, &table, None).unwrap().1[0],
            shown(expected),
            "round({x:?}, {digits})"
        );
    }
}

#[test]
fn parts_of_timestamps_are_those_of_pythons_datetime() {
    let ticks: Vec<i64> = CALENDAR.iter().map(|case| case.0).collect();
    let stamp = DataType::Timestamp(TimeUnit::Microsecond, None);
    let table = [("t", stamp, Values::Int64(&ticks), None)];
    let names = ["year", "quarter", "month", "week", "day", "weekday", "hour", "minute", "second"];
    for (index, name) in names.into_iter().enumerate() {
        let found = results(&call(name, vec![column("t")]), &table, None).unwrap().1;
        let expected: Vec<String> = CALENDAR.iter().map(|case| case.1[index].to_string()).collect();
        assert_eq!(found, expected, "{name}");
    }
}
