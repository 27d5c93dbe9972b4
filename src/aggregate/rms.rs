//! `rms`.

use arrcalc_datasets::DataType;
use arrcalc_kernels::exact::{Dyadic, Natural, PowerSums, Ratio};

use crate::answer::Scalar;
use crate::error::Result;

use super::NanPolicy;
use super::kind::scale;
use super::moments::{Moments, Reading, Statistic};
use super::sum_squares::narrow;

/// Root of the mean of squares: `RN(√(Σx² / n))`, rounded once; neither overflow nor underflow on the way.
///
/// Special values: a NaN gives NaN, else an infinity gives +inf; no values give null.
/// Class: exact. Cost: one pass.
pub type RootMeanSquare = Statistic<2, ReadRootMeanSquare>;

/// Reads [`RootMeanSquare`].
#[derive(Clone, Copy, Debug)]
pub struct ReadRootMeanSquare;

impl RootMeanSquare {
    /// The empty state for a column of `data_type`.
    ///
    /// # Errors
    /// [`crate::Error::Request`] for types without it.
    pub fn new(data_type: &DataType, nan: NanPolicy) -> Result<Self> {
        Ok(Self { moments: Moments::named("rms", data_type, nan, false)?, reading: ReadRootMeanSquare })
    }
}

impl Reading<2> for ReadRootMeanSquare {
    fn read(&self, moments: &Moments<2>) -> Scalar {
        moments.rms()
    }
}

/// The root mean square in the result type of a column of `data_type`.
pub(super) fn read_rms<const D: usize>(data_type: &DataType, sums: &PowerSums<D>) -> Scalar {
    let counts = sums.counts();
    if counts.total == 0 {
        return Scalar::Null;
    }
    let squares: Dyadic = sums.power_sum(2).to_dyadic();
    let mean = Ratio::new(squares, Natural::from(counts.total)).scaled(2 * i32::from(scale(data_type)));
    let special = match counts {
        counts if counts.nan > 0 => Some(f64::from_bits(0x7ff8_0000_0000_0000)),
        counts if counts.has_special() => Some(f64::INFINITY),
        _ => None,
    };
    match data_type {
        DataType::Float16 | DataType::Float32 => {
            Scalar::Float32(special.map_or_else(|| mean.sqrt_to_f32(), narrow))
        }
        _ => Scalar::Float64(special.unwrap_or_else(|| mean.sqrt_to_f64())),
    }
}
