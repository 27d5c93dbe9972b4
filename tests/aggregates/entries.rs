//! Every entry: the law, its types, its errors, its row in the README.

use arrcalc::Error;
use arrcalc::aggregate::{Call, Class, NanPolicy, Parameter};
use arrcalc::answer::Scalar;
use arrcalc::datasets::{Chunk, Column, DataType, Text, TimeUnit, Values};
use arrcalc::kernels::Bits;
use arrcalc::kernels::elementwise::nearest_binary16;
use half::f16;

use super::chosen::{BYTES, answer, call, check_passes};

const FLOATS: [f64; 14] = [
    1.5,
    -0.0,
    0.0,
    f64::INFINITY,
    1e300,
    3.0,
    -7.25,
    f64::NAN,
    5e-324,
    -1e300,
    3.0,
    f64::from_bits(0xfff8_0000_dead_beef),
    0.1,
    -2.0,
];

/// Columns of every type of 14 rows, the values in the first, their reverse in the second.
fn with_every_type(mut body: impl FnMut(&DataType, &Chunk<'_>)) {
    let rows = FLOATS.len();
    let backwards = |values: &[f64]| values.iter().rev().copied().collect::<Vec<f64>>();
    let ordinary: Vec<f64> = (0..rows).map(|row| ((row * 5) % rows) as f64 - 6.0).collect();
    let integers: Vec<i64> = ordinary.iter().map(|&value| value as i64).collect();
    let unsigned: Vec<u64> = integers.iter().map(|&value| value as u64 ^ 1 << 63).collect();
    let narrow: Vec<f32> = FLOATS.iter().map(|&value| value as f32).collect();
    let halves: Vec<f16> = FLOATS.iter().map(|&value| nearest_binary16(value)).collect();
    let days: Vec<i32> = integers.iter().map(|&value| value as i32).collect();
    let bytes: Vec<u8> = integers.iter().map(|&value| value as u8).collect();
    let decimals: Vec<i128> = integers.iter().map(|&value| i128::from(value) * 1_000_000_007).collect();
    let strings: Vec<String> = integers.iter().map(|value| format!("s{}", value.abs())).collect();
    let strings: Vec<&str> = strings.iter().map(String::as_str).collect();
    let mask = [0b1011_0111u8, 0b0010_1101];
    let bits = Bits::new(&[0b0110_1001, 0b0001_1010], 0, rows);
    let (zeros, fives) = (backwards(&FLOATS), backwards(&ordinary));
    let columns: Vec<(DataType, Values<'_>, Values<'_>)> = vec![
        (DataType::Float64, Values::Float64(&FLOATS), Values::Float64(&zeros)),
        (DataType::Float64, Values::Float64(&ordinary), Values::Float64(&fives)),
        (DataType::Float32, Values::Float32(&narrow), Values::Float32(&narrow)),
        (DataType::Float16, Values::Float16(&halves), Values::Float16(&halves)),
        (DataType::Int64, Values::Int64(&integers), Values::Int64(&integers)),
        (DataType::UInt64, Values::UInt64(&unsigned), Values::UInt64(&unsigned)),
        (DataType::UInt8, Values::UInt8(&bytes), Values::UInt8(&bytes)),
        (DataType::Bool, Values::Bool(bits), Values::Bool(bits)),
        (DataType::Date, Values::Int32(&days), Values::Int32(&days)),
        (DataType::Duration(TimeUnit::Second), Values::Int64(&integers), Values::Int64(&integers)),
        (DataType::Timestamp(TimeUnit::Second, None), Values::Int64(&integers), Values::Int64(&integers)),
        (
            DataType::Decimal128 { precision: 20, scale: 3 },
            Values::Decimal128(&decimals),
            Values::Decimal128(&decimals),
        ),
        (DataType::String, Values::Text(Text::Slices(&strings)), Values::Text(Text::Slices(&strings))),
        (DataType::Null, Values::Null(rows), Values::Null(rows)),
    ];
    for (data_type, first, second) in columns {
        for validity in [None, Some(Bits::new(&mask, 0, rows)), Some(Bits::new(&[0, 0], 0, rows))] {
            let columns = vec![Column { values: first, validity }, Column { values: second, validity: None }];
            body(&data_type, &Chunk { first_row: 1000, row_count: rows, columns });
        }
    }
}

#[test]
fn every_entry_obeys_the_law_on_every_type_and_says_the_type_of_its_answer() {
    let mut checked = std::collections::BTreeMap::<&str, usize>::new();
    with_every_type(|data_type, chunk| {
        for name in Call::names() {
            for nan in [NanPolicy::Propagate, NanPolicy::Ignore] {
                let Ok(call) = call(name, &[data_type.clone(), data_type.clone()], nan) else { continue };
                let label = format!("{name}({data_type})");
                check_passes(&label, &call, chunk);
                *checked.entry(name).or_default() += 1;
                if let Ok(scalar) = answer(&call, chunk, 3, BYTES) {
                    assert!(is_of(&scalar, call.result_type()), "{label}: {scalar:?} {}", call.result_type());
                }
            }
        }
    });
    for name in Call::names() {
        assert!(checked.get(name).is_some_and(|&count| count >= 12), "{name}: {:?}", checked.get(name));
    }
}

/// Whether `scalar` is a value of `data_type`, or null.
fn is_of(scalar: &Scalar, data_type: &DataType) -> bool {
    use DataType::*;
    match scalar {
        Scalar::Null => true,
        Scalar::Bool(_) => *data_type == Bool,
        Scalar::Integer(_) => {
            matches!(data_type, Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32 | UInt64 | Null)
        }
        Scalar::Float64(_) => *data_type == Float64,
        Scalar::Float32(_) => matches!(data_type, Float16 | Float32),
        Scalar::Decimal { scale, .. } => matches!(data_type, Decimal128 { scale: own, .. } if own == scale),
        Scalar::Date(_) => *data_type == Date,
        Scalar::Time(_, unit) => *data_type == Time(*unit),
        Scalar::Timestamp(_, unit, zone) => *data_type == Timestamp(*unit, zone.clone()),
        Scalar::Duration(_, unit) => *data_type == Duration(*unit),
        Scalar::Text(_) => *data_type == String,
        _ => false,
    }
}

#[test]
fn the_readme_lists_every_entry_with_its_class() {
    let table = std::fs::read_to_string("src/aggregate/README.md").unwrap();
    let rows: Vec<Vec<&str>> = table
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains(".rs"))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    for name in Call::names().filter(|name| !name.starts_with("nan")) {
        let row = rows.iter().find(|row| row[1].split(", ").any(|listed| listed == name));
        let row = row.unwrap_or_else(|| panic!("{name} is not in src/aggregate/README.md"));
        let types = [DataType::Float64, DataType::Float64];
        let class = call(name, &types, NanPolicy::Propagate).unwrap().class();
        assert!(row[3].starts_with(class.name()), "{name}: {} in the README, {class:?} in the code", row[3]);
    }
    let twins = table.lines().find(|line| line.starts_with("NumPy's twins")).unwrap();
    for name in Call::names().filter(|name| name.starts_with("nan")) {
        assert!(twins.contains(name), "{name} is not among the twins in the README");
    }
}

