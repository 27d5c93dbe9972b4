//! Rows that a filter leaves out early are left out alone: what is lent holds every row that counts, with its values.

use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use arrow_array::builder::{Int32Builder, ListBuilder};
use arrow_array::{Array, ArrayRef, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaDataReader};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};

use crate::chunk::{Chunk, Column, Values};
use crate::source::{Bound, Early, KnownBounds, Layout, ReadRequest, UnitBounds};
use crate::{Dataset, OpenOptions, Sequential};

const ROWS: i64 = 40_000;
const COLUMNS: [usize; 5] = [0, 1, 2, 3, 4];

/// A column that rises with nulls in it, one that does not, floats with NaN, and text of two kinds; beside a list.
fn columns() -> Vec<(&'static str, ArrayRef)> {
    let mixed = |row: i64| (row as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    let rising = (0..ROWS).map(|row| (row % 11 != 3 && row / 500 % 7 != 2).then_some(row / 3));
    let floats = (0..ROWS).map(|row| match mixed(row) % 13 {
        0 => Some(f64::NAN),
        1 => None,
        value => Some(value as f64 / 7.0),
    });
    let words = (0..ROWS).map(|row| {
        let word = ["north", "east", "south", "west"][(mixed(row) % 4) as usize];
        (row % 17 > 0).then_some(word)
    });
    let mut lists = ListBuilder::new(Int32Builder::new());
    for row in 0..ROWS {
        (0..row % 3).for_each(|item| lists.values().append_value(item as i32));
        lists.append(row % 5 > 0);
    }
    vec![
        ("k", Arc::new(Int64Array::from_iter(rising))),
        ("i", Arc::new(Int32Array::from_iter_values((0..ROWS).map(|row| (mixed(row) % 1000) as i32)))),
        ("x", Arc::new(Float64Array::from_iter(floats))),
        ("s", Arc::new(StringArray::from_iter(words))),
        ("t", Arc::new(StringArray::from_iter_values((0..ROWS).map(|row| format!("row {row}"))))),
        ("l", Arc::new(lists.finish())),
    ]
}

fn written(properties: WriterProperties) -> Vec<u8> {
    let columns = columns().into_iter().map(|(name, column)| {
        let is_nullable = column.null_count() > 0 || name == "l";
        (name, column, is_nullable)
    });
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn small_pages(version: WriterVersion, dictionary: bool) -> WriterProperties {
    WriterProperties::builder()
        .set_writer_version(version)
        .set_dictionary_enabled(dictionary)
        .set_column_dictionary_enabled("t".into(), false)
        .set_data_page_row_count_limit(700)
        .set_write_batch_size(100)
        .set_max_row_group_row_count(Some(15_000))
        .set_statistics_enabled(EnabledStatistics::Page)
        .build()
}

fn opened(bytes: &[u8]) -> (tempfile::NamedTempFile, Dataset<'static>) {
    let file = tempfile::Builder::new().suffix(".parquet").tempfile().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let dataset = Dataset::open_with(&[file.path()], &OpenOptions::default(), &Sequential).unwrap();
    (file, dataset)
}

fn cell(column: &Column<'_>, row: usize) -> String {
    if column.validity.is_some_and(|bits| !bits.get(row)) {
        return "null".into();
    }
    match column.values {
        Values::Int64(values) => values[row].to_string(),
        Values::Int32(values) => values[row].to_string(),
        Values::Float64(values) => format!("{:x}", values[row].to_bits()),
        Values::Text(text) => String::from_utf8(text.bytes(row).to_vec()).unwrap(),
        _ => "null".into(),
    }
}

/// Whether `k` of a row lies in a range.
fn counts(chunk: &Chunk<'_>, row: usize, range: &Range<i64>) -> bool {
    let column = &chunk.columns[0];
    match column.values {
        Values::Int64(values) => {
            column.validity.is_none_or(|bits| bits.get(row)) && range.contains(&values[row])
        }
        _ => false,
    }
}

/// The rows that count, and how many were lent; told early or not.
fn read(dataset: &Dataset<'_>, range: &Range<i64>, chunk_rows: usize, early: bool) -> (Vec<String>, usize) {
    let (mut rows, mut lent) = (Vec::new(), 0);
    let request = ReadRequest { chunk_rows, memory_bytes: 1 << 30 };
    let excludes = |bounds: &KnownBounds<'_>| match bounds(0) {
        Some(UnitBounds { range: Some((Bound::Integer(min), Bound::Integer(max))), .. }) => {
            max < range.start || min >= range.end
        }
        Some(UnitBounds { range: None, .. }) => true,
        _ => false,
    };
    for unit in dataset.units(&COLUMNS, Layout::Together, 100_000) {
        let mut chooses = |chunk: &Chunk<'_>| {
            assert!(chunk.columns[1..].iter().all(|column| matches!(column.values, Values::Null(_))));
            (0..chunk.row_count).any(|row| counts(chunk, row, range))
        };
        let mut hint = Early { columns: &[0], excludes: &excludes, chooses: &mut chooses };
        let read = dataset.read_where(&unit, &request, early.then_some(&mut hint), &mut |chunk| {
            lent += chunk.row_count;
            for row in (0..chunk.row_count).filter(|&row| counts(chunk, row, range)) {
                let cells = chunk.columns.iter().map(|column| cell(column, row)).collect::<Vec<_>>();
                rows.push(format!("{}: {}", chunk.first_row + row as u64, cells.join(",")));
            }
            ControlFlow::Continue(())
        });
        read.unwrap();
    }
    (rows, lent)
}

