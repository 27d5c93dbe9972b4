//! The parser: precedence climbing over a token at a time.
//!
//! ```text
//! or < and < not < comparisons, between, in, like, is < + - < * / // % < unary + - < ** < ::
//! ```
//!
//! Each loop reads operators that bind at least as tightly as its floor, as in V. Pratt, "Top down operator
//! precedence", POPL 1973. Two counts keep the stack safe: how deep the parser is in itself, and how deep the tree
//! has become, since a chain of additions is a loop here and a deep tree for whoever walks it.

mod condition;
mod list;
mod operand;
mod statement;

pub use list::{parse_keys, parse_order, parse_select};
pub(super) use operand::is_plain_type;
pub use statement::parse_statement;

use super::lex::{Lexer, Token, TokenKind};
use super::suggest::suggest;
use super::syntax::BinaryOperator;
use super::words::{column, shortened};
use super::{Expr, ExprKind, ExpressionError, Span};

/// How deep an expression may nest: operators in operators, parentheses in parentheses.
///
/// Far above what people write, and small enough for the smallest stack on which a tree is walked: 4 KiB a level in the
/// 2 MiB of a worker.
pub const DEPTH_MAX: usize = 500;

/// Bytes of text that one expression, list or statement may have.
pub const TEXT_BYTES_MAX: usize = 1 << 20;

/// What parsing gives, or where it stopped.
type Parsed<T> = Result<T, ExpressionError>;

/// How tightly operators bind; the gaps hold nothing.
pub(super) mod binding {
    pub(in super::super) const ANY: u8 = 0;
    pub(in super::super) const OR: u8 = 1;
    pub(in super::super) const AND: u8 = 2;
    pub(in super::super) const NOT: u8 = 3;
    pub(in super::super) const COMPARISON: u8 = 4;
    pub(in super::super) const SUM: u8 = 5;
    pub(in super::super) const PRODUCT: u8 = 6;
    pub(in super::super) const UNARY: u8 = 7;
    pub(in super::super) const POWER: u8 = 8;
}

/// Words that follow an operand, for the nearest of them to a mistyped one.
const INFIX_WORDS: [&str; 8] = ["and", "or", "not", "between", "in", "like", "is", "as"];

/// A tree and how deep it is.
#[derive(Debug)]
struct Node {
    expr: Expr,
    depth: usize,
}

/// What can stand after an operand and go on with it.
#[derive(Clone, Copy)]
enum Infix {
    Binary(BinaryOperator),
    /// `between`, `in`, `like`, `is`, and `not` before the first three.
    Condition,
}

impl Infix {
    fn binding(self) -> u8 {
        match self {
            Infix::Binary(operator) => operator_binding(operator),
            Infix::Condition => binding::COMPARISON,
        }
    }
}

/// How tightly an operator of two operands binds.
pub(super) fn operator_binding(operator: BinaryOperator) -> u8 {
    match operator {
        BinaryOperator::Or => binding::OR,
        BinaryOperator::And => binding::AND,
        BinaryOperator::Equal
        | BinaryOperator::NotEqual
        | BinaryOperator::Less
        | BinaryOperator::LessOrEqual
        | BinaryOperator::Greater
        | BinaryOperator::GreaterOrEqual => binding::COMPARISON,
        BinaryOperator::Add | BinaryOperator::Subtract => binding::SUM,
        BinaryOperator::Multiply
        | BinaryOperator::Divide
        | BinaryOperator::FloorDivide
        | BinaryOperator::Remainder => binding::PRODUCT,
        BinaryOperator::Power => binding::POWER,
    }
}

