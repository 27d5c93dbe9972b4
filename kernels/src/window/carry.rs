//! A sum carried from block to block: three floats, and how far off they may be.
//!
//! Y. Hida, X. S. Li and D. H. Bailey, "Algorithms for quad-double precision floating point arithmetic" (2001), whose
//! expansions these are, with the error of every step kept instead of estimated.

use crate::exact::{Accumulator, Ratio};

/// `a + b` exactly (D. E. Knuth's TwoSum), if nothing overflows.
#[inline(always)]
pub(super) fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_seen = sum - a;
    (sum, (a - (sum - b_seen)) + (b - b_seen))
}

/// `parts[0] + parts[1] + parts[2]`, to within `error`; each part at most about an ulp of the one before.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Carry {
    pub(super) parts: [f64; 3],
    pub(super) error: f64,
}

impl Carry {
    /// The nearest such number to an exact sum; its error is infinite where it is out of reach.
    pub(super) fn of(sum: &Accumulator) -> Self {
        let mut rest = sum.clone();
        let mut parts = [0.0; 3];
        for part in &mut parts {
            *part = Ratio::from(rest.to_dyadic()).to_f64();
            if !part.is_finite() {
                return Self { parts: [0.0; 3], error: f64::INFINITY };
            }
            rest.add_f64(-*part);
        }
        let error = 2.0 * Ratio::from(rest.to_dyadic()).to_f64().abs();
        Self { parts, error }
    }

    /// Adds `value`, which is known to within `error`.
    pub(super) fn add(&mut self, value: f64, error: f64) {
        let [first, second, third] = self.parts;
        let (first, rest) = two_sum(first, value);
        let (second, rest) = two_sum(second, rest);
        let (third, lost) = two_sum(third, rest);
        let (first, second) = two_sum(first, second);
        let (second, third) = two_sum(second, third);
        let (first, second) = two_sum(first, second);
        self.parts = [first, second, third];
        // What is lost is known exactly; the factor covers the rounding of this sum.
        let more = lost.abs() + error;
        if more != 0.0 {
            self.error = (self.error + more) * (1.0 + f64::EPSILON * 4.0);
        }
    }
}
