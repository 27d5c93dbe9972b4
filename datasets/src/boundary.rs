//! The file boundary: a file can be wrong, never dangerous. Decoders of other crates may panic on bytes that nobody
//! foresaw; here that ends, as an error that names the file.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::error::{Error, Result};

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Whether the calling thread is inside a decoder whose panic becomes an error: a panic hook that asks this can keep
/// silent, since the error will be reported.
pub fn is_decoding() -> bool {
    INSIDE.get()
}

/// Sets the flag for a scope, and back however the scope is left.
struct Scope {
    before: bool,
}

impl Scope {
    fn enter(inside: bool) -> Self {
        Self { before: INSIDE.replace(inside) }
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        INSIDE.set(self.before);
    }
}

/// Runs a decoder on the bytes of `path`.
///
/// What it may leave half done belongs to the file, which is given up with the error.
pub(crate) fn guard<T>(path: &Path, decode: impl FnOnce() -> Result<T>) -> Result<T> {
    let _scope = Scope::enter(true);
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or_else(|payload| {
        let said = payload.downcast_ref::<&str>().map(ToString::to_string);
        let said = said.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default();
        Err(Error::Malformed {
            path: path.to_path_buf(),
            column: None,
            rows: None,
            reason: format!(
                "a decoder gave up ({}); the file is malformed, or this is a bug to report",
                said.lines().next().unwrap_or("no message")
            ),
        })
    })
}

/// Runs the receiver of what a decoder lends.
pub(crate) fn outside<T>(receive: impl FnOnce() -> T) -> T {
    let _scope = Scope::enter(false);
    receive()
}
