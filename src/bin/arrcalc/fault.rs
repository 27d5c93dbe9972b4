//! Panics: bugs that end in one line and exit code 70. Panics of decoders are caught where a file is read and
//! become errors about that file, so the hook itself prints nothing.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Mutex, PoisonError};

use crate::failure::{Failure, Result};

/// What the last panic said, and where.
static LAST: Mutex<Option<String>> = Mutex::new(None);

/// Keeps panics from printing; `RUST_BACKTRACE=1` brings the usual report back.
pub(crate) fn keep_panics_quiet() {
    let usual = panic::take_hook();
    let is_loud = std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0");
    panic::set_hook(Box::new(move |information| {
        if is_loud {
            usual(information);
        }
        *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(information.to_string());
    }));
}

/// Runs a command; a panic becomes a failure that says where.
pub(crate) fn guarded(command: impl FnOnce() -> Result<()>) -> Result<()> {
    panic::catch_unwind(AssertUnwindSafe(command)).unwrap_or_else(|_| {
        let said = LAST.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default();
        // `panicked at src/x.rs:1:2:\nmessage`: one line of it.
        Err(Failure::Bug(said.lines().collect::<Vec<_>>().join(" ")))
    })
}
