//! What is wrong in the text, where, and as which error.

use std::path::Path;

use super::split::SplitFault;
use crate::error::Error;

/// Longest piece of a wrong cell that a message shows, in characters.
const SHOWN_CHARS: usize = 40;

/// The first wrong thing of a stretch of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A record has another number of cells than there are columns.
    Ragged {
        /// Where the record starts.
        at: usize,
        found: usize,
        expected: usize,
    },
    /// Bytes that are not UTF-8.
    Utf8 {
        /// The first wrong byte.
        at: usize,
    },
    /// A record that cannot be cut off.
    Split(SplitFault),
    /// Whoever opens the file wants it no longer.
    Stopped,
}

impl Fault {
    /// The byte that decides which of several faults comes first.
    pub(super) fn at(&self) -> usize {
        match *self {
            Fault::Ragged { at, .. } | Fault::Utf8 { at } => at,
            Fault::Stopped => 0,
            Fault::Split(SplitFault::UnterminatedQuote { record } | SplitFault::LongLine { record }) => {
                record
            }
        }
    }

    /// The error, with its 1-based line.
    pub(super) fn into_error(self, path: &Path, text: &[u8], line_bytes: usize) -> Error {
        if self == Fault::Stopped {
            return Error::Stopped { path: path.to_path_buf() };
        }
        let line = line_number(text, self.at());
        let reason = match self {
            Fault::Ragged { found, expected, .. } => {
                let cells = if found == 1 { "cell" } else { "cells" };
                format!(
                    "line {line}: {found} {cells}, expected {expected}; every row needs as many cells as there are columns"
                )
            }
            Fault::Utf8 { .. } => format!("line {line}: not UTF-8; convert the file, as with iconv -t UTF-8"),
            Fault::Split(SplitFault::UnterminatedQuote { .. }) => {
                format!("line {line}: a quote is opened and never closed")
            }
            Fault::Stopped => String::new(),
            Fault::Split(SplitFault::LongLine { .. }) => {
                return Error::Limit {
                    path: path.to_path_buf(),
                    what: format!("line {line}"),
                    needed_bytes: line_bytes as u64 + 1,
                    limit_bytes: line_bytes as u64,
                    option: "--max-line",
                };
            }
        };
        Error::Malformed { path: path.to_path_buf(), column: None, rows: None, reason }
    }
}

/// 1-based number of the line that byte `at` stands on; `\n`, `\r\n` and `\r` end lines, in quotes too.
pub(super) fn line_number(text: &[u8], at: usize) -> u64 {
    let before = &text[..at.min(text.len())];
    let line_feeds = memchr::memchr_iter(b'\n', before).count();
    let lone_returns =
        memchr::memchr_iter(b'\r', before).filter(|&at| text.get(at + 1) != Some(&b'\n')).count();
    (line_feeds + lone_returns) as u64 + 1
}

/// A cell for a one-line message: control characters escaped, long ones cut.
pub(super) fn shown(cell: &str) -> String {
    let mut shown: String = cell.chars().take(SHOWN_CHARS).flat_map(char::escape_debug).collect();
    if cell.chars().nth(SHOWN_CHARS).is_some() {
        shown.push_str("...");
    }
    shown
}
