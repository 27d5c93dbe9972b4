//! Sums of powers of counted integers.
//!
//! With values `b + l`, `0 <= l < 64`, that occur `c_l` times, the sums `T_j = Σ c_l l^j` of a row of places fit in 64
//! bits, and by the binomial theorem
//!
//! ```text
//! Σ c_l (b + l)^p = Σ_j C(p, j) b^(p-j) T_j
//! ```
//!
//! which is done once for each row, with `b` counted from the first place of a span, and once for each span, with the
//! span's own first value.

use super::PowerSums;
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::exact::dyadic::Dyadic;
use crate::level::Level;

/// Places of a row: a count of 32 bits times 63^4, 64 times, is below 2^62.
const ROW: usize = 64;
/// Places of a span: 2^16 counts of 32 bits times the fourth power of a place stay below 2^112.
const SPAN: usize = 1 << 16;

impl<const DEGREE: usize> PowerSums<DEGREE> {
    /// Takes in integer `first + i` `counts[i]` times, for each `i`.
    ///
    /// Cost: some nanoseconds for every 64 counts, whatever they are.
    pub fn update_counted(&mut self, level: Level, first: i128, counts: &[u32]) {
        let mut base = Dyadic::from(first);
        for span in counts.chunks(SPAN) {
            let sums = level.run(SpanSums { span });
            self.counts.total += sums[0] as u64;
            let sums = sums.map(Dyadic::from);
            for (below, total) in self.sums.iter_mut().enumerate() {
                let power = below + 1;
                for (j, term) in sums.iter().enumerate().take(power + 1) {
                    let weight = Dyadic::from(BINOMIALS[power][j]).mul(&base.pow((power - j) as u32));
                    total.add_dyadic(&weight.mul(term));
                }
            }
            base = base.add(&Dyadic::from(span.len() as u64));
        }
    }
}

const BINOMIALS: [[u64; 5]; 5] =
    [[1, 0, 0, 0, 0], [1, 1, 0, 0, 0], [1, 2, 1, 0, 0], [1, 3, 3, 1, 0], [1, 4, 6, 4, 1]];

/// `Σ c_i i^j` over a span of counts, for `j` from 0 to 4.
struct SpanSums<'a> {
    span: &'a [u32],
}

impl Kernel for SpanSums<'_> {
    type Output = [i128; 5];

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> [i128; 5] {
        let mut sums = [0i128; 5];
        for (row, counts) in self.span.chunks(ROW).enumerate() {
            let terms = row_sums(counts).map(i128::from);
            let base = (row * ROW) as i128;
            let mut powers = [1; 5];
            for power in 1..5 {
                powers[power] = powers[power - 1] * base;
            }
            for power in 0..5 {
                for j in 0..=power {
                    sums[power] += i128::from(BINOMIALS[power][j]) * powers[power - j] * terms[j];
                }
            }
        }
        sums
    }
}

#[inline(always)]
fn row_sums(counts: &[u32]) -> [u64; 5] {
    const POWERS: [[u32; ROW]; 5] = powers();
    let mut sums = [0u64; 5];
    for (sum, powers) in sums.iter_mut().zip(&POWERS) {
        *sum = counts.iter().zip(powers).map(|(&count, &power)| u64::from(count) * u64::from(power)).sum();
    }
    sums
}

const fn powers() -> [[u32; ROW]; 5] {
    let mut powers = [[1; ROW]; 5];
    let mut power = 1;
    while power < 5 {
        let mut place = 0;
        while place < ROW {
            powers[power][place] = powers[power - 1][place] * place as u32;
            place += 1;
        }
        power += 1;
    }
    powers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counted_integers_give_the_sums_of_the_same_ones_one_by_one() {
        for level in Level::available() {
            for first in [0, -70, i128::from(i64::MIN), i128::from(u64::MAX) - 300] {
                for len in [0usize, 1, 63, 64, 65, 300] {
                    let counts: Vec<u32> =
                        (0..len as u32).map(|at| at.wrapping_mul(2_654_435_761) >> 29).collect();
                    let (mut found, mut expected) = (PowerSums::<4>::new(), PowerSums::<4>::new());
                    found.update_counted(level, first, &counts);
                    for (at, &count) in counts.iter().enumerate() {
                        (0..count).for_each(|_| expected.update_i128(first + at as i128));
                    }
                    assert_eq!(found, expected);
                }
            }
        }
    }

    #[test]
    fn many_large_counts_over_several_spans_are_those_of_big_integers() {
        use num_bigint::BigInt;

        let counts: Vec<u32> = (0..150_000u32).map(|at| u32::MAX - (at % 7)).collect();
        let first = i128::from(i64::MIN) + 5;
        let mut found = PowerSums::<4>::new();
        found.update_counted(Level::detect(), first, &counts);
        for power in 1..=4u32 {
            let terms = counts
                .iter()
                .enumerate()
                .map(|(at, &count)| BigInt::from(first + at as i128).pow(power) * count);
            let sum = found.power_sum(power as usize).to_dyadic();
            let magnitude = BigInt::from(num_bigint::BigUint::from_slice(
                &sum.magnitude()
                    .limbs()
                    .iter()
                    .flat_map(|&limb| [limb as u32, (limb >> 32) as u32])
                    .collect::<Vec<_>>(),
            )) << sum.exponent();
            assert_eq!(if sum.is_negative() { -magnitude } else { magnitude }, terms.sum::<BigInt>());
        }
    }
}
