//! The audit against values of which the exact answers, and what floats make of them, are known.

use arrcalc::audit::{AuditAnswer, Method};
use arrcalc::datasets::Dataset;
use arrcalc::{Audit, Engine};

fn audit(values: &[f64], threads: usize) -> AuditAnswer {
    let columns = vec![("x".into(), values.into()), ("y".into(), values.into())];
    let dataset = Dataset::from_arrays(columns).unwrap();
    let engine = Engine::builder().threads(threads).build();
    engine.run(&Audit::new(&dataset)).unwrap()
}

#[test]
fn each_method_is_told_by_its_distance_from_the_exact_value() {
    let answer = audit(&[1.0, 1e100, 1.0, -1e100], 2);
    let column = &answer.columns[0];
    assert_eq!((column.sum, column.count, answer.rows), (2.0, 4, 4));
    assert_eq!(column.condition, Some(1e100));
    assert_eq!(column.digits_lost, Some(16));
    // One unit in the last place of 2 is 2^-51.
    let lost = column.method(Method::LeftToRight);
    assert_eq!((lost.value, lost.ulps), (0.0, Some(2f64.powi(52))));
    assert_eq!(column.method(Method::Kahan).value, 0.0);
    assert_eq!(
        (column.method(Method::Neumaier).value, column.method(Method::Neumaier).ulps),
        (2.0, Some(0.0))
    );
}

#[test]
fn the_textbook_variance_loses_what_the_exact_one_keeps() {
    // The classical example: the variance of 4, 7, 13, 16, which is 30, moved away by 1e9.
    let values = [4.0, 7.0, 13.0, 16.0].map(|value: f64| value + 1e9);
    let column = &audit(&values, 1).columns[1];
    assert_eq!(column.variance, Some(30.0));
    let textbook = column.method(Method::TextbookVariance);
    assert!(textbook.value != 30.0 && textbook.ulps > Some(1e10), "{textbook:?}");
    assert_eq!((column.condition, column.digits_lost), (Some(1.0), Some(0)));
    assert_eq!(column.method(Method::Pairwise).ulps, Some(0.0));
}

#[test]
fn what_is_not_finite_is_left_out_and_nothing_is_not_an_error() {
    let column = &audit(&[f64::NAN, 0.1, f64::INFINITY, 0.2, f64::NEG_INFINITY], 2).columns[0];
    assert_eq!((column.count, column.sum), (2, 0.30000000000000004));
    // The exact sum of the two floats is not a float: both methods are within half a unit.
    assert!(column.methods.iter().take(4).all(|method| method.ulps <= Some(0.5)));
    let empty = &audit(&[], 1).columns[0];
    assert_eq!((empty.count, empty.sum, empty.condition, empty.variance), (0, 0.0, None, None));
    let cancelled = &audit(&[1.0, -1.0], 1).columns[0];
    assert_eq!(cancelled.condition, Some(f64::INFINITY));
}

#[test]
fn threads_change_nothing() {
    let values: Vec<f64> = (0..100_000).map(|row| f64::from(row * 7919 % 10_007).sin() * 1e3).collect();
    assert_eq!(audit(&values, 1), audit(&values, 2));
}
