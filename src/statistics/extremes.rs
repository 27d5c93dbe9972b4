//! Minimum, maximum, where they are, and how many values are not zero.

use arrcalc_datasets::{Chunk, Column, DataType};
use arrcalc_kernels::Level;
use arrcalc_kernels::reduce::{Census, Extrema, NO_ROW};

use crate::aggregate::{Aggregate, Kind};
use crate::answer::Scalar;
use crate::error::Result;

use super::{NanPolicy, Number, nan, no_such};

/// The smallest and the largest value of a column and the lowest rows that hold them.
///
/// `-0.0` is below `+0.0` as a value, and equal to it where rows are compared. Where NaN propagates, results are NaN
/// and rows those of the first NaN.
#[derive(Clone, Debug, PartialEq)]
pub struct Extremes {
    data_type: DataType,
    nan: NanPolicy,
    state: State,
}

#[derive(Clone, Debug, PartialEq)]
enum State {
    Float(Extrema<f64>),
    Signed(Extrema<i64>),
    Unsigned(Extrema<u64>),
}

/// Does the same with the inside of a [`State`], whatever its element.
macro_rules! with_extrema {
    ($state:expr, $extrema:ident => $body:expr) => {
        match $state {
            State::Float($extrema) => $body,
            State::Signed($extrema) => $body,
            State::Unsigned($extrema) => $body,
        }
    };
}

impl Extremes {
    /// The state of no values of `data_type`.
    ///
    /// # Errors
    /// [`crate::Error::Request`] for types without an order that is a number's: text, decimals, and anything that is
    /// not computed with.
    pub fn new(data_type: &DataType, nan: NanPolicy) -> Result<Self> {
        let state = match Kind::of(data_type) {
            Kind::Float => State::Float(Extrema::new()),
            Kind::Signed => State::Signed(Extrema::new()),
            Kind::Unsigned => State::Unsigned(Extrema::new()),
            _ => return Err(no_such("minimum", data_type)),
        };
        Ok(Self { data_type: data_type.clone(), nan, state })
    }

    /// Counts of all values and of special ones.
    pub fn census(&self) -> &Census {
        with_extrema!(&self.state, extrema => &extrema.census)
    }

    /// The smallest value; null where there is none.
    pub fn min(&self) -> Scalar {
        self.value(false)
    }

    /// The largest value; null where there is none.
    pub fn max(&self) -> Scalar {
        self.value(true)
    }

    /// The lowest row of the smallest value.
    pub fn argmin(&self) -> Option<u64> {
        self.row(false)
    }

    /// The lowest row of the largest value.
    pub fn argmax(&self) -> Option<u64> {
        self.row(true)
    }

    /// Values that are not zero; NaN is not.
    pub fn count_nonzero(&self) -> u64 {
        self.census().nonzero()
    }

    fn is_nan(&self) -> bool {
        self.nan == NanPolicy::Propagate && self.census().nan > 0
    }

    fn value(&self, is_max: bool) -> Scalar {
        fn read<E: Number>(extrema: &Extrema<E>, data_type: &DataType, is_max: bool) -> Scalar {
            let value = if is_max { extrema.maximum() } else { extrema.minimum() };
            value.map_or(Scalar::Null, |value| value.scalar(data_type))
        }
        if self.is_nan() {
            return nan(&self.data_type);
        }
        with_extrema!(&self.state, extrema => read(extrema, &self.data_type, is_max))
    }

    fn row(&self, is_max: bool) -> Option<u64> {
        let row = with_extrema!(&self.state, extrema => match (self.is_nan(), is_max) {
            (true, _) => extrema.nan_row,
            (false, true) => extrema.max_row,
            (false, false) => extrema.min_row,
        });
        (row != NO_ROW).then_some(row)
    }
}

fn take<E: Number>(extrema: &mut Extrema<E>, level: Level, column: &Column<'_>, first_row: u64) {
    E::blocks(level, column, |block| {
        extrema.update_at(level, block.values, |index| first_row + block.row(index) as u64);
    });
}

impl Aggregate for Extremes {
    type Answer = Self;

    /// Takes in the first column of `chunk`.
    fn update(&mut self, level: Level, chunk: &Chunk<'_>) {
        with_extrema!(&mut self.state, extrema => take(extrema, level, &chunk.columns[0], chunk.first_row));
    }

    /// # Panics
    /// If `other` is the state of another type.
    fn merge(&mut self, other: &Self) {
        match (&mut self.state, &other.state) {
            (State::Float(mine), State::Float(theirs)) => mine.merge(theirs),
            (State::Signed(mine), State::Signed(theirs)) => mine.merge(theirs),
            (State::Unsigned(mine), State::Unsigned(theirs)) => mine.merge(theirs),
            _ => panic!("states of columns of different types do not merge"),
        }
    }

    fn finish(&self) -> Self {
        self.clone()
    }

    fn to_bytes(&self) -> Vec<u8> {
        fn fields<E: Number>(extrema: &Extrema<E>) -> [u64; 11] {
            let Census { count, nan, positive_infinity, negative_infinity, zero, negative_zero } = extrema.census;
            let Extrema { min, max, min_row, max_row, nan_row, .. } = *extrema;
            let counts = [count, nan, positive_infinity, negative_infinity, zero, negative_zero];
            let keys = [min.key(), max.key(), min_row, max_row, nan_row];
            std::array::from_fn(|at| if at < 6 { counts[at] } else { keys[at - 6] })
        }
        let fields = with_extrema!(&self.state, extrema => fields(extrema));
        fields.iter().flat_map(|field| field.to_le_bytes()).collect()
    }
}
