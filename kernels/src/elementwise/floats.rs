//! Arithmetic of floats, IEEE operation by operation; floored division and remainder as Python and NumPy define
//! them (the remainder has the divisor's sign; NumPy's `npy_divmod`).

use super::{Operand, map2};
use crate::Level;

/// Operations of two floats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FloatOperation {
    /// `a + b`.
    Add,
    /// `a - b`.
    Subtract,
    /// `a * b`.
    Multiply,
    /// `a / b`.
    Divide,
    /// The quotient, floored.
    FloorDivide,
    /// The remainder with the divisor's sign.
    Remainder,
    /// The lesser; NaN if one is, and -0 < +0.
    Least,
    /// The greater; NaN if one is, and -0 < +0.
    Greatest,
}

/// binary32 and binary64.
pub trait Real:
    Copy
    + PartialOrd
    + std::ops::Add<Output = Self>
    + std::ops::Sub<Output = Self>
    + std::ops::Mul<Output = Self>
    + std::ops::Div<Output = Self>
    + std::ops::Rem<Output = Self>
{
    /// The quotient, floored.
    fn floor_divide(self, divisor: Self) -> Self;
    /// The remainder with the divisor's sign.
    fn floor_remainder(self, divisor: Self) -> Self;
    /// The lesser; NaN if one is, and -0 < +0.
    fn least(self, other: Self) -> Self;
    /// The greater; NaN if one is, and -0 < +0.
    fn greatest(self, other: Self) -> Self;
}

macro_rules! real {
    ($float:ty) => {
        impl Real for $float {
            #[inline(always)]
            fn floor_divide(self, divisor: Self) -> Self {
                let quotient = self / divisor;
                if divisor == 0.0 || !quotient.is_finite() && !self.is_finite() {
                    // NumPy: the quotient itself by zero; NaN for an infinite dividend.
                    return if divisor == 0.0 { quotient } else { <$float>::NAN };
                }
                let remainder = self % divisor;
                let mut whole = (self - remainder) / divisor;
                if remainder != 0.0 && (divisor < 0.0) != (remainder < 0.0) {
                    whole -= 1.0;
                }
                if whole == 0.0 {
                    return (0.0 as $float).copysign(quotient);
                }
                let floored = whole.floor();
                if whole - floored > 0.5 { floored + 1.0 } else { floored }
            }

            #[inline(always)]
            fn floor_remainder(self, divisor: Self) -> Self {
                let remainder = self % divisor;
                if remainder == 0.0 {
                    (0.0 as $float).copysign(divisor)
                } else if (divisor < 0.0) != (remainder < 0.0) {
                    remainder + divisor
                } else {
                    remainder
                }
            }

            #[inline(always)]
            fn least(self, other: Self) -> Self {
                if self < other || self.is_nan() {
                    self
                } else if other < self || other.is_nan() || other.is_sign_negative() {
                    other
                } else {
                    self
                }
            }

            #[inline(always)]
            fn greatest(self, other: Self) -> Self {
                if self > other || self.is_nan() {
                    self
                } else if other > self || other.is_nan() || self.is_sign_negative() {
                    other
                } else {
                    self
                }
            }
        }
    };
}

real!(f32);
real!(f64);

/// `out[i] = a[i] operation b[i]`.
///
/// # Panics
/// If a slice has another length than `out`.
pub fn float_operation<T: Real>(
    level: Level,
    operation: FloatOperation,
    a: Operand<'_, T>,
    b: Operand<'_, T>,
    out: &mut [T],
) {
    match operation {
        FloatOperation::Add => map2(level, a, b, out, |a, b| a + b),
        FloatOperation::Subtract => map2(level, a, b, out, |a, b| a - b),
        FloatOperation::Multiply => map2(level, a, b, out, |a, b| a * b),
        FloatOperation::Divide => map2(level, a, b, out, |a, b| a / b),
        FloatOperation::FloorDivide => map2(level, a, b, out, T::floor_divide),
        FloatOperation::Remainder => map2(level, a, b, out, T::floor_remainder),
        FloatOperation::Least => map2(level, a, b, out, T::least),
        FloatOperation::Greatest => map2(level, a, b, out, T::greatest),
    }
}
