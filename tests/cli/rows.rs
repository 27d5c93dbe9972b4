//! Rows of queries to pipes: handed on as they are found, the same bytes whatever the schedule.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use super::run::{FLIGHTS, arrcalc, failure, run, stdout};

/// A file of 0, 1, 2, ... as int64, and the folder that it is in.
fn counting(rows: i64) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("x.raw");
    let bytes: Vec<u8> = (0..rows).flat_map(i64::to_le_bytes).collect();
    fs::write(&path, bytes).expect("a file");
    let path = path.to_str().expect("UTF-8").to_owned();
    (folder, path)
}

#[test]
fn what_comes_before_the_row_at_fault_is_written() {
    let (_folder, path) = counting(300_000);
    // Rows from 250,000 on do not fit; that one is left out.
    let question =
        ["query", &path, "--dtype", "int64", "-s", "x, x * 36893488147420 as y", "-w", "x % 3 <> 1"];
    let rows = (0..250_000i64).filter(|x| x % 3 != 1).map(|x| (x, x * 36_893_488_147_420));
    let csv: Vec<String> = rows.clone().map(|(x, y)| format!("{x},{y}\n")).collect();
    let json: Vec<String> = rows.map(|(x, y)| format!("{{\"x\":{x},\"y\":{y}}}")).collect();
    let expected = [("csv", format!("x,y\n{}", csv.concat())), ("json", format!("[\n{}", json.join(",\n")))];
    for (format, expected) in expected {
        for schedule in
            [&["--threads", "1"][..], &["--threads", "5"], &["--threads", "3", "--chunk-rows", "777"]]
        {
            let output = run(&[&question[..], &["--format", format], schedule].concat());
            assert_eq!(output.status.code(), Some(4));
            let said = String::from_utf8(output.stderr).expect("UTF-8");
            assert!(said.contains("row 250001: ") && said.lines().count() == 1, "{said}");
            assert!(String::from_utf8(output.stdout).expect("UTF-8") == expected, "{format} {schedule:?}");
        }
    }
}

#[test]
fn a_short_answer_that_fails_prints_nothing() {
    let (_folder, path) = counting(40_000);
    let (code, said) = failure(&["query", &path, "--dtype", "int64", "-s", "cast(x - 39000 as int16), x"]);
    assert_eq!(code, 4, "{said}");
    let (code, said) =
        failure(&["query", &path, "--dtype", "int64", "-s", "cast(x as int16), x", "-w", "x > 32000"]);
    assert!(code == 4 && said.contains("row 32768"), "{said}");
}

#[test]
fn more_rows_than_memory_holds_pass() {
    let (_folder, path) = counting(2_000_000);
    let question =
        ["query", &path, "--dtype", "int64", "-s", "x, x + 1 as y, x * 2 as z", "-w", "x >= 1000000"];
    let expected: String = (1_000_000i64..2_000_000).map(|x| format!("{x},{},{}\n", x + 1, 2 * x)).collect();
    for threads in ["1", "2"] {
        let found =
            stdout(&[&question[..], &["--threads", threads, "--memory", "16MiB", "--no-header"]].concat());
        assert!(found == expected, "{threads}");
    }
}

#[test]
fn forms_are_the_same_through_pipes_files_limits_and_orders() {
    let question = ["query", FLIGHTS, "-s", "dep_delay, dest, arr_delay / 3 as part", "-w", "dep_delay > 20"];
    let folder = tempfile::tempdir().expect("a temporary folder");
    for form in ["csv", "json", "jsonl", "md"] {
        let path = folder.path().join(format!("rows.{form}"));
        let path = path.to_str().expect("UTF-8");
        let format = ["--format", if form == "md" { "markdown" } else { form }];
        let piped = stdout(&[&question[..], &format, &["--threads", "3"]].concat());
        assert_eq!(stdout(&[&question[..], &["-o", path]].concat()), "");
        assert!(fs::read_to_string(path).expect("written") == piped, "{form}");
        // An order and a limit that change nothing take other ways.
        let limited = stdout(&[&question[..], &format, &["-n", "1e6"]].concat());
        let ordered = stdout(&[&question[..], &format, &["--order-by", "dep_delay * 0"]].concat());
        assert!(limited == piped && ordered == piped, "{form}");
        let none = stdout(&[&question[..], &format, &["-n", "0"]].concat());
        assert!(piped.starts_with(none.trim_end_matches("]\n")), "{none}");
    }
}

#[test]
fn a_closed_pipe_ends_a_query_in_silence() {
    for format in ["csv", "json", "jsonl", "markdown"] {
        let mut child = arrcalc(&["query", FLIGHTS, "-w", "dep_delay > -100", "--format", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        let mut said = String::new();
        child.stderr.take().expect("a pipe").read_to_string(&mut said).expect("UTF-8");
        assert_eq!((child.wait().expect("it ends").code(), said.as_str()), (Some(0), ""), "{format}");
    }
}
