//! Select lists, group keys, order keys.

use super::super::{ExprKind, OrderKey, parse_expression, parse_keys, parse_order, parse_select};

#[test]
fn items_have_the_name_that_was_given_or_typed() {
    let text = "a, \"b c\", mean(x) as m, sum( y ) \"the sum\", z = 1, w w2, *, (a+b) * 2, count(*) AS group";
    let items = parse_select(text).unwrap();
    let names: Vec<_> = items.iter().map(|item| item.name()).collect();
    assert_eq!(names, ["a", "b c", "m", "the sum", "z = 1", "w2", "*", "(a+b) * 2", "group"]);
    assert_eq!(items[3].text, "sum( y )");
    assert_eq!(items[4].expr, parse_expression("z = 1").unwrap());
    assert_eq!(items[6].expr.kind, ExprKind::Star);
}

#[test]
fn bare_aggregate_names_stay_columns() {
    let items = parse_select("mean,std").unwrap();
    assert_eq!(items[1].expr.kind, ExprKind::Column("std".to_owned()));
}

#[test]
fn lists_that_do_not_parse_point_at_the_spot() {
    for (text, start, reason) in [
        ("", 0, "expected a value, found end"),
        ("a,", 2, "expected a value after ',', found end"),
        ("a, , b", 3, "expected a value after ',', found ','"),
        ("a b c", 4, "expected an operator, ',', 'as' or the end, found 'c'"),
        ("a as", 4, "expected a name after 'as', found end"),
        ("a as 'b'", 5, "a name stands in double quotes; single quotes are around texts"),
        ("a from b", 2, "expected an operator, ',', 'as' or the end, found 'from'"),
        ("* as b", 2, "expected an operator, ',', 'as' or the end, found 'as'"),
        ("a, b)", 4, "unexpected ')': no '(' is open"),
    ] {
        let error = parse_select(text).unwrap_err();
        assert_eq!((error.span.start, error.reason.as_str()), (start, reason), "{text}");
    }
}

#[test]
fn a_minus_before_the_whole_key_means_descending() {
    let key = |text: &str, descending, nulls_first| OrderKey {
        expr: parse_expression(text).unwrap(),
        descending,
        nulls_first,
    };
    for (text, expected) in [
        ("x", key("x", false, false)),
        ("-x", key("x", true, false)),
        ("- mean(x)", key("mean(x)", true, false)),
        ("-x ** 2", key("x ** 2", true, false)),
        ("-x + y", key("-x + y", false, false)),
        ("(-x)", key("-x", false, false)),
        ("x DESC", key("x", true, false)),
        ("x asc nulls first", key("x", false, true)),
        ("-x nulls first", key("x", true, true)),
        ("x desc nulls last", key("x", true, false)),
    ] {
        assert_eq!(parse_order(text).unwrap(), [expected], "{text}");
    }
    assert_eq!(parse_order("a, -b, c desc").unwrap().len(), 3);
}

#[test]
fn keys_have_an_order_and_a_name() {
    let keys = parse_keys("region, -month( t ) as m, year(t) desc, x as y nulls first, a b").unwrap();
    let names: Vec<_> = keys.iter().map(|key| key.item.name()).collect();
    assert_eq!(names, ["region", "m", "year(t)", "y", "b"]);
    assert_eq!(keys[1].item.text, "month( t )");
    let orders: Vec<_> = keys.iter().map(|key| (key.descending, key.nulls_first)).collect();
    assert_eq!(orders, [(false, false), (true, false), (true, false), (false, true), (false, false)]);
}

#[test]
fn orders_that_do_not_parse_point_at_the_spot() {
    for (text, start, reason) in [
        ("-x desc", 3, "the '-' before the key already means 'desc': leave one of them out"),
        ("x nulls", 7, "expected 'first' or 'last' after 'nulls', found end"),
        ("x desc y", 7, "expected an operator, ',', 'desc' or the end, found 'y'"),
    ] {
        let error = parse_order(text).unwrap_err();
        assert_eq!((error.span.start, error.reason.as_str()), (start, reason), "{text}");
    }
}
