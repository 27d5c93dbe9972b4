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
    #[inline]
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
    #[inline(always)]
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
    #[inline(always)]
    fn next_structural(&mut self, record: usize) -> Result<Option<usize>, SplitFault> {
        if self.mask == 0 && !self.refill(record)? {
            return Ok(None);
        }
        let found = self.block + self.mask.trailing_zeros() as usize;
        self.mask &= self.mask - 1;
        Ok(Some(found))
    }

    /// Goes on to the next block that has one of the four bytes; `false` at the end of the text.
    #[inline]
    fn refill(&mut self, record: usize) -> Result<bool, SplitFault> {
        loop {
            if self.block + BLOCK_BYTES >= self.text.len() {
                return Ok(false);
            }
            self.block += BLOCK_BYTES;
            if self.block - record > self.dialect.line_bytes {
                return Err(SplitFault::LongLine { record });
            }
            self.mask = self.needles.mask(self.text, self.block);
            if self.mask != 0 {
                return Ok(true);
            }
        }
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::limits::Limits;
    use crate::options::CsvOptions;

    fn dialect(comment: Option<u8>) -> Dialect {
        Dialect::new(Path::new("t"), &CsvOptions { comment, ..CsvOptions::default() }, &Limits::default())
            .unwrap()
    }

    fn split(text: &str, dialect: &Dialect) -> Result<Vec<Vec<String>>, SplitFault> {
        let mut splitter = Splitter::new(text.as_bytes(), 0, usize::MAX, dialect);
        let mut records = Vec::new();
        while let Some(record) = splitter.next_record()? {
            let cells: Vec<String> = splitter
                .cells()
                .iter()
                .map(|cell| {
                    let raw = cell.text(&text[record.start..]);
                    let mut unescaped = String::new();
                    match cell.form {
                        Form::Escaped => unescape(raw, b'"', &mut unescaped),
                        Form::Plain | Form::Quoted => unescaped.push_str(raw),
                    }
                    unescaped
                })
                .collect();
            assert_eq!(cells.len(), record.cell_count);
            records.push(cells);
        }
        Ok(records)
    }

    /// The records by the `csv` crate.
    fn oracle(text: &str, comment: Option<u8>) -> Vec<Vec<String>> {
        csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .comment(comment)
            .from_reader(text.as_bytes())
            .records()
            .map(|record| record.unwrap().iter().map(String::from).collect())
            .collect()
    }

    fn check(text: &str, comment: Option<u8>) {
        match split(text, &dialect(comment)) {
            Ok(records) => assert_eq!(records, oracle(text, comment), "{text:?}"),
            // The oracle closes an open quote at the end of the text; an even number of quotes cannot be open.
            Err(fault) => assert!(
                matches!(fault, SplitFault::UnterminatedQuote { .. }) && text.contains('"'),
                "{text:?}: {fault:?}"
            ),
        }
    }

    #[test]
    fn every_short_text_is_cut_as_the_csv_crate_cuts_it() {
        let alphabet = ['a', ',', '"', '\n', '\r'];
        let mut texts = vec![String::new()];
        for _ in 0..7 {
            texts = texts
                .iter()
                .flat_map(|text| alphabet.iter().map(move |letter| format!("{text}{letter}")))
                .collect();
            texts.iter().for_each(|text| check(text, None));
        }
    }

    #[test]
    fn long_random_texts_are_cut_as_the_csv_crate_cuts_them() {
        let letters =
            ["a", "bcdefgh", ",", ",", "\"", "\"\"", "\n", "\r\n", "é", "#", " ", ",\"", "\",", "\"\n"];
        let seed = 0x2545_f491_4f6c_dd1d_u64;
        println!("seed {seed:#x}");
        let mut state = seed;
        for _ in 0..20_000 {
            let mut text = String::new();
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            for _ in 0..state >> 57 {
                state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
                text.push_str(letters[(state >> 33) as usize % letters.len()]);
            }
            check(&text, None);
            // Of a comment that no line feed ends, csv 1.4 makes a record of one empty cell.
            text.push('\n');
            check(&text, Some(b'#'));
        }
    }

    #[test]
    fn a_quote_is_unterminated_exactly_where_a_closing_one_mends_it() {
        let plain = dialect(None);
        for text in ["\"", "a,\"b", "a\n\"b\"\"", "\"a\n\n,", "\"\"\""] {
            assert!(matches!(split(text, &plain), Err(SplitFault::UnterminatedQuote { .. })), "{text:?}");
            assert!(split(&format!("{text}\""), &plain).is_ok(), "{text:?}");
        }
    }

    #[test]
    fn a_long_line_is_refused_before_it_is_read_to_its_end() {
        let limits = Limits { line_bytes: 1_000, ..Limits::default() };
        let dialect = Dialect::new(Path::new("t"), &CsvOptions::default(), &limits).unwrap();
        for cell in ["x", "x,", "\"", "\n\"", "é"] {
            let text = format!("a,b\n\"{}", cell.repeat(3_000));
            let outcome = split(&text, &dialect);
            // Pairs of quotes and line feeds make short lines; all else is one long one.
            assert!(cell == "\n\"" || outcome == Err(SplitFault::LongLine { record: 4 }), "{cell:?}");
        }
        assert!(split(&"y".repeat(999), &dialect).is_ok());
        assert!(split(&"y,z\n".repeat(999), &dialect).is_ok());
    }
}
