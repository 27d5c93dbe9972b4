//! Tests of the reader as a whole: values, types, errors, and that no cut of the text shows.

use std::path::Path;
use std::time::{Duration, Instant};

use super::*;
use crate::executor::Sequential;
use crate::limits::Limits;
use crate::options::CsvOptions;
use crate::schema::TimeUnit;
use crate::text::{is_null, push_value};

const WHOLE: ReadRequest = ReadRequest { chunk_rows: 1 << 16, memory_bytes: 1 << 30 };

/// Runs the tasks last to first.
struct Backwards;

impl Executor for Backwards {
    fn run(&self, count: usize, task: &(dyn Fn(usize) + Sync)) {
        (0..count).rev().for_each(task);
    }
}

/// Runs each task on a thread of its own.
struct Threads;

impl Executor for Threads {
    fn run(&self, count: usize, task: &(dyn Fn(usize) + Sync)) {
        std::thread::scope(|scope| (0..count).for_each(|index| drop(scope.spawn(move || task(index)))));
    }
}

fn open_bytes(text: &[u8], options: &OpenOptions, piece_bytes: usize) -> Result<CsvSource> {
    open_text(Path::new("t.csv"), Bytes::copy_from_slice(text), options, &Sequential, piece_bytes)
}

fn open_str(text: &str) -> Result<CsvSource> {
    open_bytes(text.as_bytes(), &OpenOptions::default(), PIECE_BYTES_MAX)
}

fn message(outcome: Result<CsvSource>) -> String {
    outcome.unwrap_err().to_string()
}

type Rows = Vec<Vec<Option<String>>>;

/// All rows as text, `None` for null.
fn rows_of(source: &CsvSource, request: &ReadRequest) -> Result<Rows> {
    let columns: Vec<usize> = (0..source.schema.fields.len()).collect();
    let mut rows = Vec::new();
    for unit in source.units(&columns, Layout::Apart, 1) {
        assert_eq!(unit.rows.start, rows.len() as u64);
        source.read(&unit, request, &mut |chunk| {
            assert_eq!(chunk.first_row, rows.len() as u64);
            assert!(chunk.row_count <= request.chunk_rows);
            for row in 0..chunk.row_count {
                let cells = chunk.columns.iter().zip(&source.schema.fields).map(|(column, field)| {
                    assert_eq!(column.values.len(), chunk.row_count);
                    let mut text = String::new();
                    push_value(&mut text, &column.values, row, &field.data_type);
                    (!is_null(column, row)).then_some(text)
                });
                rows.push(cells.collect());
            }
            Flow::Continue(())
        })?;
        assert_eq!(unit.rows.end, rows.len() as u64);
    }
    assert_eq!(rows.len() as u64, source.row_count());
    Ok(rows)
}

fn type_names(source: &CsvSource) -> Vec<String> {
    source.schema.fields.iter().map(|field| field.data_type.to_string()).collect()
}

fn all_text(names: &[&str]) -> OpenOptions {
    let types = names.iter().map(|name| (name.to_string(), DataType::String)).collect();
    OpenOptions {
        types,
        csv: CsvOptions { null_tokens: Vec::new(), ..CsvOptions::default() },
        ..Default::default()
    }
}

#[test]
fn the_shipped_samples_have_their_types_and_rows() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let dataset = crate::Dataset::open(samples.join("penguins.csv")).unwrap();
    let types: Vec<String> =
        dataset.schema().fields.iter().map(|field| format!("{} {}", field.name, field.data_type)).collect();
    assert_eq!(dataset.row_count(), 344);
    let expected = "species string, island string, bill_length_mm float64, bill_depth_mm float64, \
                    flipper_length_mm int64, body_mass_g int64, sex string, year int64";
    assert_eq!(types.join(", "), expected);
    let nulls: Vec<Option<u64>> = dataset.facts()[0].columns.iter().map(|column| column.null_count).collect();
    assert_eq!(nulls, [0, 0, 2, 2, 2, 2, 11, 0].map(Some));
    let dataset = crate::Dataset::open(samples.join("weather.csv")).unwrap();
    assert_eq!(dataset.row_count(), 26_115);
    assert_eq!(dataset.schema().fields[14].data_type.to_string(), "timestamp[us, UTC]");
    assert_eq!(dataset.schema().fields[5].data_type, DataType::Float64);
}

