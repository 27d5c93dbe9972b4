//! Tests of the expression language.

mod built;
mod errors;
mod grammar;
mod hostile;
mod lists;
mod round_trip;
mod statements;

use super::{Expr, ExpressionError, parse_expression};

/// The tree of a text that parses.
fn parsed(text: &str) -> Expr {
    parse_expression(text).unwrap_or_else(|error| panic!("{text}: {}", super::render(text, &error)))
}

/// What is wrong with a text that does not parse.
fn refused(text: &str) -> ExpressionError {
    match parse_expression(text) {
        Ok(expr) => panic!("{text} parses as {expr}"),
        Err(error) => error,
    }
}
