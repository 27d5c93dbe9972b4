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

#[cfg(test)]
mod tests {
    use std::process::{Command, exit};

    use crate::{arguments, guarded};

    /// A program with a bug: what `main` does, but for the command. Its `FORM` is what follows `--format`.
    #[test]
    #[ignore = "run by `a_bug_is_one_line_and_exit_code_70`, since it ends the process"]
    fn child_has_a_bug() {
        let form = std::env::var("FORM").expect("set by the parent");
        let words = ["arrcalc", "selftest", "--format", &form].map(std::ffi::OsString::from);
        let (arguments, _) = arguments::parse(&words).expect("words of a command");
        super::keep_panics_quiet();
        exit(guarded(&arguments.shared, &words, |session| Ok(session.engine().run(&Wrong)?)).into())
    }

    /// Panics while the engine's threads work.
    struct Wrong;

    impl arrcalc::Task for Wrong {
        type Answer = ();

        fn run(&self, scope: &arrcalc::Scope<'_>) -> arrcalc::Result<()> {
            let step = |(): &mut (), piece| {
                assert_ne!(piece, 40, "a promise\nthat does not hold");
                Ok(())
            };
            scope.fold(64, || (), step).map(drop)
        }
    }

    #[test]
    fn a_bug_is_one_line_and_exit_code_70() {
        let child = |form: &str| {
            let mut child = Command::new(std::env::current_exe().expect("this program"));
            child.args(["--ignored", "--exact", "--nocapture", "fault::tests::child_has_a_bug"]);
            child.env("FORM", form).env_remove("RUST_BACKTRACE");
            let output = child.output().expect("a child");
            assert_eq!(output.status.code(), Some(70));
            String::from_utf8(output.stderr).expect("text")
        };
        let line = child("table");
        assert_eq!(line.lines().count(), 1, "{line}");
        assert!(line.starts_with("arrcalc: ") && line.ends_with("please report it with the command line\n"));
        assert!(line.contains("fault.rs") && line.contains("a promise that does not hold"), "{line}");
        let json = child("json");
        assert_eq!(json.lines().count(), 1, "{json}");
        assert!(json.starts_with("{\"error\":{\"code\":70,\"kind\":\"bug\","), "{json}");
    }
}
