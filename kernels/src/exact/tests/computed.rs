//! Sums of what a program computes: as if the results had been stored, at every level.

use super::data::{KINDS, dataset};
use crate::Level;
use crate::elementwise::{FloatOperation, FloatProgram, FloatSource};
use crate::exact::{PowerSums, reference};

use FloatOperation::{Add, Divide, Multiply, Subtract};
use FloatSource::{Column, Constant, Step};

/// `x * y + 2 * x - y`, and the same by hand.
fn polynomial() -> (FloatProgram, fn(f64, f64) -> f64) {
    let steps = [
        (Multiply, Column(0), Column(1)),
        (Multiply, Constant(2.0), Column(0)),
        (Add, Step(0), Step(1)),
        (Subtract, Step(2), Column(1)),
    ];
    (FloatProgram::new(&steps).expect("a program"), |x, y| x * y + 2.0 * x - y)
}

/// `(x - 0.1) / (y + x) * -0.0`, and the same by hand: specials and zeros of both signs.
fn quotient() -> (FloatProgram, fn(f64, f64) -> f64) {
    let steps = [
        (Subtract, Column(0), Constant(0.1)),
        (Add, Column(1), Column(0)),
        (Divide, Step(0), Step(1)),
        (Multiply, Step(2), Constant(-0.0)),
    ];
    (FloatProgram::new(&steps).expect("a program"), |x, y| (x - 0.1) / (y + x) * -0.0)
}

fn check(what: &str, x: &[f64], y: &[f64]) {
    for (program, by_hand) in [polynomial(), quotient()] {
        let results: Vec<f64> = x.iter().zip(y).map(|(&x, &y)| by_hand(x, y)).collect();
        let mut expected = PowerSums::<1>::new();
        reference::update_f64(&results, &mut expected.counts, &mut expected.sums);
        for level in Level::available() {
            let mut found = vec![0.0; x.len()];
            program.evaluate(level, &[x, y], 0, &mut found);
            let is_same = |(a, b): (&f64, &f64)| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan();
            assert!(found.iter().zip(&results).all(is_same), "{what}, {level}, {} rows", x.len());
            let mut state = PowerSums::<1>::new();
            state.update_computed(level, &program, &[x, y], x.len());
            assert!(state == expected, "{what}, {level}, {} rows", x.len());
            assert_eq!(state.to_bytes(), expected.to_bytes());
        }
    }
}

#[test]
fn every_kind_gives_the_state_of_the_results() {
    for (at, kind) in KINDS.into_iter().enumerate() {
        let (x, y) = (dataset(kind, 9000, at as u64), dataset(kind, 9000, at as u64 + 100));
        check(kind, &x, &y);
        check(kind, &x[1..], &dataset("normal", 8999, 3));
    }
}

#[test]
fn every_length_around_tiles_and_blocks_agrees() {
    let (x, y) = (dataset("normal", 4200, 7), dataset("prices", 4200, 8));
    for len in (0..=17).chain([63, 64, 65, 2046, 2047, 2048, 2049, 2112, 4095, 4096, 4097]) {
        check("normal", &x[..len], &y[..len]);
        check("normal, unaligned", &x[1..][..len], &y[3..][..len]);
    }
}

#[test]
fn a_part_of_the_rows_is_that_part_of_the_results() {
    let (x, y) = (dataset("normal", 500, 1), dataset("normal", 500, 2));
    let (program, by_hand) = polynomial();
    let mut found = vec![0.0; 200];
    program.evaluate(Level::detect(), &[&x, &y], 77, &mut found);
    let expected: Vec<f64> = (77..277).map(|row| by_hand(x[row], y[row])).collect();
    assert_eq!(found, expected);
}

#[test]
fn what_is_no_program_is_refused() {
    assert!(FloatProgram::new(&[]).is_none());
    assert!(FloatProgram::new(&[(Add, Column(0), Step(0))]).is_none(), "a step of its own result");
    assert!(FloatProgram::new(&[(Add, Constant(1.0), Constant(2.0))]).is_none(), "no column");
    assert!(FloatProgram::new(&[(FloatOperation::Remainder, Column(0), Column(1))]).is_none());
    assert!(FloatProgram::new(&[(Add, Column(8), Column(0))]).is_none(), "too many columns");
    let long: Vec<_> = (0..17)
        .map(|step: usize| (Add, Column(0), if step == 0 { Column(0) } else { Step(step - 1) }))
        .collect();
    assert!(FloatProgram::new(&long).is_none() && FloatProgram::new(&long[..16]).is_some());
}
