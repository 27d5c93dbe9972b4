//! Lists of columns to generate: `id=row, x=normal(0, 1), k=integers(0, 100)`.

use super::quantity;

/// A column to generate.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Generator {
    pub(crate) name: String,
    pub(crate) values: Drawn,
}

/// What a column is drawn from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Drawn {
    /// 0, 1, 2, ...
    Row,
    /// 64-bit words.
    Raw,
    /// Doubles in [low, high).
    Uniform(f64, f64),
    /// Integers in [low, high).
    Integers(i64, i64),
    /// Doubles of mean and standard deviation.
    Normal(f64, f64),
}

/// The columns of `text`: `NAME=KIND(ARGUMENTS)` between commas; without `NAME=` a column is called by its kind.
pub(crate) fn parse(text: &str) -> Result<Vec<Generator>, String> {
    let generators: Vec<Generator> = pieces(text)?.into_iter().map(generator).collect::<Result<_, _>>()?;
    for (index, generator) in generators.iter().enumerate() {
        if generators[..index].iter().any(|earlier| earlier.name == generator.name) {
            return Err(format!(
                "two columns are called '{}'; name them: a=uniform, b=uniform",
                generator.name
            ));
        }
    }
    Ok(generators)
}

/// Cuts at commas outside of brackets.
fn pieces(text: &str) -> Result<Vec<&str>, String> {
    let mut pieces = Vec::new();
    let (mut start, mut depth) = (0, 0_i32);
    for (index, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                pieces.push(text[start..index].trim());
                start = index + 1;
            }
            _ => {}
        }
        if depth < 0 {
            break;
        }
    }
    pieces.push(text[start..].trim());
    if depth != 0 { Err(format!("'{text}': brackets do not match")) } else { Ok(pieces) }
}

fn generator(piece: &str) -> Result<Generator, String> {
    let (name, call) = match piece.split_once('=') {
        Some((name, call)) => (Some(name.trim()), call.trim()),
        None => (None, piece),
    };
    let (kind, arguments) = match call.split_once('(') {
        Some((kind, rest)) => {
            let inside = rest.strip_suffix(')').ok_or_else(|| format!("'{piece}': write KIND(A, B)"))?;
            (kind.trim(), inside.split(',').map(str::trim).filter(|argument| !argument.is_empty()).collect())
        }
        None => (call, Vec::new()),
    };
    let name = name.unwrap_or(kind);
    if name.is_empty() {
        return Err(format!("'{piece}': a column's name is missing"));
    }
    Ok(Generator { name: name.to_owned(), values: drawn(piece, kind, &arguments)? })
}

fn drawn(piece: &str, kind: &str, arguments: &[&str]) -> Result<Drawn, String> {
    match (kind, arguments) {
        ("row", []) => Ok(Drawn::Row),
        ("raw", []) => Ok(Drawn::Raw),
        ("uniform", []) => Ok(Drawn::Uniform(0.0, 1.0)),
        ("uniform", [low, high]) => {
            let (low, high) = (float(low)?, float(high)?);
            // Negated so that NaN is refused as well.
            if !(low < high && (high - low).is_finite()) {
                return Err(format!("'{piece}': the first bound must be below the second"));
            }
            Ok(Drawn::Uniform(low, high))
        }
        ("integers", [high]) => bounds(piece, 0, integer(high)?),
        ("integers", [low, high]) => bounds(piece, integer(low)?, integer(high)?),
        ("normal", []) => Ok(Drawn::Normal(0.0, 1.0)),
        ("normal", [mean, deviation]) => {
            let (mean, deviation) = (float(mean)?, float(deviation)?);
            if !(mean.is_finite() && deviation.is_finite() && deviation >= 0.0) {
                return Err(format!(
                    "'{piece}': mean and standard deviation must be finite, the latter not negative"
                ));
            }
            Ok(Drawn::Normal(mean, deviation))
        }
        _ => Err(format!(
            "'{piece}' is no column; write row, raw, uniform(low, high), integers(low, high) or normal(mean, std)"
        )),
    }
}

fn bounds(piece: &str, low: i64, high: i64) -> Result<Drawn, String> {
    if low < high {
        Ok(Drawn::Integers(low, high))
    } else {
        Err(format!("'{piece}': the first bound must be below the second, which is not drawn itself"))
    }
}

fn float(text: &str) -> Result<f64, String> {
    text.replace('_', "").parse().map_err(|_| format!("'{text}' is not a number"))
}

/// A whole number with a sign, in the forms of [`quantity::count`].
fn integer(text: &str) -> Result<i64, String> {
    let wrong = || format!("'{text}' is not a 64-bit integer");
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let magnitude = i128::from(quantity::count(digits).map_err(|_| wrong())?);
    i64::try_from(if is_negative { -magnitude } else { magnitude }).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_names_kinds_and_arguments() {
        let parsed =
            parse("id=row, x = normal(0, 1),uniform, k=integers(-5,1e3),w=raw").expect("a list of columns");
        let names: Vec<_> = parsed.iter().map(|generator| generator.name.as_str()).collect();
        assert_eq!(names, ["id", "x", "uniform", "k", "w"]);
        assert_eq!(parsed[1].values, Drawn::Normal(0.0, 1.0));
        assert_eq!(parsed[2].values, Drawn::Uniform(0.0, 1.0));
        assert_eq!(parsed[3].values, Drawn::Integers(-5, 1000));
    }

    #[test]
    fn what_cannot_be_drawn_is_refused() {
        for bad in [
            "",
            "x=",
            "=row",
            "x=row,x=raw",
            "x=normal(0",
            "x=normal)",
            "x=poisson(3)",
            "x=uniform(1,0)",
            "x=uniform(nan,1)",
            "x=uniform(-1e308,1e308)",
            "k=integers(3,3)",
            "k=integers(0.5,3)",
            "k=integers(0,9223372036854775808)",
            "x=normal(0,-1)",
            "x=row(1)",
            "a,,b",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
