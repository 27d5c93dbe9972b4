//! Expressions over the columns of a table: SQL's scalar syntax, parsed with spans, bound against a schema, evaluated
//! block by block.

pub mod bind;
mod error;
pub mod evaluate;
mod span;
pub mod syntax;

pub use bind::{Bound, Files, Scalar, bind, bind_with};
pub use error::ExpressionError;
pub use evaluate::{Evaluator, Fault, Packed, select};
pub use span::Span;
pub use syntax::{BinaryOperator, Expr, ExprKind, Literal, UnaryOperator};
