//! Trees and tables by hand.

use arrcalc_datasets::text::{is_null, push_value};
use arrcalc_datasets::{Chunk, Column, DataType, Field, Values};
use arrcalc_kernels::{Bits, Level};

use crate::expression::{
    BinaryOperator, Evaluator, Expr, ExprKind, Fault, Literal, Span, UnaryOperator, bind,
};

fn expr(kind: ExprKind) -> Expr {
    Expr { kind, span: Span::default() }
}

pub(super) fn column(name: &str) -> Expr {
    expr(ExprKind::Column(name.into()))
}

pub(super) fn integer(value: u128) -> Expr {
    expr(ExprKind::Literal(Literal::Integer(value)))
}

pub(super) fn decimal(text: &str) -> Expr {
    expr(ExprKind::Literal(Literal::Decimal(text.into())))
}

pub(super) fn quoted(text: &str) -> Expr {
    expr(ExprKind::Literal(Literal::Text(text.into())))
}

pub(super) fn null() -> Expr {
    expr(ExprKind::Literal(Literal::Null))
}

pub(super) fn truth(value: bool) -> Expr {
    expr(ExprKind::Literal(Literal::Bool(value)))
}

pub(super) fn binary(operator: BinaryOperator, a: Expr, b: Expr) -> Expr {
    expr(ExprKind::Binary(operator, Box::new(a), Box::new(b)))
}

pub(super) fn unary(operator: UnaryOperator, a: Expr) -> Expr {
    expr(ExprKind::Unary(operator, Box::new(a)))
}

pub(super) fn call(name: &str, arguments: Vec<Expr>) -> Expr {
    expr(ExprKind::Call { name: name.into(), arguments, filter: None })
}

pub(super) fn cast(value: Expr, data_type: &str) -> Expr {
    expr(ExprKind::Cast { value: Box::new(value), data_type: data_type.into() })
}

pub(super) fn among(value: Expr, list: Vec<Expr>, negated: bool) -> Expr {
    expr(ExprKind::In { value: Box::new(value), list, negated })
}

pub(super) fn case(branches: Vec<(Expr, Expr)>, otherwise: Option<Expr>) -> Expr {
    expr(ExprKind::Case { operand: None, branches, otherwise: otherwise.map(Box::new) })
}

pub(super) fn is_null_of(value: Expr) -> Expr {
    expr(ExprKind::IsNull { value: Box::new(value), negated: false })
}

pub(super) fn like(value: Expr, pattern: &str) -> Expr {
    expr(ExprKind::Like { value: Box::new(value), pattern: Box::new(quoted(pattern)), negated: false })
}

/// Bits of `flags`.
pub(super) fn bits(flags: &[bool]) -> Vec<u8> {
    let mut bytes = vec![0u8; flags.len().div_ceil(8)];
    for (at, _) in flags.iter().enumerate().filter(|(_, flag)| **flag) {
        bytes[at / 8] |= 1 << (at % 8);
    }
    bytes
}

/// A named column of a table.
pub(super) type Named<'a> = (&'a str, DataType, Values<'a>, Option<&'a [bool]>);

/// What `expression` gives for a table, as text, `null` for nulls: the same at every level.
pub(super) fn results(
    expression: &Expr,
    table: &[Named<'_>],
    selected: Option<&[bool]>,
) -> Result<(DataType, Vec<String>), Fault> {
    let fields: Vec<Field> = table
        .iter()
        .map(|(name, data_type, ..)| Field { name: (*name).into(), data_type: data_type.clone() })
        .collect();
    let bound = bind(expression, &fields).unwrap_or_else(|error| panic!("{error}: {expression:?}"));
    let masks: Vec<Option<Vec<u8>>> = table.iter().map(|(.., valid)| valid.map(bits)).collect();
    let rows = table.first().map_or(1, |(_, _, values, _)| values.len());
    let columns = table
        .iter()
        .zip(&masks)
        .map(|((_, _, values, _), mask)| Column {
            values: *values,
            validity: mask.as_ref().map(|mask| Bits::new(mask, 0, rows)),
        })
        .collect();
    let chunk = Chunk { first_row: 0, row_count: rows, columns };
    let selected = selected.map(bits);
    let all: Vec<usize> = (0..table.len()).collect();
    let data_type = bound.data_type().clone();
    let mut answers = Level::available().into_iter().map(|level| {
        let mut evaluator = Evaluator::new(std::slice::from_ref(&bound), &all);
        let selected = selected.as_ref().map(|bytes| Bits::new(bytes, 0, rows));
        // Twice: what an earlier block left behind must not show.
        let first =
            evaluator.evaluate(level, &chunk, selected).map(|columns| text_of(&columns[0], &data_type));
        let again =
            evaluator.evaluate(level, &chunk, selected).map(|columns| text_of(&columns[0], &data_type));
        assert_eq!(first, again);
        again
    });
    let answer = answers.next().expect("a level");
    answers.for_each(|other| assert_eq!(other, answer, "{expression:?}"));
    answer.map(|rows| (data_type, rows))
}

fn text_of(column: &Column<'_>, data_type: &DataType) -> Vec<String> {
    (0..column.values.len())
        .map(|row| {
            let mut out = String::new();
            if is_null(column, row) {
                out.push_str("null");
            } else {
                push_value(&mut out, &column.values, row, data_type);
            }
            out
        })
        .collect()
}

/// The one value of an expression without columns.
pub(super) fn constant(expression: &Expr) -> String {
    results(expression, &[], None).map_or_else(|fault| fault.reason, |(_, rows)| rows[0].clone())
}
