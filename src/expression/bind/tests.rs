//! Expressions bound to fields: names, types, and errors at the spot.

use arrcalc_datasets::{DataType, Field};

use crate::expression::{Expr, ExprKind, Scalar, Span, bind};

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
