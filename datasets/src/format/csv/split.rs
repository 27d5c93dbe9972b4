//! Cuts text into records and cells, sequentially from a place that is known to start a record.
//!
//! The grammar is RFC 4180's, read as the `csv` crate and Python's `csv` read it:
//!
//! ```text
//! - a record ends at \n, \r\n, \r or the end of the text, outside quotes; empty lines are no records;
//! - a cell whose first byte is a quote is quoted: it ends at the next quote that is not doubled, and what follows
//!   up to the delimiter belongs to it literally; a quote elsewhere is an ordinary byte;
//! - a line that starts with the comment byte, where a record could start, is skipped to its end.
//! ```

use super::dialect::Dialect;
use super::structure::{BLOCK_BYTES, Needles};

/// One cell: bytes relative to its record's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    start: u32,
    end: u32,
    pub(super) form: Form,
}

/// How a cell's bytes become its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As they are, unquoted.
    Plain,
    /// As they are; quotes stood around them.
    Quoted,
    /// The opening quote comes first; quotes inside are doubled, and text may follow the closing one.
    Escaped,
}

impl Cell {
    /// The cell's bytes, where `record` is the text from the record's start.
    #[inline]
    pub(super) fn bytes<'t>(&self, record: &'t [u8]) -> &'t [u8] {
        &record[self.start as usize..self.end as usize]
    }

    /// Where the cell's bytes start, counted from the record's start.
    #[inline]
    pub(super) fn start(&self) -> usize {
        self.start as usize
    }

    /// As [`Cell::bytes`], of text: cells are cut at ASCII bytes, so never inside a character.
    #[inline]
    pub(super) fn text<'t>(&self, record: &'t str) -> &'t str {
        &record[self.start as usize..self.end as usize]
    }
}

/// Where a record lies; its cells are [`Splitter::cells`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// First byte.
    pub(super) start: usize,
    /// Number of cells, those past the cap of cells kept included.
    pub(super) cell_count: usize,
}

/// Why no further record can be cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SplitFault {
    /// A quote is not closed before the end of the text.
    UnterminatedQuote {
        /// Where the record starts.
        record: usize,
    },
    /// The record is longer than the cap.
    LongLine {
        /// Where the record starts.
        record: usize,
    },
}

/// Cuts records off `text`, one after the other.
#[derive(Debug)]
pub(super) struct Splitter<'a> {
    text: &'a [u8],
    dialect: &'a Dialect,
    needles: Needles,
    /// Next byte to look at: between calls, where a record could start.
    at: usize,
    /// Start of the block that `mask` covers.
    block: usize,
    /// Bytes of the block, not yet passed, that could end a cell.
    mask: u64,
    /// Cells beyond this many are counted and not kept.
    cells_max: usize,
    cells: Vec<Cell>,
}

impl<'a> Splitter<'a> {
    /// Starts at `start`, which must start a record.
    pub(super) fn new(text: &'a [u8], start: usize, cells_max: usize, dialect: &'a Dialect) -> Self {
        let needles = Needles::new(dialect);
        let block = start / BLOCK_BYTES * BLOCK_BYTES;
        let mask = if start < text.len() { needles.mask(text, block) & (!0 << (start - block)) } else { 0 };
        Self { text, dialect, needles, at: start, block, mask, cells_max, cells: Vec::new() }
    }

    /// Where the next record could start: past the line end of the last one.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// The cells of the last record.
    pub(super) fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// Cuts off the next record; `None` at the end of the text.
    pub(super) fn next_record(&mut self) -> Result<Option<Record>, SplitFault> {
        self.skip_blanks_and_comments()?;
        if self.at >= self.text.len() {
            return Ok(None);
        }
        let record = self.at;
        self.cells.clear();
        let mut cell_count = 0;
        loop {
            let start = self.at;
            let (end, stop, form) = if self.text.get(start) == Some(&self.dialect.quote) {
                self.quoted_cell(record)?
            } else {
                let stop = self.next_unquoted(record)?;
                (stop, stop, Form::Plain)
            };
            if cell_count < self.cells_max {
                let start = if form == Form::Quoted { start + 1 } else { start };
                // The line cap keeps both below 2^32.
                self.cells.push(Cell { start: (start - record) as u32, end: (end - record) as u32, form });
            }
            cell_count += 1;
            self.at = stop + 1;
            match self.text.get(stop) {
                Some(&byte) if byte == self.dialect.delimiter => {}
                Some(b'\r') => {
                    self.finish_crlf();
                    break;
                }
                Some(_) => break,
                None => {
                    self.at = self.text.len();
                    break;
                }
            }
        }
        Ok(Some(Record { start: record, cell_count }))
    }

