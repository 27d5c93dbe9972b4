//! A fixed-point integer as wide as the data needs: sums in it are exact, so their order cannot matter.
//!
//! The value is a two's-complement integer over a window of 64-bit limbs that grows where an addend needs it. The
//! idea of accumulating floats in one long fixed-point number is U. Kulisch's; R. M. Neal (2015),
//! arXiv:1505.05571, shows it fast. Unlike theirs this one has no carries pending: after every operation the
//! limbs are the number, and trimmed limbs are a function of the number alone.

use super::dyadic::Dyadic;
use super::natural::Natural;

/// An exact sum `limbs * 2^(64 * base)`.
///
/// Adding, subtracting and merging never round and never overflow. Two accumulators are equal iff their values
/// are.
#[derive(Clone, Debug, Default)]
pub struct Accumulator {
    /// Two's complement, least significant first; the last limb, where there is one, is all sign.
    limbs: Vec<u64>,
    /// Place of the first limb, in limbs from the binary point.
    base: i32,
}

impl Accumulator {
    /// Zero.
    pub const fn new() -> Self {
        Self { limbs: Vec::new(), base: 0 }
    }

    /// Adds `value * 2^exponent`.
    #[inline]
    pub fn add_i64(&mut self, value: i64, exponent: i32) {
        let shifted = i128::from(value) << (exponent & 63); // at most 63 + 63 bits and the sign
        let words = [shifted as u64, (shifted >> 64) as u64];
        self.add_words(&words, (shifted >> 127) as u64, exponent >> 6, 0);
    }

    /// Adds `value * 2^exponent`.
    pub fn add_i128(&mut self, value: i128, exponent: i32) {
        let (low, high) = (value as u64, (value >> 64) as i64);
        self.add_i64(high, exponent + 64);
        let low = u128::from(low) << (exponent & 63);
        self.add_words(&[low as u64, (low >> 64) as u64], 0, exponent >> 6, 0);
    }

    /// Adds `±magnitude * 2^exponent`, `magnitude` as limbs, least significant first.
    pub fn add_limbs(&mut self, negative: bool, magnitude: &[u64], exponent: i32) {
        let part = exponent & 63;
        let mask = if negative { u64::MAX } else { 0 };
        if part == 0 {
            self.add_words(magnitude, 0, exponent >> 6, mask);
            return;
        }
        let mut shifted = [0u64; 8];
        if magnitude.len() < shifted.len() {
            let mut low = 0;
            for (to, &limb) in shifted.iter_mut().zip(magnitude) {
                *to = limb << part | low;
                low = limb >> (64 - part);
            }
            shifted[magnitude.len()] = low;
            self.add_words(&shifted[..=magnitude.len()], 0, exponent >> 6, mask);
        } else {
            let shifted = Natural::from_limbs(magnitude.to_vec()).shl(part as u64);
            self.add_words(shifted.limbs(), 0, exponent >> 6, mask);
        }
    }

    /// Adds a finite float.
    ///
    /// # Panics
    /// If `value` is NaN or infinite.
    pub fn add_f64(&mut self, value: f64) {
        assert!(value.is_finite(), "an exact sum takes finite values");
        let bits = value.to_bits();
        let (field, fraction) = ((bits >> 52 & 0x7ff) as i32, (bits & ((1 << 52) - 1)) as i64);
        let significand = if field == 0 { fraction } else { fraction | 1 << 52 };
        self.add_i64(if bits >> 63 == 1 { -significand } else { significand }, field.max(1) - 1075);
    }

    /// Adds a dyadic number.
    ///
    /// # Panics
    /// If its exponent does not fit in 31 bits.
    pub fn add_dyadic(&mut self, value: &Dyadic) {
        let exponent = i32::try_from(value.exponent()).expect("an exponent of 31 bits");
        self.add_limbs(value.is_negative(), value.magnitude().limbs(), exponent);
    }

    /// Adds another sum.
    pub fn merge(&mut self, other: &Accumulator) {
        let (base, limbs) = other.canonical();
        self.add_words(limbs, sign_of(limbs), base, 0);
    }

    /// Subtracts another sum.
    pub fn subtract(&mut self, other: &Accumulator) {
        let (base, limbs) = other.canonical();
        self.add_words(limbs, sign_of(limbs), base, u64::MAX);
    }

