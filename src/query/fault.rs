//! A row that could not be evaluated, as an error that names its file, its row and the expression as typed.

use arrcalc_datasets::Dataset;

use crate::error::Error;
use crate::expression::{Fault, Span};
use crate::plan::{Aggregated, Clause};

use super::text::Texts;

/// `error` of an aggregate of `plan` over `dataset`, with the file and the argument that a sum too large is of.
pub(super) fn of_aggregate(error: Error, one: &Aggregated, dataset: &Dataset<'_>) -> Error {
    match error {
        Error::Overflow { aggregate, value, data_type, .. } => {
            let file = dataset.path_of_row(0).map_or_else(String::new, |path| path.display().to_string());
            Error::Overflow { aggregate, file, column: one.argument.clone(), value, data_type }
        }
        error => error,
    }
}

/// A fault, and the clause whose expression has no value.
#[derive(Clone, Debug)]
pub(super) struct Fallen {
    /// The row: within the block or chunk that is being worked on.
    pub(super) row: usize,
    clause: Clause,
    span: Span,
    reason: String,
}

impl Fallen {
    /// `fault` of an expression of `clause`.
    pub(super) fn of(clause: Clause) -> impl Fn(Fault) -> Self {
        move |fault| Self { row: fault.row, clause, span: fault.span, reason: fault.reason }
    }

    /// `reason` why the part at `span` of `clause` has no value in the first row.
    pub(super) fn at_first(clause: Clause, span: Span, reason: String) -> Self {
        Self { row: 0, clause, span, reason }
    }

    /// The same in another row.
    pub(super) fn at(self, row: usize) -> Self {
        Self { row, ..self }
    }

    /// The error, of a chunk that begins at absolute row `first_row`.
    pub(super) fn into_error(self, dataset: &Dataset<'_>, texts: &Texts, first_row: u64) -> Error {
        let row = first_row + self.row as u64;
        let file = dataset.path_of_row(row).map_or_else(String::new, |path| path.display().to_string());
        let column = texts.part(self.clause, self.span).to_owned();
        Error::Evaluation { file, column, row: dataset.row_in_file(row), reason: self.reason }
    }
}
