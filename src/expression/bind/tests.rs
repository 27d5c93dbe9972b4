//! Expressions bound to fields: names, types, and errors at the spot.

use arrcalc_datasets::{DataType, Field};

use crate::expression::{Expr, ExprKind, Scalar, Span, bind, parse_expression};

#[test]
fn names_are_found_or_the_nearest_is_named() {
    let fields = [Field { name: "dep_delay".into(), data_type: DataType::Int64 }];
    let column = |name: &str| Expr { kind: ExprKind::Column(name.into()), span: Span::new(3, 7) };
    let bound = bind(&column("dep_delay"), &fields).unwrap();
    assert_eq!((bound.column(), bound.columns(), bound.data_type()), (Some(0), &[0][..], &DataType::Int64));
    let error = bind(&column("dep_dalay"), &fields).unwrap_err();
    assert_eq!(error.span, Span::new(3, 7));
    assert_eq!(error.reason, "there is no column 'dep_dalay': did you mean 'dep_delay'?");
    assert_eq!(bind(&column("x"), &fields).unwrap_err().reason, "there is no column 'x'");
    let call = Expr {
        kind: ExprKind::Call { name: "absx".into(), arguments: vec![], filter: None },
        span: Span::default(),
    };
    assert!(bind(&call, &fields).unwrap_err().reason.contains("abs"));
    let literal =
        Expr { kind: ExprKind::Literal(crate::expression::Literal::Integer(5)), span: Span::default() };
    assert_eq!(bind(&literal, &fields).unwrap().constant(), Some(Scalar::Integer(5)));
}

#[test]
fn what_is_wrong_with_a_call_or_a_type_is_said_at_the_spot() {
    let field = |name: &str, data_type| Field { name: name.into(), data_type };
    let fields = [field("x", DataType::Float64), field("s", DataType::String)];
    for (text, spot, reason) in [
        ("cast(x as flot64)", "flot64", "there is no type 'flot64': did you mean 'float64'?"),
        ("x::strng", "strng", "there is no type 'strng': did you mean 'string'?"),
        ("cast(x  as  zzz)", "cast(x  as  zzz)", "there is no type 'zzz'"),
        ("stdev(x)", "stdev(x)", "there is no function 'stdev': did you mean 'stddev'?"),
        ("abs(x, x)", "abs(x, x)", "abs takes 1 argument, found 2"),
        ("atan2(x)", "atan2(x)", "atan2 takes 2 arguments, found 1"),
    ] {
        let error = bind(&parse_expression(text).unwrap(), &fields).unwrap_err();
        assert_eq!(error.reason, reason, "{text}");
        assert_eq!(&text[error.span.start..error.span.end], spot, "{text}");
    }
}
