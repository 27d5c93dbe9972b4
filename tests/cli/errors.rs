//! Every class of error: its exit code, one line that names what is wrong, and the same as JSON.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::run::{FLIGHTS, PENGUINS, WEATHER, failure};

/// A file with `bytes` in a folder of its own.
fn file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("a temporary file");
    let text = path.to_str().expect("UTF-8").to_owned();
    (folder, text)
}

/// One line, from arrcalc, and `parts` in it.
fn check(arguments: &[&str], code: i32, parts: &[&str]) {
    let (found, said) = failure(arguments);
    assert_eq!(found, code, "{arguments:?}: {said}");
    assert_eq!(said.lines().count(), 1, "{arguments:?}: {said}");
    assert!(said.starts_with("arrcalc: "), "{said}");
    for part in parts {
        assert!(said.contains(part), "{arguments:?}: '{part}' is missing in: {said}");
    }
    let (again, said) = failure(&[arguments, &["--format", "json"]].concat());
    assert_eq!(again, code);
    let document: Value = serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"));
    assert_eq!(document["error"]["code"], code);
    assert!(document["error"]["message"].as_str().is_some_and(|message| !message.is_empty()));
    assert!(document["error"]["kind"].is_string());
}

#[test]
fn what_cannot_be_opened_is_3() {
    check(&["describe", "nowhere.csv"], 3, &["nowhere.csv", "cannot open"]);
    check(&["query", PENGUINS, "-w", "year in file('nowhere.npy')"], 3, &["nowhere.npy: cannot open"]);
    check(&["describe", PENGUINS, "-o", "/nowhere/out.json"], 3, &["/nowhere/out.json"]);
    check(&["convert", PENGUINS, "-o", "/nowhere/out.parquet"], 3, &["/nowhere/out.parquet"]);
}

#[test]
fn what_is_malformed_is_4() {
    let (_folder, path) = file("x.csv", b"a,b\n1,2\n3\n");
    check(&["describe", &path], 4, &["x.csv"]);
    let (_folder, path) = file("x.npy", b"\x93NUMPY\x01\x00\xff\xff{");
    check(&["describe", &path], 4, &["x.npy"]);
    check(&["query", PENGUINS, "-w", &format!("year in file('{path}')")], 4, &["x.npy"]);
    let (_folder, path) = file("x.parquet", b"PAR1 and then nothing");
    check(&["describe", &path], 4, &["x.parquet"]);
    let (_folder, path) = file("x.arrow", b"ARROW1\0\0rubbish");
    check(&["describe", &path], 4, &["x.arrow"]);
}

#[test]
fn what_does_not_fit_the_data_is_2() {
    check(&["describe", PENGUINS, "-c", "wings"], 2, &["no column 'wings'", "species"]);
    check(&["describe", PENGUINS, WEATHER], 2, &[WEATHER]);
    for command in [
        &["describe", PENGUINS, "-c", "wings"][..],
        &["sort", PENGUINS, "--by", "wings"],
        &["hist", PENGUINS, "-c", "wings"],
        &["hist", PENGUINS, "-c", "species"],
        &["audit", PENGUINS, "-c", "species"],
        &["locate", PENGUINS, "-c", "year", "soon"],
    ] {
        check(command, 2, &[&format!("arrcalc: {PENGUINS}: ")]);
        let (_, said) = failure(&[command, &["--format", "json"]].concat());
        let document: Value = serde_json::from_str(&said).expect("JSON");
        assert_eq!(document["error"]["file"], PENGUINS);
    }
    check(&["describe", PENGUINS, "-c", "a,"], 2, &["'a,'"]);
    check(&["sample", PENGUINS, "-n", "345"], 2, &["345 rows", "344"]);
    check(&["sample", PENGUINS, "-n", "3", "--weights", "species"], 2, &["species"]);
    check(&["generate", "x=poison(3)", "-n", "3"], 2, &["poisson"]);
    check(&["generate", "x=uniform(2, 1)", "-n", "3"], 2, &["uniform"]);
    // Not with --format json, which would say what the name does not.
    let (code, said) = failure(&["head", PENGUINS, "-o", "table.xyz"]);
    assert_eq!(code, 2);
    assert!(said.contains("table.xyz") && said.contains("--format"), "{said}");
}

