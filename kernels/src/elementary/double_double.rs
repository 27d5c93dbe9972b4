//! Unevaluated sums of two doubles, without fused operations: the same bits at every level.
//!
//! Dekker, "A floating-point technique for extending the available precision" (1971), and Knuth's TwoSum. The
//! factors are split by a mask on their bits instead of by Veltkamp's product: it cannot overflow, and it costs two
//! instructions. Products then lose at most 2^-104 of their size, far below what is asked here.

/// `high + low` with `|low|` at most about an ulp of `high`.
#[derive(Clone, Copy)]
pub(super) struct DoubleDouble {
    pub(super) high: f64,
    pub(super) low: f64,
}

/// The upper 26 significant bits, and the rest: at most 27 bits.
#[inline(always)]
pub(super) fn split(x: f64) -> (f64, f64) {
    let high = f64::from_bits(x.to_bits() & 0xffff_ffff_f800_0000);
    (high, x - high)
}

/// `a + b` exactly, if no exponent overflows.
#[inline(always)]
pub(super) fn two_sum(a: f64, b: f64) -> DoubleDouble {
    let high = a + b;
    let b_seen = high - a;
    let low = (a - (high - b_seen)) + (b - b_seen);
    DoubleDouble { high, low }
}

/// `a + b` exactly, for `|a| >= |b|` or `a = 0`.
#[inline(always)]
pub(super) fn fast_two_sum(a: f64, b: f64) -> DoubleDouble {
    let high = a + b;
    DoubleDouble { high, low: b - (high - a) }
}

/// `a b` to within 2^-104, if nothing overflows or underflows.
#[inline(always)]
pub(super) fn two_product(a: f64, b: f64) -> DoubleDouble {
    let high = a * b;
    let (a1, a0) = split(a);
    let (b1, b0) = split(b);
    let low = ((a1 * b1 - high) + a1 * b0 + a0 * b1) + a0 * b0;
    DoubleDouble { high, low }
}

impl DoubleDouble {
    #[inline(always)]
    pub(super) const fn new(high: f64, low: f64) -> DoubleDouble {
        DoubleDouble { high, low }
    }

    /// The nearest double.
    #[inline(always)]
    pub(super) fn rounded(self) -> f64 {
        self.high + self.low
    }

    /// Negated where `negative`.
    #[inline(always)]
    pub(super) fn signed(self, negative: bool) -> DoubleDouble {
        let sign = (negative as u64) << 63;
        let flip = |x: f64| f64::from_bits(x.to_bits() ^ sign);
        DoubleDouble { high: flip(self.high), low: flip(self.low) }
    }

    /// `self` where `condition`, else `other`.
    #[inline(always)]
    pub(super) fn or(self, other: DoubleDouble, condition: bool) -> DoubleDouble {
        DoubleDouble {
            high: if condition { self.high } else { other.high },
            low: if condition { self.low } else { other.low },
        }
    }

    /// The sum to within about 2^-104 of the larger term.
    #[inline(always)]
    pub(super) fn plus(self, other: DoubleDouble) -> DoubleDouble {
        let sum = two_sum(self.high, other.high);
        fast_two_sum(sum.high, sum.low + (self.low + other.low))
    }

    /// The product to within about 2^-102.
    #[inline(always)]
    pub(super) fn times(self, other: DoubleDouble) -> DoubleDouble {
        let product = two_product(self.high, other.high);
        fast_two_sum(product.high, product.low + (self.high * other.low + self.low * other.high))
    }

    /// The quotient to within about 2^-100.
    #[inline(always)]
    pub(super) fn over(self, other: DoubleDouble) -> DoubleDouble {
        let inverse = 1.0 / other.high;
        let quotient = self.high * inverse;
        let back = two_product(quotient, other.high);
        let rest = (self.high - back.high) - back.low + (self.low - quotient * other.low);
        fast_two_sum(quotient, rest * inverse)
    }
}

/// Rows of bit patterns as doubles.
pub(super) const fn doubles<const N: usize, const M: usize>(bits: [[u64; M]; N]) -> [[f64; M]; N] {
    let mut out = [[0.0; M]; N];
    let mut row = 0;
    while row < N {
        let mut column = 0;
        while column < M {
            out[row][column] = f64::from_bits(bits[row][column]);
            column += 1;
        }
        row += 1;
    }
    out
}
