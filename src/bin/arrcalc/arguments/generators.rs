//! Lists of columns to generate: `id=row, x=normal(0, 1), k=integers(0, 100)`.

use arrcalc::datasets::Generator;

use super::quantity;

/// A name and what the column of that name is drawn from.
pub(crate) type Named = (String, Generator);

/// The columns of `text`: `NAME=KIND(ARGUMENTS)` between commas; without `NAME=` a column is called by its kind.
///
/// Whether the arguments make sense is the library's to say.
pub(crate) fn parse(text: &str) -> Result<Vec<Named>, String> {
    let columns: Vec<Named> = pieces(text)?.into_iter().map(column).collect::<Result<_, _>>()?;
    for (index, (name, _)) in columns.iter().enumerate() {
        if columns[..index].iter().any(|(earlier, _)| earlier == name) {
            return Err(format!("two columns are called '{name}'; name them: a=uniform, b=uniform"));
        }
    }
    Ok(columns)
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

fn column(piece: &str) -> Result<Named, String> {
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
    Ok((name.to_owned(), generator(piece, kind, &arguments)?))
}

fn generator(piece: &str, kind: &str, arguments: &[&str]) -> Result<Generator, String> {
    match (kind, arguments) {
        ("row", []) => Ok(Generator::Row),
        ("raw", []) => Ok(Generator::Raw),
        ("uniform", []) => Ok(Generator::Uniform { low: 0.0, high: 1.0 }),
        ("uniform", [low, high]) => Ok(Generator::Uniform { low: float(low)?, high: float(high)? }),
        ("integers", [high]) => Ok(Generator::Integers { low: 0, high: integer(high)? }),
        ("integers", [low, high]) => Ok(Generator::Integers { low: integer(low)?, high: integer(high)? }),
        ("normal", []) => Ok(Generator::Normal { mean: 0.0, std: 1.0 }),
        ("normal", [mean, std]) => Ok(Generator::Normal { mean: float(mean)?, std: float(std)? }),
        _ => Err(format!(
            "'{piece}' is no column; write row, raw, uniform(low, high), integers(low, high) or normal(mean, std)"
        )),
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
        let names: Vec<_> = parsed.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["id", "x", "uniform", "k", "w"]);
        assert_eq!(parsed[1].1, Generator::Normal { mean: 0.0, std: 1.0 });
        assert_eq!(parsed[2].1, Generator::Uniform { low: 0.0, high: 1.0 });
        assert_eq!(parsed[3].1, Generator::Integers { low: -5, high: 1000 });
    }

    #[test]
    fn what_is_no_list_of_columns_is_refused() {
        for bad in [
            "",
            "x=",
            "=row",
            "x=row,x=raw",
            "x=normal(0",
            "x=normal)",
            "x=poisson(3)",
            "k=integers(0.5,3)",
            "k=integers(0,9223372036854775808)",
            "x=row(1)",
            "a,,b",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
