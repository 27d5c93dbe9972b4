//! Written files have the same bytes for any number of threads, and the same error.

use std::path::Path;

use arrcalc::datasets::write::{NullPolicy, WriteOptions};
use arrcalc::datasets::{Dataset, Generator, OpenOptions, Sequential};
use arrcalc::{Convert, Engine, Generate};

const ROWS: u64 = 300_000;

fn engine(threads: usize, chunk_rows: usize) -> Engine {
    Engine::builder().threads(threads).chunk_rows(chunk_rows).build()
}

fn columns() -> Vec<(String, Generator)> {
    vec![
        ("row".into(), Generator::Row),
        ("x".into(), Generator::Normal { mean: 0.0, std: 3.0 }),
        ("k".into(), Generator::Integers { low: -5, high: 100 }),
    ]
}

/// The bytes that `write` leaves at a path with this extension.
fn bytes(extension: &str, write: impl FnOnce(&Path) -> arrcalc::Result<u64>) -> arrcalc::Result<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("out.{extension}"));
    write(&path)?;
    Ok(std::fs::read(&path).unwrap())
}

#[test]
fn generated_files_have_the_same_bytes_for_any_number_of_threads() {
    for extension in ["csv", "npy", "arrow"] {
        let file = |threads, chunk_rows| {
            let made =
                |path: &Path| engine(threads, chunk_rows).run(&Generate::new(&columns(), ROWS, 7, path)?);
            bytes(extension, made).unwrap()
        };
        let alone = file(1, 0);
        assert!(alone.len() as u64 > 3 * ROWS);
        for (threads, chunk_rows) in [(2, 0), (3, 1_000), (5, 100_000)] {
            assert!(file(threads, chunk_rows) == alone, "{extension}, {threads} threads");
        }
    }
    let one = [columns().remove(1)];
    let file =
        |threads| bytes("npy", |path| engine(threads, 0).run(&Generate::new(&one, ROWS, 7, path)?)).unwrap();
    let alone = file(1);
    assert_eq!(alone.len() as u64 % 64, (8 * ROWS) % 64);
    assert!(alone == file(4));
}

/// A CSV file with an empty cell in each of `nulls`.
fn with_nulls(nulls: &[usize]) -> tempfile::NamedTempFile {
    let mut text = String::from("a,b\n");
    for row in 0..ROWS as usize {
        let a = if nulls.contains(&row) { String::new() } else { format!("{row}.5") };
        text.push_str(&format!("{a},{}\n", row % 97));
    }
    let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

#[test]
fn nulls_are_dropped_filled_and_refused_as_one_thread_does_it() {
    let file = with_nulls(&[140_000, 140_001, 290_000]);
    let dataset = Dataset::open(file.path()).unwrap();
    for null in [NullPolicy::Drop, NullPolicy::Nan, NullPolicy::Refuse] {
        for extension in ["npy", "csv"] {
            let convert = |threads| {
                let options = WriteOptions { null, ..WriteOptions::default() };
                bytes(extension, |path| {
                    engine(threads, 0).run(&Convert::new(&dataset, path).options(options))
                })
                .map_err(drop)
            };
            let said = |threads| {
                let options = WriteOptions { null, ..WriteOptions::default() };
                let path = std::env::temp_dir().join(format!("arrcalc-test-{}.npy", std::process::id()));
                engine(threads, 0)
                    .run(&Convert::new(&dataset, path).options(options))
                    .unwrap_err()
                    .to_string()
            };
            assert!(convert(4) == convert(1), "{null:?} {extension}");
            if null == NullPolicy::Refuse && extension == "npy" {
                assert!(said(1).contains("row 140000:"), "{}", said(1));
                assert_eq!(said(4), said(1));
            }
        }
    }
}

#[test]
fn a_part_too_large_for_the_budget_is_written_chunk_by_chunk() {
    let write = |threads, memory_bytes| {
        let engine = Engine::builder().threads(threads).memory_bytes(memory_bytes).build();
        bytes("csv", |path| engine.run(&Generate::new(&columns(), ROWS, 7, path)?)).unwrap()
    };
    assert!(write(3, 1 << 20) == write(1, 1 << 30));
}

#[test]
fn row_groups_have_the_same_bytes_whoever_encodes_them() {
    const MANY: u64 = 2_300_000;
    let columns = columns();
    let generated = |threads, chunk_rows, memory_bytes| {
        let engine =
            Engine::builder().threads(threads).chunk_rows(chunk_rows).memory_bytes(memory_bytes).build();
        bytes("parquet", |path| engine.run(&Generate::new(&columns[..2], MANY, 7, path)?)).unwrap()
    };
    let alone = generated(1, 0, 1 << 30);
    // The last does not hold a row group: it is encoded again when its turn comes.
    for (threads, chunk_rows, memory_bytes) in
        [(2, 0, 1 << 30), (3, 1_000, 1 << 30), (5, 70_001, 1 << 30), (2, 0, 16 << 20)]
    {
        assert!(generated(threads, chunk_rows, memory_bytes) == alone, "{threads} threads");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("whole.parquet"), &alone).unwrap();
    let whole = Dataset::open(path("whole.parquet")).unwrap();
    assert_eq!((whole.row_count(), whole.facts()[0].parts), (MANY, 3));
    // Small pieces become large row groups.
    engine(2, 0).run(&Generate::new(&columns[..1], 100, 0, path("a.parquet")).unwrap()).unwrap();
    let piece = path("a.parquet");
    let small = Dataset::open_with(&[piece.as_path(); 50], &OpenOptions::default(), &Sequential).unwrap();
    engine(2, 0).run(&Convert::new(&small, path("b.parquet"))).unwrap();
    let large = Dataset::open(path("b.parquet")).unwrap();
    assert_eq!((large.row_count(), large.facts()[0].parts), (5_000, 1));
}
