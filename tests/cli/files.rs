//! Files in and out: standard input and output, formats, slices, what is left behind.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use super::run::{FLIGHTS, PENGUINS, arrcalc, failure, root, stdout};

/// Runs with `bytes` as standard input.
fn fed(arguments: &[&str], bytes: &[u8]) -> String {
    let mut child = arrcalc(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    // A reader that fails early closes the pipe; what it says is looked at below.
    let _ = child.stdin.take().expect("a pipe").write_all(bytes);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn standard_input_is_recognised_by_its_bytes() {
    for file in [PENGUINS, FLIGHTS] {
        let bytes = fs::read(root().join(file)).expect("a sample");
        let described = fed(&["describe", "-", "--format", "json"], &bytes);
        assert!(described == stdout(&["describe", file, "--format", "json"]), "{file}");
    }
    let doubles: Vec<u8> = [1.5_f64, -2.0].iter().flat_map(|x| x.to_be_bytes()).collect();
    assert_eq!(fed(&["head", "-", "--dtype", ">float64", "--raw"], &doubles), "1.5\n-2.0\n");
}

/// A .npy file of `shape` and the elements' bytes.
fn npy(descr: &str, shape: &str, bytes: &[u8]) -> Vec<u8> {
    let mut header = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}");
    header.push_str(&" ".repeat(63 - (10 + header.len()) % 64));
    header.push('\n');
    let length = u16::try_from(header.len()).expect("a short header");
    [b"\x93NUMPY\x01\x00", &length.to_le_bytes()[..], header.as_bytes(), bytes].concat()
}

#[test]
fn an_array_from_standard_input_is_called_so() {
    let bytes = npy("'<i2'", "(3,)", &[1, 0, 2, 0, 3, 0]);
    assert_eq!(fed(&["query", "-", "-s", "sum(stdin)", "--format", "csv"], &bytes), "sum(stdin)\n6\n");
    let raw = fed(&["head", "-", "--dtype", "int16", "--format", "csv"], &[1, 0]);
    assert_eq!(raw, "stdin\n1\n");
}

#[test]
fn files_without_rows_have_a_description() {
    let folder = tempfile::tempdir().expect("a folder");
    for (index, (descr, shape)) in [
        ("'<f8'", "(0, 3)"),
        ("'>i4'", "(0,)"),
        ("[('a', '<f8'), ('b', '|u1')]", "(0,)"),
        ("'<M8[D]'", "(0, 2)"),
    ]
    .into_iter()
    .enumerate()
    {
        let path = folder.path().join(format!("{index}.npy"));
        fs::write(&path, npy(descr, shape, &[])).expect("room");
        let path = path.to_str().expect("UTF-8");
        for command in ["info", "describe", "head"] {
            stdout(&[command, path]);
        }
        let described = stdout(&["describe", path, "--format", "json"]);
        assert!(described.starts_with("{\"rows\":0,"), "{described}");
    }
}

#[test]
fn facts_of_many_files_follow_the_names_of_columns() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    fs::write(path("a.csv"), "x,y\n1,\n2,3\n").expect("room");
    fs::write(path("b.csv"), "y,x\n,1\n,2\n").expect("room");
    for name in ["a", "b"] {
        stdout(&["convert", &path(&format!("{name}.csv")), "-o", &path(&format!("{name}.parquet"))]);
    }
    let info = stdout(&["info", &path("a.parquet"), &path("b.parquet"), "--format", "csv"]);
    let nulls = |column: &str| {
        let line =
            info.lines().find(|line| line.starts_with(&format!("{column},"))).expect("a line a column");
        line.split(',').nth(2).map(str::to_owned)
    };
    assert_eq!((nulls("x").as_deref(), nulls("y").as_deref()), (Some("0"), Some("3")), "{info}");
}

#[test]
fn a_description_is_the_same_text_in_arrow_and_csv() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("d.parquet");
    let path = path.to_str().expect("UTF-8");
    stdout(&["describe", PENGUINS, "-o", path]);
    assert_eq!(
        stdout(&["convert", path, "-o", "-", "--format", "csv"]),
        stdout(&["describe", PENGUINS, "--format", "csv"])
    );
}

