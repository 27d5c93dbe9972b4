//! Signals, timeouts and closed pipes end a command as the sender expects, and leave nothing behind.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::run::{FLIGHTS, arrcalc};

/// A sparse file that takes minutes to describe and no disk.
fn endless() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("zeros.raw");
    File::create(&path).and_then(|file| file.set_len(1 << 42)).expect("a sparse file");
    (folder, path)
}

fn start(arguments: &[&str]) -> Child {
    arrcalc(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts")
}

fn send(signal: &str, child: &Child) {
    let status = Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill");
    assert!(status.success());
}

/// Waits at most `limit`; a process that hangs is killed and is a failure.
fn end(mut child: Child, limit: Duration) -> (std::process::ExitStatus, String) {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait().expect("a child") {
            let mut said = String::new();
            child.stderr.take().expect("a pipe").read_to_string(&mut said).expect("UTF-8");
            return (status, said);
        }
        if Instant::now() > deadline {
            child.kill().expect("a child");
            panic!("it did not end within {limit:?}");
        }
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_signal_ends_the_process_by_that_signal_in_silence() {
    let (_folder, path) = endless();
    let path = path.to_str().expect("UTF-8");
    for (name, number) in [("-INT", 2), ("-TERM", 15)] {
        let child = start(&["describe", path, "--dtype", "float64"]);
        thread::sleep(Duration::from_millis(300));
        send(name, &child);
        let (status, said) = end(child, Duration::from_secs(10));
        assert_eq!(status.signal(), Some(number), "{said}");
        assert_eq!(said, "");
    }
}

#[test]
fn an_interrupted_write_leaves_no_file() {
    let (folder, path) = endless();
    let output = folder.path().join("out.npy");
    let child = start(&["generate", "x=row", "-n", "1e9", "-o", output.to_str().expect("UTF-8")]);
    thread::sleep(Duration::from_millis(300));
    send("-INT", &child);
    let (status, said) = end(child, Duration::from_secs(20));
    assert_eq!(status.signal(), Some(2), "{said}");
    let left: Vec<_> =
        fs::read_dir(folder.path()).expect("readable").flatten().map(|entry| entry.path()).collect();
    assert_eq!(left, [path]);
}

#[test]
fn a_signal_while_waiting_for_input_ends_at_once() {
    let child = arrcalc(&["describe", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    thread::sleep(Duration::from_millis(200));
    send("-TERM", &child);
    let (status, _) = end(child, Duration::from_secs(5));
    assert_eq!(status.signal(), Some(15));
}

#[test]
fn a_timeout_is_124() {
    let (_folder, path) = endless();
    let arguments = ["describe", path.to_str().expect("UTF-8"), "--dtype", "float64", "--timeout", "200ms"];
    let (status, said) = end(start(&arguments), Duration::from_secs(10));
    assert_eq!(status.code(), Some(124), "{said}");
    assert!(said.starts_with("arrcalc: stopped after 200ms") && said.contains("--timeout"), "{said}");
    let json = [&arguments[..], &["--format", "json"]].concat();
    let (status, said) = end(start(&json), Duration::from_secs(10));
    assert_eq!(status.code(), Some(124));
    assert!(said.starts_with("{\"error\":{\"code\":124,\"kind\":\"timeout\""), "{said}");
}

#[test]
fn a_closed_pipe_is_quiet_success() {
    for format in ["csv", "jsonl", "json", "markdown"] {
        let mut child = start(&["head", FLIGHTS, "-n", "1e5", "--format", format]);
        let mut line = String::new();
        // Reading one line and going away is what `head -1` does.
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        let (status, said) = end(child, Duration::from_secs(20));
        assert_eq!(status.code(), Some(0), "{format}: {said}");
        assert_eq!(said, "", "{format}");
    }
    let mut child = start(&["convert", FLIGHTS, "-o", "-"]);
    drop(child.stdout.take());
    let (status, said) = end(child, Duration::from_secs(20));
    assert_eq!((status.code(), said.as_str()), (Some(0), ""));
}