#[test]
fn names_are_found_in_any_case_and_wrong_requests_are_told_what_there_is() {
    let new = |name: &str, types: &[DataType], parameters: &[Parameter]| {
        Call::new(name, types, parameters, NanPolicy::Propagate)
    };
    let refused = |result: Result<Call, Error>, part: &str| {
        let error = result.unwrap_err();
        assert_eq!(error.exit_code(), 2, "{error}");
        assert!(error.to_string().contains(part), "{error} lacks {part}");
    };
    let x = [DataType::Float64];
    assert_eq!(new("AVG", &x, &[]).unwrap().name(), "mean");
    assert!(Call::is_aggregate("stddev") && !Call::is_aggregate("sqrt"));
    assert!(Call::is_bare("mean") && !Call::is_bare("quantile") && !Call::is_bare("corr"));
    assert_eq!(new("count", &[], &[]).unwrap().class(), Class::Exact);
    refused(new("average", &x, &[]), "there are count, sum, mean");
    refused(new("corr", &x, &[]), "corr takes 2 columns, not 1");
    refused(new("quantile", &x, &[]), "1 to 2 constants");
    refused(new("quantile", &x, &[Parameter::Decimal("1.5".into())]), "from 0 to 1");
    refused(new("quantile", &x, &[Parameter::Text("a".into())]), "from 0 to 1");
    let q = Parameter::Decimal("0.5".into());
    refused(
        new("quantile", &x, &[q.clone(), Parameter::Text("nearst".into())]),
        "no quantile method 'nearst'",
    );
    refused(new("quantile", &x, &[q.clone(), q]), "not the name of a method");
    refused(new("median", &[DataType::String], &[]), "string");
    refused(new("corr", &[DataType::String, DataType::Int8], &[]), "no corr of values");
    refused(new("sum", &[DataType::Date], &[]), "no sum");
    assert!(new("sum", &[DataType::Float32], &[]).unwrap().result_type() == &DataType::Float32);
    assert!(new("product", &[DataType::Float32], &[]).unwrap().is_positioned());
    assert!(!new("product", &[DataType::Int32], &[]).unwrap().is_positioned());
}

