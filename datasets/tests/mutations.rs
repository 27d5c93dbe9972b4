//! Damaged files: thousands of random changes to small files of every layout, read in a process whose memory is
//! capped. A file may be read or refused; nothing may panic, abort, hang or believe a claim.
//! `ARRCALC_MUTATIONS=20000 cargo test --release -p arrcalc-datasets --test mutations` does more.

mod columns;
mod layouts;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arrcalc_datasets::format::Format;
use arrcalc_datasets::{DataType, Dataset, Error, Layout, OpenOptions, Sequential, is_decoding};
use arrow_array::types::Int32Type;
use arrow_array::*;
use arrow_buffer::ScalarBuffer;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_ipc::{CompressionType, MetadataVersion};
use arrow_schema::{Field, Fields, UnionFields};
use parquet::basic::{Compression, Encoding};
use parquet::file::properties::{WriterProperties, WriterVersion};

const ROWS: usize = 40;
/// What the child may map and allocate, all told.
const ADDRESS_SPACE: u64 = 1 << 30;
/// What the reader is told it may use.
const MEMORY: u64 = 64 << 20;

fn environment(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// SplitMix64: enough to choose bytes.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

/// Columns that are only shown.
fn nested() -> Vec<(&'static str, ArrayRef)> {
    let lists = (0..ROWS).map(|row| (row % 4 > 0).then(|| vec![Some(row as i32), None]));
    let lists = ListArray::from_iter_primitive::<Int32Type, _, _>(lists);
    let fixed = (0..ROWS).map(|row| (row % 4 > 0).then(|| vec![Some(row as i32); 3]));
    let fixed = FixedSizeListArray::from_iter_primitive::<Int32Type, _, _>(fixed, 3);
    let ints: ArrayRef = Arc::new(Int32Array::from_iter_values(0..ROWS as i32));
    let text: ArrayRef = Arc::new(StringArray::from_iter_values((0..ROWS).map(|row| format!("text {row}"))));
    let fields: Fields = vec![
        Field::new("a", ints.data_type().clone(), true),
        Field::new("b", text.data_type().clone(), true),
    ]
    .into();
    let structs = StructArray::new(fields.clone(), vec![ints.clone(), text.clone()], None);
    let binary = BinaryArray::from_iter((0..ROWS).map(|row| (row % 2 > 0).then(|| vec![row as u8; row])));
    let ids: ScalarBuffer<i8> = (0..ROWS as i8).map(|row| row % 2).collect();
    let fields = UnionFields::try_new([0, 1], fields.iter().cloned()).expect("a union");
    let union = UnionArray::try_new(fields, ids, None, vec![ints, text]).expect("a union");
    vec![
        ("list", Arc::new(lists)),
        ("fixed", Arc::new(fixed)),
        ("struct", Arc::new(structs)),
        ("binary", Arc::new(binary)),
        ("union", Arc::new(union)),
    ]
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)))
        .expect("a batch")
}

fn ipc(batch: &RecordBatch, stream: bool, codec: Option<CompressionType>) -> Vec<u8> {
    let options = IpcWriteOptions::try_new(8, false, MetadataVersion::V5).expect("options");
    let options = options.try_with_compression(codec).expect("a codec");
    let mut bytes = Vec::new();
    if stream {
        let mut writer =
            StreamWriter::try_new_with_options(&mut bytes, &batch.schema(), options).expect("a writer");
        writer.write(&batch.slice(0, 25)).expect("written");
        writer.write(&batch.slice(25, ROWS - 25)).expect("written");
        writer.finish().expect("whole");
    } else {
        let mut writer =
            FileWriter::try_new_with_options(&mut bytes, &batch.schema(), options).expect("a writer");
        writer.write(batch).expect("written");
        writer.finish().expect("whole");
    }
    bytes
}

fn parquet(batch: &RecordBatch, properties: WriterProperties) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties));
    writer.as_mut().expect("a writer").write(batch).expect("written");
    writer.expect("a writer").close().expect("whole");
    bytes
}

