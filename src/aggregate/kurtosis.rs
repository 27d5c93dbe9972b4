//! `kurtosis`.

use arrcalc_datasets::DataType;

use crate::answer::Scalar;
use crate::error::Result;

use super::NanPolicy;
use super::moments::{Moments, Reading, Statistic};

/// Population excess kurtosis `g2 = m4 / m2² - 3`, rounded once; SciPy's default.
///
/// Special values: NaN or any infinity gives NaN; no values, or values that are all equal, give null.
/// Class: exact. Cost: one pass; fourth powers are exact.
pub type Kurtosis = Statistic<4, ReadKurtosis>;

/// Reads [`Kurtosis`].
#[derive(Clone, Copy, Debug)]
pub struct ReadKurtosis;

impl Kurtosis {
    /// The empty state for a column of `data_type`.
    ///
    /// # Errors
    /// [`crate::Error::Request`] for types without it.
    pub fn new(data_type: &DataType, nan: NanPolicy) -> Result<Self> {
        Ok(Self { moments: Moments::named("kurtosis", data_type, nan, false)?, reading: ReadKurtosis })
    }
}

impl Reading<4> for ReadKurtosis {
    fn read(&self, moments: &Moments<4>) -> Scalar {
        moments.kurtosis()
    }
}
