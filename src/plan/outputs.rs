//! The columns of the answer as names: what `having` and `order by` may call them by.

use arrcalc_datasets::Field;

use crate::expression::{Expr, ExprKind, ExpressionError, Literal};

use super::expand::Item;
use super::names::distinct;
use super::rewrite::{placed, replace};
use super::{Clause, PlanError};

/// Items by name.
pub(super) struct Outputs<'p> {
    items: &'p [Item],
    fields: &'p [Field],
}

impl<'p> Outputs<'p> {
    pub(super) fn new(items: &'p [Item], fields: &'p [Field]) -> Self {
        Self { items, fields }
    }

    /// Names of the columns of the answer.
    pub(super) fn names(&self) -> Vec<String> {
        distinct(self.items.iter().map(|item| item.name.clone()))
    }

    /// A key of the order as [`Outputs::named`]; a whole number by itself is a column of the answer, counted from 1.
    pub(super) fn ordered(&self, expr: &Expr) -> Result<Expr, PlanError> {
        let ExprKind::Literal(Literal::Integer(number)) = expr.kind else { return Ok(self.named(expr)) };
        let item = usize::try_from(number).ok().and_then(|number| self.items.get(number.checked_sub(1)?));
        item.map(|item| placed(&item.expr, expr.span)).ok_or_else(|| {
            let columns = match self.items.len() {
                1 => "1 column".to_owned(),
                count => format!("{count} columns"),
            };
            let reason = format!("the answer has {columns}: {number} stands for none of them");
            Clause::OrderBy.error(ExpressionError::new(expr.span, reason))
        })
    }

    /// `expr` with what the names of outputs stand for in their place.
    pub(super) fn named(&self, expr: &Expr) -> Expr {
        let mut expr = expr.clone();
        let column = |name: &str| self.fields.iter().any(|field| field.name == name);
        let output = |name: &str| {
            let by = |alias: bool| self.items.iter().find(|item| item.is_alias == alias && item.name == name);
            // An alias hides a column of that name; the text of an expression does not.
            by(true).or_else(|| if column(name) { None } else { by(false) })
        };
        replace(&mut expr, &mut |part| match &part.kind {
            ExprKind::Column(name) => output(name).map(|item| placed(&item.expr, part.span)),
            _ => None,
        });
        expr
    }
}
