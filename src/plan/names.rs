//! Names of output columns.

use std::collections::{HashMap, HashSet};

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
    // Of each name that has been seen the number to try next: lower ones are taken.
    let mut seen: HashMap<String, u64> = HashMap::new();
    let mut out = Vec::with_capacity(names.len());
    for name in names {
        let Some(next) = seen.get_mut(&name) else {
            seen.insert(name.clone(), 1);
            out.push(name);
            continue;
        };
        let free = loop {
            let numbered = format!("{name}_{next}");
            *next += 1;
            if !taken.contains(&numbered) {
                break numbered;
            }
        };
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
    fn many_equal_names_take_time_in_proportion() {
        // A search from 1 for each would take minutes.
        let names = distinct((0..100_000).map(|index| if index % 2 == 0 { "x".into() } else { "y".into() }));
        assert_eq!(names[..4], ["x", "y", "x_1", "y_1"]);
        assert_eq!(names[99_998..], ["x_49999", "y_49999"]);
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