fn seeds() -> Vec<(Format, Vec<u8>)> {
    let flat: Vec<_> = layouts::arrays(ROWS).into_iter().map(|(name, array, _)| (name, array)).collect();
    let (runs, plain): (Vec<_>, Vec<_>) = flat.into_iter().partition(|(name, _)| name.contains("runs"));
    let few = |names: &[&str]| {
        let columns = plain.iter().filter(|(name, _)| names.contains(name)).cloned();
        batch(columns.collect())
    };
    let numbers = few(&["int8", "int64", "float64", "bool", "decimal"]);
    let texts = few(&["utf8", "large", "view", "dictionary", "numbers"]);
    let mut with_runs = runs;
    with_runs.extend(nested());
    let ipc_nested = batch(with_runs);
    let parquet_nested = batch(nested().into_iter().filter(|(name, _)| *name != "union").collect());
    let all = batch(plain.clone());
    let mut seeds = Vec::new();
    for codec in [None, Some(CompressionType::LZ4_FRAME), Some(CompressionType::ZSTD)] {
        for batch in [&numbers, &texts, &ipc_nested, &all] {
            seeds.push((Format::ArrowFile, ipc(batch, false, codec)));
        }
        seeds.push((Format::ArrowStream, ipc(&texts, true, codec)));
    }
    let base = || WriterProperties::builder().set_data_page_size_limit(64).set_write_batch_size(8);
    for (codec, version) in [
        (Compression::UNCOMPRESSED, WriterVersion::PARQUET_1_0),
        (Compression::SNAPPY, WriterVersion::PARQUET_2_0),
        (Compression::ZSTD(Default::default()), WriterVersion::PARQUET_1_0),
        (Compression::LZ4_RAW, WriterVersion::PARQUET_2_0),
        (Compression::LZ4, WriterVersion::PARQUET_1_0),
        (Compression::BROTLI(Default::default()), WriterVersion::PARQUET_1_0),
        (Compression::GZIP(Default::default()), WriterVersion::PARQUET_1_0),
    ] {
        for batch in [&numbers, &texts, &parquet_nested] {
            let properties = base().set_compression(codec).set_writer_version(version);
            seeds.push((Format::Parquet, parquet(batch, properties.clone().build())));
            let plain = properties.set_dictionary_enabled(false);
            seeds.push((Format::Parquet, parquet(batch, plain.build())));
        }
    }
    for (name, encoding) in [
        ("int64", Encoding::DELTA_BINARY_PACKED),
        ("float64", Encoding::BYTE_STREAM_SPLIT),
        ("utf8", Encoding::DELTA_BYTE_ARRAY),
        ("large", Encoding::DELTA_LENGTH_BYTE_ARRAY),
    ] {
        let properties = base().set_dictionary_enabled(false).set_encoding(encoding);
        seeds.push((Format::Parquet, parquet(&few(&[name]), properties.build())));
    }
    seeds
}

/// Changes `bytes` once to eight times.
fn mutate(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    let most = 1 << random.below(4);
    for _ in 0..1 + random.below(most) {
        let length = bytes.len();
        if length < 16 {
            return;
        }
        // Structure lies at the ends of files more than in the middle.
        let at = match random.below(4) {
            0 => random.below(length.min(600)),
            1 | 2 => length - 1 - random.below(length.min(900)),
            _ => random.below(length),
        };
        match random.below(10) {
            0..=2 => bytes[at] ^= 1 << random.below(8),
            3 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff, 0xfe][random.below(6)],
            4 | 5 => {
                let width = [2, 4, 8][random.below(3)];
                let value: u64 = match random.below(6) {
                    0 => u64::MAX,
                    1 => 1 << (8 * width - 1),
                    2 => (1 << (8 * width - 1)) - 1,
                    3 => length as u64,
                    4 => random.next(),
                    _ => random.next() % 4_096,
                };
                let end = length.min(at + width);
                bytes[at..end].copy_from_slice(&value.to_le_bytes()[..end - at]);
            }
            6 => bytes.truncate(at),
            7 => {
                let end = length.min(at + 1 + random.below(64));
                bytes.drain(at..end);
            }
            8 => {
                let from = random.below(other.len());
                let piece = &other[from..other.len().min(from + 1 + random.below(128))];
                let end = length.min(at + piece.len());
                bytes[at..end].copy_from_slice(&piece[..end - at]);
            }
            _ => {
                let end = length.min(at + 1 + random.below(64));
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
        }
    }
}

