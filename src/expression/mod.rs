//! Expressions over the columns of a table: SQL's scalar syntax, parsed with spans, bound against a schema, evaluated
//! block by block.

mod error;
mod span;
pub mod syntax;

pub use error::ExpressionError;
pub use span::Span;
pub use syntax::{BinaryOperator, Expr, ExprKind, Literal, UnaryOperator};
