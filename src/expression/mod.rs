//! Expressions over the columns of a table: SQL's scalar syntax, parsed with spans, bound against a schema, evaluated
//! block by block.

pub mod bind;
mod bounds;
pub mod build;
mod error;
pub mod evaluate;
mod lex;
mod number;
mod parse;
mod parts;
mod report;
mod row_functions;
mod select;
mod span;
mod suggest;
pub mod syntax;
#[cfg(test)]
mod tests;
mod text;
mod words;

pub(crate) use bind::refused_field;
pub use bind::{Bound, Files, Scalar, bind, bind_with};
pub use error::ExpressionError;
pub(crate) use evaluate::float_of;
pub use evaluate::{Evaluator, Fault, Floats, Packed, select};
pub(crate) use lex::{Lexer, Token, TokenKind, unquoted};
pub(crate) use number::value as number_value;
pub use parse::{
    DEPTH_MAX, TEXT_BYTES_MAX, parse_expression, parse_keys, parse_order, parse_select, parse_statement,
};
pub use report::{render, render_with_caret};
pub use row_functions::ROW_FUNCTIONS;
pub(crate) use row_functions::is_row_function;
pub use select::{GroupKey, OrderKey, SelectItem, Statement};
pub use span::Span;
pub use suggest::suggest;
pub use syntax::{BinaryOperator, Expr, ExprKind, Literal, UnaryOperator};
