//! The parts of a query as written: what is selected, by what it is grouped and ordered, and one whole select.

use super::{Expr, ExprKind};

/// One thing of a select list and what it is called.
#[derive(Clone, Debug, PartialEq)]
pub struct SelectItem {
    /// What to compute; [`ExprKind::Star`] for `*`.
    pub expr: Expr,
    /// The name that was given to it.
    pub alias: Option<String>,
    /// The expression as typed, trimmed; canonical text for expressions built by calls.
    pub text: String,
}

impl SelectItem {
    /// The name of its column in the output: the given one, else the column's own, else the expression as typed.
    pub fn name(&self) -> &str {
        match (&self.alias, &self.expr.kind) {
            (Some(alias), _) => alias,
            (None, ExprKind::Column(column)) => column,
            (None, _) => &self.text,
        }
    }
}

impl SelectItem {
    /// The word that it is, where it is a name by itself and without quotes: it may stand for an aggregate.
    pub(crate) fn word(&self) -> Option<&str> {
        match &self.expr.kind {
            ExprKind::Column(name) if !self.text.contains(['"', '`']) => Some(name),
            _ => None,
        }
    }
}

impl From<Expr> for SelectItem {
    fn from(expr: Expr) -> Self {
        Self { alias: None, text: expr.to_string(), expr }
    }
}

/// A key that rows are grouped by, and the order in which its groups come out.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupKey {
    /// The key and its name.
    pub item: SelectItem,
    /// `-x` or `x desc`: the largest first.
    pub descending: bool,
    /// `nulls first`.
    pub nulls_first: bool,
}

/// A key that rows are ordered by. All NaNs come last, in both directions.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderKey {
    /// The key.
    pub expr: Expr,
    /// `-x` or `x desc`: the largest first.
    pub descending: bool,
    /// `nulls first`; else they come last, in both directions.
    pub nulls_first: bool,
}

/// One select of one table, as written.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What is selected.
    pub items: Vec<SelectItem>,
    /// The location of the table: what stands after `from`, without quotes.
    pub source: String,
    /// `where`.
    pub predicate: Option<Expr>,
    /// `group by`.
    pub keys: Vec<GroupKey>,
    /// `having`.
    pub having: Option<Expr>,
    /// `order by`.
    pub order: Vec<OrderKey>,
    /// `limit`: rows at most.
    pub limit: Option<u64>,
    /// `offset`: rows that are left out before them.
    pub offset: u64,
}
