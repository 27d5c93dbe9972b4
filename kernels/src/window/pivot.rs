//! Values counted from a pivot: a variance is the same, and squares of small differences need fewer bits.

use super::carry::{Carry, two_sum};
use super::digits::Rows;
use crate::exact::{Accumulator, Dyadic, PowerSums};

/// Values looked at to choose a pivot.
const SAMPLE: usize = 64;

/// A value that the first of `values` lie near to, compared with its size; zero where there is none.
///
/// Within a factor of two of the pivot all differences are exact (P. H. Sterbenz, Floating-Point Computation, 1974).
pub(super) fn pivot_of(values: &[f64]) -> f64 {
    let sample = &values[..values.len().min(SAMPLE)];
    let least = sample.iter().fold(f64::INFINITY, |least, value| least.min(value.abs()));
    let most = sample.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    let is_one_sided = sample.iter().all(|value| *value > 0.0) || sample.iter().all(|value| *value < 0.0);
    match sample.first() {
        Some(first) if is_one_sided && most.is_finite() && most <= 2.0 * least => *first,
        _ => 0.0,
    }
}

/// `values` less `pivot`, zero where they are not finite; whether every difference is exact.
#[inline(always)]
pub(super) fn shift(values: &[f64], pivot: f64, shifted: &mut Rows) -> bool {
    let mut lost = 0u64;
    for (to, &value) in shifted.iter_mut().zip(values) {
        let is_finite = value.is_finite();
        let (difference, rest) = two_sum(if is_finite { value } else { pivot }, -pivot);
        *to = difference;
        lost |= rest.to_bits() << 1;
    }
    shifted[values.len()..].fill(0.0);
    lost == 0
}

/// The sum of a power (the first or the second) of the finite values less `pivot`, as it is carried.
pub(super) fn carried<const D: usize>(state: &PowerSums<D>, power: usize, pivot: f64) -> Carry {
    let Some(pivot) = Dyadic::from_f64(pivot).filter(|pivot| !pivot.is_zero()) else {
        return Carry::of(state.power_sum(power));
    };
    let counts = state.counts();
    let finite = counts.total - counts.nan - counts.positive_infinity - counts.negative_infinity;
    let count = Dyadic::from(finite);
    let first = state.power_sum(1).to_dyadic();
    let shifted = if power == 1 {
        first.sub(&pivot.mul(&count))
    } else {
        let twice = first.mul(&Dyadic::from(2u64)).sub(&pivot.mul(&count));
        state.power_sum(2).to_dyadic().sub(&pivot.mul(&twice))
    };
    let mut sum = Accumulator::new();
    sum.add_dyadic(&shifted);
    Carry::of(&sum)
}