/// Opens and reads everything.
fn read(path: &Path, format: Format, layout: Layout) -> Result<(), Error> {
    let mut options = OpenOptions { format: Some(format), ..OpenOptions::default() };
    options.limits.memory_bytes = MEMORY;
    let dataset = Dataset::open_with(&[path], &options, &Sequential)?;
    let (shown, wanted): (Vec<usize>, Vec<usize>) = (0..dataset.schema().fields.len())
        .partition(|&at| matches!(dataset.schema().fields[at].data_type, DataType::Unsupported(_)));
    let _ = dataset.facts();
    let mut outcome = Ok(());
    for column in shown {
        outcome = outcome.and(dataset.null_count(column, MEMORY).map(drop));
    }
    match layout {
        Layout::Together => outcome.and(columns::columns(&dataset, &wanted, layout, 16).map(drop)),
        Layout::Apart => wanted.iter().fold(outcome, |outcome, &column| {
            outcome.and(columns::column(&dataset, column, 1_000).map(drop))
        }),
    }
}

#[test]
#[ignore = "run by `damaged_files_are_read_or_refused` in a process of its own"]
fn in_a_capped_process() {
    let (count, seed) = (environment("ARRCALC_MUTATIONS", 2_500), environment("ARRCALC_SEED", 1));
    let folder = PathBuf::from(std::env::var_os("ARRCALC_FOLDER").expect("the parent's folder"));
    let seeds = seeds();
    for (at, (format, bytes)) in seeds.iter().enumerate() {
        let path = folder.join("whole");
        std::fs::write(&path, bytes).expect("written");
        let read = read(&path, *format, Layout::Apart);
        assert!(read.is_ok(), "seed {at} {format:?} must be readable before it is damaged: {read:?}");
    }
    columns::limit_memory(ADDRESS_SPACE);
    let standard = std::panic::take_hook();
    let caught = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = Arc::clone(&caught);
    std::panic::set_hook(Box::new(move |info| {
        if is_decoding() {
            counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            if std::env::var_os("ARRCALC_VERBOSE").is_some() {
                eprintln!("caught: {info}");
            }
        } else {
            standard(info);
        }
    }));
    let mut random = Random(seed);
    let (mut intact, mut slowest) = (0, Duration::ZERO);
    for case in 0..count {
        let (format, bytes) = &seeds[random.below(seeds.len())];
        let (_, other) = &seeds[random.below(seeds.len())];
        let mut bytes = bytes.clone();
        mutate(&mut bytes, other, &mut random);
        let path = folder.join(format!("{case}-{format:?}"));
        std::fs::write(&path, &bytes).expect("written");
        let layout = if random.below(2) == 0 { Layout::Apart } else { Layout::Together };
        let started = Instant::now();
        match read(&path, *format, layout) {
            Ok(()) => intact += 1,
            Err(error) => {
                let line = error.to_string();
                assert!(!line.contains('\n') && line.contains(&format!("{case}-")), "{line}");
            }
        }
        slowest = slowest.max(started.elapsed());
        assert!(started.elapsed() < Duration::from_secs(10), "case {case} took {:?}", started.elapsed());
        std::fs::remove_file(&path).expect("removed");
    }
    let caught = caught.load(std::sync::atomic::Ordering::Relaxed);
    println!(
        "seed {seed}: {count} damaged files, {intact} read, {caught} panics caught, slowest {slowest:?}"
    );
}

#[test]
fn damaged_files_are_read_or_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let kept = std::env::var_os("ARRCALC_KEEP").map(PathBuf::from);
    let own = std::env::current_exe().expect("this test");
    let output = Command::new(own)
        .args(["--ignored", "--exact", "in_a_capped_process", "--nocapture"])
        .env("ARRCALC_FOLDER", kept.as_deref().unwrap_or(folder.path()))
        .env("RUST_BACKTRACE", "0")
        .output()
        .expect("the child runs");
    let said = String::from_utf8_lossy(&output.stdout);
    print!("{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "the child must survive: {}", output.status);
    assert!(said.contains("damaged files"), "the child must have run");
}