#[test]
fn wrapped_samples_are_the_plain_ones() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let plain = std::fs::read(samples.join("penguins.csv")).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, &plain).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let expected = rows_of(&open_bytes(&plain, &OpenOptions::default(), 1_000).unwrap(), &WHOLE).unwrap();
    for (name, bytes) in
        [("p.csv.gz", gzip.finish().unwrap()), ("p.csv.zst", zstd::encode_all(&plain[..], 1).unwrap())]
    {
        std::fs::write(directory.path().join(name), bytes).unwrap();
        let unwrapped = compressed::open(&directory.path().join(name), &OpenOptions::default()).unwrap();
        let source = open_bytes(&unwrapped.bytes, &OpenOptions::default(), 1_000).unwrap();
        assert_eq!(rows_of(&source, &WHOLE).unwrap(), expected);
        let dataset = crate::Dataset::open(directory.path().join(name)).unwrap();
        assert_eq!(dataset.row_count(), 344);
        dataset.verify_unchanged().unwrap();
    }
}

#[test]
fn cells_keep_quotes_newlines_and_empty_strings() {
    let source = open_str("a,b\r\n\"x \"\"y\"\"\n z\",\"\"\r\n,NA\r\nq\"r,\"NA\"\n\"s\"t,2").unwrap();
    let text = |cells: [Option<&str>; 2]| cells.map(|cell| cell.map(String::from)).to_vec();
    let expected = [
        text([Some("x \"y\"\n z"), Some("")]),
        text([None, None]),
        text([Some("q\"r"), Some("NA")]),
        text([Some("st"), Some("2")]),
    ];
    assert_eq!(rows_of(&source, &WHOLE).unwrap(), expected);
}

#[test]
fn csv_spectrum_is_read_as_it_expects() {
    let Some(corpora) = std::env::var_os("ARRCALC_CORPORA") else {
        println!("skipped: ARRCALC_CORPORA is not set");
        return;
    };
    let folder = Path::new(&corpora).join("csv/csv-spectrum");
    let mut count = 0;
    for entry in std::fs::read_dir(folder.join("csvs")).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let json = std::fs::read_to_string(folder.join("json").join(format!("{stem}.json"))).unwrap();
        let mut expected: serde_json::Value = serde_json::from_str(&json).unwrap();
        if !expected.is_array() {
            expected = serde_json::Value::Array(vec![expected]);
        }
        let text = std::fs::read(&path).unwrap();
        let names: Vec<String> = open_bytes(&text, &OpenOptions::default(), 1)
            .unwrap()
            .schema
            .fields
            .iter()
            .map(|f| f.name.clone())
            .collect();
        let options = all_text(&names.iter().map(String::as_str).collect::<Vec<_>>());
        for piece_bytes in [1, 7, 1 << 20] {
            let rows = rows_of(&open_bytes(&text, &options, piece_bytes).unwrap(), &WHOLE).unwrap();
            assert_eq!(rows.len(), expected.as_array().unwrap().len(), "{stem}");
            for (row, object) in rows.iter().zip(expected.as_array().unwrap()) {
                for (name, cell) in names.iter().zip(row) {
                    // The corpus anonymised this number in the JSON only.
                    if name != "Contact Phone Number" {
                        assert_eq!(cell.as_deref(), object[name].as_str(), "{stem}: {name}");
                    }
                }
            }
        }
        count += 1;
    }
    assert_eq!(count, 12);
}

