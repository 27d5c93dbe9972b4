//! Groups against maps of exact rationals, and the law: any cut, level and order of merges gives the same bytes.

mod keys;
mod law;

use std::collections::BTreeMap;

use arrcalc_datasets::{Column, DataType, Sequential, Values};
use arrcalc_kernels::Level;
use num_rational::BigRational;
use num_traits::{FromPrimitive, ToPrimitive, Zero};

use super::{GroupedNext, Keys, Positions, grouped};
use crate::aggregate::{Call, NanPolicy};
use crate::answer::Scalar;

/// A sequence of pseudo-random words.
pub(super) fn words(mut seed: u64) -> impl FnMut() -> u64 {
    move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed ^ (seed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 8
    }
}

/// What states that are done say, one value a group, in either form.
fn answers(done: GroupedNext) -> Result<Vec<Scalar>, crate::Error> {
    match done {
        GroupedNext::Again(_) => panic!("another pass is wanted"),
        GroupedNext::Column(column) => Ok((0..column.row_count()).map(|row| column.value(row, 0)).collect()),
        GroupedNext::Done(answers) => answers.map_err(|(_, error)| error),
    }
}

/// Answers of `name` of `x` by `key`, in the order of output.
fn by_key(
    name: &str,
    key: &[i64],
    x: &Column<'_>,
    data_type: &DataType,
) -> Result<Vec<(Scalar, Scalar)>, crate::Error> {
    let call = Call::new(name, std::slice::from_ref(data_type), &[], NanPolicy::Propagate).unwrap();
    let mut keys = Keys::new(&[DataType::Int64]);
    let mut states = grouped(&call, std::slice::from_ref(data_type), NanPolicy::Propagate, 1 << 16);
    let (level, mut ids) = (Level::detect(), Vec::new());
    loop {
        for start in (0..key.len()).step_by(1000) {
            let rows = start..key.len().min(start + 1000);
            let column = Column { values: Values::Int64(&key[rows.clone()]), validity: None };
            keys.assign(level, rows.len(), &[column], &mut ids);
            states.update(level, &[x.slice(rows)], &ids, Positions::From(start as u64), keys.len());
        }
        let order = keys.sorted();
        match states.next(&order, &Sequential) {
            GroupedNext::Again(next) => states = next,
            done => {
                let answers = answers(done)?;
                return Ok(order.iter().map(|&id| keys.key(0, id)).zip(answers).collect());
            }
        }
    }
}

/// Values whose sums need many places: wide exponents now and then, cancellation, both zeros.
fn values(rows: usize, seed: u64, spread: u64) -> Vec<f64> {
    let mut word = words(seed);
    (0..rows)
        .map(|_| {
            let sign = if word().is_multiple_of(2) { 1.0 } else { -1.0 };
            let exponent = (word() % spread) as i32 - (spread / 2) as i32;
            match word() % 50 {
                0 => sign * 0.0,
                _ => sign * (1.0 + (word() % (1 << 52)) as f64 / (1u64 << 52) as f64) * 2f64.powi(exponent),
            }
        })
        .collect()
}

#[test]
fn sums_and_means_are_those_of_rationals_rounded_once() {
    for (rows, groups, spread) in
        [(3000, 7, 30), (3000, 300, 30), (5000, 11, 200), (5000, 90, 1900), (400_000, 200_000, 40)]
    {
        let mut word = words(rows as u64 + groups);
        let key: Vec<i64> = (0..rows).map(|_| (word() % groups) as i64 * 977 - 5000).collect();
        let x = values(rows, 3, spread);
        let mut exact: BTreeMap<i64, (BigRational, u64)> = BTreeMap::new();
        for (&key, &x) in key.iter().zip(&x) {
            let entry = exact.entry(key).or_insert_with(|| (BigRational::zero(), 0));
            entry.0 += BigRational::from_f64(x).unwrap();
            entry.1 += 1;
        }
        let column = Column { values: Values::Float64(&x), validity: None };
        for (name, divide) in [("sum", false), ("mean", true)] {
            let found = by_key(name, &key, &column, &DataType::Float64).unwrap();
            assert_eq!(found.len(), exact.len());
            for ((found_key, found), (&key, (sum, n))) in found.iter().zip(&exact) {
                let n = if divide { *n } else { 1 };
                let value = sum / BigRational::from_u64(n).unwrap();
                assert_eq!(*found_key, Scalar::Integer(key.into()));
                let Scalar::Float64(found) = *found else { panic!("{found:?}") };
                assert!(is_nearest(found, &value), "{name} {found} is not nearest to {value}");
            }
        }
    }
}

/// Whether no float is nearer to `value`, ties to even.
fn is_nearest(found: f64, value: &BigRational) -> bool {
    let error = |float: f64| {
        let error = BigRational::from_f64(float).unwrap() - value;
        if error < BigRational::zero() { -error } else { error }
    };
    let mine = error(found);
    [found.next_up(), found.next_down()]
        .into_iter()
        .all(|other| mine < error(other) || mine == error(other) && found.to_bits().is_multiple_of(2))
}

