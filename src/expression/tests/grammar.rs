//! Every rule of the grammar, by trees that are written with all their parentheses or built by hand.

use super::super::syntax::{BinaryOperator as Op, ExprKind, Literal, UnaryOperator};
use super::super::{Expr, Span};
use super::parsed;

fn expr(kind: ExprKind) -> Expr {
    Expr { kind, span: Span::default() }
}

fn column(name: &str) -> Expr {
    expr(ExprKind::Column(name.to_owned()))
}

fn integer(value: u128) -> Expr {
    expr(ExprKind::Literal(Literal::Integer(value)))
}

fn decimal(written: &str) -> Expr {
    expr(ExprKind::Literal(Literal::Decimal(written.to_owned())))
}

fn text(text: &str) -> Expr {
    expr(ExprKind::Literal(Literal::Text(text.to_owned())))
}

fn binary(operator: Op, left: Expr, right: Expr) -> Expr {
    expr(ExprKind::Binary(operator, Box::new(left), Box::new(right)))
}

fn unary(operator: UnaryOperator, operand: Expr) -> Expr {
    expr(ExprKind::Unary(operator, Box::new(operand)))
}

fn called(name: &str, arguments: Vec<Expr>) -> Expr {
    expr(ExprKind::Call { name: name.to_owned(), arguments, filter: None })
}

#[test]
fn operators_bind_as_their_parentheses_say() {
    for (bare, explicit) in [
        ("a or b and c", "a or (b and c)"),
        ("a and b or c", "(a and b) or c"),
        ("not a and b", "(not a) and b"),
        ("not a = b", "not (a = b)"),
        ("not not a or b", "(not (not a)) or b"),
        ("a and not b = c or d", "(a and (not (b = c))) or d"),
        ("a + b < c * d", "(a + b) < (c * d)"),
        ("a - b - c", "(a - b) - c"),
        ("a / b * c // d % e", "(((a / b) * c) // d) % e"),
        ("a + b * c", "a + (b * c)"),
        ("-a * b", "(-a) * b"),
        ("-2 ** 2", "-(2 ** 2)"),
        ("2 ** -1", "2 ** (-1)"),
        ("2 ** -3 ** 2 * 5", "(2 ** (-(3 ** 2))) * 5"),
        ("a ** b ** c", "a ** (b ** c)"),
        ("+-a ** b", "+(-(a ** b))"),
        ("a - -b", "a - (-b)"),
        ("-x::int64", "-(cast(x as int64))"),
        ("a ** b::int64", "a ** cast(b as int64)"),
        ("a + b between c - 1 and d * 2 and e", "((a + b) between (c - 1) and (d * 2)) and e"),
        ("not a between b and c", "not (a between b and c)"),
        ("a in (1, 2) or b is null", "(a in (1, 2)) or (b is null)"),
        ("a like 'x%' and b", "(a like 'x%') and b"),
        ("(a = b) = c", "((a = b)) = (c)"),
        ("a = (b is null)", "a = ((b is null))"),
        ("a == b", "a = b"),
        ("a != b", "a <> b"),
        ("case a when 1 then 2 end + 1", "(case a when 1 then 2 end) + 1"),
    ] {
        assert_eq!(parsed(bare), parsed(explicit), "{bare}");
    }
}

#[test]
fn trees_are_what_was_written() {
    assert_eq!(
        parsed("-x + 1 * y"),
        binary(
            Op::Add,
            unary(UnaryOperator::Negate, column("x")),
            binary(Op::Multiply, integer(1), column("y"))
        )
    );
    assert_eq!(
        parsed("a ** b ** c"),
        binary(Op::Power, column("a"), binary(Op::Power, column("b"), column("c")))
    );
    for (symbol, operator) in [
        ("-", Op::Subtract),
        ("/", Op::Divide),
        ("//", Op::FloorDivide),
        ("%", Op::Remainder),
        ("=", Op::Equal),
        ("<>", Op::NotEqual),
        ("<", Op::Less),
        ("<=", Op::LessOrEqual),
        (">", Op::Greater),
        (">=", Op::GreaterOrEqual),
        ("AND", Op::And),
        ("Or", Op::Or),
    ] {
        assert_eq!(parsed(&format!("x {symbol} y")), binary(operator, column("x"), column("y")));
    }
}