    /// Changes the sign.
    pub fn negate(&mut self) {
        let mut negated = Accumulator::new();
        negated.subtract(self);
        *self = negated;
    }

    /// Whether the sum is zero.
    pub fn is_zero(&self) -> bool {
        self.limbs.iter().all(|&limb| limb == 0)
    }

    /// Whether the sum is below zero.
    pub fn is_negative(&self) -> bool {
        sign_of(&self.limbs) != 0
    }

    /// The sum as sign and magnitude.
    pub fn to_dyadic(&self) -> Dyadic {
        let (base, limbs) = self.canonical();
        let negative = sign_of(limbs) != 0;
        let mut magnitude = limbs.to_vec();
        if negative {
            let mut carry = true;
            for limb in &mut magnitude {
                (*limb, carry) = (!*limb).carrying_add(0, carry);
            }
        }
        Dyadic::new(negative, Natural::from_limbs(magnitude), i64::from(base) * 64)
    }

    /// The one shortest form: place of the first limb and the limbs, which neither begin with a zero nor end with
    /// a limb that only repeats the sign. Zero is `(0, [])`.
    pub fn canonical(&self) -> (i32, &[u64]) {
        let limbs = &self.limbs[..];
        let Some(first) = limbs.iter().position(|&limb| limb != 0) else {
            return (0, &[]);
        };
        let mut end = limbs.len();
        while end - first >= 2 && limbs[end - 1] == sign_of(&limbs[..end - 1]) {
            end -= 1;
        }
        (self.base + first as i32, &limbs[first..end])
    }

    /// The sum with that canonical form, or `None` where `limbs` is not canonical.
    pub fn from_canonical(base: i32, limbs: &[u64]) -> Option<Self> {
        let mut sum = Accumulator::new();
        sum.add_words(limbs, sign_of(limbs), base, 0);
        (sum.canonical() == (base, limbs)).then_some(sum)
    }

    /// Adds (`flip` 0) or subtracts (`flip` all ones) the integer of `words`, continued by `extension`, at `place`.
    #[inline]
    fn add_words(&mut self, words: &[u64], extension: u64, place: i32, flip: u64) {
        if words.is_empty() {
            return;
        }
        let end = place + words.len() as i32;
        if place < self.base || end >= self.base + self.limbs.len() as i32 {
            self.make_room(place, end);
        }
        let first = (place - self.base) as usize;
        // Subtracting is adding the complement and one.
        let mut carry = flip != 0;
        let (low, high) = self.limbs[first..].split_at_mut(words.len());
        for (limb, &word) in low.iter_mut().zip(words) {
            (*limb, carry) = limb.carrying_add(word ^ flip, carry);
        }
        let extension = extension ^ flip;
        for limb in high {
            // The rest adds 0 or -1 and the carry: nothing where they cancel.
            if (extension != 0) == carry {
                break;
            }
            (*limb, carry) = limb.carrying_add(extension, carry);
        }
        // Both addends were below the last limb, so their sum is at most one bit into it.
        if let Some(&last) = self.limbs.last()
            && last != 0
            && last != u64::MAX
        {
            self.limbs.push(((last as i64) >> 63) as u64);
        }
    }

    /// Widens the window to hold limbs `place..end` and a limb of sign.
    #[cold]
    fn make_room(&mut self, place: i32, end: i32) {
        if self.limbs.is_empty() {
            self.base = place;
        }
        // A few limbs to spare, so that data whose range grows slowly does not move the window at every step.
        const SPARE: i32 = 2;
        if place < self.base {
            let new_base = place - SPARE;
            let missing = (self.base - new_base) as usize;
            self.limbs.splice(0..0, std::iter::repeat_n(0, missing));
            self.base = new_base;
        }
        if end >= self.base + self.limbs.len() as i32 {
            let sign = sign_of(&self.limbs);
            self.limbs.resize((end + 1 + SPARE - self.base) as usize, sign);
        }
    }
}

/// All ones if the two's-complement `limbs` are below zero, else 0.
fn sign_of(limbs: &[u64]) -> u64 {
    limbs.last().map_or(0, |&last| ((last as i64) >> 63) as u64)
}

impl PartialEq for Accumulator {
    fn eq(&self, other: &Self) -> bool {
        self.canonical() == other.canonical()
    }
}

impl Eq for Accumulator {}
