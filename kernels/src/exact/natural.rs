//! Natural numbers of any size: what exact results are computed with, once per result, before they are rounded.
//!
//! Schoolbook algorithms over 64-bit limbs: a variance of trimmed states needs some ten limbs, the widest fourth
//! moment some hundreds. Division is D. E. Knuth, The Art of Computer Programming, volume 2, 4.3.1, algorithm D.

use std::cmp::Ordering;

/// A natural number: limbs of 64 bits, least significant first, no zero limb on top.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Natural {
    limbs: Vec<u64>,
}

impl From<u64> for Natural {
    fn from(value: u64) -> Self {
        Natural::from_limbs(vec![value])
    }
}

impl From<u128> for Natural {
    fn from(value: u128) -> Self {
        Natural::from_limbs(vec![value as u64, (value >> 64) as u64])
    }
}

impl Natural {
    /// Zero.
    pub const ZERO: Natural = Natural { limbs: Vec::new() };

    /// One.
    pub fn one() -> Self {
        Natural::from(1u64)
    }

    /// The number with these limbs, least significant first; zeros on top are dropped.
    pub fn from_limbs(mut limbs: Vec<u64>) -> Self {
        while limbs.last() == Some(&0) {
            limbs.pop();
        }
        Natural { limbs }
    }

    /// The limbs, least significant first, the last one nonzero.
    pub fn limbs(&self) -> &[u64] {
        &self.limbs
    }

    /// Whether it is zero.
    pub fn is_zero(&self) -> bool {
        self.limbs.is_empty()
    }

    /// Number of bits: `floor(log2(self)) + 1`, 0 for zero.
    pub fn bit_length(&self) -> i64 {
        match self.limbs.last() {
            None => 0,
            Some(top) => self.limbs.len() as i64 * 64 - i64::from(top.leading_zeros()),
        }
    }

    /// Number of zero bits below the lowest one bit; 0 for zero.
    pub fn trailing_zeros(&self) -> u64 {
        match self.limbs.iter().position(|&limb| limb != 0) {
            None => 0,
            Some(at) => at as u64 * 64 + u64::from(self.limbs[at].trailing_zeros()),
        }
    }

    /// The value where it fits in 128 bits.
    pub fn to_u128(&self) -> Option<u128> {
        match self.limbs[..] {
            [] => Some(0),
            [low] => Some(u128::from(low)),
            [low, high] => Some(u128::from(high) << 64 | u128::from(low)),
            _ => None,
        }
    }

    /// `self + other`.
    pub fn add(&self, other: &Natural) -> Natural {
        let (long, short) = if self.limbs.len() >= other.limbs.len() { (self, other) } else { (other, self) };
        let mut limbs = long.limbs.clone();
        let mut carry = false;
        for (at, limb) in limbs.iter_mut().enumerate() {
            let addend = short.limbs.get(at).copied().unwrap_or(0);
            (*limb, carry) = limb.carrying_add(addend, carry);
        }
        if carry {
            limbs.push(1);
        }
        Natural { limbs }
    }

    /// `self - other`.
    ///
    /// # Panics
    /// If `other > self`.
    pub fn sub(&self, other: &Natural) -> Natural {
        let mut limbs = self.limbs.clone();
        let mut borrow = false;
        assert!(limbs.len() >= other.limbs.len(), "the difference of naturals must not be negative");
        for (at, limb) in limbs.iter_mut().enumerate() {
            let subtrahend = other.limbs.get(at).copied().unwrap_or(0);
            (*limb, borrow) = limb.borrowing_sub(subtrahend, borrow);
        }
        assert!(!borrow, "the difference of naturals must not be negative");
        Natural::from_limbs(limbs)
    }

    /// `self * other`.
    pub fn mul(&self, other: &Natural) -> Natural {
        let mut limbs = vec![0u64; self.limbs.len() + other.limbs.len()];
        for (low, &a) in self.limbs.iter().enumerate() {
            let mut carry = 0u64;
            for (at, &b) in other.limbs.iter().enumerate() {
                (limbs[low + at], carry) = a.carrying_mul_add(b, limbs[low + at], carry);
            }
            limbs[low + other.limbs.len()] = carry;
        }
        Natural::from_limbs(limbs)
    }

    /// `self ^ exponent`; anything to the power 0 is 1.
    pub fn pow(&self, exponent: u32) -> Natural {
        (0..exponent).fold(Natural::one(), |power, _| power.mul(self))
    }

    /// `10 ^ exponent`.
    pub fn power_of_ten(exponent: u32) -> Natural {
        Natural::from(10u64).pow(exponent)
    }

