//! The functions over the order of rows of a query: found in its expressions, settled, innermost first, and replaced by
//! columns that stand behind those of the file.

use arrcalc_datasets::{DataType, Field};

use crate::aggregate::{Parameter, Probability};
use crate::expression::{
    Bound, Expr, ExprKind, ExpressionError, Files, ROW_FUNCTIONS, Span, bind_with, is_row_function,
};
use crate::window::RowFunction;

use super::aggregates::{self, parameter};
use super::rewrite::replace;
use super::{Clause, PlanError, field};

/// The name of every column that a row function makes: no text that is typed can call it.
const UNNAMED: &str = "\0";

/// A row function of the plan.
#[derive(Clone, Debug)]
pub(crate) struct RowCall {
    pub(crate) function: RowFunction,
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
            let reason = format!("{} is written {}, found {} arguments", name, form(name), arguments.len());
            return Err(at(expr.span, reason));
        };
        aggregates::refuse(argument, &format!("{name} runs over rows, one by one"), clause)?;
        let written = self.lift(argument, clause, sees_kept)?;
        let argument = bind_with(&written, &self.fields, self.files).map_err(|error| clause.error(error))?;
        let function = function(name, constants).map_err(|error| clause.error(error))?;
        let data_type = function.output_type(argument.data_type()).map_err(|reason| at(expr.span, reason))?;
        let level = (argument.columns().iter())
            .filter_map(|column| column.checked_sub(self.file_columns))
            .map(|index| self.calls[index].level + 1)
            .max()
            .unwrap_or(0);
        let text = expr.to_string();
        Ok(RowCall {
            function,
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

/// How the row function `name` is written.
fn form(name: &str) -> String {
    let constants = match name {
        "lag" | "lead" | "diff" => "[, n]",
        "rank" => "[, 'method']",
        "move_quantile" => ", width, q[, min_count]",
        "move_count" => ", width",
        "ewm_mean" => ", alpha",
        _ if name.starts_with("move_") => ", width[, min_count]",
        _ => "",
    };
    format!("{name}(x{constants})")
}

/// The function `name` with these constants: as many as it takes.
fn function(name: &str, constants: &[Expr]) -> Result<RowFunction, ExpressionError> {
    // A number of rows, or what stands for it where it is left out.
    let rows =
        |index: usize, what: &str, least: i128, without: Option<u64>| -> Result<u64, ExpressionError> {
            let Some(expr) = constants.get(index) else { return Ok(without.unwrap_or_default()) };
            match parameter(expr)? {
                Parameter::Integer(value) if value >= least => Ok(u64::try_from(value).unwrap_or(u64::MAX)),
                _ => Err(ExpressionError::new(
                    expr.span,
                    format!("{name} takes {what} as a whole number of at least {least}"),
                )),
            }
        };
    let shift = || rows(0, "a number of rows", 0, Some(1));
    let width = || rows(0, "a width in rows", 1, None);
    // Without a least number of values, a window is full or null.
    let min_count = |index: usize| {
        let width = width()?;
        let count = rows(index, "a least number of values", 1, Some(width))?;
        match constants.get(index).filter(|_| count > width) {
            Some(expr) => Err(ExpressionError::new(
                expr.span,
                format!("{name}: no window of {width} rows holds {count} values"),
            )),
            None => Ok((width, count)),
        }
    };
    Ok(match name {
        "cumsum" => RowFunction::CumSum,
        "cumprod" => RowFunction::CumProd,
        "cummin" => RowFunction::CumMin,
        "cummax" => RowFunction::CumMax,
        "cumcount" => RowFunction::CumCount,
        "lag" => RowFunction::Lag(shift()?),
        "lead" => RowFunction::Lead(shift()?),
        "diff" => RowFunction::Diff(shift()?),
        "move_count" => RowFunction::MoveCount { width: width()?, min_count: 1 },
        "move_quantile" => {
            let (width, min_count) = min_count(2)?;
            RowFunction::MoveQuantile { q: probability(&constants[1])?, width, min_count }
        }
        "ewm_mean" => RowFunction::EwmMean { alpha: alpha(&constants[0])? },
        _ => {
            let (width, min_count) = min_count(1)?;
            match name {
                "move_sum" => RowFunction::MoveSum { width, min_count },
                "move_mean" => RowFunction::MoveMean { width, min_count },
                "move_var" => RowFunction::MoveVar { width, min_count, ddof: 1 },
                "move_std" => RowFunction::MoveStd { width, min_count, ddof: 1 },
                "move_min" => RowFunction::MoveMin { width, min_count },
                "move_max" => RowFunction::MoveMax { width, min_count },
                "move_median" => RowFunction::MoveMedian { width, min_count },
                _ => RowFunction::MoveRank { width, min_count },
            }
        }
    })
}

/// A number as it is typed.
fn digits(expr: &Expr) -> Result<String, ExpressionError> {
    Ok(match parameter(expr)? {
        Parameter::Integer(value) => value.to_string(),
        Parameter::Decimal(text) => text,
        Parameter::Text(_) => return Err(ExpressionError::new(expr.span, "expected a number")),
    })
}

fn probability(expr: &Expr) -> Result<Probability, ExpressionError> {
    let reason = "move_quantile takes a probability from 0 to 1";
    Probability::parse(&digits(expr)?).ok_or_else(|| ExpressionError::new(expr.span, reason))
}

fn alpha(expr: &Expr) -> Result<f64, ExpressionError> {
    let reason = "ewm_mean takes the weight of the newest value: above 0, at most 1";
    let alpha = digits(expr)?.parse().ok().filter(|alpha: &f64| *alpha > 0.0 && *alpha <= 1.0);
    alpha.ok_or_else(|| ExpressionError::new(expr.span, reason))
}
