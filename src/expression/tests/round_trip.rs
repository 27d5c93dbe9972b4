//! Canonical text parses back into an equal tree.

use proptest::prelude::*;

use super::super::syntax::{BinaryOperator as Op, ExprKind, Literal, UnaryOperator};
use super::super::{Expr, parse_expression};
use super::parsed;

fn names() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z_][a-z0-9_]{0,6}",
        "\\PC{0,6}",
        prop::sample::select(vec![
            "end", "group", "null", "nan", "case", "distinct", "from", "Order", "a\"b", "a`b", "", "über",
            "columns", "cast", "date", "file", "nulls", "filter",
        ])
        .prop_map(str::to_owned),
    ]
}

fn leaves() -> impl Strategy<Value = Expr> {
    prop_oneof![
        names().prop_map(ExprKind::Column),
        any::<u128>().prop_map(|value| ExprKind::Literal(Literal::Integer(value))),
        any::<bool>().prop_map(ExprKind::from),
        Just(ExprKind::Literal(Literal::Null)),
        prop::sample::select(vec!["nan", "inf", "0.95", ".5", "5.", "1e-300", "2.5E+7"])
            .prop_map(|written| ExprKind::Literal(Literal::Decimal(written.to_owned()))),
        "[a'\"\\\\\n é-]{0,5}".prop_map(|text| ExprKind::Literal(Literal::Text(text))),
        "[a.*']{0,4}".prop_map(ExprKind::Columns),
    ]
    .prop_map(Expr::from)
}

fn binary_operators() -> impl Strategy<Value = Op> {
    prop::sample::select(vec![
        Op::Add,
        Op::Subtract,
        Op::Multiply,
        Op::Divide,
        Op::FloorDivide,
        Op::Remainder,
        Op::Power,
        Op::Equal,
        Op::NotEqual,
        Op::Less,
        Op::LessOrEqual,
        Op::Greater,
        Op::GreaterOrEqual,
        Op::And,
        Op::Or,
    ])
}

fn trees() -> impl Strategy<Value = Expr> {
    leaves().prop_recursive(8, 64, 4, |inner| {
        let one = || inner.clone().prop_map(Box::new);
        let list = || prop::collection::vec(inner.clone(), 1..4);
        let maybe = || prop::option::of(inner.clone().prop_map(Box::new));
        let flag = any::<bool>();
        prop_oneof![
            3 => (prop::sample::select(vec![UnaryOperator::Negate, UnaryOperator::Plus, UnaryOperator::Not]), one())
                .prop_map(|(operator, operand)| ExprKind::Unary(operator, operand)),
            6 => (binary_operators(), one(), one())
                .prop_map(|(operator, left, right)| ExprKind::Binary(operator, left, right)),
            1 => (one(), one(), one(), flag)
                .prop_map(|(value, low, high, negated)| ExprKind::Between { value, low, high, negated }),
            1 => (one(), list(), flag).prop_map(|(value, list, negated)| ExprKind::In { value, list, negated }),
            1 => (one(), "[a'/]{0,4}", flag)
                .prop_map(|(value, location, negated)| ExprKind::InFile { value, location, negated }),
            1 => (one(), flag).prop_map(|(value, negated)| ExprKind::IsNull { value, negated }),
            1 => (one(), flag).prop_map(|(value, negated)| ExprKind::IsNan { value, negated }),
            1 => (one(), one(), flag)
                .prop_map(|(value, pattern, negated)| ExprKind::Like { value, pattern, negated }),
            1 => (maybe(), prop::collection::vec((inner.clone(), inner.clone()), 1..3), maybe())
                .prop_map(|(operand, branches, otherwise)| ExprKind::Case { operand, branches, otherwise }),
            1 => (one(), prop_oneof![
                "[a-z][a-z0-9]{0,4}",
                "[a-z]{1,3}[(][0-9, -]{0,4}[)]",
                "[a-z]{1,3}\\[[a-zA-Z/+:, ]{0,70}\\]",
                "\\PC{0,8}",
            ])
                .prop_map(|(value, data_type)| ExprKind::Cast { value, data_type }),
            2 => ("[a-z_][a-z0-9_]{0,4}", list(), maybe()).prop_filter_map(
                "a word that begins no call",
                |(name, arguments, filter)| {
                    let is_word = !["in", "is", "or", "as", "and", "not", "case", "cast", "like", "when"]
                        .contains(&name.as_str());
                    is_word.then_some(ExprKind::Call { name, arguments, filter })
                }
            ),
        ]
        .prop_map(Expr::from)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn canonical_text_parses_back(tree in trees()) {
        let text = tree.to_string();
        let back = parse_expression(&text);
        prop_assert_eq!(back.as_ref().ok(), Some(&tree), "{}: {:?}", &text, &back);
        prop_assert_eq!(back.unwrap().to_string(), text);
    }
}

#[test]
fn canonical_text_has_the_fewest_parentheses() {
    for text in [
        "a + b * c - d",
        "(a + b) * c",
        "a - (b - c)",
        "-2 ** 2",
        "(-2) ** 2",
        "2 ** -1",
        "a ** b ** c",
        "(a ** b) ** c",
        "-(-x)",
        "not a and b or c",
        "not (a and b)",
        "(a = b) = c",
        "a + 1 between 2 and 3 * b",
        "case x when 1 then 2 else 3 end",
        "\"a b\" like 'it''s'",
        "count(*) filter (where x is not null)",
    ] {
        assert_eq!(parsed(text).to_string(), text);
    }
    assert_eq!(parsed("((a)+(b*c))").to_string(), "a + b * c");
    assert_eq!(parsed("COUNT(DISTINCT x)").to_string(), "count_distinct(x)");
}
