//! Sums of groups against exact sums of one group at a time, quotients against exact ratios.

use super::{Batches, ByteTable, GroupSums, PairTable, SumWindow, WindowSums, nearest_quotient};
use crate::exact::{Dyadic, Natural, PowerSums, Ratio};
use crate::level::Level;

fn words(mut seed: u64) -> impl FnMut() -> u64 {
    move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed ^ (seed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9)
    }
}

#[test]
fn states_of_groups_are_those_of_power_sums_for_any_window_and_merge() {
    // Every bit pattern there is, in a part of the exponents: the window fits some, and is left by others.
    for (lowest, fields) in [(1000u64, 30), (990, 70), (0, 3), (0, 2048), (2000, 48)] {
        let mut word = words(lowest + fields);
        let values: Vec<f64> = (0..3000)
            .map(|_| {
                let field = lowest + word() % fields;
                let kind = word() % 40;
                f64::from_bits(if kind == 0 {
                    word() << 63
                } else {
                    word() << 63 | field << 52 | word() >> 12
                })
            })
            .collect();
        let groups: Vec<u32> = values.iter().map(|_| (word() % 5) as u32).collect();
        for level in Level::available() {
            let mut parts = vec![GroupSums::new(); 3];
            for (part, index) in parts.iter_mut().zip(0..) {
                part.resize(5);
                // Parts begin with different values, so their windows differ.
                let (from, to) = (index * 1000, index * 1000 + 1000);
                part.update_f64(level, &groups[from..to], &values[from..to]);
            }
            let mut merged = GroupSums::new();
            merged.resize(5);
            parts.iter().for_each(|part| merged.merge(part, &[0, 1, 2, 3, 4]));
            for group in 0..5 {
                let of_group = values.iter().zip(&groups).filter(|(_, at)| **at == group);
                let mut expected = PowerSums::<1>::new();
                expected.update_f64(level, &of_group.map(|(value, _)| *value).collect::<Vec<_>>());
                assert_eq!(merged.power_sums(group).to_bytes(), expected.to_bytes());
                assert!(merged.fast_sum(group).is_none_or(|sum| sum.to_bits() == expected.sum().to_bits()));
                assert!(merged.fast_mean(group).is_none_or(|mean| Some(mean) == expected.mean()));
            }
        }
    }
}

#[test]
fn sums_in_a_window_are_those_of_power_sums_or_not_taken() {
    for (lowest, fields, rows) in
        [(1000u64, 30, 3000), (40, 1, 3000), (2030, 9, 3000), (1000, 10, 1 << 40), (60, 45, 70)]
    {
        let mut word = words(lowest + rows as u64);
        let values: Vec<f64> = (0..rows.min(3000))
            .map(|_| match (word() % 20, lowest + word() % fields) {
                (0, _) => 0.0,
                (_, field) => f64::from_bits(word() << 63 | field << 52 | word() >> 12),
            })
            .collect();
        let groups: Vec<u32> = values.iter().map(|_| (word() % 5) as u32).collect();
        let window = SumWindow::around(&values, rows);
        let Some(window) = window else {
            assert!(lowest + fields + 7 > 2046 || lowest < 64, "{lowest}");
            continue;
        };
        for level in Level::available() {
            let mut parts = [WindowSums::new(window, 5), WindowSums::new(window, 5)];
            let half = values.len() / 2 + 3;
            assert!(parts[0].update(level, &groups[..half], &values[..half]));
            assert!(parts[1].update(level, &groups[half..], &values[half..]));
            for group in 0..5 {
                let of_group = values.iter().zip(&groups).filter(|(_, at)| **at == group);
                let mut expected = PowerSums::<1>::new();
                expected.update_f64(level, &of_group.map(|(value, _)| *value).collect::<Vec<_>>());
                let units = parts.iter().map(|part| part.units()[group as usize]).sum();
                assert_eq!(
                    window.round(units).to_bits(),
                    expected.sum().to_bits(),
                    "{lowest}, group {group}"
                );
            }
            let out = f64::from_bits((lowest.saturating_sub(60)) << 52 | 1);
            for value in [f64::NAN, f64::INFINITY, -0.0, f64::from_bits(3), out] {
                let mut sums = WindowSums::new(window, 1);
                let mut values = [1.5 * values[1]; 9];
                values[7] = value;
                assert!(!sums.update(level, &[0; 9], &values), "{value:e}");
            }
        }
    }
    assert_eq!(SumWindow::around(&[0.0, f64::NAN, f64::NEG_INFINITY], 3), None);
    assert_eq!(SumWindow::around(&[1.0], usize::MAX), SumWindow::around(&[1.0], usize::MAX / 2 + 1));
}