/// A table with random quoting, line ends, blank lines and comments, and its cells.
fn random_table(state: &mut u64) -> (String, Vec<Vec<String>>) {
    let mut draw = |below: usize| {
        *state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        (*state >> 33) as usize % below
    };
    let cells = [
        "1",
        "-2.5",
        "x",
        "é\"",
        "a,b",
        "l\nm",
        "\n\n",
        "1\n2,3\n4,5\n6,7",
        "2013-01-01",
        "",
        "#no",
        "\"",
        "p\r\nq",
    ];
    let column_count = 1 + draw(3);
    let mut text = (0..column_count).map(|index| format!("n{index}")).collect::<Vec<_>>().join(",");
    text.push('\n');
    let mut rows = Vec::new();
    for _ in 0..draw(12) {
        text.push_str(["", "", "", "\n", "#a \"comment\n", "\r\n"][draw(6)]);
        let kinds = 1 + draw(cells.len());
        let row: Vec<String> = (0..column_count).map(|_| cells[draw(kinds)].to_owned()).collect();
        for (index, cell) in row.iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            if draw(3) == 0 || cell.is_empty() || cell.contains(['"', ',', '\n', '\r', '#']) {
                text.push_str(&format!("\"{}\"", cell.replace('"', "\"\"")));
            } else {
                text.push_str(cell);
            }
        }
        text.push_str(["\n", "\r\n"][draw(2)]);
        rows.push(row);
    }
    if draw(2) == 0 {
        text.truncate(text.trim_end_matches(['\n', '\r']).len());
    }
    (text, rows)
}

#[test]
fn random_tables_come_back_whatever_the_pieces_and_chunks() {
    let mut state = 0x9e37_79b9_97f4_a7c1_u64;
    println!("seed {state:#x}");
    let csv = CsvOptions { comment: Some(b'#'), ..CsvOptions::default() };
    for _ in 0..300 {
        let (text, expected) = random_table(&mut state);
        let inferred = OpenOptions { csv: csv.clone(), ..Default::default() };
        let whole = open_bytes(text.as_bytes(), &inferred, usize::MAX).unwrap();
        let names: Vec<&str> = whole.schema.fields.iter().map(|field| field.name.as_str()).collect();
        let mut as_text = all_text(&names);
        as_text.csv.comment = Some(b'#');
        let expected: Rows = expected.into_iter().map(|row| row.into_iter().map(Some).collect()).collect();
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        for piece_bytes in (1..=text.len()).step_by(1 + text.len() / 40) {
            let source = open_text(Path::new("t"), bytes.clone(), &as_text, &Backwards, piece_bytes).unwrap();
            let request = ReadRequest { chunk_rows: 1 + piece_bytes % 4, memory_bytes: 1 << 20 };
            assert_eq!(rows_of(&source, &request).unwrap(), expected, "{text:?} in {piece_bytes}");
            let source =
                open_text(Path::new("t"), bytes.clone(), &inferred, &Backwards, piece_bytes).unwrap();
            assert_eq!(source.schema, whole.schema, "{text:?} in {piece_bytes}");
            assert_eq!(source.null_counts, whole.null_counts);
        }
        let threaded = open_text(Path::new("t"), bytes.clone(), &inferred, &Threads, 16).unwrap();
        assert_eq!(rows_of(&threaded, &WHOLE).unwrap(), rows_of(&whole, &WHOLE).unwrap());
    }
}

#[test]
fn broken_tables_give_the_same_error_whatever_the_pieces() {
    let mut state = 0x0123_4567_89ab_cdef_u64;
    println!("seed {state:#x}");
    let mut errors = 0;
    for _ in 0..400 {
        let (text, _) = random_table(&mut state);
        let mut bytes = text.into_bytes();
        for _ in 0..2 {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            let at = (state >> 33) as usize % bytes.len();
            bytes[at] = b"\",\n\xff"[(state >> 29) as usize % 4];
        }
        let show = |source: Result<CsvSource>| {
            source
                .and_then(|source| Ok((type_names(&source), rows_of(&source, &WHOLE)?)))
                .map_err(|error| error.to_string())
        };
        let expected = show(open_bytes(&bytes, &OpenOptions::default(), usize::MAX));
        errors += usize::from(expected.is_err());
        for piece_bytes in (1..=bytes.len()).step_by(1 + bytes.len() / 15) {
            let outcome = show(open_bytes(&bytes, &OpenOptions::default(), piece_bytes));
            assert_eq!(outcome, expected, "{:?} in {piece_bytes}", String::from_utf8_lossy(&bytes));
        }
    }
    assert!(errors > 100, "most of these are broken, but only {errors} were");
}

