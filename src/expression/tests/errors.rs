//! What is said about texts that do not parse, and where it points.

use super::super::{parse_expression, render, render_with_caret};
use super::refused;

#[test]
fn errors_say_what_is_wrong_and_point_at_it() {
    // (text, the spot, the reason)
    for (text, spot, reason) in [
        ("", "", "expected a value, found end"),
        ("  ", "", "expected a value, found end"),
        ("x +", "", "expected a value after '+', found end"),
        ("x and", "", "expected a value after 'and', found end"),
        ("x + )", ")", "expected a value after '+', found ')'"),
        ("f(1, (2 + 3", "", "expected ')' to close '(' at column 6, found end"),
        ("é(1, 2", "", "expected ',' or ')' to close '(' at column 2, found end"),
        ("x)", ")", "unexpected ')': no '(' is open"),
        ("x y", "y", "expected an operator or the end, found 'y'"),
        ("x betwen 1", "betwen", "expected an operator or the end, found 'betwen'; did you mean 'between'?"),
        ("a, b", ",", "expected an operator or the end, found ','"),
        ("'abc", "'", "the quote ' that opens here is never closed"),
        ("x + \"abc", "\"", "the quote \" that opens here is never closed"),
        (
            "'it's'",
            "s",
            "expected an operator or the end, found 's'; a quote within a text is written twice: 'it''s'",
        ),
        ("x /* y", "/*", "the comment that '/*' opens here is never closed by '*/'"),
        ("a && b", "&&", "'&&' is written 'and'"),
        ("a || b", "||", "'||' is not taken: truths are joined by 'or', texts by concat(a, b)"),
        ("!a", "!", "'!' is written 'not'"),
        ("2 ^ 3", "^", "'^' is not an operator: a power is written '**'"),
        ("3 \u{2212} 2", "\u{2212}", "this is a typographic minus: write '-'"),
        (
            "a $ b",
            "$",
            "the character '$' has no meaning here; names of other characters stand in double quotes",
        ),
        ("1.2.3", "1.2.3", "'1.2.3' is not a number"),
        ("1e", "1e", "'1e' is not a number"),
        ("1__0", "1__0", "'1__0' is not a number: '_' stands between two digits"),
        ("1_", "1_", "'1_' is not a number: '_' stands between two digits"),
        ("0xg", "0xg", "'0xg' is not a number: '0x' is followed by 0-9 and a-f"),
        ("0x", "0x", "'0x' is not a number: '0x' is followed by 0-9 and a-f"),
        (
            "2nd",
            "2nd",
            "2nd is not a number; a name that begins with a digit stands in double quotes: \"2nd\"",
        ),
        (
            "340282366920938463463374607431768211456",
            "340282366920938463463374607431768211456",
            "'34028236692093846346337460743176...' does not fit into 128 bits: write it with a point for a float",
        ),
        (
            "a < b < c",
            "<",
            "comparisons do not chain: write 'a < b and b < c', or parentheses around one of them",
        ),
        (
            "a = b is null",
            "is",
            "comparisons do not chain: write 'a < b and b < c', or parentheses around one of them",
        ),
        ("a = not b", "not", "'not' binds less tightly than the operator before it: write '(not ...)'"),
        ("a not b", "b", "expected 'between', 'in' or 'like' after 'not', found 'b'"),
        ("a is b", "b", "expected 'not', 'null', 'nan', 'true' or 'false' after 'is', found 'b'"),
        ("a between 1 or 2", "or", "expected 'and' after the lower bound of 'between', found 'or'"),
        ("a in 3", "3", "expected '(' and a list of values, or file('...'), after 'in', found '3'"),
        ("a in ()", ")", "the list of 'in' is empty: nothing is in it"),
        ("a in (1 2)", "2", "expected ',' or ')' to close '(' at column 6, found '2'"),
        ("a in file(x)", "x", "expected the file's location in single quotes, found 'x'"),
        ("* + 1", "*", "'*' stands alone in a select list or as count(*)"),
        (
            "t.x",
            ".",
            "'t' is followed by a point: columns have no prefix, and a name that holds a point stands in double quotes",
        ),
        ("from + 1", "from", "expected a value, found 'from'; a column of that name is written \"from\""),
        (
            "case end",
            "end",
            "expected a value after 'case', found 'end'; a column of that name is written \"end\"",
        ),
        ("case when a 1", "1", "expected 'then' after the condition of 'when', found '1'"),
        ("case when a then 1", "", "expected 'when', 'else' or 'end' of the 'case' at column 1, found end"),
        ("case when a then 1 else 2", "", "expected 'end' of the 'case' at column 1, found end"),
        ("cast(x float64)", "float64", "expected 'as' after the value of 'cast', found 'float64'"),
        ("cast(x as 3)", "3", "expected a type, such as float64, found '3'"),
        ("x::timestamp[us", "[", "expected ']' after the parameters of the type 'timestamp'"),
        ("sum(distinct x)", "distinct", "'distinct' is of count alone: count(distinct x)"),
        ("sum(x) filter (y)", "y", "expected 'where' after 'filter (', found 'y'"),
        ("sum(x) filter y", "y", "expected '(' after 'filter', found 'y'"),
        ("columns(x)", "x", "expected a pattern in single quotes, as in columns('delay_.*'), found 'x'"),
        (
            "sum(x) over (order by y)",
            "over",
            "window functions with 'over' are not taken: cumsum, lag, move_mean ... run over the row order",
        ),
        ("x in (1) and y = (select 1)", "select", "subqueries are not taken: a query reads one table once"),
    ] {
        let error = refused(text);
        assert_eq!(error.reason, reason, "{text}");
        assert_eq!(&text[error.span.start..error.span.end], spot, "{text}: {}", error.reason);
    }
}

#[test]
fn the_spot_of_a_repeated_sign_is_the_wrong_one() {
    assert_eq!(refused("a < b < c").span.start, 6);
    assert_eq!(refused("'it' 's").span.start, 5);
    assert_eq!(refused("x + ").span.start, 4);
}

#[test]
fn rendered_errors_count_code_points_and_show_the_spot() {
    let text = "größe + * 2";
    let error = parse_expression(text).unwrap_err();
    assert_eq!(
        render(text, &error),
        "'*' stands alone in a select list or as count(*) at column 9: 'größe + * 2'"
    );
    assert_eq!(
        render_with_caret(text, &error),
        "'*' stands alone in a select list or as count(*) at column 9\n  größe + * 2\n          ^"
    );
    // Wide characters take two columns of a terminal.
    let text = "\"面積\" 12";
    let error = parse_expression(text).unwrap_err();
    assert!(render_with_caret(text, &error).ends_with("\n         ^^"));
    let text = format!("{}\n+ $ {}", "a+".repeat(50), "+b".repeat(50));
    let error = parse_expression(&text).unwrap_err();
    let line = render(&text, &error);
    assert!(line.contains("...") && !line.contains('\n') && line.len() < 220, "{line}");
    assert_eq!(render("", &parse_expression("").unwrap_err()), "expected a value, found end at column 1");
}
