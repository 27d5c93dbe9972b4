//! The naive twins, and the laws checked against them.

use super::*;
use crate::level::Level;
use crate::order_key::OrderKey;

/// One element at a time, by the definitions.
pub(super) fn extrema<T: OrderKey>(values: &[T], rows: &[u64]) -> Extrema<T> {
    let mut state = Extrema::new();
    let numbers: Vec<(T, u64)> =
        values.iter().copied().zip(rows.iter().copied()).filter(|(value, _)| !value.is_nan()).collect();
    let count = |test: &dyn Fn(T) -> bool| values.iter().filter(|&&value| test(value)).count() as u64;
    state.census.count = values.len() as u64;
    state.census.nan = count(&|value| value.is_nan());
    state.census.zero = count(&|value| value == T::ZERO);
    if T::IS_FLOAT {
        state.census.positive_infinity = count(&|value| value == T::HIGHEST);
        state.census.negative_infinity = count(&|value| value == T::LOWEST);
        state.census.negative_zero = count(&|value| value.is_negative_zero());
    }
    let nans = values.iter().zip(rows).filter(|(value, _)| value.is_nan()).map(|(_, &row)| row);
    state.nan_row = nans.min().unwrap_or(NO_ROW);
    let row_of =
        |extremum: T| numbers.iter().filter(|(value, _)| *value == extremum).map(|&(_, row)| row).min();
    if let Some(&(min, _)) = numbers.iter().min_by_key(|(value, _)| value.key()) {
        (state.min, state.min_row) = (min, row_of(min).unwrap_or(NO_ROW));
    }
    if let Some(&(max, _)) = numbers.iter().max_by_key(|(value, _)| value.key()) {
        (state.max, state.max_row) = (max, row_of(max).unwrap_or(NO_ROW));
    }
    state
}

fn same<T: OrderKey>(left: &Extrema<T>, right: &Extrema<T>) -> bool {
    left.census == right.census
        && left.min.key() == right.min.key()
        && left.max.key() == right.max.key()
        && (left.min_row, left.max_row, left.nan_row) == (right.min_row, right.max_row, right.nan_row)
}

fn words(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state ^ (state >> 29)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }
}

/// Every float family that has a rule of its own, mixed by `kind`.
fn floats(kind: u64, length: usize, seed: u64) -> Vec<f64> {
    let specials = [
        f64::NAN,
        -f64::NAN,
        f64::from_bits(0x7ff0_0000_0000_0001),
        f64::INFINITY,
        f64::NEG_INFINITY,
        0.0,
        -0.0,
        5e-324,
        -5e-324,
        1.0,
        -1.0,
    ];
    let mut next = words(seed);
    (0..length)
        .map(|index| match kind {
            0 => f64::from_bits(next()),
            1 => specials[(next() >> 33) as usize % specials.len()],
            2 => [0.0, -0.0][(next() >> 40) as usize & 1],
            3 => f64::from_bits(0xfff8_0000_0000_0000 | index as u64),
            4 => -(index as f64),
            5 => [0.0, -0.0, 3.0, f64::NAN][(next() >> 40) as usize & 3],
            6 => -0.0,
            _ => ((next() >> 40) % 5) as f64 - 7.0,
        })
        .collect()
}

fn check<T: OrderKey>(values: &[T]) {
    let rows: Vec<u64> = (0..values.len() as u64).map(|row| row + 1000).collect();
    let expected = extrema(values, &rows);
    for level in Level::available() {
        let mut whole = Extrema::new();
        whole.update(level, values, 1000);
        assert!(same(&whole, &expected), "{level} {whole:?} {expected:?}");
        // Cut anywhere, in any order, merged from either side.
        for cut in [0, values.len() / 3, values.len() / 2, values.len().saturating_sub(1), values.len()] {
            let (mut left, mut right) = (Extrema::new(), Extrema::new());
            left.update(level, &values[..cut], 1000);
            right.update(level, &values[cut..], 1000 + cut as u64);
            let mut backwards = Extrema::new();
            backwards.update(level, &values[cut..], 1000 + cut as u64);
            backwards.update(level, &values[..cut], 1000);
            let (mut ab, mut ba) = (left, right);
            ab.merge(&right);
            ba.merge(&left);
            for state in [ab, ba, backwards] {
                assert!(same(&state, &expected), "{level} cut {cut} {state:?} {expected:?}");
            }
        }
        let sparse: Vec<u64> = rows.iter().map(|row| row * 3 + 1).collect();
        let mut state = Extrema::new();
        state.update_at(level, values, |position| sparse[position]);
        assert!(same(&state, &extrema(values, &sparse)));
        let nonzero = values.iter().filter(|&&value| value != T::ZERO).count();
        assert_eq!(count_nonzero(level, values), nonzero as u64);
        assert_eq!(any(level, values), nonzero > 0);
        assert_eq!(all(level, values), nonzero == values.len());
    }
}

#[test]
fn extrema_of_floats_equal_the_reference_at_every_level_length_and_cut() {
    for kind in 0..8 {
        for length in (0..70).chain([2047, 2048, 2049, 4096, 5000]) {
            let values = floats(kind, length + 1, kind * 1000 + length as u64);
            check(&values[1..]);
        }
    }
}

#[test]
fn extrema_of_integers_equal_the_reference_at_every_level_length_and_cut() {
    for length in (0..70).chain([2047, 2048, 2049, 5000]) {
        let mut next = words(length as u64);
        let wide: Vec<i64> = (0..length).map(|_| next() as i64).collect();
        let narrow: Vec<i64> = (0..length).map(|_| (next() >> 61) as i64 - 4).collect();
        let unsigned: Vec<u64> = (0..length).map(|_| next() >> (next() & 63)).collect();
        check(&wide);
        check(&narrow);
        check(&unsigned);
        check(&vec![i64::MIN; length]);
        check(&vec![u64::MAX; length]);
    }
}

#[test]
fn a_negative_zero_is_the_minimum_and_the_lowest_zero_is_its_row() {
    let mut state = Extrema::new();
    state.update(Level::detect(), &[1.0, 0.0, -0.0], 0);
    assert_eq!(state.min.to_bits(), (-0.0f64).to_bits());
    assert_eq!((state.min_row, state.max_row), (1, 0));
}
