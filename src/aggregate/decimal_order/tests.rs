//! Against sorted fractions: any width, cut, memory, start.

use arrcalc_datasets::{DataType, Values};
use num_rational::BigRational;
use num_traits::{FromPrimitive, Signed, pow};

use super::*;
use crate::aggregate::{Interpolate, Probability, QuantileMethod, ranks};
use crate::answer::Scalar;

fn exact(value: i128) -> BigRational {
    BigRational::from_i128(value).expect("any integer")
}

/// The quantiles by sorting and fractions.
fn expected(values: &[i128], scale: usize) -> Vec<BigRational> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let quantile = |numerator: u64, denominator: u64| {
        let product = numerator * (sorted.len() as u64 - 1);
        let (rank, weight) = ((product / denominator) as usize, product % denominator);
        let at = |rank: usize| exact(sorted[rank.min(sorted.len() - 1)]);
        let weight = exact(weight.into()) / exact(denominator.into());
        (at(rank) + weight * (at(rank + 1) - at(rank))) / pow(exact(10), scale)
    };
    QUANTILES.iter().map(|&(_, n, d)| quantile(n, d)).collect()
}

fn assert_nearest(found: &[Scalar], expected: &[BigRational], what: &str) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        let &Scalar::Float64(found) = found else { panic!("{found:?}, {what}") };
        let error = |float: f64| (BigRational::from_float(float).expect("finite") - expected).abs();
        let (mine, even) = (error(found), found.to_bits().is_multiple_of(2));
        for other in [found.next_down(), found.next_up()].map(error) {
            assert!(mine < other || mine == other && even, "{found:e} is not nearest, {what}");
        }
    }
}

const QUANTILES: [(&str, u64, u64); 6] =
    [("0", 0, 1), ("0.01", 1, 100), ("0.5", 1, 2), ("0.7", 7, 10), ("0.99", 99, 100), ("1", 1, 1)];

fn found(values: &[i128], scale: i8, empty: DecimalOrder, cuts: &[usize]) -> Vec<Scalar> {
    let positions = |n| {
        QUANTILES
            .map(|(q, ..)| QuantileMethod::Linear.position(&Probability::parse(q).expect("a probability"), n))
    };
    let mut order = empty;
    for passes in 1.. {
        assert!(passes < 40, "the passes end");
        let (mut parts, mut whole): (Vec<DecimalOrder>, _) = (Vec::new(), order.clone());
        let column = |rows| Column { values: Values::Decimal128(rows), validity: None };
        let mut start = 0;
        for &end in cuts.iter().chain([&values.len()]) {
            let mut part = order.clone();
            part.update(Level::detect(), &column(&values[start..end]));
            parts.push(part);
            start = end;
        }
        parts.iter().rev().for_each(|part| order.merge(part));
        whole.update(Level::BASELINE, &column(values));
        assert_eq!(order.to_bytes(), whole.to_bytes(), "pass {passes}");
        match order.next(|n| positions(n).iter().flat_map(ranks).collect()) {
            Step::Again(next) => order = next,
            Step::Done(selected) => {
                let data_type = DataType::Decimal128 { precision: 38, scale };
                let at = |rank| selected.at(rank).expect("a rank that was asked for");
                return positions(selected.numbers)
                    .map(|position| {
                        let (lower, upper) = (at(position.lower()), at(position.upper()));
                        i128::at(&data_type, &position, lower, upper)
                    })
                    .to_vec();
            }
        }
    }
    unreachable!("the loop returns");
}

/// From nothing known, and from bounds.
fn both(values: &[i128], scale: i8, memory: usize, cuts: &[usize]) -> [Vec<Scalar>; 2] {
    let (low, high) = (*values.iter().min().expect("values"), *values.iter().max().expect("values"));
    let starts = [DecimalOrder::first(memory), DecimalOrder::between((low, high), memory)];
    starts.map(|empty| found(values, scale, empty, cuts))
}

#[test]
fn ranks_in_many_groups_are_found_batch_by_batch() {
    let place = |row: i128| row * 7919 % 10_007;
    let values: Vec<i128> = (0..10_007).map(|row| place(row) << 80 | place(row * row)).collect();
    let mut sorted = values.clone();
    sorted.sort_unstable();
    let wanted: Vec<u64> = (0..10_007).step_by(97).collect();
    let mut order = DecimalOrder::first(1 << 16);
    let selected = loop {
        order.update(Level::BASELINE, &Column { values: Values::Decimal128(&values), validity: None });
        match order.next(|_| wanted.clone()) {
            Step::Again(next) => order = next,
            Step::Done(selected) => break selected,
        }
    };
    assert_eq!(selected.numbers, 10_007);
    let expected: Vec<(u64, i128)> = wanted.iter().map(|&rank| (rank, sorted[rank as usize])).collect();
    assert_eq!(selected.values, expected);
}

#[test]
fn quantiles_are_those_of_sorted_fractions_at_any_width_cut_and_memory() {
    let mut state = 77u128;
    let mut next = || {
        state = state.wrapping_mul(0x2360_ED05_1FC6_5DA4_4385_DF64_9FCC_F645).wrapping_add(0x5851_F42D);
        (state ^ state >> 71) as i128
    };
    let limit = 10i128.pow(38) - 1;
    for bits in [0u32, 1, 8, 30, 63, 64, 65, 70, 100, 126] {
        for count in [1usize, 2, 3, 101, 5000] {
            let values: Vec<i128> = (0..count)
                .map(|row| {
                    let value = if bits == 0 { 7 } else { next() >> (128 - bits) };
                    let value = if row % 10 == 3 { value >> (bits / 2) } else { value };
                    value.clamp(-limit, limit)
                })
                .collect();
            for (scale, cuts) in [(2, vec![]), (38, vec![count / 3, count / 2]), (0, vec![0, count])] {
                let expected = expected(&values, scale as usize);
                for memory in [1 << 20, 1 << 10] {
                    for found in both(&values, scale, memory, &cuts) {
                        assert_nearest(&found, &expected, &format!("{bits} bits, {count} rows"));
                    }
                }
            }
        }
    }
    // The whole range of the type, most of it in one place.
    let mut values = vec![limit, -limit, 0, 1, -1];
    values.extend((0..3000).map(|row| 10i128.pow(30) + row));
    for found in both(&values, 5, 1 << 12, &[7, 1000]) {
        assert_nearest(&found, &expected(&values, 5), "all of the range");
    }
}
