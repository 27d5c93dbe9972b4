//! Functions over the order of rows by their names and constants.

use crate::aggregate::{Parameter, Probability};
use crate::expression::{Expr, ExpressionError};
use crate::order::RankMethod;
use crate::window::{RowFunction, RowOperation};

use super::aggregates::parameter;

/// How the row function `name` is written.
pub(super) fn form(name: &str) -> String {
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

/// The operation `name` with these constants: as many as it takes.
pub(super) fn operation(name: &str, constants: &[Expr]) -> Result<RowOperation, ExpressionError> {
    if name != "rank" {
        return function(name, constants).map(RowOperation::Window);
    }
    let Some(expr) = constants.first() else { return Ok(RowOperation::Rank(RankMethod::Average)) };
    let method = match parameter(expr)? {
        Parameter::Text(method) => RankMethod::named(&method),
        _ => None,
    };
    let reason = "rank takes a method: 'average', 'min', 'max', 'dense' or 'ordinal'";
    method.map(RowOperation::Rank).ok_or_else(|| ExpressionError::new(expr.span, reason))
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
        "move_count" => RowFunction::MoveCount { width: width()?, min_count: 0 },
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
