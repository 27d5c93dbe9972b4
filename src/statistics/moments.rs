//! Sum, mean, variance, standard deviation and norm of a column, from one exact state.

use arrcalc_datasets::{Chunk, Column, DataType};
use arrcalc_kernels::Level;
use arrcalc_kernels::exact::PowerSums;

use crate::aggregate::{Aggregate, Element, Kind, mean, scale, sum};
use crate::answer::Scalar;
use crate::error::Result;

use super::{NanPolicy, Number, no_such};

/// Exact sums of the first `DEGREE` powers of a column's values: 1 for sum and mean, 2 for the rest.
///
/// ```text
/// sum = RN( Σ x )   mean = RN( Σ x / n )   var = RN( Σ (x - Σx/n)² / (n - ddof) )   norm = RN( √Σ x² )
/// ```
///
/// Results of float32 and float16 columns are float32, sums of integers are integers of any size, everything else is
/// float64; each is rounded once from the exact value. What is undefined is `Scalar::Null`.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments<const DEGREE: usize> {
    data_type: DataType,
    nan: NanPolicy,
    sums: PowerSums<DEGREE>,
}

impl<const DEGREE: usize> Moments<DEGREE> {
    /// The state of no values of `data_type`.
    ///
    /// # Errors
    /// [`crate::Error::Request`] for types without sums: text, and anything that is not computed with.
    pub fn new(data_type: &DataType, nan: NanPolicy) -> Result<Self> {
        match Kind::of(data_type) {
            Kind::Float | Kind::Signed | Kind::Unsigned | Kind::Decimal => {
                Ok(Self { data_type: data_type.clone(), nan, sums: PowerSums::new() })
            }
            _ => Err(no_such("sum", data_type)),
        }
    }

    /// Values taken in: nulls left out, and NaNs too where they are ignored.
    pub fn count(&self) -> u64 {
        let ignored = if self.nan == NanPolicy::Ignore { self.sums.counts().nan } else { 0 };
        self.sums.count() - ignored
    }

    /// The sum; of no values 0. Null for dates and times, which cannot be added.
    pub fn sum(&self) -> Scalar {
        self.counted(|sums| sum(&self.data_type, sums))
    }

    /// The mean.
    pub fn mean(&self) -> Scalar {
        self.counted(|sums| mean(&self.data_type, sums))
    }

    /// The variance; null where there are no more than `ddof` values, and for times.
    pub fn variance(&self, ddof: u64) -> Scalar {
        let wide = |sums: &PowerSums<DEGREE>| sums.read::<f64>().scaled(self.scale()).variance(ddof);
        self.float(wide, |sums| sums.read::<f32>().variance(ddof))
    }

    /// The standard deviation, with no rounding under the root; null where the variance is.
    pub fn std(&self, ddof: u64) -> Scalar {
        let wide = |sums: &PowerSums<DEGREE>| sums.read::<f64>().scaled(self.scale()).std(ddof);
        self.float(wide, |sums| sums.read::<f32>().std(ddof))
    }

    /// The Euclidean norm, with no rounding under the root; of no values 0.
    pub fn norm(&self) -> Scalar {
        let wide = |sums: &PowerSums<DEGREE>| Some(sums.read::<f64>().scaled(self.scale()).norm());
        self.float(wide, |sums| Some(sums.read::<f32>().norm()))
    }

    fn scale(&self) -> i8 {
        scale(&self.data_type)
    }

    fn counted<T>(&self, read: impl FnOnce(&PowerSums<DEGREE>) -> T) -> T {
        match self.nan {
            NanPolicy::Ignore if self.sums.counts().nan > 0 => read(&self.sums.without_nan()),
            _ => read(&self.sums),
        }
    }

    fn float(
        &self,
        wide: impl FnOnce(&PowerSums<DEGREE>) -> Option<f64>,
        narrow: impl FnOnce(&PowerSums<DEGREE>) -> Option<f32>,
    ) -> Scalar {
        let value = match self.data_type {
            DataType::Float16 | DataType::Float32 => self.counted(narrow).map(Scalar::Float32),
            ref numeric if numeric.is_numeric() => self.counted(wide).map(Scalar::Float64),
            _ => None,
        };
        value.unwrap_or(Scalar::Null)
    }

    fn take<E: Number>(&mut self, level: Level, column: &Column<'_>) {
        E::blocks(level, column, |block| E::add_powers(level, block.values, &mut self.sums));
    }
}

impl<const DEGREE: usize> Aggregate for Moments<DEGREE> {
    type Answer = Self;

    /// Takes in the first column of `chunk`.
    fn update(&mut self, level: Level, chunk: &Chunk<'_>) {
        let column = &chunk.columns[0];
        match Kind::of(&self.data_type) {
            Kind::Float => self.take::<f64>(level, column),
            Kind::Unsigned => self.take::<u64>(level, column),
            Kind::Decimal => i128::blocks(level, column, |block| {
                block.values.iter().for_each(|&value| self.sums.update_i128(value));
            }),
            _ => self.take::<i64>(level, column),
        }
    }

    fn merge(&mut self, other: &Self) {
        self.sums.merge(&other.sums);
    }

    fn finish(&self) -> Self {
        self.clone()
    }

    fn to_bytes(&self) -> Vec<u8> {
        self.sums.to_bytes()
    }
}
