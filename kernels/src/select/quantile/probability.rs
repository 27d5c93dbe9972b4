//! A probability as it is written: an exact decimal.

use crate::exact::Natural;

/// A number from 0 to 1 that is exactly `digits / 10^scale`: `0.95` is 19/20, not the nearest float.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Probability {
    digits: Natural,
    scale: u32,
}

/// Longest text and largest power of ten read: every float's shortest decimal fits.
const LONGEST: usize = 1100;

impl Probability {
    /// Reads a decimal such as `0.95`, `.5`, `1` or `2.5e-1`. `None` if the text is not one, is longer than 1,100
    /// characters or powers of ten, or its value is not in 0..=1.
    pub fn parse(text: &str) -> Option<Probability> {
        Self::shifted(text, 0)
    }

    /// Reads a percentage: `99.9` is 0.999.
    pub fn parse_percent(text: &str) -> Option<Probability> {
        Self::shifted(text, 2)
    }

    /// The shortest decimal that reads back as `value`: 0.95 is 19/20. `None` outside of 0..=1.
    pub fn from_f64(value: f64) -> Option<Probability> {
        Self::parse(&format!("{:e}", if value == 0.0 { 0.0 } else { value }))
    }

    /// The shortest decimal of a percentage: 99.9 is 0.999. `None` outside of 0..=100.
    pub fn from_percent(value: f64) -> Option<Probability> {
        Self::parse_percent(&format!("{:e}", if value == 0.0 { 0.0 } else { value }))
    }

    fn shifted(text: &str, shift: i64) -> Option<Probability> {
        if text.len() > LONGEST {
            return None;
        }
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (text, 0),
        };
        let mantissa = mantissa.strip_prefix('+').unwrap_or(mantissa);
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = whole.bytes().chain(fraction.bytes());
        if whole.len() + fraction.len() == 0 || !all.clone().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let mut digits: Vec<u8> = all.map(|byte| byte - b'0').collect();
        let mut scale = (fraction.len() as i64).checked_add(shift)?.checked_sub(exponent)?;
        while digits.last() == Some(&0) {
            digits.pop();
            scale -= 1;
        }
        if digits.is_empty() {
            return Some(Probability { digits: Natural::ZERO, scale: 0 });
        }
        // A whole number left of trailing zeros is 1, or too large.
        if scale < 0 || scale > LONGEST as i64 {
            return None;
        }
        let ten = Natural::from(10u64);
        let digits = digits
            .iter()
            .fold(Natural::ZERO, |value, &digit| value.mul(&ten).add(&Natural::from(u64::from(digit))));
        let probability = Probability { digits, scale: scale as u32 };
        (probability.digits <= probability.denominator()).then_some(probability)
    }

    /// `digits` of `digits / 10^scale`, in lowest decimal terms.
    pub fn numerator(&self) -> &Natural {
        &self.digits
    }

    /// `10^scale`.
    pub fn denominator(&self) -> Natural {
        Natural::power_of_ten(self.scale)
    }
}
