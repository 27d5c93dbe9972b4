//! Weighted sums against big integers.

use num_bigint::BigInt;

use super::*;
use crate::level::Level;
use crate::random::Philox;

/// `Σ weight * term` in units of `2^-4400`.
fn expected(weights: &[u8], terms: &[(usize, Term)]) -> BigInt {
    let unit = |term: &Term| BigInt::from(term.magnitude) << (term.exponent + 4400) as usize;
    let signed = |term: &Term| if term.negative { -unit(term) } else { unit(term) };
    terms.iter().map(|(row, term)| signed(term) * BigInt::from(weights.get(*row).copied().unwrap_or(0))).sum()
}

fn check(terms: &[(usize, Term)]) {
    let mut digits = Digits::default();
    digits.push_ones([3, 700].into_iter());
    digits.push(terms.iter().copied());
    for len in [0, 1, 31, 32, 33, 1000, BLOCK] {
        let weights: Vec<u8> = (0..len).map(|row| (Philox::from(1).at(row as u64) % 64) as u8).collect();
        for level in Level::available() {
            let mut sums = vec![0; digits.len()];
            let total = weigh(level, &weights, &digits, &mut sums);
            assert_eq!(total, weights.iter().map(|&weight| u64::from(weight)).sum::<u64>());
            let ones = [3, 700].map(|row| i64::from(weights.get(row).copied().unwrap_or(0)));
            assert_eq!(sums[0], ones[0] + ones[1]);
            let found: BigInt = (1..digits.len())
                .map(|row| BigInt::from(sums[row]) << (digits.exponent(row) + 4400) as usize)
                .sum();
            assert_eq!(found, expected(&weights, terms), "{level}, {len} weights");
        }
    }
}

#[test]
fn sums_are_exact_for_any_range_of_values() {
    let word = |row: usize| Philox::from(5).at(row as u64);
    let rows = || (0..BLOCK).filter(|row| row % 7 != 3);
    let float = |row: usize, exponents: u64| {
        let word = word(row);
        f64::from_bits(word & !(0x7ff << 52) | (1023 - exponents / 2 + word % exponents) << 52)
    };
    for exponents in [1, 10, 40, 2000] {
        let terms: Vec<(usize, Term)> = rows().map(|row| (row, Term::from(float(row, exponents)))).collect();
        check(&terms);
        let squares: Vec<(usize, Term)> =
            terms.iter().map(|&(row, term)| (row, term.product(term).expect("53 bits each"))).collect();
        check(&squares);
    }
    let special = [0.0, -0.0, 5e-324, -f64::MAX, f64::MIN_POSITIVE, 1.0, f64::MAX];
    check(&rows().map(|row| (row, Term::from(special[row % special.len()]))).collect::<Vec<_>>());
    check(&rows().map(|row| (row, Term::from(word(row) as i64))).collect::<Vec<_>>());
    check(&rows().map(|row| (row, Term::from(if row % 2 == 0 { i64::MIN } else { 1 }))).collect::<Vec<_>>());
    check(&rows().map(|row| (row, Term::from(word(row)))).collect::<Vec<_>>());
    let wide =
        |row| Term { negative: row % 3 == 0, magnitude: u128::MAX - u128::from(word(row)), exponent: 3 };
    check(&rows().map(|row| (row, wide(row))).collect::<Vec<_>>());
    check(&[]);
    check(&[(5, Term::from(0.0))]);
}

#[test]
fn the_largest_sum_is_exact() {
    let terms: Vec<(usize, Term)> =
        (0..BLOCK).map(|row| (row, Term::from((1u64 << DIGIT_BITS) - 1))).collect();
    let mut digits = Digits::default();
    digits.push(terms.into_iter());
    assert_eq!(digits.len(), 1);
    for level in Level::available() {
        let mut sums = [0];
        weigh(level, &[WEIGHT_MAX; BLOCK], &digits, &mut sums);
        assert_eq!(sums[0], ((1 << DIGIT_BITS) - 1) * BLOCK as i64 * i64::from(WEIGHT_MAX));
    }
}

#[test]
fn a_narrow_grid_takes_few_rows() {
    let mut digits = Digits::default();
    digits.push((0..BLOCK).map(|row| (row, Term::from(row as f64 * 0.25))));
    assert_eq!((digits.len(), digits.exponent(0)), (1, -2));
    digits.clear();
    digits.push([(0, Term::from(1e-300)), (1, Term::from(1e300))].into_iter());
    assert!(digits.len() <= 6);
}
