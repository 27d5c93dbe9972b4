//! A request as its table reads it: words that are columns, and keys that stand for values of the select list.

use std::borrow::Cow;

use arrcalc_datasets::Field;

use crate::aggregate::Call;
use crate::expression::{Expr, ExprKind, ExpressionError, Literal, SelectItem};

use super::rewrite::{placed, replace};
use super::{Clause, PlanError, Request};

/// `request` over a table of `fields`.
pub(super) fn read<'r>(request: &'r Request, fields: &[Field]) -> Result<Cow<'r, Request>, PlanError> {
    let mut request = Cow::Borrowed(request);
    let is_word = |field: &Field| ["nan", "inf"].iter().any(|word| field.name.eq_ignore_ascii_case(word));
    if fields.iter().any(is_word) {
        expressions(request.to_mut()).for_each(|expr| name_columns(expr, fields));
    }
    for index in 0..request.by.len() {
        if let Some((expr, alias)) = selected(&request, index, fields)? {
            let item = &mut request.to_mut().by[index].item;
            (item.expr, item.alias) = (expr, Some(alias));
        }
    }
    Ok(request)
}

fn expressions(request: &mut Request) -> impl Iterator<Item = &mut Expr> {
    let Request { select, predicate, by, having, order_by, .. } = request;
    (select.iter_mut().map(|item| &mut item.expr))
        .chain(predicate)
        .chain(by.iter_mut().map(|key| &mut key.item.expr))
        .chain(having)
        .chain(order_by.iter_mut().map(|key| &mut key.expr))
}

/// Makes columns of the words `nan` and `inf` where columns are called so.
fn name_columns(expr: &mut Expr, fields: &[Field]) {
    replace(expr, &mut |part| {
        let field = part.float_word(fields.iter().map(|field| field.name.as_str()))?;
        Some(Expr { kind: ExprKind::Column(fields[field].name.clone()), span: part.span })
    });
}

/// What key `index` stands for where it is the name of a value of the select list and of no column, or a whole number by
/// itself: the value, counted from 1. With it the key's name.
fn selected(request: &Request, index: usize, fields: &[Field]) -> Result<Option<(Expr, String)>, PlanError> {
    let key = &request.by[index].item;
    let span = key.expr.span;
    let error = |reason: String| Err(Clause::By.error(ExpressionError::new(span, reason)));
    let item = match (&key.expr.kind, &key.alias) {
        (ExprKind::Column(name), _) if !fields.iter().any(|field| field.name == *name) => {
            request.select.iter().find(|item| item.alias.as_ref() == Some(name))
        }
        // A number with a name is one group of all rows.
        (ExprKind::Literal(Literal::Integer(number)), None) => {
            let count = request.select.len();
            let Some(place) = usize::try_from(*number).ok().filter(|place| (1..=count).contains(place))
            else {
                let reason = match count {
                    0 => "a number stands for a value of the select list, and there is none: write the key itself".into(),
                    1 => format!("the select list has 1 value: {number} stands for none of them"),
                    count => format!("the select list has {count} values: {number} stands for none of them"),
                };
                return error(reason);
            };
            if let Some(many) = request.select[..place].iter().find(|item| is_many(item, fields)) {
                let reason = format!(
                    "{} is several values, so that {number} is not told: write the key itself",
                    many.text
                );
                return error(reason);
            }
            request.select.get(place - 1)
        }
        _ => None,
    };
    let name = |item: &SelectItem| key.alias.clone().unwrap_or_else(|| item.name().to_owned());
    Ok(item.map(|item| (placed(&item.expr, span), name(item))))
}

/// Whether `item` stands for any number of columns.
fn is_many(item: &SelectItem, fields: &[Field]) -> bool {
    let is_bare = |word: &str| Call::is_bare(word) && !fields.iter().any(|field| field.name == word);
    matches!(item.expr.kind, ExprKind::Star)
        || item.word().is_some_and(is_bare)
        || item.expr.any(&|part| matches!(part.kind, ExprKind::Columns(_)))
}
