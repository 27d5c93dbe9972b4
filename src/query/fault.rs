//! A row that could not be evaluated, as an error that names its file.

use arrcalc_datasets::Dataset;

use crate::error::Error;
use crate::expression::Fault;

/// The error of `fault`, met in absolute row `row`.
pub(super) fn error(dataset: &Dataset<'_>, row: u64, fault: Fault) -> Error {
    let file = dataset.path_of_row(row).map_or_else(String::new, |path| path.display().to_string());
    Error::Evaluation { file, column: fault.text, row: row - dataset.first_row_of(row), reason: fault.reason }
}
