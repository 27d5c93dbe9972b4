//! Lists of columns to generate: `id=row, x=normal(0, 1), city=choice('A', 'B'; 0.7, 0.3)`.
//!
//! ```text
//! list:   column, column ...
//! column: [name =] kind [( argument, ... [; weight, ...] )]
//! ```
//! Names, texts and numbers are those of expressions; a text may stand in double quotes too.

use arrcalc_datasets::text::{parse_date, parse_float64, parse_timestamp};
use arrcalc_datasets::{Choices, Generator, TimeUnit};

use crate::error::{Error, Result};
use crate::expression::{
    ExpressionError, Lexer, Literal, Span, Token, TokenKind, number_value, render, suggest, unquoted,
};

/// What can be written as a column's kind.
const KINDS: [(&str, &str); 15] = [
    ("row", "row"),
    ("raw", "raw"),
    ("uniform", "uniform(low, high)"),
    ("integers", "integers(low, high)"),
    ("bernoulli", "bernoulli(probability)"),
    ("normal", "normal(mean, std)"),
    ("lognormal", "lognormal(mean, std)"),
    ("exponential", "exponential(scale)"),
    ("poisson", "poisson(rate)"),
    ("gamma", "gamma(shape, scale)"),
    ("choice", "choice(value, value, ...; weight, weight, ...)"),
    ("dates", "dates('first', 'last')"),
    ("timestamps", "timestamps('earliest', 'before')"),
    ("correlated", "correlated(column, correlation, mean, std)"),
    ("nullable", "nullable(kind, probability)"),
];

/// Nullable is the one kind that has another inside; deeper than once makes no sense.
const DEPTH_MAX: usize = 2;

/// The columns of `text`; a column without a name is called by its kind.
pub(super) fn parse(text: &str) -> Result<Vec<(String, Generator)>> {
    let mut parser = Parser { lexer: Lexer { text, position: 0 } };
    parser.columns().map_err(|error| Error::Request { reason: render(text, &error) })
}

type Parsed<T> = std::result::Result<T, ExpressionError>;

struct Parser<'t> {
    lexer: Lexer<'t>,
}

/// An argument and where it stands.
struct Argument {
    value: Value,
    span: Span,
}

enum Value {
    Integer(i128),
    Float(f64),
    Text(String),
    /// A bare word: a column's name.
    Name(String),
    Kind(Generator),
}

impl<'t> Parser<'t> {
    fn columns(&mut self) -> Parsed<Vec<(String, Generator)>> {
        let mut columns: Vec<(String, Generator)> = Vec::new();
        loop {
            let start = self.peek()?.span;
            let (name, generator) = self.column()?;
            if columns.iter().any(|(earlier, _)| *earlier == name) {
                let reason = format!("two columns are called '{name}'; name them: a=uniform, b=uniform");
                return Err(ExpressionError::new(start, reason));
            }
            columns.push((name, generator));
            let token = self.lexer.next()?;
            match token.kind {
                TokenKind::End => return Ok(columns),
                TokenKind::Symbol(",") => {}
                _ => return Err(self.unexpected(token, "a comma and the next column")),
            }
        }
    }

    fn column(&mut self) -> Parsed<(String, Generator)> {
        let token = self.lexer.next()?;
        let first = match token.kind {
            TokenKind::Word => self.at(token).to_owned(),
            TokenKind::QuotedName => unquoted(self.at(token)),
            _ => return Err(self.unexpected(token, "a column: NAME=KIND")),
        };
        if !self.takes("=")? {
            return Ok((first, self.kind(token, 1)?));
        }
        if first.is_empty() {
            return Err(ExpressionError::new(token.span, "a column's name is missing"));
        }
        let kind = self.lexer.next()?;
        Ok((first, self.kind(kind, 1)?))
    }

