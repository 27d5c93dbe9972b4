//! The law where the set of a kernel is left for counts, and the counts against an ordered map.

use std::collections::BTreeMap;

use arrcalc_datasets::{Chunk, Column, DataType, Values};
use arrcalc_kernels::{Level, distinct::EXACT_LIMIT};

use super::ValueCounts;
use crate::aggregate::{Aggregate, NanPolicy, laws};
use crate::answer::Scalar;

const ROWS: u64 = 3 * EXACT_LIMIT as u64;

fn random(row: u64) -> u64 {
    (row ^ row >> 9).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ row << 21
}

#[test]
fn many_values_close_together_and_apart_obey_the_law() {
    let streams: [&dyn Fn(u64) -> u64; 4] =
        [&|row| random(row) % 100_000, &|row| (random(row) % 100_000) << 40, &|row| row, &|row| {
            if row < ROWS / 2 { row % 70_000 } else { random(row) }
        }];
    for stream in streams {
        let values: Vec<i64> = (0..ROWS).map(|row| stream(row) as i64).collect();
        let column = Column { values: Values::Int64(&values), validity: None };
        let chunk = Chunk { first_row: 0, row_count: values.len(), columns: vec![column] };
        let mut expected = BTreeMap::<i64, u64>::new();
        values.iter().for_each(|&value| *expected.entry(value).or_default() += 1);
        assert!(expected.len() > EXACT_LIMIT);
        for memory_bytes in [1 << 30, 3 << 20, 1 << 20] {
            let empty = ValueCounts::new(&DataType::Int64, NanPolicy::Propagate, memory_bytes).unwrap();
            laws::check(&empty, &chunk).unwrap();
            let values_only = empty.clone().values_only();
            laws::check(&values_only, &chunk).unwrap();
            let mut again = values_only;
            again.update(Level::detect(), &chunk);
            let mut state = empty;
            state.update(Level::detect(), &chunk);
            let found = state.finish();
            if memory_bytes < 40 * expected.len() {
                assert!(found.distinct().is_err());
                continue;
            }
            assert_eq!(found.distinct().unwrap(), expected.len() as u64);
            assert_eq!(again.finish().distinct().unwrap(), expected.len() as u64);
            let most = expected.values().max().unwrap();
            let mode = expected.iter().find(|(_, count)| *count == most).unwrap().0;
            assert_eq!(found.mode().unwrap(), Scalar::Integer((*mode).into()));
            let (mut counts, mut known) =
                (found.counts().unwrap(), expected.values().copied().collect::<Vec<_>>());
            counts.sort_unstable();
            known.sort_unstable();
            assert!(counts == known);
        }
    }
}

#[test]
fn nan_and_zeros_are_one_value_each_before_and_after() {
    let values: Vec<f64> = (0..ROWS)
        .map(|row| match row % 5 {
            0 => f64::from_bits(0xfff8_0000_0000_0000 | row),
            1 => -0.0,
            2 => 0.0,
            _ => random(row) as f64,
        })
        .collect();
    let column = Column { values: Values::Float64(&values), validity: None };
    let chunk = Chunk { first_row: 0, row_count: values.len(), columns: vec![column] };
    for (nan, extra) in [(NanPolicy::Propagate, 2), (NanPolicy::Ignore, 1)] {
        let empty = ValueCounts::new(&DataType::Float64, nan, 1 << 30).unwrap();
        laws::check(&empty, &chunk).unwrap();
        let mut state = empty;
        state.update(Level::detect(), &chunk);
        let mut others: Vec<u64> = values
            .iter()
            .filter(|value| **value != 0.0 && !value.is_nan())
            .map(|value| value.to_bits())
            .collect();
        others.sort_unstable();
        others.dedup();
        assert_eq!(state.finish().distinct().unwrap(), others.len() as u64 + extra);
        assert_eq!(state.finish().mode().unwrap(), Scalar::Float64(0.0));
    }
}
