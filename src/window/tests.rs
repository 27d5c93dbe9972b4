//! Functions of rows over columns of every kind.

use arrcalc_datasets::{Column, DataType, TimeUnit, Values};
use arrcalc_kernels::{Bits, Level};

use super::RowFunction;
use crate::answer::{OwnedColumn, Scalar, value_at};
use crate::{Engine, Error};

fn apply(
    function: &RowFunction,
    values: Values<'_>,
    validity: Option<Bits<'_>>,
    data_type: &DataType,
) -> Vec<Scalar> {
    try_apply(function, values, validity, data_type).expect("a function of this type")
}

fn try_apply(
    function: &RowFunction,
    values: Values<'_>,
    validity: Option<Bits<'_>>,
    data_type: &DataType,
) -> Result<Vec<Scalar>, Error> {
    let column = Column { values, validity };
    let output = function.output_type(data_type).expect("a type");
    let found = Engine::new().scoped(|scope| function.apply(scope, &column, data_type))?;
    let lent = found.lend();
    Ok((0..lent.values.len()).map(|row| value_at(&lent, &output, row)).collect())
}

fn integers(values: &[Option<i128>]) -> Vec<Scalar> {
    values.iter().map(|value| value.map_or(Scalar::Null, Scalar::Integer)).collect()
}

fn floats(values: &[Option<f64>]) -> Vec<Scalar> {
    values.iter().map(|value| value.map_or(Scalar::Null, Scalar::Float64)).collect()
}

const VALID: &[u8] = &[0b1_1011];

#[test]
fn cumulative_functions_keep_nulls_and_go_on() {
    let values = Values::Int8(&[100, 100, 99, -128, 2]);
    let bits = Some(Bits::new(VALID, 0, 5));
    let apply = |function| apply(&function, values, bits, &DataType::Int8);
    assert_eq!(apply(RowFunction::CumSum), integers(&[Some(100), Some(200), None, Some(72), Some(74)]));
    assert_eq!(apply(RowFunction::CumMin), integers(&[Some(100), Some(100), None, Some(-128), Some(-128)]));
    assert_eq!(apply(RowFunction::CumMax), integers(&[Some(100), Some(100), None, Some(100), Some(100)]));
    assert_eq!(apply(RowFunction::CumCount), integers(&[Some(1), Some(2), Some(2), Some(3), Some(4)]));
    assert_eq!(
        apply(RowFunction::CumProd),
        integers(&[Some(100), Some(10_000), None, Some(-1_280_000), Some(-2_560_000)])
    );
    assert_eq!(apply(RowFunction::Lag(1)), integers(&[None, Some(100), Some(100), None, Some(-128)]));
    assert_eq!(apply(RowFunction::Lead(2)), integers(&[None, Some(-128), Some(2), None, None]));
    assert_eq!(apply(RowFunction::Diff(1)), integers(&[None, Some(0), None, None, Some(130)]));
    let floats_in = Values::Float64(&[1e16, 1.0, f64::NAN, -1e16, 0.5]);
    let sums = super::tests::apply(&RowFunction::CumSum, floats_in, bits, &DataType::Float64);
    assert_eq!(sums, floats(&[Some(1e16), Some(1e16), None, Some(1.0), Some(1.5)]));
}

#[test]
fn windows_skip_nulls_and_ask_for_enough_values() {
    let bits = Some(Bits::new(VALID, 0, 5));
    let values = Values::Float64(&[1.0, 2.0, 3.0, 5.0, 9.0]);
    let (width, min_count) = (3, 2);
    let apply = |function| apply(&function, values, bits, &DataType::Float64);
    assert_eq!(
        apply(RowFunction::MoveSum { width, min_count }),
        floats(&[None, Some(3.0), Some(3.0), Some(7.0), Some(14.0)])
    );
    assert_eq!(
        apply(RowFunction::MoveMean { width, min_count: 1 }),
        floats(&[Some(1.0), Some(1.5), Some(1.5), Some(3.5), Some(7.0)])
    );
    assert_eq!(
        apply(RowFunction::MoveVar { width, min_count: 1, ddof: 1 }),
        floats(&[None, Some(0.5), Some(0.5), Some(4.5), Some(8.0)])
    );
    assert_eq!(
        apply(RowFunction::MoveMax { width, min_count }),
        floats(&[None, Some(2.0), Some(2.0), Some(5.0), Some(9.0)])
    );
    assert_eq!(
        apply(RowFunction::MoveMedian { width, min_count: 1 }),
        floats(&[Some(1.0), Some(1.5), Some(1.5), Some(3.5), Some(7.0)])
    );
    assert_eq!(
        apply(RowFunction::MoveRank { width, min_count: 1 }),
        floats(&[Some(1.0), Some(2.0), None, Some(2.0), Some(2.0)])
    );
    assert_eq!(
        apply(RowFunction::MoveCount { width, min_count: 0 }),
        integers(&[Some(1), Some(2), Some(2), Some(2), Some(2)])
    );
    let whole = Values::Int64(&[i64::MAX, i64::MAX, 0, i64::MIN, 1]);
    let means =
        super::tests::apply(&RowFunction::MoveMean { width: 2, min_count: 1 }, whole, bits, &DataType::Int64);
    let max = i64::MAX as f64;
    assert_eq!(means, floats(&[Some(max), Some(max), Some(max), Some(-max), Some(i64::MIN as f64 / 2.0)]));
}

