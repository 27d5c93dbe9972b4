//! `sum_squares`.

use arrcalc_datasets::DataType;
use arrcalc_kernels::exact::{PowerSums, Ratio};

use crate::answer::Scalar;
use crate::error::Result;

use super::NanPolicy;
use super::kind::{integer_text, scale};
use super::moments::{Moments, Reading, Statistic};

/// Sum of the squares of the values that are not null: exact for integers, `RN(Σx²)` for floats and decimals.
///
/// Special values: a NaN gives NaN, else an infinity gives +inf; no values give 0.
/// Class: exact. Cost: one pass.
pub type SumSquares = Statistic<2, ReadSumSquares>;

/// Reads [`SumSquares`].
#[derive(Clone, Copy, Debug)]
pub struct ReadSumSquares;

impl SumSquares {
    /// The empty state for a column of `data_type`.
    ///
    /// # Errors
    /// [`crate::Error::Request`] for types without it.
    pub fn new(data_type: &DataType, nan: NanPolicy) -> Result<Self> {
        Ok(Self { moments: Moments::named("sum_squares", data_type, nan, false)?, reading: ReadSumSquares })
    }
}

impl Reading<2> for ReadSumSquares {
    fn read(&self, moments: &Moments<2>) -> Scalar {
        moments.sum_squares()
    }
}

/// The sum of squares in the result type of a column of `data_type`; an integer past 128 bits as its digits.
pub(super) fn read_squares<const D: usize>(data_type: &DataType, sums: &PowerSums<D>) -> Scalar {
    let squares = sums.power_sum(2).to_dyadic();
    if !data_type.is_float() && !matches!(data_type, DataType::Decimal128 { .. }) {
        let text = integer_text(&squares);
        return text.parse().map(Scalar::Integer).unwrap_or(Scalar::Decimal { unscaled: text, scale: 0 });
    }
    let exact = Ratio::from(squares).scaled(2 * i32::from(scale(data_type)));
    let special = match sums.counts() {
        counts if counts.nan > 0 => Some(f64::from_bits(0x7ff8_0000_0000_0000)),
        counts if counts.has_special() => Some(f64::INFINITY),
        _ => None,
    };
    match data_type {
        DataType::Float16 | DataType::Float32 => {
            Scalar::Float32(special.map_or_else(|| exact.to_f32(), narrow))
        }
        _ => Scalar::Float64(special.unwrap_or_else(|| exact.to_f64())),
    }
}

/// A NaN or an infinity in binary32, the one canonical NaN.
pub(super) fn narrow(special: f64) -> f32 {
    if special.is_nan() { f32::from_bits(0x7fc0_0000) } else { special as f32 }
}
