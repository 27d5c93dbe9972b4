//! How to open a file where its bytes do not say.

use std::path::PathBuf;

use crate::format::Format;
use crate::limits::Limits;
use crate::schema::DataType;

/// How to open files. `OpenOptions::default()` recognises everything that can be recognised.
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    /// Format, where magic bytes and extension must not decide (`--input-format`).
    pub format: Option<Format>,
    /// Element type of raw files (`--dtype`); a `>` byte order is `big_endian`.
    pub dtype: Option<DataType>,
    /// Raw files: most significant byte first.
    pub big_endian: bool,
    /// Columns whose type is given instead of inferred (`--types 'x=float64'`).
    pub types: Vec<(String, DataType)>,
    /// How CSV is cut into cells.
    pub csv: CsvOptions,
    /// Caps on what a file may claim.
    pub limits: Limits,
    /// Directory of temporary files; the system's where not given.
    pub temp_dir: Option<PathBuf>,
}

/// How CSV is cut into cells and what means null.
#[derive(Clone, Debug)]
pub struct CsvOptions {
    /// Between cells.
    pub delimiter: u8,
    /// Around cells that hold delimiters, quotes or newlines; doubled inside.
    pub quote: u8,
    /// Lines that start with it are skipped.
    pub comment: Option<u8>,
    /// Whether the first row holds the names; without it columns are `c0`, `c1`, ...
    pub header_row: bool,
    /// Unquoted cells that mean null; the empty cell always does.
    pub null_tokens: Vec<String>,
}

impl Default for CsvOptions {
    fn default() -> Self {
        Self {
            delimiter: b',',
            quote: b'"',
            comment: None,
            header_row: true,
            null_tokens: ["NA", "null", "NULL"].map(String::from).to_vec(),
        }
    }
}