    /// The kind whose name is `token`, which has been read.
    fn kind(&mut self, token: Token, depth: usize) -> Parsed<Generator> {
        if token.kind != TokenKind::Word {
            return Err(self.unexpected(token, "a kind of column, such as normal(0, 1)"));
        }
        let name = self.at(token);
        let Some((_, form)) = KINDS.iter().find(|(kind, _)| *kind == name) else {
            let near = suggest(name, KINDS.iter().map(|(kind, _)| *kind));
            let hint = match near {
                Some(near) => format!("did you mean '{near}'?"),
                None => {
                    let kinds: Vec<_> = KINDS.iter().map(|(kind, _)| *kind).collect();
                    format!("there are {}", kinds.join(", "))
                }
            };
            return Err(ExpressionError::new(token.span, format!("no kind of column '{name}'; {hint}")));
        };
        let (mut arguments, mut weights) = (Vec::new(), Vec::new());
        if self.takes("(")? && !self.takes(")")? {
            let mut has_weights = false;
            loop {
                let argument = self.argument(depth)?;
                if has_weights { &mut weights } else { &mut arguments }.push(argument);
                let token = self.lexer.next()?;
                match token.kind {
                    TokenKind::Symbol(")") => break,
                    TokenKind::Symbol(",") => {}
                    TokenKind::Symbol(";") if name == "choice" && !has_weights => has_weights = true,
                    _ => return Err(self.unexpected(token, "',' or ')'")),
                }
            }
        }
        let wrong = || ExpressionError::new(token.span, format!("write {form}"));
        generator(name, arguments, weights)?.ok_or_else(wrong)
    }

    fn argument(&mut self, depth: usize) -> Parsed<Argument> {
        let token = self.lexer.next()?;
        let value = match token.kind {
            TokenKind::Symbol(sign @ ("-" | "+")) => {
                let number = self.lexer.next()?;
                let negative = sign == "-";
                let value = match self.number(number)? {
                    Value::Integer(value) if negative => Value::Integer(-value),
                    Value::Float(value) if negative => Value::Float(-value),
                    value => value,
                };
                let span = Span::new(token.span.start, number.span.end);
                return Ok(Argument { value, span });
            }
            TokenKind::Number => self.number(token)?,
            TokenKind::Text | TokenKind::QuotedName => Value::Text(unquoted(self.at(token))),
            TokenKind::Word if KINDS.iter().any(|(kind, _)| *kind == self.at(token)) && depth < DEPTH_MAX => {
                Value::Kind(self.kind(token, depth + 1)?)
            }
            TokenKind::Word => Value::Name(self.at(token).to_owned()),
            _ => return Err(self.unexpected(token, "an argument")),
        };
        Ok(Argument { value, span: token.span })
    }

    fn number(&self, token: Token) -> Parsed<Value> {
        if token.kind != TokenKind::Number {
            return Err(self.unexpected(token, "a number"));
        }
        match number_value(self.at(token)).map_err(|reason| ExpressionError::new(token.span, reason))? {
            Literal::Integer(value) => i128::try_from(value)
                .map(Value::Integer)
                .map_err(|_| ExpressionError::new(token.span, "the number does not fit 128 bits")),
            Literal::Decimal(text) => {
                let wrong = || ExpressionError::new(token.span, "a number must stand here");
                parse_float64(&text).map(Value::Float).ok_or_else(wrong)
            }
            _ => Err(self.unexpected(token, "a number")),
        }
    }

    fn at(&self, token: Token) -> &'t str {
        &self.lexer.text[token.span.start..token.span.end]
    }

    fn peek(&self) -> Parsed<Token> {
        let mut ahead = self.lexer;
        ahead.next()
    }

    /// Whether `symbol` comes next; if so, it has been read.
    fn takes(&mut self, symbol: &'static str) -> Parsed<bool> {
        let found = self.peek()?.kind == TokenKind::Symbol(symbol);
        if found {
            self.lexer.next()?;
        }
        Ok(found)
    }

    fn unexpected(&self, token: Token, wanted: &str) -> ExpressionError {
        let found = match token.kind {
            TokenKind::End => "the text ends here".to_owned(),
            _ => format!("'{}' stands here", self.at(token)),
        };
        ExpressionError::new(token.span, format!("{found} instead of {wanted}"))
    }
}

