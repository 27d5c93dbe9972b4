//! Codes against comparisons that the language makes; every level.

use super::*;
use crate::elementwise::nearest_binary16;
use crate::{Bits, Level};
use half::f16;

fn floats() -> Vec<f64> {
    let nan = f64::from_bits(0xfff8_0000_0000_0123);
    let special =
        [0.0, -0.0, f64::NAN, nan, f64::INFINITY, f64::NEG_INFINITY, 5e-324, -5e-324, f64::MAX, 1.5];
    (0..300)
        .map(|at| if at % 3 == 0 { special[at / 3 % 10] } else { f64::from(at as u32 * 37 % 91) - 40.0 })
        .collect()
}

/// NaN last, zeros equal.
fn compare(left: f64, right: f64) -> std::cmp::Ordering {
    left.partial_cmp(&right).unwrap_or_else(|| left.is_nan().cmp(&right.is_nan()))
}

#[test]
fn ordered_codes_compare_as_values_do() {
    let values = floats();
    for &left in &values {
        for &right in &values {
            assert_eq!(left.ordered().cmp(&right.ordered()), compare(left, right), "{left} {right}");
            let (narrow_left, narrow_right) = (left as f32, right as f32);
            let expected = compare(narrow_left.into(), narrow_right.into());
            assert_eq!(narrow_left.ordered().cmp(&narrow_right.ordered()), expected);
            let (half_left, half_right) = (nearest_binary16(left), f16::from_f64(right));
            let expected = compare(half_left.into(), half_right.into());
            assert_eq!(half_left.ordered().cmp(&half_right.ordered()), expected, "{half_left} {half_right}");
            assert_eq!(half_left.is_above(half_right), half_left > half_right);
        }
    }
    for left in [i64::MIN, -3, -1, 0, 2, i64::MAX] {
        for right in [i64::MIN, -3, -1, 0, 2, i64::MAX] {
            assert_eq!(left.ordered().cmp(&right.ordered()), left.cmp(&right));
            let (left, right) = (left.clamp(-128, 127) as i8, right.clamp(-128, 127) as i8);
            assert_eq!(left.ordered().cmp(&right.ordered()), left.cmp(&right));
        }
    }
}

#[test]
fn codes_keep_the_order_in_both_directions_with_nan_last_and_nulls_zero() {
    let values = floats();
    let mask: Vec<u8> = (0..40).map(|at| 0b1101_0111u8.rotate_left(at)).collect();
    for level in Level::available() {
        for len in [0, 1, 7, 8, 9, 63, 64, 65, 130, 300] {
            for validity in [None, Some(Bits::new(&mask, 3, len))] {
                let values = &values[300 - len..];
                let span = span(level, values, validity);
                for descending in [false, true] {
                    let coder = Coder::new(span, descending);
                    let mut words = vec![1; len];
                    append_codes(level, values, validity, coder, (0, 0), &mut words);
                    let codes: Vec<u64> = words;
                    for (row, code) in codes.iter().enumerate() {
                        let is_valid = validity.is_none_or(|bits| bits.get(row));
                        let expected = if is_valid { coder.code(values[row].ordered()) } else { 0 };
                        assert_eq!(*code, 1 | expected);
                        assert!(expected <= coder.last());
                        if row > 0 && is_valid && validity.is_none_or(|bits| bits.get(row - 1)) {
                            let (left, right) = (values[row - 1], values[row]);
                            let turn = descending && !left.is_nan() && !right.is_nan();
                            let order = if turn { compare(right, left) } else { compare(left, right) };
                            let before = coder.code(left.ordered());
                            assert_eq!(before.cmp(&expected), order);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn codes_stand_beside_what_was_there_without_the_bits_that_are_cut() {
    for level in Level::available() {
        let values: Vec<i32> = (0..100).map(|at| at * 7919 % 64 - 32).collect();
        let coder = Coder::new(span(level, &values, None), false);
        assert_eq!(coder.width(), 6);
        let mut words = vec![5; 100];
        append_codes(level, &values, None, coder, (4, 2), &mut words);
        append_bits(Bits::new(&[0xaa; 13], 0, 100), None, true, &mut words);
        for (row, word) in words.iter().enumerate() {
            let code = (values[row] + 32) as u64;
            assert_eq!(*word, (5 << 4 | code >> 2) << 1 | u64::from(row % 2 == 0));
        }
    }
    let same = Coder::new(span(Level::BASELINE, &[3u8; 9], None), true);
    assert_eq!((same.width(), same.last()), (0, 0));
    let all = Coder::new(Span { lowest: 0, highest: u64::MAX, has_nan: false }, true);
    assert_eq!((all.width(), all.code(0), all.code(u64::MAX)), (64, u64::MAX, 0));
    let nans = Coder::new(span(Level::BASELINE, &[f32::NAN; 9], None), true);
    assert_eq!(nans.code(f32::NAN.ordered()), nans.last());
}

#[test]
fn what_passes_a_threshold_is_what_compares_so() {
    let values = floats();
    for level in Level::available() {
        for len in [0, 1, 127, 128, 129, 300] {
            let values = &values[300 - len..];
            for threshold in [0.0, -0.0, 7.0, f64::INFINITY, -41.0] {
                let found = |side| {
                    let mut rows = Vec::new();
                    candidates(level, values, side, threshold, &mut |row| {
                        rows.push(row);
                        None
                    });
                    rows
                };
                let expected = |test: &dyn Fn(f64) -> bool| -> Vec<usize> {
                    (0..len).filter(|&row| test(values[row])).collect()
                };
                assert_eq!(found(Side::Above), expected(&|value| value > threshold));
                assert_eq!(found(Side::AboveOrEqual), expected(&|value| value >= threshold));
                assert_eq!(found(Side::Below), expected(&|value| value < threshold));
                assert_eq!(found(Side::BelowOrEqual), expected(&|value| value <= threshold));
            }
        }
    }
}

#[test]
fn a_new_threshold_holds_from_the_next_value_on() {
    let values: Vec<i64> = (0..1000).map(|at| at * 613 % 997).collect();
    let mut seen = Vec::new();
    candidates(Level::detect(), &values, Side::Above, -1, &mut |row| {
        seen.push(row);
        Some(values[row])
    });
    let mut highest = -1;
    let expected: Vec<usize> =
        (0..1000).filter(|&row| (values[row] > highest).then(|| highest = values[row]).is_some()).collect();
    assert_eq!(seen, expected);
}
