//! What a page of text may look like: how wide, and whether in colour.

use super::significant;

/// The terminal (or file) that a table is made for.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Columns of the terminal.
    pub width: usize,
    /// Whether headings are set off by ANSI escape sequences.
    pub colour: bool,
    /// Significant digits of numbers that are rounded for a person.
    pub digits: usize,
}

impl Default for Page {
    fn default() -> Self {
        Self { width: 80, colour: false, digits: significant::DIGITS }
    }
}

impl Page {
    pub(crate) fn bold(&self, text: &str) -> String {
        self.escape("1", text)
    }

    pub(crate) fn dim(&self, text: &str) -> String {
        self.escape("2", text)
    }

    fn escape(&self, code: &str, text: &str) -> String {
        if self.colour && !text.is_empty() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// `1 row`, `336,776 rows`.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", significant::thousands(&count.to_string()))
}
