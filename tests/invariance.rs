//! The same bytes of every state and the same description for any number of threads, rows a chunk, level, order of
//! files and cut of the rows into files.

use std::path::{Path, PathBuf};

use arrcalc::answer::Description;
use arrcalc::datasets::{Dataset, OpenOptions};
use arrcalc::kernels::Level;
use arrcalc::{Describe, Engine, Error, Scope, Summary, Task};

/// Every engine that must give the same answer: threads, rows a chunk (0: the default), level.
fn engines() -> Vec<(String, Engine)> {
    let mut engines = Vec::new();
    for level in Level::available() {
        for (threads, chunk_rows) in [(1, 0), (1, 3), (2, 2), (2, 1000), (5, 0), (5, 1)] {
            let engine = Engine::builder().threads(threads).chunk_rows(chunk_rows).level(level).build();
            engines.push((format!("{threads} threads, chunks of {chunk_rows}, {level}"), engine));
        }
    }
    engines
}

/// The canonical bytes of every column's first-pass state.
struct States<'a>(&'a Dataset<'a>);

impl Task for States<'_> {
    type Answer = Vec<Vec<u8>>;

    fn run(&self, scope: &Scope<'_>) -> Result<Self::Answer, Error> {
        use arrcalc::aggregate::Aggregate;
        let fields = self.0.schema().fields.iter().enumerate();
        fields
            .filter_map(|(index, field)| Some((index, Summary::new(field).ok()?)))
            .map(|(index, empty)| Ok(scope.aggregate(self.0, &[index], &empty)?.to_bytes()))
            .collect()
    }
}

/// NaN is not equal to itself, its text is; every float's text is its shortest decimal, so equal text is equal bits.
fn text(description: &Description) -> String {
    format!("{description:?}")
}

fn assert_invariant(dataset: &Dataset<'_>) {
    let mut expected: Option<(String, Vec<Vec<u8>>)> = None;
    for (name, engine) in engines() {
        let description = text(&engine.run(&Describe::new(dataset)).unwrap());
        let states = engine.run(&States(dataset)).unwrap();
        let (first, first_states) = expected.get_or_insert_with(|| (description.clone(), states.clone()));
        assert_eq!(description, *first, "{name}");
        assert!(states == *first_states, "the bytes of a state differ: {name}");
    }
}

