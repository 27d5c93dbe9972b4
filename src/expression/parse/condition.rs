//! Conditions in words: `between`, `in`, `like`, `is`, each with its `not`.

use super::super::lex::{TokenKind, unquoted};
use super::super::syntax::UnaryOperator;
use super::super::{Expr, ExprKind};
use super::{Node, Parsed, Parser, binding, node};

impl Parser<'_> {
    /// What follows `value`: one of the words for which [`Parser::infix`] says condition.
    #[inline(never)]
    pub(super) fn condition(&mut self, value: Node) -> Parsed<Node> {
        if self.take_word("is")? {
            return self.is(value);
        }
        let negated = self.take_word("not")?;
        if self.take_word("between")? {
            let low = self.expression(binding::SUM)?;
            self.expect_word("and", "the lower bound of 'between'")?;
            let high = self.expression(binding::SUM)?;
            let span = value.expr.span.to(high.expr.span);
            let depth = value.depth.max(low.depth).max(high.depth);
            let (value, low, high) = (Box::new(value.expr), Box::new(low.expr), Box::new(high.expr));
            return node(ExprKind::Between { value, low, high, negated }, span, depth);
        }
        if self.take_word("like")? {
            let pattern = self.expression(binding::SUM)?;
            let span = value.expr.span.to(pattern.expr.span);
            let depth = value.depth.max(pattern.depth);
            let (value, pattern) = (Box::new(value.expr), Box::new(pattern.expr));
            return node(ExprKind::Like { value, pattern, negated }, span, depth);
        }
        if self.take_word("in")? {
            return self.is_in(value, negated);
        }
        Err(self.expected("'between', 'in' or 'like' after 'not'"))
    }

    fn is_in(&mut self, value: Node, negated: bool) -> Parsed<Node> {
        let start = value.expr.span;
        if self.take_word("file")? {
            let open = self.expect_open("file")?;
            if self.token.kind != TokenKind::Text {
                return Err(self.expected("the file's location in single quotes"));
            }
            let token = self.advance()?;
            let location = unquoted(self.text_of(token.span));
            self.expect_close(open, "")?;
            let span = start.to(self.previous);
            return node(
                ExprKind::InFile { value: Box::new(value.expr), location, negated },
                span,
                value.depth,
            );
        }
        if !self.at_symbol("(") {
            return Err(self.expected("'(' and a list of values, or file('...'), after 'in'"));
        }
        let open = self.advance()?.span;
        if self.at_symbol(")") {
            return Err(self.error_here("the list of 'in' is empty: nothing is in it"));
        }
        let (mut list, mut depth) = (Vec::new(), value.depth);
        loop {
            let element = self.expression(binding::ANY)?;
            depth = depth.max(element.depth);
            list.push(element.expr);
            if !self.take_symbol(",")? {
                break;
            }
        }
        self.expect_close(open, "',' or ")?;
        let span = start.to(self.previous);
        node(ExprKind::In { value: Box::new(value.expr), list, negated }, span, depth)
    }

    /// `x is true` is `coalesce(x, false)` and `x is false` is `coalesce(not x, false)`: null is neither.
    fn is(&mut self, value: Node) -> Parsed<Node> {
        let negated = self.take_word("not")?;
        let word = ["null", "nan", "true", "false"].into_iter().find(|word| self.at_word(word));
        let Some(word) = word else {
            let not = if negated { "" } else { "'not', " };
            return Err(self.expected(&format!("{not}'null', 'nan', 'true' or 'false' after 'is'")));
        };
        let span = value.expr.span.to(self.advance()?.span);
        let mut depth = value.depth;
        let value = Box::new(value.expr);
        let kind = match word {
            "null" => ExprKind::IsNull { value, negated },
            "nan" => ExprKind::IsNan { value, negated },
            _ => {
                let mut of = |kind| -> Parsed<Expr> {
                    let made = node(kind, span, depth)?;
                    depth = made.depth;
                    Ok(made.expr)
                };
                let value =
                    if word == "false" { of(ExprKind::Unary(UnaryOperator::Not, value))? } else { *value };
                let surely = ExprKind::Call {
                    name: "coalesce".to_owned(),
                    arguments: vec![value, Expr { kind: ExprKind::from(false), span }],
                    filter: None,
                };
                if negated { ExprKind::Unary(UnaryOperator::Not, Box::new(of(surely)?)) } else { surely }
            }
        };
        node(kind, span, depth)
    }
}
