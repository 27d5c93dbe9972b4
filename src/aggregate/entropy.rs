//! `entropy`.

use std::collections::BTreeMap;

use arrcalc_kernels::exact::{Dyadic, Natural, Ratio};

/// Fractional bits of the logarithms.
const BITS: u32 = 100;

/// Shannon's entropy in bits of values that occur `counts` times: `-Σ p log2 p`, `p = count / n`; `None` of no values.
///
/// ```text
/// H = (n log2 n - Σ c log2 c) / n
/// ```
///
/// Logarithms are integers of 2^-100, so what cancels leaves enough; the rest is exact and rounded once. A function of
/// the multiset of counts, the same bits on every machine; uniform over a power of two it is exact.
/// Source: C. E. Shannon, "A mathematical theory of communication", 1948; the digits by squaring are Briggs's.
pub(super) fn entropy(counts: &[u64]) -> Option<f64> {
    let mut occurrences = BTreeMap::<u64, u64>::new();
    for &count in counts.iter().filter(|&&count| count > 0) {
        *occurrences.entry(count).or_default() += 1;
    }
    let n: u64 = counts.iter().sum();
    if n == 0 {
        return None;
    }
    let term = |count: u64| {
        let logarithm = Dyadic::new(false, Natural::from(log2(count)), -i64::from(BITS));
        Dyadic::from(count).mul(&logarithm)
    };
    let spread = occurrences
        .iter()
        .fold(term(n), |rest, (&count, &times)| rest.sub(&term(count).mul(&Dyadic::from(times))));
    Some(Ratio::new(spread, Natural::from(n)).to_f64())
}

/// `log2(value) 2^100`, rounded down to within two units; `value` is above zero.
fn log2(value: u64) -> u128 {
    let whole = value.ilog2();
    // value = 2^whole m / 2^127 with m in [2^127, 2^128): squaring m gives the next digit of the logarithm.
    let mut m = u128::from(value) << (127 - whole);
    let mut logarithm = u128::from(whole);
    for _ in 0..BITS {
        let (high, low) = square(m);
        let digit = high >> 127;
        m = if digit == 1 { high } else { high << 1 | low >> 127 };
        logarithm = logarithm << 1 | digit;
    }
    logarithm
}

/// `m²`: its upper and its lower 128 bits.
fn square(m: u128) -> (u128, u128) {
    let (high, low) = (m >> 64, m & u128::from(u64::MAX));
    let (cross, lowest) = (high * low, low * low);
    // m² = high² 2^128 + 2 cross 2^64 + low²
    let (sum, carry) = lowest.overflowing_add(cross << 65);
    (high * high + (cross >> 63) + u128::from(carry), sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_those_of_a_hundred_digits() {
        // Python's decimal at 120 digits: int(Decimal(v).ln() / Decimal(2).ln() * 2**100)
        assert_eq!(log2(1), 0);
        assert_eq!(log2(1 << 63), 63 << 100);
        let known =
            [(3, 2_009_178_665_378_409_109_047_848_542_368), (10, 4_211_044_143_398_983_473_606_445_350_867)];
        for (value, expected) in known {
            assert!(log2(value).abs_diff(expected) <= 2, "log2({value}) = {}", log2(value));
        }
    }

    #[test]
    fn entropy_is_exact_where_it_is_a_whole_number_and_small_where_it_is_small() {
        assert_eq!(entropy(&[]), None);
        assert_eq!(entropy(&[7]), Some(0.0));
        assert_eq!(entropy(&[3, 3]), Some(1.0));
        assert_eq!(entropy(&[5; 8]), Some(3.0));
        assert_eq!(entropy(&[1, 1, 2]), Some(1.5));
        // Cancels 30 bits: -(1 - 2^-30) log2(1 - 2^-30) + 30 2^-30, by Python's decimal.
        let known = 2.928_329_169_770_438e-8;
        let found = entropy(&[1, (1 << 30) - 1]).unwrap();
        assert_eq!(found, known);
    }
}
