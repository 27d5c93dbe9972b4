//! Against ordered maps of the standard library, for every type, level and several numbers of threads.

use std::collections::BTreeMap;

use arrcalc_datasets::{Column, DataType, Text, Values};
use arrcalc_kernels::distinct::Restore;
use arrcalc_kernels::elementwise::nearest_binary16;
use arrcalc_kernels::{Bits, Level};
use half::f16;

use super::{UniqueParts, count_close, count_distinct, unique};
use crate::answer::Scalar;
use crate::order::{bincount, bincount_weighted, mode, value_counts};
use crate::{Engine, Error, Scope};

/// Runs `work` on engines of all levels with several numbers of threads.
fn everywhere(work: impl Fn(&Scope<'_>)) {
    for level in Level::available() {
        for threads in [1, 2, 5] {
            let engine = Engine::builder().threads(threads).level(level).build();
            engine
                .scoped(|scope| {
                    work(scope);
                    Ok(())
                })
                .unwrap();
        }
    }
}

fn random(seed: u64) -> u64 {
    let word = (seed ^ seed >> 31).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (word ^ word >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) ^ word
}

/// Each value's first row and count, by the number that orders it; and each row's place.
fn expected(order: &[i128]) -> (Vec<i128>, Vec<u64>, Vec<u64>, Vec<u64>) {
    let mut found = BTreeMap::<i128, (u64, u64)>::new();
    for (row, &key) in (0..).zip(order) {
        found.entry(key).or_insert((row, 0)).1 += 1;
    }
    let places: BTreeMap<i128, u64> = found.keys().copied().zip(0..).collect();
    let inverse = order.iter().map(|key| places[key]).collect();
    let rows = found.values().map(|(row, _)| *row).collect();
    let counts = found.values().map(|(_, count)| *count).collect();
    (found.into_keys().collect(), rows, counts, inverse)
}

/// Everything about `values`, whose order is told by `key`.
fn check<'a, T: Restore>(
    scope: &Scope<'_>,
    values: &'a [T],
    column: Values<'a>,
    key: impl Fn(T) -> i128,
    what: &str,
) {
    let order: Vec<i128> = values.iter().map(|&value| key(value)).collect();
    let (keys, rows, counts, inverse) = expected(&order);
    let column = Column { values: column, validity: None };
    assert_eq!(count_distinct(scope, column).unwrap(), keys.len() as u64, "{what}");
    let close = count_close(scope, column).unwrap();
    assert!(close.is_none_or(|count| count == keys.len() as u64), "{what}");
    assert!(close.is_some() || !what.starts_with("narrow 1"), "{what}");
    for (with_rows, with_counts, with_inverse) in [
        (false, false, false),
        (false, true, false),
        (true, true, false),
        (false, false, true),
        (true, false, true),
        (true, true, true),
    ] {
        let parts = UniqueParts { first_rows: with_rows, counts: with_counts };
        let mut places = vec![7; values.len()];
        let found = unique(scope, column, parts, with_inverse.then_some(&mut places[..])).unwrap();
        let mut written = vec![T::restore(0); found.len()];
        found.write_values(scope, &mut written).unwrap();
        let seen: Vec<i128> = written.iter().map(|&value| key(value)).collect();
        assert!(seen == keys, "{what} {parts:?}: {} for {}", seen.len(), keys.len());
        // One zero and one NaN, whatever came first.
        assert!(written.iter().all(|value| T::restore(value.ordered()).ordered() == value.ordered()));
        if with_rows {
            assert!(found.first_rows() == Some(&rows[..]), "{what} {parts:?}");
        }
        if with_counts {
            assert!(found.counts(scope).unwrap() == counts, "{what} {parts:?}");
            let mut again = vec![0; counts.len()];
            found.write_counted(scope, &mut written, &mut again).unwrap();
            assert!(again == counts, "{what} {parts:?}");
        }
        if with_inverse {
            assert!(places == inverse, "{what} {parts:?}");
        }
    }
}

/// Numbers in many patterns.
fn patterns(n: u64) -> Vec<(&'static str, Vec<u64>)> {
    let many = |f: &dyn Fn(u64) -> u64| (0..n).map(f).collect::<Vec<u64>>();
    vec![
        ("random", many(&random)),
        ("ascending", many(&|row| row << 3)),
        ("descending", many(&|row| (n - row) << 40)),
        ("equal", many(&|_| 77)),
        ("ten", many(&|row| (random(row) % 10) << 50)),
        ("narrow", many(&|row| random(row) % 1000)),
        ("square", many(&|row| random(row) % n.max(1) * (random(row ^ 5) % n.max(1)) / n.max(1))),
        ("zipf", many(&|row| random(row) >> (random(row ^ 9) % 64))),
        ("few, then many", many(&|row| if row < n / 2 { (row % 3) << 60 } else { random(row) })),
    ]
}

