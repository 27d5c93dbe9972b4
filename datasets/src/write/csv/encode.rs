//! Rows as lines of text: what is quoted, and what nulls become.

use std::path::{Path, PathBuf};

use crate::chunk::{Chunk, Values};
use crate::error::{Error, Result};
use crate::schema::{DataType, Schema};
use crate::text::{is_null, push_value};
use crate::write::{CsvSafety, WriteOptions};

/// Rows of chunks as lines of CSV, for whoever writes them where they like.
///
/// ```
/// use std::path::Path;
/// use arrcalc_datasets::{Chunk, Column, DataType, Field, Schema, Values, write::{CsvEncoder, WriteOptions}};
/// let schema = Schema { fields: vec![Field { name: "x, y".into(), data_type: DataType::Float64 }] };
/// let encoder = CsvEncoder::new(Path::new("-"), &schema, &WriteOptions::default())?;
/// let column = Column { values: Values::Float64(&[1e20, -0.0]), validity: None };
/// let chunk = Chunk { first_row: 0, row_count: 2, columns: vec![column] };
/// let mut out = String::new();
/// encoder.push_header(&mut out);
/// encoder.push_row(&chunk, 0, &mut out)?;
/// encoder.push_row(&chunk, 1, &mut out)?;
/// assert_eq!(out, "\"x, y\"\n1e20\n-0.0\n");
/// # Ok::<(), arrcalc_datasets::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct CsvEncoder {
    path: PathBuf,
    names: Vec<String>,
    types: Vec<DataType>,
    delimiter: char,
    quote: char,
    comment: Option<char>,
    header_row: bool,
    null_tokens: Vec<String>,
    safety: CsvSafety,
    /// Whether no number, truth value or time can need quotes.
    values_are_plain: bool,
}

impl CsvEncoder {
    /// An encoder for tables of `schema`; `path` is for messages.
    ///
    /// # Errors
    /// `Error::Request` where delimiter and quote are no two ASCII characters that do not end lines,
    /// `Error::Unsupported` where a column's type has no text.
    pub fn new(path: &Path, schema: &Schema, options: &WriteOptions) -> Result<Self> {
        let csv = &options.csv;
        let usable = |byte: u8| byte.is_ascii() && !matches!(byte, b'\n' | b'\r' | 0);
        if !usable(csv.delimiter) || !usable(csv.quote) || csv.delimiter == csv.quote {
            let reason = "delimiter and quote must be two ASCII characters that do not end lines".into();
            return Err(Error::Request { path: path.to_path_buf(), reason });
        }
        if let Some(field) =
            schema.fields.iter().find(|field| matches!(field.data_type, DataType::Unsupported(_)))
        {
            return Err(Error::Unsupported {
                path: path.to_path_buf(),
                column: Some(field.name.clone()),
                reason: format!("{} has no text form; leave the column out", field.data_type),
            });
        }
        let is_odd = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b':');
        let looks_like_a_value = |token: &String| {
            token.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.' | 'P'))
                || ["NaN", "Infinity", "true", "false"].contains(&token.trim())
        };
        Ok(Self {
            path: path.to_path_buf(),
            names: schema.fields.iter().map(|field| field.name.clone()).collect(),
            types: schema.fields.iter().map(|field| field.data_type.clone()).collect(),
            delimiter: char::from(csv.delimiter),
            quote: char::from(csv.quote),
            comment: csv.comment.map(char::from),
            header_row: csv.header_row,
            null_tokens: csv.null_tokens.clone(),
            safety: options.csv_safety,
            values_are_plain: !is_odd(csv.delimiter)
                && !is_odd(csv.quote)
                && !csv.comment.is_some_and(is_odd)
                && !csv.null_tokens.iter().any(looks_like_a_value),
        })
    }

    /// Appends the line of names, where there is to be one.
    pub fn push_header(&self, out: &mut String) {
        if !self.header_row {
            return;
        }
        for (index, name) in self.names.iter().enumerate() {
            if index > 0 {
                out.push(self.delimiter);
            }
            self.push_text(name, out);
        }
        out.push('\n');
    }

    /// Appends row `row` of `chunk` as a line.
    ///
    /// # Errors
    /// `Error::Unsupported` for a null in a table of one column where no token means null: an empty line is no row.
    ///
    /// # Panics
    /// If the chunk has not the columns and types of the schema, or no such row.
    pub fn push_row(&self, chunk: &Chunk<'_>, row: usize, out: &mut String) -> Result<()> {
        assert_eq!(chunk.columns.len(), self.types.len(), "a chunk has the columns of its schema");
        for (index, (column, data_type)) in chunk.columns.iter().zip(&self.types).enumerate() {
            if index > 0 {
                out.push(self.delimiter);
            }
            if is_null(column, row) {
                self.push_null(out)?;
                continue;
            }
            if let Values::Text(text) = &column.values {
                self.push_text(&String::from_utf8_lossy(text.bytes(row)), out);
            } else if self.values_are_plain {
                push_value(out, &column.values, row, data_type);
            } else {
                let mut value = String::new();
                push_value(&mut value, &column.values, row, data_type);
                self.push_quoted_if_needed(&value, out);
            }
        }
        out.push('\n');
        Ok(())
    }

    fn push_null(&self, out: &mut String) -> Result<()> {
        if self.types.len() > 1 {
            return Ok(());
        }
        match self.null_tokens.iter().find(|token| !token.trim().is_empty()) {
            Some(token) => out.push_str(token),
            None => {
                return Err(Error::Unsupported {
                    path: self.path.clone(),
                    column: self.names.first().cloned(),
                    reason: "a null in a table of one column needs a null token; give one with --null".into(),
                });
            }
        }
        Ok(())
    }

    fn push_text(&self, text: &str, out: &mut String) {
        let runs_in_spreadsheets = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
        if self.safety == CsvSafety::Guarded && runs_in_spreadsheets {
            return self.push_quoted_if_needed(&format!("'{text}"), out);
        }
        self.push_quoted_if_needed(text, out);
    }

    fn push_quoted_if_needed(&self, text: &str, out: &mut String) {
        if !self.needs_quotes(text) {
            return out.push_str(text);
        }
        out.push(self.quote);
        for (index, piece) in text.split(self.quote).enumerate() {
            if index > 0 {
                out.push(self.quote);
                out.push(self.quote);
            }
            out.push_str(piece);
        }
        out.push(self.quote);
    }

    /// Whether the text would be read otherwise without quotes: empty, null, a comment, a byte order mark, cut in
    /// two; or with blanks at its ends, which some readers drop.
    fn needs_quotes(&self, text: &str) -> bool {
        let blank = [' ', '\t'];
        text.is_empty()
            || text.starts_with(blank)
            || text.ends_with(blank)
            || text.starts_with('\u{feff}')
            || self.comment.is_some_and(|comment| text.starts_with(comment))
            || text.contains([self.delimiter, self.quote, '\n', '\r'])
            || self.null_tokens.iter().any(|token| token.trim_matches(blank) == text)
    }
}
