//! Trees of expressions rewritten before names are bound.

use crate::expression::{Expr, ExprKind};

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

/// Replaces, from the top down, every part for which `replacement` has one; what it puts in is not looked through.
pub(super) fn replace(expr: &mut Expr, replacement: &mut dyn FnMut(&Expr) -> Option<Expr>) {
    if let Some(mut new) = replacement(expr) {
        new.span = expr.span;
        *expr = new;
    } else {
        children_mut(expr).into_iter().for_each(|child| replace(child, replacement));
    }
}
