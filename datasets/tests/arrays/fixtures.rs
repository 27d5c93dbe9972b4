//! Files that NumPy wrote (fixtures.py), read as NumPy reads them.

use std::fs;

use arrcalc_datasets::Dataset;
use serde_json::Value;

use super::rows::{WHOLE, cuts, fields, read, unhex};

pub(crate) fn fixtures() -> Value {
    serde_json::from_str(include_str!("fixtures.json")).unwrap()
}

/// Compares a dataset with the columns that NumPy gives; NaN payloads aside.
pub(crate) fn check(dataset: &Dataset<'_>, columns: &Value, name: &str) {
    let columns = columns.as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let expected_fields: Vec<String> = columns
        .iter()
        .map(|column| format!("{}: {}", text(&column["name"]), text(&column["type"])))
        .collect();
    assert_eq!(fields(dataset), expected_fields, "{name}");
    let expected: Vec<Vec<String>> =
        columns.iter().map(|column| column["cells"].as_array().unwrap().iter().map(text).collect()).collect();
    assert_eq!(read(dataset, WHOLE).unwrap(), expected, "{name}");
    for cut in cuts() {
        assert_eq!(read(dataset, cut).unwrap(), expected, "{name} {cut:?}");
    }
}

#[test]
fn every_type_order_shape_and_slice_reads_as_in_numpy() {
    let directory = tempfile::tempdir().unwrap();
    let all = fixtures();
    let files = all["npy"].as_array().unwrap();
    for file in files {
        let (name, slice) = (file["name"].as_str().unwrap(), file["slice"].as_str().unwrap());
        let path = directory.path().join("x.npy");
        let _ = fs::remove_file(&path);
        fs::write(&path, unhex(file["npy"].as_str().unwrap())).unwrap();
        let asked = format!("{}{slice}", path.display());
        let dataset = Dataset::open(&asked).unwrap_or_else(|error| panic!("{name} {slice}: {error}"));
        check(&dataset, &file["columns"], &format!("{name} {slice}"));
    }
    assert!(files.len() > 300, "fixtures are there");
}

#[test]
fn info_tells_what_is_mapped_and_what_was_flattened() {
    let directory = tempfile::tempdir().unwrap();
    let all = fixtures();
    let facts = |name: &str| {
        let file = all["npy"].as_array().unwrap().iter().find(|file| file["name"] == name).unwrap();
        let path = directory.path().join("x.npy");
        fs::write(&path, unhex(file["npy"].as_str().unwrap())).unwrap();
        let facts = Dataset::open(&path).unwrap().facts().remove(0);
        (facts.format, facts.notes.join("; "), facts.columns[0].mapped, facts.columns[0].encoding.clone())
    };
    let little = cfg!(target_endian = "little");
    assert_eq!(facts("<f8 (13,) C"), ("npy 1.0".into(), String::new(), little, "little-endian".into()));
    assert_eq!(facts(">f8 (13,) C").2, !little);
    assert_eq!(facts("<f8 (2, 3, 4) F").1, "flattened from (2, 3, 4); Fortran order");
    // The columns of a Fortran-ordered matrix lie one after the other, those of a C-ordered one do not.
    assert_eq!(facts("<f8 (4, 3) F").2, little);
    assert!(!facts("<f8 (4, 3) C").2);
    assert_eq!(facts("version (3, 0)").0, "npy 3.0");
}