/// The generator called `name` with these arguments; `None` where their number is wrong.
fn generator(name: &str, arguments: Vec<Argument>, weights: Vec<Argument>) -> Parsed<Option<Generator>> {
    Ok(Some(match (name, &arguments[..]) {
        ("row", []) => Generator::Row,
        ("raw", []) => Generator::Raw,
        ("uniform", []) => Generator::Uniform { low: 0.0, high: 1.0 },
        ("uniform", [low, high]) => Generator::Uniform { low: low.float()?, high: high.float()? },
        ("integers", [high]) => Generator::Integers { low: 0, high: high.integer()? },
        ("integers", [low, high]) => Generator::Integers { low: low.integer()?, high: high.integer()? },
        ("bernoulli", [probability]) => Generator::Bernoulli { probability: probability.float()? },
        ("normal", []) => Generator::Normal { mean: 0.0, std: 1.0 },
        ("normal", [mean, std]) => Generator::Normal { mean: mean.float()?, std: std.float()? },
        ("lognormal", []) => Generator::Lognormal { mean: 0.0, std: 1.0 },
        ("lognormal", [mean, std]) => Generator::Lognormal { mean: mean.float()?, std: std.float()? },
        ("exponential", []) => Generator::Exponential { scale: 1.0 },
        ("exponential", [scale]) => Generator::Exponential { scale: scale.float()? },
        ("poisson", [rate]) => Generator::Poisson { rate: rate.float()? },
        ("gamma", [shape]) => Generator::Gamma { shape: shape.float()?, scale: 1.0 },
        ("gamma", [shape, scale]) => Generator::Gamma { shape: shape.float()?, scale: scale.float()? },
        ("choice", [_, ..]) => Generator::Choice {
            values: choices(&arguments)?,
            weights: weights.iter().map(Argument::float).collect::<Parsed<_>>()?,
        },
        ("dates", [first, last]) => Generator::Dates { first: first.day()?, last: last.day()? },
        ("timestamps", [low, high]) => {
            Generator::Timestamps { low: low.microsecond()?, high: high.microsecond()? }
        }
        ("correlated", [with, correlation]) => Generator::Correlated {
            with: with.name()?,
            correlation: correlation.float()?,
            mean: 0.0,
            std: 1.0,
        },
        ("correlated", [with, correlation, mean, std]) => Generator::Correlated {
            with: with.name()?,
            correlation: correlation.float()?,
            mean: mean.float()?,
            std: std.float()?,
        },
        ("nullable", [Argument { value: Value::Kind(generator), .. }, probability]) => {
            Generator::Nullable { generator: Box::new(generator.clone()), probability: probability.float()? }
        }
        _ => return Ok(None),
    }))
}

/// Values of one type: texts, or integers, or, if one of them is no integer, doubles.
fn choices(arguments: &[Argument]) -> Parsed<Choices> {
    if arguments.iter().all(|argument| matches!(argument.value, Value::Text(_))) {
        return arguments.iter().map(Argument::name).collect::<Parsed<_>>().map(Choices::Texts);
    }
    if let Some(text) =
        arguments.iter().find(|argument| matches!(argument.value, Value::Text(_) | Value::Name(_)))
    {
        return Err(text.error("choices are all numbers or all texts, and texts stand in quotes"));
    }
    if arguments.iter().all(|argument| matches!(argument.value, Value::Integer(_))) {
        return arguments.iter().map(Argument::integer).collect::<Parsed<_>>().map(Choices::Integers);
    }
    arguments.iter().map(Argument::float).collect::<Parsed<_>>().map(Choices::Floats)
}

impl Argument {
    fn error(&self, reason: impl Into<String>) -> ExpressionError {
        ExpressionError::new(self.span, reason)
    }

    fn float(&self) -> Parsed<f64> {
        match self.value {
            Value::Integer(value) => Ok(value as f64),
            Value::Float(value) => Ok(value),
            _ => Err(self.error("a number must stand here")),
        }
    }

    /// A 64-bit integer; `1e6` is one too.
    fn integer(&self) -> Parsed<i64> {
        let value = match self.value {
            Value::Integer(value) => i64::try_from(value).ok(),
            // Below 2^63 a whole double converts exactly.
            Value::Float(value) if value.trunc() == value && value.abs() < 9.2e18 => Some(value as i64),
            _ => None,
        };
        value.ok_or_else(|| self.error("a 64-bit integer must stand here"))
    }

