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
    /// Bytes of numbers that may stay in memory where opening reads them, all files together: the cells of CSV, whose
    /// types are found by a look at each of them. Reading a column then means parsing no text, which is worth it where
    /// all columns will be read. See [`OpenOptions::holding`].
    pub hold_bytes: u64,
    /// Directory of temporary files; the system's where not given.
    pub temp_dir: Option<PathBuf>,
}

impl OpenOptions {
    /// These options with a quarter of [`Limits::memory_bytes`] for numbers that opening reads.
    #[must_use]
    pub fn holding(self) -> Self {
        Self { hold_bytes: self.limits.memory_bytes / 4, ..self }
    }
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
