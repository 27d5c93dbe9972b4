//! Which rows are one group, and the groups' order.

use std::collections::BTreeMap;

use arrcalc_datasets::{Column, DataType, Text, TimeUnit, Values};
use arrcalc_kernels::{Bits, Level};

use super::words;
use crate::answer::Scalar;
use crate::group::Keys;

fn key_of(keys: &Keys, columns: usize, id: u32) -> Vec<Scalar> {
    (0..columns).map(|column| keys.key(column, id)).collect()
}

fn sorted(keys: &Keys, columns: usize) -> Vec<Vec<Scalar>> {
    keys.sorted().into_iter().map(|id| key_of(keys, columns, id)).collect()
}

#[test]
fn zeros_are_one_key_nans_one_after_the_numbers_null_the_last() {
    let values = [f64::NAN, -0.0, 2.0, f64::from_bits(0xfff8_0000_0000_0001), 0.0, f64::NEG_INFINITY, 7.0];
    let validity = Some(Bits::new(&[0b0011_1111], 0, 7));
    let mut keys = Keys::new(&[DataType::Float64]);
    let mut ids = Vec::new();
    keys.assign(Level::detect(), 7, &[Column { values: Values::Float64(&values), validity }], &mut ids);
    assert_eq!((ids[0], ids[1]), (ids[3], ids[4]));
    let shown = format!("{:?}", sorted(&keys, 1));
    assert_eq!(shown, "[[Float64(-inf)], [Float64(0.0)], [Float64(2.0)], [Float64(NaN)], [Null]]");
}

#[test]
fn text_is_the_same_key_in_every_layout() {
    let rows = ["b", "", "a", "b", "aa", "\u{e9}", ""];
    let mut data = Vec::new();
    let mut ends = vec![0usize];
    for row in rows {
        data.extend_from_slice(row.as_bytes());
        ends.push(data.len());
    }
    let narrow: Vec<i32> = ends.iter().map(|&end| end as i32).collect();
    let wide: Vec<i64> = ends.iter().map(|&end| end as i64).collect();
    let values = ["", "a", "aa", "b", "\u{e9}", "unused", "b"];
    let layouts = [
        Text::Slices(&rows),
        Text::Offsets32 { offsets: &narrow, data: &data },
        Text::Offsets64 { offsets: &wide, data: &data },
        Text::Codes { codes: &[3, 0, 1, 6, 2, 4, 0], values: &values },
    ];
    for validity in [None, Some(Bits::new(&[0b0111_1101], 0, 7))] {
        let mut keys = Keys::new(&[DataType::String]);
        let mut seen = Vec::new();
        for text in layouts {
            let mut ids = Vec::new();
            keys.assign(Level::detect(), 7, &[Column { values: Values::Text(text), validity }], &mut ids);
            seen.push(ids);
        }
        assert!(seen.iter().all(|ids| *ids == seen[0]), "{seen:?}");
        let mut expected: Vec<Scalar> =
            ["", "a", "aa", "b", "\u{e9}"].iter().map(|text| Scalar::Text(text.to_string())).collect();
        if validity.is_some() {
            expected.push(Scalar::Null);
        }
        assert_eq!(sorted(&keys, 1).concat(), expected);
    }
}

