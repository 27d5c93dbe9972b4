//! Errors shown with the text that they are about.

use unicode_width::UnicodeWidthChar;

use super::words::column;
use super::{ExpressionError, Span};

/// Characters shown on each side of the spot.
const AROUND_MAX: usize = 24;

/// The error in one line: the reason, the column in code points from 1, and the text around it.
///
/// ```text
/// no column 'dep_dealy', did you mean 'dep_delay'? at column 6: 'mean(dep_dealy) > 3'
/// ```
///
/// # Examples
/// ```
/// use arrcalc::expression::{parse_expression, render};
///
/// let text = "1 + * 2";
/// let error = parse_expression(text).unwrap_err();
/// assert_eq!(render(text, &error), "'*' stands alone in a select list or as count(*) at column 5: '1 + * 2'");
/// ```
pub fn render(text: &str, error: &ExpressionError) -> String {
    let at = column(text, error.span.start);
    if text.trim().is_empty() {
        return format!("{} at column {at}", error.reason);
    }
    format!("{} at column {at}: '{}'", error.reason, around(text, error.span).0)
}

/// The error in three lines: the reason and its column, the text around it, and a caret under the spot.
pub fn render_with_caret(text: &str, error: &ExpressionError) -> String {
    let at = column(text, error.span.start);
    let (shown, before, inside) = around(text, error.span);
    let indent = " ".repeat(before);
    let carets = "^".repeat(inside.max(1));
    format!("{} at column {at}\n  {shown}\n  {indent}{carets}", error.reason)
}

/// The text around the spot on one line, and the columns of a terminal before the spot and in it.
fn around(text: &str, span: Span) -> (String, usize, usize) {
    let start = text.floor_char_boundary(span.start);
    let end = text.floor_char_boundary(span.end.max(span.start));
    let (before, inside, after) = (&text[..start], &text[start..end], &text[end..]);
    let first = before.char_indices().rev().nth(AROUND_MAX - 1).map_or(0, |(at, _)| at);
    let mut shown = String::new();
    let mut widths = [0; 2];
    if first > 0 {
        shown.push_str("...");
        widths[0] = 3;
    }
    let inside_end = inside.char_indices().nth(AROUND_MAX).map_or(inside.len(), |(at, _)| at);
    for (part, piece) in [&before[first..], &inside[..inside_end]].into_iter().enumerate() {
        for character in piece.chars() {
            let character = if character.is_control() { ' ' } else { character };
            widths[part] += character.width().unwrap_or(0);
            shown.push(character);
        }
    }
    if inside_end < inside.len() {
        shown.push_str("...");
    } else {
        let after_end = after.char_indices().nth(AROUND_MAX).map_or(after.len(), |(at, _)| at);
        shown.extend(after[..after_end].chars().map(|next| if next.is_control() { ' ' } else { next }));
        if after_end < after.len() {
            shown.push_str("...");
        }
    }
    (shown, widths[0], widths[1])
}
