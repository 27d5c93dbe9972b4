//! What sums of powers give: one state for `sum`, `mean`, `var`, `std`, `norm`, `skewness` and `kurtosis`, each of
//! which reads it in its own way (see the files of those names).

use arrcalc_datasets::{Chunk, Column, DataType};
use arrcalc_kernels::Level;
use arrcalc_kernels::exact::PowerSums;

use crate::answer::Scalar;
use crate::error::{Error, Result};

use super::kind::{Kind, scale};
use super::{Aggregate, Element, NanPolicy};

/// Exact sums of the first `DEGREE` powers of the first column of the chunks.
#[derive(Clone, Debug)]
pub struct Moments<const DEGREE: usize> {
    data_type: DataType,
    nan: NanPolicy,
    sums: PowerSums<DEGREE>,
}

impl<const DEGREE: usize> Moments<DEGREE> {
    /// The empty state for a column of `data_type`.
    ///
    /// # Errors
    /// [`Error::Request`] where `name` is not computed for that type.
    pub(super) fn new(name: &str, data_type: &DataType, nan: NanPolicy, temporal: bool) -> Result<Self> {
        if data_type.is_numeric() || *data_type == DataType::Null || (temporal && data_type.is_temporal()) {
            return Ok(Self { data_type: data_type.clone(), nan, sums: PowerSums::new() });
        }
        Err(Error::Request { reason: format!("{name} is not defined for columns of type {data_type}") })
    }

    /// Type of the column.
    pub fn data_type(&self) -> &DataType {
        &self.data_type
    }

    /// The sums, without NaNs where they are to be ignored.
    pub fn sums(&self) -> PowerSums<DEGREE> {
        match self.nan {
            NanPolicy::Propagate => self.sums.clone(),
            NanPolicy::Ignore => self.sums.without_nan(),
        }
    }

    /// Takes in the rows of `column`.
    pub fn update(&mut self, level: Level, column: &Column<'_>) {
        let sums = &mut self.sums;
        match Kind::of(&self.data_type) {
            Kind::Float => f64::blocks(level, column, |block| sums.update_f64(level, block.values)),
            Kind::Signed => i64::blocks(level, column, |block| sums.update_i64(level, block.values)),
            Kind::Unsigned => u64::blocks(level, column, |block| sums.update_u64(level, block.values)),
            Kind::Decimal => i128::blocks(level, column, |block| {
                block.values.iter().for_each(|&value| sums.update_i128(value));
            }),
            _ => {}
        }
    }

    /// Reads a float result: binary32 for binary16 and binary32 columns, else binary64.
    pub(super) fn float(
        &self,
        narrow: impl FnOnce(&PowerSums<DEGREE>) -> Option<f32>,
        wide: impl FnOnce(&PowerSums<DEGREE>, i8) -> Option<f64>,
    ) -> Scalar {
        let sums = self.sums();
        let value = match self.data_type {
            DataType::Float16 | DataType::Float32 => narrow(&sums).map(Scalar::Float32),
            _ => wide(&sums, scale(&self.data_type)).map(Scalar::Float64),
        };
        value.unwrap_or(Scalar::Null)
    }
}

/// How a result is read from [`Moments`].
pub trait Reading<const DEGREE: usize>: Clone + Send + Sync + std::fmt::Debug + 'static {
    /// The result.
    fn read(&self, moments: &Moments<DEGREE>) -> Scalar;
}

/// An aggregate that reads [`Moments`]: [`super::Sum`], [`super::Mean`], [`super::Variance`] ...
#[derive(Clone, Debug)]
pub struct Statistic<const DEGREE: usize, R> {
    pub(super) moments: Moments<DEGREE>,
    pub(super) reading: R,
}

impl<const DEGREE: usize, R: Reading<DEGREE>> Aggregate for Statistic<DEGREE, R> {
    type Answer = Scalar;

    fn update(&mut self, level: Level, chunk: &Chunk<'_>) {
        self.moments.update(level, &chunk.columns[0]);
    }

    fn merge(&mut self, other: &Self) {
        self.moments.sums.merge(&other.moments.sums);
    }

    fn finish(&self) -> Scalar {
        self.reading.read(&self.moments)
    }

    fn to_bytes(&self) -> Vec<u8> {
        self.moments.sums.to_bytes()
    }
}
