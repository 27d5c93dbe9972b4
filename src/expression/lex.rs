//! Text into tokens, one at a time and each byte once: names, quoted texts, numbers, symbols; blanks and comments
//! between them.

use super::words::{begins_word, continues_word};
use super::{ExpressionError, Span, number};

/// What a token is; what it says stands in the text at its span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A name or a keyword.
    Word,
    /// A name in double quotes or backquotes.
    QuotedName,
    /// A text in single quotes.
    Text,
    /// A number, judged by [`number::value`].
    Number,
    /// An operator or a bracket.
    Symbol(&'static str),
    /// The end of the text.
    End,
}

/// A token and where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Span,
}

/// Longest first: `**` is not two `*`.
const SYMBOLS: [&str; 25] = [
    "**", "//", "==", "<>", "!=", "<=", ">=", "::", "+", "-", "*", "/", "%", "=", "<", ">", "(", ")", ",",
    ".", "[", "]", ";", "{", "}",
];

/// What people write for what the language has under another name.
const FOREIGN: [(&str, &str); 12] = [
    ("&&", "'&&' is written 'and'"),
    ("&", "'&' is written 'and'"),
    ("||", "'||' is not taken: truths are joined by 'or', texts by concat(a, b)"),
    ("|", "'|' is written 'or'"),
    ("!", "'!' is written 'not'"),
    ("^", "'^' is not an operator: a power is written '**'"),
    ("\u{2212}", "this is a typographic minus: write '-'"),
    ("\u{2018}", "this is a typographic quote: write a straight '"),
    ("\u{2019}", "this is a typographic quote: write a straight '"),
    ("\u{201c}", "this is a typographic quote: write ' around a text, \" around a name"),
    ("\u{201d}", "this is a typographic quote: write ' around a text, \" around a name"),
    ("\u{d7}", "this is a typographic product: write '*'"),
];

/// Where reading is in a text. A copy is a place to come back to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lexer<'t> {
    pub(crate) text: &'t str,
    /// The first byte not yet read.
    pub(crate) position: usize,
}

impl<'t> Lexer<'t> {
    /// The next token.
    ///
    /// # Errors
    /// Where nothing of the language begins there, or a quote or a comment is never closed.
    pub(crate) fn next(&mut self) -> Result<Token, ExpressionError> {
        self.skip_blanks()?;
        let start = self.position;
        let rest = &self.text[start..];
        let Some(first) = rest.chars().next() else {
            return Ok(Token { kind: TokenKind::End, span: Span::new(start, start) });
        };
        let (kind, length) = match first {
            '\'' => (TokenKind::Text, self.quoted('\'')?),
            '"' | '`' => (TokenKind::QuotedName, self.quoted(first)?),
            _ if first.is_ascii_digit() => (TokenKind::Number, number::length(rest)),
            '.' if rest[1..].starts_with(|next: char| next.is_ascii_digit()) => {
                (TokenKind::Number, number::length(rest))
            }
            _ if begins_word(first) => {
                (TokenKind::Word, rest.find(|next| !continues_word(next)).unwrap_or(rest.len()))
            }
            _ => match SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
                Some(symbol) => (TokenKind::Symbol(symbol), symbol.len()),
                None => return Err(self.unknown(first)),
            },
        };
        self.position = start + length;
        Ok(Token { kind, span: Span::new(start, start + length) })
    }

    /// Goes over white space and comments.
    pub(super) fn skip_blanks(&mut self) -> Result<(), ExpressionError> {
        loop {
            let rest = &self.text[self.position..];
            self.position += rest.len() - rest.trim_start().len();
            let rest = rest.trim_start();
            if rest.starts_with("--") {
                self.position += rest.find('\n').unwrap_or(rest.len());
            } else if let Some(comment) = rest.strip_prefix("/*") {
                match comment.find("*/") {
                    Some(end) => self.position += 2 + end + 2,
                    None => {
                        return Err(self.error(2, "the comment that '/*' opens here is never closed by '*/'"));
                    }
                }
            } else {
                return Ok(());
            }
        }
    }

    /// Bytes of the quoted thing that begins here, quotes included; a doubled quote stands for itself.
    fn quoted(&self, quote: char) -> Result<usize, ExpressionError> {
        let rest = &self.text[self.position..];
        let mut end = 1;
        while let Some(found) = rest[end..].find(quote) {
            end += found + 1;
            if !rest[end..].starts_with(quote) {
                return Ok(end);
            }
            end += 1;
        }
        Err(self.error(1, format!("the quote {quote} that opens here is never closed")))
    }

    fn unknown(&self, first: char) -> ExpressionError {
        let rest = &self.text[self.position..];
        match FOREIGN.iter().find(|(symbol, _)| rest.starts_with(symbol)) {
            Some((symbol, reason)) => self.error(symbol.len(), *reason),
            None => self.error(
                first.len_utf8(),
                format!(
                    "the character '{}' has no meaning here; names of other characters stand in double quotes",
                    first.escape_debug()
                ),
            ),
        }
    }

    fn error(&self, length: usize, reason: impl Into<String>) -> ExpressionError {
        ExpressionError::new(Span::new(self.position, self.position + length), reason)
    }
}

/// What a quoted token says: without its quotes, doubled quotes as one.
pub(crate) fn unquoted(token: &str) -> String {
    let mut inside = token.chars();
    let quote = inside.next().unwrap_or_default();
    inside.next_back();
    let mut buffer = [0; 8];
    let doubled: String = [quote, quote].iter().collect();
    inside.as_str().replace(&doubled, quote.encode_utf8(&mut buffer))
}
