//! `norm`.

use arrcalc_datasets::DataType;

use crate::answer::Scalar;
use crate::error::Result;

use super::NanPolicy;
use super::moments::{Moments, Reading, Statistic};

/// Euclidean norm: `RN(√Σx²)`, rounded once; neither overflow nor underflow on the way.
///
/// Special values: a NaN gives NaN, else an infinity gives +inf; no values give null.
/// Class: exact. Cost: one pass.
pub type Norm = Statistic<2, ReadNorm>;

/// Reads [`Norm`].
#[derive(Clone, Copy, Debug)]
pub struct ReadNorm;

impl Norm {
    /// The empty state for a column of `data_type`.
    ///
    /// # Errors
    /// [`crate::Error::Request`] for types without it.
    pub fn new(data_type: &DataType, nan: NanPolicy) -> Result<Self> {
        Ok(Self { moments: Moments::named("norm", data_type, nan, false)?, reading: ReadNorm })
    }
}

impl Reading<2> for ReadNorm {
    fn read(&self, moments: &Moments<2>) -> Scalar {
        if moments.count() == 0 { Scalar::Null } else { moments.norm() }
    }
}
