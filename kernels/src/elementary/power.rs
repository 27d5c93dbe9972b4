//! Powers: `e^(y ln x)`, the logarithm and the product as pairs of doubles.
//!
//! The special cases are those of IEEE 754-2019, section 9.2.1: `pow(x, ±0)` and `pow(1, y)` are 1 even for NaN.

use super::double_double::{DoubleDouble, fast_two_sum, two_product};
use super::exp::{self, NORMAL, exp_of_pair_at_the_borders, exp_of_pair_with};
use super::log::{self, is_common, ln_pair, ln_pair_of_subnormal, ln_pair_with};
use super::{BLOCK, Entries};
use crate::arch::Simd;
use crate::dispatch::Kernel;

/// `out[i]` = `x[i]` to the power `y[i]`.
pub(super) struct Powers<'a> {
    pub(super) x: &'a [f64],
    pub(super) y: &'a [f64],
    pub(super) out: &'a mut [f64],
}

/// `y ln`, the exponent of the result.
#[inline(always)]
fn exponent(ln: DoubleDouble, y: f64) -> DoubleDouble {
    let product = two_product(ln.high, y);
    fast_two_sum(product.high, product.low + ln.low * y)
}

impl Kernel for Powers<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let pairs = self.x.chunks(BLOCK).zip(self.y.chunks(BLOCK));
        for ((x, y), out) in pairs.zip(self.out.chunks_mut(BLOCK)) {
            let (mut high, mut low) = ([0.0; BLOCK], [0.0; BLOCK]);
            let logarithms = Entries::of(x, log::entry);
            let exponents = high.iter_mut().zip(&mut low);
            for (((&x, &y), entry), (high, low)) in x.iter().zip(y).zip(logarithms.iter()).zip(exponents) {
                let exponent = exponent(ln_pair_with(x, 0.0, entry), y);
                (*high, *low) = (exponent.high, exponent.low);
            }
            let powers = Entries::of(&high[..x.len()], exp::entry);
            let exponents = high.iter().zip(&low);
            let mut rare_ones = 0;
            for (((out, (&x, &y)), (&high, &low)), entry) in
                out.iter_mut().zip(x.iter().zip(y)).zip(exponents).zip(powers.iter())
            {
                *out = exp_of_pair_with(DoubleDouble::new(high, low), entry);
                rare_ones |= u64::from(!may_be_trusted(x, y, high));
            }
            if rare_ones != 0 {
                for ((out, (&x, &y)), &high) in out.iter_mut().zip(x.iter().zip(y)).zip(&high) {
                    if !may_be_trusted(x, y, high) {
                        *out = rare(x, y);
                    }
                }
            }
        }
    }
}

/// Whether a result is that of the usual way, where `high` is the exponent of `e`.
#[inline(always)]
fn may_be_trusted(x: f64, y: f64, high: f64) -> bool {
    is_common(x) & (y.abs() <= 1e300) & (high.abs() <= NORMAL)
}

/// What IEEE 754 says of special arguments, and results that overflow or are subnormal.
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
