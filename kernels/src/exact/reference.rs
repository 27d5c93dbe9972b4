//! The naive twin of every exact kernel: one value at a time, in integers of any size.

use super::accumulator::Accumulator;
use super::counts::Counts;
use super::dyadic::Dyadic;
use super::power_sums::add_powers;

/// Counts `values` and adds their powers to `sums`.
pub(super) fn update_f64(values: &[f64], counts: &mut Counts, sums: &mut [Accumulator]) {
    for &value in values {
        counts.push(value);
        if let Some(exact) = Dyadic::from_f64(value) {
            add_powers(&exact, sums);
        }
    }
}

/// Counts the products of the pairs and adds them to `sum`.
pub(super) fn update_dot(x: &[f64], y: &[f64], counts: &mut Counts, sum: &mut Accumulator) {
    for (&x, &y) in x.iter().zip(y) {
        match (Dyadic::from_f64(x), Dyadic::from_f64(y)) {
            (Some(a), Some(b)) => {
                let product = a.mul(&b);
                sum.add_dyadic(&product);
                // A product too small for a float is not zero here, so its sign says nothing.
                let negative_zero = product.is_zero() && x.is_sign_negative() != y.is_sign_negative();
                counts.push(if negative_zero { -0.0 } else { 0.0 });
            }
            // An infinity or NaN: what IEEE 754 makes of the product, infinity times zero being NaN.
            _ => counts.push(x * y),
        }
    }
}
