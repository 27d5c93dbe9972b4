//! `hist`: bars, rows and plots of the same counts.

use std::fs;

use serde_json::Value;

use super::run::{FLIGHTS, PENGUINS, WEATHER, failure, run, stdout};

fn rows(arguments: &[&str]) -> Vec<Value> {
    let output = run(&[arguments, &["--format", "json", "--quiet"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("an array of objects")
}

#[test]
fn rows_are_bins_with_their_edges() {
    let bins = rows(&["hist", PENGUINS, "-c", "body_mass_g", "--bins", "4"]);
    let found: Vec<(f64, f64, u64)> = bins
        .iter()
        .map(|bin| {
            let float = |key: &str| bin[key].as_f64().expect("a number");
            (float("low"), float("high"), bin["count"].as_u64().expect("a count"))
        })
        .collect();
    // numpy 2.4.6: np.histogram(mass, 4)
    let numpy = [(2700.0, 3600.0, 90), (3600.0, 4500.0, 134), (4500.0, 5400.0, 79), (5400.0, 6300.0, 39)];
    assert_eq!(found, numpy);
    let output = run(&["hist", PENGUINS, "-c", "body_mass_g", "--bins", "4", "--format", "csv"]);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "arrcalc: not in a bin: 2 null\n");
    assert!(output.stdout.starts_with(b"low,high,count\n2700.0,3600.0,90\n"));
}

#[test]
fn rules_edges_ranges_and_weights() {
    for rule in ["auto", "doane", "fd", "rice", "scott", "sqrt", "sturges"] {
        let bins = rows(&["hist", FLIGHTS, "-c", "distance", "--bins", rule]);
        let total: u64 = bins.iter().filter_map(|bin| bin["count"].as_u64()).sum();
        assert_eq!(total, 336_776, "{rule}");
    }
    let edges = rows(&["hist", FLIGHTS, "-c", "dep_delay", "--bins", "-100,0,15,inf"]);
    assert_eq!(edges.len(), 3);
    assert_eq!(edges[2]["high"], "Infinity");
    let ranged = rows(&["hist", FLIGHTS, "-c", "dep_delay", "--range", "-30,90", "--bins", "12"]);
    assert_eq!((ranged.len(), ranged[0]["low"].as_f64()), (12, Some(-30.0)));
    let weighed = rows(&["hist", FLIGHTS, "-c", "distance", "--bins", "1", "--weights", "distance"]);
    assert_eq!(weighed[0]["sum"].as_f64(), Some(350_217_607.0));
}

#[test]
fn two_columns_are_counted_in_a_grid() {
    let [mass, year] =
        ["body_mass_g", "year"].map(|column| rows(&["hist", PENGUINS, "-c", column, "--bins", "3"]));
    let cells = rows(&["hist", PENGUINS, "-c", "body_mass_g,year", "--bins", "3"]);
    let count = |bin: &Value| bin["count"].as_u64().expect("a count");
    for (i, bin) in mass.iter().enumerate() {
        let across = &cells[3 * i..3 * i + 3];
        assert_eq!(across.iter().map(count).sum::<u64>(), count(bin));
        for (cell, other) in across.iter().zip(&year) {
            assert_eq!((&cell["x_low"], &cell["x_high"]), (&bin["low"], &bin["high"]));
            assert_eq!((&cell["y_low"], &cell["y_high"]), (&other["low"], &other["high"]));
        }
    }
    let ranged =
        ["hist", PENGUINS, "-c", "body_mass_g,year", "--range", "3000,4000,2007,2008", "--bins", "2"];
    assert_eq!(rows(&ranged)[3]["y_high"].as_f64(), Some(2008.0));
    let drawn = run(&["hist", PENGUINS, "-c", "body_mass_g,year", "--bins", "3", "--format", "table"]);
    assert!(
        String::from_utf8_lossy(&drawn.stdout).starts_with("body_mass_g across, year up  342 rows in 3 by 3")
    );
    let svg = run(&["hist", PENGUINS, "-c", "body_mass_g,year", "--svg", "-"]);
    assert!(svg.stdout.starts_with(b"<svg ") && svg.stdout.ends_with(b"</svg>\n"));
}

#[test]
fn bins_of_times_are_times() {
    let bins = rows(&["hist", WEATHER, "-c", "time_hour", "--bins", "12"]);
    assert!(bins[0]["low"].as_str().expect("a time").starts_with("2013-01-01T"));
    assert!(bins.windows(2).all(|pair| pair[0]["high"] == pair[1]["low"]));
}

#[test]
fn edges_of_times_are_written_as_times() {
    let of = |edges: &str| rows(&["hist", WEATHER, "-c", "time_hour", "--bins", edges]);
    let bins = of("2013-01-01,2013-07-01T00:00:00,2015-01-01");
    assert_eq!(bins[0]["high"].as_str().map(|time| &time[..10]), Some("2013-07-01"));
    let before = stdout(&[
        "query",
        WEATHER,
        "-s",
        "count(*)",
        "-w",
        "time_hour >= '2013-01-01' and time_hour < '2013-07-01'",
        "--raw",
    ]);
    assert_eq!(bins[0]["count"].to_string(), before.trim());
    let ranged =
        rows(&["hist", WEATHER, "-c", "time_hour", "--range", "2013-01-01,2013-07-01", "--bins", "2"]);
    assert_eq!(ranged[0]["high"].as_str().map(|time| &time[..10]), Some("2013-04-01"));
}

#[test]
fn a_number_of_bins_may_be_written_in_any_way() {
    let of = |bins: &str| rows(&["hist", PENGUINS, "-c", "body_mass_g", "--bins", bins]);
    let ten = of("10");
    assert_eq!(ten.len(), 10);
    for bins in ["1e1", "10.0", "1_0", "+10", "0.1e2"] {
        assert_eq!(of(bins), ten, "{bins}");
    }
}

#[test]
fn decimals_have_the_histogram_of_the_nearest_floats() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("decimals.arrow");
    let path = path.to_str().expect("UTF-8");
    // Temperatures have two digits after the point, so that each is the float nearest to the decimal.
    let select = "cast(temp as decimal(10, 2)) as d, temp as x, humid as y";
    assert_eq!(stdout(&["query", WEATHER, "-s", select, "-o", path]), "");
    for bins in ["7", "auto", "doane", "fd", "rice", "scott", "sqrt", "sturges", "0,32,64.04,1000"] {
        let of = |column: &str| rows(&["hist", path, "-c", column, "--bins", bins]);
        assert_eq!(of("d"), of("x"), "{bins}");
    }
    let weighed = rows(&["hist", path, "-c", "x", "--bins", "0,40,200", "--weights", "d"]);
    let sum = stdout(&["query", path, "-s", "sum(d)", "-w", "x >= 0 and x < 40", "--raw"]);
    assert_eq!(weighed[0]["sum"].as_str(), Some(sum.trim()));
    let ranged = |column: &str| rows(&["hist", path, "-c", column, "--range", "20,40", "--weights", "y"]);
    assert_eq!(ranged("d"), ranged("x"));
    assert_eq!(rows(&["hist", path, "-c", "y,d"]), rows(&["hist", path, "-c", "y,x"]));
    let described = |column: &str| {
        let text = stdout(&["describe", path, "-c", column, "--format", "json"]);
        let document: Value = serde_json::from_str(&text).expect("JSON");
        let column = &document["columns"][0];
        (column["distinct"].clone(), column["nulls"].clone(), column["median"].clone())
    };
    assert_eq!(described("d"), described("x"));
}

#[test]
fn bars_fit_the_page_and_every_number_is_whole() {
    for (file, column) in
        [(WEATHER, "temp"), (FLIGHTS, "dep_delay"), (WEATHER, "time_hour"), (PENGUINS, "body_mass_g")]
    {
        let text = stdout(&["hist", file, "-c", column, "--format", "table"]);
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        assert!(!text.contains('…') && text.contains('█'), "{text}");
        let one = stdout(&[
            "hist",
            file,
            "-c",
            column,
            "--format",
            "table",
            "--threads",
            "1",
            "--chunk-rows",
            "999",
        ]);
        assert_eq!(one, text);
    }
}

#[test]
fn a_plot_is_one_document() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("mass.svg");
    let path = path.to_str().expect("UTF-8");
    assert_eq!(stdout(&["hist", PENGUINS, "-c", "body_mass_g", "--svg", path]), "");
    let svg = fs::read_to_string(path).expect("written");
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    assert!(svg.contains(">body_mass_g</text>") && svg.contains("<rect "));
    assert_eq!(stdout(&["hist", PENGUINS, "-c", "body_mass_g", "--svg", "-"]), svg);
}