#[test]
fn delimiter_quote_comment_header_and_nulls_are_options() {
    let csv = CsvOptions {
        delimiter: b'\t',
        quote: b'\'',
        comment: Some(b'%'),
        header_row: false,
        null_tokens: vec!["-".into(), "-999".into()],
    };
    let options = OpenOptions { csv, ..Default::default() };
    let source = open_bytes(b"% made by hand\n1\t'a\tb'\n-\tNA\n% 2\n -999\t'-'\n", &options, 1).unwrap();
    assert_eq!(source.schema.fields[1].name, "c1");
    assert_eq!(type_names(&source), ["int64", "string"]);
    let rows = rows_of(&source, &WHOLE).unwrap();
    let expected = [["1", "a\tb"], ["null", "NA"], ["null", "-"]];
    let shown: Vec<Vec<&str>> =
        rows.iter().map(|row| row.iter().map(|cell| cell.as_deref().unwrap_or("null")).collect()).collect();
    assert_eq!(shown, expected);
    for (delimiter, quote) in [(b',', b','), (b'\n', b'"'), (0xa7, b'"'), (b',', 0)] {
        let csv = CsvOptions { delimiter, quote, ..CsvOptions::default() };
        let outcome = open_bytes(b"a\n", &OpenOptions { csv, ..Default::default() }, 1);
        assert!(matches!(outcome, Err(Error::Request { .. })));
    }
}

#[test]
fn a_byte_order_mark_blank_lines_and_line_ends_are_no_data() {
    for text in [
        "\u{feff}a\n1\n2\n",
        "\n\na\n\n1\n2",
        "a\r1\r2\r",
        "\u{feff}\r\na\r\n1\r\n\r\n2\r\n",
        "\"a\"\n\"1\"\n2\n\n",
    ] {
        let source = open_str(text).unwrap();
        assert_eq!((source.schema.fields[0].name.as_str(), source.row_count()), ("a", 2), "{text:?}");
        assert_eq!(type_names(&source), ["int64"], "{text:?}");
    }
    let header_only = open_str("a,b\n").unwrap();
    assert_eq!((type_names(&header_only), header_only.row_count()), (vec!["null".into(), "null".into()], 0));
    assert!(header_only.units(&[0, 1], Layout::Together, 1).is_empty());
}

#[test]
fn malformed_texts_are_errors_with_their_line() {
    assert_eq!(
        message(open_str("a,b\n1,\"x\ny\"\n\n3\n4,5,6\n")),
        "t.csv: line 5: 1 cell, expected 2; every row needs as many cells as there are columns"
    );
    assert_eq!(
        message(open_str("a\r\n1\r\n\"2\r\n3\r\n")),
        "t.csv: line 3: a quote is opened and never closed"
    );
    assert_eq!(
        message(open_bytes(b"a\n1\n2\r3\xff\n", &OpenOptions::default(), 1)),
        "t.csv: line 4: not UTF-8; convert the file, as with iconv -t UTF-8"
    );
    assert!(message(open_bytes(b"\xff\n1\n", &OpenOptions::default(), 1)).contains("line 1: not UTF-8"));
    assert!(message(open_bytes(b"\xff\xfea\0", &OpenOptions::default(), 1)).contains("UTF-16"));
    for empty in ["", "\n\r\n", "\u{feff}"] {
        assert!(message(open_str(empty)).contains("no rows"));
    }
}

