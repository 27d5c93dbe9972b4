//! The aggregates of a query: found in its expressions, settled, and replaced by columns of the middle table.

use arrcalc_datasets::{DataType, Field};

use crate::aggregate::{Call, Parameter};
use crate::expression::{
    Bound, Expr, ExprKind, ExpressionError, Files, GroupKey, Literal, UnaryOperator, bind_with,
};

use super::rewrite::replace;
use super::row_functions::{self, RowCalls};
use super::{Aggregated, Clause, Kind, PlanError, Request, truth};

/// Whether `expr` has an aggregate in it.
pub(crate) fn is_in(expr: &Expr) -> bool {
    expr.any(&is_aggregate)
}

fn is_aggregate(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Call { name, .. } if Call::is_aggregate(name))
}

/// An error where `expr` has an aggregate in it.
pub(super) fn refuse(expr: &Expr, reason: &str, clause: Clause) -> Result<(), PlanError> {
    match first(expr) {
        Some(found) => {
            let reason = format!("no aggregate here: {reason}");
            Err(clause.error(ExpressionError::new(found.span, reason)))
        }
        None => Ok(()),
    }
}

/// The first aggregate in `expr`.
fn first(expr: &Expr) -> Option<&Expr> {
    if is_aggregate(expr) { Some(expr) } else { expr.children().into_iter().find_map(first) }
}

/// The aggregates found so far.
pub(super) struct Aggregates<'p> {
    request: &'p Request,
    kind: Kind,
    fields: &'p [Field],
    files: &'p dyn Files,
    /// Functions over the order of rows, which stand below the aggregates.
    pub(super) rows: RowCalls<'p>,
    /// As written, for finding equal ones.
    written: Vec<Expr>,
    pub(super) aggregates: Vec<Aggregated>,
}

impl<'p> Aggregates<'p> {
    pub(super) fn new(
        request: &'p Request,
        kind: Kind,
        fields: &'p [Field],
        files: &'p dyn Files,
        rows: RowCalls<'p>,
    ) -> Self {
        Self { request, kind, fields, files, rows, written: vec![], aggregates: vec![] }
    }

    /// `expr` as an expression over the middle table.
    pub(super) fn lift(&mut self, expr: &Expr, clause: Clause) -> Result<Expr, PlanError> {
        if self.kind == Kind::Rows {
            return self.rows.lift(expr, clause, self.sees_kept());
        }
        let mut lifted = expr.clone();
        let mut failed = None;
        replace(&mut lifted, &mut |part| {
            let slot = |index| Some(Expr { kind: ExprKind::Slot(index), span: part.span });
            if let Some(key) =
                self.request.by.iter().position(|key| key.item.expr == *part || is_named(part, key))
            {
                return slot(key);
            }
            if is_aggregate(part) && failed.is_none() {
                match self.add(part, clause) {
                    Ok(index) => return slot(self.request.by.len() + index),
                    Err(error) => failed = Some(error),
                }
            }
            None
        });
        if let Some(error) = failed {
            return Err(error);
        }
        if let Some(found) = row_functions::first(&lifted) {
            let ExprKind::Call { name, .. } = &found.kind else { return Ok(lifted) };
            let over = if self.kind == Kind::Groups { "groups" } else { "aggregates" };
            let reason = format!(
                "{name} runs over the rows of the table, not over {over}: aggregate it, as in max({name}(...)), or \
                 query the answer"
            );
            return Err(clause.error(ExpressionError::new(found.span, reason)));
        }
        match stray(&lifted) {
            Some((name, span)) => {
                let is_column = self.fields.iter().any(|field| field.name == name);
                let reason = match (is_column, self.kind) {
                    (false, _) => {
                        // The binder knows the nearest name.
                        let column = Expr { kind: ExprKind::Column(name.into()), span };
                        let error = bind_with(&column, self.fields, self.files).err();
                        error.map_or_else(|| format!("no column '{name}'"), |error| error.reason)
                    }
                    (_, Kind::Groups) => {
                        format!("column '{name}' has many values a group: group by it, or aggregate it")
                    }
                    _ => format!(
                        "column '{name}' has many values beside an aggregate: aggregate it, or group by it"
                    ),
                };
                Err(clause.error(ExpressionError::new(span, reason)))
            }
            None => Ok(lifted),
        }
    }

    /// The index of the aggregate `call` is.
    fn add(&mut self, expr: &Expr, clause: Clause) -> Result<usize, PlanError> {
        if let Some(index) = self.written.iter().position(|written| written == expr) {
            return Ok(index);
        }
        let one = self.settle(expr, clause)?;
        self.written.push(expr.clone());
        self.aggregates.push(one);
        Ok(self.aggregates.len() - 1)
    }

    /// Whether row functions outside the predicate see other rows than those in it.
    fn sees_kept(&self) -> bool {
        self.request.predicate.is_some()
    }

