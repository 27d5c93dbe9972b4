//! A block of values split in two digits on grids so coarse that running sums of the upper ones are exact.
//!
//! With `|x| < 2^e` for all values of a block, adding and subtracting `1.5 * 2^(e + 11)` rounds a value to a multiple
//! of `2^(e - 41)` (the splitting of S. M. Rump, T. Ogita and S. Oishi, "Accurate floating-point summation", 2008). Up
//! to [`BLOCK`] differences of such digits stay below `2^(e + 10)`: 51 bits, every partial sum exact. What is left is
//! below `2^(e - 42)`, so that its partial sums stay below `2^(e - 32)` and each of its additions errs by at most
//! `2^(e - 85)`, all of them together by less than `2^(e - 75)`; by nothing where every value is a multiple of
//! `2^(e - 84)`, as it is where the values lie within 32 binades.

/// Rows of a block.
pub(super) const BLOCK: usize = 512;

/// Running sums that go on at the same time: one alone waits for every addition.
pub(super) const CHAINS: usize = 4;

/// Rows of a chain.
pub(super) const RUN: usize = BLOCK / CHAINS;

/// A column of a block.
pub(super) type Rows = [f64; BLOCK];

const SIGN: u64 = 1 << 63;
const INFINITY: u64 = 0x7ff << 52;

/// What is known of all values of a block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Bits of the greatest magnitude.
    most: u64,
    /// Bits of the least magnitude that is not zero, less one.
    least: u64,
    /// Whether any value is `-0.0`.
    has_negative_zero: bool,
}

impl Bounds {
    pub(super) const NONE: Bounds = Bounds { most: 0, least: u64::MAX, has_negative_zero: false };

    #[inline(always)]
    pub(super) fn of(values: &[f64]) -> Bounds {
        let (mut most, mut least, mut zeros) = (0u64, u64::MAX, 0u64);
        for value in values {
            let bits = value.to_bits();
            let magnitude = bits & !SIGN;
            most = if magnitude > most { magnitude } else { most };
            let below = magnitude.wrapping_sub(1);
            least = if below < least { below } else { least };
            zeros |= u64::from(bits == SIGN);
        }
        Bounds { most, least, has_negative_zero: zeros != 0 }
    }

    #[inline(always)]
    pub(super) fn and(self, other: Bounds) -> Bounds {
        Bounds {
            most: self.most.max(other.most),
            least: self.least.min(other.least),
            has_negative_zero: self.has_negative_zero | other.has_negative_zero,
        }
    }

    /// Whether a value is NaN, infinite or `-0.0`.
    pub(super) fn has_special(&self) -> bool {
        self.most >= INFINITY || self.has_negative_zero
    }

    /// Whether all values are zeros.
    pub(super) fn is_zero(&self) -> bool {
        self.most == 0
    }

    /// The least `e` with `|x| < 2^e` for all values, if they are finite.
    pub(super) fn exponent(&self) -> i32 {
        (self.most >> 52) as i32 - 1022
    }

    /// The greatest `e` with `2^e <= |x|` for all values that are not zero; less than any normal number's where some are
    /// subnormal.
    pub(super) fn least_exponent(&self) -> i32 {
        match self.least {
            u64::MAX => i32::MAX,
            least => ((least + 1) >> 52) as i32 - 1023,
        }
    }

    /// Whether all values lie within 32 binades, and all above the subnormal numbers.
    pub(super) fn is_narrow(&self) -> bool {
        let least = (self.least.wrapping_add(1) >> 52) as i32;
        self.is_zero() || (least > 0 && self.exponent() - (least - 1023) <= 32)
    }
}

