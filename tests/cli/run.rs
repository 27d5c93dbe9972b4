//! Runs the binary from the repository's root.

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The root, where `datasets/samples` is.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The command `arrcalc ARGUMENTS`, with no settings of the developer's own.
pub(crate) fn arrcalc(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_arrcalc"));
    command.args(arguments).current_dir(root()).stdin(Stdio::null()).env("COLUMNS", "80");
    for (name, _) in std::env::vars() {
        if name.starts_with("ARRCALC_") || name == "NO_COLOR" || name == "RUST_BACKTRACE" {
            command.env_remove(name);
        }
    }
    command
}

/// Runs to the end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    arrcalc(arguments).output().expect("the binary starts")
}

/// Standard output of a run that must succeed in silence.
pub(crate) fn stdout(arguments: &[&str]) -> String {
    let output = run(arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {}: {errors}", output.status);
    assert_eq!(errors, "", "{arguments:?} has nothing to say on stderr");
    String::from_utf8(output.stdout).expect("results are UTF-8")
}

/// Exit code and the one line on stderr of a run that must fail.
pub(crate) fn failure(arguments: &[&str]) -> (i32, String) {
    let output = run(arguments);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{arguments:?} fails before it prints results");
    let errors = String::from_utf8(output.stderr).expect("errors are UTF-8");
    (output.status.code().expect("no signal"), errors)
}

pub(crate) const PENGUINS: &str = "datasets/samples/penguins.csv";
pub(crate) const WEATHER: &str = "datasets/samples/weather.csv";
pub(crate) const FLIGHTS: &str = "datasets/samples/flights.parquet";
