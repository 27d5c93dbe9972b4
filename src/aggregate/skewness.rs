//! `skewness`.

use arrcalc_datasets::DataType;

use crate::answer::Scalar;
use crate::error::Result;

use super::NanPolicy;
use super::moments::{Moments, Reading, Statistic};

/// Population skewness `g1 = m3 / m2^(3/2)`, rounded once; SciPy's default.
///
/// Special values: NaN or any infinity gives NaN; no values, or values that are all equal, give null.
/// Class: exact. Cost: one pass; third powers are exact.
pub type Skewness = Statistic<3, ReadSkewness>;

/// Reads [`Skewness`].
#[derive(Clone, Copy, Debug)]
pub struct ReadSkewness;

impl Skewness {
    /// The empty state for a column of `data_type`.
    ///
    /// # Errors
    /// [`crate::Error::Request`] for types without it.
    pub fn new(data_type: &DataType, nan: NanPolicy) -> Result<Self> {
        Ok(Self { moments: Moments::named("skewness", data_type, nan, false)?, reading: ReadSkewness })
    }
}

impl Reading<3> for ReadSkewness {
    fn read(&self, moments: &Moments<3>) -> Scalar {
        moments.skewness()
    }
}