#[test]
fn every_row_that_counts_is_lent_with_its_values() {
    for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
        for dictionary in [true, false] {
            let (_file, dataset) = opened(&written(small_pages(version, dictionary)));
            for range in [-5..0, 0..1, 4_990..5_010, 0..14_000, 13_000..20_000, 7_000..7_001] {
                let whole = read(&dataset, &range, 3_000, false);
                for chunk_rows in [100, 4_096, 65_536] {
                    let (rows, lent) = read(&dataset, &range, chunk_rows, true);
                    assert!(rows == whole.0, "{version:?} {dictionary} {range:?} {chunk_rows}");
                    let most = if range.end - range.start > 5_000 { whole.1 } else { 6_000 };
                    assert!(lent <= most, "{lent} rows lent for {range:?}");
                }
            }
        }
    }
}

#[test]
fn pages_without_bounds_are_asked_by_their_values() {
    let plain = WriterProperties::builder()
        .set_statistics_enabled(EnabledStatistics::None)
        .set_data_page_row_count_limit(700)
        .set_write_batch_size(100)
        .build();
    let (_file, dataset) = opened(&written(plain));
    let whole = read(&dataset, &(5_200..5_201), 65_536, false);
    let (rows, lent) = read(&dataset, &(5_200..5_201), 65_536, true);
    assert!(rows == whole.0 && !rows.is_empty() && lent < 10_000, "{lent} of {} rows lent", whole.1);
}

/// Where something of every column chunk lies, from the first to the last.
fn places(bytes: &[u8], of: impl Fn(&ColumnChunkMetaData) -> Option<(i64, i32)>) -> Range<usize> {
    let mut reader = ParquetMetaDataReader::new();
    reader.try_parse(&bytes::Bytes::copy_from_slice(bytes)).unwrap();
    let metadata = reader.finish().unwrap();
    let chunks = metadata.row_groups().iter().flat_map(|group| group.columns());
    let places: Vec<(i64, i32)> = chunks.filter_map(of).collect();
    let start = places.iter().map(|place| place.0).min().unwrap() as usize;
    start..places.iter().map(|place| place.0 as usize + place.1 as usize).max().unwrap()
}

#[test]
fn a_damaged_index_is_as_none() {
    let bytes = written(small_pages(WriterVersion::PARQUET_1_0, false));
    let range = 4_990..5_010;
    let (whole, _) = read(&opened(&bytes).1, &range, 65_536, false);
    assert!(!whole.is_empty());
    let offsets = places(&bytes, |chunk| Some((chunk.offset_index_offset()?, chunk.offset_index_length()?)));
    for at in offsets.step_by(23) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x55;
        assert!(read(&opened(&damaged).1, &range, 65_536, true).0 == whole, "byte {at}");
    }
    // A bound that lies cannot be told from one that does not; nothing worse may come of it.
    let columns = places(&bytes, |chunk| Some((chunk.column_index_offset()?, chunk.column_index_length()?)));
    for at in columns.step_by(41) {
        let mut damaged = bytes.clone();
        damaged[at] = damaged[at].wrapping_add(0x7f);
        let rows = read(&opened(&damaged).1, &range, 65_536, true).0;
        assert!(rows.iter().all(|row| whole.contains(row)), "byte {at}");
    }
}
