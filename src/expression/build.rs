//! Expressions built by calls instead of text.
//!
//! ```
//! use arrcalc::expression::build::{col, lit, mean};
//! use arrcalc::expression::{SelectItem, parse_expression};
//!
//! let late = (col("arr_delay") - col("dep_delay")).gt(15).and(col("carrier").is_in(["UA", "B6"]));
//! assert_eq!(late, parse_expression("arr_delay - dep_delay > 15 and carrier in ('UA', 'B6')")?);
//!
//! let item: SelectItem = mean(col("distance") / lit(1.609)).alias("miles");
//! assert_eq!((item.name(), item.text.as_str()), ("miles", "mean(distance / 1.609)"));
//! # Ok::<(), arrcalc::expression::ExpressionError>(())
//! ```

mod rows;

use std::ops::{Add, Div, Mul, Neg, Not, Rem, Sub};

use super::{BinaryOperator, Expr, ExprKind, Literal, SelectItem, Span, UnaryOperator};

pub use rows::{
    cumcount, cummax, cummin, cumprod, cumsum, diff, lag, lead, move_max, move_mean, move_median, move_min,
    move_std, move_sum, move_var, rank,
};

/// A column by its exact name.
pub fn col(name: impl Into<String>) -> Expr {
    ExprKind::Column(name.into()).into()
}

/// A value: an integer, a float, a truth value or a text.
///
/// A float is its shortest decimal, so that `quantile(x, 0.95)` is at 19/20.
pub fn lit(value: impl Into<Expr>) -> Expr {
    value.into()
}

/// A function or an aggregate by its name.
pub fn call(name: &str, arguments: impl IntoIterator<Item = Expr>) -> Expr {
    let arguments = arguments.into_iter().collect();
    ExprKind::Call { name: name.to_lowercase(), arguments, filter: None }.into()
}

/// The number of rows: `count(*)`.
pub fn count_rows() -> Expr {
    call("count", [ExprKind::Star.into()])
}

/// The quantile at `q` of 0 to 1, linear between neighbours.
pub fn quantile(expr: Expr, q: impl Into<Expr>) -> Expr {
    call("quantile", [expr, q.into()])
}

macro_rules! aggregates {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $($(#[$doc])* pub fn $name(expr: Expr) -> Expr {
            call(stringify!($name), [expr])
        })*
    };
}

aggregates! {
    /// The number of values that are not null.
    count;
    /// The exact sum.
    sum;
    /// The mean, rounded once.
    mean;
    /// The least value.
    min;
    /// The largest value.
    max;
    /// The middle value.
    median;
    /// The variance, with n - 1.
    var;
    /// The standard deviation, with n - 1.
    std;
}

macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident $operator:ident;)*) => {
        $($(#[$doc])* pub fn $name(self, other: impl Into<Expr>) -> Expr {
            binary(BinaryOperator::$operator, self, other.into())
        })*
    };
}

/// What the operators of Rust do not say.
impl Expr {
    comparisons! {
        /// `self > other`.
        gt Greater;
        /// `self >= other`.
        ge GreaterOrEqual;
        /// `self < other`.
        lt Less;
        /// `self <= other`.
        le LessOrEqual;
        /// `self = other`.
        eq Equal;
        /// `self <> other`.
        ne NotEqual;
        /// `self and other`.
        and And;
        /// `self or other`.
        or Or;
        /// `self ** other`.
        pow Power;
        /// `self // other`: floored.
        floor_div FloorDivide;
    }

    /// `self is null`.
    pub fn is_null(self) -> Expr {
        ExprKind::IsNull { value: Box::new(self), negated: false }.into()
    }

    /// `self is nan`.
    pub fn is_nan(self) -> Expr {
        ExprKind::IsNan { value: Box::new(self), negated: false }.into()
    }

    /// `self between low and high`, both included.
    pub fn between(self, low: impl Into<Expr>, high: impl Into<Expr>) -> Expr {
        let (low, high) = (Box::new(low.into()), Box::new(high.into()));
        ExprKind::Between { value: Box::new(self), low, high, negated: false }.into()
    }

    /// `self in (list)`.
    pub fn is_in<T: Into<Expr>>(self, list: impl IntoIterator<Item = T>) -> Expr {
        let list = list.into_iter().map(Into::into).collect();
        ExprKind::In { value: Box::new(self), list, negated: false }.into()
    }

