//! An expression that does not parse or bind: one line, which points at the spot.

use super::Span;

/// What is wrong with an expression, and where in its text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct ExpressionError {
    /// The spot.
    pub span: Span,
    /// What was found, what was expected, what to do; names the nearest name where one was not found.
    pub reason: String,
}

impl ExpressionError {
    /// An error at `span`.
    pub fn new(span: Span, reason: impl Into<String>) -> Self {
        Self { span, reason: reason.into() }
    }
}