#[test]
fn a_cell_without_room_is_emptied_into_an_accumulator() {
    let level = Level::detect();
    let mut sums = GroupSums::new();
    sums.resize(1);
    sums.update_f64(level, &[0], &[1.0]);
    let mut expected = PowerSums::<1>::new();
    expected.update_f64(level, &[1.0]);
    // The highest values that the window of 1.0 takes: some thousand of them fill a cell.
    let top = [8_388_607.999_999_999; 40_000];
    sums.update_f64(level, &[0; 40_000], &top);
    expected.update_f64(level, &top);
    assert_eq!(sums.power_sums(0), expected);
    let mut integers = GroupSums::new();
    integers.resize(1);
    integers.update_integers(level, &[0; 3], &[i128::MIN; 3]);
    let mut expected = PowerSums::<1>::new();
    (0..3).for_each(|_| expected.update_i128(i128::MIN));
    assert_eq!(integers.power_sums(0), expected);
    assert_eq!(integers.fast_integer(0), None);
}

#[test]
fn quotients_are_the_nearest_floats() {
    let mut word = words(1);
    let mut told = 0;
    for _ in 0..20_000 {
        let sum =
            ((i128::from(word()) << 64 | i128::from(word())) >> (word() % 127)) & !((1 << (word() % 60)) - 1);
        let (exponent, n) = ((word() % 2200) as i32 - 1130, (word() >> (word() % 64)).max(1));
        let Some(found) = nearest_quotient(sum, exponent, n) else { continue };
        told += 1;
        let exact = Dyadic::new(sum < 0, Natural::from(sum.unsigned_abs()), exponent.into());
        assert_eq!(
            found.to_bits(),
            Ratio::new(exact, Natural::from(n)).to_f64().to_bits(),
            "{sum} {exponent} {n}"
        );
    }
    assert!(told > 10_000, "only {told} quotients were told");
    // A tie, and one that the remainder alone breaks.
    assert_eq!(nearest_quotient((1 << 53) + 1, 0, 1), Some(9_007_199_254_740_992.0));
    assert_eq!(nearest_quotient(1, 0, 3), Some(1.0 / 3.0));
}

#[test]
fn pairs_and_strings_keep_their_numbers_while_tables_grow() {
    let (mut pairs, mut strings) = (PairTable::new(), ByteTable::new());
    let mut numbers = Vec::new();
    for count in [1usize, 2, 3, 100, 70_000] {
        let second: Vec<u32> = (0..count as u32).collect();
        let mut first: Vec<u32> = second.iter().map(|number| number % 3).collect();
        pairs.assign(Level::detect(), &mut first, &second, count);
        assert!(numbers.iter().zip(&first).all(|(old, new)| old == new));
        assert!(first.iter().zip(&second).all(|(&number, &b)| pairs.pair(number) == (b % 3, b)));
        numbers = first;
        for number in 0..count as u32 {
            assert_eq!(strings.number(format!("string {number}").as_bytes()), number);
        }
    }
    assert_eq!((pairs.len(), strings.len()), (70_000, 70_000));
    assert_eq!(strings.get(strings.sorted()[1]), b"string 1");
}

#[test]
fn digits_are_carried_before_their_words_overflow() {
    let level = Level::detect();
    // Beside 1.0, which sets the window, values whose digits are the largest there are.
    let mut values = vec![-8_388_607.999_999_999; 1 << 20];
    values[0] = 1.0;
    let groups = vec![0; values.len()];
    let (mut sums, mut expected) = (GroupSums::new(), PowerSums::<1>::new());
    sums.resize(1);
    for _ in 0..20 {
        sums.update_f64(level, &groups, &values);
        expected.update_f64(level, &values);
    }
    assert_eq!(sums.power_sums(0), expected);
    let mut integers = GroupSums::new();
    integers.resize(1);
    let mut expected = PowerSums::<1>::new();
    let large = vec![i64::MIN + 1; 1 << 20];
    for _ in 0..20 {
        integers.update_integers(level, &groups, &large);
        expected.update_i64(level, &large);
    }
    assert_eq!(integers.power_sums(0), expected);
}

#[test]
fn rows_that_were_put_off_are_the_rows_that_came() {
    let mut word = words(5);
    for level in Level::available() {
        let (mut batches, mut sums, mut direct) = (Batches::new(), GroupSums::new(), GroupSums::new());
        let mut count = 0;
        let mut rows = 0;
        // Groups become more, so many in the end that parts become larger.
        for most in [40_000u64, 70_000, 70_000, 5_000_000, 5_000_000] {
            count = count.max(most as usize);
            sums.resize(count);
            direct.resize(count);
            let groups: Vec<u32> =
                (0..50_000).map(|row| (word() % if row % 2 == 0 { 9 } else { most }) as u32).collect();
            let values: Vec<f64> = groups.iter().map(|_| (word() >> 20) as f64 - 1e12).collect();
            direct.update_f64(level, &groups, &values);
            batches.push(level, &groups, &values, count, &mut |groups, values| {
                rows += groups.len();
                sums.update_f64(level, groups, values);
            });
        }
        assert!(batches.memory_bytes() > 0 && !batches.are_empty());
        batches.drain(&mut |groups, values| {
            rows += groups.len();
            sums.update_f64(level, groups, values);
        });
        assert!(batches.are_empty());
        assert_eq!(rows, 250_000);
        assert!((0..count as u32).all(|group| sums.fast_sum(group) == direct.fast_sum(group)));
        assert!((0..9).all(|group| sums.power_sums(group) == direct.power_sums(group)));
    }
}