    /// `self * 2^bits`.
    pub fn shl(&self, bits: u64) -> Natural {
        if self.is_zero() {
            return Natural::ZERO;
        }
        let (whole, part) = ((bits / 64) as usize, (bits % 64) as u32);
        let mut limbs = vec![0u64; whole];
        limbs.reserve(self.limbs.len() + 1);
        let mut low = 0u64;
        for &limb in &self.limbs {
            limbs.push(limb << part | low);
            low = if part == 0 { 0 } else { limb >> (64 - part) };
        }
        limbs.push(low);
        Natural::from_limbs(limbs)
    }

    /// `floor(self / 2^bits)`.
    pub fn shr(&self, bits: u64) -> Natural {
        let (whole, part) = ((bits / 64) as usize, (bits % 64) as u32);
        if whole >= self.limbs.len() {
            return Natural::ZERO;
        }
        let kept = &self.limbs[whole..];
        let limbs = (0..kept.len())
            .map(|at| {
                let high = kept.get(at + 1).copied().unwrap_or(0);
                if part == 0 { kept[at] } else { kept[at] >> part | high << (64 - part) }
            })
            .collect();
        Natural::from_limbs(limbs)
    }

    /// `(floor(self / divisor), self mod divisor)`.
    ///
    /// # Panics
    /// If `divisor` is zero.
    pub fn div_rem(&self, divisor: &Natural) -> (Natural, Natural) {
        assert!(!divisor.is_zero(), "the divisor of naturals must not be zero");
        if *self < *divisor {
            return (Natural::ZERO, self.clone());
        }
        if let [only] = divisor.limbs[..] {
            return self.div_rem_limb(only);
        }
        // Knuth's D1: scale so that the divisor's top bit is set; then a quotient digit guessed from the top
        // two limbs is at most one too large after the test against the third.
        let scale = u64::from(divisor.limbs[divisor.limbs.len() - 1].leading_zeros());
        let divisor = divisor.shl(scale).limbs;
        let mut rest = self.shl(scale).limbs;
        rest.resize(self.limbs.len() + 1, 0);
        let n = divisor.len();
        let mut quotient = vec![0u64; rest.len() - n];
        for at in (0..quotient.len()).rev() {
            let digit = guess_digit(&rest[at..=at + n], &divisor);
            quotient[at] = subtract_multiple(&mut rest[at..=at + n], &divisor, digit);
        }
        (Natural::from_limbs(quotient), Natural::from_limbs(rest).shr(scale))
    }

    fn div_rem_limb(&self, divisor: u64) -> (Natural, Natural) {
        let mut limbs = self.limbs.clone();
        let mut rest = 0u64;
        for limb in limbs.iter_mut().rev() {
            let dividend = u128::from(rest) << 64 | u128::from(*limb);
            *limb = (dividend / u128::from(divisor)) as u64;
            rest = (dividend % u128::from(divisor)) as u64;
        }
        (Natural::from_limbs(limbs), Natural::from(rest))
    }
}

/// D3: the quotient digit of `rest` (one limb longer) by `divisor`, at most one too large.
fn guess_digit(rest: &[u64], divisor: &[u64]) -> u64 {
    let n = divisor.len();
    let top = u128::from(rest[n]) << 64 | u128::from(rest[n - 1]);
    let (first, second) = (u128::from(divisor[n - 1]), u128::from(divisor[n - 2]));
    let mut digit = top / first;
    let mut left = top % first;
    while digit >> 64 != 0 || digit * second > (left << 64 | u128::from(rest[n - 2])) {
        digit -= 1;
        left += first;
        if left >> 64 != 0 {
            break;
        }
    }
    digit as u64
}

/// D4 to D6: `rest -= digit * divisor`, with one `divisor` added back where that went below zero; the true digit.
fn subtract_multiple(rest: &mut [u64], divisor: &[u64], digit: u64) -> u64 {
    let n = divisor.len();
    let (mut carry, mut borrow) = (0u64, false);
    for at in 0..n {
        let low;
        (low, carry) = divisor[at].carrying_mul_add(digit, 0, carry);
        (rest[at], borrow) = rest[at].borrowing_sub(low, borrow);
    }
    (rest[n], borrow) = rest[n].borrowing_sub(carry, borrow);
    if !borrow {
        return digit;
    }
    let mut carry = false;
    for at in 0..n {
        (rest[at], carry) = rest[at].carrying_add(divisor[at], carry);
    }
    rest[n] = rest[n].wrapping_add(u64::from(carry));
    digit - 1
}

impl Ord for Natural {
    fn cmp(&self, other: &Self) -> Ordering {
        self.limbs
            .len()
            .cmp(&other.limbs.len())
            .then_with(|| self.limbs.iter().rev().cmp(other.limbs.iter().rev()))
    }
}

impl PartialOrd for Natural {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