    /// The quoted cell at `self.at`: end of its bytes, the delimiter or line end after it, and its form.
    fn quoted_cell(&mut self, record: usize) -> Result<(usize, usize, Form), SplitFault> {
        let opening = self.next_structural(record)?;
        debug_assert_eq!(opening, Some(self.at), "the opening quote is the next structural byte");
        let mut form = Form::Quoted;
        let closing = loop {
            let Some(found) = self.next_structural(record)? else {
                return Err(SplitFault::UnterminatedQuote { record });
            };
            if self.text[found] != self.dialect.quote {
                continue;
            }
            if self.text.get(found + 1) != Some(&self.dialect.quote) {
                break found;
            }
            form = Form::Escaped;
            self.next_structural(record)?;
        };
        let stop = self.next_unquoted(record)?;
        if stop != closing + 1 {
            form = Form::Escaped;
        }
        Ok((if form == Form::Escaped { stop } else { closing }, stop, form))
    }

    /// The next delimiter, line end or end of text.
    #[inline]
    fn next_unquoted(&mut self, record: usize) -> Result<usize, SplitFault> {
        loop {
            match self.next_structural(record)? {
                None => return Ok(self.text.len()),
                Some(found) if self.text[found] != self.dialect.quote => return Ok(found),
                Some(_) => {}
            }
        }
    }

    /// Takes the next of the four bytes off the mask.
    #[inline]
    fn next_structural(&mut self, record: usize) -> Result<Option<usize>, SplitFault> {
        while self.mask == 0 {
            if self.block + BLOCK_BYTES >= self.text.len() {
                return Ok(None);
            }
            self.block += BLOCK_BYTES;
            if self.block > record.saturating_add(self.dialect.line_bytes) {
                return Err(SplitFault::LongLine { record });
            }
            self.mask = self.needles.mask(self.text, self.block);
        }
        let found = self.block + self.mask.trailing_zeros() as usize;
        self.mask &= self.mask - 1;
        Ok(Some(found))
    }

    /// After a carriage return that ends a line: a line feed behind it belongs to the same line end.
    fn finish_crlf(&mut self) {
        if self.text.get(self.at) == Some(&b'\n') {
            // No line is open, so the cap cannot be passed.
            let taken = self.next_structural(self.at);
            debug_assert_eq!(taken, Ok(Some(self.at)));
            self.at += 1;
        }
    }

    fn skip_blanks_and_comments(&mut self) -> Result<(), SplitFault> {
        while let Some(&byte) = self.text.get(self.at) {
            if byte == b'\n' || byte == b'\r' {
                self.next_structural(self.at)?;
                self.at += 1;
            } else if Some(byte) == self.dialect.comment {
                let start = self.at;
                loop {
                    match self.next_structural(start)? {
                        Some(found) if !matches!(self.text[found], b'\n' | b'\r') => {}
                        Some(found) => {
                            self.at = found + 1;
                            break;
                        }
                        None => {
                            self.at = self.text.len();
                            break;
                        }
                    }
                }
            } else {
                break;
            }
        }
        Ok(())
    }
}

/// Appends the text of an [`Form::Escaped`] cell to `out`.
pub(super) fn unescape(cell: &str, quote: u8, out: &mut String) {
    let quote = char::from(quote);
    let mut rest = &cell[1..];
    while let Some(at) = rest.find(quote) {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match rest.strip_prefix(quote) {
            Some(after) => {
                out.push(quote);
                rest = after;
            }
            // The closing quote: what follows is literal.
            None => break,
        }
    }
    out.push_str(rest);
}
