//! One whole select of one table; what it does not take is refused by name, at its spot.

use super::super::lex::{TokenKind, unquoted};
use super::super::syntax::Literal;
use super::super::{ExpressionError, Span, Statement, number};
use super::{Parsed, Parser, binding};

/// The order of a select, for those who have another.
const CLAUSES: &str = "select, from, where, group by, having, order by, limit, offset";

/// One select of one table.
///
/// ```text
/// select ITEMS from 'FILE' [where P] [group by KEYS] [having P] [order by KEYS] [limit N] [offset N] [;]
/// ```
///
/// The table stands in single or double quotes, or bare if it has no blanks, commas, quotes or parentheses.
///
/// # Errors
/// At the spot where the text stops being such a select. Joins, subqueries, `distinct` rows, unions and windows are
/// refused by name.
///
/// # Examples
/// ```
/// use arrcalc::expression::parse_statement;
///
/// let select = parse_statement(
///     "select carrier, mean(dep_delay) as delay from 'flights.parquet' \
///      where distance > 1_000 group by carrier order by -delay limit 3",
/// )?;
/// assert_eq!((select.source.as_str(), select.limit), ("flights.parquet", Some(3)));
/// # Ok::<(), arrcalc::expression::ExpressionError>(())
/// ```
pub fn parse_statement(text: &str) -> Result<Statement, ExpressionError> {
    let mut parser = Parser::new(text)?;
    parser.statement()
}

impl Parser<'_> {
    fn statement(&mut self) -> Parsed<Statement> {
        if self.at_word("with") {
            return Err(self.error_here("'with' is not taken: a query is one select of one table"));
        }
        if !self.take_word("select")? {
            return Err(self.expected("'select'"));
        }
        self.refuse_distinct()?;
        let items = self.select_items()?;
        if !self.at_word("from") {
            return Err(self.expected("an operator, ',', 'as' or 'from'"));
        }
        let source = self.source()?;
        let predicate = self.predicate("where")?;
        let keys = if self.take_by("group")? { self.group_keys()? } else { Vec::new() };
        let having = self.predicate("having")?;
        let order = if self.take_by("order")? { self.order_keys()? } else { Vec::new() };
        let mut limit = self.rows("limit")?;
        let offset = self.rows("offset")?;
        if limit.is_none() {
            limit = self.rows("limit")?;
        }
        self.take_symbol(";")?;
        self.expect_statement_end()?;
        Ok(Statement { items, source, predicate, keys, having, order, limit, offset: offset.unwrap_or(0) })
    }

    /// `distinct` before the items, unless it is plainly a column of that name. `distinct(x)`, our aggregate, is refused
    /// here too: everyone else reads it as SQL's distinct rows.
    fn refuse_distinct(&mut self) -> Parsed<()> {
        if !self.at_word("distinct") {
            return Ok(());
        }
        let (before, span) = (*self, self.token.span);
        self.advance()?;
        if self.at_symbol(",") || self.at_word("from") || self.at_word("as") {
            *self = before;
            return Ok(());
        }
        Err(ExpressionError::new(
            span,
            "'select distinct' is not taken: 'group by' gives distinct rows, count(distinct x) counts them",
        ))
    }

    /// What follows `from`, which is next: the lexer stands behind it, so that a bare location is taken as it is.
    fn source(&mut self) -> Parsed<String> {
        self.lexer.skip_blanks()?;
        let start = self.lexer.position;
        let rest = &self.lexer.text[start..];
        let length = rest
            .find(|next: char| {
                next.is_whitespace() || matches!(next, ',' | ';' | '(' | ')' | '\'' | '"' | '`')
            })
            .unwrap_or(rest.len());
        let source = if length > 0 {
            self.lexer.position = start + length;
            self.previous = Span::new(start, start + length);
            self.token = self.lexer.next()?;
            rest[..length].to_owned()
        } else {
            self.advance()?;
            match self.token.kind {
                TokenKind::Text | TokenKind::QuotedName => unquoted(self.text_of(self.token.span)),
                TokenKind::Symbol("(") => {
                    return Err(self.error_here("subqueries are not taken: a query reads one table once"));
                }
                _ => return Err(self.expected("a file in quotes after 'from'")),
            }
        };
        if length == 0 {
            self.advance()?;
        }
        if source.is_empty() {
            return Err(ExpressionError::new(self.previous, "the file after 'from' has an empty name"));
        }
        self.refuse_more_sources()?;
        Ok(source)
    }

    fn refuse_more_sources(&self) -> Parsed<()> {
        if self.at_symbol(",") {
            return Err(self.error_here(
                "one table only: several files of one schema are one table when they are given by a pattern, as in \
                 'part-*.parquet'",
            ));
        }
        let joins = ["join", "inner", "left", "right", "full", "cross", "natural", "asof"];
        if joins.iter().any(|word| self.at_word(word)) {
            return Err(self.error_here("joins are not taken: a query reads one table"));
        }
        if self.at_word("as") || self.token.kind == TokenKind::QuotedName {
            return Err(self.error_here("a table has no other name here: columns have no prefix"));
        }
        Ok(())
    }

    fn predicate(&mut self, word: &str) -> Parsed<Option<super::Expr>> {
        if !self.take_word(word)? {
            return Ok(None);
        }
        Ok(Some(self.expression(binding::ANY)?.expr))
    }

    fn take_by(&mut self, word: &str) -> Parsed<bool> {
        if !self.take_word(word)? {
            return Ok(false);
        }
        self.expect_word("by", &format!("'{word}'"))?;
        Ok(true)
    }

    /// A number of rows after `word`.
    fn rows(&mut self, word: &str) -> Parsed<Option<u64>> {
        if !self.take_word(word)? {
            return Ok(None);
        }
        let rows = match self.token.kind {
            TokenKind::Number => match number::value(self.text_of(self.token.span)) {
                Ok(Literal::Integer(rows)) => u64::try_from(rows).ok(),
                _ => None,
            },
            _ => None,
        };
        let Some(rows) = rows else {
            return Err(self.expected(&format!("a number of rows after '{word}'")));
        };
        self.advance()?;
        Ok(Some(rows))
    }

    fn expect_statement_end(&self) -> Parsed<()> {
        if self.token.kind == TokenKind::End {
            return Ok(());
        }
        let at = |words: &[&str]| words.iter().any(|word| self.at_word(word));
        Err(if at(&["union", "intersect", "except"]) {
            self.error_here("two selects in one are not taken: a query is one select of one table")
        } else if at(&["window", "qualify"]) {
            self.error_here("windows are not taken: cumsum, lag, move_mean ... run over the row order")
        } else if at(&["select", "from", "where", "group", "having", "order", "limit", "offset"]) {
            self.error_here(format!("this comes too late or twice: the order is {CLAUSES}"))
        } else {
            self.expected("an operator, the next clause or the end")
        })
    }
}
