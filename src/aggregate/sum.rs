//! `sum`.

use arrcalc_datasets::DataType;

use crate::answer::Scalar;
use crate::error::{Error, Result};

use super::NanPolicy;
use super::moments::{Moments, Reading, Statistic};

/// Sum of the values that are not null: exact for integers, decimals and durations, `RN(Σx)` for floats.
///
/// Special values: a NaN, or infinities of both signs, gives NaN; an exact sum past the largest float gives ±inf; the
/// sum of values that are all -0.0 is -0.0; no values give 0.
/// Class: exact. Cost: one pass at the speed of memory.
///
/// # Examples
/// ```
/// use arrcalc::aggregate::{NanPolicy, Sum};
/// use arrcalc::{Engine, Reduce, answer::Scalar, datasets::Dataset};
///
/// let penguins = Dataset::open("datasets/samples/penguins.csv")?;
/// let column = penguins.schema().index_of("body_mass_g").unwrap();
/// let empty = Sum::new(&penguins.schema().fields[column].data_type, NanPolicy::Propagate)?;
/// assert_eq!(Engine::new().run(&Reduce::new(&penguins, [column], empty))?, Scalar::Integer(1_437_000));
/// # Ok::<(), arrcalc::Error>(())
/// ```
pub type Sum = Statistic<1, ReadSum>;

/// Reads [`Sum`].
#[derive(Clone, Copy, Debug)]
pub struct ReadSum;

impl Sum {
    /// The empty state for a column of `data_type`.
    ///
    /// # Errors
    /// [`crate::Error::Request`] for types that cannot be added: text, dates, times, timestamps.
    pub fn new(data_type: &DataType, nan: NanPolicy) -> Result<Self> {
        if matches!(data_type, DataType::Date | DataType::Time(_) | DataType::Timestamp(..)) {
            let reason =
                format!("columns of type {data_type} have no sum; their differences, durations, have");
            return Err(Error::Request { reason });
        }
        Ok(Self { moments: Moments::named("sum", data_type, nan, true)?, reading: ReadSum })
    }
}

impl Reading<1> for ReadSum {
    fn read(&self, moments: &Moments<1>) -> Scalar {
        moments.sum()
    }
}