/// One expression, such as a predicate.
///
/// # Errors
/// At the spot where the text stops being an expression.
///
/// # Examples
/// ```
/// use arrcalc::expression::parse_expression;
///
/// assert_eq!(parse_expression("-2**2")?, parse_expression("-(2 ** 2)")?);
/// assert_eq!(parse_expression("1_000_000")?, parse_expression("1000000")?);
/// assert_eq!(
///     parse_expression("(x + 1").unwrap_err().reason,
///     "expected ')' to close '(' at column 1, found end"
/// );
/// # Ok::<(), arrcalc::expression::ExpressionError>(())
/// ```
pub fn parse_expression(text: &str) -> Result<Expr, ExpressionError> {
    let mut parser = Parser::new(text)?;
    let node = parser.expression(binding::ANY)?;
    parser.expect_end("an operator")?;
    Ok(node.expr)
}

/// The tokens ahead, and the counts that keep the stack safe.
#[derive(Clone, Copy)]
struct Parser<'t> {
    lexer: Lexer<'t>,
    /// The token to be read next; the lexer stands behind it.
    token: Token,
    /// The token read last.
    previous: Span,
    /// How deep the parser is in itself.
    descent: usize,
    /// How many `case` are open: `end` and `else` are theirs.
    cases: usize,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str) -> Parsed<Self> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(ExpressionError::new(
                Span::new(0, 0),
                format!(
                    "the text has {} bytes, at most {TEXT_BYTES_MAX} are read: long lists go into a file, as in \
                     x in file('ids.npy')",
                    text.len()
                ),
            ));
        }
        let mut lexer = Lexer { text, position: 0 };
        let token = lexer.next()?;
        Ok(Self { lexer, token, previous: Span::default(), descent: 0, cases: 0 })
    }

    /// An expression of operators that bind at least as tightly as `floor`.
    fn expression(&mut self, floor: u8) -> Parsed<Node> {
        self.descent += 1;
        if self.descent > DEPTH_MAX {
            return Err(too_deep(self.token.span));
        }
        let mut left = self.operand(floor)?;
        let mut compared = false;
        while let Some(infix) = self.infix() {
            if infix.binding() < floor {
                break;
            }
            if infix.binding() == binding::COMPARISON {
                if compared {
                    return Err(self.error_here(
                        "comparisons do not chain: write 'a < b and b < c', or parentheses around one of them",
                    ));
                }
                compared = true;
            }
            left = match infix {
                Infix::Binary(operator) => self.binary(left, operator)?,
                Infix::Condition => self.condition(left)?,
            };
        }
        self.descent -= 1;
        Ok(left)
    }

    fn binary(&mut self, left: Node, operator: BinaryOperator) -> Parsed<Node> {
        self.advance()?;
        // All group to the left but powers, whose exponent may have a sign: 2 ** -1, 2 ** 3 ** 2.
        let floor = match operator {
            BinaryOperator::Power => binding::UNARY,
            _ => operator_binding(operator) + 1,
        };
        let right = self.expression(floor)?;
        let span = left.expr.span.to(right.expr.span);
        let depth = left.depth.max(right.depth);
        node(ExprKind::Binary(operator, Box::new(left.expr), Box::new(right.expr)), span, depth)
    }

    /// What the next token does with the operand before it, if anything.
    fn infix(&self) -> Option<Infix> {
        use BinaryOperator as Op;
        let operator = match self.token.kind {
            TokenKind::Symbol(symbol) => match symbol {
                "+" => Op::Add,
                "-" => Op::Subtract,
                "*" => Op::Multiply,
                "/" => Op::Divide,
                "//" => Op::FloorDivide,
                "%" => Op::Remainder,
                "**" => Op::Power,
                "=" | "==" => Op::Equal,
                "<>" | "!=" => Op::NotEqual,
                "<" => Op::Less,
                "<=" => Op::LessOrEqual,
                ">" => Op::Greater,
                ">=" => Op::GreaterOrEqual,
                _ => return None,
            },
            TokenKind::Word if self.at_word("and") => Op::And,
            TokenKind::Word if self.at_word("or") => Op::Or,
            TokenKind::Word => {
                let begins = ["not", "between", "in", "like", "is"].iter().any(|word| self.at_word(word));
                return begins.then_some(Infix::Condition);
            }
            _ => return None,
        };
        Some(Infix::Binary(operator))
    }

    /// Reads the next token and gives it.
    fn advance(&mut self) -> Parsed<Token> {
        let token = self.token;
        self.previous = token.span;
        self.token = self.lexer.next()?;
        Ok(token)
    }

    fn text_of(&self, span: Span) -> &'t str {
        &self.lexer.text[span.start..span.end]
    }

    fn at_symbol(&self, symbol: &str) -> bool {
        matches!(self.token.kind, TokenKind::Symbol(found) if found == symbol)
    }

    fn at_word(&self, word: &str) -> bool {
        self.token.kind == TokenKind::Word && self.text_of(self.token.span).eq_ignore_ascii_case(word)
    }

    /// Reads `symbol` if it is next.
    fn take_symbol(&mut self, symbol: &str) -> Parsed<bool> {
        let there = self.at_symbol(symbol);
        if there {
            self.advance()?;
        }
        Ok(there)
    }

    /// Reads `word` if it is next.
    fn take_word(&mut self, word: &str) -> Parsed<bool> {
        let there = self.at_word(word);
        if there {
            self.advance()?;
        }
        Ok(there)
    }

    fn expect_word(&mut self, word: &str, after: &str) -> Parsed<()> {
        if self.take_word(word)? { Ok(()) } else { Err(self.expected(&format!("'{word}' after {after}"))) }
    }

    /// Reads the `(` that must follow `after`, and says where it stood.
    fn expect_open(&mut self, after: &str) -> Parsed<Span> {
        if !self.at_symbol("(") {
            return Err(self.expected(&format!("'(' after '{after}'")));
        }
        Ok(self.advance()?.span)
    }

    /// Reads the bracket that closes the one at `open`; `or` names what else could stand here.
    fn expect_close(&mut self, open: Span, or: &str) -> Parsed<()> {
        if self.take_symbol(")")? {
            return Ok(());
        }
        let column = column(self.lexer.text, open.start);
        Err(self.expected(&format!("{or}')' to close '(' at column {column}")))
    }

    fn expect_end(&mut self, or: &str) -> Parsed<()> {
        match self.token.kind {
            TokenKind::End => Ok(()),
            TokenKind::Symbol(")") => Err(self.error_here("unexpected ')': no '(' is open")),
            _ => Err(self.expected(&format!("{or} or the end"))),
        }
    }

    /// That something else was expected than what is next.
    fn expected(&self, what: &str) -> ExpressionError {
        let mut reason = format!("expected {what}, found {}", self.found());
        if self.token.kind == TokenKind::Word {
            let word = self.text_of(self.token.span).to_lowercase();
            let near = suggest(&word, INFIX_WORDS).filter(|near| **near != *word);
            if let Some(near) = near.filter(|_| word.len() > 2) {
                reason.push_str(&format!("; did you mean '{near}'?"));
            }
        }
        let before = self.text_of(self.previous);
        if before.ends_with('\'') && self.previous.end == self.token.span.start {
            reason.push_str("; a quote within a text is written twice: 'it\'\'s'");
        }
        self.error_here(reason)
    }

    fn found(&self) -> String {
        match self.token.kind {
            TokenKind::End => "end".to_owned(),
            _ => shortened(self.text_of(self.token.span)),
        }
    }

    fn error_here(&self, reason: impl Into<String>) -> ExpressionError {
        ExpressionError::new(self.token.span, reason)
    }
}

/// A tree over trees of which the deepest is `depth`.
fn node(kind: ExprKind, span: Span, depth: usize) -> Parsed<Node> {
    if depth >= DEPTH_MAX {
        return Err(too_deep(span));
    }
    Ok(Node { expr: Expr { kind, span }, depth: depth + 1 })
}

fn too_deep(span: Span) -> ExpressionError {
    ExpressionError::new(
        span,
        format!(
            "the expression nests deeper than {DEPTH_MAX}: put parentheses around parts of a long chain, as in \
             (a + b) + (c + d), write x = 1 or x = 2 or ... as x in (1, 2, ...), or take fewer parentheses"
        ),
    )
}
