//! What a query may compute over the order of rows: functions of the rows around each, and ranks among all.

use arrcalc_datasets::{Column, DataType};

use super::RowFunction;
use crate::Scope;
use crate::answer::{BitVec, OwnedColumn};
use crate::error::Result;
use crate::order::{RankMethod, SortKey, doubled_ranks};

/// What needs the memory, for messages.
const WHAT: &str = "the ranks of rows";

/// A function of a whole column that gives a value for each row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum RowOperation {
    /// Of the rows before or behind.
    Window(RowFunction),
    /// The place among all values, from 1: NaNs are equal and rank last; nulls have none.
    Rank(RankMethod),
}

impl RowOperation {
    /// The type of its values for a column of type `input`: of ranks int64, or float64 where ties share the mean of their
    /// places.
    ///
    /// # Errors
    /// Why there is no such result.
    pub(crate) fn output_type(&self, input: &DataType) -> std::result::Result<DataType, String> {
        match (self, input) {
            (Self::Window(function), input) => function.output_type(input),
            (Self::Rank(_), DataType::Unsupported(_)) => Err(format!("rank is not defined for {input}")),
            (Self::Rank(RankMethod::Average), _) => Ok(DataType::Float64),
            (Self::Rank(_), _) => Ok(DataType::Int64),
        }
    }

    /// Its values for all rows of `input`, a whole column of type `input_type`.
    ///
    /// # Errors
    /// [`crate::Error::Evaluation`] at the lowest row whose result does not fit its type; memory; cancelling; the
    /// deadline.
    pub(crate) fn apply(
        &self,
        scope: &Scope<'_>,
        input: &Column<'_>,
        input_type: &DataType,
    ) -> Result<OwnedColumn> {
        let method = match self {
            Self::Window(function) => return function.apply(scope, input, input_type),
            Self::Rank(method) => *method,
        };
        let rows = input.values.len();
        let _doubled = scope.budget().reserve(WHAT, 8 * rows as u64)?;
        let mut doubled = vec![0; rows];
        doubled_ranks(scope, &SortKey::ascending(*input), method, &mut doubled)?;
        let ranks: OwnedColumn = if method == RankMethod::Average {
            doubled.into_iter().map(|rank| rank as f64 / 2.0).collect::<Vec<f64>>().into()
        } else {
            doubled.into_iter().map(|rank| (rank / 2) as i64).collect::<Vec<i64>>().into()
        };
        let mut validity = BitVec::default();
        match (&input.values, &input.validity) {
            (arrcalc_datasets::Values::Null(_), _) => validity.grow(false, rows),
            (_, Some(bits)) => validity.extend(bits),
            (_, None) => return Ok(ranks),
        }
        Ok(ranks.with_validity(validity))
    }
}
