//! Sums of powers of values of up to 102 bits, where the CPU multiplies integers of 52 bits.
//!
//! A value `x`, an integer in units of the last digit, and an offset `c` are an unsigned integer `u = x + c` of two digits
//! ([`PowerDigits`]). From `M_p = Σ u^p` come the sums of `x^p` by
//!
//! ```text
//! Σ u^(p-k-1) x^(k+1) = Σ u^(p-k) x^k - c Σ u^(p-k-1) x^k
//! ```
//!
//! for k from 0 on: ten multiplications of a sum by `c` for a block, in integers of nine digits of 52 bits.

use crate::arch::{PowerDigits, Simd};
use crate::exact::accumulator::Accumulator;
use crate::exact::block::digits::magic;

/// Bits from the top of the values to the unit of the last digit: 50 of the first digit without its sign, 52 of the second.
pub(crate) const WIDE_BITS: i32 = FIRST_BITS + DIGIT;

const FIRST_BITS: i32 = 50;
const DIGIT: i32 = 52;
const MASK: i128 = (1 << DIGIT) - 1;
/// Digits of a sum: 2^11 fourth powers of 104 bits, times 16, and a sign.
const DIGITS: usize = 9;

/// Adds to `sums[p - 1]` the sum of `(x * 2^shift)^p` over `values`, a block at most; false, and nothing is added, where
/// the CPU lacks the instruction. Memory `ahead` bytes past the values is asked for.
///
/// Every value is below `2^top`, a multiple of `2^(top - WIDE_BITS)`, and `in_safe_zone` for the fourth power.
#[inline(always)]
pub(crate) fn add_wide_powers<S: Simd, const DEGREE: usize>(
    simd: S,
    values: &[f64],
    ahead: usize,
    top: i32,
    shift: i32,
    sums: &mut [Accumulator; DEGREE],
) -> bool {
    let (vectors, rest) = values.as_chunks::<8>();
    let mut last = [[0.0; 8]; 1];
    last[0][..rest.len()].copy_from_slice(rest);
    let last = if rest.is_empty() { &[][..] } else { &last };
    let units = [top - FIRST_BITS, top - WIDE_BITS];
    let Some(digits) = simd.power_digits(vectors, last, units.map(magic), ahead) else { return false };
    let count = 8 * (vectors.len() + last.len()) as u64;
    for (at, (sum, power)) in sums.iter_mut().zip(power_sums(&digits, count, units)).enumerate() {
        let (negative, limbs) = limbs_of(&power);
        sum.add_limbs(negative, &limbs, (at as i32 + 1) * (units[1] + shift));
    }
    true
}

/// An integer of digits of 52 bits, lowest first; the last one has the sign.
type Digits = [i64; DIGITS];

/// `Σ x^p` for p from 1 to 4.
#[inline(never)]
fn power_sums(sums: &PowerDigits, count: u64, units: [i32; 2]) -> [Digits; 4] {
    let [first, second] = units.map(|unit| magic(unit).to_bits());
    // What the patterns are above the digits of x; of the first also what it takes in as a carry, which is the exponent
    // field of the other where nothing is carried.
    let offset = [(second as i128) & MASK, ((first as i128) & MASK) + (second >> DIGIT) as i128];
    let total = |sum: u64, pattern: u64| i128::from(sum.wrapping_sub(pattern.wrapping_mul(count)) as i64);
    let x = (total(sums.patterns[0], first) << DIGIT) + total(sums.patterns[1], second);
    let count = i128::from(count);
    let mut moments = [
        carried(&[count], 0),
        carried(&[x + count * offset[0], count * offset[1]], 0),
        carried(&sums.second.map(|sum| sum as i128), 0),
        carried(&sums.third.map(|sum| sum as i128), 0),
        carried(&sums.squares.map(|sum| sum as i128), 0),
    ];
    let cross = carried(&sums.cross.map(|sum| 2 * sum as i128), 1);
    let both: [i128; DIGITS] = std::array::from_fn(|k| i128::from(moments[4][k]) + i128::from(cross[k]));
    moments[4] = carried(&both, 0);
    for done in 1..=4 {
        for power in (done..=4).rev() {
            let less = moments[power - 1];
            let mut left = [0i128; DIGITS];
            for (k, left) in left.iter_mut().enumerate() {
                let below = if k > 0 { less[k - 1] } else { 0 };
                *left = i128::from(moments[power][k])
                    - offset[0] * i128::from(less[k])
                    - offset[1] * i128::from(below);
                if k + 1 == DIGITS {
                    // The sign goes on above the last digit.
                    *left -= (offset[1] * i128::from(less[k])) << DIGIT;
                }
            }
            moments[power] = carried(&left, 0);
        }
    }
    let [_, powers @ ..] = moments;
    powers
}

