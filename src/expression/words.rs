//! Words that the language keeps for itself, and how pieces of text are shown in messages.

/// Words that an operand cannot begin with: operators and the clauses of a select.
const OPERATORS: [&str; 15] = [
    "and", "or", "not", "between", "in", "like", "is", "when", "then", "else", "as", "select", "from",
    "where", "having",
];

/// Words that may name a column but do not follow an expression as its name without `as`.
const CLAUSES: [&str; 27] = [
    "group",
    "order",
    "limit",
    "offset",
    "union",
    "intersect",
    "except",
    "asc",
    "desc",
    "nulls",
    "filter",
    "over",
    "join",
    "inner",
    "left",
    "right",
    "full",
    "cross",
    "natural",
    "on",
    "using",
    "case",
    "end",
    "distinct",
    "ilike",
    "window",
    "fetch",
];

/// Words that stand for a value.
const VALUES: [&str; 5] = ["null", "true", "false", "nan", "inf"];

/// Whether `word` is an operator or a clause wherever it stands.
pub(super) fn is_reserved(word: &str) -> bool {
    is_among(word, &OPERATORS)
}

/// Whether `word` ends an expression and is never its name unless `as` says so.
pub(super) fn ends_expression(word: &str) -> bool {
    is_among(word, &OPERATORS) || is_among(word, &CLAUSES)
}

/// Whether `name` reads back as a column of that name without quotes, wherever it stands.
pub(super) fn is_plain_name(name: &str) -> bool {
    is_word(name) && !ends_expression(name) && !is_among(name, &VALUES)
}

/// Whether `name` is one word: a letter or `_`, then letters, digits and `_`.
pub(super) fn is_word(name: &str) -> bool {
    name.chars().next().is_some_and(begins_word) && name.chars().all(continues_word)
}

/// Whether a word may begin with `character`.
pub(super) fn begins_word(character: char) -> bool {
    character.is_alphabetic() || character == '_'
}

/// Whether a word may go on with `character`.
pub(super) fn continues_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// A piece of text in quotes for a message: 32 characters at most, on one line.
pub(super) fn shortened(text: &str) -> String {
    const CHARACTERS_MAX: usize = 32;
    let mut shown: String = text
        .chars()
        .take(CHARACTERS_MAX)
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect();
    if text.chars().nth(CHARACTERS_MAX).is_some() {
        shown.push_str("...");
    }
    format!("'{shown}'")
}

/// Where byte `at` of `text` is, in code points from 1.
pub(super) fn column(text: &str, at: usize) -> usize {
    let at = text.floor_char_boundary(at);
    text[..at].chars().count() + 1
}

fn is_among(word: &str, words: &[&str]) -> bool {
    words.iter().any(|known| word.eq_ignore_ascii_case(known))
}
