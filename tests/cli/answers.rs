//! The fixed forms: valid, the same in every format and for every schedule, and numbers as promised.

use std::fs;

use serde_json::Value;

use super::run::{FLIGHTS, PENGUINS, WEATHER, arrcalc, run, stdout};

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&stdout(arguments)).expect("one JSON document")
}

#[test]
fn describe_json_has_the_fixed_keys_in_their_order() {
    let text = stdout(&["describe", PENGUINS, "--format", "json"]);
    let document: Value = serde_json::from_str(&text).expect("one JSON document");
    assert_eq!(document["rows"], 344);
    assert_eq!(document["columns"].as_array().map(Vec::len), Some(8));
    let keys = [
        "name",
        "type",
        "count",
        "nulls",
        "nans",
        "infinities",
        "zeros",
        "distinct",
        "distinct_estimate",
        "sum",
        "mean",
        "std",
        "var",
        "min",
        "q01",
        "q05",
        "q25",
        "median",
        "q75",
        "q95",
        "q99",
        "max",
        "skewness",
        "kurtosis",
    ];
    for line in text.lines().filter(|line| line.starts_with("{\"name\"")) {
        let places: Vec<_> =
            keys.iter().map(|key| line.find(&format!("\"{key}\":")).expect("every key")).collect();
        assert!(places.is_sorted(), "{line}");
    }
    let mass = &document["columns"][5];
    assert_eq!(mass["name"], "body_mass_g");
    assert_eq!(mass["sum"], 1_437_000);
    assert_eq!(mass["mean"].to_string(), "4201.754385964912");
    assert_eq!(document["columns"][0]["mean"], Value::Null);
}

#[test]
fn the_same_bytes_for_any_threads_chunks_and_levels() {
    let expected = stdout(&["describe", WEATHER, "--format", "json"]);
    for settings in [
        ["--threads", "1", "--chunk-rows", "1000"],
        ["--threads", "5", "--chunk-rows", "3"],
        ["--threads", "2", "--level", "baseline"],
    ] {
        let arguments = [&["describe", WEATHER, "--format", "json"][..], &settings].concat();
        assert!(stdout(&arguments) == expected, "{settings:?} changes the answer");
    }
}

#[test]
fn the_same_description_from_every_format() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let expected = stdout(&["describe", PENGUINS, "--format", "json"]);
    for name in ["p.parquet", "p.arrow", "p.arrows", "p.csv"] {
        let path = folder.path().join(name);
        let path = path.to_str().expect("UTF-8");
        stdout(&["convert", PENGUINS, "-o", path]);
        assert!(stdout(&["describe", path, "--format", "json"]) == expected, "{name} changes the answer");
    }
}

#[test]
fn json_lines_and_json_and_csv_of_rows_agree() {
    let array = json(&["head", FLIGHTS, "-n", "100", "--format", "json"]);
    let lines = stdout(&["head", FLIGHTS, "-n", "100", "--format", "jsonl"]);
    let lines: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    assert_eq!(array, Value::Array(lines));
    let csv = stdout(&["head", FLIGHTS, "-n", "100", "--format", "csv"]);
    assert_eq!(csv.lines().count(), 101);
}

#[test]
fn head_and_tail_meet_in_the_middle() {
    let all = stdout(&["head", PENGUINS, "-n", "1e3", "--no-header"]);
    let first = stdout(&["head", PENGUINS, "-n", "200", "--no-header"]);
    let last = stdout(&["tail", PENGUINS, "-n", "144", "--no-header"]);
    assert_eq!(all, first + &last);
    assert_eq!(stdout(&["tail", PENGUINS, "-n", "0", "--no-header"]), "");
}