#[test]
fn numbers_are_kept_as_written_but_for_their_separators() {
    for (written, value) in [
        ("0", 0),
        ("007", 7),
        ("1_000_000", 1_000_000),
        ("0xFF", 255),
        ("0Xff_ff", 65_535),
        ("0x1e", 30),
        ("340282366920938463463374607431768211455", u128::MAX),
    ] {
        assert_eq!(parsed(written), integer(value), "{written}");
    }
    for (written, kept) in [
        ("0.95", "0.95"),
        (".5", ".5"),
        ("5.", "5."),
        ("1_0.2_5", "10.25"),
        ("1e5", "1e5"),
        ("1.5E-3", "1.5E-3"),
        ("1e+1_0", "1e+10"),
        ("NaN", "nan"),
        ("INF", "inf"),
    ] {
        assert_eq!(parsed(written), decimal(kept), "{written}");
    }
    assert_eq!(parsed("0x1e-5"), binary(Op::Subtract, integer(30), integer(5)));
    assert_eq!(parsed("1e5-3"), binary(Op::Subtract, decimal("1e5"), integer(3)));
}

#[test]
fn names_and_texts_lose_their_quotes() {
    assert_eq!(parsed("\"dep \"\"x\"\" delay\""), column("dep \"x\" delay"));
    assert_eq!(parsed("`a``b\"`"), column("a`b\""));
    assert_eq!(parsed("\"null\""), column("null"));
    assert_eq!(parsed("Größe_2"), column("Größe_2"));
    assert_eq!(parsed("'it''s -- \"so\"'"), text("it's -- \"so\""));
    assert_eq!(parsed("''"), text(""));
    assert_eq!(parsed("Null"), expr(ExprKind::Literal(Literal::Null)));
    assert_eq!(parsed("TRUE"), expr(ExprKind::Literal(Literal::Bool(true))));
}

#[test]
fn words_of_clauses_may_name_columns() {
    for name in
        ["group", "order", "end", "desc", "limit", "date", "filter", "left", "count", "distinct", "file"]
    {
        assert_eq!(parsed(name), column(name));
        assert_eq!(parsed(&format!("{name} + 1")), binary(Op::Add, column(name), integer(1)));
    }
    assert_eq!(parsed("count(distinct)"), called("count", vec![column("distinct")]));
}

#[test]
fn comments_and_blanks_are_between_tokens() {
    assert_eq!(parsed(" x -- the first\n\t+/* and */y/**/--"), binary(Op::Add, column("x"), column("y")));
    assert_eq!(parsed("x\u{a0}// y"), binary(Op::FloorDivide, column("x"), column("y")));
}

#[test]
fn conditions_in_words() {
    let x = || Box::new(column("x"));
    assert_eq!(
        parsed("x not between 1 and 2"),
        expr(ExprKind::Between {
            value: x(),
            low: Box::new(integer(1)),
            high: Box::new(integer(2)),
            negated: true
        })
    );
    assert_eq!(
        parsed("x in ('a', b or c)"),
        expr(ExprKind::In {
            value: x(),
            list: vec![text("a"), binary(Op::Or, column("b"), column("c"))],
            negated: false
        })
    );
    assert_eq!(
        parsed("x not in file('ids.npy')"),
        expr(ExprKind::InFile { value: x(), location: "ids.npy".to_owned(), negated: true })
    );
    assert_eq!(
        parsed("x not like 'a%'"),
        expr(ExprKind::Like { value: x(), pattern: Box::new(text("a%")), negated: true })
    );
    assert_eq!(parsed("x is null"), expr(ExprKind::IsNull { value: x(), negated: false }));
    assert_eq!(parsed("x is NOT NaN"), expr(ExprKind::IsNan { value: x(), negated: true }));
    assert_eq!(parsed("x is true"), parsed("coalesce(x, false)"));
    assert_eq!(parsed("x is not true"), parsed("not coalesce(x, false)"));
    assert_eq!(parsed("x is false"), parsed("coalesce(not x, false)"));
    assert_eq!(parsed("x is not false"), parsed("not coalesce(not x, false)"));
}