#[test]
fn nan_is_in_a_window_and_no_longer() {
    let values = Values::Float64(&[1.0, f64::NAN, 2.0, 3.0, f64::INFINITY, 1.0, 1.0]);
    for function in [
        RowFunction::MoveSum { width: 2, min_count: 1 },
        RowFunction::MoveMean { width: 2, min_count: 1 },
        RowFunction::MoveMax { width: 2, min_count: 1 },
        RowFunction::MoveMedian { width: 2, min_count: 1 },
    ] {
        let found = apply(&function, values, None, &DataType::Float64);
        let is_nan = |row: usize| matches!(found[row], Scalar::Float64(value) if value.is_nan());
        assert_eq!(
            [0, 1, 2, 3, 4, 5, 6].map(is_nan),
            [false, true, true, false, false, false, false],
            "{function:?}"
        );
        assert_eq!(found[4], Scalar::Float64(f64::INFINITY));
        assert!(matches!(found[6], Scalar::Float64(1.0 | 2.0)), "{function:?}");
    }
}

#[test]
fn an_overflow_is_told_with_its_row() {
    let values = Values::Int64(&[i64::MAX, -5, 5, 1]);
    let error = try_apply(&RowFunction::CumSum, values, None, &DataType::Int64).expect_err("an overflow");
    assert!(matches!(error, Error::Evaluation { row: 3, .. }), "{error}");
    let error = try_apply(&RowFunction::Diff(1), Values::Int64(&[-2, i64::MAX]), None, &DataType::Int64);
    assert!(matches!(error, Err(Error::Evaluation { row: 1, .. })));
    let error =
        try_apply(&RowFunction::CumProd, Values::UInt64(&[1 << 40, 1 << 40]), None, &DataType::UInt64);
    assert!(matches!(error, Err(Error::Evaluation { row: 1, .. })));
}

#[test]
fn times_text_and_truths_move() {
    let days = apply(&RowFunction::Diff(1), Values::Int32(&[1, 3]), None, &DataType::Date);
    assert_eq!(days, [Scalar::Null, Scalar::Duration(172_800, TimeUnit::Second)]);
    let truths = apply(&RowFunction::Lag(1), Values::Bool(Bits::new(&[0b01], 0, 2)), None, &DataType::Bool);
    assert_eq!(truths, [Scalar::Null, Scalar::Bool(true)]);
    // true, false, null, true.
    let (bits, valid) = (Bits::new(&[0b1001], 0, 4), Bits::new(&[0b1011], 0, 4));
    let truths = |function| apply(&function, Values::Bool(bits), Some(valid), &DataType::Bool);
    let (yes, no) = (Scalar::Bool(true), Scalar::Bool(false));
    let of = |least: RowFunction, greatest: RowFunction| (truths(least), truths(greatest));
    let (least, greatest) = of(RowFunction::CumMin, RowFunction::CumMax);
    assert_eq!(least, [yes.clone(), no.clone(), Scalar::Null, no.clone()]);
    assert_eq!(greatest, [yes.clone(), yes.clone(), Scalar::Null, yes.clone()]);
    let (rows, min_count) = (2, 1);
    let (least, greatest) =
        of(RowFunction::MoveMin { width: rows, min_count }, RowFunction::MoveMax { width: rows, min_count });
    assert_eq!(least, [yes.clone(), no.clone(), no.clone(), yes.clone()]);
    assert_eq!(greatest, [yes.clone(), yes.clone(), no, yes]);
    let differences = truths(RowFunction::Diff(1));
    assert_eq!(differences, [Scalar::Null, Scalar::Integer(-1), Scalar::Null, Scalar::Null]);
    let text = arrcalc_datasets::Text::Offsets64 { offsets: &[0, 1, 3], data: b"abc" };
    let moved = apply(&RowFunction::Lead(1), Values::Text(text), None, &DataType::String);
    assert_eq!(moved, [Scalar::Text("bc".into()), Scalar::Null]);
    assert!(RowFunction::CumSum.output_type(&DataType::Date).is_err());
    assert!(RowFunction::MoveMean { width: 1, min_count: 1 }.output_type(&DataType::String).is_err());
}

#[test]
fn no_setting_of_the_engine_shows() {
    let values: Vec<f64> = (0..200_000u32)
        .map(|row| f64::from(row.wrapping_mul(2_654_435_761)) * (f64::from(row % 7) - 3.0))
        .collect();
    let column = Column { values: Values::Float64(&values), validity: None };
    for function in [
        RowFunction::CumSum,
        RowFunction::MoveMean { width: 100, min_count: 100 },
        RowFunction::MoveStd { width: 30_000, min_count: 1, ddof: 1 },
        RowFunction::MoveMedian { width: 33, min_count: 1 },
        RowFunction::MoveMin { width: 50_000, min_count: 1 },
    ] {
        let mut answers: Vec<OwnedColumn> = Vec::new();
        for threads in [1, 2, 5] {
            for level in Level::available() {
                let engine = Engine::builder().threads(threads).level(level).build();
                let found = engine.scoped(|scope| function.apply(scope, &column, &DataType::Float64));
                answers.push(found.expect("an answer"));
            }
        }
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{function:?}");
    }
}
