//! Hyperbolic functions, from `e^x - 1` as a pair.

use super::double_double::{DoubleDouble, fast_two_sum};
use super::exp::{NORMAL, entry, exp_of_pair_at_the_borders, expm1_pair_with};
use super::{Entry, Unary};

const LN_2: DoubleDouble =
    DoubleDouble::new(f64::from_bits(0x3fe6_2e42_fefa_39ef), f64::from_bits(0x3c7a_bc9e_3b39_803f));
/// Below, `x` itself is the result of the odd functions.
const TINY: f64 = 1.0 / (1u64 << 27) as f64;

/// `e^|x| / 2` rounded, where `e^-|x|` does not show.
fn half_exp(x: f64) -> f64 {
    let size = DoubleDouble::new(x.abs(), 0.0);
    let shifted = fast_two_sum(size.high, -LN_2.high);
    exp_of_pair_at_the_borders(DoubleDouble::new(shifted.high, shifted.low - LN_2.low))
}

pub(super) struct Sinh;

impl Unary for Sinh {
    #[inline(always)]
    fn common(x: f64) -> (f64, bool) {
        Self::common_with(x, Self::entry(x))
    }

    fn rare(x: f64) -> f64 {
        if x.is_nan() { f64::NAN } else { half_exp(x).copysign(x) }
    }

    const LOOKS_UP: bool = true;

    #[inline(always)]
    fn entry(x: f64) -> Entry {
        entry(x.abs())
    }

    #[inline(always)]
    fn common_with(x: f64, entry: Entry) -> (f64, bool) {
        // (m + m / (m + 1)) / 2 with m = e^|x| - 1.
        let m = expm1_pair_with(x.abs(), entry);
        let sum = m.plus(m.over(m.plus(DoubleDouble::new(1.0, 0.0))));
        (if x.abs() < TINY { x } else { (0.5 * sum.rounded()).copysign(x) }, x.abs() <= NORMAL)
    }
}

pub(super) struct Cosh;

impl Unary for Cosh {
    #[inline(always)]
    fn common(x: f64) -> (f64, bool) {
        Self::common_with(x, Self::entry(x))
    }

    fn rare(x: f64) -> f64 {
        if x.is_nan() { f64::NAN } else { half_exp(x) }
    }

    const LOOKS_UP: bool = true;

    #[inline(always)]
    fn entry(x: f64) -> Entry {
        entry(x.abs())
    }

    #[inline(always)]
    fn common_with(x: f64, entry: Entry) -> (f64, bool) {
        // 1 + m^2 / (m + 1) / 2 with m = e^|x| - 1.
        let one = DoubleDouble::new(1.0, 0.0);
        let m = expm1_pair_with(x.abs(), entry);
        let e = m.plus(one);
        (0.5 * e.plus(one.over(e)).rounded(), x.abs() <= NORMAL)
    }
}

pub(super) struct Tanh;

/// `|x|`, 20 at most.
#[inline(always)]
fn clamped(x: f64) -> f64 {
    if x.abs() < 20.0 { x.abs() } else { 20.0 }
}

impl Unary for Tanh {
    #[inline(always)]
    fn common(x: f64) -> (f64, bool) {
        Self::common_with(x, Self::entry(x))
    }

    fn rare(_: f64) -> f64 {
        f64::NAN
    }

    const LOOKS_UP: bool = true;

    #[inline(always)]
    fn entry(x: f64) -> Entry {
        entry(-2.0 * clamped(x))
    }

    #[inline(always)]
    fn common_with(x: f64, entry: Entry) -> (f64, bool) {
        // -m / (m + 2) with m = e^(-2|x|) - 1; from 20 on the result is 1.
        let m = expm1_pair_with(-2.0 * clamped(x), entry);
        let value = m.signed(true).over(m.plus(DoubleDouble::new(2.0, 0.0))).rounded();
        (if x.abs() < TINY { x } else { value.copysign(x) }, x.abs() <= f64::INFINITY)
    }
}
