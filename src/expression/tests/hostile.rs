//! Texts that nobody means well with: noise, token soups, deep nests, megabytes.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::super::{
    DEPTH_MAX, Expr, ExpressionError, TEXT_BYTES_MAX, parse_expression, parse_keys, parse_order,
    parse_select, parse_statement, render, render_with_caret,
};
use super::parsed;

/// Parses `text` as everything; what does not parse points into the text.
fn parse_as_everything(text: &str) {
    let check = |error: Option<ExpressionError>| {
        let Some(error) = error else { return };
        let span = error.span;
        assert!(span.start <= span.end && span.end <= text.len(), "{text:?}: {error:?}");
        assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end), "{text:?}: {error:?}");
        assert!(!render(text, &error).contains('\n'), "{text:?}");
        assert_eq!(render_with_caret(text, &error).lines().count(), 3, "{text:?}");
    };
    let expression = parse_expression(text);
    if let Ok(expr) = &expression {
        assert!(
            text.get(expr.span.start..expr.span.end).is_some_and(|typed| parsed(typed) == *expr),
            "{text:?}"
        );
        assert_eq!(&parsed(&expr.to_string()), expr, "{text:?}");
    }
    check(expression.err());
    check(parse_select(text).err());
    check(parse_keys(text).err());
    check(parse_order(text).err());
    check(parse_statement(text).err());
}

const TOKENS: [&str; 72] = [
    "x", "y", "\"q r\"", "`b`", "'t'", "1", "2.5", "0x1f", ".5", "1e5", "+", "-", "*", "/", "//", "%", "**",
    "=", "==", "<>", "!=", "<", "<=", ">", ">=", "(", ")", ",", ".", "[", "]", "::", ";", "and", "or", "not",
    "between", "in", "like", "is", "null", "nan", "true", "case", "when", "then", "else", "end", "cast(",
    "as", "float64", "f(", "count(", "distinct", "columns(", "file(", "filter", "where", "date", "desc",
    "nulls", "first", "select", "from", "group", "by", "order", "limit", "--", "/*", "é", "'",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn noise_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        parse_as_everything(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn characters_never_panic(text in "[ -~é面\u{301}\n\u{0}]{0,40}") {
        parse_as_everything(&text);
    }

    #[test]
    fn token_soups_never_panic(tokens in prop::collection::vec(prop::sample::select(TOKENS.to_vec()), 0..25)) {
        parse_as_everything(&tokens.join(" "));
        parse_as_everything(&tokens.concat());
        parse_as_everything(&format!("select {} from f {}", tokens.join(" "), tokens.join(" ")));
    }
}

/// Runs `work` on half of the stack that a worker thread has.
fn on_a_small_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        std::thread::Builder::new().stack_size(1 << 20).spawn_scoped(scope, work).unwrap().join().unwrap()
    })
}

/// Nests of every kind, `depth` deep.
fn nests(depth: usize) -> Vec<String> {
    let around = |open: &str, close: &str| format!("{}x{}", open.repeat(depth), close.repeat(depth));
    vec![
        around("(", ")"),
        around("- ", ""),
        around("not ", ""),
        around("", " + 1"),
        around("", " or x"),
        around("2 ** ", ""),
        around("f(", ")"),
        around("", "::int8"),
        around("cast(", " as int8)"),
        around("case when a then ", " end"),
        around("case ", " when 1 then 2 end"),
        around("a in (", ")"),
        around("a between 1 and (", ")"),
        around("count(*) filter (where ", ")"),
    ]
}

#[test]
fn nests_up_to_the_limit_are_safe_on_a_small_stack() {
    on_a_small_stack(|| {
        for text in nests(DEPTH_MAX / 2 - 1) {
            let expr = parsed(&text);
            let copy: Expr = expr.clone();
            assert_eq!(expr, copy);
            assert_eq!(parsed(&expr.to_string()), expr);
        }
        for text in [format!("x{}", " + 1".repeat(DEPTH_MAX - 1)), format!("{}x", "- ".repeat(DEPTH_MAX - 1))]
        {
            assert_eq!(parsed(&text), parsed(&text).clone());
        }
    });
}

#[test]
fn deeper_nests_are_refused_by_the_limit() {
    on_a_small_stack(|| {
        for depth in [DEPTH_MAX + 1, 10_000, 40_000] {
            for text in nests(depth) {
                let error = parse_expression(&text).unwrap_err();
                assert!(error.reason.contains("nests deeper than 500"), "{}", error.reason);
            }
        }
        for open in ["(", "- ", "f(", "case ", "a in (", "not "] {
            assert!(parse_expression(&open.repeat(10_000)).unwrap_err().reason.contains("nests deeper"));
        }
    });
}

#[test]
fn long_texts_are_read_in_linear_time_or_refused() {
    let fill = |piece: &str, bytes: usize| piece.repeat(bytes / piece.len());
    let begun = Instant::now();
    let list = format!("x in (1{})", fill(",1", TEXT_BYTES_MAX - 10));
    assert!(parse_expression(&list).is_ok());
    for piece in [
        "a", "1", "'", "\"", "''", "\"a", "/*", "/**/", "--", "--\n", "1e", "_", ".", " ", "é", "1.", "x,",
        "x y ", "!",
    ] {
        parse_as_everything(&fill(piece, TEXT_BYTES_MAX));
    }
    // A quadratic reader would take 10^12 steps; this one takes well under a second.
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());

    let error = parse_expression(&fill("x + ", 10 << 20)).unwrap_err();
    assert!(
        error.reason.starts_with("the text has 10485760 bytes, at most 1048576 are read"),
        "{}",
        error.reason
    );
}
