//! `locate`: positions in sorted columns of every type, and what is refused.

use std::fs;

use serde_json::{Value, json};

use super::run::{PENGUINS, WEATHER, failure, stdout};

/// A file of its own; the folder goes with its guard.
fn file(name: &str, text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    fs::write(&path, text).expect("the folder is writable");
    let path = path.to_str().expect("a path of text").to_owned();
    (folder, path)
}

/// The positions that `locate` prints bare.
fn positions(arguments: &[&str]) -> Vec<String> {
    let arguments = [&["locate", "--format", "csv", "--no-header"], arguments].concat();
    stdout(&arguments).lines().map(|line| line.rsplit(',').next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn forms_are_rows_of_value_and_position() {
    let text = stdout(&["locate", WEATHER, "-c", "origin", "EWR", "JFK", "Z", "--format", "json"]);
    let rows: Value = serde_json::from_str(&text).expect("JSON");
    let expected = json!([
        {"origin": "EWR", "position": 0},
        {"origin": "JFK", "position": 8703},
        {"origin": "Z", "position": 26115},
    ]);
    assert_eq!(rows, expected);
    let csv = stdout(&["locate", WEATHER, "-c", "origin", "JFK", "--side", "right", "--format", "csv"]);
    assert_eq!(csv, "origin,position\nJFK,17409\n");
    assert_eq!(stdout(&["locate", WEATHER, "-c", "origin", "JFK", "--raw"]), "JFK\t8703\n");
    let floats =
        stdout(&["locate", WEATHER, "-c", "year", "2012.5", "2013", "--format", "csv", "--no-header"]);
    assert_eq!(floats, "2012.5,0\n2013.0,0\n");
}

#[test]
fn every_type_is_parsed_as_its_column_writes_it() {
    let text = "i,f,d,t,b,s,n\n\
                -3,-inf,2013-01-01,2013-01-01T00:00:00Z,false,\"\",1\n\
                -3,-0.0,2013-01-01,2013-01-01T06:00:00Z,false,a,2\n\
                5,0.0,2013-02-01,2013-01-02T00:00:00Z,true,b,2\n\
                9,NaN,2014-01-01,2013-01-02T00:00:01Z,true,é,NA\n";
    let (_folder, path) = file("x.csv", text);
    assert_eq!(positions(&[&path, "-c", "i", "-3", "4", "5", "100", "5.5"]), ["0", "2", "2", "4", "3"]);
    assert_eq!(positions(&[&path, "-c", "i", "-3", "5", "--side", "right"]), ["2", "3"]);
    assert_eq!(positions(&[&path, "-c", "f", "--", "0", "1", "NaN", "-inf"]), ["1", "3", "3", "0"]);
    assert_eq!(positions(&[&path, "-c", "f", "0", "NaN", "--side", "right"]), ["3", "4"]);
    assert_eq!(positions(&[&path, "-c", "d", "2013-01-15", "2013-01-01"]), ["2", "0"]);
    assert_eq!(positions(&[&path, "-c", "t", "2013-01-02", "2013-01-02T00:00:00Z"]), ["2", "2"]);
    assert_eq!(positions(&[&path, "-c", "b", "true", "false"]), ["2", "0"]);
    assert_eq!(positions(&[&path, "-c", "s", "b", "zz"]), ["2", "3"]);
    // Nulls stand behind everything.
    assert_eq!(positions(&[&path, "-c", "n", "2", "7", "--side", "right"]), ["3", "3"]);
}

#[test]
fn values_come_from_a_file_too() {
    let (_folder, haystack) = file("x.csv", "x\n1\n2\n2\n8\n");
    let (_other, wanted) = file("wanted.csv", "y,x\n0,2.5\n0,NA\n0,2\n");
    assert_eq!(positions(&[&haystack, "-c", "x", "--values", &wanted]), ["3", "", "1"]);
    let (_third, single) = file("single.csv", "anything\n9\n1\n");
    assert_eq!(positions(&[&haystack, "-c", "x", "--values", &single]), ["4", "0"]);
    let (code, said) = failure(&["locate", &single, "-c", "anything", "--values", &wanted]);
    assert_eq!((code, said.contains("anything")), (2, true), "{said}");
    let (code, said) = failure(&["locate", WEATHER, "-c", "origin", "--values", &single]);
    assert_eq!((code, said.contains("int64")), (2, true), "{said}");
}

#[test]
fn positions_do_not_depend_on_how_the_column_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("text").to_owned();
    stdout(&["generate", "x=row", "-n", "300000", "-o", &path("x.npy")]);
    stdout(&["generate", "x=integers(-1000, 400000)", "-n", "20000", "-o", &path("wanted.npy")]);
    stdout(&["convert", &path("x.npy"), "-o", &path("x.parquet")]);
    let ask = |file: &str, more: &[&str]| {
        let arguments =
            ["locate", &path(file), "-c", "x", "--values", &path("wanted.npy"), "--format", "csv"];
        stdout(&[&arguments[..], more].concat())
    };
    let expected = ask("x.npy", &["--threads", "1"]);
    for line in expected.lines().skip(1) {
        let (value, position) = line.split_once(',').expect("two columns");
        let value: i64 = value.parse().expect("an integer");
        assert_eq!(position, value.clamp(0, 300_000).to_string());
    }
    for more in [&["--threads", "5"][..], &["--chunk-rows", "1000"], &["--level", "baseline"]] {
        assert_eq!(ask("x.npy", more), expected, "{more:?}");
        assert_eq!(ask("x.parquet", more), expected, "{more:?}");
    }
}

#[test]
fn a_column_out_of_order_is_an_error_that_names_the_row() {
    let (code, said) = failure(&["locate", PENGUINS, "-c", "species", "Gentoo"]);
    assert_eq!(code, 4);
    assert!(said.contains(PENGUINS) && said.contains("'species', row 276"), "{said}");
    for (text, row) in
        [("x\n1\n2\n1\n0\n", 2), ("x\n1.5\nNaN\n2\n", 2), ("x\n1\nNA\n2\n", 2), ("x\nNA\n2\n", 1)]
    {
        let (_folder, path) = file("x.csv", text);
        for more in [&["--threads", "1"][..], &["--chunk-rows", "1"]] {
            let (code, said) = failure(&[&["locate", &path, "-c", "x", "1"], more].concat());
            assert_eq!(code, 4, "{said}");
            assert!(said.contains(&format!("row {row}:")), "{text:?} {more:?}: {said}");
        }
    }
}

#[test]
fn what_makes_no_sense_is_usage() {
    for (arguments, word) in [
        (&["locate", WEATHER, "-c", "origin"][..], "VALUE"),
        (&["locate", WEATHER, "-c", "wings", "1"], "no column 'wings'"),
        (&["locate", WEATHER, "-c", "year", "soon"], "'soon' is not a value of type int64"),
        (&["locate", WEATHER, "-c", "origin", "JFK", "--values", PENGUINS], "--values"),
    ] {
        let (code, said) = failure(arguments);
        assert_eq!(code, 2, "{said}");
        assert!(said.contains(word), "{said}");
    }
}

#[test]
fn decimals_are_found_with_more_digits_than_their_column_has() {
    let (folder, path) = file("x.csv", "x\n-1.50\n0.25\n0.25\n2.00\n10.75\nNA\n");
    let to = |name: &str, data_type: &str| {
        let to = folder.path().join(name).to_str().expect("UTF-8").to_owned();
        let select = format!("cast(x as {data_type}) as x");
        assert_eq!(stdout(&["query", &path, "-s", &select, "-o", &to]), "");
        to
    };
    let column = to("column.arrow", "decimal(6, 2)");
    let texts = ["-1.501", "-1.5", "0.249", "0.25", "0.2500001", "2", "1e9"];
    let left = ["0", "0", "1", "1", "3", "3", "5"];
    let right = ["0", "1", "1", "3", "3", "4", "5"];
    let of = |more: &[&str]| positions(&[&[&column, "-c", "x"], more, &["--"], &texts].concat());
    assert_eq!(of(&[]), left);
    assert_eq!(of(&["--side", "right"]), right);
    let printed = stdout(&["locate", &column, "-c", "x", "0.2500001", "2", "--format", "csv"]);
    assert_eq!(printed, "x,position\n0.2500001,3\n2.0000000,3\n");
    // Each value of the column among themselves, with other digits after the point.
    let other = to("other.arrow", "decimal(30, 12)");
    for (values, expected) in [(&other, "0,1,1,3,4,"), (&column, "0,1,1,3,4,")] {
        let found = positions(&[&column, "-c", "x", "--values", values]).join(",");
        assert_eq!(found, expected, "{values}");
    }
    let (code, said) = failure(&["locate", &column, "-c", "x", "much"]);
    assert_eq!((code, said.contains("'much' is not a value of type decimal128(6, 2)")), (2, true), "{said}");
}
