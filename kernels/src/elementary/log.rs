//! Logarithms: as a pair of doubles, from a table of reciprocals and a short series.
//!
//! Tang, "Table-driven implementation of the logarithm function in IEEE floating-point arithmetic" (1990).
//! `x = 2^e m` with `m` in `[11/16, 11/8)`; the table's `c` is near `1/m`, has twelve bits and is 1 on both sides of
//! `m = 1`, so `r = c m - 1` is exact as a pair and no digits cancel: `ln x = e ln2 - ln c + ln(1 + r)`.

use super::double_double::{DoubleDouble, fast_two_sum, split, two_sum};
use super::tables::LOGARITHMS;
use super::{Entry, ROUND, Unary};

/// Forty-two bits after the point: its product with an exponent, plus a table entry, is exact.
const LN_2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fefa_3800);
const LN_2_LOW: f64 = f64::from_bits(0x3d2e_f357_93c7_6730);
const INVERSE_LN_2: DoubleDouble =
    DoubleDouble::new(f64::from_bits(0x3ff7_1547_652b_82fe), f64::from_bits(0x3c77_77d0_ffda_0d24));
const INVERSE_LN_10: DoubleDouble =
    DoubleDouble::new(f64::from_bits(0x3fdb_cb7b_1526_e50e), f64::from_bits(0x3c69_5355_baaa_fad3));
const LEAST: u64 = 0x3fe6_0000_0000_0000;

/// Whether `x` is positive, normal and finite.
#[inline(always)]
pub(super) fn is_common(x: f64) -> bool {
    (f64::MIN_POSITIVE..=f64::MAX).contains(&x)
}

/// The table's entry for `x`.
#[inline(always)]
pub(super) fn entry(x: f64) -> Entry {
    LOGARITHMS[(x.to_bits().wrapping_sub(LEAST) >> 45 & 127) as usize]
}

/// `ln(x) + exponent ln 2` to within 2^-66 of itself, for a positive, normal, finite `x`.
#[inline(always)]
pub(super) fn ln_pair(x: f64, exponent: f64) -> DoubleDouble {
    ln_pair_with(x, exponent, entry(x))
}

/// [`ln_pair`], the entry being known.
#[inline(always)]
pub(super) fn ln_pair_with(x: f64, exponent: f64, [c, table_high, table_low]: Entry) -> DoubleDouble {
    let shifted = x.to_bits().wrapping_sub(LEAST);
    // The exponent as a double: AVX2 has no conversion from 64-bit integers, the addition is one.
    let biased = (shifted >> 52 ^ 0x800) & 0xfff;
    let e = (f64::from_bits(biased | 0x4338_0000_0000_0000) - (ROUND + 2048.0)) + exponent;
    let m = f64::from_bits(x.to_bits().wrapping_sub(shifted & 0xfff0_0000_0000_0000));
    let (m1, m0) = split(m);
    let r = two_sum(m1 * c - 1.0, m0 * c);
    // -r^2/2 as a pair: the square of the upper half is exact.
    let x = r.high;
    let (x1, x0) = split(x);
    let half_square = 0.5 * x1 * x1;
    let rest_of_square = 0.5 * x0 * (x + x1);
    let series = 1.0 / 3.0
        - x * (1.0 / 4.0
            - x * (1.0 / 5.0
                - x * (1.0 / 6.0 - x * (1.0 / 7.0 - x * (1.0 / 8.0 - x * (1.0 / 9.0 - x * (1.0 / 10.0)))))));
    let head = two_sum(e * LN_2_HIGH + table_high, x);
    let second = two_sum(head.high, -half_square);
    let tail = x * x * x * series - rest_of_square + (r.low - x * r.low) + (e * LN_2_LOW + table_low);
    fast_two_sum(second.high, tail + (head.low + second.low))
}

/// What a logarithm gives where its argument is not positive, normal and finite.
fn at_the_borders(x: f64, log: fn(DoubleDouble) -> f64) -> f64 {
    if x == 0.0 {
        f64::NEG_INFINITY
    } else if x < 0.0 || x.is_nan() {
        f64::NAN
    } else if x == f64::INFINITY {
        x
    } else {
        log(ln_pair_of_subnormal(x))
    }
}

/// [`ln_pair`] of a positive subnormal.
pub(super) fn ln_pair_of_subnormal(x: f64) -> DoubleDouble {
    ln_pair(x * 2.0f64.powi(54), -54.0)
}

pub(super) struct Log;

impl Unary for Log {
    #[inline(always)]
    fn common(x: f64) -> (f64, bool) {
        Self::common_with(x, Self::entry(x))
    }

    fn rare(x: f64) -> f64 {
        at_the_borders(x, DoubleDouble::rounded)
    }

    const LOOKS_UP: bool = true;

    #[inline(always)]
    fn entry(x: f64) -> Entry {
        entry(x)
    }

    #[inline(always)]
    fn common_with(x: f64, entry: Entry) -> (f64, bool) {
        (ln_pair_with(x, 0.0, entry).rounded(), is_common(x))
    }
}

pub(super) struct Log2;

impl Unary for Log2 {
    #[inline(always)]
    fn common(x: f64) -> (f64, bool) {
        Self::common_with(x, Self::entry(x))
    }

    fn rare(x: f64) -> f64 {
        at_the_borders(x, |ln| ln.times(INVERSE_LN_2).rounded())
    }

    const LOOKS_UP: bool = true;

    #[inline(always)]
    fn entry(x: f64) -> Entry {
        entry(x)
    }

    #[inline(always)]
    fn common_with(x: f64, entry: Entry) -> (f64, bool) {
        (ln_pair_with(x, 0.0, entry).times(INVERSE_LN_2).rounded(), is_common(x))
    }
}

pub(super) struct Log10;

impl Unary for Log10 {
    #[inline(always)]
    fn common(x: f64) -> (f64, bool) {
        Self::common_with(x, Self::entry(x))
    }

    fn rare(x: f64) -> f64 {
        at_the_borders(x, |ln| ln.times(INVERSE_LN_10).rounded())
    }

    const LOOKS_UP: bool = true;

    #[inline(always)]
    fn entry(x: f64) -> Entry {
        entry(x)
    }

    #[inline(always)]
    fn common_with(x: f64, entry: Entry) -> (f64, bool) {
        (ln_pair_with(x, 0.0, entry).times(INVERSE_LN_10).rounded(), is_common(x))
    }
}

pub(super) struct Log1p;

impl Unary for Log1p {
    #[inline(always)]
    fn common(x: f64) -> (f64, bool) {
        Self::common_with(x, Self::entry(x))
    }

    fn rare(x: f64) -> f64 {
        if x > 1.0 { Log::apply(x) } else { Log::apply(1.0 + x) }
    }

    const LOOKS_UP: bool = true;

    #[inline(always)]
    fn entry(x: f64) -> Entry {
        entry(two_sum(1.0, x).high)
    }

    #[inline(always)]
    fn common_with(x: f64, entry: Entry) -> (f64, bool) {
        let sum = two_sum(1.0, x);
        let ln = ln_pair_with(sum.high, 0.0, entry);
        let value = fast_two_sum(ln.high, ln.low + sum.low / sum.high);
        let is_tiny = x.abs() < 2.0f64.powi(-54);
        // With ln = 0 the sum holds the quotient alone, which is x itself.
        (if is_tiny { x } else { value.rounded() }, x > -1.0 && x <= 1e300)
    }
}