/// `2^exponent`, for a normal number.
#[inline(always)]
pub(super) fn power_of_two(exponent: i32) -> f64 {
    debug_assert!((-1022..=1023).contains(&exponent));
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

/// The two digits of what enters less what leaves, a row each.
#[derive(Clone, Debug)]
pub(super) struct Digits {
    high: Rows,
    low: Rows,
    /// Sums of the chains before each.
    high_before: [f64; CHAINS],
    low_before: [f64; CHAINS],
    /// Sums of all rows.
    pub(super) total: [f64; 2],
}

impl Digits {
    pub(super) const ZERO: Digits = Digits {
        high: [0.0; BLOCK],
        low: [0.0; BLOCK],
        high_before: [0.0; CHAINS],
        low_before: [0.0; CHAINS],
        total: [0.0; 2],
    };

    /// Splits the values, all below `2^exponent`.
    #[inline(always)]
    pub(super) fn split(&mut self, entering: &Rows, leaving: Option<&Rows>, exponent: i32) {
        let magic = 1.5 * power_of_two(exponent + 11);
        match leaving {
            None => {
                for (row, &value) in entering.iter().enumerate() {
                    let high = (value + magic) - magic;
                    self.high[row] = high;
                    self.low[row] = value - high;
                }
            }
            Some(leaving) => {
                for row in 0..BLOCK {
                    let (new, old) = (entering[row], leaving[row]);
                    let (new_high, old_high) = ((new + magic) - magic, (old + magic) - magic);
                    self.high[row] = new_high - old_high;
                    self.low[row] = (new - new_high) - (old - old_high);
                }
            }
        }
    }

    /// Splits the squares of the values, all of them below `2^exponent`.
    #[inline(always)]
    pub(super) fn split_squares(&mut self, entering: &Rows, leaving: Option<&Rows>, exponent: i32) {
        let magic = 1.5 * power_of_two(exponent + 11);
        match leaving {
            None => {
                for (row, &value) in entering.iter().enumerate() {
                    (self.high[row], self.low[row]) = square_digits(value, magic);
                }
            }
            Some(leaving) => {
                for row in 0..BLOCK {
                    let (new_high, new_low) = square_digits(entering[row], magic);
                    let (old_high, old_low) = square_digits(leaving[row], magic);
                    self.high[row] = new_high - old_high;
                    self.low[row] = new_low - old_low;
                }
            }
        }
    }

    /// Makes each row the sum of its chain up to it.
    #[inline(always)]
    pub(super) fn scan(&mut self) {
        let (mut high, mut low) = ([0.0; CHAINS], [0.0; CHAINS]);
        for row in 0..RUN {
            for chain in 0..CHAINS {
                let at = chain * RUN + row;
                high[chain] += self.high[at];
                self.high[at] = high[chain];
                low[chain] += self.low[at];
                self.low[at] = low[chain];
            }
        }
        let (mut high_before, mut low_before) = (0.0, 0.0);
        for chain in 0..CHAINS {
            self.high_before[chain] = high_before;
            self.low_before[chain] = low_before;
            high_before += high[chain];
            low_before += low[chain];
        }
        self.total = [high_before, low_before];
    }

    /// The chain's rows and what stands before them.
    #[inline(always)]
    pub(super) fn chain(&self, chain: usize) -> Chain<'_> {
        let rows = chain * RUN..(chain + 1) * RUN;
        Chain {
            high: self.high[rows.clone()].try_into().expect("a chain's rows"),
            low: self.low[rows].try_into().expect("a chain's rows"),
            high_before: self.high_before[chain],
            low_before: self.low_before[chain],
        }
    }
}

/// Running sums of one chain.
#[derive(Clone, Copy)]
pub(super) struct Chain<'a> {
    pub(super) high: &'a [f64; RUN],
    pub(super) low: &'a [f64; RUN],
    pub(super) high_before: f64,
    pub(super) low_before: f64,
}

/// The upper 26 significant bits, and the rest.
#[inline(always)]
pub(super) fn halves(x: f64) -> (f64, f64) {
    let high = f64::from_bits(x.to_bits() & 0xffff_ffff_f800_0000);
    (high, x - high)
}

/// `x x` as a rounded product and its error, the latter to within 2^-104 of the product.
#[inline(always)]
pub(super) fn square(x: f64) -> (f64, f64) {
    let product = x * x;
    let (upper, lower) = halves(x);
    (product, ((upper * upper - product) + 2.0 * upper * lower) + lower * lower)
}

#[inline(always)]
fn square_digits(x: f64, magic: f64) -> (f64, f64) {
    let (product, rest) = square(x);
    let high = (product + magic) - magic;
    (high, (product - high) + rest)
}
