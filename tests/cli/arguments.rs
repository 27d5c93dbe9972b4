//! What can be typed: help, examples, the bare form, completions, manual pages.

use std::fs;
use std::process::Command;

use super::run::{FLIGHTS, PENGUINS, WEATHER, failure, root, run, stdout};

const COMMANDS: [&str; 20] = [
    "info",
    "head",
    "tail",
    "describe",
    "audit",
    "hist",
    "query",
    "sort",
    "sample",
    "shuffle",
    "split",
    "locate",
    "bootstrap",
    "permutation-test",
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
    assert_eq!(count, 3 * (COMMANDS.len() + 1));
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
    for word in ["fit", "corr", "frobnicate"] {
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

#[test]
fn every_command_that_reads_data_can_be_explained() {
    let commands: [&[&str]; 13] = [
        &["query", FLIGHTS, "-s", "sum(distance) / 2", "-w", "dep_delay > 10", "-b", "carrier"],
        &["query", FLIGHTS, "-s", "median(distance)"],
        &["describe", PENGUINS],
        &["hist", FLIGHTS, "-c", "distance"],
        &["sort", FLIGHTS, "--by", "-distance", "-c", "carrier"],
        &["locate", WEATHER, "-c", "origin", "JFK"],
        &["convert", PENGUINS, "-o", "never-written.arrow"],
        &["audit", PENGUINS],
        &["info", FLIGHTS],
        &["head", WEATHER],
        &["tail", WEATHER, "-c", "temp"],
        &["bootstrap", PENGUINS, "-s", "mean(body_mass_g)", "-w", "year > 2007", "--method", "bca"],
        &["bootstrap", PENGUINS, "-s", "median(body_mass_g)", "--replicates", "3000"],
    ];
    for command in commands {
        let mut arguments = vec!["explain"];
        arguments.extend(command);
        arguments.extend(["--format", "json", "--threads", "2", "--memory", "64MiB"]);
        let document: serde_json::Value = serde_json::from_str(&stdout(&arguments)).expect("JSON");
        let plan = &document[0];
        let said = |head: &str| plan[head].as_str().unwrap_or_else(|| panic!("{command:?}: {head}: {plan}"));
        for head in ["table", "columns", "io", "bytes", "passes", "chunks", "threads", "level", "kernels"] {
            assert!(!said(head).is_empty());
        }
        let bound = said("bound");
        let is_known =
            ["decode, ", "compute, ", "memory, ", "nothing"].iter().any(|name| bound.starts_with(name));
        assert!(is_known && (bound.contains("estimate") || bound.starts_with("nothing")), "{bound}");
    }
    assert!(!root().join("never-written.arrow").exists());
    let query = stdout(&[
        "explain",
        "query",
        FLIGHTS,
        "-s",
        "sum(distance) / 2",
        "-b",
        "carrier",
        "--format",
        "json",
    ]);
    assert!(query.contains(r#""columns":"carrier, distance""#), "{query}");
    let said =
        stdout(&["explain", "query", FLIGHTS, "--order-by", "-distance", "-n", "5000", "--format", "table"]);
    assert!(
        said.contains("by distance desc: the first 5,000 rows are kept") && said.contains("336,776 rows"),
        "{said}"
    );
    // Texts are not audited.
    let said = stdout(&["explain", "audit", PENGUINS, "--format", "json"]);
    assert!(!said.contains("species") && said.contains("body_mass_g"), "{said}");
    // What was foretold stands beside what was.
    let output =
        run(&["describe", "--profile", FLIGHTS, "-c", "distance", "--format", "json", "--threads", "1"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("foretold: ") && said.contains("bound by "), "{said}");
}

#[test]
fn a_profile_is_a_table_or_a_timeline() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("trace.json");
    let file = path.to_str().expect("UTF-8");
    let table = |arguments: &[&str]| {
        let output = run(arguments);
        assert!(output.status.success());
        String::from_utf8(output.stderr).expect("UTF-8")
    };
    // An input after the switch is an input.
    assert!(table(&["query", "--profile", PENGUINS, "-s", "sum(year)"]).contains("GB/s"));
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 0);
    let joined = format!("--profile={file}");
    for words in [vec!["--profile", file], vec![joined.as_str()]] {
        let mut arguments = vec!["query"];
        arguments.extend(words);
        arguments.extend([FLIGHTS, "-s", "median(distance)", "-b", "carrier"]);
        stdout(&arguments);
        let text = fs::read_to_string(&path).expect("the timeline");
        let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let events = document["traceEvents"].as_array().expect("a list of events");
        for name in ["open", "command", "pass 1", "unit"] {
            let event = events.iter().find(|event| event["name"] == name).expect(name);
            assert!(event["ph"] == "X" && event["ts"].is_number() && event["dur"].is_number(), "{event}");
        }
        let rows = |event: &serde_json::Value| event["args"]["rows"].as_u64();
        let pass = events.iter().find(|event| event["name"] == "pass 1").expect("a pass");
        assert_eq!((rows(pass), pass["args"]["columns"].as_u64()), (Some(336_776), Some(2)));
        assert!(document["otherData"]["command"].as_str().expect("text").contains("median"));
        fs::remove_file(&path).expect("it was written");
    }
    let (code, error) = failure(&["query", "--profile=trace.txt", PENGUINS, "-s", "sum(year)"]);
    assert!(code == 2 && error.contains(".json"), "{error}");
}