#[test]
fn lines_and_columns_have_caps() {
    let limits = Limits { line_bytes: 4_096, columns: 10, ..Limits::default() };
    let options = OpenOptions { limits, ..Default::default() };
    let long = format!("a,b\n1,2\n3,{}\n", "y".repeat(10_000));
    let error = open_bytes(long.as_bytes(), &options, 1_000).unwrap_err();
    assert!(matches!(&error, Error::Limit { what, limit_bytes: 4_096, .. } if what == "line 3"), "{error}");
    let wide = format!("{}\n", "x,".repeat(11));
    assert!(message(open_bytes(wide.as_bytes(), &options, 1_000)).contains("12 columns, the limit is 10"));
    let million = format!("{}\n", "x,".repeat(1_000_000));
    assert!(message(open_str(&million)).contains("1000001 columns"));
}

#[test]
fn a_given_type_wins_and_the_lowest_wrong_cell_is_named() {
    let text = "x,y\n1,2\nq,abc\n3,\"a\"\"\nb\"\n";
    let types = |types: &[(&str, DataType)]| OpenOptions {
        types: types.iter().map(|(name, data_type)| (name.to_string(), data_type.clone())).collect(),
        ..Default::default()
    };
    let both = types(&[("y", DataType::Float64), ("x", DataType::Int8)]);
    let source = open_bytes(text.as_bytes(), &both, 1).unwrap();
    assert_eq!(type_names(&source), ["int8", "float64"]);
    assert_eq!(
        rows_of(&source, &WHOLE).unwrap_err().to_string(),
        "t.csv: column 'x': line 3: 'q' is not a value of type int8; correct it, or give the column another type with --types"
    );
    let source = open_bytes(text.as_bytes(), &types(&[("y", DataType::Date)]), 1_000).unwrap();
    let unit = &source.units(&[1, 0], Layout::Together, 1)[0];
    let error = source.read(unit, &WHOLE, &mut |_| panic!("no row comes before the wrong one"));
    assert!(error.unwrap_err().to_string().contains("column 'y': line 2: '2' is not a value of type date"));
    let source = open_bytes(text.as_bytes(), &types(&[("x", DataType::Int64)]), 1_000).unwrap();
    let unit = &source.units(&[1, 0], Layout::Together, 1)[0];
    let mut lent = 0;
    let error = source.read(unit, &WHOLE, &mut |chunk| {
        lent += chunk.row_count;
        Flow::Continue(())
    });
    assert!(error.unwrap_err().to_string().contains("column 'x': line 3"));
    assert_eq!(lent, 1, "the row before the wrong one is lent");
    let stopped = source.read(unit, &WHOLE, &mut |_| Flow::Break(()));
    assert!(stopped.is_ok(), "whoever stops before the wrong row never hears of it");
    assert!(message(open_bytes(text.as_bytes(), &types(&[("z", DataType::Date)]), 1)).contains("'x', 'y'"));
    let list = DataType::Unsupported("list".into());
    assert!(
        message(open_bytes(text.as_bytes(), &types(&[("x", list)]), 1)).contains("cannot be read as list")
    );
}

#[test]
fn inferred_values_are_those_of_the_lattice() {
    let text = "i,f,b,d,t,z\n1,1,TRUE,2013-01-01,2013-01-01,2013-01-01T07:30+01:30\n\
                -9223372036854775808, 9223372036854775807 ,false,1969-12-31,1970-01-01 00:00:00.5,1970-01-01\n\
                \"12\",1e400,NA,NA,NA,NULL\n";
    let source = open_str(text).unwrap();
    let us = TimeUnit::Microsecond;
    assert_eq!(source.schema.fields[4].data_type, DataType::Timestamp(us, None));
    assert_eq!(source.schema.fields[5].data_type, DataType::Timestamp(us, Some("UTC".into())));
    let rows = rows_of(&source, &WHOLE).unwrap();
    let shown: Vec<String> = rows
        .iter()
        .map(|row| row.iter().map(|cell| cell.as_deref().unwrap_or("null")).collect::<Vec<_>>().join(" "))
        .collect();
    let expected = [
        "1 1.0 true 2013-01-01 2013-01-01T00:00:00 2013-01-01T06:00:00Z",
        "-9223372036854775808 9.223372036854776e18 false 1969-12-31 1970-01-01T00:00:00.500 1970-01-01T00:00:00Z",
        "12 Infinity null null null null",
    ];
    assert_eq!(shown, expected);
}

