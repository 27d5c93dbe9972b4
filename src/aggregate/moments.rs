//! What sums of powers give: one state for `sum`, `mean`, `var`, `std`, `norm`, `skewness` and `kurtosis`, each of
//! which reads it in its own way (see the files of those names).

use arrcalc_datasets::{Chunk, Column, DataType, Values};
use arrcalc_kernels::Level;
use arrcalc_kernels::exact::{Accumulator, Counts, PowerSums};

use crate::answer::Scalar;
use crate::error::{Error, Result};

use super::kind::{Kind, mean_of, scale, sum_of};
use super::rms::read_rms;
use super::sum_squares::read_squares;
use super::sums_of_powers::{SumsOfPowers, from_parts};
use super::{Aggregate, Element, NanPolicy};

/// Exact sums of the first `DEGREE` powers of the first column of the chunks: as an aggregate, its own answer, from
/// which several statistics are read.
///
/// `DEGREE` is 1 for sums and means, 2 for variances and norms, 3 for skewness, 4 for kurtosis.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments<const DEGREE: usize> {
    data_type: DataType,
    nan: NanPolicy,
    sums: PowerSums<DEGREE>,
}

impl<const DEGREE: usize> Moments<DEGREE> {
    /// The empty state for a column of numbers or moments of time.
    ///
    /// # Errors
    /// [`Error::Request`] for other types.
    pub fn new(data_type: &DataType, nan: NanPolicy) -> Result<Self> {
        Self::named("sum", data_type, nan, true)
    }

    /// As [`Moments::new`], with `name` in the error, and without temporal types unless they are allowed.
    pub(super) fn named(name: &str, data_type: &DataType, nan: NanPolicy, temporal: bool) -> Result<Self> {
        if data_type.is_numeric() || *data_type == DataType::Null || (temporal && data_type.is_temporal()) {
            return Ok(Self { data_type: data_type.clone(), nan, sums: PowerSums::new() });
        }
        Err(Error::Request { reason: format!("no {name} of values of type {data_type}") })
    }

    /// Values that are not null, and not NaN where NaN is ignored.
    pub fn count(&self) -> u64 {
        self.sums.count() - if self.nan == NanPolicy::Ignore { self.sums.counts().nan } else { 0 }
    }

    /// See [`super::Sum`]; null for dates, times and timestamps.
    pub fn sum(&self) -> Scalar {
        self.read(|sums| sum_of(&self.data_type, sums))
    }

    /// See [`super::Mean`].
    pub fn mean(&self) -> Scalar {
        self.read(|sums| mean_of(&self.data_type, sums))
    }

    /// See [`super::Variance`].
    pub fn variance(&self, ddof: u64) -> Scalar {
        self.float(|sums| sums.read().variance(ddof), |sums, scale| sums.read().scaled(scale).variance(ddof))
    }

    /// See [`super::Std`].
    pub fn std(&self, ddof: u64) -> Scalar {
        self.float(|sums| sums.read().std(ddof), |sums, scale| sums.read().scaled(scale).std(ddof))
    }

    /// See [`super::Norm`]; of no values 0.
    pub fn norm(&self) -> Scalar {
        self.float(|sums| Some(sums.read().norm()), |sums, scale| Some(sums.read().scaled(scale).norm()))
    }

    /// See [`super::SumSquares`]; of no values 0.
    pub fn sum_squares(&self) -> Scalar {
        self.read(|sums| read_squares(&self.data_type, sums))
    }

    /// See [`super::RootMeanSquare`].
    pub fn rms(&self) -> Scalar {
        self.read(|sums| read_rms(&self.data_type, sums))
    }

    /// See [`super::Skewness`].
    pub fn skewness(&self) -> Scalar {
        self.float(|sums| sums.read().skewness(), |sums, scale| sums.read().scaled(scale).skewness())
    }

    /// See [`super::Kurtosis`].
    pub fn kurtosis(&self) -> Scalar {
        self.float(|sums| sums.read().kurtosis(), |sums, scale| sums.read().scaled(scale).kurtosis())
    }