#[test]
fn a_query_says_which_file_column_and_expression_have_no_answer() {
    let (_folder, path) = file("big.csv", b"a,s\n9223372036854775807,p\n9223372036854775807,q\n");
    let sum = &["query", &path, "-s", "sum(a)"];
    check(sum, 4, &["big.csv: column 'a': sum: the exact result 18446744073709551614 does not fit int64"]);
    let (_, said) = failure(&[&sum[..], &["--format", "json"]].concat());
    let document: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(
        (&document["error"]["file"], &document["error"]["column"]),
        (&path.as_str().into(), &"a".into())
    );
    check(&["query", &path, "-s", "count_nan(s)"], 2, &["count_nan is not defined"]);
    check(&["query", &path, "-s", "mean(a, a)"], 2, &["mean takes 1 column, found 2", "at column 9"]);
    check(&["query", &path, "-s", "a || s"], 2, &["concat(a, b)"]);
    let output = path.replace("big.csv", "x.npy");
    let (code, said) = failure(&["query", &path, "-s", "lag(a) as b", "-o", &output]);
    assert!(code == 4 && said.contains("coalesce(x, ...)") && said.contains("where x is not null"), "{said}");
    // A complex column is no hindrance until it is asked for.
    let header = "{'descr': [('c', '<c16'), ('a', '<i8')], 'fortran_order': False, 'shape': (1,), }";
    let header = format!("{header:<117}\n");
    let bytes = [b"\x93NUMPY\x01\x00\x76\x00", header.as_bytes(), &[0; 16], &7_i64.to_le_bytes()].concat();
    let (_folder, path) = file("c.npy", &bytes);
    assert_eq!(super::run::stdout(&["query", &path, "-s", "a + 1 as b", "--raw"]), "8\n");
    check(&["query", &path, "-s", "c"], 2, &["c.npy: ", "column 'c' is complex128"]);
}

#[test]
fn a_note_on_nan_is_about_results_that_ignoring_would_change() {
    let (_folder, path) = file("x.csv", b"k,x\nNaN,1\nNaN,2\n1,NaN\n");
    let noted = |arguments: &[&str]| {
        let output = super::run::run(&[&["query", path.as_str()], arguments].concat());
        assert!(output.status.success());
        !output.stderr.is_empty()
    };
    assert!(noted(&["-s", "sum(x)"]));
    assert!(!noted(&["-s", "count(*)", "-b", "k"]));
    assert!(noted(&["-s", "sum(x)", "-b", "k"]));
    assert!(!noted(&["-s", "sum(x)", "-b", "k", "--nan", "ignore"]));
}

#[test]
fn what_cannot_be_parsed_is_2() {
    for arguments in [
        &["describe"][..],
        &["describe", PENGUINS, "--threads", "0"],
        &["describe", PENGUINS, "--memory", "lots"],
        &["describe", PENGUINS, "--io", "read"],
        &["describe", PENGUINS, "--level", "avx1024"],
        &["describe", PENGUINS, "--bogus"],
        &["head", PENGUINS, "-n", "-1"],
    ] {
        let (code, said) = failure(arguments);
        assert_eq!(code, 2, "{arguments:?}: {said}");
        assert!(said.starts_with("arrcalc: ") && said.lines().count() == 1, "{said}");
    }
    let (_, said) = failure(&["describe", PENGUINS, "--thread", "2"]);
    assert!(said.contains("'--thread'") && said.contains("'--threads'"), "{said}");
    let (code, said) = failure(&["describe", PENGUINS, "--threads", "0", "--format", "json"]);
    assert_eq!(code, 2);
    let document: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(document["error"]["kind"], "usage");
}

#[test]
fn a_limit_is_5() {
    check(&["describe", FLIGHTS, "--memory", "1kB"], 5, &["--memory"]);
}

#[test]
fn control_characters_of_names_do_not_reach_the_terminal() {
    let (_folder, path) = file("x.csv", b"a\x1b[31m,b\n1,2\n");
    let (code, said) = failure(&["describe", &path, "-c", "zz"]);
    assert_eq!(code, 2);
    assert!(!said.contains('\x1b'), "{said:?}");
}

#[test]
fn what_must_be_refused_is_refused_in_one_line() {
    let Some(corpora) = std::env::var_os("ARRCALC_CORPORA") else {
        println!("ARRCALC_CORPORA is not set: the foreign files are not looked at");
        return;
    };
    let corpora = Path::new(&corpora);
    let classes =
        fs::read_to_string(corpora.join("classes.json")).expect("the corpora say what each file must do");
    let classes: Value = serde_json::from_str(&classes).expect("JSON");
    let mut seen = 0;
    for (name, verdict) in classes.as_object().expect("files by name") {
        if verdict["class"] == "must_refuse" {
            let path = corpora.join(name);
            let (code, said) = failure(&["describe", path.to_str().expect("UTF-8"), "--memory", "512MiB"]);
            assert!([3, 4].contains(&code), "{}: {code}: {said}", path.display());
            assert_eq!(said.lines().count(), 1, "{}: {said}", path.display());
            seen += 1;
        }
    }
    assert!(seen > 50, "only {seen} files were looked at");
    println!("{seen} files refused");
}
