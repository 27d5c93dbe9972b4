//! Counts: `count`, `count_null`, `count_nan`, `count_nonzero`, and `any` and `all`, which are read from them.

use arrcalc_datasets::{Chunk, DataType};
use arrcalc_kernels::Level;
use arrcalc_kernels::reduce::count_nonzero;

use crate::answer::Scalar;
use crate::error::{Error, Result};

use super::kind::Kind;
use super::{Aggregate, Element};

/// Rows of a column by what they hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows.
    pub rows: u64,
    /// Nulls.
    pub nulls: u64,
    /// NaNs.
    pub nans: u64,
    /// Values that are not zero; a NaN is not. Always 0 for text.
    pub nonzero: u64,
}

impl Counts {
    /// Values that are not null.
    pub fn values(&self) -> u64 {
        self.rows - self.nulls
    }
}

/// What is read from [`Counts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Question {
    /// Values that are not null.
    Count,
    /// Nulls.
    CountNull,
    /// NaNs.
    CountNan,
    /// Values that are neither null nor zero; NaN is not zero.
    CountNonzero,
    /// Whether any value is not zero; null of none.
    Any,
    /// Whether no value is zero; null of none.
    All,
}

/// Counts of the first column of the chunks.
///
/// Class: exact. Cost: one pass; counting nulls alone reads the validity alone.
#[derive(Clone, Debug)]
pub struct Tally {
    kind: Kind,
    question: Question,
    counts: Counts,
}

impl Tally {
    /// The empty state for a column of `data_type`.
    ///
    /// # Errors
    /// [`Error::Request`] where the question has no meaning for the type.
    pub fn new(data_type: &DataType, question: Question) -> Result<Self> {
        let kind = Kind::of(data_type);
        let about_numbers = !matches!(question, Question::Count | Question::CountNull);
        if about_numbers && matches!(kind, Kind::Text | Kind::Opaque) {
            let name = match question {
                Question::Count => "count",
                Question::CountNull => "count_null",
                Question::CountNan => "count_nan",
                Question::CountNonzero => "count_nonzero",
                Question::Any => "any",
                Question::All => "all",
            };
            let reason = format!("{name} is not defined for columns of type {data_type}");
            return Err(Error::Request { reason });
        }
        Ok(Self { kind, question, counts: Counts::default() })
    }

    /// All counts.
    pub fn counts(&self) -> Counts {
        self.counts
    }
}

impl Aggregate for Tally {
    type Answer = Scalar;

    fn update(&mut self, level: Level, chunk: &Chunk<'_>) {
        let column = &chunk.columns[0];
        let counts = &mut self.counts;
        counts.rows += chunk.row_count as u64;
        counts.nulls += match (column.values, column.validity) {
            (arrcalc_datasets::Values::Null(rows), _) => rows as u64,
            (_, Some(bits)) => (bits.len() - bits.count_ones()) as u64,
            (_, None) => 0,
        };
        if matches!(self.question, Question::Count | Question::CountNull) {
            return;
        }
        match self.kind {
            Kind::Float => f64::blocks(level, column, |block| {
                counts.nonzero += count_nonzero(level, block.values);
                counts.nans += block.values.iter().map(|value| u64::from(value.is_nan())).sum::<u64>();
            }),
            Kind::Signed => {
                i64::blocks(level, column, |block| counts.nonzero += count_nonzero(level, block.values))
            }
            Kind::Unsigned => {
                u64::blocks(level, column, |block| counts.nonzero += count_nonzero(level, block.values))
            }
            Kind::Decimal => i128::blocks(level, column, |block| {
                counts.nonzero += block.values.iter().filter(|&&value| value != 0).count() as u64;
            }),
            _ => {}
        }
    }

    fn merge(&mut self, other: &Self) {
        self.counts.rows += other.counts.rows;
        self.counts.nulls += other.counts.nulls;
        self.counts.nans += other.counts.nans;
        self.counts.nonzero += other.counts.nonzero;
    }

    fn finish(&self) -> Scalar {
        let counts = &self.counts;
        let truth = |value: bool| if counts.values() == 0 { Scalar::Null } else { Scalar::Bool(value) };
        match self.question {
            Question::Count => Scalar::Integer(counts.values().into()),
            Question::CountNull => Scalar::Integer(counts.nulls.into()),
            Question::CountNan => Scalar::Integer(counts.nans.into()),
            Question::CountNonzero => Scalar::Integer(counts.nonzero.into()),
            Question::Any => truth(counts.nonzero > 0),
            Question::All => truth(counts.nonzero == counts.values()),
        }
    }

    fn to_bytes(&self) -> Vec<u8> {
        let Counts { rows, nulls, nans, nonzero } = self.counts;
        [rows, nulls, nans, nonzero].iter().flat_map(|count| count.to_le_bytes()).collect()
    }
}
