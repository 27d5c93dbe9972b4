//! The house's rules, read from the sources: floors, the unsafe fence, file sizes, leftovers.
//!
//! Style is checked here and not in review. A rule that fails names the file and what to do.

use std::fs;
use std::path::{Path, PathBuf};

/// Lines a source file may have: above it, it holds more than one idea.
const FILE_LINES_MAX: usize = 500;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust and Python source of the project, relative to the root.
fn sources() -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder of the project is readable") {
            let path = entry.expect("a folder entry is readable").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            if path.is_dir() {
                if !name.starts_with('.')
                    && !["target", "__pycache__", "samples", "record"].contains(&name.as_str())
                {
                    walk(&path, found);
                }
            } else if name.ends_with(".rs") || name.ends_with(".py") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    for room in ["src", "kernels", "datasets", "benches", "tests", "python"] {
        walk(&root().join(room), &mut found);
    }
    assert!(found.len() > 20, "the walk must see the project, it saw {} files", found.len());
    found.into_iter().map(|path| path.strip_prefix(root()).expect("below the root").to_path_buf()).collect()
}

fn read(path: &Path) -> String {
    fs::read_to_string(root().join(path)).expect("a source file is UTF-8")
}

/// Code without comments and string literals' insides: crude, and enough for these rules.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line.split("//").next().unwrap_or_default()))
}

fn in_room(path: &Path, rooms: &[&str]) -> bool {
    rooms.iter().any(|room| path.starts_with(room))
}

/// Unit tests in files of their own: they may read files and compare with whatever they like.
fn is_unit_test(path: &Path) -> bool {
    path.iter().any(|part| part == "tests" || part == "tests.rs")
}

#[test]
fn unsafe_stands_only_in_its_rooms() {
    let rooms = [
        "kernels/src/arch",
        "kernels/src/dispatch.rs",
        "datasets/src/mapped_file",
        "datasets/src/scratch",
        "python/src",
    ];
    let mut seen_inside = 0;
    for path in sources().iter().filter(|path| path.extension().is_some_and(|e| e == "rs")) {
        for (line, code) in code_lines(&read(path)) {
            let uses = code.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == "unsafe");
            if uses && path != Path::new("tests/tidy.rs") {
                assert!(
                    in_room(path, &rooms),
                    "{}:{line}: unsafe outside its rooms {rooms:?}: find a safe way or move it there",
                    path.display()
                );
                seen_inside += 1;
            }
        }
    }
    assert!(seen_inside > 0, "the rule must recognise the unsafe that there is");
}

#[test]
fn imports_point_down() {
    // (room, what it must not name)
    let pure: &[&str] = &["crate::execute", "crate::present", "crate::query", "rayon", "std::thread", "clap"];
    let forbidden: [(&str, &[&str]); 14] = [
        (
            "kernels/src",
            &["arrcalc_datasets", "arrcalc::", "arrow_", "rayon", "std::fs", "std::thread", "std::io"],
        ),
        ("datasets/src", &["arrcalc::", "rayon", "std::thread", "clap", "indicatif"]),
        ("src/answer", &["crate::execute", "crate::present", "crate::describe", "rayon"]),
        ("src/aggregate", &["crate::execute", "crate::present", "rayon", "std::thread", "clap"]),
        ("src/expression", pure),
        ("src/plan", pure),
        ("src/group", pure),
        ("src/order", pure),
        ("src/window", pure),
        ("src/query", &["crate::present", "rayon", "std::thread", "clap"]),
        ("src/histogram", &["crate::present", "crate::query", "rayon", "std::thread", "clap"]),
        ("src/execute", &["crate::present", "clap", "indicatif"]),
        ("src/present", &["crate::execute", "clap", "rayon"]),
        ("src/bin", &["arrcalc_kernels", "arrcalc_datasets", "rayon", "arrow_", "parquet::"]),
    ];
    let sources = sources();
    for (room, words) in forbidden {
        assert!(
            sources.iter().any(|path| path.starts_with(room)),
            "{room} has moved: say where its rule goes"
        );
        for path in sources.iter().filter(|path| path.starts_with(room) && !is_unit_test(path)) {
            let text = read(path);
            // Unit tests at the end of a file may look anywhere.
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            for (line, code) in code_lines(text) {
                for word in words {
                    assert!(
                        !code.contains(word),
                        "{}:{line}: {room} must not know {word} (architecture: arrows point down only)",
                        path.display()
                    );
                }
            }
        }
    }
}

#[test]
fn files_hold_one_idea() {
    for path in sources() {
        let lines = read(&path).lines().count();
        assert!(lines <= FILE_LINES_MAX, "{}: {lines} lines, split it by idea", path.display());
    }
}

#[test]
fn nothing_is_left_over() {
    // Spelt in halves, so that this file does not find itself.
    let words = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
        concat!("to", "do!("),
        concat!("db", "g!("),
    ];
    for path in sources() {
        for (index, line) in read(&path).lines().enumerate() {
            for word in words {
                assert!(!line.contains(word), "{}:{}: leftover {word}", path.display(), index + 1);
            }
        }
    }
}

#[test]
fn every_module_says_what_it_is_for() {
    for path in sources().iter().filter(|path| path.extension().is_some_and(|e| e == "rs")) {
        // Tables of known answers are included into tests and say who wrote them.
        let is_table = path.to_string_lossy().ends_with("_cases.rs");
        let header = if is_table { "// Written by" } else { "//!" };
        assert!(
            read(path).trim_start().starts_with(header),
            "{}: begin with a //! header: what it is for, where its idea comes from",
            path.display()
        );
    }
}

#[test]
fn names_say_what_a_room_holds() {
    for path in sources() {
        for part in path.iter().filter_map(|part| part.to_str()) {
            let stem = part.split('.').next().unwrap_or_default();
            assert!(
                !["utils", "util", "misc", "helper", "helpers", "common", "manager"].contains(&stem),
                "{}: '{stem}' says nothing; name the file by its idea",
                path.display()
            );
        }
    }
}