#[test]
fn integers_of_every_width() {
    everywhere(|scope| {
        for n in [0, 1, 2, 3, 1000, 70_001, 140_000] {
            if n > 1000 && scope.threads() == 1 {
                continue;
            }
            for (what, words) in patterns(n) {
                macro_rules! of {
                    ($type:ty, $variant:ident) => {
                        let values: Vec<$type> = words.iter().map(|&word| word as $type).collect();
                        let what = format!("{what} {n} {}", stringify!($type));
                        check(scope, &values, Values::$variant(&values), |value| value.into(), &what);
                    };
                }
                of!(i64, Int64);
                of!(u64, UInt64);
                of!(i32, Int32);
                of!(u8, UInt8);
                if n < 70_000 {
                    of!(u32, UInt32);
                    of!(i16, Int16);
                    of!(u16, UInt16);
                    of!(i8, Int8);
                }
            }
        }
    });
}

#[test]
fn floats_with_both_zeros_and_any_nan() {
    // The order of numbers, one zero, one NaN after everything.
    let key = |value: f64| {
        let bits = i128::from((value + 0.0).to_bits() as i64);
        if value.is_nan() {
            i128::MAX
        } else if bits < 0 {
            -(bits & i128::from(i64::MAX))
        } else {
            bits
        }
    };
    let special = |row: u64, value: f64| match random(row) % 11 {
        0 => f64::from_bits(0x7ff8_0000_0000_0000 | row),
        1 => f64::from_bits(0xfff0_0000_0000_0001 | row),
        2 => -0.0,
        3 => 0.0,
        4 => f64::NEG_INFINITY,
        _ => value,
    };
    everywhere(|scope| {
        for n in [1u64, 5, 900, 70_001] {
            for (what, words) in patterns(n) {
                for with_special in [false, true] {
                    let value = |(row, word): (u64, &u64)| {
                        let value = (*word as i64) as f64;
                        if with_special { special(row, value) } else { value }
                    };
                    let wide: Vec<f64> = (0..).zip(&words).map(value).collect();
                    check(scope, &wide, Values::Float64(&wide), key, what);
                    let narrow: Vec<f32> = wide.iter().map(|&value| value as f32).collect();
                    check(scope, &narrow, Values::Float32(&narrow), |value| key(value.into()), what);
                    let half: Vec<f16> = wide.iter().map(|&value| nearest_binary16(value)).collect();
                    check(scope, &half, Values::Float16(&half), |value| key(value.to_f64()), what);
                }
            }
        }
    });
}

#[test]
fn text_nulls_truths_and_decimals() {
    let texts = ["b", "", "a", "long enough for two words", "long enough for two", "b"];
    let rows: Vec<&str> = (0..3000u64).map(|row| texts[random(row) as usize % 6]).collect();
    let mask: Vec<u8> = (0..375u64).map(|row| random(row) as u8 | 1).collect();
    let validity = Bits::new(&mask, 0, 3000);
    let mut sorted = texts.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let order: Vec<i128> = (0..3000)
        .map(|row| {
            if validity.get(row) {
                sorted.iter().position(|text| *text == rows[row]).unwrap() as i128
            } else {
                9
            }
        })
        .collect();
    let (_, first, counts, inverse) = expected(&order);
    let numbers: Vec<f64> =
        order.iter().map(|&place| if place == 2 { f64::NAN } else { -place as f64 }).collect();
    everywhere(|scope| {
        let parts = UniqueParts { first_rows: true, counts: true };
        let column = Column { values: Values::Text(Text::Slices(&rows)), validity: Some(validity) };
        let mut places = vec![0; 3000];
        let found = unique(scope, column, parts, Some(&mut places)).unwrap();
        let table = found.to_table(scope, &DataType::String).unwrap();
        for (row, text) in sorted.iter().enumerate() {
            assert_eq!(table.value(row, 0), Scalar::Text((*text).into()));
            assert_eq!(table.value(row, 1), Scalar::Integer(counts[row].into()));
            assert_eq!(table.value(row, 2), Scalar::Integer(first[row].into()));
        }
        assert_eq!((table.row_count(), table.value(5, 0)), (6, Scalar::Null));
        assert_eq!(table.value(5, 1), Scalar::Integer(counts[5].into()));
        assert_eq!((places == inverse, count_distinct(scope, column).unwrap()), (true, 5));

        let column = Column { values: Values::Float64(&numbers), validity: Some(validity) };
        let table = value_counts(scope, column, &DataType::Float64, false).unwrap();
        let values: Vec<String> = (0..5).map(|row| format!("{:?}", table.value(row, 0))).collect();
        assert_eq!(
            values,
            ["Float64(-4.0)", "Float64(-3.0)", "Float64(-1.0)", "Float64(0.0)", "Float64(NaN)"]
        );
        assert_eq!(table.row_count(), 5);

        let bits = Column { values: Values::Bool(Bits::new(&[0b0101], 0, 4)), validity: None };
        let table = unique(scope, bits, parts, None).unwrap().to_table(scope, &DataType::Bool).unwrap();
        assert_eq!((table.value(0, 0), table.value(1, 2)), (Scalar::Bool(false), Scalar::Integer(0)));
        let wide = [1i128 << 100, -5, 1 << 100];
        let column = Column { values: Values::Decimal128(&wide), validity: None };
        assert_eq!(count_distinct(scope, column).unwrap(), 2);
        let nulls = Column { values: Values::Null(3), validity: None };
        assert_eq!(
            (unique(scope, nulls, parts, None).unwrap().len(), count_distinct(scope, nulls).unwrap()),
            (1, 0)
        );
    });
}

