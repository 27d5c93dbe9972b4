//! Exponentials: `2^(k/64)` from a table times a short series.
//!
//! Tang, "Table-driven implementation of the exponential function in IEEE floating-point arithmetic" (1989).
//! `x = k ln2/64 + r` with `|r| <= ln2/128`; the table holds `2^(j/64)` to 106 bits; `e^r - 1` is its Taylor series.
//! The constants are correctly rounded from 400-bit values.

use super::double_double::{DoubleDouble, fast_two_sum, two_product, two_sum};
use super::tables::POWERS_OF_TWO;
use super::{Entry, ROUND, Unary};

const STEPS: f64 = f64::from_bits(0x4057_1547_652b_82fe); // 64 / ln 2
/// `ln2 / 64`: the first part has 34 bits, its product with `k` is exact.
const STEP_HIGH: f64 = f64::from_bits(0x3f86_2e42_fef8_0000);
const STEP_LOW: f64 = f64::from_bits(0x3d51_cf79_abc9_e3b4);
const LN_2: DoubleDouble =
    DoubleDouble::new(f64::from_bits(0x3fe6_2e42_fefa_39ef), f64::from_bits(0x3c7a_bc9e_3b39_803f));

/// Arguments up to here have normal results, whatever their sign.
pub(super) const NORMAL: f64 = 708.0;

/// `x 2^(k >> 6)` by adding to the exponent: for normal `x` and results.
#[inline(always)]
fn scaled(x: f64, k: u64) -> f64 {
    f64::from_bits(x.to_bits().wrapping_add((k & !63) << 46))
}

/// `e^x = 2^(k/64) (1 + p)`: the bits that hold `k`, and `p` as a pair good to 2^-60 of itself.
#[inline(always)]
fn reduced(x: DoubleDouble) -> (u64, DoubleDouble) {
    let shifted = x.high * STEPS + ROUND;
    let k = shifted - ROUND;
    let r = two_sum(x.high - k * STEP_HIGH, -(k * STEP_LOW));
    (shifted.to_bits(), series(fast_two_sum(r.high, r.low + x.low)))
}

/// `e^r - 1` for `|r| <= 0.0055`; the first term left out is `r^8 / 8!`, below 2^-67 of `r`.
#[inline(always)]
fn series(r: DoubleDouble) -> DoubleDouble {
    let x = r.high;
    let tail = 1.0 / 6.0 + x * (1.0 / 24.0 + x * (1.0 / 120.0 + x * (1.0 / 720.0 + x * (1.0 / 5040.0))));
    let square = x * x;
    fast_two_sum(x, r.low + square * (0.5 + x * tail) + x * r.low)
}

/// `2^(j/64)` for the bits that hold `k = 64 e + j`.
#[inline(always)]
fn power_of_two(k: u64) -> DoubleDouble {
    let [high, low] = POWERS_OF_TWO[(k & 63) as usize];
    DoubleDouble { high, low }
}

/// The table's entry for `e^x`: a pair.
#[inline(always)]
pub(super) fn entry(x: f64) -> Entry {
    let power = power_of_two((x * STEPS + ROUND).to_bits());
    [power.high, power.low, 0.0]
}

/// `e^x` of a pair, rounded once; within [`NORMAL`]. The entry is that of its upper half.
#[inline(always)]
pub(super) fn exp_of_pair_with(x: DoubleDouble, [high, low, _]: Entry) -> f64 {
    let (k, p) = reduced(x);
    scaled(high + (low + high * p.rounded()), k)
}

/// `e^x` of a pair where results overflow or are subnormal: one rounding there too.
pub(super) fn exp_of_pair_at_the_borders(x: DoubleDouble) -> f64 {
    if x.high.is_nan() {
        return f64::NAN;
    } else if x.high > 710.0 {
        return f64::INFINITY;
    } else if x.high < -746.0 {
        return 0.0;
    }
    let (k, p) = reduced(x);
    let t = power_of_two(k);
    let value = fast_two_sum(t.high, t.low + t.high * p.rounded());
    // The bits of 1.5 2^52 + k: below them, k as a signed number.
    let exponent = ((k as i64) << 13 >> 19) as i32;
    scaled_slowly(value, exponent)
}

/// `value 2^exponent` rounded once, for `value` in `[1/2, 4)`.
pub(super) fn scaled_slowly(value: DoubleDouble, exponent: i32) -> f64 {
    let power = |e: i32| f64::from_bits(((1023 + e) as u64) << 52);
    if exponent > 1000 {
        return value.rounded() * power(1000) * power(exponent - 1000);
    } else if exponent > -1022 || exponent == -1022 && value.high >= 1.0 {
        return value.rounded() * power(exponent);
    } else if exponent < -1080 {
        return 0.0;
    }
    // Subnormal results have their last bit at 2^-1074: adding 2^52 times that rounds to it.
    let lift = power(52 - 1074 - exponent);
    let sum = two_sum(lift, value.high);
    let rounded = sum.high + (sum.low + value.low);
    // The sum was rounded with the exact rest: the difference is a multiple of the last bit.
    (rounded - lift) * power(exponent + 60) * power(-60)
}

