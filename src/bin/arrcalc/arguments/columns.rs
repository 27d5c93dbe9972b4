//! Lists of column names: `a,b`, names with odd characters in double quotes, as in SQL.

use crate::failure::{Failure, Result};

/// The names of `text`, a comma between them; `"a,b"` is one name, and `""` in quotes is one quote.
pub(crate) fn names(text: &str) -> std::result::Result<Vec<String>, String> {
    let mut names = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let (name, after) =
            if let Some(quoted) = rest.strip_prefix('"') { unquote(quoted)? } else { bare(rest) };
        if name.is_empty() {
            return Err(format!("'{text}': a column's name is missing; write NAME,NAME"));
        }
        names.push(name);
        match after.trim_start().strip_prefix(',') {
            Some(more) => rest = more,
            None if after.trim().is_empty() => return Ok(names),
            None => return Err(format!("'{text}': expected a comma after \"{}\"", names[names.len() - 1])),
        }
    }
}

/// The names of every `-c`, in the order typed.
pub(crate) fn listed(texts: &[String]) -> Result<Vec<String>> {
    let lists = texts.iter().map(|text| names(text)).collect::<std::result::Result<Vec<_>, String>>();
    lists.map(|lists| lists.concat()).map_err(Failure::Usage)
}

fn bare(text: &str) -> (String, &str) {
    let end = text.find(',').unwrap_or(text.len());
    (text[..end].trim_end().to_owned(), &text[end..])
}

fn unquote(text: &str) -> std::result::Result<(String, &str), String> {
    let mut name = String::new();
    let mut rest = text;
    loop {
        let Some((before, after)) = rest.split_once('"') else {
            return Err(format!("'\"{text}': a double quote is not closed"));
        };
        name.push_str(before);
        match after.strip_prefix('"') {
            Some(more) => {
                name.push('"');
                rest = more;
            }
            None => return Ok((name, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_at_commas_outside_of_quotes() {
        assert_eq!(names("a, b c ,d"), Ok(vec!["a".into(), "b c".into(), "d".into()]));
        assert_eq!(names(r#""a,b","say ""x""""#), Ok(vec!["a,b".into(), "say \"x\"".into()]));
        for bad in ["", "a,,b", "a,", "\"a", "\"a\"b"] {
            assert!(names(bad).is_err(), "{bad}");
        }
    }
}
