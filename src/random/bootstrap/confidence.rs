//! A confidence as it is written, and the probabilities at both ends of its interval: exact decimals.

use arrcalc_kernels::select::quantile::Probability;

use crate::error::{Error, Result};

/// A number between 0 and 1, both excluded.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Confidence {
    /// `(1 - confidence) / 2`.
    pub(super) low: Probability,
    /// `(1 + confidence) / 2`.
    pub(super) high: Probability,
    /// `low` as the nearest float.
    pub(super) tail: f64,
}

impl Confidence {
    /// 0.95.
    pub(super) fn standard() -> Self {
        let end = |decimal| Probability::from_f64(decimal).expect("a probability");
        Self { low: end(0.025), high: end(0.975), tail: 0.025 }
    }

    /// Reads a decimal such as `0.95`.
    pub(super) fn parse(text: &str) -> Result<Self> {
        Self::read(text).ok_or_else(|| Error::Request {
            reason: format!("'{text}' is no confidence: expected a decimal between 0 and 1, such as 0.95"),
        })
    }

    fn read(text: &str) -> Option<Self> {
        let confidence = Probability::parse(text)?;
        let one = confidence.denominator();
        let scale = one.to_u128()?.to_string().len();
        let (digits, one) = (confidence.numerator().to_u128()?, one.to_u128()?);
        if digits == 0 || digits == one {
            return None;
        }
        // Halves of a decimal have one more digit.
        let end = |digits: u128| -> Option<String> { Some(format!("{}e-{scale}", digits.checked_mul(5)?)) };
        let (low, high) = (end(one - digits)?, end(one.checked_add(digits)?)?);
        Some(Self {
            tail: low.parse().ok()?,
            low: Probability::parse(&low)?,
            high: Probability::parse(&high)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_exact() {
        let confidence = Confidence::parse("0.95").expect("a confidence");
        assert_eq!(Some(confidence.low), Probability::parse("0.025"));
        assert_eq!(Some(confidence.high), Probability::parse("0.975"));
        assert_eq!(confidence.tail, 0.025);
        assert_eq!(Confidence::parse("0.95").ok(), Some(Confidence::standard()));
        let confidence = Confidence::parse("9.999e-1").expect("a confidence");
        assert_eq!(Some(confidence.low), Probability::parse("0.00005"));
        assert_eq!(Some(confidence.high), Probability::parse("0.99995"));
        for wrong in ["0", "1", "1.0", "95", "-0.5", "nan", "", "x"] {
            assert!(Confidence::parse(wrong).is_err(), "{wrong}");
        }
    }
}