/// `e^x - 1` as a pair, for `|x| <= NORMAL`. The entry is that of `x`.
#[inline(always)]
pub(super) fn expm1_pair_with(x: f64, [high, low, _]: Entry) -> DoubleDouble {
    let (k, p) = reduced(DoubleDouble::new(x, 0.0));
    let t = DoubleDouble { high, low };
    let product = two_product(t.high, p.high);
    let low = product.low + (t.low + (t.high * p.low + t.low * p.high));
    // t - 1 + t p at the scale of the result; the sum with -1 is exact as a pair.
    let [t, product, low] = [scaled(t.high, k), product.high * scaled(1.0, k), low * scaled(1.0, k)];
    let head = two_sum(t, -1.0);
    let sum = two_sum(head.high, product);
    fast_two_sum(sum.high, sum.low + (head.low + low))
}

pub(super) struct Exp;

impl Unary for Exp {
    #[inline(always)]
    fn common(x: f64) -> (f64, bool) {
        Self::common_with(x, Self::entry(x))
    }

    fn rare(x: f64) -> f64 {
        exp_of_pair_at_the_borders(DoubleDouble::new(x, 0.0))
    }

    const LOOKS_UP: bool = true;

    #[inline(always)]
    fn entry(x: f64) -> Entry {
        entry(x)
    }

    #[inline(always)]
    fn common_with(x: f64, entry: Entry) -> (f64, bool) {
        let [high, low, _] = entry;
        let shifted = x * STEPS + ROUND;
        let k = shifted - ROUND;
        let r = (x - k * STEP_HIGH) - k * STEP_LOW;
        let square = r * r;
        let even = 0.5 + square * (1.0 / 24.0 + square * (1.0 / 720.0));
        let odd = 1.0 / 6.0 + square * (1.0 / 120.0);
        let p = r + square * (even + r * odd);
        (scaled(high + (low + high * p), shifted.to_bits()), x.abs() <= NORMAL)
    }
}

pub(super) struct Exp2;

impl Exp2 {
    #[inline(always)]
    fn reduced(x: f64) -> (u64, DoubleDouble) {
        let shifted = x * 64.0 + ROUND;
        let r = x - (shifted - ROUND) * (1.0 / 64.0);
        (shifted.to_bits(), series(DoubleDouble::new(r, 0.0).times(LN_2)))
    }
}

impl Unary for Exp2 {
    #[inline(always)]
    fn common(x: f64) -> (f64, bool) {
        Self::common_with(x, Self::entry(x))
    }

    fn rare(x: f64) -> f64 {
        if x.is_nan() {
            return f64::NAN;
        } else if x >= 1024.0 {
            return f64::INFINITY;
        } else if x < -1076.0 {
            return 0.0;
        }
        let (k, p) = Exp2::reduced(x);
        let t = power_of_two(k);
        scaled_slowly(fast_two_sum(t.high, t.low + t.high * p.rounded()), ((k as i64) << 13 >> 19) as i32)
    }

    const LOOKS_UP: bool = true;

    #[inline(always)]
    fn entry(x: f64) -> Entry {
        let power = power_of_two((x * 64.0 + ROUND).to_bits());
        [power.high, power.low, 0.0]
    }

    #[inline(always)]
    fn common_with(x: f64, entry: Entry) -> (f64, bool) {
        let (k, p) = Exp2::reduced(x);
        let [high, low, _] = entry;
        (scaled(high + (low + high * p.rounded()), k), x.abs() <= 1021.0)
    }
}

pub(super) struct Expm1;

impl Unary for Expm1 {
    #[inline(always)]
    fn common(x: f64) -> (f64, bool) {
        Self::common_with(x, Self::entry(x))
    }

    fn rare(x: f64) -> f64 {
        if x < 0.0 { -1.0 } else { Exp::rare(x) }
    }

    const LOOKS_UP: bool = true;

    #[inline(always)]
    fn entry(x: f64) -> Entry {
        entry(x)
    }

    #[inline(always)]
    fn common_with(x: f64, entry: Entry) -> (f64, bool) {
        let value = expm1_pair_with(x, entry).rounded();
        // Below 2^-54 the result is x, zero with its sign.
        (if x.abs() < 2.0f64.powi(-54) { x } else { value }, x.abs() <= NORMAL)
    }
}