#[test]
fn several_keys_are_ordered_one_after_the_other_and_merge_in_any_order() {
    let rows = 3000;
    let mut word = words(8);
    let a: Vec<i32> = (0..rows).map(|_| (word() % 40) as i32 - 20).collect();
    let b: Vec<u64> = (0..rows).map(|_| (word() % 3) << 62).collect();
    let c: Vec<i128> = (0..rows).map(|_| (i128::from(word() % 3) - 1) << 100).collect();
    let types = [DataType::Date, DataType::UInt64, DataType::Decimal128 { precision: 38, scale: 2 }];
    let mut expected: BTreeMap<(i32, u64, i128), u64> = BTreeMap::new();
    for row in 0..rows {
        *expected.entry((a[row], b[row], c[row])).or_default() += 1;
    }
    let columns = |from: usize, to: usize| {
        [Values::Int32(&a[from..to]), Values::UInt64(&b[from..to]), Values::Decimal128(&c[from..to])]
            .map(|values| Column { values, validity: None })
    };
    let mut ids = Vec::new();
    let mut parts = vec![Keys::new(&types); 3];
    let mut counts = vec![Vec::new(); 3];
    for (index, start) in (0..rows).step_by(7).enumerate() {
        let part = index % 3;
        let end = rows.min(start + 7);
        parts[part].assign(Level::detect(), end - start, &columns(start, end), &mut ids);
        counts[part].resize(parts[part].len(), 0u64);
        ids.iter().for_each(|&id| counts[part][id as usize] += 1);
    }
    for order in [[0, 1, 2], [2, 1, 0]] {
        let mut merged = Keys::new(&types);
        let mut total: Vec<u64> = Vec::new();
        for part in order {
            let map = merged.merge(&parts[part]);
            total.resize(merged.len(), 0);
            map.iter().zip(&counts[part]).for_each(|(&id, count)| total[id as usize] += count);
        }
        let found = merged.sorted().into_iter().map(|id| (key_of(&merged, 3, id), total[id as usize]));
        let expected = expected.iter().map(|((a, b, c), count)| {
            let decimal = Scalar::Decimal { unscaled: c.to_string(), scale: 2 };
            (vec![Scalar::Date((*a).into()), Scalar::Integer((*b).into()), decimal], *count)
        });
        assert!(found.eq(expected));
    }
}

#[test]
fn words_far_apart_and_close_are_found_alike() {
    // From a direct table to a hash table and back, with the ends of the type.
    for spread in [10u64, 5000, 3_000_000, 1 << 60] {
        let mut word = words(spread);
        let rows = 60_000;
        let mut values: Vec<i64> = (0..rows).map(|_| (word() % spread) as i64 - 5).collect();
        (values[100], values[101], values[40_000]) = (i64::MIN, i64::MAX, i64::MAX - 1);
        let unit = TimeUnit::Second;
        let mut keys = Keys::new(&[DataType::Timestamp(unit, None)]);
        let mut all = Vec::new();
        for chunk in values.chunks(777) {
            let mut ids = Vec::new();
            let column = Column { values: Values::Int64(chunk), validity: None };
            keys.assign(Level::detect(), chunk.len(), &[column], &mut ids);
            all.extend(ids);
        }
        for (&id, &value) in all.iter().zip(&values) {
            assert_eq!(keys.key(0, id), Scalar::Timestamp(value, unit, None));
        }
        let distinct: std::collections::BTreeSet<i64> = values.iter().copied().collect();
        assert_eq!(keys.len(), distinct.len());
        let found = keys.sorted().into_iter().map(|id| keys.key(0, id));
        assert!(found.eq(distinct.into_iter().map(|value| Scalar::Timestamp(value, unit, None))));
    }
}

#[test]
fn no_rows_are_no_groups_and_no_keys_are_one() {
    let mut keys = Keys::new(&[]);
    let mut ids = vec![9];
    keys.assign(Level::detect(), 0, &[], &mut ids);
    assert_eq!((keys.len(), ids.len()), (0, 0));
    keys.assign(Level::detect(), 3, &[], &mut ids);
    assert_eq!((keys.len(), ids, keys.sorted()), (1, vec![0, 0, 0], vec![0]));
    let mut other = Keys::new(&[]);
    assert_eq!((other.merge(&keys), other.len()), (vec![0], 1));
    let mut nulls = Keys::new(&[DataType::Null, DataType::Bool]);
    let bits = Bits::new(&[0b0101_0000], 4, 3);
    let columns = [Values::Null(3), Values::Bool(bits)].map(|values| Column { values, validity: None });
    let mut ids = Vec::new();
    nulls.assign(Level::detect(), 3, &columns, &mut ids);
    let expected = [[Scalar::Null, Scalar::Bool(false)], [Scalar::Null, Scalar::Bool(true)]];
    assert_eq!(sorted(&nulls, 2), expected);
}
