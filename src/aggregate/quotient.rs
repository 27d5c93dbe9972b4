//! Quotients of exact sums, and their one rounding.

use arrcalc_kernels::exact::{Dyadic, Ratio};

use crate::answer::Scalar;

/// `numerator / denominator`.
///
/// # Panics
/// If `denominator` is zero.
pub(super) fn quotient(numerator: &Dyadic, denominator: &Dyadic) -> Ratio {
    let negative = numerator.is_negative() != denominator.is_negative();
    let exponent = numerator.exponent() - denominator.exponent();
    let numerator = Dyadic::new(negative, numerator.magnitude().clone(), exponent);
    Ratio::new(numerator, denominator.magnitude().clone())
}

/// The nearest binary32 or binary64 number.
pub(super) fn result(is_narrow: bool, exact: &Ratio) -> Scalar {
    if is_narrow { Scalar::Float32(exact.to_f32()) } else { Scalar::Float64(exact.to_f64()) }
}
