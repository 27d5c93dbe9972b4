//! The part of Python's literals that npy headers are written in: dicts, tuples, lists, strings, integers, `True`,
//! `False`, `None`. A total function: every text gives a value or a sentence. What it allocates is bounded by the
//! text's length, its recursion by `DEPTH_MAX`.

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Literal {
    /// `'x'`, `"x"`.
    Text(String),
    /// `3`, `-1`, and Python 2's `3L`.
    Integer(i128),
    /// `True`, `False`.
    Bool(bool),
    /// `None`.
    None,
    /// `(1, 2)`.
    Tuple(Vec<Literal>),
    /// `[1, 2]`.
    List(Vec<Literal>),
    /// `{'a': 1}`, in the order written.
    Dict(Vec<(Literal, Literal)>),
}

/// Nesting that no real header comes near: a field of a field takes three levels.
const DEPTH_MAX: usize = 32;

/// Parses the whole of `text`.
pub(crate) fn parse(text: &str) -> Result<Literal, String> {
    let mut parser = Parser { text, at: 0 };
    let value = parser.value(0)?;
    parser.skip_space();
    if parser.at < text.len() { Err(parser.unexpected("the end")) } else { Ok(value) }
}

struct Parser<'a> {
    text: &'a str,
    /// Byte position, always on a character's first byte.
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(|c| matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c')) {
            self.at += 1;
        }
    }

    fn unexpected(&self, wanted: &str) -> String {
        match self.peek() {
            Some(found) => format!("{found:?} at byte {} of the header where {wanted} was expected", self.at),
            None => format!("the header ends where {wanted} was expected"),
        }
    }

    fn value(&mut self, depth: usize) -> Result<Literal, String> {
        if depth > DEPTH_MAX {
            return Err(format!("the header is nested deeper than {DEPTH_MAX} levels"));
        }
        self.skip_space();
        match self.peek() {
            Some('{') => self.dict(depth),
            Some('(') => {
                self.at += 1;
                let (mut items, comma) = self.items(')', depth)?;
                // `(1)` is 1, `(1,)` is a tuple.
                Ok(if items.len() == 1 && !comma { items.remove(0) } else { Literal::Tuple(items) })
            }
            Some('[') => {
                self.at += 1;
                Ok(Literal::List(self.items(']', depth)?.0))
            }
            Some('\'' | '"') => self.text().map(Literal::Text),
            Some('0'..='9' | '-' | '+') => self.integer(),
            Some(c) if c.is_ascii_alphabetic() => self.word(),
            _ => Err(self.unexpected("a value")),
        }
    }

    /// Items up to `close`, and whether a comma followed the last one.
    fn items(&mut self, close: char, depth: usize) -> Result<(Vec<Literal>, bool), String> {
        let (mut items, mut comma) = (Vec::new(), true);
        loop {
            self.skip_space();
            if self.eat(close) {
                return Ok((items, comma));
            }
            if !comma {
                return Err(self.unexpected("a comma"));
            }
            items.push(self.value(depth + 1)?);
            self.skip_space();
            comma = self.eat(',');
        }
    }

    fn dict(&mut self, depth: usize) -> Result<Literal, String> {
        self.at += 1;
        let (mut entries, mut comma) = (Vec::new(), true);
        loop {
            self.skip_space();
            if self.eat('}') {
                return Ok(Literal::Dict(entries));
            }
            if !comma {
                return Err(self.unexpected("a comma"));
            }
            let key = self.value(depth + 1)?;
            self.skip_space();
            if !self.eat(':') {
                return Err(self.unexpected("a colon"));
            }
            entries.push((key, self.value(depth + 1)?));
            self.skip_space();
            comma = self.eat(',');
        }
    }

    fn integer(&mut self) -> Result<Literal, String> {
        let start = self.at;
        if !self.eat('-') {
            self.eat('+');
        }
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        let value =
            self.text[start..self.at].parse().map_err(|_| self.unexpected("an integer below 2^127"))?;
        let _long = self.eat('L');
        Ok(Literal::Integer(value))
    }

    fn word(&mut self) -> Result<Literal, String> {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_alphanumeric() || c == '_') {
            self.at += 1;
        }
        match (&self.text[start..self.at], self.peek()) {
            ("True", _) => Ok(Literal::Bool(true)),
            ("False", _) => Ok(Literal::Bool(false)),
            ("None", _) => Ok(Literal::None),
            // Python 2 marks its two kinds of strings.
            ("u" | "b", Some('\'' | '"')) => self.text().map(Literal::Text),
            _ => {
                self.at = start;
                Err(self.unexpected("a value"))
            }
        }
    }

    fn text(&mut self) -> Result<String, String> {
        let Some(quote) = self.next() else { return Err(self.unexpected("a string")) };
        let mut text = String::new();
        loop {
            match self.next() {
                Some(c) if c == quote => return Ok(text),
                Some('\\') => text.extend(self.escape()?),
                Some('\n') | None => return Err("a string of the header has no end".into()),
                Some(c) => text.push(c),
            }
        }
    }

    /// What follows a backslash; `None` for a newline, which joins lines.
    fn escape(&mut self) -> Result<Option<char>, String> {
        let digits = match self.next() {
            Some('x') => 2,
            Some('u') => 4,
            Some('U') => 8,
            Some('\n') => return Ok(None),
            Some('n') => return Ok(Some('\n')),
            Some('t') => return Ok(Some('\t')),
            Some('r') => return Ok(Some('\r')),
            Some(c @ ('\\' | '\'' | '"')) => return Ok(Some(c)),
            _ => return Err("a string of the header holds an escape that is not read".into()),
        };
        let hex =
            self.text.get(self.at..self.at + digits).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
        let code = hex.and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32);
        self.at += digits;
        code.map(Some).ok_or_else(|| "a string of the header holds a malformed escape".into())
    }
}

