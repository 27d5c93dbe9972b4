//! What people see, kept in files beside this one: a change of layout shows as a change of those files.
//! `ARRCALC_BLESS=1 cargo test --release --test cli golden` writes them anew.

use std::fs;

use super::run::{FLIGHTS, PENGUINS, WEATHER, arrcalc, root};

fn check(name: &str, columns: &str, arguments: &[&str]) {
    let output = arrcalc(arguments).env("COLUMNS", columns).output().expect("the binary starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found = String::from_utf8(output.stdout).expect("results are UTF-8");
    let path = root().join("tests/cli/golden").join(name);
    if std::env::var_os("ARRCALC_BLESS").is_some() {
        fs::write(&path, &found).expect("golden files can be written");
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "{arguments:?} in {columns} columns differs from {}:\n{found}\nIf that is meant: ARRCALC_BLESS=1",
        path.display()
    );
    if arguments.contains(&"table") {
        let width: usize = columns.parse().expect("a number");
        for line in found.lines() {
            assert!(line.chars().count() <= width, "wider than {width}: {line}");
            assert!(!line.ends_with(' '), "a blank at the end: {line:?}");
        }
    }
}

#[test]
fn descriptions_for_a_person() {
    let table = ["--format", "table"];
    for (file, name) in [(FLIGHTS, "flights"), (WEATHER, "weather"), (PENGUINS, "penguins")] {
        for columns in ["80", "140"] {
            check(&format!("{name}-{columns}.txt"), columns, &["describe", file, table[0], table[1]]);
        }
    }
    check("weather-50.txt", "50", &["describe", WEATHER, "--format", "table"]);
}

#[test]
fn one_column_with_nothing_rounded() {
    check("body-mass.txt", "80", &["describe", PENGUINS, "-c", "body_mass_g", "--format", "table"]);
    check("wind-gust.txt", "80", &["describe", WEATHER, "-c", "wind_gust", "--format", "table"]);
    check("species.txt", "80", &["describe", PENGUINS, "-c", "species", "--format", "table"]);
    check("time-hour.txt", "80", &["describe", WEATHER, "-c", "time_hour", "--format", "table"]);
}

#[test]
fn descriptions_for_programs() {
    check("penguins.json", "80", &["describe", PENGUINS, "--format", "json"]);
    check("penguins.csv", "80", &["describe", PENGUINS, "--format", "csv"]);
    check("penguins.md", "80", &["describe", PENGUINS, "-c", "sex,body_mass_g", "--format", "markdown"]);
}

#[test]
fn rows() {
    check("head.txt", "80", &["head", PENGUINS, "-n", "5", "--format", "table"]);
    check("tail.txt", "140", &["tail", WEATHER, "-n", "3", "--format", "table"]);
    check("head.csv", "80", &["head", WEATHER, "-n", "3", "--format", "csv"]);
    check("head.json", "80", &["head", PENGUINS, "-n", "4", "--format", "json"]);
    check("head.jsonl", "80", &["head", WEATHER, "-n", "2", "--format", "jsonl"]);
    check("head.md", "80", &["head", PENGUINS, "-n", "4", "--format", "markdown"]);
}

#[test]
fn facts_of_a_file() {
    check("info.txt", "100", &["info", PENGUINS, "--format", "table"]);
    check("info.json", "80", &["info", FLIGHTS, "--format", "json"]);
}
