//! Against the standard library's sorts of bits, for every type and level and several numbers of threads.

use std::fmt::Debug;

use arrcalc_datasets::{Column, DataType, Field, Text, Values};
use arrcalc_kernels::{Bits, Level};
use half::f16;

use super::{Direction, Nulls, Sort, nth, partition, sort, sort_column, sort_to};
use crate::answer::Table;
use crate::order::keys::sort_keys;
use crate::order::{SortKey, sorted_rows};
use crate::{Engine, Scope};

/// Runs `work` on engines of all levels with several numbers of threads.
fn everywhere(work: impl Fn(&Scope<'_>)) {
    for level in Level::available() {
        for threads in [1, 2, 5] {
            let engine = Engine::builder().threads(threads).level(level).build();
            let done = engine.scoped(|scope| {
                work(scope);
                Ok(())
            });
            done.unwrap();
        }
    }
}

/// `n` bit patterns in each of several shapes.
fn shapes(n: u64) -> Vec<Vec<u64>> {
    let random = |index: u64| {
        let mixed = (index + n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
    };
    let many = |f: &dyn Fn(u64) -> u64| (0..n).map(f).collect::<Vec<u64>>();
    let rare = |index: u64| random(index) % 20 == 0;
    vec![
        many(&random),
        many(&|index| index << 20),
        many(&|index| (n - index) << 20),
        many(&|_| u64::MAX),
        many(&|index| (random(index) & 1) * u64::MAX),
        many(&|index| (random(index) % 20) << 40),
        many(&|index| random(index) % 1000),
        many(&|index| if rare(index) { random(index) } else { 0 }),
        many(&|index| index.min(n - index) << 30),
        many(&|index| if rare(index) { random(index) } else { index << 40 }),
        // As floats: zeros of both signs, infinities, NaNs of many payloads among numbers.
        many(&|index| match random(index) >> 8 & 15 {
            0 => 0,
            1 => 1 << 63,
            2 => f64::INFINITY.to_bits(),
            3 => f64::NEG_INFINITY.to_bits(),
            4 => f64::NAN.to_bits() ^ (random(index) & 0x8000_0000_00ff_00ff),
            5 => (f64::from(f32::NAN)).to_bits(),
            _ => random(index),
        }),
    ]
}

#[test]
fn keys_are_sorted_by_any_number_of_threads() {
    everywhere(|scope| {
        for n in [0, 1, 2, 1000, 32_767, 32_768, 100_003, 300_000] {
            for keys in shapes(n) {
                let mut expected = keys.clone();
                expected.sort_unstable();
                let mut halves: Vec<u32> = keys.iter().map(|key| (key >> 32) as u32).collect();
                let mut expected_halves = halves.clone();
                expected_halves.sort_unstable();
                let mut sorted = keys;
                sort_keys(scope, &mut sorted).unwrap();
                assert!(sorted == expected, "{n}");
                sort_keys(scope, &mut halves).unwrap();
                assert!(halves == expected_halves, "{n}");
            }
        }
    });
}

/// Sorts `values` in place and to another place, in both directions, and compares bits with a sort of the numbers by `key`.
fn check<T: Sort + Debug, B: PartialEq>(
    scope: &Scope<'_>,
    values: &[T],
    is_nan: impl Fn(&T) -> bool,
    compare: impl Fn(&T, &T) -> std::cmp::Ordering,
    bits: impl Fn(&T) -> B,
) {
    let (nans, mut numbers): (Vec<T>, Vec<T>) = values.iter().copied().partition(&is_nan);
    numbers.sort_by(&compare);
    for direction in [Direction::Ascending, Direction::Descending] {
        if direction == Direction::Descending {
            numbers.reverse();
        }
        let expected: Vec<B> = numbers.iter().chain(&nans).map(&bits).collect();
        let mut sorted = values.to_vec();
        sort(scope, &mut sorted, direction).unwrap();
        let found: Vec<B> = sorted.iter().map(&bits).collect();
        assert!(found == expected, "{direction:?} {}", values.len());
        let mut out = values.to_vec();
        out.reverse();
        sort_to(scope, values, &mut out, direction).unwrap();
        let found: Vec<B> = out.iter().map(&bits).collect();
        assert!(found == expected, "{direction:?} {}", values.len());
    }
}

#[test]
fn values_of_every_type_are_sorted_to_the_bit() {
    everywhere(|scope| {
        let lengths = (0..70).step_by(7).chain([127, 128, 129, 257, 3000, 40_000, 150_001]);
        for n in lengths {
            for words in shapes(n) {
                let never = |_: &_| false;
                check(scope, &words, never, u64::cmp, |value| *value);
                let signed: Vec<i64> = words.iter().map(|word| *word as i64).collect();
                check(scope, &signed, |_| false, i64::cmp, |value| *value);
                let floats: Vec<f64> = words.iter().map(|word| f64::from_bits(*word)).collect();
                check(scope, &floats, |value| value.is_nan(), f64::total_cmp, |value| value.to_bits());
                let halves: Vec<u32> = words.iter().map(|word| (word >> 32 ^ word) as u32).collect();
                check(scope, &halves, |_| false, u32::cmp, |value| *value);
                let signed: Vec<i32> = halves.iter().map(|half| *half as i32).collect();
                check(scope, &signed, |_| false, i32::cmp, |value| *value);
                let floats: Vec<f32> = halves.iter().map(|half| f32::from_bits(*half)).collect();
                check(scope, &floats, |value| value.is_nan(), f32::total_cmp, |value| value.to_bits());
                let shorts: Vec<u16> = words.iter().map(|word| (word >> 40) as u16).collect();
                check(scope, &shorts, |_| false, u16::cmp, |value| *value);
                let signed: Vec<i16> = shorts.iter().map(|short| *short as i16).collect();
                check(scope, &signed, |_| false, i16::cmp, |value| *value);
                let floats: Vec<f16> = shorts.iter().map(|short| f16::from_bits(*short)).collect();
                check(scope, &floats, |value| value.is_nan(), f16::total_cmp, |value| value.to_bits());
                let bytes: Vec<u8> = shorts.iter().map(|short| *short as u8).collect();
                check(scope, &bytes, |_| false, u8::cmp, |value| *value);
                let signed: Vec<i8> = bytes.iter().map(|byte| *byte as i8).collect();
                check(scope, &signed, |_| false, i8::cmp, |value| *value);
            }
        }
    });
}

#[test]
fn partitions_put_the_right_values_at_their_places() {
    everywhere(|scope| {
        for n in [1u64, 2, 127, 1500, 40_000, 400_003] {
            for words in shapes(n) {
                let values: Vec<f64> = words.iter().map(|word| f64::from_bits(*word)).collect();
                let (mut expected, nans): (Vec<f64>, Vec<f64>) =
                    values.iter().partition(|value| !value.is_nan());
                expected.sort_by(f64::total_cmp);
                expected.extend(&nans);
                let n = values.len();
                for places in [vec![n / 2], vec![0, n - 1], vec![n / 3, n / 7, n / 3, n - 1, n / 2], vec![]] {
                    let mut parted = values.clone();
                    partition(scope, &mut parted, &places).unwrap();
                    for place in places {
                        let value = expected[place].to_bits();
                        assert!(value == parted[place].to_bits(), "{n} {place}");
                        // Between two places are the values that a sort would put there.
                        let mut before = parted[..place].to_vec();
                        before.sort_by(|one, other| {
                            one.is_nan().cmp(&other.is_nan()).then_with(|| {
                                if one.is_nan() { std::cmp::Ordering::Equal } else { one.total_cmp(other) }
                            })
                        });
                        let bits =
                            |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
                        assert!(bits(&before) == bits(&expected[..place]), "{n} {place}");
                    }
                }
                let mut halves: Vec<u32> = words.iter().map(|word| *word as u32).collect();
                let mut expected = halves.clone();
                expected.sort_unstable();
                assert_eq!(nth(scope, &mut halves, n / 4).unwrap(), expected[n / 4]);
            }
        }
        assert!(nth(scope, &mut [1u8, 2], 2).is_err());
        assert_eq!(nth(scope, &mut [3i16, 1, 2], 0).unwrap(), 1);
    });
}

#[test]
fn partitions_keep_the_order_of_arrival_in_every_part() {
    let values: Vec<f64> = (0..300_000u64)
        .map(|row| match row % 11 {
            0 => f64::from_bits(f64::NAN.to_bits() | row),
            1 => -f64::from_bits(f64::NAN.to_bits() | row),
            2 => -0.0,
            3 => 0.0,
            4 => [f64::INFINITY, f64::NEG_INFINITY][row as usize % 2],
            _ => (row.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as f64 - 8e6,
        })
        .collect();
    let mut numbers: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    numbers.sort_by(f64::total_cmp);
    everywhere(|scope| {
        for place in [0, 1000, 140_000, 172_000, numbers.len() - 1, numbers.len(), values.len() - 1] {
            let mut found = vec![1.0; values.len()];
            super::partition_to(scope, &values, &mut found, &[place]).unwrap();
            let pivot = numbers.get(place);
            let part = |value: &f64| match pivot {
                _ if value.is_nan() => 3,
                Some(pivot) => value.total_cmp(pivot) as i32,
                None => 0,
            };
            let mut expected = values.clone();
            expected.sort_by_key(part);
            assert!(
                expected.iter().map(|value| value.to_bits()).eq(found.iter().map(|value| value.to_bits()))
            );
        }
    });
}

#[test]
fn columns_are_sorted_with_their_nulls_apart() {
    let words = ["b", "", "abcdefgh", "abcdefghi", "é", "a", "abcdefg", "b\0", "z"];
    let strings: Vec<&str> = (0..20_000).map(|row| words[row * row % 9]).collect();
    let floats: Vec<f64> = (0..20_000).map(|row| [2.0, -0.0, f64::NAN, 0.0, -1.5][row % 5]).collect();
    let truths: Vec<u8> = (0..20_000usize.div_ceil(8)).map(|byte| (byte * 37) as u8).collect();
    let validity: Vec<u8> = (0..20_000usize.div_ceil(8)).map(|byte| 0xef ^ (byte % 3) as u8).collect();
    let bits = Bits::new(&validity, 0, 20_000);
    everywhere(|scope| {
        for (data_type, values) in [
            (DataType::String, Values::Text(Text::Slices(&strings))),
            (DataType::Float64, Values::Float64(&floats)),
            (DataType::Bool, Values::Bool(Bits::new(&truths, 0, 20_000))),
            (DataType::Null, Values::Null(20_000)),
        ] {
            let field = Field { name: "v".into(), data_type };
            for validity in [None, Some(bits)] {
                let column = Column { values, validity };
                for descending in [false, true] {
                    let direction = if descending { Direction::Descending } else { Direction::Ascending };
                    for nulls in [Nulls::First, Nulls::Last] {
                        let sorted = sort_column(scope, &field, &column, direction, nulls).unwrap();
                        let key = SortKey { column, descending, nulls_first: nulls == Nulls::First };
                        let mut given = Table::new(vec![field.clone()]);
                        given.extend(&[column], 20_000);
                        let rows = sorted_rows(&[key], 20_000);
                        for (row, from) in rows.into_iter().enumerate().step_by(7) {
                            let (found, expected) = (sorted.value(row, 0), given.value(from, 0));
                            // Scalars compare zeros as equal and NaNs as different.
                            let same = found == expected || format!("{found:?}") == format!("{expected:?}");
                            assert!(same, "{row}: {found:?}, not {expected:?}");
                        }
                    }
                }
            }
        }
    });
}
