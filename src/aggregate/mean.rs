//! `mean`.

use arrcalc_datasets::DataType;

use crate::answer::Scalar;
use crate::error::Result;

use super::NanPolicy;
use super::moments::{Moments, Reading, Statistic};

/// Mean of the values that are not null: `RN(Σx / n)`, rounded once.
///
/// Types: floats keep binary32 (binary16 gives binary32); integers, bool and decimals give binary64; dates give a
/// timestamp in seconds, other temporal types the nearest tick, ties to even. Special values: a NaN, or infinities of
/// both signs, gives NaN; no values give null.
/// Class: exact. Cost: one pass, no allocation but some 100 bytes of state.
pub type Mean = Statistic<1, ReadMean>;

/// Reads [`Mean`].
#[derive(Clone, Copy, Debug)]
pub struct ReadMean;

impl Mean {
    /// The empty state for a column of `data_type`.
    ///
    /// # Errors
    /// [`crate::Error::Request`] for types without it.
    pub fn new(data_type: &DataType, nan: NanPolicy) -> Result<Self> {
        Ok(Self { moments: Moments::named("mean", data_type, nan, true)?, reading: ReadMean })
    }
}

impl Reading<1> for ReadMean {
    fn read(&self, moments: &Moments<1>) -> Scalar {
        moments.mean()
    }
}
