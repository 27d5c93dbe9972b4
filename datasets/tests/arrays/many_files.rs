//! Many files as one table: names in any order, joined types, directories, globs, slices, raw files.

use std::fs;
use std::path::{Path, PathBuf};

use arrcalc_datasets::format::Format;
use arrcalc_datasets::{DataType, Dataset, Error, OpenOptions, Sequential};

use super::rows::{WHOLE, cuts, fields, npy, read};

fn write(directory: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = directory.join(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn open(paths: &[&Path]) -> Result<Dataset<'static>, Error> {
    Dataset::open_with(paths, &OpenOptions::default(), &Sequential)
}

fn one(descr: &str, data: &[u8], rows: usize) -> Vec<u8> {
    npy(descr, "False", &format!("({rows},)"), data)
}

#[test]
fn columns_are_matched_by_name_and_rows_follow_one_another() {
    let directory = tempfile::tempdir().unwrap();
    let first = write(directory.path(), "a.npy", &one("[('x', '|u1'), ('y', '|i1')]", &[1, 2, 3, 4], 2));
    let second =
        write(directory.path(), "b.npy", &one("[('y', '|i1'), ('x', '|u1')]", &[5, 6, 7, 8, 9, 10], 3));
    let dataset = open(&[&first, &second]).unwrap();
    assert_eq!(fields(&dataset), ["x: uint8", "y: int8"]);
    for cut in cuts() {
        let rows = read(&dataset, cut).unwrap();
        assert_eq!(rows[0], ["i:1", "i:3", "i:6", "i:8", "i:10"], "{cut:?}");
        assert_eq!(rows[1], ["i:2", "i:4", "i:5", "i:7", "i:9"], "{cut:?}");
    }
    assert_eq!(dataset.path_of_row(1), Some(&*first));
    assert_eq!(dataset.path_of_row(2), Some(&*second));
    assert_eq!(dataset.path_of_row(5), None);
}

#[test]
fn types_are_joined_and_what_has_no_join_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let field = |t: &str| format!("[('x', '{t}')]");
    let file = |name: &str, t: &str, data: &[u8]| write(directory.path(), name, &one(&field(t), data, 1));
    let int = file("int.npy", "|i1", &[0xff]);
    let long = file("long.npy", ">u8", &[0, 0, 0, 0, 0, 0, 0, 200]);
    let huge = file("huge.npy", "<u8", &[0xff; 8]);
    let float = file("float.npy", "<f4", &1.5f32.to_le_bytes());
    let half = file("half.npy", "<f2", &[0, 0x3c]);
    let day = file("day.npy", "<M8[D]", &2i64.to_le_bytes());
    let nat = file("nat.npy", "<M8[D]", &i64::MIN.to_le_bytes());
    let tick = file("tick.npy", "<M8[ms]", &5i64.to_le_bytes());
    let text = file("text.npy", "|S1", b"a");
    let joined = |paths: &[&Path]| {
        let dataset = open(paths).unwrap();
        let rows: Vec<_> = cuts().into_iter().map(|cut| read(&dataset, cut).unwrap()).collect();
        assert!(rows.iter().all(|other| *other == rows[0]));
        (fields(&dataset).remove(0), rows[0][0].join(" "))
    };
    let expect = |name: &str, cells: &str| (format!("x: {name}"), cells.to_owned());
    assert_eq!(joined(&[&int, &long]), expect("int64", "i:-1 i:200"));
    assert_eq!(joined(&[&long, &huge]), expect("uint64", "i:200 i:18446744073709551615"));
    assert_eq!(joined(&[&int, &float]), expect("float64", "f:bff0000000000000 f:3ff8000000000000"));
    assert_eq!(joined(&[&float, &half, &int]).0, "x: float64");
    assert_eq!(joined(&[&day, &tick, &nat]), expect("timestamp[ms]", "i:172800000 i:5 n"));
    for (paths, both) in
        [([&int, &text], ["int8", "string"]), ([&tick, &float], ["timestamp[ms]", "float32"])]
    {
        let error = open(&[paths[0], paths[1]]).unwrap_err();
        assert!(matches!(error, Error::Request { .. }));
        assert!(
            both.iter().all(|name| error.to_string().contains(name)) && error.to_string().contains("'x'")
        );
    }
    // 2^64 - 1 among signed integers: the file, the column and the row are named.
    let error = read(&open(&[&int, &huge]).unwrap(), WHOLE).unwrap_err();
    let Error::Malformed { path, column: Some(column), rows: Some((0, 1)), reason } = &error else {
        panic!("{error}")
    };
    assert!(*path == huge && column == "x" && reason.contains("18446744073709551615"));
}

