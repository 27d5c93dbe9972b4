//! What can be typed: help, examples, the bare form, completions, manual pages.

use std::fs;
use std::process::Command;

use super::run::{PENGUINS, failure, root, run, stdout};

const COMMANDS: [&str; 16] = [
    "info",
    "head",
    "tail",
    "describe",
    "audit",
    "hist",
    "query",
    "sort",
    "locate",
    "bootstrap",
    "convert",
    "generate",
    "explain",
    "selftest",
    "completions",
    "man",
];

/// The lines after `Examples:` of a help text.
fn examples(help: &str) -> Vec<String> {
    let (_, after) = help.split_once("Examples:\n").expect("help ends with examples");
    after.lines().map(|line| line.trim().to_owned()).collect()
}

#[test]
fn every_help_ends_with_three_examples_that_run() {
    let folder =
        std::path::Path::new(env!("CARGO_BIN_EXE_arrcalc")).parent().expect("a folder").to_path_buf();
    let path = std::env::join_paths(
        std::iter::once(folder).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    )
    .expect("a search path");
    fs::create_dir_all(root().join("target")).expect("a folder for what examples write");
    let mut count = 0;
    for command in std::iter::once("").chain(COMMANDS) {
        let help = if command.is_empty() { stdout(&["--help"]) } else { stdout(&[command, "--help"]) };
        let examples = examples(&help);
        assert_eq!(examples.len(), 3, "{command}: {examples:?}");
        for example in examples {
            assert!(example.starts_with("arrcalc "), "{example}");
            let output = Command::new("sh")
                .args(["-c", &example])
                .current_dir(root())
                .env("PATH", &path)
                .output()
                .expect("a shell");
            assert!(output.status.success(), "{example}: {}", String::from_utf8_lossy(&output.stderr));
            count += 1;
        }
    }
    assert_eq!(count, 51);
}

#[test]
fn help_is_the_same_by_its_short_and_its_long_name() {
    for command in COMMANDS {
        assert_eq!(stdout(&[command, "-h"]), stdout(&[command, "--help"]));
    }
}

#[test]
fn help_all_shows_what_help_hides() {
    assert!(!stdout(&["describe", "--help"]).contains("--chunk-rows"));
    let all = stdout(&["describe", "--help-all"]);
    for option in ["--chunk-rows", "--level", "--io", "--columns"] {
        assert!(all.contains(option), "{option}");
    }
    assert!(stdout(&["--help-all"]).contains("--chunk-rows"));
}

#[test]
fn a_file_alone_is_described() {
    let described = stdout(&[PENGUINS]);
    assert_eq!(described, stdout(&["describe", PENGUINS]));
    assert_eq!(stdout(&[PENGUINS, "--format", "json"]), stdout(&["describe", PENGUINS, "--format", "json"]));
    assert_eq!(stdout(&["--format", "json", PENGUINS]), stdout(&["describe", PENGUINS, "--format", "json"]));
    assert_eq!(stdout(&[PENGUINS, "-c", "sex"]), stdout(&["describe", PENGUINS, "-c", "sex"]));
}

#[test]
fn commands_of_other_versions_and_misspelt_ones_are_usage_errors() {
    for word in ["shuffle", "corr", "frobnicate"] {
        let (code, said) = failure(&[word, PENGUINS]);
        assert_eq!(code, 2);
        assert!(said.contains(&format!("unrecognized subcommand '{word}'")), "{said}");
    }
    assert!(failure(&["descrbe", PENGUINS]).1.contains("'describe'"));
    assert_eq!(run(&[]).status.code(), Some(2));
}

#[test]
fn completions_and_manual_pages_know_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = stdout(&["completions", shell]);
        assert!(COMMANDS.iter().all(|command| script.contains(command)), "{shell}");
    }
    assert!(stdout(&["man"]).contains(".TH"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    stdout(&["man", folder.path().to_str().expect("UTF-8"), "--quiet"]);
    for command in COMMANDS {
        let page = fs::read_to_string(folder.path().join(format!("arrcalc-{command}.1"))).expect("a page");
        assert!(page.contains("Examples"), "{command}");
    }
}

#[test]
fn version_is_one_line() {
    assert_eq!(stdout(&["--version"]), format!("arrcalc {}\n", env!("CARGO_PKG_VERSION")));
}
