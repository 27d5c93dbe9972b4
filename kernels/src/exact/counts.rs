//! How many values there were, and how many of them a fixed-point sum cannot hold.
//!
//! Counts, not flags: a count can be subtracted again.

/// Numbers of values of each special kind. `total` counts all of them and the ordinary values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Counts {
    /// All values.
    pub total: u64,
    /// NaNs, whatever their sign or payload.
    pub nan: u64,
    /// `+inf`.
    pub positive_infinity: u64,
    /// `-inf`.
    pub negative_infinity: u64,
    /// `-0.0`: equal to zero, but a sum of nothing else is `-0.0`.
    pub negative_zero: u64,
}

impl Counts {
    /// The counts in the order in which they are stored.
    pub(super) fn to_array(self) -> [u64; 5] {
        [self.total, self.nan, self.positive_infinity, self.negative_infinity, self.negative_zero]
    }

    pub(super) fn from_array(counts: [u64; 5]) -> Self {
        let [total, nan, positive_infinity, negative_infinity, negative_zero] = counts;
        Self { total, nan, positive_infinity, negative_infinity, negative_zero }
    }

    /// Values that are neither NaN nor infinite, or `None` where the counts contradict each other.
    pub(super) fn checked_finite(&self) -> Option<u64> {
        self.total
            .checked_sub(self.nan)?
            .checked_sub(self.positive_infinity)?
            .checked_sub(self.negative_infinity)
    }

    /// Adds `other`, modulo 2^64 (a law holds for states that were made up, too; data never gets there).
    pub(super) fn merge(&mut self, other: &Counts) {
        let (mine, theirs) = (self.to_array(), other.to_array());
        *self = Counts::from_array(std::array::from_fn(|at| mine[at].wrapping_add(theirs[at])));
    }

    /// `self - other`, or `None` where a count would fall below zero.
    pub(super) fn checked_sub(&self, other: &Counts) -> Option<Counts> {
        let mut counts = self.to_array();
        for (count, taken) in counts.iter_mut().zip(other.to_array()) {
            *count = count.checked_sub(taken)?;
        }
        Some(Counts::from_array(counts))
    }

    /// Whether a sum of these values is NaN: a NaN, or infinities of both signs.
    pub fn sum_is_nan(&self) -> bool {
        self.nan > 0 || self.positive_infinity > 0 && self.negative_infinity > 0
    }

    /// Whether there is a NaN or an infinity.
    pub fn has_special(&self) -> bool {
        self.nan > 0 || self.positive_infinity > 0 || self.negative_infinity > 0
    }

    /// What a sum of these values is if its exact part does not decide: NaN, ±inf, or -0.0 where every value is.
    pub(super) fn special_sum(&self) -> Option<f64> {
        if self.sum_is_nan() {
            Some(CANONICAL_NAN)
        } else if self.positive_infinity > 0 {
            Some(f64::INFINITY)
        } else if self.negative_infinity > 0 {
            Some(f64::NEG_INFINITY)
        } else if self.total > 0 && self.negative_zero == self.total {
            Some(-0.0)
        } else {
            None
        }
    }

    /// Counts one value that is NaN, infinite or `-0.0`; any other changes `total` only.
    #[cfg(test)]
    pub(super) fn push(&mut self, value: f64) {
        self.total += 1;
        self.nan += u64::from(value.is_nan());
        self.positive_infinity += u64::from(value == f64::INFINITY);
        self.negative_infinity += u64::from(value == f64::NEG_INFINITY);
        self.negative_zero += u64::from(value.to_bits() == 1 << 63);
    }
}

/// The only NaN that leaves: quiet, positive, no payload, on every machine.
pub(super) const CANONICAL_NAN: f64 = f64::from_bits(0x7ff8_0000_0000_0000);