    /// `self like pattern`: `%` any text, `_` one character, `\` escapes.
    pub fn like(self, pattern: impl Into<Expr>) -> Expr {
        ExprKind::Like { value: Box::new(self), pattern: Box::new(pattern.into()), negated: false }.into()
    }

    /// `not self`; the operator `!` does the same.
    #[expect(clippy::should_implement_trait, reason = "it is implemented; the method needs no import")]
    pub fn not(self) -> Expr {
        unary(UnaryOperator::Not, self)
    }

    /// `abs(self)`.
    pub fn abs(self) -> Expr {
        call("abs", [self])
    }

    /// `cast(self as data_type)`, such as `float64`.
    pub fn cast(self, data_type: impl Into<String>) -> Expr {
        ExprKind::Cast { value: Box::new(self), data_type: data_type.into() }.into()
    }

    /// Takes an aggregate over the rows where `predicate` holds; two filters hold both. Anything else is null where
    /// it does not hold.
    pub fn filter(self, predicate: Expr) -> Expr {
        match self.kind {
            ExprKind::Call { name, arguments, filter } => {
                let both = match filter {
                    Some(earlier) => earlier.and(predicate),
                    None => predicate,
                };
                ExprKind::Call { name, arguments, filter: Some(Box::new(both)) }.into()
            }
            _ => ExprKind::Case { operand: None, branches: vec![(predicate, self)], otherwise: None }.into(),
        }
    }

    /// Names it in the output.
    pub fn alias(self, name: impl Into<String>) -> SelectItem {
        SelectItem { alias: Some(name.into()), ..SelectItem::from(self) }
    }
}

fn unary(operator: UnaryOperator, operand: Expr) -> Expr {
    ExprKind::Unary(operator, Box::new(operand)).into()
}

fn binary(operator: BinaryOperator, left: Expr, right: Expr) -> Expr {
    ExprKind::Binary(operator, Box::new(left), Box::new(right)).into()
}

impl From<ExprKind> for Expr {
    fn from(kind: ExprKind) -> Self {
        Self { kind, span: Span::default() }
    }
}

impl From<bool> for Expr {
    fn from(value: bool) -> Self {
        ExprKind::from(value).into()
    }
}

impl From<&str> for Expr {
    fn from(value: &str) -> Self {
        ExprKind::Literal(Literal::Text(value.to_owned())).into()
    }
}

impl From<String> for Expr {
    fn from(value: String) -> Self {
        ExprKind::Literal(Literal::Text(value)).into()
    }
}

impl From<f64> for Expr {
    fn from(value: f64) -> Self {
        let magnitude = value.abs();
        let written = if magnitude.is_nan() {
            "nan".to_owned()
        } else if magnitude.is_infinite() {
            "inf".to_owned()
        } else {
            format!("{magnitude:?}")
        };
        let literal = Expr::from(ExprKind::Literal(Literal::Decimal(written)));
        if value.is_sign_negative() && !value.is_nan() { -literal } else { literal }
    }
}

macro_rules! integers {
    ($($type:ty)*) => {
        $(impl From<$type> for Expr {
            fn from(value: $type) -> Self {
                let negative = i128::from(value) < 0;
                let magnitude = i128::from(value).unsigned_abs();
                let literal = Expr::from(ExprKind::Literal(Literal::Integer(magnitude)));
                if negative { -literal } else { literal }
            }
        })*
    };
}

integers! { i32 i64 u32 u64 }

macro_rules! operators {
    ($($trait:ident $method:ident $operator:ident;)*) => {
        $(impl<T: Into<Expr>> $trait<T> for Expr {
            type Output = Expr;

            fn $method(self, other: T) -> Expr {
                binary(BinaryOperator::$operator, self, other.into())
            }
        })*
    };
}

operators! {
    Add add Add;
    Sub sub Subtract;
    Mul mul Multiply;
    Div div Divide;
    Rem rem Remainder;
}

impl Neg for Expr {
    type Output = Expr;

    fn neg(self) -> Expr {
        unary(UnaryOperator::Negate, self)
    }
}

impl Not for Expr {
    type Output = Expr;

    fn not(self) -> Expr {
        unary(UnaryOperator::Not, self)
    }
}