#[test]
fn the_most_frequent_come_first_and_the_lowest_of_them_is_the_mode() {
    everywhere(|scope| {
        let values = [5, 3, 9, 3, 5, 1];
        let column = Column { values: Values::Int64(&values), validity: None };
        let table = value_counts(scope, column, &DataType::Int64, true).unwrap();
        let rows: Vec<_> = (0..4).map(|row| (table.value(row, 0), table.value(row, 1))).collect();
        let row = |value, count| (Scalar::Integer(value), Scalar::Integer(count));
        assert_eq!(rows, [row(3, 2), row(5, 2), row(1, 1), row(9, 1)]);
        assert_eq!(mode(scope, column, &DataType::Int64).unwrap(), Scalar::Integer(3));
        let none = Column { values: Values::Int64(&[]), validity: None };
        assert_eq!(mode(scope, none, &DataType::Int64).unwrap(), Scalar::Null);
    });
}

#[test]
fn bins_are_counted_and_weighed_exactly() {
    everywhere(|scope| {
        let values: Vec<i32> = (0..100_000).map(|row| (random(row) % 97) as i32).collect();
        let weights: Vec<f64> =
            values.iter().map(|&value| if value % 2 == 0 { 1e300 } else { 0.1 }).collect();
        let column = Column { values: Values::Int32(&values), validity: None };
        let counts = bincount(scope, &column, 100).unwrap();
        let sums = bincount_weighted(scope, &column, &weights, 100).unwrap();
        for bin in 0..100 {
            let count = values.iter().filter(|&&value| value == bin as i32).count();
            assert_eq!(counts[bin], count as u64);
            // A count times a number, rounded once, is what the exact sum rounds to.
            let weight = if bin % 2 == 0 { 1e300 } else { 0.1 };
            assert_eq!(sums[bin].to_bits(), (count as f64 * weight).to_bits(), "{bin}");
        }
        let column = Column { values: Values::Int8(&[1, -3]), validity: None };
        assert!(matches!(bincount(scope, &column, 0), Err(Error::Request { .. })));
        let column = Column { values: Values::UInt64(&[1, u64::MAX]), validity: None };
        assert!(matches!(bincount(scope, &column, 0), Err(Error::Memory { .. })));
        let validity = Some(Bits::new(&[0b011], 0, 3));
        let column = Column { values: Values::UInt8(&[2, 0, 255]), validity };
        assert_eq!(bincount(scope, &column, 1).unwrap(), [1, 0, 1]);
    });
}

#[test]
fn a_small_budget_is_an_error_or_the_same_answer() {
    let values: Vec<u64> = (0..100_000).map(random).collect();
    let column = Column { values: Values::UInt64(&values), validity: None };
    let run = |bytes| {
        let engine = Engine::builder().memory_bytes(bytes).build();
        let count = engine.scoped(|scope| count_distinct(scope, column));
        assert_eq!(engine.budget().used_bytes(), 0);
        count
    };
    assert_eq!(run(1 << 20).unwrap(), 100_000);
    assert!(matches!(run(1 << 10), Err(Error::Memory { .. })));
}