/// The integer `Σ parts[k] 2^(52 (k + first))`.
#[inline(always)]
fn carried(parts: &[i128], first: usize) -> Digits {
    let mut digits = [0; DIGITS];
    let mut carry = 0i128;
    for (k, digit) in digits.iter_mut().enumerate().skip(first) {
        let sum = carry + parts.get(k - first).copied().unwrap_or(0);
        if k + 1 == DIGITS {
            *digit = sum as i64;
        } else {
            *digit = (sum & MASK) as i64;
            carry = sum >> DIGIT;
        }
    }
    digits
}

/// Sign and magnitude, in limbs of 64 bits: sums of x^4 have less than 448 of them.
#[inline(always)]
fn limbs_of(digits: &Digits) -> (bool, [u64; 7]) {
    let negative = digits[DIGITS - 1] < 0;
    let digits = if negative { carried(&digits.map(|digit| -i128::from(digit)), 0) } else { *digits };
    let mut limbs = [0; 7];
    for (k, digit) in digits.into_iter().enumerate() {
        let (limb, bit) = (DIGIT as usize * k / 64, DIGIT as usize * k % 64);
        let wide = (digit as u128) << bit;
        if let Some(low) = limbs.get_mut(limb) {
            *low |= wide as u64;
        }
        if let Some(high) = limbs.get_mut(limb + 1) {
            *high |= (wide >> 64) as u64;
        }
    }
    (negative, limbs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::Kernel;
    use crate::exact::dyadic::Dyadic;
    use crate::exact::power_sums::add_powers;
    use crate::level::Level;

    struct Add<'a>(&'a [f64], i32, i32, &'a mut [Accumulator; 4]);

    impl Kernel for Add<'_> {
        type Output = bool;

        #[inline(always)]
        fn run<S: Simd>(self, simd: S) -> bool {
            add_wide_powers(simd, self.0, 0, self.1, self.2, self.3)
        }
    }

    fn check(values: &[f64], top: i32) {
        for level in Level::available() {
            for shift in [0, -70, 33] {
                let mut found = [const { Accumulator::new() }; 4];
                if !level.run(Add(values, top, shift, &mut found)) {
                    continue;
                }
                let mut expected = [const { Accumulator::new() }; 4];
                let scale = Dyadic::new(false, crate::exact::Natural::from(1u64), shift.into());
                for &value in values {
                    add_powers(&Dyadic::from_f64(value).expect("finite").mul(&scale), &mut expected);
                }
                assert!(
                    found == expected,
                    "{} values from {:?}, shift {shift}",
                    values.len(),
                    values.first()
                );
            }
        }
    }

    #[test]
    fn sums_are_those_of_dyadic_numbers_one_by_one() {
        let unit = |bit: i32| f64::from_bits(((bit + 1023) as u64) << 52);
        for top in [-150, 0, 3, 160] {
            let (largest, first, last) =
                (unit(top).next_down(), unit(top - FIRST_BITS), unit(top - WIDE_BITS));
            let edges =
                [largest, first, first / 2.0, 1.5 * first, 2.5 * first, last, 3.0 * last, unit(top - 1)];
            let mut all: Vec<f64> = edges.iter().flat_map(|&edge| [edge, -edge, 0.0]).collect();
            all.extend(edges.iter().flat_map(|&edge| [first / 2.0 - last, last - first / 2.0, edge / 2.0]));
            all.retain(|value| (value / last).fract() == 0.0);
            all.iter().for_each(|&value| check(&[value], top));
            for len in [0, 1, 7, 8, 9, 40] {
                check(&all.iter().cycle().take(len).copied().collect::<Vec<_>>(), top);
            }
            // As many as there may be, all of them as large as can be, of either sign and of both.
            check(&[largest; 2048], top);
            check(&[-largest; 2048], top);
            check(&all.iter().cycle().take(2047).copied().collect::<Vec<_>>(), top);
        }
    }
}