    fn name(&self) -> Parsed<String> {
        match &self.value {
            Value::Text(text) | Value::Name(text) => Ok(text.clone()),
            _ => Err(self.error("the name of an earlier column must stand here")),
        }
    }

    fn day(&self) -> Parsed<i32> {
        let day = match &self.value {
            Value::Text(text) => parse_date(text).and_then(|day| i32::try_from(day).ok()),
            _ => None,
        };
        day.ok_or_else(|| self.error("a date must stand here, such as '2024-12-31'"))
    }

    fn microsecond(&self) -> Parsed<i64> {
        let ticks = match &self.value {
            Value::Text(text) => match (parse_date(text), parse_timestamp(text)) {
                (Some(day), _) => day.checked_mul(86_400_000_000),
                (_, Some(timestamp)) => timestamp.ticks(TimeUnit::Microsecond),
                _ => None,
            },
            _ => None,
        };
        ticks.ok_or_else(|| self.error("a timestamp must stand here, such as '2024-12-31T12:00:00'"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_names_kinds_and_arguments() {
        let parsed = parse(
            "id=row, x = normal(0, 1),uniform, k=integers(-5,1e3),w=raw, \"a b\"=choice(\"A\",'B';0.7,0.3), \
             n=nullable(gamma(2), 0.1), y=correlated(x, -0.5), d=dates('1970-01-01', '1970-01-02'), \
             t=timestamps('1970-01-01', '1970-01-01T00:00:00.000001'), c=choice(1, 2.5), i=choice(1, -2)",
        )
        .expect("a list of columns");
        let names: Vec<_> = parsed.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["id", "x", "uniform", "k", "w", "a b", "n", "y", "d", "t", "c", "i"]);
        let expected = [
            Generator::Row,
            Generator::Normal { mean: 0.0, std: 1.0 },
            Generator::Uniform { low: 0.0, high: 1.0 },
            Generator::Integers { low: -5, high: 1000 },
            Generator::Raw,
            Generator::Choice {
                values: Choices::Texts(vec!["A".into(), "B".into()]),
                weights: vec![0.7, 0.3],
            },
            Generator::Nullable {
                generator: Box::new(Generator::Gamma { shape: 2.0, scale: 1.0 }),
                probability: 0.1,
            },
            Generator::Correlated { with: "x".into(), correlation: -0.5, mean: 0.0, std: 1.0 },
            Generator::Dates { first: 0, last: 1 },
            Generator::Timestamps { low: 0, high: 1 },
            Generator::Choice { values: Choices::Floats(vec![1.0, 2.5]), weights: Vec::new() },
            Generator::Choice { values: Choices::Integers(vec![1, -2]), weights: Vec::new() },
        ];
        for ((name, generator), expected) in parsed.iter().zip(&expected) {
            assert_eq!(generator, expected, "{name}");
        }
    }

    #[test]
    fn what_is_no_list_of_columns_is_refused_where_it_stands() {
        for (bad, told) in [
            ("", "instead of a column"),
            ("x=", "instead of a kind"),
            ("=row", "instead of a column"),
            ("\"\"=row", "name is missing"),
            ("x=row,x=raw", "two columns are called 'x'"),
            ("x=normal(0", "instead of ',' or ')'"),
            ("x=normal)", "instead of a comma"),
            ("x=normal(1)", "write normal(mean, std)"),
            ("x=poison(3)", "did you mean 'poisson'?"),
            ("k=integers(0.5,3)", "64-bit integer must stand here at column 12"),
            ("k=integers(0,9223372036854775808)", "64-bit integer"),
            ("x=row(1)", "write row"),
            ("a,,b", "no kind of column 'a'"),
            ("c=choice('A', 1)", "all numbers or all texts"),
            ("c=choice(A)", "in quotes"),
            ("c=normal(0; 1)", "instead of ',' or ')'"),
            ("d=dates('2024-13-01', '2024-12-31')", "a date must stand here"),
            ("n=nullable(nullable(nullable(row, 0), 0), 0)", "stands here instead of"),
            ("x=normal('a', 1)", "a number must stand here"),
        ] {
            let error = parse(bad).expect_err(bad).to_string();
            assert!(error.contains(told) && !error.contains('\n'), "{bad}: {error}");
        }
    }
}
