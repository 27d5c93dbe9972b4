//! Trees of expressions rewritten before names are bound.

use crate::expression::{Expr, ExprKind, Span};

/// As [`Expr::children`], to be changed.
fn children_mut(expr: &mut Expr) -> Vec<&mut Expr> {
    match &mut expr.kind {
        ExprKind::Column(_)
        | ExprKind::Literal(_)
        | ExprKind::Star
        | ExprKind::Columns(_)
        | ExprKind::Slot(_) => vec![],
        ExprKind::Unary(_, value)
        | ExprKind::InFile { value, .. }
        | ExprKind::IsNull { value, .. }
        | ExprKind::IsNan { value, .. }
        | ExprKind::Cast { value, .. } => vec![value],
        ExprKind::Binary(_, left, right) => vec![left, right],
        ExprKind::Between { value, low, high, .. } => vec![value, low, high],
        ExprKind::In { value, list, .. } => std::iter::once(&mut **value).chain(list).collect(),
        ExprKind::Like { value, pattern, .. } => vec![value, pattern],
        ExprKind::Case { operand, branches, otherwise } => operand
            .as_deref_mut()
            .into_iter()
            .chain(branches.iter_mut().flat_map(|(condition, result)| [condition, result]))
            .chain(otherwise.as_deref_mut())
            .collect(),
        ExprKind::Call { arguments, filter, .. } => {
            arguments.iter_mut().chain(filter.as_deref_mut()).collect()
        }
    }
}

/// `expr` as if all of it stood at `span`: in a clause that has another text than the one it was typed in.
pub(super) fn placed(expr: &Expr, span: Span) -> Expr {
    fn place(expr: &mut Expr, span: Span) {
        expr.span = span;
        children_mut(expr).into_iter().for_each(|child| place(child, span));
    }
    let mut expr = expr.clone();
    place(&mut expr, span);
    expr
}

/// Replaces, from the top down, every part for which `replacement` has one; what it puts in is not looked through.
pub(super) fn replace(expr: &mut Expr, replacement: &mut dyn FnMut(&Expr) -> Option<Expr>) {
    if let Some(mut new) = replacement(expr) {
        new.span = expr.span;
        *expr = new;
    } else {
        children_mut(expr).into_iter().for_each(|child| replace(child, replacement));
    }
}
