//! Histograms: equal bins, bins by a rule, given edges; counts or exact sums of weights; along one column or two.
//!
//! Edges and counts are those of `numpy.histogram`: the edges come from the same floating-point operations, and a value
//! is in the bin that comparisons with them say. Every count is an exact mergeable state, so threads, chunks and levels
//! change nothing.

mod axis;
mod bulk;
mod cells;
mod choice;
mod counts;
mod edges;
mod extent;
mod plane;
mod rule;
#[cfg(test)]
mod tests;

pub use arrcalc_kernels::histogram::{Bins, Comparison};
pub use cells::{CellSums, CellTotals};
pub use choice::{BinChoice, Rule, edge_of};
pub use counts::{BinCounts, Counted};
pub use edges::EdgeTypes;
pub use plane::{Histogram2d, Histogram2dAnswer};

use arrcalc_datasets::DataType;

use crate::aggregate::Aggregate;
use crate::answer::Scalar;
use crate::error::Result;
use crate::execute::{Input, Scope, Task};

use edges::Question;

/// Bytes that a thread holds for a bin: count, two thresholds, edge.
const BIN_BYTES: u64 = 32;
/// Bytes that a thread holds for a cell of exact sums, and what reading them takes.
const SUM_BYTES: u64 = 128;

/// A histogram of one column, as a task.
///
/// Without a range, bins lie between the lowest and the highest finite value; a column without any has bins between 0
/// and 1. Values that are null, NaN or outside are counted apart. Dates, times, timestamps and durations are counted by
/// their ticks; integers past 2^53 as the nearest float, as NumPy does, and decimals as the nearest float.
/// Cost: one pass where edges or a range are given, else one more, but for columns of which nearly all values turn out to
/// be in one bin; quartiles (`fd`, `auto`) take one more.
///
/// # Examples
/// ```
/// use arrcalc::datasets::Dataset;
/// use arrcalc::{Engine, Histogram};
///
/// let values = [0.0, 0.1, 0.25, 0.5, 1.0];
/// let dataset = Dataset::from_arrays(vec![("x".into(), values.as_slice().into())])?;
/// let answer = Engine::new().run(&Histogram::new(&dataset, 0).bins(4))?;
/// assert_eq!(answer.edges, [0.0, 0.25, 0.5, 0.75, 1.0]);
/// assert_eq!(answer.counts, [2, 1, 1, 1]);
/// # Ok::<(), arrcalc::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Histogram<'a> {
    input: Input<'a>,
    column: usize,
    weights: Option<usize>,
    question: Question,
}

/// What a [`Histogram`] found.
#[derive(Clone, Debug, PartialEq)]
pub struct HistogramAnswer {
    /// Name of the column.
    pub name: String,
    /// Type of the column.
    pub data_type: DataType,
    /// The edges, one more than bins; of temporal types in ticks.
    pub edges: Vec<f64>,
    /// Rows in each bin: half open, but for the last, which has both its edges.
    pub counts: Vec<u64>,
    /// Sums of the weights in each bin, exact and rounded once, where there are weights.
    pub sums: Option<Vec<Scalar>>,
    /// Rows of the table.
    pub rows: u64,
    /// Rows with a null, in the weights too.
    pub nulls: u64,
    /// NaNs.
    pub nan: u64,
    /// Values below the first edge.
    pub below: u64,
    /// Values above the last edge.
    pub above: u64,
}

impl From<usize> for BinChoice {
    fn from(count: usize) -> Self {
        BinChoice::Count(count)
    }
}

impl From<Rule> for BinChoice {
    fn from(rule: Rule) -> Self {
        BinChoice::Rule(rule)
    }
}

impl From<Vec<f64>> for BinChoice {
    fn from(edges: Vec<f64>) -> Self {
        BinChoice::Edges(edges)
    }
}

impl<'a> Histogram<'a> {
    /// A histogram of a column (a position in the schema) in ten equal bins.
    pub fn new(dataset: impl Into<Input<'a>>, column: usize) -> Self {
        Self { input: dataset.into(), column, weights: None, question: Question::default() }
    }

    /// These bins.
    pub fn bins(mut self, bins: impl Into<BinChoice>) -> Self {
        self.question.bins = bins.into();
        self
    }

    /// Bins between `low` and `high`; of temporal types in ticks. Given edges need no range.
    pub fn range(mut self, low: f64, high: f64) -> Self {
        self.question.range = Some((low, high));
        self
    }

    /// Sums the values of another column (a position in the schema) as well as counting rows.
    pub fn weights(mut self, column: usize) -> Self {
        self.weights = Some(column);
        self
    }

    /// The floating-point types that the edges are computed in, where they are not those of the column.
    pub fn edge_types(mut self, types: EdgeTypes) -> Self {
        self.question.types = Some(types);
        self
    }

    /// Refuses NaN and infinities where there is no range, instead of counting them apart: as NumPy does.
    pub fn finite(mut self) -> Self {
        self.question.is_finite = true;
        self
    }

    /// The edges alone.
    ///
    /// # Errors
    /// As the task.
    pub fn edges(&self, scope: &Scope<'_>) -> Result<Vec<f64>> {
        Ok(self.question.settle(scope, &self.input, self.column)?.edges().to_vec())
    }
}

impl Task for Histogram<'_> {
    type Answer = HistogramAnswer;

    fn run(&self, scope: &Scope<'_>) -> Result<HistogramAnswer> {
        let (dataset, column) = (&*self.input, self.column);
        let field = &dataset.schema().fields[column];
        let (bins, known) = self.question.settle_and_count(scope, dataset, column, self.weights.is_none())?;
        let comparison = Comparison::Nearest;
        let bytes = if self.weights.is_some() { SUM_BYTES } else { BIN_BYTES };
        let bytes = bytes * (bins.len() as u64 + 2) * (scope.threads() as u64 + 1);
        let _memory = scope.budget().reserve("the histogram's bins", bytes)?;
        let answer = |counts, sums, [nulls, nan, below, above]: [u64; 4]| HistogramAnswer {
            name: field.name.clone(),
            data_type: field.data_type.clone(),
            edges: bins.edges().to_vec(),
            counts,
            sums,
            rows: dataset.row_count(),
            nulls,
            nan,
            below,
            above,
        };
        Ok(match self.weights {
            None => {
                let Counted { counts, nulls, nan, below, above } = match known {
                    Some(counted) => counted,
                    None => {
                        let empty = BinCounts::new(&field.data_type, &bins, comparison)?;
                        scope.aggregate(dataset, &[column], &empty)?.finish()
                    }
                };
                answer(counts, None, [nulls, nan, below, above])
            }
            Some(weights) => {
                let axis = (field.data_type.clone(), bins.clone(), comparison);
                let weight_type = &dataset.schema().fields[weights].data_type;
                let empty = CellSums::new(&[axis], Some(weight_type))
                    .map_err(|error| axis::of_column(&dataset.schema().fields[weights], error))?;
                let found = scope.aggregate(dataset, &[column, weights], &empty)?;
                let CellTotals { counts, sums, nulls, nan, below, above } = found.finish();
                answer(counts, cells::fitted(sums)?, [nulls, nan, below, above])
            }
        })
    }
}
