//! A query as it is typed: clause by clause, or as one statement.

use crate::aggregate::NanPolicy;
use crate::error::{Error, Result};
use crate::expression::{
    ExpressionError, Span, Statement, parse_expression, parse_keys, parse_order, parse_select,
    parse_statement, render,
};
use crate::plan::{Clause, PlanError, Request};

/// The clauses of a query as text; an empty one is not asked for.
#[derive(Clone, Debug, Default)]
pub struct QueryText {
    /// Values of the answer: `sum(price * qty) as notional, quantile(price, 0.99)`.
    pub select: String,
    /// Which rows: `qty > 3 and venue in ('A', 'B')`.
    pub predicate: String,
    /// Keys of groups: `region, month(day) as m`; `-x` puts them out in descending order.
    pub by: String,
    /// Which groups.
    pub having: String,
    /// Order of the answer: `-notional, region`.
    pub order_by: String,
    /// At most that many rows.
    pub limit: Option<u64>,
    /// Rows left out before them.
    pub offset: u64,
    /// What NaN does to aggregates.
    pub nan: NanPolicy,
    /// One whole select, in place of all clauses.
    pub statement: String,
}

/// The texts of the clauses, for messages.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    select: String,
    predicate: String,
    by: String,
    having: String,
    order_by: String,
}

impl Texts {
    /// `error` as one line that points at the spot.
    pub(super) fn render(&self, error: &PlanError) -> String {
        message(error.clause.name(), self.of(error.clause), &error.error)
    }

    /// What stands at `span` of `clause`; the clause's name where it was built by calls.
    pub(super) fn part(&self, clause: Clause, span: Span) -> &str {
        match self.of(clause).get(span.start..span.end) {
            Some(part) if !part.is_empty() => part,
            _ => clause.name(),
        }
    }

    /// The filter as typed; empty where it was built by calls.
    pub(super) fn predicate(&self) -> &str {
        &self.predicate
    }

    fn of(&self, clause: Clause) -> &str {
        match clause {
            Clause::Select => &self.select,
            Clause::Where => &self.predicate,
            Clause::By => &self.by,
            Clause::Having => &self.having,
            Clause::OrderBy => &self.order_by,
        }
    }
}

fn message(clause: &str, text: &str, error: &ExpressionError) -> String {
    // Expressions built by calls have no text to point into.
    if text.is_empty() { error.reason.clone() } else { format!("{clause}: {}", render(text, error)) }
}

impl QueryText {
    /// The location of the table that the statement selects from.
    ///
    /// # Errors
    /// [`Error::Request`], which points at the spot.
    pub fn source(&self) -> Result<String> {
        Ok(self.whole()?.source)
    }

    fn whole(&self) -> Result<Statement> {
        parse_statement(&self.statement)
            .map_err(|error| Error::Request { reason: render(&self.statement, &error) })
    }

    pub(super) fn parse(&self) -> Result<(Request, Texts)> {
        if !self.statement.is_empty() {
            let Statement { items, source: _, predicate, keys, having, order, limit, offset } =
                self.whole()?;
            let request = Request {
                select: items,
                predicate,
                by: keys,
                having,
                order_by: order,
                limit,
                offset,
                keys_first: false,
                nan: self.nan,
            };
            let text = || self.statement.clone();
            let texts =
                Texts { select: text(), predicate: text(), by: text(), having: text(), order_by: text() };
            return Ok((request, texts));
        }
        fn clause<T: Default>(
            clause: Clause,
            text: &str,
            parse: impl Fn(&str) -> std::result::Result<T, ExpressionError>,
        ) -> Result<T> {
            if text.trim().is_empty() {
                return Ok(T::default());
            }
            parse(text).map_err(|error| Error::Request { reason: message(clause.name(), text, &error) })
        }
        let request = Request {
            select: clause(Clause::Select, &self.select, parse_select)?,
            predicate: clause(Clause::Where, &self.predicate, |text| parse_expression(text).map(Some))?,
            by: clause(Clause::By, &self.by, parse_keys)?,
            having: clause(Clause::Having, &self.having, |text| parse_expression(text).map(Some))?,
            order_by: clause(Clause::OrderBy, &self.order_by, parse_order)?,
            limit: self.limit,
            offset: self.offset,
            keys_first: true,
            nan: self.nan,
        };
        let texts = Texts {
            select: self.select.clone(),
            predicate: self.predicate.clone(),
            by: self.by.clone(),
            having: self.having.clone(),
            order_by: self.order_by.clone(),
        };
        Ok((request, texts))
    }
}