    /// Reads the sums, without NaNs where they are to be ignored.
    fn read<T>(&self, read: impl FnOnce(&PowerSums<DEGREE>) -> T) -> T {
        match self.nan {
            NanPolicy::Ignore if self.sums.counts().nan > 0 => read(&self.sums.without_nan()),
            _ => read(&self.sums),
        }
    }

    /// Reads a float result of numbers: binary32 for binary16 and binary32 columns, else binary64.
    fn float(
        &self,
        narrow: impl FnOnce(&PowerSums<DEGREE>) -> Option<f32>,
        wide: impl FnOnce(&PowerSums<DEGREE>, i8) -> Option<f64>,
    ) -> Scalar {
        let value = match &self.data_type {
            DataType::Float16 | DataType::Float32 => self.read(narrow).map(Scalar::Float32),
            numeric if numeric.is_numeric() => {
                self.read(|sums| wide(sums, scale(numeric))).map(Scalar::Float64)
            }
            _ => None,
        };
        value.unwrap_or(Scalar::Null)
    }
}

impl<const DEGREE: usize> Aggregate for Moments<DEGREE> {
    type Answer = Self;

    fn update(&mut self, level: Level, chunk: &Chunk<'_>) {
        self.take(level, &chunk.columns[0]);
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

    fn heap_bytes(&self) -> usize {
        (1..=DEGREE).map(|power| 8 * self.sums.power_sum(power).canonical().1.len()).sum()
    }
}

impl<const DEGREE: usize> SumsOfPowers for Moments<DEGREE> {
    fn data_type(&self) -> &DataType {
        &self.data_type
    }

    fn degree(&self) -> usize {
        DEGREE
    }

    fn take_sums(&mut self, counts: Counts, sums: &[Accumulator]) {
        self.sums.merge(&from_parts(counts, sums));
    }
}

/// Takes unscaled integers into `sums`: most decimals fit 64 bits, for which there is a kernel.
pub(crate) fn add_decimals<const DEGREE: usize>(level: Level, values: &[i128], sums: &mut PowerSums<DEGREE>) {
    const PIECE: usize = 512;
    let mut narrow = [0i64; PIECE];
    for values in values.chunks(PIECE) {
        let narrow = &mut narrow[..values.len()];
        let mut fits = true;
        for (to, &from) in narrow.iter_mut().zip(values) {
            *to = from as i64;
            fits &= i128::from(*to) == from;
        }
        if fits {
            sums.update_i64(level, narrow);
        } else {
            values.iter().for_each(|&value| sums.update_i128(value));
        }
    }
}

impl<const DEGREE: usize> Moments<DEGREE> {
    /// Takes in the rows of `column`.
    pub(crate) fn take(&mut self, level: Level, column: &Column<'_>) {
        let sums = &mut self.sums;
        match Kind::of(&self.data_type) {
            Kind::Float => match *column {
                // What is not null is added where it stands.
                Column { values: Values::Float64(values), validity: Some(valid) } => {
                    sums.update_f64_where(level, values, valid);
                }
                _ => f64::blocks(level, column, |block| sums.update_f64(level, block.values)),
            },
            Kind::Signed => i64::blocks(level, column, |block| sums.update_i64(level, block.values)),
            Kind::Unsigned => u64::blocks(level, column, |block| sums.update_u64(level, block.values)),
            Kind::Decimal => {
                i128::blocks(level, column, |block| add_decimals(level, block.values, sums));
            }
            _ => {}
        }
    }

    /// The exact sums of floats, for whoever adds to them by itself.
    pub(super) fn sums_mut(&mut self) -> &mut PowerSums<DEGREE> {
        &mut self.sums
    }

    /// The exact sums; NaNs, if there are any, are among the counts.
    pub(crate) fn sums(&self) -> &PowerSums<DEGREE> {
        &self.sums
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
        self.moments.update(level, chunk);
    }

    fn merge(&mut self, other: &Self) {
        self.moments.merge(&other.moments);
    }

    fn finish(&self) -> Scalar {
        self.reading.read(&self.moments)
    }

    fn to_bytes(&self) -> Vec<u8> {
        self.moments.to_bytes()
    }

    fn heap_bytes(&self) -> usize {
        self.moments.heap_bytes()
    }

    fn sums_of_powers(&mut self) -> Option<&mut dyn SumsOfPowers> {
        Some(&mut self.moments)
    }
}
