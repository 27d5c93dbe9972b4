//! What one item of a select list stands for: `*`, `columns('regex')` and bare names of aggregates are many columns.

use arrcalc_datasets::Field;
use regex_lite::Regex;

use crate::aggregate::Call;
use crate::expression::{Expr, ExprKind, ExpressionError, GroupKey, Span};

use super::aggregates::is_named;
use super::names::quoted;
use super::rewrite::replace;
use super::{Clause, PlanError, Request};

/// A column of the answer, not yet looked up.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) expr: Expr,
    pub(super) name: String,
    /// Whether the name was given by `as`.
    pub(super) is_alias: bool,
}

/// The items of `request` over a table of `fields`, keys included where they stand first.
pub(super) fn items(request: &Request, fields: &[Field]) -> Result<Vec<Item>, PlanError> {
    let mut items = Vec::new();
    for asked in &request.select {
        let item =
            Item { expr: asked.expr.clone(), name: asked.name().to_owned(), is_alias: asked.alias.is_some() };
        let span = asked.expr.span;
        let aggregate = asked.word().filter(|word| is_bare_aggregate(word, fields));
        match (&asked.expr.kind, aggregate) {
            (ExprKind::Star, _) => items.extend(fields.iter().map(|field| column(&field.name, span))),
            (_, Some(name)) => {
                // The one alias of many gets numbers later on.
                let of = |field: &Field| Item {
                    expr: call(name, &field.name, span),
                    name: asked.alias.clone().unwrap_or_else(|| format!("{name}({})", quoted(&field.name))),
                    is_alias: item.is_alias,
                };
                let is_key = |field: &Field| {
                    request.by.iter().any(|key| key.item.expr.kind == ExprKind::Column(field.name.clone()))
                };
                let columns = fields.iter().filter(|field| field.data_type.is_numeric() && !is_key(field));
                let before = items.len();
                items.extend(columns.map(of));
                if items.len() == before {
                    let reason =
                        format!("{name} without an argument is of every numeric column: there is none");
                    return Err(Clause::Select.error(ExpressionError::new(span, reason)));
                }
            }
            _ if asked.expr.any(&|part| matches!(part.kind, ExprKind::Columns(_))) => {
                items.extend(matching(&item, asked.expr.span.start, fields)?);
            }
            _ => items.push(item),
        }
    }
    if request.select.is_empty() {
        items = match request.by.is_empty() {
            true => fields.iter().map(|field| column(&field.name, Span::default())).collect(),
            false => vec![Item { expr: count(), name: "count".into(), is_alias: false }],
        };
    }
    if request.keys_first {
        let key = |key: &GroupKey| Item {
            expr: key.item.expr.clone(),
            name: key.item.name().to_owned(),
            is_alias: key.item.alias.is_some(),
        };
        let is_key = |item: &Item, key: &GroupKey| item.expr == key.item.expr || is_named(&item.expr, key);
        let is_absent = |key: &&GroupKey| !items.iter().any(|item| is_key(item, key));
        let mut first: Vec<Item> = request.by.iter().filter(is_absent).map(key).collect();
        first.append(&mut items);
        items = first;
    }
    Ok(items)
}

/// Whether `name` is an aggregate and no column.
fn is_bare_aggregate(name: &str, fields: &[Field]) -> bool {
    Call::is_bare(name) && !fields.iter().any(|field| field.name == name)
}

fn expr(kind: ExprKind) -> Expr {
    Expr { kind, span: Span::default() }
}

/// Column `name`, for what stands at `span`.
fn column(name: &str, span: Span) -> Item {
    Item { expr: Expr { kind: ExprKind::Column(name.into()), span }, name: name.into(), is_alias: false }
}

/// `aggregate` of column `of`, for what stands at `span`.
fn call(aggregate: &str, of: &str, span: Span) -> Expr {
    let arguments = vec![Expr { kind: ExprKind::Column(of.into()), span }];
    Expr { kind: ExprKind::Call { name: aggregate.into(), arguments, filter: None }, span }
}

/// `count(*)`.
fn count() -> Expr {
    expr(ExprKind::Call { name: "count".into(), arguments: vec![expr(ExprKind::Star)], filter: None })
}

/// `item` once for each column that its `columns('regex')` matches.
fn matching(item: &Item, start: usize, fields: &[Field]) -> Result<Vec<Item>, PlanError> {
    let mut patterns = Vec::new();
    let mut look = |part: &Expr| {
        if let ExprKind::Columns(pattern) = &part.kind {
            patterns.push((pattern.clone(), part.span));
        }
        None
    };
    replace(&mut item.expr.clone(), &mut look);
    patterns.sort_by_key(|(_, span)| span.start);
    let (pattern, span) = patterns[0].clone();
    let error = |reason: String| Clause::Select.error(ExpressionError::new(span, reason));
    if let Some((_, other)) = patterns.iter().find(|(other, _)| *other != pattern) {
        let reason = "one expression takes one columns('...')";
        return Err(Clause::Select.error(ExpressionError::new(*other, reason)));
    }
    // Anchored: the whole name matches.
    let regex = Regex::new(&format!("^(?:{pattern})$"))
        .map_err(|reason| error(format!("'{pattern}' is not a regular expression: {reason}")))?;
    let matched: Vec<&Field> = fields.iter().filter(|field| regex.is_match(&field.name)).collect();
    if matched.is_empty() {
        return Err(error(format!("no column matches '{pattern}'")));
    }
    let of = |field: &&Field| {
        let mut one = item.clone();
        replace(&mut one.expr, &mut |part| {
            matches!(part.kind, ExprKind::Columns(_)).then(|| expr(ExprKind::Column(field.name.clone())))
        });
        // The text with the column's name in place of each pattern, from the last on; aliases get numbers later on.
        for (_, span) in patterns.iter().rev().filter(|_| !item.is_alias) {
            let place = span.start.saturating_sub(start)..span.end.saturating_sub(start);
            if one.name.get(place.clone()).is_some() {
                one.name.replace_range(place, &quoted(&field.name));
            }
        }
        if matches!(item.expr.kind, ExprKind::Columns(_)) && !item.is_alias {
            one.name = field.name.clone();
        }
        one
    };
    Ok(matched.iter().map(of).collect())
}