    fn settle(&mut self, expr: &Expr, clause: Clause) -> Result<Aggregated, PlanError> {
        let at =
            |span: crate::expression::Span, reason: &str| clause.error(ExpressionError::new(span, reason));
        let ExprKind::Call { name, arguments, filter } = &expr.kind else {
            return Err(at(expr.span, "expected an aggregate"));
        };
        for argument in arguments.iter().chain(filter.as_deref()) {
            if let Some(inner) = first(argument) {
                let reason = "an aggregate inside an aggregate: compute it by a query of its own";
                return Err(at(inner.span, reason));
            }
            if let (Kind::Groups, Some(inner)) = (self.kind, row_functions::first(argument)) {
                let reason = "functions over the order of rows do not run within groups: compute it by a query of \
                              its own, or group by it";
                return Err(at(inner.span, reason));
            }
        }
        let is_star = |argument: &Expr| argument.kind == ExprKind::Star;
        let is_count_of_rows = name == "count" && (arguments.is_empty() || arguments.iter().all(is_star));
        if let Some(star) = arguments.iter().find(|argument| is_star(argument) && !is_count_of_rows) {
            return Err(at(star.span, "* stands for rows in count(*) alone"));
        }
        let most = Call::arity(name).map_or(0, |arity| *arity.columns.end());
        let columns = if is_count_of_rows { 0 } else { most.min(arguments.len()) };
        let (values, constants) = match is_count_of_rows {
            true => (&arguments[..0], &arguments[..0]),
            false => arguments.split_at(columns),
        };
        if let Some(extra) = constants.first().filter(|_| takes_no_constants(name)) {
            let noun = if most == 1 { "column" } else { "columns" };
            let reason = format!("{name} takes {most} {noun}, found {}", values.len() + constants.len());
            return Err(at(extra.span, &reason));
        }
        let sees_kept = self.sees_kept();
        let arguments: Vec<Bound> =
            values.iter().map(|value| self.rows.bind(value, clause, sees_kept)).collect::<Result<_, _>>()?;
        let parameters = constants.iter().map(parameter).collect::<Result<Vec<_>, _>>();
        let parameters = parameters.map_err(|error| clause.error(error))?;
        let types: Vec<DataType> = arguments.iter().map(|bound| bound.data_type().clone()).collect();
        let call = Call::new(name, &types, &parameters, self.request.nan)
            .map_err(|error| at(expr.span, &error.to_string()))?;
        let filter = filter.as_deref().map(|filter| {
            let predicate = self.rows.bind(filter, clause, sees_kept)?;
            Ok((truth(&predicate, filter, clause)?, filter.clone()))
        });
        let argument = match values.first() {
            Some(Expr { kind: ExprKind::Column(name), .. }) => name.clone(),
            first => first.map_or_else(String::new, Expr::to_string),
        };
        let (filter, text) = (filter.transpose()?, expr.to_string());
        Ok(Aggregated { call, arguments, filter, text, argument, clause })
    }
}

/// Whether nothing may follow the columns of the aggregate `name`.
fn takes_no_constants(name: &str) -> bool {
    Call::arity(name).is_some_and(|arity| *arity.parameters.end() == 0)
}

/// Whether `part` calls a key by the name it was given.
pub(super) fn is_named(part: &Expr, key: &GroupKey) -> bool {
    matches!(&part.kind, ExprKind::Column(name) if *name == key.item.name())
}

/// The first column in `expr`.
fn stray(expr: &Expr) -> Option<(&str, crate::expression::Span)> {
    match &expr.kind {
        ExprKind::Column(name) => Some((name, expr.span)),
        _ => expr.children().into_iter().find_map(stray),
    }
}

/// A constant as an aggregate or a row function takes it.
pub(super) fn parameter(expr: &Expr) -> Result<Parameter, ExpressionError> {
    match &expr.kind {
        ExprKind::Literal(Literal::Integer(value)) => {
            i128::try_from(*value).map(Parameter::Integer).map_err(|_| constant(expr))
        }
        ExprKind::Literal(Literal::Decimal(text)) => Ok(Parameter::Decimal(text.clone())),
        ExprKind::Literal(Literal::Text(text)) => Ok(Parameter::Text(text.clone())),
        ExprKind::Unary(UnaryOperator::Negate, value) => match parameter(value)? {
            Parameter::Integer(value) => Ok(Parameter::Integer(-value)),
            Parameter::Decimal(text) => Ok(Parameter::Decimal(format!("-{text}"))),
            Parameter::Text(_) => Err(constant(expr)),
        },
        _ => Err(constant(expr)),
    }
}

fn constant(expr: &Expr) -> ExpressionError {
    ExpressionError::new(expr.span, "expected a constant, such as 0.95 or 'linear'")
}
