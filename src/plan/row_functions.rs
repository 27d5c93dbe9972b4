//! The functions over the order of rows of a query: found in its expressions, settled, innermost first, and replaced by
//! columns that stand behind those of the file.

use arrcalc_datasets::{DataType, Field};

use crate::expression::{
    Bound, Expr, ExprKind, ExpressionError, Files, ROW_FUNCTIONS, Span, bind_with, is_row_function,
};
use crate::window::RowOperation;

use super::aggregates;
use super::rewrite::replace;
use super::row_operations::{form, operation};
use super::{Clause, PlanError, field};

/// The name of every column that a row function makes: no text that is typed can call it.
const UNNAMED: &str = "\0";

/// A row function of the plan.
#[derive(Clone, Debug)]
pub(crate) struct RowCall {
    pub(crate) operation: RowOperation,
    /// Over the columns of the file and the values of row functions before this one.
    pub(crate) argument: Bound,
    /// The argument, for finding equal ones.
    pub(crate) written: Expr,
    /// The type of its values.
    pub(crate) data_type: DataType,
    /// Whether it sees the rows that the predicate keeps, and not all.
    pub(crate) sees_kept: bool,
    /// How many row functions stand within it, one within the other.
    pub(crate) level: usize,
    /// As it is written, for messages.
    pub(crate) text: String,
    /// Where it stands.
    pub(crate) clause: Clause,
    /// Where in its clause.
    pub(crate) span: Span,
}

fn is_call(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Call { name, .. } if is_row_function(name))
}

/// The first row function in `expr`, from the outside in.
pub(super) fn first(expr: &Expr) -> Option<&Expr> {
    if is_call(expr) { Some(expr) } else { expr.children().into_iter().find_map(first) }
}

/// The row functions found so far.
pub(super) struct RowCalls<'p> {
    files: &'p dyn Files,
    /// Columns of the file.
    file_columns: usize,
    /// Those, and a column for each call.
    pub(super) fields: Vec<Field>,
    /// As written, for finding equal ones.
    written: Vec<Expr>,
    pub(super) calls: Vec<RowCall>,
}

impl<'p> RowCalls<'p> {
    pub(super) fn new(fields: &[Field], files: &'p dyn Files) -> Self {
        Self { files, file_columns: fields.len(), fields: fields.to_vec(), written: vec![], calls: vec![] }
    }

    /// `expr`, which stands in `clause`, over the columns of the file and those of its row functions, which see the
    /// rows that the predicate keeps where `sees_kept`, else all.
    pub(super) fn lift(&mut self, expr: &Expr, clause: Clause, sees_kept: bool) -> Result<Expr, PlanError> {
        let mut lifted = expr.clone();
        let mut failed = None;
        replace(&mut lifted, &mut |part| {
            if failed.is_some() || !is_call(part) {
                return None;
            }
            match self.add(part, clause, sees_kept) {
                Ok(index) => {
                    let kind = ExprKind::Slot(self.file_columns + index);
                    Some(Expr { kind, span: part.span })
                }
                Err(error) => {
                    failed = Some(error);
                    None
                }
            }
        });
        failed.map_or(Ok(lifted), Err)
    }

    /// `expr` bound to what [`RowCalls::lift`] makes of it.
    pub(super) fn bind(&mut self, expr: &Expr, clause: Clause, sees_kept: bool) -> Result<Bound, PlanError> {
        let lifted = self.lift(expr, clause, sees_kept)?;
        bind_with(&lifted, &self.fields, self.files).map_err(|error| clause.error(error))
    }

    /// The index of the row function `call` is.
    fn add(&mut self, expr: &Expr, clause: Clause, sees_kept: bool) -> Result<usize, PlanError> {
        let is_same = |(written, call): (&Expr, &RowCall)| written == expr && call.sees_kept == sees_kept;
        if let Some(index) = self.written.iter().zip(&self.calls).position(is_same) {
            return Ok(index);
        }
        let call = self.settle(expr, clause, sees_kept)?;
        self.fields.push(field(UNNAMED, &call.data_type));
        self.written.push(expr.clone());
        self.calls.push(call);
        Ok(self.calls.len() - 1)
    }

    fn settle(&mut self, expr: &Expr, clause: Clause, sees_kept: bool) -> Result<RowCall, PlanError> {
        let at = |span: Span, reason: String| clause.error(ExpressionError::new(span, reason));
        let ExprKind::Call { name, arguments, filter } = &expr.kind else {
            return Err(at(expr.span, "expected a function over the order of rows".into()));
        };
        if filter.is_some() {
            let reason =
                format!("{name}(...) filter (where ...) belongs to an aggregate: choose rows with where");
            return Err(at(expr.span, reason));
        }
        let (_, least, most) =
            ROW_FUNCTIONS.iter().find(|(known, ..)| known == name).copied().unwrap_or_default();
        let Some((argument, constants)) =
            arguments.split_first().filter(|(_, constants)| (least..=most).contains(&constants.len()))
        else {
            let noun = if arguments.len() == 1 { "argument" } else { "arguments" };
            let reason = format!("{name} is written {}, found {} {noun}", form(name), arguments.len());
            return Err(at(expr.span, reason));
        };
        aggregates::refuse(argument, &format!("{name} runs over rows, one by one"), clause)?;
        let written = self.lift(argument, clause, sees_kept)?;
        let argument = bind_with(&written, &self.fields, self.files).map_err(|error| clause.error(error))?;
        let operation = operation(name, constants).map_err(|error| clause.error(error))?;
        let data_type =
            operation.output_type(argument.data_type()).map_err(|reason| at(expr.span, reason))?;
        let level = (argument.columns().iter())
            .filter_map(|column| column.checked_sub(self.file_columns))
            .map(|index| self.calls[index].level + 1)
            .max()
            .unwrap_or(0);
        let text = expr.to_string();
        Ok(RowCall {
            operation,
            argument,
            written,
            data_type,
            sees_kept,
            level,
            text,
            clause,
            span: expr.span,
        })
    }
}
