//! Parquet files that somebody else wrote.

mod columns;

use std::path::PathBuf;

use arrcalc_datasets::{DataType, Dataset, Layout};

fn sample(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("ARRCALC_SAMPLES")
        .map(PathBuf::from)
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples"));
    let path = folder.join(name);
    if !path.exists() {
        println!("skipped: {} is not there (set ARRCALC_SAMPLES)", path.display());
        return None;
    }
    Some(path)
}

/// Name, nulls, sum, minimum, maximum: what pyarrow 26.0.1 computes.
const FLIGHTS: [(&str, u64, i128, i128, i128); 14] = [
    ("year", 0, 677_930_088, 2013, 2013),
    ("month", 0, 2_205_381, 1, 12),
    ("day", 0, 5_291_016, 1, 31),
    ("dep_time", 8255, 443_210_949, 1, 2400),
    ("sched_dep_time", 0, 452_712_768, 106, 2359),
    ("dep_delay", 8255, 4_152_200, -43, 1301),
    ("arr_time", 8713, 492_768_669, 1, 2400),
    ("sched_arr_time", 0, 517_415_985, 1, 2359),
    ("arr_delay", 9430, 2_257_174, -86, 1272),
    ("flight", 0, 664_096_549, 1, 8500),
    ("air_time", 9430, 49_326_610, 20, 695),
    ("distance", 0, 350_217_607, 17, 4983),
    ("hour", 0, 4_438_791, 1, 23),
    ("minute", 0, 8_833_668, 0, 59),
];

#[test]
fn flights_reads_as_pyarrow_reads_it() {
    let Some(path) = sample("flights.parquet") else { return };
    let dataset = Dataset::open(&path).expect("flights opens");
    assert_eq!(dataset.row_count(), 336_776);
    let wanted: Vec<usize> = (0..dataset.schema().fields.len()).collect();
    let found = columns::columns(&dataset, &wanted, Layout::Together, 65_536).expect("flights reads");
    for (name, nulls, sum, min, max) in FLIGHTS {
        let at = dataset.schema().index_of(name).expect("the column exists");
        assert_eq!(dataset.schema().fields[at].data_type, DataType::Int64);
        assert_eq!((found[at].nulls, found[at].ints), (nulls, Some((sum, min, max))), "{name}");
    }
    let tailnum = dataset.schema().index_of("tailnum").expect("the column exists");
    assert_eq!(dataset.schema().fields[tailnum].data_type, DataType::String);
    assert_eq!((found[tailnum].nulls, found[tailnum].text.0), (2512, 2_003_987));
    for chunk_rows in [1_000, 1 << 20] {
        for &at in &wanted {
            assert_eq!(columns::column(&dataset, at, chunk_rows).expect("reads"), found[at]);
        }
    }
    let facts = dataset.facts().remove(0);
    assert_eq!((facts.format.as_str(), facts.parts), ("Parquet", 4));
    for (facts, found) in facts.columns.iter().zip(&found) {
        assert_eq!(facts.null_count, Some(found.nulls));
        assert!(facts.encoding.ends_with("zstd"), "{}", facts.encoding);
    }
}
