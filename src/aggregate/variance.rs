//! `var` and `std`.

use arrcalc_datasets::DataType;

use crate::answer::Scalar;
use crate::error::Result;

use super::NanPolicy;
use super::moments::{Moments, Reading, Statistic};

/// Variance: `RN(Σ(x - mean)² / (n - ddof))`, rounded once; never negative, zero iff all values are equal.
///
/// Special values: NaN or any infinity gives NaN; `n <= ddof` gives null.
/// Class: exact. Cost: one pass; the exact sums of values and squares are all it needs.
pub type Variance = Statistic<2, ReadVariance>;

/// Standard deviation: the correctly rounded root of the exact variance.
///
/// Special values and cost: as [`Variance`].
pub type Std = Statistic<2, ReadStd>;

/// Reads [`Variance`].
#[derive(Clone, Copy, Debug)]
pub struct ReadVariance {
    ddof: u64,
}

/// Reads [`Std`].
#[derive(Clone, Copy, Debug)]
pub struct ReadStd {
    ddof: u64,
}

impl Variance {
    /// The empty state for a column of `data_type`; `ddof` 1 for a sample's, 0 for a population's variance.
    ///
    /// # Errors
    /// [`crate::Error::Request`] for types without it.
    pub fn new(data_type: &DataType, nan: NanPolicy, ddof: u64) -> Result<Self> {
        Ok(Self { moments: Moments::named("var", data_type, nan, false)?, reading: ReadVariance { ddof } })
    }
}

impl Std {
    /// The empty state for a column of `data_type`; `ddof` 1 for a sample's, 0 for a population's deviation.
    ///
    /// # Errors
    /// [`crate::Error::Request`] for types without it.
    pub fn new(data_type: &DataType, nan: NanPolicy, ddof: u64) -> Result<Self> {
        Ok(Self { moments: Moments::named("std", data_type, nan, false)?, reading: ReadStd { ddof } })
    }
}

impl Reading<2> for ReadVariance {
    fn read(&self, moments: &Moments<2>) -> Scalar {
        moments.variance(self.ddof)
    }
}

impl Reading<2> for ReadStd {
    fn read(&self, moments: &Moments<2>) -> Scalar {
        moments.std(self.ddof)
    }
}
