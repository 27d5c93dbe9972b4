//! Exact mergeable states: a commutative monoid, bit for bit.
//!
//! ```text
//! merge(update(A), update(B)) == update(A ++ B)      as equal bytes, for every cut and every order
//! ```
//!
//! Each stands in a query's select list by its name, and alone:
//!
//! ```
//! use arrcalc::aggregate::{Moments, NanPolicy};
//! use arrcalc::answer::Scalar;
//! use arrcalc::datasets::Dataset;
//! use arrcalc::{Engine, Reduce};
//!
//! let values = [1e16, 1.0, -1e16];
//! let dataset = Dataset::from_arrays(vec![("x".into(), values.as_slice().into())])?;
//! let empty = Moments::<1>::new(&dataset.schema().fields[0].data_type, NanPolicy::Propagate)?;
//! let moments = Engine::new().run(&Reduce::new(&dataset, [0], empty))?;
//! assert_eq!(moments.sum(), Scalar::Float64(1.0));
//! # Ok::<(), arrcalc::Error>(())
//! ```

mod adapt;
mod blocks;
mod call;
mod catalogue;
mod chosen;
mod decimal_order;
mod decimal_set;
mod distinct;
mod dot;
mod edge;
mod entropy;
mod extended;
mod extremum;
mod fit;
mod interpolate;
mod iqr;
mod kind;
mod kurtosis;
pub mod laws;
mod mad;
mod mean;
mod moments;
mod norm;
mod pairs;
mod product;
mod product_tree;
mod quantile;
mod quotient;
mod rms;
mod row_count;
mod rows;
mod skewness;
mod span;
mod sum;
mod sum_squares;
mod sums_of_powers;
mod tally;
mod text;
mod value_counts;
mod variance;
mod weighted_mean;

pub use arrcalc_kernels::select::quantile::{Method as QuantileMethod, Probability};
pub use blocks::{BLOCK_ROWS, Block, Element};
pub use call::{Arity, Call, Class, Parameter};
pub use chosen::{Next, State};
pub use decimal_order::DecimalOrder;
pub(crate) use decimal_set::DecimalSet;
pub use distinct::{Distinct, DistinctAnswer};
pub(crate) use distinct::{estimate, set_bytes};
pub use dot::Dot;
pub use edge::{Edge, Side};
pub use extremum::{Extremes, Extremum, Which};
pub(crate) use fit::fit_integers;
pub(crate) use interpolate::Interpolate;
pub use iqr::Iqr;
pub use kind::Kind;
pub(crate) use kind::{float_value, integer_value, mean_of, scale, sum_of};
pub use kurtosis::{Kurtosis, ReadKurtosis};
pub use mad::{Mad, MadState};
pub use mean::{Mean, ReadMean};
pub(crate) use moments::add_decimals;
pub use moments::{Moments, Reading, Statistic};
pub use norm::{Norm, ReadNorm};
pub use pairs::{Pairs, Relation};
pub use product::Product;
pub use quantile::{OrderState, Quantiles, percentile, probability, quantile_method};
pub(crate) use quantile::{order_bytes, ranks, read_position};
pub use rms::{ReadRootMeanSquare, RootMeanSquare};
pub use row_count::RowCount;
pub use rows::{chunk_rows, column_rows};
pub use skewness::{ReadSkewness, Skewness};
pub use span::Span;
pub use sum::{ReadSum, Sum};
pub use sum_squares::{ReadSumSquares, SumSquares};
pub use sums_of_powers::SumsOfPowers;
pub use tally::{Counts, Question, Tally};
pub use text::{TEXT_LIMIT_BYTES, TextSet};
pub use value_counts::ValueCounts;
pub use variance::{ReadStd, ReadVariance, Std, Variance};
pub use weighted_mean::WeightedMean;

use arrcalc_datasets::Chunk;
use arrcalc_kernels::Level;

/// What a NaN does to an aggregate of a float column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum NanPolicy {
    /// The result is NaN, as in IEEE 754 and NumPy.
    #[default]
    Propagate,
    /// As if it were not there, as NumPy's `nan` twins.
    Ignore,
}

/// A partial result whose merge is associative and commutative to the bit.
pub trait Aggregate: Clone + Send + Sync + 'static {
    /// What is read from the state at the end, rounded once.
    type Answer;

    /// Takes in the rows of `chunk`. Neither `level` nor the cut into chunks may change the state's bytes.
    fn update(&mut self, level: Level, chunk: &Chunk<'_>);

    /// Takes in the rows that `other` has seen.
    fn merge(&mut self, other: &Self);

    /// Reads the answer.
    fn finish(&self) -> Self::Answer;

    /// Canonical bytes: equal states have equal bytes, and the other way round.
    fn to_bytes(&self) -> Vec<u8>;

    /// Bytes on the heap, about: 0 for a state of fixed size.
    fn heap_bytes(&self) -> usize {
        0
    }

    /// The sums of powers of one column that the state consists of; `None` where it is of something else.
    fn sums_of_powers(&mut self) -> Option<&mut dyn SumsOfPowers> {
        None
    }
}

/// Work of several passes over the same rows, as a median: every pass's state obeys the law of [`Aggregate`].
pub trait Rounds: Send + Sync {
    /// State of one pass.
    type State: Aggregate;
    /// What the last pass leads to.
    type Answer;

    /// The empty state of the first pass.
    fn first(&self) -> Self::State;

    /// What follows from a pass that has seen every row.
    fn next(&self, merged: Self::State) -> Step<Self::State, Self::Answer>;
}

/// What follows from a pass.
#[derive(Debug)]
pub enum Step<State, Answer> {
    /// Another pass, from this empty state.
    Again(State),
    /// The answer.
    Done(Answer),
}