#[test]
fn a_pipe_gets_csv_and_a_file_what_its_name_says() {
    assert!(stdout(&["describe", PENGUINS]).starts_with("name,type,count,nulls,"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, start) in
        [("d.json", "{\"rows\":344"), ("d.md", "| name | type"), ("d.txt", "penguins.csv   344 rows")]
    {
        let path = folder.path().join(name);
        assert_eq!(stdout(&["describe", PENGUINS, "-o", path.to_str().expect("UTF-8")]), "");
        assert!(fs::read_to_string(&path).expect("written").starts_with(start), "{name}");
    }
    let path = folder.path().join("d.parquet");
    let path = path.to_str().expect("UTF-8");
    stdout(&["describe", PENGUINS, "-o", path]);
    assert_eq!(json(&["info", path, "--format", "json"])["rows"], 8);
}

#[test]
fn raw_values_suit_shell_variables() {
    assert_eq!(stdout(&["tail", WEATHER, "-n", "1", "-c", "temp", "--raw"]), "28.94\n");
    assert_eq!(stdout(&["head", PENGUINS, "-n", "1", "-c", "species,year", "--raw"]), "Adelie\t2007\n");
}

#[test]
fn floats_are_hexadecimal_or_short_where_asked_for() {
    let hex = stdout(&["head", PENGUINS, "-n", "1", "-c", "bill_length_mm", "--raw", "--float", "hex"]);
    assert_eq!(hex, "0x1.38ccccccccccdp+5\n");
    let short = stdout(&["head", WEATHER, "-n", "1", "-c", "wind_speed", "--raw", "--digits", "3"]);
    assert_eq!(short, "10.4\n");
}

#[test]
fn colour_is_for_terminals_and_for_those_who_insist() {
    assert!(!stdout(&["describe", PENGUINS, "--format", "table"]).contains('\x1b'));
    assert!(stdout(&["describe", PENGUINS, "--format", "table", "--color", "always"]).contains("\x1b[1m"));
}

#[test]
fn settings_come_from_the_environment_and_the_command_line_wins() {
    let output =
        arrcalc(&["head", PENGUINS, "-n", "1"]).env("ARRCALC_FORMAT", "jsonl").output().expect("starts");
    assert!(output.stdout.starts_with(b"{\"species\""));
    let output = arrcalc(&["head", PENGUINS, "-n", "1", "--format", "csv", "-v"])
        .env("ARRCALC_FORMAT", "jsonl")
        .env("ARRCALC_THREADS", "1")
        .output();
    let output = output.expect("starts");
    assert!(output.stdout.starts_with(b"species,"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("format csv (command line)") && said.contains("threads 1 (ARRCALC_THREADS)"),
        "{said}"
    );
    // What nobody gave is told as well.
    let output = run(&["query", PENGUINS, "-s", "count(*)", "-v"]);
    let said = String::from_utf8_lossy(&output.stderr);
    for setting in
        ["memory 4294967296 bytes", "nan propagate", "timeout none", "level ", "threads ", "quiet false"]
    {
        let line = said.lines().find(|line| line.contains(&format!("setting: {setting}")));
        assert!(line.is_some_and(|line| line.ends_with("(default)")), "{setting}: {said}");
    }
}

#[test]
fn generated_words_and_doubles_are_those_of_numpy() {
    // numpy.random.Philox(42).random_raw(4), numpy.random.Generator(numpy.random.Philox(42)).random(2) of NumPy 2.4
    let words = stdout(&["generate", "raw", "-n", "4", "--seed", "42", "--no-header"]);
    let words: Vec<u64> = words.lines().map(|line| line.parse().expect("a word")).collect();
    let expected =
        [0x1609_2f00_ecda_b98a, 0x243d_19cc_2402_1070, 0x4524_d130_684e_fe02, 0xdfc0_f20c_3c4b_5bca];
    assert_eq!(words, expected);
    let doubles = stdout(&["generate", "x=uniform", "-n", "4", "--seed", "42", "--raw"]);
    for (text, word) in doubles.lines().zip(expected) {
        let double: f64 = text.parse().expect("a double");
        assert_eq!(double, (word >> 11) as f64 / (1_u64 << 53) as f64);
    }
}

#[test]
fn generated_files_depend_on_the_seed_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let columns = "id=row, x=normal(0, 1), k=integers(-5, 5), u=uniform(1, 2), w=raw";
    let mut files = Vec::new();
    for (name, threads) in [("a.parquet", "1"), ("b.parquet", "5")] {
        let path = folder.path().join(name);
        let text = path.to_str().expect("UTF-8");
        stdout(&["generate", columns, "-n", "1e5", "--seed", "7", "-o", text, "--threads", threads]);
        files.push(stdout(&["describe", text, "--format", "json"]));
    }
    assert_eq!(files[0], files[1]);
    let document: Value = serde_json::from_str(&files[0]).expect("JSON");
    assert_eq!(document["columns"][0]["max"], 99_999);
    let deviation = document["columns"][1]["std"].as_f64().expect("a number");
    // Of 100,000 normals the deviation is within 5 of its own standard errors, 1 / sqrt(2n).
    assert!((deviation - 1.0).abs() < 5.0 / 200_000_f64.sqrt(), "{deviation}");
    assert_eq!(document["columns"][2]["distinct"], 10);
}

#[test]
fn selftest_gives_one_hash_at_every_level() {
    let hash = stdout(&["selftest", "--raw"]);
    assert_eq!(stdout(&["selftest", "--raw", "--level", "baseline", "--threads", "1"]), hash);
    assert_eq!(hash.trim_start_matches("all\t").trim().len(), 64);
}

/// What the README shows of sorting, histograms and searching is what comes out.
#[test]
fn the_readme_shows_the_order_of_things_as_it_is() {
    let readme = fs::read_to_string(super::run::root().join("README.md")).expect("a README");
    let (_, section) = readme.split_once("## Order\n\n```console\n").expect("a section with a console");
    let (console, _) = section.split_once("```").expect("an end");
    let mut shown = console.split("$ arrcalc ").skip(1);
    for arguments in [
        &["sort", FLIGHTS, "--by", "-dep_delay, carrier", "-n", "3", "-c", "carrier,dep_delay,dest"][..],
        &["hist", WEATHER, "-c", "temp", "--bins", "6"],
        &["locate", WEATHER, "-c", "origin", "JFK", "LGA"],
    ] {
        let (command, output) = shown.next().and_then(|one| one.split_once('\n')).expect("a command");
        assert_eq!(command.replace('\'', ""), arguments.join(" "));
        assert_eq!(output, stdout(&[arguments, &["--format", "table"]].concat()));
    }
    assert!(shown.next().is_none());
}

/// What the README shows of a sample and of a generated table are these.
#[test]
fn the_readme_shows_chance_as_it_is() {
    let readme = fs::read_to_string(super::run::root().join("README.md")).expect("a README");
    let (_, section) = readme.split_once("## Chance that repeats\n").expect("a section");
    let mut consoles = section.split("```console\n$ arrcalc ").skip(1);
    let columns = "id=row, x=normal(0, 1), y=correlated(x, 0.9), city=choice(\"Oslo\", \"Rome\"; 0.7, 0.3), \
                   late=nullable(poisson(3), 0.2)";
    for arguments in [
        &["sample", FLIGHTS, "-n", "3", "--seed", "42", "-c", "carrier,dest,distance"][..],
        &["generate", columns, "-n", "4"],
    ] {
        let console = consoles.next().and_then(|one| one.split_once("```")).expect("a console").0;
        let (command, output) = console.split_once('\n').expect("a command");
        assert_eq!(command.replace('\'', ""), arguments.join(" "));
        assert_eq!(output, stdout(&[arguments, &["--format", "table"]].concat()));
    }
}
