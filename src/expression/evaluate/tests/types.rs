//! Types by what meets what, nulls in logic, sets, text, dates, decimals, casts.

use arrcalc_datasets::{DataType, Text, TimeUnit, Values};
use arrcalc_kernels::Bits;
use arrcalc_kernels::elementwise::nearest_binary16;

use super::tree::{
    among, binary, bits, call, case, cast, column, constant, decimal, integer, is_null_of, like, null,
    quoted, results, truth, unary,
};
use crate::expression::BinaryOperator::*;
use crate::expression::{Expr, UnaryOperator};

/// One row of several types, and what `expression` gives for it.
fn given(expression: &Expr) -> String {
    let half = [nearest_binary16(0.1)];
    let table = [
        ("a32", DataType::Float32, Values::Float32(&[0.5]), None),
        ("i", DataType::Int32, Values::Int32(&[-7]), None),
        ("u", DataType::UInt64, Values::UInt64(&[u64::MAX]), None),
        ("d", DataType::Decimal128 { precision: 5, scale: 2 }, Values::Decimal128(&[-1250]), None),
        ("small", DataType::Int8, Values::Int8(&[5]), None),
        ("day", DataType::Date, Values::Int32(&[15_706]), None),
        ("ms", DataType::Timestamp(TimeUnit::Millisecond, None), Values::Int64(&[1_357_020_000_250]), None),
        (
            "ns",
            DataType::Timestamp(TimeUnit::Nanosecond, None),
            Values::Int64(&[1_357_020_000_250_000_001]),
            None,
        ),
        ("far", DataType::Timestamp(TimeUnit::Second, None), Values::Int64(&[i64::MAX]), None),
        // Just past the middle between 1 and its neighbour in binary16; binary32 takes it for the middle.
        ("past", DataType::Float64, Values::Float64(&[1.000_488_281_26]), None),
        ("t", DataType::String, Values::Text(Text::Slices(&["Éa%b"])), None),
        ("half", DataType::Float16, Values::Float16(&half), None),
        ("none", DataType::Int64, Values::Null(1), None),
    ];
    match results(expression, &table, None) {
        Ok((data_type, rows)) => format!("{data_type} {}", rows[0]),
        Err(fault) => fault.reason,
    }
}