#[test]
fn cases_and_casts() {
    assert_eq!(
        parsed("case x when 1 then 'a' when 2 then 'b' else 'c' end"),
        expr(ExprKind::Case {
            operand: Some(Box::new(column("x"))),
            branches: vec![(integer(1), text("a")), (integer(2), text("b"))],
            otherwise: Some(Box::new(text("c"))),
        })
    );
    assert_eq!(
        parsed("CASE WHEN x THEN CASE WHEN y THEN 1 END END"),
        expr(ExprKind::Case {
            operand: None,
            branches: vec![(column("x"), parsed("case when y then 1 end"))],
            otherwise: None,
        })
    );
    for (written, data_type) in [
        ("cast(x as float64)", "float64"),
        ("x::float64", "float64"),
        ("cast(x as timestamp [us, America/New_York])", "timestamp[us, America/New_York]"),
        ("x::timestamp[ns, +05:30]", "timestamp[ns, +05:30]"),
        ("x::decimal128(38, -2)", "decimal128(38, -2)"),
        ("cast(x as 'list<int8>')", "list<int8>"),
    ] {
        let cast = ExprKind::Cast { value: Box::new(column("x")), data_type: data_type.to_owned() };
        assert_eq!(parsed(written), expr(cast), "{written}");
    }
    assert_eq!(parsed("x::int8::text"), parsed("cast(cast(x as int8) as text)"));
}

#[test]
fn calls_have_arguments_and_filters() {
    assert_eq!(parsed("ABS(x)"), called("abs", vec![column("x")]));
    assert_eq!(parsed("pi()"), called("pi", vec![]));
    assert_eq!(parsed("count(*)"), called("count", vec![expr(ExprKind::Star)]));
    assert_eq!(parsed("count(distinct x)"), called("count_distinct", vec![column("x")]));
    assert_eq!(parsed("Count(DISTINCT (x))"), called("count_distinct", vec![column("x")]));
    assert_eq!(
        parsed("quantile(x, 0.95, 'lower')"),
        called("quantile", vec![column("x"), decimal("0.95"), text("lower")])
    );
    assert_eq!(
        parsed("sum(x) filter (where y > 1) / 2"),
        binary(
            Op::Divide,
            expr(ExprKind::Call {
                name: "sum".to_owned(),
                arguments: vec![column("x")],
                filter: Some(Box::new(parsed("y > 1"))),
            }),
            integer(2)
        )
    );
    assert_eq!(parsed("date '2013-01-01'"), called("date", vec![text("2013-01-01")]));
    assert_eq!(parsed("TimeStamp '2013-01-01 10:00'"), called("timestamp", vec![text("2013-01-01 10:00")]));
    assert_eq!(
        parsed("mean(columns('a.*'))"),
        called("mean", vec![expr(ExprKind::Columns("a.*".to_owned()))])
    );
}

#[test]
fn spans_hold_what_was_typed() {
    let text = " (a + 1) * sum( b ) filter (where c) ";
    let product = parsed(text);
    assert_eq!(&text[product.span.start..product.span.end], text.trim());
    let ExprKind::Binary(_, left, right) = &product.kind else { panic!("a product, not {product}") };
    assert_eq!(&text[left.span.start..left.span.end], "(a + 1)");
    assert_eq!(&text[right.span.start..right.span.end], "sum( b ) filter (where c)");
    for text in
        ["x::decimal(1, 2)", "case when a then b end", "x in file('a')", "x is not null", "- x", "x like y"]
    {
        assert_eq!(parsed(text).span, Span::new(0, text.len()), "{text}");
    }
}
