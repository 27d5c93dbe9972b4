//! Whole selects, and what they refuse by name.

use super::super::{parse_expression, parse_keys, parse_order, parse_select, parse_statement};

#[test]
fn a_statement_is_its_parts() {
    let select = parse_statement(
        "SELECT carrier, mean(dep_delay) filter (where x) AS d FROM 'a b.parquet'\nWHERE distance > 1_000 \
         GROUP BY carrier, -month HAVING count(*) > 10 ORDER BY -d, carrier nulls first LIMIT 1_0 OFFSET 5 ;",
    )
    .unwrap();
    assert_eq!(select.items, parse_select("carrier, mean(dep_delay) filter (where x) as d").unwrap());
    assert_eq!(select.source, "a b.parquet");
    assert_eq!(select.predicate, Some(parse_expression("distance > 1000").unwrap()));
    assert_eq!(select.keys, parse_keys("carrier, -month").unwrap());
    assert_eq!(select.having, Some(parse_expression("count(*) > 10").unwrap()));
    assert_eq!(select.order, parse_order("-d, carrier nulls first").unwrap());
    assert_eq!((select.limit, select.offset), (Some(10), 5));
    let select = parse_statement("select * from f").unwrap();
    assert_eq!((select.limit, select.offset, select.predicate), (None, 0, None));
    assert_eq!(parse_statement("select * from f offset 3 limit 2").unwrap().limit, Some(2));
}

#[test]
fn tables_stand_in_quotes_or_bare() {
    for (written, source) in [
        ("'it''s.csv'", "it's.csv"),
        ("\"a b\"", "a b"),
        ("flights.parquet", "flights.parquet"),
        ("../data/part-*.csv.gz", "../data/part-*.csv.gz"),
        ("/tmp/x--y//z.npy", "/tmp/x--y//z.npy"),
        ("file.npz:member", "file.npz:member"),
        ("/* here */ -", "-"),
        ("2013.csv", "2013.csv"),
    ] {
        for rest in ["", " where x", ";"] {
            let select = parse_statement(&format!("select x from {written}{rest}")).unwrap();
            assert_eq!(select.source, source, "{written}{rest}");
            assert_eq!(select.predicate.is_some(), rest.contains("where"));
        }
    }
}

#[test]
fn what_is_not_taken_is_refused_by_name_at_its_spot() {
    for (text, spot, reason) in [
        ("selec x from f", "selec x", "expected 'select', found 'selec'"),
        ("with t as (select 1) select x from t", "with", "'with' is not taken"),
        ("select distinct x from f", "distinct", "'select distinct' is not taken"),
        ("select x from f, g", ", g", "one table only"),
        ("select x from f join g on a = b", "join", "joins are not taken"),
        ("select x from 'f' left join g", "left", "joins are not taken"),
        ("select x from (select y from f)", "(select", "subqueries are not taken"),
        ("select x from f where y in (select z)", "select z", "expected a value after '(', found 'select'"),
        ("select x, sum(y) over (z) from f", "over", "window functions with 'over' are not taken"),
        ("select x from f union select y from g", "union", "two selects in one are not taken"),
        ("select x from f as t", "as t", "a table has no other name here"),
        (
            "select x from f limit 3 where y",
            "where",
            "this comes too late or twice: the order is select, from",
        ),
        ("select x from f limit -3", "-3", "expected a number of rows after 'limit', found '-'"),
        ("select x from f limit 1.5", "1.5", "expected a number of rows after 'limit', found '1.5'"),
        ("select x from f group x", "x", "expected 'by' after 'group', found 'x'"),
        ("select x", "", "expected an operator, ',', 'as' or 'from', found end"),
        ("select from f", "from", "expected a value after 'select', found 'from'"),
        ("select x from", "", "expected a file in quotes after 'from', found end"),
        ("select x from ''", "''", "the file after 'from' has an empty name"),
        ("select x from f; select y", "select y", "this comes too late or twice"),
        ("select x from f where a b", "b", "expected an operator, the next clause or the end, found 'b'"),
    ] {
        let error = parse_statement(text).unwrap_err();
        assert!(error.reason.starts_with(reason), "{text}: {}", error.reason);
        let at = if spot.is_empty() { text.len() } else { text.rfind(spot).unwrap() };
        assert_eq!(error.span.start, at, "{text}: {}", error.reason);
    }
}