#[test]
fn a_missing_or_additional_column_is_an_error_that_names_it() {
    let directory = tempfile::tempdir().unwrap();
    let both = write(directory.path(), "a.npy", &one("[('x', '|u1'), ('y', '|i1')]", &[1, 2], 1));
    let single = write(directory.path(), "b.npy", &one("[('x', '|u1')]", &[1], 1));
    let missing = open(&[&both, &single]).unwrap_err().to_string();
    assert!(missing.contains("b.npy: column 'y'") && missing.contains("missing"), "{missing}");
    let additional = open(&[&single, &both]).unwrap_err().to_string();
    assert!(additional.contains("a.npy: column 'y' is not in"), "{additional}");
}

#[test]
fn directories_and_globs_are_their_files_by_name() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, value: u8| write(directory.path(), name, &one("[('x', '|u1')]", &[value], 1));
    file("b.npy", 2);
    file("a.npy", 1);
    file("c[1].npy", 3);
    file(".hidden.npy", 9);
    write(directory.path(), "notes.txt", b"not data");
    let cells = |path: PathBuf| read(&Dataset::open(path).unwrap(), WHOLE).unwrap()[0].join(" ");
    assert_eq!(cells(directory.path().to_path_buf()), "i:1 i:2 i:3");
    assert_eq!(cells(directory.path().join("*.npy")), "i:1 i:2 i:3");
    assert_eq!(cells(directory.path().join("[ab].npy")), "i:1 i:2");
    // A file of that very name wins over the glob.
    assert_eq!(cells(directory.path().join("c[1].npy")), "i:3");
    for (path, what) in [("*.csv", "no file matches"), ("[a", "not a glob"), ("no.npy", "cannot open")] {
        let error = Dataset::open(directory.path().join(path)).unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
    }
    let empty = tempfile::tempdir().unwrap();
    let error = Dataset::open(empty.path()).unwrap_err().to_string();
    assert!(error.contains("no file of a known format"), "{error}");
}

#[test]
fn slices_and_members_of_what_has_none_are_errors() {
    let directory = tempfile::tempdir().unwrap();
    let path = write(directory.path(), "a.npy", &one("'|u1'", &[1, 2, 3], 3));
    let text = write(directory.path(), "a.csv", b"x\n1\n");
    for (path, what) in [
        (format!("{}[9]", path.display()), "out of range"),
        (format!("{}[0, 0]", path.display()), "2 indices"),
        (format!("{}[x]", path.display()), "something else"),
        (format!("{}:m", path.display()), "only an .npz file has members"),
        (format!("{}[0:1]", text.display()), "can be sliced"),
    ] {
        let error = Dataset::open(&path).unwrap_err();
        assert!(matches!(error, Error::Request { .. }) && error.to_string().contains(what), "{error}");
    }
    assert_eq!(
        read(&Dataset::open(format!("{}[::-1]", path.display())).unwrap(), WHOLE).unwrap()[0],
        ["i:3", "i:2", "i:1"]
    );
}

#[test]
fn raw_files_are_whole_numbers_of_elements() {
    let directory = tempfile::tempdir().unwrap();
    let path = write(directory.path(), "x.bin", &[0, 1, 0, 2, 0, 3]);
    let options =
        |dtype: Option<DataType>, big_endian| OpenOptions { dtype, big_endian, ..OpenOptions::default() };
    let open = |options: &OpenOptions| Dataset::open_with(&[&path], options, &Sequential);
    let dataset = open(&options(Some(DataType::Int16), true)).unwrap();
    assert_eq!(read(&dataset, WHOLE).unwrap(), [["i:1", "i:2", "i:3"]]);
    let dataset = open(&options(Some(DataType::UInt16), false)).unwrap();
    assert_eq!(read(&dataset, WHOLE).unwrap(), [["i:256", "i:512", "i:768"]]);
    let error = open(&options(Some(DataType::Int32), false)).unwrap_err();
    assert!(matches!(error, Error::Malformed { .. }) && error.to_string().contains("6 bytes"), "{error}");
    assert!(matches!(open(&options(None, false)), Err(Error::Request { .. })));
    assert!(matches!(open(&options(Some(DataType::String), false)), Err(Error::Request { .. })));
    // Any name is raw where a type is given and nothing else is known; the format wins over magic bytes.
    let path = write(directory.path(), "x.dat", b"\x93NUMPY__");
    let mut raw = options(Some(DataType::UInt8), false);
    raw.format = Some(Format::Raw);
    assert_eq!(Dataset::open_with(&[&path], &raw, &Sequential).unwrap().row_count(), 8);
    let path = write(directory.path(), "y.dat", &[7]);
    raw.format = None;
    assert_eq!(Dataset::open_with(&[&path], &raw, &Sequential).unwrap().row_count(), 1);
    assert!(matches!(Dataset::open(&path), Err(Error::Unsupported { .. })));
}

#[test]
fn magic_bytes_win_over_the_extension() {
    let directory = tempfile::tempdir().unwrap();
    let path = write(directory.path(), "x.csv", &one("'|u1'", &[1, 2, 3], 3));
    assert_eq!(Dataset::open(&path).unwrap().facts()[0].format, "npy 1.0");
}
