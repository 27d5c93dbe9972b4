//! Functions over the order of rows: what a row becomes depends on the rows before or after it.

use arrcalc_datasets::{Column, DataType, Values, text};

use crate::Scope;
use crate::answer::{BitVec, OwnedColumn};
use crate::error::{Error, Result};

/// A function of a whole column, row by row in their order.
#[derive(Clone, Debug, PartialEq)]
pub enum RowFunction {
    /// The sum of all rows up to this one.
    Cumsum,
    /// The value that many rows before.
    Lag(u64),
    /// The value that many rows after.
    Lead(u64),
    /// The value less that of so many rows before.
    Diff(u64),
}

impl RowFunction {
    /// The type of its values.
    ///
    /// # Errors
    /// In words, where it is not defined for `input`.
    pub fn output_type(&self, input: &DataType) -> std::result::Result<DataType, String> {
        match input {
            DataType::Int64 | DataType::Float64 => Ok(input.clone()),
            other => Err(format!("{other} has none")),
        }
    }

    /// Its value for each row of `input`, a column of `input_type`.
    ///
    /// # Errors
    /// [`Error::Evaluation`] with the row of `input` where a value overflows.
    pub(crate) fn apply(
        &self,
        scope: &Scope<'_>,
        input: &Column<'_>,
        input_type: &DataType,
    ) -> Result<OwnedColumn> {
        scope.check()?;
        let rows = input.values.len();
        let valid = |row: usize| !text::is_null(input, row);
        let from = |row: usize| match self {
            RowFunction::Cumsum => Some(row),
            RowFunction::Lag(n) | RowFunction::Diff(n) => row.checked_sub(*n as usize),
            RowFunction::Lead(n) => row.checked_add(*n as usize).filter(|&row| row < rows),
        };
        let mut validity = BitVec::default();
        let fault = |row: usize| Error::Evaluation {
            file: String::new(),
            column: String::new(),
            row: row as u64,
            reason: format!("a value overflows {input_type}"),
        };
        macro_rules! run {
            ($values:expr, $type:ty, $add:expr, $subtract:expr) => {{
                let mut sum: $type = Default::default();
                let mut out: Vec<$type> = Vec::with_capacity(rows);
                for row in 0..rows {
                    let at = from(row).filter(|&at| valid(at));
                    let is_valid = at.is_some() && (!matches!(self, RowFunction::Diff(_)) || valid(row));
                    validity.push(is_valid);
                    out.push(match (self, at) {
                        _ if !is_valid => Default::default(),
                        (RowFunction::Cumsum, _) => {
                            sum = $add(sum, $values[row]).ok_or_else(|| fault(row))?;
                            sum
                        }
                        (RowFunction::Diff(_), Some(at)) => {
                            $subtract($values[row], $values[at]).ok_or_else(|| fault(row))?
                        }
                        (_, at) => $values[at.unwrap_or(row)],
                    });
                }
                Ok(OwnedColumn::from(out).with_validity(validity))
            }};
        }
        match input.values {
            Values::Int64(values) => run!(values, i64, i64::checked_add, i64::checked_sub),
            Values::Float64(values) => {
                run!(values, f64, |a: f64, b: f64| Some(a + b), |a: f64, b: f64| Some(a - b))
            }
            _ => Ok(OwnedColumn::new(input_type)),
        }
    }
}
