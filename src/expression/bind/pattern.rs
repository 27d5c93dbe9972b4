//! Patterns of `like`: `%` stands for any text, `_` for one code point, `\` takes the next character as it is.
//!
//! Matched greedily with one point to come back to, the last `%`: linear but for patterns built to be slow, and
//! never worse than length times length.

/// A parsed pattern.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::expression) struct Pattern(Vec<Token>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Token {
    Any,
    One,
    Exactly(char),
}

impl Pattern {
    /// The pattern `text`; `None` where an escape ends it.
    pub(in crate::expression) fn parse(text: &str) -> Option<Self> {
        let mut tokens = Vec::new();
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            tokens.push(match character {
                '%' if tokens.last() == Some(&Token::Any) => continue,
                '%' => Token::Any,
                '_' => Token::One,
                '\\' => Token::Exactly(characters.next()?),
                other => Token::Exactly(other),
            });
        }
        Some(Pattern(tokens))
    }

    /// Whether the whole of `text` matches.
    pub(in crate::expression) fn matches(&self, text: &str) -> bool {
        let tokens = &self.0;
        let (mut at, mut rest) = (0, text.chars());
        let mut retry: Option<(usize, std::str::Chars<'_>)> = None;
        loop {
            let before = rest.clone();
            match (tokens.get(at), rest.next()) {
                (None, None) => return true,
                (Some(Token::Any), _) => {
                    rest = before;
                    at += 1;
                    retry = Some((at, rest.clone()));
                    continue;
                }
                (Some(Token::One), Some(_)) => at += 1,
                (Some(Token::Exactly(wanted)), Some(found)) if *wanted == found => at += 1,
                (_, None) => return false,
                _ => {
                    let Some((after, mut from)) = retry.take() else { return false };
                    from.next();
                    (at, rest) = (after, from.clone());
                    retry = Some((after, from));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_sql_says() {
        let cases = [
            ("", "", true),
            ("", "a", false),
            ("%", "", true),
            ("%", "any thing", true),
            ("a%", "abc", true),
            ("a%", "bac", false),
            ("%c", "abcabc", true),
            ("%b%", "abc", true),
            ("%bd%", "abc", false),
            ("a_c", "abc", true),
            ("a_c", "aéc", true),
            ("a_c", "ac", false),
            ("_", "", false),
            ("%_", "", false),
            ("%ab%ab", "xabab", true),
            ("%ab%ab", "xab", false),
            (r"100\%", "100%", true),
            (r"100\%", "1000", false),
            (r"a\_b", "a_b", true),
            (r"a\_b", "axb", false),
            (r"\\", r"\", true),
            ("%a%a%a%b", "aaaaaaaaaaaaaaaaaaaa", false),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(Pattern::parse(pattern).unwrap().matches(text), expected, "{text} like {pattern}");
        }
        assert_eq!(Pattern::parse(r"a\"), None);
    }
}
