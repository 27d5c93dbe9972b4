//! Where the table starts, and what its columns are called.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::dialect::Dialect;
use super::fault::Fault;
use super::split::{Form, Splitter, unescape};
use crate::error::{Error, Result};

const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// Names of the columns, and where the first record lies.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) names: Vec<String>,
    pub(super) records_at: usize,
}

/// Reads the first record: the header row, or the one that tells the number of columns.
///
/// # Errors
/// `Error::Malformed` where there is no first record, it has too many columns, or it is not UTF-8.
pub(super) fn read_header(path: &Path, text: &[u8], dialect: &Dialect) -> Result<Header> {
    if text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff") {
        return Err(malformed(
            path,
            "the text is UTF-16; convert it, as with iconv -f UTF-16 -t UTF-8".into(),
        ));
    }
    let start = if text.starts_with(UTF8_MARK) { UTF8_MARK.len() } else { 0 };
    let mut splitter = Splitter::new(text, start, dialect.columns, dialect);
    let fail = |fault: Fault| fault.into_error(path, text, dialect.line_bytes);
    let Some(record) = splitter.next_record().map_err(|split| fail(Fault::Split(split)))? else {
        return Err(malformed(path, "no rows; expected at least a header row".into()));
    };
    if record.cell_count > dialect.columns {
        let (found, limit) = (record.cell_count, dialect.columns);
        return Err(malformed(path, format!("{found} columns, the limit is {limit}; raise --max-columns")));
    }
    if !dialect.header_row {
        let names = (0..record.cell_count).map(|index| format!("c{index}")).collect();
        return Ok(Header { names, records_at: start });
    }
    let records_at = splitter.position();
    let line = str::from_utf8(&text[record.start..records_at])
        .map_err(|error| fail(Fault::Utf8 { at: record.start + error.valid_up_to() }))?;
    let names = splitter.cells().iter().map(|cell| {
        let name = cell.text(line);
        if cell.form == Form::Escaped {
            let mut unescaped = String::new();
            unescape(name, dialect.quote, &mut unescaped);
            unescaped
        } else {
            name.to_owned()
        }
    });
    Ok(Header { names: distinct_names(names), records_at })
}

/// Empty names become `c` and the index, repeated ones get the next free of `_1`, `_2`, ...
fn distinct_names(names: impl Iterator<Item = String>) -> Vec<String> {
    let names: Vec<String> =
        names.enumerate().map(|(at, name)| if name.is_empty() { format!("c{at}") } else { name }).collect();
    let mut taken: HashSet<String> = names.iter().cloned().collect();
    let mut seen = HashSet::new();
    let mut last_suffix: HashMap<String, usize> = HashMap::new();
    names
        .into_iter()
        .map(|name| {
            if seen.insert(name.clone()) {
                return name;
            }
            let suffix = last_suffix.entry(name.clone()).or_default();
            loop {
                *suffix += 1;
                let candidate = format!("{name}_{suffix}");
                if taken.insert(candidate.clone()) {
                    return candidate;
                }
            }
        })
        .collect()
}

fn malformed(path: &Path, reason: String) -> Error {
    Error::Malformed { path: path.to_path_buf(), column: None, rows: None, reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(header: &str) -> Vec<String> {
        distinct_names(header.split(',').map(str::to_owned))
    }

    #[test]
    fn repeated_and_empty_names_become_distinct() {
        assert_eq!(names("a,a,a"), ["a", "a_1", "a_2"]);
        assert_eq!(names("a,a_1,a"), ["a", "a_1", "a_2"]);
        assert_eq!(names("a,,b,"), ["a", "c1", "b", "c3"]);
        assert_eq!(names("c1,"), ["c1", "c1_1"]);
        assert_eq!(names("a,a,a_1,a_1"), ["a", "a_2", "a_1", "a_1_1"]);
    }
}
