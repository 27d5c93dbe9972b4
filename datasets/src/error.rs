//! What can be wrong with a file: typed, one line, naming the file, and column and rows where known.

use std::path::{Path, PathBuf};

/// Result of reading or writing a dataset.
pub type Result<T> = std::result::Result<T, Error>;

/// A file that could not be opened, read, understood or written.
///
/// Messages are one line, lower case, and end with what to do where there is something to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused: exit code 3.
    #[error("{}: {action}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was being done: `cannot open`, `cannot read` ...
        action: &'static str,
        /// The system's error.
        source: std::io::Error,
    },
    /// The bytes are not what the format demands: exit code 4.
    #[error("{}: {}{reason}", path.display(), place(column, rows))]
    Malformed {
        /// The file (with `:member` for a member of an npz).
        path: PathBuf,
        /// The column, where one is to blame.
        column: Option<String>,
        /// First row and one past the last, where known.
        rows: Option<(u64, u64)>,
        /// What was found, what was expected, what to do.
        reason: String,
    },
    /// A type, codec or feature that arrcalc does not read: exit code 4.
    #[error("{}: {}{reason}", path.display(), place(column, &None))]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// The column, where one is to blame.
        column: Option<String>,
        /// What is not supported.
        reason: String,
    },
    /// The request does not fit the data (no such column, files of different schema ...): exit code 2.
    #[error("{}: {reason}", path.display())]
    Request {
        /// The file.
        path: PathBuf,
        /// What was asked and what there is.
        reason: String,
    },
    /// A limit would be passed: exit code 5.
    #[error("{}: {what} needs {needed_bytes} bytes, the limit is {limit_bytes}; raise {option}", path.display())]
    Limit {
        /// The file.
        path: PathBuf,
        /// What needs the memory or space.
        what: String,
        /// Bytes it would take.
        needed_bytes: u64,
        /// Bytes allowed.
        limit_bytes: u64,
        /// The option that raises the limit, as typed on the command line.
        option: &'static str,
    },
    /// The input changed while it was read: exit code 3.
    #[error("{}: the file changed while it was read; run again when nothing writes to it", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// [`crate::Executor::is_stopped`] said so while the file was being opened.
    #[error("{}: stopped while it was being opened", path.display())]
    Stopped {
        /// The file.
        path: PathBuf,
    },
}

impl Error {
    /// The same error of the file `other`: for bytes that were read through a stand-in.
    #[must_use]
    pub(crate) fn with_path(mut self, other: &Path) -> Self {
        match &mut self {
            Error::Io { path, .. }
            | Error::Malformed { path, .. }
            | Error::Unsupported { path, .. }
            | Error::Request { path, .. }
            | Error::Limit { path, .. }
            | Error::Changed { path }
            | Error::Stopped { path } => *path = other.to_path_buf(),
        }
        self
    }
}

fn place(column: &Option<String>, rows: &Option<(u64, u64)>) -> String {
    match (column, rows) {
        (None, None) => String::new(),
        (Some(column), None) => format!("column '{column}': "),
        (None, Some((first, end))) => format!("rows {first}..{end}: "),
        (Some(column), Some((first, end))) => format!("column '{column}', rows {first}..{end}: "),
    }
}
