//! Names of output columns.

use std::collections::HashSet;

/// `name` as it is written in an expression: in double quotes where it is odd.
pub(super) fn quoted(name: &str) -> String {
    let mut characters = name.chars();
    let is_plain = characters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|character| character.is_alphanumeric() || character == '_');
    if is_plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// `names`, the second and later of equal ones as `name_1`, `name_2`, ...
pub(super) fn distinct(names: impl Iterator<Item = String>) -> Vec<String> {
    let names: Vec<String> = names.collect();
    let mut taken: HashSet<String> = names.iter().cloned().collect();
    let mut seen = HashSet::new();
    let mut out = Vec::with_capacity(names.len());
    for name in names {
        if seen.insert(name.clone()) {
            out.push(name);
            continue;
        }
        let free = (1u64..).map(|number| format!("{name}_{number}")).find(|name| !taken.contains(name));
        let free = free.unwrap_or(name);
        taken.insert(free.clone());
        out.push(free);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_names_get_numbers_that_nobody_has() {
        let names = ["x", "y", "x", "x_1", "x"].map(String::from);
        assert_eq!(distinct(names.into_iter()), ["x", "y", "x_2", "x_1", "x_3"]);
    }

    #[test]
    fn odd_names_are_quoted() {
        assert_eq!(quoted("dep_delay"), "dep_delay");
        assert_eq!(quoted("größe2"), "größe2");
        assert_eq!(quoted("2x"), "\"2x\"");
        assert_eq!(quoted("a \"b\""), "\"a \"\"b\"\"\"");
        assert_eq!(quoted(""), "\"\"");
    }
}