#[test]
fn what_would_be_compressed_text_is_not_written() {
    let (code, said) = failure(&["convert", PENGUINS, "-o", "target/penguins.csv.gz"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("penguins.csv.gz") && said.contains("compress"), "{said}");
}

#[test]
fn standard_output_takes_csv_and_arrow() {
    let csv = stdout(&["convert", PENGUINS, "-o", "-"]);
    assert_eq!(csv.lines().count(), 345);
    let output = arrcalc(&["convert", PENGUINS, "-o", "-", "--format", "arrow"]).output().expect("starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(
        fed(&["describe", "-", "--format", "json"], &output.stdout),
        stdout(&["describe", PENGUINS, "--format", "json"])
    );
    let preview = arrcalc(&["head", PENGUINS, "-n", "7", "--format", "arrow"]).output().expect("starts");
    assert_eq!(fed(&["head", "-"], &preview.stdout), stdout(&["head", PENGUINS, "-n", "7"]));
}

#[test]
fn csv_is_cut_as_the_options_say() {
    let text = b"# note\n1;'a;b';-\n2;c;5\n";
    let options = ["--delimiter", ";", "--quote", "'", "--comment", "#", "--no-header-row", "--null", "-"];
    let rows = fed(&[&["head", "-", "--format", "jsonl"][..], &options].concat(), text);
    assert_eq!(rows, "{\"c0\":1,\"c1\":\"a;b\",\"c2\":null}\n{\"c0\":2,\"c1\":\"c\",\"c2\":5}\n");
    let rows = fed(&["head", "-", "--types", "x=float64", "--raw"], b"x\n1\n");
    assert_eq!(rows, "1.0\n");
}

#[test]
fn arrays_are_written_whole_sliced_and_described() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("x.npy");
    let path = path.to_str().expect("UTF-8");
    stdout(&["generate", "x=row", "-n", "1000", "-o", path]);
    let slice = format!("{path}[10:13]");
    assert_eq!(stdout(&["head", &slice, "--raw"]), "10\n11\n12\n");
    assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 1, "no temporary file is left");
}

#[test]
fn nulls_are_not_lost_on_the_way_to_npy() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("x.npy");
    let path = path.to_str().expect("UTF-8");
    let convert = ["convert", PENGUINS, "-c", "bill_length_mm", "-o", path];
    let (code, said) = failure(&convert);
    assert_eq!((code, said.lines().count()), (4, 1), "{said}");
    assert!(said.contains("bill_length_mm") && said.contains("--null"), "{said}");
    assert!(!std::path::Path::new(path).exists());
    stdout(&[&convert[..], &["--null", "drop"]].concat());
    assert_eq!(stdout(&["head", path, "-n", "1000", "--raw"]).lines().count(), 342);
    stdout(&[&convert[..], &["--null", "nan"]].concat());
    assert_eq!(
        stdout(&["head", path, "-n", "1000", "--raw"]).lines().filter(|line| *line == "NaN").count(),
        2
    );
}

#[test]
fn several_files_are_one_table() {
    let once = stdout(&["head", PENGUINS, "-n", "1e6", "--no-header"]);
    assert_eq!(stdout(&["head", PENGUINS, PENGUINS, "-n", "1e6", "--no-header"]), format!("{once}{once}"));
    assert!(stdout(&["info", PENGUINS, PENGUINS, "--format", "json"]).starts_with("{\"rows\":688"));
}

#[test]
fn rows_of_a_query_stream_to_a_file_as_they_are_printed() {
    let folder = tempfile::tempdir().expect("a folder");
    let question = ["query", FLIGHTS, "-s", "flight, dest, distance", "-w", "distance > 2000"];
    let printed = stdout(&question);
    assert!(printed.lines().count() > 1000);
    for name in ["rows.csv", "rows.parquet", "rows.arrow"] {
        let path = folder.path().join(name);
        let file = path.to_str().expect("UTF-8");
        for threads in ["1", "3"] {
            let mut arguments = question.to_vec();
            arguments.extend(["-o", file, "--threads", threads]);
            stdout(&arguments);
            assert_eq!(stdout(&["query", file, "-s", "flight, dest, distance"]), printed, "{name}");
        }
    }
}
