//! Trees as text: SQL that parses back into an equal tree, with the fewest parentheses.

use std::fmt::{Display, Formatter, Result, Write};

use super::parse::binding::{NOT, UNARY as SIGN};
use super::parse::{is_plain_type, operator_binding};
use super::syntax::{BinaryOperator, Literal, UnaryOperator};
use super::words::is_plain_name;
use super::{Expr, ExprKind};

/// Binding of what never needs parentheses.
const ATOM: u8 = u8::MAX;
impl Display for Expr {
    /// Canonical text: equal trees have equal texts, whatever they were typed like.
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match &self.kind {
            ExprKind::Column(name) if is_plain_name(name) => f.write_str(name),
            ExprKind::Column(name) => quoted(f, name, '"'),
            ExprKind::Literal(literal) => literal.fmt(f),
            ExprKind::Unary(operator, operand) => unary(f, *operator, operand),
            ExprKind::Binary(operator, left, right) => binary(f, *operator, left, right),
            ExprKind::Between { value, low, high, negated } => {
                at_least(f, value, comparison() + 1)?;
                write!(f, "{} between ", not(*negated))?;
                at_least(f, low, comparison() + 1)?;
                f.write_str(" and ")?;
                at_least(f, high, comparison() + 1)
            }
            ExprKind::In { value, list, negated } => {
                at_least(f, value, comparison() + 1)?;
                write!(f, "{} in (", not(*negated))?;
                separated(f, list)?;
                f.write_char(')')
            }
            ExprKind::InFile { value, location, negated } => {
                at_least(f, value, comparison() + 1)?;
                write!(f, "{} in file(", not(*negated))?;
                quoted(f, location, '\'')?;
                f.write_char(')')
            }
            ExprKind::IsNull { value, negated } => {
                at_least(f, value, comparison() + 1)?;
                write!(f, " is{} null", not(*negated))
            }
            ExprKind::IsNan { value, negated } => {
                at_least(f, value, comparison() + 1)?;
                write!(f, " is{} nan", not(*negated))
            }
            ExprKind::Like { value, pattern, negated } => {
                at_least(f, value, comparison() + 1)?;
                write!(f, "{} like ", not(*negated))?;
                at_least(f, pattern, comparison() + 1)
            }
            ExprKind::Case { operand, branches, otherwise } => {
                f.write_str("case")?;
                if let Some(operand) = operand {
                    write!(f, " {operand}")?;
                }
                for (condition, result) in branches {
                    write!(f, " when {condition} then {result}")?;
                }
                if let Some(otherwise) = otherwise {
                    write!(f, " else {otherwise}")?;
                }
                f.write_str(" end")
            }
            ExprKind::Cast { value, data_type } => {
                write!(f, "cast({value} as ")?;
                if is_plain_type(data_type) {
                    f.write_str(data_type)?;
                } else {
                    quoted(f, data_type, '\'')?;
                }
                f.write_char(')')
            }
            ExprKind::Call { name, arguments, filter } => {
                write!(f, "{name}(")?;
                separated(f, arguments)?;
                f.write_char(')')?;
                match filter {
                    Some(predicate) => write!(f, " filter (where {predicate})"),
                    None => Ok(()),
                }
            }
            ExprKind::Star => f.write_char('*'),
            ExprKind::Columns(pattern) => {
                f.write_str("columns(")?;
                quoted(f, pattern, '\'')?;
                f.write_char(')')
            }
            ExprKind::Slot(index) => write!(f, "#{index}"),
        }
    }
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Literal::Null => f.write_str("null"),
            Literal::Bool(value) => value.fmt(f),
            Literal::Integer(value) => value.fmt(f),
            Literal::Decimal(written) => f.write_str(written),
            Literal::Text(text) => quoted(f, text, '\''),
        }
    }
}

impl Display for BinaryOperator {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            BinaryOperator::Add => "+",
            BinaryOperator::Subtract => "-",
            BinaryOperator::Multiply => "*",
            BinaryOperator::Divide => "/",
            BinaryOperator::FloorDivide => "//",
            BinaryOperator::Remainder => "%",
            BinaryOperator::Power => "**",
            BinaryOperator::Equal => "=",
            BinaryOperator::NotEqual => "<>",
            BinaryOperator::Less => "<",
            BinaryOperator::LessOrEqual => "<=",
            BinaryOperator::Greater => ">",
            BinaryOperator::GreaterOrEqual => ">=",
            BinaryOperator::And => "and",
            BinaryOperator::Or => "or",
        })
    }
}

fn comparison() -> u8 {
    operator_binding(BinaryOperator::Equal)
}

/// How tightly the outermost operator of `expr` binds.
fn binding(expr: &Expr) -> u8 {
    match &expr.kind {
        ExprKind::Unary(UnaryOperator::Not, _) => NOT,
        ExprKind::Unary(..) => SIGN,
        ExprKind::Binary(operator, ..) => operator_binding(*operator),
        ExprKind::Between { .. }
        | ExprKind::In { .. }
        | ExprKind::InFile { .. }
        | ExprKind::IsNull { .. }
        | ExprKind::IsNan { .. }
        | ExprKind::Like { .. } => comparison(),
        _ => ATOM,
    }
}

/// `expr`, in parentheses where it binds less tightly than `floor`.
fn at_least(f: &mut Formatter<'_>, expr: &Expr, floor: u8) -> Result {
    if binding(expr) < floor { write!(f, "({expr})") } else { expr.fmt(f) }
}

fn unary(f: &mut Formatter<'_>, operator: UnaryOperator, operand: &Expr) -> Result {
    match operator {
        UnaryOperator::Not => {
            f.write_str("not ")?;
            return at_least(f, operand, NOT);
        }
        UnaryOperator::Negate => f.write_char('-')?,
        UnaryOperator::Plus => f.write_char('+')?,
    }
    // Two signs side by side: `--` begins a comment.
    at_least(f, operand, SIGN + 1)
}

fn binary(f: &mut Formatter<'_>, operator: BinaryOperator, left: &Expr, right: &Expr) -> Result {
    let own = operator_binding(operator);
    let (left_floor, right_floor) = match operator {
        BinaryOperator::Power => (own + 1, SIGN),
        _ if own == comparison() => (own + 1, own + 1),
        _ => (own, own + 1),
    };
    at_least(f, left, left_floor)?;
    write!(f, " {operator} ")?;
    at_least(f, right, right_floor)
}

fn not(negated: bool) -> &'static str {
    if negated { " not" } else { "" }
}

fn separated(f: &mut Formatter<'_>, list: &[Expr]) -> Result {
    for (index, expr) in list.iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        expr.fmt(f)?;
    }
    Ok(())
}

fn quoted(f: &mut Formatter<'_>, text: &str, quote: char) -> Result {
    f.write_char(quote)?;
    for character in text.chars() {
        if character == quote {
            f.write_char(quote)?;
        }
        f.write_char(character)?;
    }
    f.write_char(quote)
}
