//! Lists of what to select, of group keys and of order keys.

use super::super::lex::{TokenKind, unquoted};
use super::super::syntax::UnaryOperator;
use super::super::words::ends_expression;
use super::super::{Expr, ExprKind, ExpressionError, GroupKey, OrderKey, SelectItem, Span};
use super::{Parsed, Parser, binding};

/// What to select: expressions with their names, `*`, separated by commas.
///
/// `expr as name` and `expr name` give a name; `name = expr` is a comparison.
///
/// # Errors
/// At the spot where the text stops being such a list.
///
/// # Examples
/// ```
/// use arrcalc::expression::parse_select;
///
/// let items = parse_select("carrier, mean(dep_delay) as delay, max( distance )")?;
/// let names: Vec<_> = items.iter().map(|item| item.name()).collect();
/// assert_eq!(names, ["carrier", "delay", "max( distance )"]);
/// # Ok::<(), arrcalc::expression::ExpressionError>(())
/// ```
pub fn parse_select(text: &str) -> Result<Vec<SelectItem>, ExpressionError> {
    let mut parser = Parser::new(text)?;
    let items = parser.select_items()?;
    parser.expect_end("an operator, ',', 'as'")?;
    Ok(items)
}

/// What to group by: expressions, each with `-` before it or `asc` or `desc` after it, `nulls first`, and a name.
///
/// # Errors
/// At the spot where the text stops being such a list.
///
/// # Examples
/// ```
/// use arrcalc::expression::parse_keys;
///
/// let keys = parse_keys("region, -month(t) as m")?;
/// assert_eq!((keys[1].item.name(), keys[1].descending), ("m", true));
/// # Ok::<(), arrcalc::expression::ExpressionError>(())
/// ```
pub fn parse_keys(text: &str) -> Result<Vec<GroupKey>, ExpressionError> {
    let mut parser = Parser::new(text)?;
    let keys = parser.group_keys()?;
    parser.expect_end("an operator, ',', 'as', 'desc'")?;
    Ok(keys)
}

/// What to order by: expressions, each with `-` before it or `asc` or `desc` after it, and `nulls first`.
///
/// # Errors
/// At the spot where the text stops being such a list.
///
/// # Examples
/// ```
/// use arrcalc::expression::parse_order;
///
/// assert_eq!(parse_order("-x, y")?, parse_order("x desc, y asc nulls last")?);
/// # Ok::<(), arrcalc::expression::ExpressionError>(())
/// ```
pub fn parse_order(text: &str) -> Result<Vec<OrderKey>, ExpressionError> {
    let mut parser = Parser::new(text)?;
    let keys = parser.order_keys()?;
    parser.expect_end("an operator, ',', 'desc'")?;
    Ok(keys)
}

impl Parser<'_> {
    pub(super) fn select_items(&mut self) -> Parsed<Vec<SelectItem>> {
        self.separated(|parser| {
            let expr = if parser.at_symbol("*") {
                let span = parser.advance()?.span;
                Expr { kind: ExprKind::Star, span }
            } else {
                parser.expression(binding::ANY)?.expr
            };
            let is_star = expr.kind == ExprKind::Star;
            let text = parser.text_of(expr.span).to_owned();
            let alias = if is_star { None } else { parser.alias()? };
            Ok(SelectItem { expr, alias, text })
        })
    }

    pub(super) fn group_keys(&mut self) -> Parsed<Vec<GroupKey>> {
        self.separated(|parser| {
            let expr = parser.expression(binding::ANY)?.expr;
            let mut alias = parser.alias()?;
            let (key, text) = parser.direction(expr)?;
            if alias.is_none() {
                alias = parser.alias()?;
            }
            let item = SelectItem { expr: key.expr, alias, text };
            Ok(GroupKey { item, descending: key.descending, nulls_first: key.nulls_first })
        })
    }

    pub(super) fn order_keys(&mut self) -> Parsed<Vec<OrderKey>> {
        self.separated(|parser| {
            let expr = parser.expression(binding::ANY)?.expr;
            Ok(parser.direction(expr)?.0)
        })
    }

    fn separated<T>(&mut self, mut one: impl FnMut(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        let mut all = vec![one(self)?];
        while self.take_symbol(",")? {
            all.push(one(self)?);
        }
        Ok(all)
    }

    /// `as name` or `name`, if it is there.
    fn alias(&mut self) -> Parsed<Option<String>> {
        let explicit = self.take_word("as")?;
        let text = self.text_of(self.token.span);
        let name = match self.token.kind {
            TokenKind::QuotedName => unquoted(text),
            TokenKind::Word if explicit || !ends_expression(text) => text.to_owned(),
            TokenKind::Text if explicit => {
                return Err(self.error_here("a name stands in double quotes; single quotes are around texts"));
            }
            _ if explicit => return Err(self.expected("a name after 'as'")),
            _ => return Ok(None),
        };
        self.advance()?;
        Ok(Some(name))
    }

    /// The order that a minus before the whole key, or words after it, ask for; and the key as typed.
    fn direction(&mut self, expr: Expr) -> Parsed<(OrderKey, String)> {
        let typed = self.text_of(expr.span);
        let (expr, minus): (Expr, Option<Span>) = match expr.kind {
            // Parentheses around it make it a value: `(-x)`.
            ExprKind::Unary(UnaryOperator::Negate, operand) if typed.starts_with('-') => {
                (*operand, Some(expr.span))
            }
            kind => (Expr { kind, span: expr.span }, None),
        };
        let text = self.text_of(expr.span).to_owned();
        let descending = self.at_word("desc");
        if descending || self.at_word("asc") {
            if minus.is_some() {
                return Err(
                    self.error_here("the '-' before the key already means 'desc': leave one of them out")
                );
            }
            self.advance()?;
        }
        let mut nulls_first = false;
        if self.take_word("nulls")? {
            nulls_first = self.at_word("first");
            if !nulls_first && !self.at_word("last") {
                return Err(self.expected("'first' or 'last' after 'nulls'"));
            }
            self.advance()?;
        }
        Ok((OrderKey { expr, descending: descending || minus.is_some(), nulls_first }, text))
    }
}