/// A counter-based source of bits: SplitMix64 of (seed, row).
fn word(seed: u64, row: u64) -> u64 {
    let mut z = seed.wrapping_mul(0xD134_2543_DE82_EF95) ^ row.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn floats(rows: u64, make: impl Fn(u64) -> f64) -> Vec<f64> {
    (0..rows).map(make).collect()
}

#[test]
fn arrays_of_every_kind_are_described_alike_by_every_engine() {
    // More rows than a first pass keeps, and enough values for threads to be woken.
    let rows = 9_000;
    let unit = |row| (word(1, row) >> 11) as f64 / 2f64.powi(53);
    let columns = [
        floats(rows, unit),
        floats(rows, |row| if row % 2 == 0 { 1e300 * unit(row) } else { -1e300 * unit(row - 1) }),
        floats(rows, |row| f64::from_bits(word(2, row))),
        floats(rows, |row| [0.0, -0.0, f64::INFINITY, 1.0, f64::NAN, 5e-324][(word(3, row) % 6) as usize]),
        floats(rows, |_| -0.0),
        floats(rows, |row| unit(row) * 1e-310),
    ];
    let signed: Vec<i64> = (0..rows).map(|row| word(4, row) as i64).collect();
    let few: Vec<i32> = (0..rows).map(|row| (word(5, row) % 17) as i32 - 8).collect();
    let unsigned: Vec<u64> = (0..rows).map(|row| word(6, row)).collect();
    let narrow: Vec<f32> = (0..rows).map(|row| f32::from_bits(word(7, row) as u32)).collect();
    let mut arrays: Vec<(String, _)> =
        columns.iter().enumerate().map(|(at, values)| (format!("f{at}"), values.as_slice().into())).collect();
    arrays.push(("i64".into(), signed.as_slice().into()));
    arrays.push(("i32".into(), few.as_slice().into()));
    arrays.push(("u64".into(), unsigned.as_slice().into()));
    arrays.push(("f32".into(), narrow.as_slice().into()));
    assert_invariant(&Dataset::from_arrays(arrays).unwrap());
}

#[test]
fn long_columns_of_close_integers_are_described_alike_by_every_engine() {
    let rows = 70_000;
    let few: Vec<i32> = (0..rows).map(|row| (word(10, row) % 1000) as i32).collect();
    let bytes: Vec<u8> = (0..rows).map(|row| word(11, row) as u8).collect();
    let outlier: Vec<i64> = (0..rows)
        .map(|row| if row == 40_001 { i64::MAX } else { (word(12, row) % 5000) as i64 - 9 })
        .collect();
    let rising: Vec<u64> = (0..rows).map(|row| row / 8).collect();
    let dataset = Dataset::from_arrays(vec![
        ("few".into(), few.as_slice().into()),
        ("bytes".into(), bytes.as_slice().into()),
        ("outlier".into(), outlier.as_slice().into()),
        ("rising".into(), rising.as_slice().into()),
    ])
    .unwrap();
    assert_invariant(&dataset);
}

#[test]
fn few_rows_and_none_are_described_alike_by_every_engine() {
    for rows in [0, 1, 2, 3, 5, 63, 64, 65] {
        let values = floats(rows, |row| f64::from_bits(word(8, row)));
        let dataset = Dataset::from_arrays(vec![("x".into(), values.as_slice().into())]).unwrap();
        assert_invariant(&dataset);
    }
}

#[test]
fn real_files_are_described_alike_by_every_engine() {
    for file in ["penguins.csv", "weather.csv"] {
        let dataset = Dataset::open(Path::new("datasets/samples").join(file)).unwrap();
        assert_invariant(&dataset);
    }
}

#[test]
fn less_memory_means_more_passes_and_the_same_description() {
    let values = floats(200_000, |row| (word(9, row) >> 40) as f64);
    let dataset = Dataset::from_arrays(vec![("x".into(), values.as_slice().into())]).unwrap();
    let describe = |memory: u64| {
        let engine = Engine::builder().memory_bytes(memory).threads(2).build();
        let description = text(&engine.run(&Describe::new(&dataset)).unwrap());
        assert_eq!(engine.budget().used_bytes(), 0, "everything is given back");
        description
    };
    assert_eq!(describe(20 << 20), describe(1 << 30));
    let engine = Engine::builder().memory_bytes(1000).build();
    let refused = engine.run(&Describe::new(&dataset)).unwrap_err();
    assert_eq!(refused.exit_code(), 5, "{refused}");
}

/// The lines of a CSV file, `parts` of them after another, each with the header.
fn split(folder: &Path, file: &str, parts: usize) -> Vec<PathBuf> {
    let text = std::fs::read_to_string(Path::new("datasets/samples").join(file)).unwrap();
    let (header, body) = text.split_once('\n').unwrap();
    let lines: Vec<&str> = body.lines().collect();
    let write = |(part, lines): (usize, &[&str])| {
        let path = folder.join(format!("part{part}.csv"));
        std::fs::write(&path, format!("{header}\n{}\n", lines.join("\n"))).unwrap();
        path
    };
    lines.chunks(lines.len().div_ceil(parts)).enumerate().map(write).collect()
}

#[test]
fn any_cut_into_files_in_any_order_gives_the_same_description() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::builder().threads(2).build();
    let describe = |paths: &[PathBuf]| {
        let dataset = engine.open(paths, &OpenOptions::default()).unwrap();
        text(&engine.run(&Describe::new(&dataset)).unwrap())
    };
    let whole = describe(&[PathBuf::from("datasets/samples/weather.csv")]);
    for parts in [1, 2, 7] {
        let mut paths = split(folder.path(), "weather.csv", parts);
        assert_eq!(describe(&paths), whole, "{parts} files");
        paths.reverse();
        assert_eq!(describe(&paths), whole, "{parts} files, backwards");
        paths.rotate_left(parts / 2);
        assert_eq!(describe(&paths), whole, "{parts} files, rotated");
    }
}
