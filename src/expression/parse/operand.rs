//! Operands: what an expression begins with, and the casts that follow it.

use super::super::lex::{TokenKind, unquoted};
use super::super::syntax::{Literal, UnaryOperator};
use super::super::words::{is_reserved, is_word, shortened};
use super::super::{Expr, ExprKind, ExpressionError, Span, number};
use super::{Node, Parsed, Parser, binding, node};

/// Bytes of the brackets after a type's name: a unit and a time zone, or two numbers.
const TYPE_PARAMETERS_BYTES_MAX: usize = 64;

impl Parser<'_> {
    /// An operand with its signs and casts; `floor` is of the operator before it.
    pub(super) fn operand(&mut self, floor: u8) -> Parsed<Node> {
        let mut operand = match self.token.kind {
            TokenKind::Symbol("(") => self.parenthesized()?,
            TokenKind::Symbol("-") => self.unary(UnaryOperator::Negate, binding::UNARY)?,
            TokenKind::Symbol("+") => self.unary(UnaryOperator::Plus, binding::UNARY)?,
            TokenKind::Word if self.at_word("not") => {
                if floor > binding::NOT {
                    return Err(self.error_here(
                        "'not' binds less tightly than the operator before it: write '(not ...)'",
                    ));
                }
                self.unary(UnaryOperator::Not, binding::NOT)?
            }
            TokenKind::Word if self.at_word("case") => self.case()?,
            TokenKind::Word => self.word()?,
            _ => self.atom()?,
        };
        while self.at_symbol("::") {
            operand = self.cast_after(operand)?;
        }
        Ok(operand)
    }

    fn parenthesized(&mut self) -> Parsed<Node> {
        let open = self.advance()?.span;
        if self.at_word("select") {
            return Err(self.error_here("subqueries are not taken: a query reads one table once"));
        }
        let mut inner = self.expression(binding::ANY)?;
        self.expect_close(open, "")?;
        inner.expr.span = open.to(self.previous);
        inner.depth += 1;
        Ok(inner)
    }

    fn unary(&mut self, operator: UnaryOperator, floor: u8) -> Parsed<Node> {
        let sign = self.advance()?.span;
        let operand = self.expression(floor)?;
        let span = sign.to(operand.expr.span);
        node(ExprKind::Unary(operator, Box::new(operand.expr)), span, operand.depth)
    }

    /// A number, a text or a quoted name.
    #[inline(never)]
    fn atom(&mut self) -> Parsed<Node> {
        let (kind, span) = (self.token.kind, self.token.span);
        let text = self.text_of(span);
        let kind = match kind {
            TokenKind::Number => {
                ExprKind::Literal(number::value(text).map_err(|reason| ExpressionError::new(span, reason))?)
            }
            TokenKind::Text => ExprKind::Literal(Literal::Text(unquoted(text))),
            TokenKind::QuotedName => ExprKind::Column(unquoted(text)),
            TokenKind::Symbol("*") => {
                return Err(self.error_here("'*' stands alone in a select list or as count(*)"));
            }
            _ => return Err(self.no_operand()),
        };
        self.advance()?;
        self.refuse_prefix(span)?;
        node(kind, span, 0)
    }

    fn no_operand(&self) -> ExpressionError {
        let before = self.text_of(self.previous);
        let after = if before.is_empty() { String::new() } else { format!(" after {}", shortened(before)) };
        let mut error = self.error_here(format!("expected a value{after}, found {}", self.found()));
        if self.token.kind == TokenKind::Word {
            let word = self.text_of(self.token.span);
            error.reason.push_str(&format!("; a column of that name is written \"{word}\""));
        }
        error
    }

    /// What begins with a word: a value, a call or a column.
    #[inline(never)]
    fn word(&mut self) -> Parsed<Node> {
        let span = self.token.span;
        let word = self.text_of(span);
        if is_reserved(word) || (self.cases > 0 && word.eq_ignore_ascii_case("end")) {
            return Err(self.no_operand());
        }
        let before = *self;
        self.advance()?;
        let name = word.to_lowercase();
        if self.at_symbol("(") {
            return match name.as_str() {
                "cast" => self.cast(span),
                "columns" => self.columns(span),
                _ => self.call(name, span),
            };
        }
        if self.token.kind == TokenKind::Text && matches!(name.as_str(), "date" | "timestamp") {
            let argument = self.atom()?;
            let span = span.to(argument.expr.span);
            let kind = ExprKind::Call { name, arguments: vec![argument.expr], filter: None };
            return node(kind, span, argument.depth);
        }
        if matches!(name.as_str(), "group" | "order") && self.at_word("by") {
            return Err(before.no_operand());
        }
        let kind = match name.as_str() {
            "null" => ExprKind::Literal(Literal::Null),
            "true" => ExprKind::from(true),
            "false" => ExprKind::from(false),
            "nan" | "inf" => ExprKind::Literal(Literal::Decimal(name)),
            _ => ExprKind::Column(word.to_owned()),
        };
        self.refuse_prefix(span)?;
        node(kind, span, 0)
    }

    /// `table.column` and struct fields are not taken; names may hold a point.
    fn refuse_prefix(&self, span: Span) -> Parsed<()> {
        if !self.at_symbol(".") {
            return Ok(());
        }
        let shown = shortened(self.text_of(span));
        Err(self.error_here(format!(
            "{shown} is followed by a point: columns have no prefix, and a name that holds a point stands in double \
             quotes"
        )))
    }

    /// `name(arguments) [filter (where predicate)]`; the `(` is next.
    #[inline(never)]
    fn call(&mut self, mut name: String, start: Span) -> Parsed<Node> {
        let open = self.advance()?.span;
        if self.at_word("distinct") {
            let before = *self;
            self.advance()?;
            if self.at_symbol(")") || self.at_symbol(",") {
                *self = before;
            } else if name == "count" {
                name.push_str("_distinct");
            } else {
                return Err(before.error_here("'distinct' is of count alone: count(distinct x)"));
            }
        }
        let (mut arguments, mut depth) = (Vec::new(), 0);
        while !(arguments.is_empty() && self.at_symbol(")")) {
            if self.at_symbol("*") {
                let span = self.advance()?.span;
                arguments.push(Expr { kind: ExprKind::Star, span });
            } else {
                let argument = self.expression(binding::ANY)?;
                depth = depth.max(argument.depth);
                arguments.push(argument.expr);
            }
            if !self.take_symbol(",")? {
                break;
            }
        }
        self.expect_close(open, "',' or ")?;
        let filter = self.filter()?;
        if self.at_word("over") {
            return Err(self.error_here(
                "window functions with 'over' are not taken: cumsum, lag, move_mean ... run over the row order",
            ));
        }
        let depth = depth.max(filter.as_ref().map_or(0, |filter| filter.depth));
        let filter = filter.map(|filter| Box::new(filter.expr));
        node(ExprKind::Call { name, arguments, filter }, start.to(self.previous), depth)
    }

    fn filter(&mut self) -> Parsed<Option<Node>> {
        if !self.take_word("filter")? {
            return Ok(None);
        }
        let open = self.expect_open("filter")?;
        self.expect_word("where", "'filter ('")?;
        let predicate = self.expression(binding::ANY)?;
        self.expect_close(open, "")?;
        Ok(Some(predicate))
    }

    /// `columns('regex')`; the `(` is next.
    fn columns(&mut self, start: Span) -> Parsed<Node> {
        let open = self.advance()?.span;
        if self.token.kind != TokenKind::Text {
            return Err(self.expected("a pattern in single quotes, as in columns('delay_.*')"));
        }
        let token = self.advance()?;
        let pattern = unquoted(self.text_of(token.span));
        self.expect_close(open, "")?;
        node(ExprKind::Columns(pattern), start.to(self.previous), 0)
    }

    /// `cast(value as type)`; the `(` is next.
    #[inline(never)]
    fn cast(&mut self, start: Span) -> Parsed<Node> {
        let open = self.advance()?.span;
        let value = self.expression(binding::ANY)?;
        self.expect_word("as", "the value of 'cast'")?;
        let data_type = self.data_type()?;
        self.expect_close(open, "")?;
        let kind = ExprKind::Cast { value: Box::new(value.expr), data_type };
        node(kind, start.to(self.previous), value.depth)
    }

    /// `value::type`; the `::` is next.
    #[inline(never)]
    fn cast_after(&mut self, value: Node) -> Parsed<Node> {
        self.advance()?;
        let data_type = self.data_type()?;
        let span = value.expr.span.to(self.previous);
        node(ExprKind::Cast { value: Box::new(value.expr), data_type }, span, value.depth)
    }

    /// A type's name: a word with parameters in brackets, or anything in single quotes.
    fn data_type(&mut self) -> Parsed<String> {
        let token = self.token;
        match token.kind {
            TokenKind::Text => {
                self.advance()?;
                return Ok(unquoted(self.text_of(token.span)));
            }
            TokenKind::Word => self.advance()?,
            _ => return Err(self.expected("a type, such as float64")),
        };
        let mut name = self.text_of(token.span).to_owned();
        let (open, close) = match self.token.kind {
            TokenKind::Symbol(open @ "(") => (open, ')'),
            TokenKind::Symbol(open @ "[") => (open, ']'),
            _ => return Ok(name),
        };
        // A time zone is not made of tokens: it is taken as it stands. The lexer is behind the bracket.
        let rest = &self.lexer.text[self.lexer.position..];
        let near = &rest[..rest.floor_char_boundary(TYPE_PARAMETERS_BYTES_MAX)];
        let Some(length) = near.find(close).filter(|length| are_type_parameters(&near[..*length])) else {
            return Err(
                self.error_here(format!("expected '{close}' after the parameters of the type '{name}'"))
            );
        };
        name.push_str(open);
        name.push_str(&near[..length]);
        name.push(close);
        self.lexer.position += length + close.len_utf8();
        self.previous = Span::new(token.span.start, self.lexer.position);
        self.token = self.lexer.next()?;
        Ok(name)
    }

    /// `case [operand] when a then b ... [else c] end`.
    #[inline(never)]
    fn case(&mut self) -> Parsed<Node> {
        let start = self.advance()?.span;
        self.cases += 1;
        let mut depth = 0;
        let operand = if self.at_word("when") { None } else { Some(self.part(&mut depth)?) };
        let mut branches = Vec::new();
        while branches.is_empty() || self.at_word("when") {
            self.expect_word("when", "'case'")?;
            let condition = self.part(&mut depth)?;
            self.expect_word("then", "the condition of 'when'")?;
            branches.push((condition, self.part(&mut depth)?));
        }
        let otherwise = if self.take_word("else")? { Some(self.part(&mut depth)?) } else { None };
        if !self.at_word("end") {
            let open = super::column(self.lexer.text, start.start);
            let or = if otherwise.is_none() { "'when', 'else' or " } else { "" };
            return Err(self.expected(&format!("{or}'end' of the 'case' at column {open}")));
        }
        self.cases -= 1;
        let span = start.to(self.advance()?.span);
        let (operand, otherwise) = (operand.map(Box::new), otherwise.map(Box::new));
        node(ExprKind::Case { operand, branches, otherwise }, span, depth)
    }

    fn part(&mut self, depth: &mut usize) -> Parsed<Expr> {
        let part = self.expression(binding::ANY)?;
        *depth = part.depth.max(*depth);
        Ok(part.expr)
    }
}

/// Whether a type's name is written without quotes.
pub(in super::super) fn is_plain_type(name: &str) -> bool {
    let bracketed = |open: char, close: char| {
        name.split_once(open).is_some_and(|(word, rest)| {
            is_word(word)
                && rest.len() < TYPE_PARAMETERS_BYTES_MAX
                && rest
                    .strip_suffix(close)
                    .is_some_and(|inside| !inside.contains(close) && are_type_parameters(inside))
        })
    };
    is_word(name) || bracketed('(', ')') || bracketed('[', ']')
}

fn are_type_parameters(text: &str) -> bool {
    text.chars().all(|character| !character.is_control() && !"'\"`()[]".contains(character))
}

impl From<bool> for ExprKind {
    fn from(value: bool) -> Self {
        ExprKind::Literal(Literal::Bool(value))
    }
}
