//! What cannot be mapped, and what is compressed as a whole.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::thread;

use arrcalc_datasets::{DataType, Dataset, Error, OpenOptions, Sequential};

use super::npz::floats;
use super::rows::{WHOLE, read};

fn cells(values: &[f64]) -> Vec<Vec<String>> {
    vec![values.iter().map(|value| format!("f:{:016x}", value.to_bits())).collect()]
}

fn fifo(directory: &Path, bytes: Vec<u8>) -> std::path::PathBuf {
    let path = directory.join("pipe");
    let _ = fs::remove_file(&path);
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    let writer = path.clone();
    thread::spawn(move || {
        // The reader may stop early, at its limit.
        let _ = fs::OpenOptions::new().write(true).open(writer).unwrap().write_all(&bytes);
    });
    path
}

#[test]
fn a_fifo_is_spooled_and_read_many_times() {
    let directory = tempfile::tempdir().unwrap();
    let values: Vec<f64> = (0..100_000).map(f64::from).collect();
    let path = fifo(directory.path(), floats(&values));
    let options = OpenOptions { temp_dir: Some(directory.path().into()), ..OpenOptions::default() };
    let dataset = Dataset::open_with(&[&path], &options, &Sequential).unwrap();
    for _ in 0..2 {
        assert_eq!(read(&dataset, WHOLE).unwrap(), cells(&values));
    }
    assert_eq!(dataset.paths(), [path]);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "the spool has no name");
}

#[test]
fn standard_input_is_a_stream() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.npy");
    fs::write(&path, floats(&[1.0, 2.0, 3.0])).unwrap();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["streams::child_reads_standard_input", "--exact", "--ignored", "--nocapture"])
        .stdin(fs::File::open(&path).unwrap())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout).into_owned();
    assert!(child.status.success() && said.contains("three rows of standard input"), "{said}");
}

#[test]
#[ignore = "run by `standard_input_is_a_stream`, which gives it an input"]
fn child_reads_standard_input() {
    let dataset = Dataset::open("-").unwrap();
    assert_eq!(read(&dataset, WHOLE).unwrap(), cells(&[1.0, 2.0, 3.0]));
    assert_eq!(dataset.paths(), [Path::new("-")]);
    println!("three rows of standard input");
}

#[test]
fn errors_of_a_stream_name_the_stream_and_its_limit_holds() {
    let directory = tempfile::tempdir().unwrap();
    let mut options = OpenOptions { temp_dir: Some(directory.path().into()), ..OpenOptions::default() };
    let path = fifo(directory.path(), floats(&[1.0, 2.0])[..130].to_vec());
    let error = Dataset::open_with(&[&path], &options, &Sequential).unwrap_err();
    assert!(error.to_string().starts_with(&format!("{}: the file is cut off", path.display())), "{error}");
    let path = fifo(directory.path(), Vec::new());
    let error = Dataset::open_with(&[&path], &options, &Sequential).unwrap_err();
    assert!(error.to_string().contains("the stream is empty"), "{error}");
    options.limits.temp_bytes = 1000;
    let path = fifo(directory.path(), floats(&[0.0; 1000]));
    let error = Dataset::open_with(&[&path], &options, &Sequential).unwrap_err();
    assert!(matches!(error, Error::Limit { limit_bytes: 1000, option: "--max-temp", .. }), "{error}");
    options.limits.temp_bytes = 1 << 20;
    options.dtype = Some(DataType::UInt8);
    let path = fifo(directory.path(), vec![1, 2, 3]);
    assert_eq!(Dataset::open_with(&[&path], &options, &Sequential).unwrap().row_count(), 3);
}

#[test]
fn compressed_npy_files_are_unpacked() {
    let directory = tempfile::tempdir().unwrap();
    let values: Vec<f64> = (0..1000).map(f64::from).collect();
    let plain = floats(&values);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&plain).unwrap();
    let packed = [("x.npy.gz", gzip.finish().unwrap()), ("x.npy.zst", zstd::encode_all(&*plain, 1).unwrap())];
    for (name, bytes) in packed {
        let path = directory.path().join(name);
        fs::write(&path, &bytes).unwrap();
        let dataset = Dataset::open(&path).unwrap();
        assert_eq!(dataset.schema().fields[0].name, "x");
        assert_eq!(read(&dataset, WHOLE).unwrap(), cells(&values));
        fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        let error = Dataset::open(&path).unwrap_err();
        assert!(matches!(error, Error::Malformed { .. }), "{error:?}");
        let mut options = OpenOptions::default();
        (options.limits.temp_bytes, options.limits.memory_bytes) = (1000, 1000);
        fs::write(&path, &bytes).unwrap();
        let error = Dataset::open_with(&[&path], &options, &Sequential).unwrap_err();
        assert!(matches!(error, Error::Limit { .. }), "{error:?}");
    }
}

#[test]
fn a_file_that_changes_is_noticed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.npy");
    fs::write(&path, floats(&[1.0, 2.0])).unwrap();
    let dataset = Dataset::open(&path).unwrap();
    dataset.verify_unchanged().unwrap();
    // A new file under the name is harmless: the map is of the old one.
    fs::write(directory.path().join("y"), floats(&[5.0])).unwrap();
    fs::rename(directory.path().join("y"), &path).unwrap();
    dataset.verify_unchanged().unwrap();
    assert_eq!(read(&dataset, WHOLE).unwrap(), cells(&[1.0, 2.0]));
    let dataset = Dataset::open(&path).unwrap();
    let file = fs::OpenOptions::new().append(true).open(&path).unwrap();
    (&file).write_all(b"more").unwrap();
    assert!(matches!(dataset.verify_unchanged(), Err(Error::Changed { .. })));
}
