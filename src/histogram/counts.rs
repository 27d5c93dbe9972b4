//! Counts of the rows in each bin, as an exact mergeable state.

use arrcalc_datasets::{Chunk, Column, DataType, Values};
use arrcalc_kernels::histogram::{Bins, Comparison, Histogram, byte_counts};
use arrcalc_kernels::{Level, OrderKey};

use crate::aggregate::{Aggregate, Element, Kind};
use crate::error::Result;

use super::axis::{as_floats, refusal};

/// Rows from which counting bytes first is worth it.
const BYTES_WORTH: usize = 1024;

/// How many values of the first column of the chunks are in each bin, and outside.
///
/// Class: exact. Cost: one pass, at about the speed of memory where the bins are equal.
#[derive(Clone, Debug)]
pub struct BinCounts {
    data_type: DataType,
    nulls: u64,
    counts: Counts,
}

#[derive(Clone, Debug)]
enum Counts {
    Float(Histogram<f64>),
    Signed(Histogram<i64>),
    Unsigned(Histogram<u64>),
}

/// What [`BinCounts`] has counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Values in each bin.
    pub counts: Vec<u64>,
    /// Nulls.
    pub nulls: u64,
    /// NaNs.
    pub nan: u64,
    /// Values below the first edge.
    pub below: u64,
    /// Values above the last edge.
    pub above: u64,
}

impl Counted {
    pub(super) fn of<E: OrderKey>(counts: &Histogram<E>, nulls: u64) -> Self {
        let (nan, below, above) = (counts.nan(), counts.below(), counts.above());
        Counted { counts: counts.counts().to_vec(), nulls, nan, below, above }
    }
}

impl BinCounts {
    /// Nothing counted, for a column of `data_type`. Edges of temporal types are ticks.
    ///
    /// # Errors
    /// [`crate::Error::Request`] for types without histogram.
    pub fn new(data_type: &DataType, bins: &Bins, comparison: Comparison) -> Result<Self> {
        let bins = bins.clone();
        let counts = match Kind::of(data_type) {
            Kind::Float | Kind::Decimal => Counts::Float(Histogram::compared(bins, comparison)),
            Kind::Signed => Counts::Signed(Histogram::compared(bins, comparison)),
            Kind::Unsigned => Counts::Unsigned(Histogram::compared(bins, comparison)),
            _ => return Err(refusal(data_type)),
        };
        Ok(Self { data_type: data_type.clone(), nulls: 0, counts })
    }
}

/// Takes in the values of `column`; returns how many there were.
fn take<E: Element + OrderKey>(into: &mut Histogram<E>, level: Level, column: &Column<'_>) -> usize {
    let mut valid = 0;
    E::blocks(level, column, |block| {
        valid += block.values.len();
        into.update(level, block.values);
    });
    valid
}

fn take_bytes<T: Copy + Into<i64>>(
    into: &mut Histogram<i64>,
    level: Level,
    values: &[T],
    byte: impl Fn(T) -> u8,
    value: impl Fn(u8) -> T,
) {
    let mut counts = [0; 256];
    byte_counts(level, values, byte, &mut counts);
    for (byte, count) in (0..=u8::MAX).zip(counts).filter(|(_, count)| *count > 0) {
        into.update_repeated(value(byte).into(), count);
    }
}

impl Aggregate for BinCounts {
    type Answer = Counted;

    fn update(&mut self, level: Level, chunk: &Chunk<'_>) {
        let mut floats = Vec::new();
        let column = &as_floats(&chunk.columns[0], &self.data_type, &mut floats);
        let is_dense = column.validity.is_none() && chunk.row_count >= BYTES_WORTH;
        let valid = match (&mut self.counts, column.values) {
            (Counts::Signed(into), Values::UInt8(values)) if is_dense => {
                take_bytes(into, level, values, |value| value, |byte| byte);
                values.len()
            }
            (Counts::Signed(into), Values::Int8(values)) if is_dense => {
                take_bytes(into, level, values, |value| value as u8, |byte| byte as i8);
                values.len()
            }
            (Counts::Float(into), _) => take(into, level, column),
            (Counts::Signed(into), _) => take(into, level, column),
            (Counts::Unsigned(into), _) => take(into, level, column),
        };
        self.nulls += (chunk.row_count - valid) as u64;
    }

    fn merge(&mut self, other: &Self) {
        self.nulls += other.nulls;
        match (&mut self.counts, &other.counts) {
            (Counts::Float(mine), Counts::Float(theirs)) => mine.merge(theirs),
            (Counts::Signed(mine), Counts::Signed(theirs)) => mine.merge(theirs),
            (Counts::Unsigned(mine), Counts::Unsigned(theirs)) => mine.merge(theirs),
            _ => panic!("counts of columns of different types do not merge"),
        }
    }

    fn finish(&self) -> Counted {
        match &self.counts {
            Counts::Float(counts) => Counted::of(counts, self.nulls),
            Counts::Signed(counts) => Counted::of(counts, self.nulls),
            Counts::Unsigned(counts) => Counted::of(counts, self.nulls),
        }
    }

    fn to_bytes(&self) -> Vec<u8> {
        let Counted { mut counts, nulls, nan, below, above } = self.finish();
        counts.extend([nulls, nan, below, above]);
        counts.iter().flat_map(|count| count.to_le_bytes()).collect()
    }

    fn heap_bytes(&self) -> usize {
        let bins = match &self.counts {
            Counts::Float(counts) => counts.counts().len(),
            Counts::Signed(counts) => counts.counts().len(),
            Counts::Unsigned(counts) => counts.counts().len(),
        };
        super::BIN_BYTES as usize * bins
    }
}
