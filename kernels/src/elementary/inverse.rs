//! Inverse trigonometric functions: all are the angle of a ratio of pairs, from a table of 65 arctangents.
//!
//! Gal and Bachelis, "An accurate elementary mathematical library" (1991), for the table with a short series:
//! `atan(n/d) = atan(c) + atan((n - c d) / (d + c n))` for the `c = j/64` nearest to `n/d`, `0 <= n <= d`.
//! `asin x` and `acos x` are angles of `(sqrt(1 - x^2), x)`, the root taken as a pair.

use super::double_double::{DoubleDouble, fast_two_sum, split, two_product, two_sum};
use super::tables::ARCTANGENTS;
use super::trigonometric::HALF_PI;
use super::{Binary, ROUND, Unary};

const PI: DoubleDouble = DoubleDouble::new(2.0 * HALF_PI.high, 2.0 * HALF_PI.low);
/// Below, `x` itself is its arcsine and its arctangent.
const TINY: f64 = 1.0 / (1u64 << 27) as f64;

/// `c x` as a pair, for a `c` of seven bits: exact for `x.high`.
#[inline(always)]
fn short_product(c: f64, x: DoubleDouble) -> DoubleDouble {
    let (upper, lower) = split(x.high);
    let product = fast_two_sum(c * upper, c * lower);
    DoubleDouble::new(product.high, product.low + c * x.low)
}

/// `atan(n / d)` for `0 <= n <= d`, `d` normal.
#[inline(always)]
fn angle(n: DoubleDouble, d: DoubleDouble) -> DoubleDouble {
    let shifted = n.high / d.high * 64.0 + ROUND;
    let c = (shifted - ROUND) * (1.0 / 64.0);
    let [table, table_low] = ARCTANGENTS[(shifted.to_bits() & 127) as usize];
    let t = n.plus(short_product(-c, d)).over(d.plus(short_product(c, n)));
    let z = t.high * t.high;
    let series = -1.0 / 3.0 + z * (1.0 / 5.0 + z * (-1.0 / 7.0 + z * (1.0 / 9.0)));
    let sum = fast_two_sum(table, t.high);
    fast_two_sum(sum.high, sum.low + (table_low + (t.low + t.high * z * series)))
}

/// The angle of the point `(x, y)`, `y` not negative: in `[0, pi]`.
#[inline(always)]
fn angle_of_point(y: DoubleDouble, x: DoubleDouble) -> DoubleDouble {
    let is_left = x.high < 0.0;
    let x = x.signed(is_left);
    let is_steep = y.high > x.high;
    let angle = angle(x.or(y, is_steep), y.or(x, is_steep));
    // From the nearer axis: added or subtracted.
    let zero = DoubleDouble::new(0.0, 0.0);
    let base = HALF_PI.or(PI.or(zero, is_left), is_steep);
    base.plus(angle.signed(is_steep != is_left))
}

/// `sqrt(1 - x^2)` for `|x| <= 1`.
#[inline(always)]
fn cofunction(x: f64) -> DoubleDouble {
    let square = two_product(x, x);
    let rest = two_sum(1.0, -square.high);
    let rest = fast_two_sum(rest.high, rest.low - square.low);
    let root = rest.high.sqrt();
    let back = two_product(root, root);
    let low = ((rest.high - back.high) - back.low + rest.low) / (2.0 * root);
    DoubleDouble::new(root, if root > 0.0 { low } else { 0.0 })
}

pub(super) struct Asin;

impl Unary for Asin {
    #[inline(always)]
    fn common(x: f64) -> (f64, bool) {
        let value = angle_of_point(DoubleDouble::new(x.abs(), 0.0), cofunction(x)).rounded().copysign(x);
        (if x.abs() < TINY { x } else { value }, x.abs() <= 1.0)
    }

    fn rare(_: f64) -> f64 {
        f64::NAN
    }
}

pub(super) struct Acos;

impl Unary for Acos {
    #[inline(always)]
    fn common(x: f64) -> (f64, bool) {
        // Nothing below 2^-60 shows beside pi/2, and products of such numbers would underflow.
        let x = if x.abs() < 2.0f64.powi(-60) { 0.0 } else { x };
        (angle_of_point(cofunction(x), DoubleDouble::new(x, 0.0)).rounded(), x.abs() <= 1.0)
    }

    fn rare(_: f64) -> f64 {
        f64::NAN
    }
}

pub(super) struct Atan;

impl Unary for Atan {
    #[inline(always)]
    fn common(x: f64) -> (f64, bool) {
        // From 2^60 on the result is that of infinity.
        let size = if x.abs() < 2.0f64.powi(60) { x.abs() } else { 2.0f64.powi(60) };
        let value = angle_of_point(DoubleDouble::new(size, 0.0), DoubleDouble::new(1.0, 0.0)).rounded();
        (if x.abs() < TINY { x } else { value.copysign(x) }, x.abs() <= f64::INFINITY)
    }

    fn rare(_: f64) -> f64 {
        f64::NAN
    }
}

pub(super) struct Atan2;

impl Binary for Atan2 {
    #[inline(always)]
    fn common(y: f64, x: f64) -> (f64, bool) {
        let value = angle_of_point(DoubleDouble::new(y.abs(), 0.0), DoubleDouble::new(x, 0.0)).rounded();
        let is_moderate = |x: f64| x.abs() >= 2.0f64.powi(-400) && x.abs() <= 2.0f64.powi(400);
        (value.copysign(y), is_moderate(x) & is_moderate(y))
    }

    fn rare(y: f64, x: f64) -> f64 {
        if x.is_nan() || y.is_nan() {
            return f64::NAN;
        }
        let (height, width) = (y.abs(), x.abs());
        let value = if height == 0.0 {
            if x.is_sign_negative() { PI.high } else { 0.0 }
        } else if width == f64::INFINITY {
            match (height == f64::INFINITY, x > 0.0) {
                (true, true) => 0.5 * HALF_PI.high,
                (true, false) => 1.5 * PI.high * 0.5,
                (false, true) => 0.0,
                (false, false) => PI.high,
            }
        } else if height == f64::INFINITY || width == 0.0 {
            HALF_PI.high
        } else {
            angle_of_any_point(height, x)
        };
        value.copysign(y)
    }
}

/// The angle where exponents are extreme, `y > 0`, both finite and not zero.
fn angle_of_any_point(y: f64, x: f64) -> f64 {
    let exponent = |x: f64| {
        let bits = x.abs().to_bits();
        if bits >> 52 == 0 { -1011 - bits.leading_zeros() as i32 } else { (bits >> 52) as i32 - 1023 }
    };
    let difference = exponent(y) - exponent(x);
    if difference > 64 {
        HALF_PI.high
    } else if difference < -64 {
        if x < 0.0 { PI.high } else { y / x }
    } else {
        // In two steps, as the factor itself may be beyond the largest power.
        let steps = -exponent(x);
        let power = |e: i32| f64::from_bits(((1023 + e) as u64) << 52);
        let scaled = |x: f64| DoubleDouble::new(x * power(steps / 2) * power(steps - steps / 2), 0.0);
        angle_of_point(scaled(y), scaled(x)).rounded()
    }
}
