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
        Ok(Self { moments: Moments::new("norm", data_type, nan, false)?, reading: ReadNorm })
    }
}

impl Reading<2> for ReadNorm {
    fn read(&self, moments: &Moments<2>) -> Scalar {
        if moments.sums().count() == 0 {
            return Scalar::Null;
        }
        moments.float(
            |sums| Some(sums.read::<f32>().norm()),
            |sums, scale| Some(sums.read::<f64>().scaled(scale).norm()),
        )
    }
}