#[cfg(test)]
mod tests {
    use super::Literal::*;
    use super::*;

    #[test]
    fn a_header_as_numpy_writes_it_is_read() {
        let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4L), }          \n";
        assert_eq!(
            parse(header).unwrap(),
            Dict(vec![
                (Text("descr".into()), Text("<f8".into())),
                (Text("fortran_order".into()), Bool(false)),
                (Text("shape".into()), Tuple(vec![Integer(3), Integer(4)])),
            ])
        );
    }

    #[test]
    fn tuples_of_one_need_their_comma() {
        assert_eq!(parse("(5,)").unwrap(), Tuple(vec![Integer(5)]));
        assert_eq!(parse("(5)").unwrap(), Integer(5));
        assert_eq!(parse("()").unwrap(), Tuple(vec![]));
        assert_eq!(parse("[ [1,], ( (2,3),-4 ) ]").unwrap(), {
            let pair = Tuple(vec![Integer(2), Integer(3)]);
            List(vec![List(vec![Integer(1)]), Tuple(vec![pair, Integer(-4)])])
        });
    }

    #[test]
    fn strings_have_escapes_and_any_letters() {
        assert_eq!(parse(r#""it's""#).unwrap(), Text("it's".into()));
        assert_eq!(parse(r"'a\x41\u00e9\\\'\n'").unwrap(), Text("aA\u{e9}\\'\n".into()));
        assert_eq!(parse("u'größe'").unwrap(), Text("größe".into()));
    }

    #[test]
    fn what_is_no_literal_is_a_sentence() {
        let deep = "(".repeat(100_000);
        let texts = [
            "",
            " ",
            "{",
            "{'a'",
            "{'a':",
            "{'a' 1}",
            "{'a': 1",
            "(1 2)",
            "(,)",
            "[1,,2]",
            "'abc",
            "'\\",
            "'\\x4'",
            "'\\xé'",
            "'\\ud800'",
            "12x",
            "-",
            "+",
            "1.5",
            "os.system('x')",
            "True False",
            "nan",
            "b",
            "\0",
            &deep,
            "99999999999999999999999999999999999999999999999999999999999999999",
            "'a' 'b'",
            "{1}",
            "'\n'",
        ];
        for text in texts {
            assert!(parse(text).is_err(), "{:?}", &text[..text.len().min(30)]);
        }
    }
}