#[test]
fn what_cannot_be_drawn_is_usage() {
    for (arguments, what) in [
        (&["hist", PENGUINS, "-c", "species"][..], "no histogram of values of type string"),
        (&["hist", PENGUINS, "-c", "nothing"], "no column 'nothing'"),
        (&["hist", PENGUINS], "name it with -c"),
        (&["hist", PENGUINS, "-c", "body_mass_g,sex"], "type string"),
        (&["hist", PENGUINS, "-c", "body_mass_g,year,sex"], "one column or of two"),
        (&["hist", PENGUINS, "-c", "body_mass_g", "--bins", "0"], "at least 1"),
        (&["hist", PENGUINS, "-c", "body_mass_g", "--bins", "stone"], "no rule 'stone'"),
        (&["hist", PENGUINS, "-c", "body_mass_g", "--bins", "3,2"], "edges"),
        (&["hist", PENGUINS, "-c", "body_mass_g", "--bins", "2.5"], "not a whole number"),
        (&["hist", PENGUINS, "-c", "body_mass_g", "--bins", "-3"], "not a whole number"),
        (&["hist", PENGUINS, "-c", "body_mass_g", "--bins", "1,2013-01-01"], "'2013-01-01' is no edge"),
        (&["hist", PENGUINS, "-c", "body_mass_g", "--range", "5"], "LOW,HIGH"),
    ] {
        let (code, message) = failure(arguments);
        assert_eq!(code, 2, "{message}");
        assert!(message.contains(what), "{message}");
    }
}