#[test]
fn many_files_have_the_types_of_their_concatenation() {
    let directory = tempfile::tempdir().unwrap();
    let parts = [
        "a,b,c,d,e\n1,1,,2013-01-01,2013-01-01\n-0,2,,2013-01-02,2013-01-01T00:00Z\n",
        "e,a,b,c,d\n2013-01-01 06:00,2.5,x,,2013-01-01T00:00\n",
    ];
    let paths: Vec<PathBuf> = (0..2).map(|part| directory.path().join(format!("{part}.csv"))).collect();
    paths.iter().zip(parts).for_each(|(path, text)| std::fs::write(path, text).unwrap());
    let paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    let dataset = crate::Dataset::open_with(&paths, &OpenOptions::default(), &Sequential).unwrap();
    let types: Vec<String> =
        dataset.schema().fields.iter().map(|field| field.data_type.to_string()).collect();
    assert_eq!(types, ["float64", "string", "null", "timestamp[us]", "string"]);
    let mut rows: Rows = Vec::new();
    for unit in dataset.units(&[0, 1, 2, 3, 4], Layout::Together, 10) {
        let lend = |chunk: &Chunk<'_>| {
            for row in 0..chunk.row_count {
                let cells = chunk.columns.iter().zip(&dataset.schema().fields).map(|(column, field)| {
                    let mut text = String::new();
                    push_value(&mut text, &column.values, row, &field.data_type);
                    (!is_null(column, row)).then_some(text)
                });
                rows.push(cells.collect());
            }
            Flow::Continue(())
        };
        dataset.read(&unit, &WHOLE, &mut { lend }).unwrap();
    }
    let shown: Vec<String> = rows
        .iter()
        .map(|row| row.iter().map(|cell| cell.as_deref().unwrap_or("null")).collect::<Vec<_>>().join(" "))
        .collect();
    let expected = [
        "1.0 1 null 2013-01-01T00:00:00 2013-01-01",
        "-0.0 2 null 2013-01-02T00:00:00 2013-01-01T00:00Z",
        "2.5 x null 2013-01-01T00:00:00 2013-01-01 06:00",
    ];
    assert_eq!(shown, expected);
}

#[test]
fn mutations_of_the_samples_neither_panic_nor_hang() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let seeds: Vec<Vec<u8>> = ["penguins.csv", "weather.csv"]
        .iter()
        .map(|name| std::fs::read(samples.join(name)).unwrap()[..6_000].to_vec())
        .collect();
    let mut state = 0xfeed_beef_dead_c0de_u64;
    println!("seed {state:#x}");
    let (start, mut refused) = (Instant::now(), 0);
    for round in 0..2_000 {
        let mut bytes = seeds[round % 2].clone();
        for _ in 0..1 + round % 5 {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            let (at, byte) = ((state >> 33) as usize % bytes.len(), (state >> 20) as u8);
            match state >> 13 & 7 {
                0 => bytes.truncate(at.max(1)),
                1 => bytes.insert(at, b'"'),
                2 => bytes.insert(at, b"\n\r,#\0"[at % 5]),
                3 => drop(bytes.drain(at..(at + 40).min(bytes.len() - 1).max(at))),
                _ => bytes[at] = byte,
            }
        }
        let outcome = open_bytes(&bytes, &OpenOptions::default(), 1 + round % 3_000);
        match outcome.and_then(|source| rows_of(&source, &WHOLE)) {
            Ok(_) => {}
            Err(error) => {
                refused += 1;
                assert!(!error.to_string().contains('\n'), "one line: {error}");
            }
        }
    }
    assert!(refused > 200);
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}
