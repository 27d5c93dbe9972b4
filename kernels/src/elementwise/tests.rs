//! Kernels against one line of Rust each, at every level and length.

use super::{
    FloatComparison, Operand, choose, compare_floats, compress, compress_in_place, copy_bits, truths2,
};
use crate::{Bits, Level};

const LENGTHS: [usize; 12] = [0, 1, 3, 4, 63, 64, 65, 128, 200, 2047, 2048, 2049];

fn patterns(rows: usize, shift: usize) -> Vec<Vec<bool>> {
    let rules: [fn(usize) -> bool; 6] = [
        |_| true,
        |_| false,
        |row| row % 3 == 1,
        |row| row % 64 != 5,
        |row| (row * 2_654_435_761) >> 7 & 3 == 0,
        |row| row / 128 % 2 == 0,
    ];
    rules.iter().map(|rule| (0..rows).map(|row| rule(row + shift)).collect()).collect()
}

fn packed(flags: &[bool], offset: usize) -> Vec<u8> {
    let mut bytes = vec![0u8; (flags.len() + offset).div_ceil(8)];
    for (at, _) in flags.iter().enumerate().filter(|(_, flag)| **flag) {
        bytes[(at + offset) / 8] |= 1 << ((at + offset) % 8);
    }
    bytes
}

#[test]
fn values_are_packed_to_the_front_for_any_length_and_pattern() {
    for rows in LENGTHS {
        let values: Vec<f64> = (0..rows).map(|row| row as f64 - 0.5).collect();
        for flags in patterns(rows, rows) {
            let expected: Vec<f64> =
                values.iter().zip(&flags).filter(|(_, flag)| **flag).map(|(value, _)| *value).collect();
            for (level, offset) in Level::available().into_iter().flat_map(|level| [(level, 0), (level, 3)]) {
                let bytes = packed(&flags, offset);
                let bits = Bits::new(&bytes, offset, rows);
                let mut out = vec![0.0; expected.len()];
                assert_eq!(compress(level, &values, bits, &mut out), expected.len());
                assert_eq!(out, expected);
                let mut roomy = vec![0.0; rows];
                assert_eq!(compress(level, &values, bits, &mut roomy), expected.len());
                assert_eq!(roomy[..expected.len()], expected);
                let mut moved = values.clone();
                assert_eq!(compress_in_place(level, &mut moved, bits), expected.len());
                assert_eq!(moved[..expected.len()], expected);
            }
        }
    }
}

#[test]
fn predicates_become_bits_and_bits_choices() {
    let cases =
        LENGTHS.into_iter().flat_map(|rows| Level::available().into_iter().map(move |level| (rows, level)));
    for (rows, level) in cases {
        let a: Vec<f64> = (0..rows).map(|row| (row * 37 % 101) as f64).collect();
        let b: Vec<f64> = (0..rows).map(|row| if row % 5 == 0 { f64::NAN } else { 50.0 }).collect();
        for (x, y) in [
            (Operand::Slice(&a[..]), Operand::Slice(&b[..])),
            (Operand::Slice(&a[..]), Operand::Scalar(50.0)),
            (Operand::Scalar(50.0), Operand::Slice(&b[..])),
        ] {
            let mut words = vec![u64::MAX; rows.div_ceil(64)];
            truths2(level, x, y, rows, &mut words, |a, b| a <= b);
            for row in 0..64 * words.len() {
                let expected = row < rows && x.get(row) <= y.get(row);
                assert_eq!(words[row / 64] >> (row % 64) & 1 == 1, expected, "row {row} of {rows}");
            }
            let mut out = vec![0.0; rows];
            choose(level, &words, x, Operand::Scalar(-1.0), &mut out);
            for (row, found) in out.iter().enumerate() {
                let expected = if x.get(row) <= y.get(row) { x.get(row) } else { -1.0 };
                assert_eq!(found.to_bits(), expected.to_bits());
            }
        }
    }
}

type Holds = fn(&f64, &f64) -> bool;

#[test]
fn floats_compare_as_the_language_says() {
    let cases =
        LENGTHS.into_iter().flat_map(|rows| Level::available().into_iter().map(move |level| (rows, level)));
    let special =
        [0.0, -0.0, f64::NAN, 1.0, -1.0, f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE, 5e-324];
    for (rows, level) in cases {
        let a: Vec<f64> = (0..rows).map(|row| special[row * 5 % 9]).collect();
        let b: Vec<f64> = (0..rows).map(|row| special[row / 9 % 9]).collect();
        for (x, y) in [
            (Operand::Slice(&a[..]), Operand::Slice(&b[..])),
            (Operand::Slice(&a[..]), Operand::Scalar(0.0)),
            (Operand::Scalar(f64::NAN), Operand::Slice(&b[..])),
            (Operand::Scalar(1.0), Operand::Scalar(1.0)),
        ] {
            let comparisons: [(FloatComparison, Holds); 4] = [
                (FloatComparison::Less, f64::lt),
                (FloatComparison::LessOrEqual, f64::le),
                (FloatComparison::Equal, f64::eq),
                (FloatComparison::NotEqual, f64::ne),
            ];
            for (comparison, holds) in comparisons {
                let mut words = vec![u64::MAX; rows.div_ceil(64)];
                compare_floats(level, comparison, x, y, rows, &mut words);
                for row in 0..64 * words.len() {
                    let expected = row < rows && holds(&x.get(row), &y.get(row));
                    assert_eq!(
                        words[row / 64] >> (row % 64) & 1 == 1,
                        expected,
                        "{comparison:?} {row} of {rows}"
                    );
                }
            }
        }
    }
}

#[test]
fn bits_are_copied_and_counted_from_any_place() {
    for rows in LENGTHS {
        for flags in patterns(rows, 1) {
            for (level, offset) in
                Level::available().into_iter().flat_map(|level| [(level, 0), (level, 8), (level, 5)])
            {
                let bytes: Vec<u8> = packed(&flags, offset).iter().chain(&[u8::MAX]).copied().collect();
                let mut out = vec![u8::MAX; rows.div_ceil(8)];
                let count = copy_bits(level, Bits::new(&bytes, offset, rows), &mut out);
                assert_eq!(count, flags.iter().filter(|flag| **flag).count());
                assert_eq!(out, packed(&flags, 0));
            }
        }
    }
}
