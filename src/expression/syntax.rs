//! The tree of an expression as written: names are not looked up yet and nothing has a type.

use super::Span;

/// An expression and where it stands.
///
/// Equality is of structure: spans do not count, so that `x + 1` in a select list is found among the group keys.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands in its text; empty for expressions built by calls.
    pub span: Span,
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// The forms of expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A column by its exact name.
    Column(String),
    /// A value as written.
    Literal(Literal),
    /// `-x`, `+x`, `not x`.
    Unary(UnaryOperator, Box<Expr>),
    /// `x + y`, `x and y` ...
    Binary(BinaryOperator, Box<Expr>, Box<Expr>),
    /// `value [not] between low and high`.
    Between {
        /// The value.
        value: Box<Expr>,
        /// Lower bound, included.
        low: Box<Expr>,
        /// Upper bound, included.
        high: Box<Expr>,
        /// `not between`.
        negated: bool,
    },
    /// `value [not] in (a, b, ...)`.
    In {
        /// The value.
        value: Box<Expr>,
        /// What it may be.
        list: Vec<Expr>,
        /// `not in`.
        negated: bool,
    },
    /// `value [not] in file('ids.npy')`.
    InFile {
        /// The value.
        value: Box<Expr>,
        /// The file's location: a table of one column.
        location: String,
        /// `not in`.
        negated: bool,
    },
    /// `value is [not] null`.
    IsNull {
        /// The value.
        value: Box<Expr>,
        /// `is not null`.
        negated: bool,
    },
    /// `value is [not] nan`.
    IsNan {
        /// The value.
        value: Box<Expr>,
        /// `is not nan`.
        negated: bool,
    },
    /// `value [not] like pattern`: `%` any text, `_` one character, `\` escapes.
    Like {
        /// The text.
        value: Box<Expr>,
        /// The pattern.
        pattern: Box<Expr>,
        /// `not like`.
        negated: bool,
    },
    /// `case [operand] when a then b ... [else c] end`.
    Case {
        /// What the conditions are compared with; `None`: they are predicates.
        operand: Option<Box<Expr>>,
        /// Conditions and results, in order.
        branches: Vec<(Expr, Expr)>,
        /// `else`; `None`: null.
        otherwise: Option<Box<Expr>>,
    },
    /// `cast(value as type)`; the name as written, looked up when the expression is bound.
    Cast {
        /// The value.
        value: Box<Expr>,
        /// The type's name, such as `float64` or `timestamp[us]`.
        data_type: String,
    },
    /// `name(arguments) [filter (where predicate)]`: a function of rows or an aggregate; `count(distinct x)` parses as
    /// `count_distinct(x)`.
    Call {
        /// The function's name, in lower case.
        name: String,
        /// Its arguments.
        arguments: Vec<Expr>,
        /// Rows an aggregate is taken over.
        filter: Option<Box<Expr>>,
    },
    /// `*` in `count(*)` and `select *`.
    Star,
    /// `columns('regex')`: every column whose whole name matches.
    Columns(String),
    /// Column `n` of an intermediate table: what a query puts where an aggregate or a group key stood. Never parsed.
    Slot(usize),
}

/// A value as written.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// An integer, without a sign (`-3` is a negation).
    Integer(u128),
    /// A number with a point or an exponent, as written but without `_`: `0.95` is 19/20 where that counts. `nan` and
    /// `inf` are written so too.
    Decimal(String),
    /// A quoted text.
    Text(String),
}

impl Expr {
    /// The one of `names`, by index, that the word `nan` or `inf` stands for where it is typed and one is called so, in
    /// any case. What was built by calls is the float.
    pub(crate) fn float_word<'n>(&self, mut names: impl Iterator<Item = &'n str>) -> Option<usize> {
        match &self.kind {
            ExprKind::Literal(Literal::Decimal(word)) if self.span.start < self.span.end => {
                word.starts_with(|first: char| first.is_ascii_alphabetic()).then_some(())?;
                names.position(|name| name.eq_ignore_ascii_case(word))
            }
            _ => None,
        }
    }
}

/// Operators of one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOperator {
    /// `-x`.
    Negate,
    /// `+x`.
    Plus,
    /// `not x`.
    Not,
}

/// Operators of two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOperator {
    /// `x + y`.
    Add,
    /// `x - y`.
    Subtract,
    /// `x * y`.
    Multiply,
    /// `x / y`: division of floats.
    Divide,
    /// `x // y`: floored.
    FloorDivide,
    /// `x % y`: has the sign of `y`.
    Remainder,
    /// `x ** y`: right-associative, binds over a minus before it.
    Power,
    /// `x = y`, `x == y`.
    Equal,
    /// `x <> y`, `x != y`.
    NotEqual,
    /// `x < y`.
    Less,
    /// `x <= y`.
    LessOrEqual,
    /// `x > y`.
    Greater,
    /// `x >= y`.
    GreaterOrEqual,
    /// `x and y`.
    And,
    /// `x or y`.
    Or,
}