#[test]
fn operations_have_the_types_and_values_that_are_written_down() {
    let c = column;
    let minus = |value: Expr| unary(UnaryOperator::Negate, value);
    let cases: Vec<(Expr, &str)> = vec![
        (binary(Multiply, c("a32"), decimal("0.1")), "float32 0.05"),
        (binary(Add, c("a32"), c("small")), "float32 5.5"),
        (binary(Add, c("a32"), c("i")), "float64 -6.5"),
        (binary(Add, c("i"), c("small")), "int64 -2"),
        (binary(Divide, c("i"), integer(2)), "float64 -3.5"),
        (binary(FloorDivide, c("i"), integer(2)), "int64 -4"),
        (binary(Remainder, c("i"), integer(2)), "int64 1"),
        (binary(Power, c("i"), integer(3)), "int64 -343"),
        (binary(Power, c("small"), integer(40)), "5 ** 40 overflows int64"),
        (binary(Subtract, c("u"), integer(1)), "uint64 18446744073709551614"),
        (binary(Add, c("u"), integer(1)), "18446744073709551615 + 1 overflows uint64"),
        (binary(Add, c("u"), c("i")), "18446744073709551615 does not fit int64"),
        // Null, whether the other one fits or not.
        (binary(Add, c("u"), c("none")), "int64 null"),
        (binary(Multiply, c("none"), c("u")), "int64 null"),
        (binary(Add, c("half"), c("small")), "float16 5.1"),
        (binary(Multiply, c("half"), decimal("0.1")), "float16 0.009995"),
        (binary(Add, c("half"), cast(c("small"), "int16")), "float32 5.0999756"),
        (binary(Add, c("half"), c("i")), "float64 -6.9000244140625"),
        (binary(Add, c("half"), c("a32")), "float32 0.5999756"),
        (binary(Equal, c("half"), decimal("0.1")), "bool true"),
        (minus(c("half")), "float16 -0.1"),
        (call("exp", vec![c("half")]), "float16 1.105"),
        (binary(Power, c("half"), integer(2)), "float16 0.009995"),
        (call("round", vec![c("half"), integer(1)]), "float16 0.1"),
        (binary(Greater, c("u"), c("i")), "bool true"),
        (binary(Equal, c("u"), minus(integer(1))), "bool false"),
        (binary(Greater, c("u"), integer(9_223_372_036_854_775_807)), "bool true"),
        (binary(Less, c("i"), integer(18_446_744_073_709_551_616)), "bool true"),
        (binary(Add, c("d"), c("small")), "decimal128(38, 2) -7.50"),
        (binary(Multiply, c("d"), decimal("1.1")), "decimal128(38, 3) -13.750"),
        (binary(Divide, c("d"), integer(4)), "float64 -3.125"),
        (binary(FloorDivide, c("d"), integer(5)), "decimal128(38, 0) -3"),
        (binary(Remainder, c("d"), integer(5)), "decimal128(38, 2) 2.50"),
        (binary(Equal, c("d"), minus(decimal("12.5"))), "bool true"),
        (binary(Greater, c("d"), c("a32")), "bool false"),
        (call("round", vec![c("d"), integer(1)]), "decimal128(38, 1) -12.5"),
        (call("round", vec![c("d")]), "decimal128(38, 0) -12"),
        (call("floor", vec![c("d")]), "decimal128(38, 0) -13"),
        (call("ceil", vec![c("d")]), "decimal128(38, 0) -12"),
        (call("trunc", vec![c("d")]), "decimal128(38, 0) -12"),
        (call("sign", vec![c("d")]), "int64 -1"),
        (call("abs", vec![c("i")]), "int64 7"),
        (minus(c("u")), "18446744073709551615 does not fit int64"),
        (cast(c("d"), "int64"), "int64 -12"),
        (cast(c("d"), "float64"), "float64 -12.5"),
        (cast(c("d"), "decimal128(3, 2)"), "-12.50 does not fit decimal128(3, 2)"),
        (cast(c("u"), "int8"), "18446744073709551615 does not fit int8"),
        (cast(c("i"), "uint8"), "-7 does not fit uint8"),
        (cast(c("i"), "int8"), "int8 -7"),
        (cast(c("i"), "string"), "string -7"),
        (cast(c("i"), "bool"), "bool true"),
        (cast(c("small"), "float16"), "float16 5.0"),
        (cast(c("past"), "float16"), "float16 1.001"),
        (cast(minus(c("past")), "float16"), "float16 -1.001"),
        (cast(cast(c("past"), "float32"), "float16"), "float16 1.0"),
        (cast(cast(quoted("1.00048828125"), "decimal128(38, 28)"), "float16"), "float16 1.0"),
        (
            cast(cast(quoted("1.0004882812500000000000000001"), "decimal128(38, 28)"), "float16"),
            "float16 1.001",
        ),
        (cast(cast(quoted("-1.00146484374999"), "decimal128(20, 14)"), "float16"), "float16 -1.001"),
        (cast(cast(quoted("-1.00146484375"), "decimal128(20, 14)"), "float16"), "float16 -1.002"),
        (cast(c("u"), "float16"), "float16 Infinity"),
        (cast(c("t"), "int64"), "'Éa%b' does not read as int64"),
        (cast(quoted("2013-01-01"), "date"), "date 2013-01-01"),
        (cast(minus(decimal("2.9")), "int64"), "int64 -2"),
        (cast(decimal("1e19"), "int64"), "1e19 does not fit int64"),
        (cast(decimal("0.1"), "decimal128(20, 18)"), "decimal128(20, 18) 0.100000000000000000"),
        (binary(Less, c("day"), quoted("2013-01-02")), "bool true"),
        (binary(Equal, c("day"), quoted("2013-01-01")), "bool true"),
        (binary(Less, c("day"), c("ms")), "bool true"),
        (binary(Less, c("ms"), c("ns")), "bool true"),
        (binary(Less, c("ns"), c("far")), "bool true"),
        (binary(Subtract, c("ms"), c("day")), "duration[ms] PT6H0.250S"),
        (binary(Subtract, c("ns"), c("ms")), "duration[ns] PT0.000000001S"),
        (binary(Subtract, c("day"), quoted("2012-12-31")), "duration[s] P1D"),
        (binary(Add, c("ms"), quoted("PT1H")), "timestamp[ms] 2013-01-01T07:00:00.250"),
        (binary(Multiply, binary(Subtract, c("ms"), c("day")), integer(2)), "duration[ms] PT12H0.500S"),
        (binary(Divide, binary(Subtract, c("ms"), c("day")), decimal("0.5")), "duration[ms] PT12H0.500S"),
        (call("date_trunc", vec![quoted("month"), c("ms")]), "timestamp[ms] 2013-01-01T00:00:00"),
        (call("date_trunc", vec![quoted("hour"), c("ms")]), "timestamp[ms] 2013-01-01T06:00:00"),
        (call("date_trunc", vec![quoted("week"), c("day")]), "date 2012-12-31"),
        (call("date", vec![c("ms")]), "date 2013-01-01"),
        (call("timestamp", vec![c("day")]), "timestamp[s] 2013-01-01T00:00:00"),
        (call("weekday", vec![c("day")]), "int64 1"),
        (call("length", vec![c("t")]), "int64 4"),
        (call("lower", vec![c("t")]), "string éa%b"),
        (call("upper", vec![c("t")]), "string ÉA%B"),
        (call("starts_with", vec![c("t"), quoted("É")]), "bool true"),
        (call("ends_with", vec![c("t"), quoted("%")]), "bool false"),
        (call("contains", vec![c("t"), quoted("a%")]), "bool true"),
        (call("concat", vec![c("t"), quoted("-"), c("i")]), "string Éa%b--7"),
        (like(c("t"), "_a\\%%"), "bool true"),
        (call("coalesce", vec![null(), c("small"), integer(9)]), "int64 5"),
        (call("nullif", vec![c("small"), integer(5)]), "int8 null"),
        (call("least", vec![c("small"), null(), c("i")]), "int64 -7"),
        (call("greatest", vec![c("a32"), decimal("nan")]), "float32 NaN"),
        (call("clip", vec![c("i"), minus(integer(3)), integer(3)]), "int64 -3"),
        (call("clip", vec![c("i"), null(), integer(3)]), "int64 -7"),
        (call("sqrt", vec![integer(2)]), "float64 1.4142135623730951"),
        (call("isfinite", vec![c("a32")]), "bool true"),
        (case(vec![(truth(false), integer(1))], Some(decimal("2.5"))), "float64 2.5"),
        (among(c("i"), vec![integer(3), minus(integer(7))], false), "bool true"),
        (among(c("i"), vec![integer(3), null()], false), "bool null"),
        (among(c("i"), vec![integer(3), null()], true), "bool null"),
        (among(c("small"), vec![decimal("5.0"), integer(300)], false), "bool true"),
        (among(c("u"), vec![minus(integer(1)), integer(18_446_744_073_709_551_615)], false), "bool true"),
        (among(c("day"), vec![quoted("2013-01-01")], false), "bool true"),
        (among(c("t"), vec![quoted("x"), quoted("Éa%b")], true), "bool false"),
        (binary(Add, c("i"), null()), "int64 null"),
        (is_null_of(binary(Add, c("i"), null())), "bool true"),
    ];
    let wrong: Vec<String> = cases
        .iter()
        .map(|(expression, expected)| (given(expression), *expected))
        .filter(|(found, expected)| found != expected)
        .map(|(found, expected)| format!("found {found}, expected {expected}"))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn logic_is_three_valued() {
    // Kleene's tables over every pair of true, false and null.
    let states = [Some(true), Some(false), None];
    let a: Vec<Option<bool>> = (0..9).map(|row| states[row / 3]).collect();
    let b: Vec<Option<bool>> = (0..9).map(|row| states[row % 3]).collect();
    // What stands in a null's place must not show.
    for noise in [false, true] {
        let packed =
            |of: &[Option<bool>]| bits(&of.iter().map(|truth| truth.unwrap_or(noise)).collect::<Vec<_>>());
        let valid = |of: &[Option<bool>]| of.iter().map(Option::is_some).collect::<Vec<_>>();
        let (a_bits, b_bits, a_valid, b_valid) = (packed(&a), packed(&b), valid(&a), valid(&b));
        let table = [
            ("a", DataType::Bool, Values::Bool(Bits::new(&a_bits, 0, 9)), Some(&a_valid[..])),
            ("b", DataType::Bool, Values::Bool(Bits::new(&b_bits, 0, 9)), Some(&b_valid[..])),
        ];
        let shown = |found: Option<bool>| found.map_or("null".into(), |truth| truth.to_string());
        let and: Vec<String> = a
            .iter()
            .zip(&b)
            .map(|pair| match pair {
                (Some(false), _) | (_, Some(false)) => shown(Some(false)),
                (Some(true), Some(true)) => shown(Some(true)),
                _ => shown(None),
            })
            .collect();
        let or: Vec<String> = a
            .iter()
            .zip(&b)
            .map(|pair| match pair {
                (Some(true), _) | (_, Some(true)) => shown(Some(true)),
                (Some(false), Some(false)) => shown(Some(false)),
                _ => shown(None),
            })
            .collect();
        assert_eq!(results(&binary(And, column("a"), column("b")), &table, None).unwrap().1, and);
        assert_eq!(results(&binary(Or, column("a"), column("b")), &table, None).unwrap().1, or);
        let not = results(&unary(UnaryOperator::Not, column("a")), &table, None).unwrap().1;
        let expected: Vec<String> = a.iter().map(|truth| shown(truth.map(|truth| !truth))).collect();
        assert_eq!(not, expected);
    }
}

#[test]
fn dictionaries_compare_as_their_values() {
    let values = ["AA", "UA", "9E"];
    let codes: Vec<u32> = (0..1500).map(|row| row * 7 % 3).collect();
    let slices: Vec<&str> = codes.iter().map(|code| values[*code as usize]).collect();
    let valid: Vec<bool> = (0..1500).map(|row| row % 11 != 0).collect();
    let expressions = [
        binary(Equal, column("t"), quoted("UA")),
        binary(Less, quoted("9Z"), column("t")),
        like(column("t"), "%A"),
        among(column("t"), vec![quoted("9E"), quoted("none")], false),
        call("lower", vec![column("t")]),
        call("coalesce", vec![column("t"), quoted("none")]),
    ];
    for expression in expressions {
        let coded = Values::Text(Text::Codes { codes: &codes, values: &values });
        let plain = Values::Text(Text::Slices(&slices));
        let found = results(&expression, &[("t", DataType::String, coded, Some(&valid[..]))], None).unwrap();
        let expected =
            results(&expression, &[("t", DataType::String, plain, Some(&valid[..]))], None).unwrap();
        assert_eq!(found, expected);
    }
}

#[test]
fn a_column_of_nulls_is_one_in_every_type() {
    for data_type in [DataType::Int64, DataType::Float32, DataType::String, DataType::Bool, DataType::Date] {
        let table = [("x", data_type.clone(), Values::Null(3), None)];
        let expression = call("coalesce", vec![column("x"), column("x")]);
        assert_eq!(results(&expression, &table, None).unwrap(), (data_type, vec!["null".to_owned(); 3]));
    }
    assert_eq!(constant(&binary(Equal, null(), null())), "null");
}
