//! Powers: `e^(y ln x)`, the logarithm and the product as pairs of doubles.
//!
//! The special cases are those of IEEE 754-2019, section 9.2.1: `pow(x, ±0)` and `pow(1, y)` are 1 even for NaN.

use super::Binary;
use super::double_double::{DoubleDouble, fast_two_sum, two_product};
use super::exp::{NORMAL, exp_of_pair, exp_of_pair_at_the_borders};
use super::log::{is_common, ln_pair, ln_pair_of_subnormal};

pub(super) struct Power;

/// `y ln`, the exponent of the result.
#[inline(always)]
fn exponent(ln: DoubleDouble, y: f64) -> DoubleDouble {
    let product = two_product(ln.high, y);
    fast_two_sum(product.high, product.low + ln.low * y)
}

impl Binary for Power {
    #[inline(always)]
    fn common(x: f64, y: f64) -> (f64, bool) {
        let exponent = exponent(ln_pair(x, 0.0), y);
        let is_common = is_common(x) & (y.abs() <= 1e300) & (exponent.high.abs() <= NORMAL);
        (exp_of_pair(exponent), is_common)
    }

    fn rare(x: f64, y: f64) -> f64 {
        if y == 0.0 || x == 1.0 {
            return 1.0;
        } else if x.is_nan() || y.is_nan() {
            return f64::NAN;
        }
        let size = x.abs();
        if y.is_infinite() {
            return if size == 1.0 {
                1.0
            } else if (size > 1.0) == (y > 0.0) {
                f64::INFINITY
            } else {
                0.0
            };
        }
        // From 2^53 on every double is even.
        let is_integer = y.trunc() == y;
        let is_odd = is_integer && y.abs() < 2.0f64.powi(53) && (y.abs() as u64) & 1 == 1;
        let value = if size == 0.0 || size.is_infinite() {
            if (size == 0.0) == (y > 0.0) { 0.0 } else { f64::INFINITY }
        } else if x < 0.0 && !is_integer {
            return f64::NAN;
        } else {
            power_of_positive(size, y)
        };
        if x.is_sign_negative() && is_odd { -value } else { value }
    }
}

/// For positive finite `x` and finite `y`, neither zero.
fn power_of_positive(x: f64, y: f64) -> f64 {
    let ln = if x < f64::MIN_POSITIVE { ln_pair_of_subnormal(x) } else { ln_pair(x, 0.0) };
    if ln.high == 0.0 {
        return 1.0;
    }
    let size = ln.high * y;
    if size.abs() > 1000.0 {
        return if size > 0.0 { f64::INFINITY } else { 0.0 };
    }
    exp_of_pair_at_the_borders(exponent(ln, y))
}
