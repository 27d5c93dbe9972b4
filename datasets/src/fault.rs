//! What a decoder found wrong, before it is known in which file and column: decoders work on bytes and return
//! a `Fault`, the format's face adds the place.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::error::Error;

/// An [`Error`] without its place.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The bytes are not what the format demands.
    Malformed(String),
    /// A type, codec or feature that is not read.
    Unsupported(String),
    /// More memory than the reader may take.
    Memory { what: String, needed_bytes: u64, limit_bytes: u64 },
}

impl Fault {
    pub(crate) fn malformed(reason: impl Into<String>) -> Self {
        Fault::Malformed(reason.into())
    }

    pub(crate) fn unsupported(reason: impl Into<String>) -> Self {
        Fault::Unsupported(reason.into())
    }

    /// The fault of computing on a column whose type, `name`, is only shown.
    pub(crate) fn shown_only(name: &str) -> Self {
        Fault::Unsupported(format!(
            "type {name} is shown by `info` but not computed on; leave the column out"
        ))
    }

    /// The error of `path`, of `column` and `rows` where those are known.
    pub(crate) fn at(self, path: &Path, column: Option<&str>, rows: Option<(u64, u64)>) -> Error {
        let path = path.to_path_buf();
        let column = column.map(String::from);
        match self {
            Fault::Malformed(reason) => Error::Malformed { path, column, rows, reason: one_line(&reason) },
            Fault::Unsupported(reason) => Error::Unsupported { path, column, reason: one_line(&reason) },
            Fault::Memory { what, needed_bytes, limit_bytes } => {
                let what = column.map_or(what.clone(), |column| format!("column '{column}': {what}"));
                Error::Limit { path, what, needed_bytes, limit_bytes, option: "--memory" }
            }
        }
    }
}

/// Other crates' messages may span lines; ours never do.
fn one_line(reason: &str) -> String {
    reason.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Fails where `needed_bytes` is more than `limit_bytes`.
pub(crate) fn within(what: &str, needed_bytes: u64, limit_bytes: u64) -> Result<(), Fault> {
    if needed_bytes <= limit_bytes {
        Ok(())
    } else {
        Err(Fault::Memory { what: what.into(), needed_bytes, limit_bytes })
    }
}

/// Runs a foreign decoder on untrusted bytes: its panics become faults.
pub(crate) fn guarded<T>(what: &str, decode: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    // Nothing that `decode` may leave half done is looked at again.
    catch_unwind(AssertUnwindSafe(decode))
        .unwrap_or_else(|_| Err(Fault::Malformed(format!("the {what} cannot be decoded"))))
}
