//! Histograms of two columns together.

use arrcalc_datasets::DataType;

use crate::aggregate::{Aggregate, Kind};
use crate::answer::Scalar;
use crate::error::Result;
use crate::execute::{Input, Scope, Task};

use super::cells::{CellSums, CellTotals, fitted};
use super::choice::BinChoice;
use super::edges::{EdgeTypes, Question};
use super::{Comparison, SUM_BYTES};

/// A histogram of two columns in a grid of bins, as a task: NumPy's `histogram2d`.
///
/// Along each axis bins are as those of [`super::Histogram`]. Cost: one pass over both columns, and those that the bins
/// of either take.
///
/// # Examples
/// ```
/// use arrcalc::datasets::Dataset;
/// use arrcalc::{Engine, histogram::Histogram2d};
///
/// let (x, y) = ([0.0, 1.0, 2.0, 2.0], [1.0, 1.0, 3.0, 1.0]);
/// let columns = vec![("x".into(), x.as_slice().into()), ("y".into(), y.as_slice().into())];
/// let dataset = Dataset::from_arrays(columns)?;
/// let answer = Engine::new().run(&Histogram2d::new(&dataset, [0, 1]).bins([2.into(), 2.into()]))?;
/// assert_eq!(answer.counts, [1, 0, 2, 1]);
/// # Ok::<(), arrcalc::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Histogram2d<'a> {
    input: Input<'a>,
    columns: [usize; 2],
    weights: Option<usize>,
    questions: [Question; 2],
}

/// What a [`Histogram2d`] found: cell `(i, j)` is at `i * (edges[1].len() - 1) + j`.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram2dAnswer {
    /// The edges along each axis.
    pub edges: [Vec<f64>; 2],
    /// Rows in each cell.
    pub counts: Vec<u64>,
    /// Sums of the weights in each cell, exact and rounded once, where there are weights: of floats of any width binary64
    /// numbers.
    pub sums: Option<Vec<Scalar>>,
}

impl<'a> Histogram2d<'a> {
    /// A histogram of two columns (positions in the schema), in ten equal bins along each.
    pub fn new(dataset: impl Into<Input<'a>>, columns: [usize; 2]) -> Self {
        Self { input: dataset.into(), columns, weights: None, questions: Default::default() }
    }

    /// These bins along each axis.
    pub fn bins(mut self, bins: [BinChoice; 2]) -> Self {
        let [first, second] = bins;
        self.questions[0].bins = first;
        self.questions[1].bins = second;
        self
    }

    /// Bins between these ends along each axis, where they are given.
    pub fn range(mut self, ranges: [Option<(f64, f64)>; 2]) -> Self {
        self.questions[0].range = ranges[0];
        self.questions[1].range = ranges[1];
        self
    }

    /// Sums the values of another column (a position in the schema) as well as counting rows.
    pub fn weights(mut self, column: usize) -> Self {
        self.weights = Some(column);
        self
    }

    /// The floating-point types that the edges along each axis are computed in.
    pub fn edge_types(mut self, types: [EdgeTypes; 2]) -> Self {
        let [first, second] = types;
        self.questions[0].types = Some(first);
        self.questions[1].types = Some(second);
        self
    }

    /// Refuses NaN and infinities where there is no range, as NumPy does.
    pub fn finite(mut self) -> Self {
        self.questions.iter_mut().for_each(|question| question.is_finite = true);
        self
    }
}

impl Task for Histogram2d<'_> {
    type Answer = Histogram2dAnswer;

    fn run(&self, scope: &Scope<'_>) -> Result<Histogram2dAnswer> {
        let dataset = &*self.input;
        let data_type = |column: usize| &dataset.schema().fields[column].data_type;
        let [x, y] = self.columns;
        let bins =
            [self.questions[0].settle(scope, dataset, x)?, self.questions[1].settle(scope, dataset, y)?];
        let cells = (bins[0].len() as u64 + 2) * (bins[1].len() as u64 + 2);
        let bytes = SUM_BYTES.saturating_mul(cells).saturating_mul(scope.threads() as u64 + 1);
        let _memory = scope.budget().reserve("the histogram's cells", bytes)?;
        let [of_x, of_y] = bins;
        let axes = [
            (data_type(x).clone(), of_x.clone(), Comparison::Nearest),
            (data_type(y).clone(), of_y.clone(), Comparison::Nearest),
        ];
        let weights = self.weights.map(data_type).map(|of| match Kind::of(of) {
            Kind::Float => &DataType::Float64,
            _ => of,
        });
        let empty = CellSums::new(&axes, weights)?;
        let columns: Vec<usize> = self.columns.into_iter().chain(self.weights).collect();
        let CellTotals { counts, sums, .. } = scope.aggregate(dataset, &columns, &empty)?.finish();
        let sums = fitted(sums)?;
        Ok(Histogram2dAnswer { edges: [of_x.edges().to_vec(), of_y.edges().to_vec()], counts, sums })
    }
}
