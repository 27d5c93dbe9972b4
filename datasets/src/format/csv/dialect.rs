//! How bytes are cut into cells: the checked form of [`CsvOptions`], and the tokens that mean null.

use std::path::Path;

use super::types::trim_blanks;
use crate::error::{Error, Result};
use crate::limits::Limits;
use crate::options::CsvOptions;

/// Delimiter, quote, comment, null tokens and caps, checked.
#[derive(Clone, Debug)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    pub(super) quote: u8,
    pub(super) comment: Option<u8>,
    pub(super) header_row: bool,
    nulls: Vec<Box<[u8]>>,
    /// Whether some null token begins with the byte: most cells are told from null by their first byte.
    null_starts: Box<[bool; 256]>,
    /// Longest line in bytes; offsets within a line fit `u32`.
    pub(super) line_bytes: usize,
    /// Most columns.
    pub(super) columns: usize,
}

impl Dialect {
    /// Checks the options.
    ///
    /// # Errors
    /// `Error::Request` where two roles fall on one byte, or a byte is no ASCII character or ends lines.
    pub(super) fn new(path: &Path, options: &CsvOptions, limits: &Limits) -> Result<Self> {
        let roles = [
            ("delimiter", Some(options.delimiter)),
            ("quote", Some(options.quote)),
            ("comment", options.comment),
        ];
        for (at, (role, byte)) in roles.iter().enumerate() {
            let Some(byte) = byte else { continue };
            if !byte.is_ascii() || matches!(byte, b'\n' | b'\r' | 0) {
                let shown = byte.escape_ascii();
                return Err(request(
                    path,
                    format!("'{shown}' cannot be the {role}; use an ASCII character that does not end lines"),
                ));
            }
            if let Some((other, _)) = roles[..at].iter().find(|(_, other)| *other == Some(*byte)) {
                let shown = byte.escape_ascii();
                return Err(request(path, format!("'{shown}' cannot be both the {other} and the {role}")));
            }
        }
        let nulls: Vec<Box<[u8]>> = options.null_tokens.iter().map(|token| token.as_bytes().into()).collect();
        let mut null_starts = Box::new([false; 256]);
        for token in &nulls {
            if let Some(&first) = token.first() {
                // Blanks may stand around a token, as around a number.
                for first in [first, b' ', b'\t'] {
                    null_starts[usize::from(first)] = true;
                }
            }
        }
        Ok(Self {
            delimiter: options.delimiter,
            quote: options.quote,
            comment: options.comment,
            header_row: options.header_row,
            nulls,
            null_starts,
            // 128 keeps offsets of what is scanned past the cap inside 32 bits, too.
            line_bytes: usize::try_from(limits.line_bytes).unwrap_or(usize::MAX).min(u32::MAX as usize - 128),
            columns: limits.columns,
        })
    }

    /// Whether an unquoted cell means null.
    #[inline]
    pub(super) fn is_null(&self, cell: &[u8]) -> bool {
        match cell.first() {
            None => true,
            Some(&first) => self.null_starts[usize::from(first)] && self.is_null_token(cell),
        }
    }

    fn is_null_token(&self, cell: &[u8]) -> bool {
        let trimmed = trim_blanks(cell);
        self.nulls.iter().any(|token| **token == *cell || (!token.is_empty() && **token == *trimmed))
    }
}

fn request(path: &Path, reason: String) -> Error {
    Error::Request { path: path.to_path_buf(), reason }
}