#[test]
fn every_aggregate_by_group_is_the_aggregate_of_the_group() {
    let mut word = words(5);
    let key: Vec<i64> = (0..4000).map(|_| (word() % 13) as i64 - 6).collect();
    let mut x = values(4000, 9, 60);
    (x[17], x[18], x[400]) = (f64::NAN, f64::INFINITY, f64::NEG_INFINITY);
    let mask: Vec<u8> = (0..500).map(|_| word() as u8 | word() as u8).collect();
    let floats =
        Column { values: Values::Float64(&x), validity: Some(arrcalc_kernels::Bits::new(&mask, 0, 4000)) };
    let whole: Vec<i64> = (0..4000).map(|_| word() as i64 - (1 << 54)).collect();
    let integers = Column { values: Values::Int64(&whole), ..floats };
    for (column, data_type) in [(floats, DataType::Float64), (integers, DataType::Int64)] {
        for name in Call::names() {
            let Ok(call) = Call::new(name, std::slice::from_ref(&data_type), &[], NanPolicy::Propagate)
            else {
                continue;
            };
            // The first group whose answer cannot be told is the answer of all.
            let found = match by_key(name, &key, &column, &data_type) {
                Ok(found) => found,
                Err(error) => {
                    let mut groups: Vec<i64> = key.clone();
                    groups.sort_unstable();
                    groups.dedup();
                    let alone = |group: i64| alone(&call, &key, &column, &Scalar::Integer(group.into()));
                    let first = groups.into_iter().find_map(|group| alone(group).err());
                    assert_eq!(first.map(|error| error.to_string()), Some(error.to_string()), "{name}");
                    continue;
                }
            };
            assert_eq!(found.len(), 13);
            for (found_key, found) in &found {
                let expected = alone(&call, &key, &column, found_key).unwrap();
                assert_eq!(format!("{found:?}"), format!("{expected:?}"), "{name} of {data_type}");
            }
        }
    }
}

/// The answer of `call` on the rows of one key, each in a chunk of its own.
fn alone(call: &Call, key: &[i64], column: &Column<'_>, wanted: &Scalar) -> crate::Result<Scalar> {
    let mut state = call.empty(1 << 16);
    loop {
        for row in (0..key.len()).filter(|&row| Scalar::Integer(key[row].into()) == *wanted) {
            let columns = vec![column.slice(row..row + 1)];
            let chunk = arrcalc_datasets::Chunk { first_row: row as u64, row_count: 1, columns };
            state.update(Level::BASELINE, &chunk);
        }
        match state.next() {
            crate::aggregate::Next::Again(next) => state = next,
            crate::aggregate::Next::Done(answer) => return answer,
        }
    }
}

#[test]
fn sums_of_integers_pass_64_bits_and_say_so() {
    let call = Call::new("sum", &[DataType::Int64], &[], NanPolicy::Propagate).unwrap();
    let mut states = grouped(&call, &[DataType::Int64], NanPolicy::Propagate, 0);
    let column = Column { values: Values::Int64(&[i64::MAX, 5, i64::MAX, -7]), validity: None };
    states.update(Level::detect(), &[column], &[0, 1, 0, 1], Positions::From(0), 2);
    let GroupedNext::Done(Err((_, error))) = states.next(&[1, 0], &Sequential) else {
        panic!("the sum does not fit")
    };
    assert!(error.to_string().contains("18446744073709551614"), "{error}");
    let mean = Call::new("mean", &[DataType::Int64], &[], NanPolicy::Propagate).unwrap();
    let mut states = grouped(&mean, &[DataType::Int64], NanPolicy::Propagate, 0);
    states.update(Level::detect(), &[column], &[0, 1, 0, 1], Positions::From(0), 2);
    let GroupedNext::Done(Ok(answers)) = states.next(&[1, 0], &Sequential) else {
        panic!("a mean takes one pass")
    };
    assert_eq!(answers, [Scalar::Float64(-1.0), Scalar::Float64(i64::MAX.to_f64().unwrap())]);
}

#[test]
fn sums_of_many_groups_are_those_of_any_parts() {
    let (rows, groups) = (400_000, 80_000);
    let mut word = words(5);
    let key: Vec<i64> = (0..rows).map(|_| (word() % groups) as i64).collect();
    let x: Vec<f64> = (0..rows).map(|_| (word() % 1_000_003) as f64 - 500_000.0).collect();
    let mut expected = BTreeMap::new();
    key.iter().zip(&x).for_each(|(&key, &x)| *expected.entry(key).or_insert(0) += x as i128);
    let call = Call::new("sum", &[DataType::Float64], &[], NanPolicy::Propagate).unwrap();
    let level = Level::detect();
    let part = |rows: std::ops::Range<usize>| {
        let mut keys = Keys::new(&[DataType::Int64]);
        let mut states = grouped(&call, &[DataType::Float64], NanPolicy::Propagate, 1 << 12);
        let mut ids = Vec::new();
        for start in rows.clone().step_by(16_384) {
            let rows = start..rows.end.min(start + 16_384);
            let column = Column { values: Values::Int64(&key[rows.clone()]), validity: None };
            keys.assign(level, rows.len(), &[column], &mut ids);
            let column = Column { values: Values::Float64(&x[rows]), validity: None };
            states.update(level, &[column], &ids, Positions::From(start as u64), keys.len());
        }
        (keys, states)
    };
    let (whole_keys, whole) = part(0..rows);
    let (mut keys, mut states) = part(0..rows / 3);
    let (other_keys, other) = part(rows / 3..rows);
    let ids = keys.merge(&other_keys);
    states.merge(&*other, &ids, keys.len());
    let (order, whole_order) = (keys.sorted(), whole_keys.sorted());
    assert!(states.to_bytes(&order) == whole.to_bytes(&whole_order), "bytes of parts and of the whole");
    for (states, order) in [(states, order), (whole, whole_order)] {
        let found = answers(states.next(&order, &Sequential)).unwrap();
        let sums: Vec<Scalar> = expected.values().map(|&sum| Scalar::Float64(sum as f64)).collect();
        assert_eq!(found, sums);
    }
}
