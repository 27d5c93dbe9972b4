//! The normal distribution function.
//!
//! Near the centre the series of G. Marsaglia, "Evaluating the normal distribution" (2004), whose terms are all
//! positive; in the tails Laplace's continued fraction for Mills' ratio (NIST Handbook, 7.9).

use crate::elementary::{Function, apply};
use crate::level::Level;

/// From where on the continued fraction is used.
const TAIL: f64 = 5.0;
/// Its depth: at 5 the next convergents agree to the last bit.
const DEPTH: u32 = 60;

/// The probability that a standard normal is below `z`; within `2^-51` (absolute) of 40-digit values on 2,000 arguments,
/// and below -5 within 1e-14 of itself. NaN for NaN.
///
/// Additions, multiplications, divisions and the exponential of [`crate::elementary`]: the same bits on every machine.
///
/// # Examples
/// ```
/// use arrcalc_kernels::random::normal_probability;
///
/// assert_eq!(normal_probability(0.0), 0.5);
/// assert!((normal_probability(1.959963984540054) - 0.975).abs() < 1e-15);
/// ```
pub fn normal_probability(z: f64) -> f64 {
    if z.is_nan() {
        return f64::from_bits(0x7ff8_0000_0000_0000);
    }
    let magnitude = z.abs();
    let mut density = [0.0];
    apply(Level::BASELINE, Function::Exp, &[-0.5 * magnitude * magnitude], &mut density);
    /// `1 / sqrt(2 pi)`.
    const SCALE: f64 = 0.3989422804014327;
    let density = density[0] * SCALE;
    if magnitude < TAIL {
        // z + z^3 / 3 + z^5 / (3 5) + ...
        let (mut term, mut sum, mut odd) = (magnitude, magnitude, 1.0);
        while term > sum * 1e-18 {
            odd += 2.0;
            term *= magnitude * magnitude / odd;
            sum += term;
        }
        let beyond = density * sum;
        return if z < 0.0 { 0.5 - beyond } else { 0.5 + beyond };
    }
    // 1 / (z + 1 / (z + 2 / (z + 3 / ...)))
    let mut fraction = magnitude;
    for depth in (1..=DEPTH).rev() {
        fraction = magnitude + f64::from(depth) / fraction;
    }
    let tail = density / fraction;
    if z < 0.0 { tail } else { 1.0 - tail }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::upper_normal_quantile;

    #[test]
    fn it_is_the_inverse_of_the_quantile() {
        for index in 1..2000 {
            let tail = f64::from(index) / 4000.0;
            let z = upper_normal_quantile(tail);
            assert!((normal_probability(-z) - tail).abs() < 4.5e-16, "{tail}");
            assert!((normal_probability(z) - (1.0 - tail)).abs() < 4.5e-16, "{tail}");
        }
        for exponent in 22..60 {
            let tail = 2f64.powi(-exponent);
            let found = normal_probability(-upper_normal_quantile(tail));
            // A rounding of z is z times as much of the tail.
            assert!((found / tail - 1.0).abs() < 1e-14, "{exponent}: {found}");
        }
    }

    #[test]
    fn ends_are_probabilities() {
        assert_eq!(normal_probability(f64::INFINITY), 1.0);
        assert_eq!(normal_probability(f64::NEG_INFINITY), 0.0);
        assert_eq!(normal_probability(-40.0), 0.0);
        assert_eq!(normal_probability(40.0), 1.0);
        assert!(normal_probability(f64::NAN).is_nan());
        assert!((normal_probability(TAIL) - normal_probability(TAIL.next_down())).abs() < 1e-15);
    }
}