#[test]
fn integers_that_do_not_fit_are_errors_that_show_them() {
    let of_integers = |name: &str, values: &[i64]| {
        let call = call(name, &[DataType::Int64, DataType::Int64], NanPolicy::Propagate).unwrap();
        let columns = vec![Column { values: Values::Int64(values), validity: None }; 2];
        answer(&call, &Chunk { first_row: 0, row_count: values.len(), columns }, 2, BYTES)
    };
    let overflows = |name: &str, values: &[i64], shown: &str| {
        let error = of_integers(name, values).unwrap_err();
        assert_eq!(error.exit_code(), 4, "{error}");
        assert!(error.to_string().contains(shown), "{error}");
    };
    assert_eq!(of_integers("sum", &[i64::MAX, 1, -1]).unwrap(), Scalar::Integer(i64::MAX.into()));
    overflows("sum", &[i64::MAX, 1], "9223372036854775808");
    overflows("sum_squares", &[i64::MIN], "85070591730234615865843651857942052864");
    overflows("dot", &[i64::MIN, i64::MIN], "170141183460469231731687303715884105728");
    overflows("range", &[i64::MIN, i64::MAX], "18446744073709551615");
    assert_eq!(of_integers("product", &[i64::MIN, 1, 1]).unwrap(), Scalar::Integer(i64::MIN.into()));
    overflows("product", &[i64::MIN, -1], "9223372036854775808");
    overflows("product", &[i64::MIN, 5, 7], "2^64");
    assert_eq!(of_integers("product", &[i64::MIN, 5, 7, 0]).unwrap(), Scalar::Integer(0));
}

#[test]
fn too_many_distinct_values_are_an_error_and_never_an_estimate() {
    let values: Vec<i64> = (0..200_000).map(|row| row * 7919 % 100_000).collect();
    let columns = vec![Column { values: Values::Int64(&values), validity: None }];
    let chunk = Chunk { first_row: 0, row_count: values.len(), columns };
    let call = call("distinct", &[DataType::Int64], NanPolicy::Propagate).unwrap();
    for part in [200_000, 30_001] {
        assert_eq!(answer(&call, &chunk, part, 8 << 20).unwrap(), Scalar::Integer(100_000));
        assert_eq!(answer(&call, &chunk, part, 1 << 20).unwrap_err().exit_code(), 5);
    }
}
