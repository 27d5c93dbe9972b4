//! Dyadic numbers `±m * 2^e`: every finite float, every integer, and every sum and product of them, exactly.

use super::natural::Natural;
use std::cmp::Ordering;

/// A number `±magnitude * 2^exponent`. Two forms of one value may differ; compare them with [`Dyadic::compare`].
#[derive(Clone, Debug)]
pub struct Dyadic {
    negative: bool,
    magnitude: Natural,
    exponent: i64,
}

impl From<i128> for Dyadic {
    fn from(value: i128) -> Self {
        Dyadic::new(value < 0, Natural::from(value.unsigned_abs()), 0)
    }
}

impl From<u64> for Dyadic {
    fn from(value: u64) -> Self {
        Dyadic::new(false, Natural::from(value), 0)
    }
}

impl From<Natural> for Dyadic {
    fn from(value: Natural) -> Self {
        Dyadic::new(false, value, 0)
    }
}

impl Dyadic {
    /// `±magnitude * 2^exponent`; zero has no sign.
    pub fn new(negative: bool, magnitude: Natural, exponent: i64) -> Self {
        if magnitude.is_zero() {
            return Self { negative: false, magnitude, exponent: 0 };
        }
        Self { negative, magnitude, exponent }
    }

    /// Zero.
    pub fn zero() -> Self {
        Dyadic::new(false, Natural::ZERO, 0)
    }

    /// The value of a finite float; `None` for NaN and the infinities. Either zero gives zero.
    pub fn from_f64(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        let bits = value.to_bits();
        let (field, fraction) = ((bits >> 52 & 0x7ff) as i64, bits & ((1 << 52) - 1));
        let significand = if field == 0 { fraction } else { fraction | 1 << 52 };
        Some(Dyadic::new(bits >> 63 == 1, Natural::from(significand), field.max(1) - 1075))
    }

    /// Whether it is below zero.
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// Whether it is zero.
    pub fn is_zero(&self) -> bool {
        self.magnitude.is_zero()
    }

    /// `m` of `±m * 2^e`.
    pub fn magnitude(&self) -> &Natural {
        &self.magnitude
    }

    /// `e` of `±m * 2^e`.
    pub fn exponent(&self) -> i64 {
        self.exponent
    }

    /// `-self`.
    pub fn neg(&self) -> Dyadic {
        Dyadic::new(!self.negative, self.magnitude.clone(), self.exponent)
    }

    /// `self + other`.
    pub fn add(&self, other: &Dyadic) -> Dyadic {
        if self.is_zero() {
            return other.clone();
        }
        if other.is_zero() {
            return self.clone();
        }
        let exponent = self.exponent.min(other.exponent);
        let a = self.magnitude.shl((self.exponent - exponent) as u64);
        let b = other.magnitude.shl((other.exponent - exponent) as u64);
        if self.negative == other.negative {
            return Dyadic::new(self.negative, a.add(&b), exponent);
        }
        match a.cmp(&b) {
            Ordering::Less => Dyadic::new(other.negative, b.sub(&a), exponent),
            _ => Dyadic::new(self.negative, a.sub(&b), exponent),
        }
    }

    /// `self - other`.
    pub fn sub(&self, other: &Dyadic) -> Dyadic {
        self.add(&other.neg())
    }

    /// `self * other`.
    pub fn mul(&self, other: &Dyadic) -> Dyadic {
        Dyadic::new(
            self.negative != other.negative,
            self.magnitude.mul(&other.magnitude),
            self.exponent + other.exponent,
        )
    }

    /// `self ^ exponent`; anything to the power 0 is 1.
    pub fn pow(&self, exponent: u32) -> Dyadic {
        (0..exponent).fold(Dyadic::from(1u64), |power, _| power.mul(self))
    }

    /// How the values compare.
    pub fn compare(&self, other: &Dyadic) -> Ordering {
        let difference = self.sub(other);
        match (difference.is_zero(), difference.negative) {
            (true, _) => Ordering::Equal,
            (false, true) => Ordering::Less,
            (false, false) => Ordering::Greater,
        }
    }
}
