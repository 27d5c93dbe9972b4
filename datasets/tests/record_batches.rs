//! Arrow arrays of every layout lent as chunks, and written to Arrow's formats and read back.

mod columns;
mod layouts;

use std::sync::Arc;

use arrcalc_datasets::write::{Compression, WriteOptions, create};
use arrcalc_datasets::{DataType, Dataset, Layout, ReadRequest};
use arrow_array::types::*;
use arrow_array::*;
use arrow_schema::{Field, Schema};
use columns::Found;
use layouts::arrays;

/// Rows of the arrays.
const ROWS: usize = 5_000;

fn dataset(arrays: &[(&str, ArrayRef, DataType)], slices: &[(usize, usize)]) -> Dataset<'static> {
    let fields: Vec<Field> =
        arrays.iter().map(|(n, a, _)| Field::new(*n, a.data_type().clone(), true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(schema.clone(), arrays.iter().map(|(_, a, _)| a.clone()).collect());
    let batch = batch.expect("a batch");
    let batches = slices.iter().map(|&(start, len)| batch.slice(start, len)).collect();
    Dataset::from_batches("memory", &schema, batches).expect("a dataset")
}

fn all(dataset: &Dataset<'_>, layout: Layout, chunk_rows: usize) -> Vec<Found> {
    let wanted: Vec<usize> = (0..dataset.schema().fields.len()).collect();
    columns::columns(dataset, &wanted, layout, chunk_rows).expect("the columns read")
}

/// Nulls and integers by arrow's own accessors.
fn expected_nulls(array: &dyn Array) -> u64 {
    array.logical_nulls().map_or(0, |nulls| nulls.null_count() as u64)
}

#[test]
fn arrays_of_every_layout_are_lent_whatever_their_offset_and_the_chunks() {
    let arrays = arrays(ROWS);
    for (start, len) in [(0, ROWS), (1, ROWS - 1), (13, 64), (4_097, 800), (77, 0)] {
        let whole = dataset(&arrays, &[(start, len)]);
        let found = all(&whole, Layout::Together, 1_000);
        for (at, (name, array, data_type)) in arrays.iter().enumerate() {
            assert_eq!(whole.schema().fields[at].data_type, *data_type, "{name}");
            assert_eq!(found[at].rows, len as u64, "{name}");
            assert_eq!(found[at].nulls, expected_nulls(&array.slice(start, len)), "{name} {start} {len}");
        }
        let int64 = arrays[3].1.slice(start, len);
        let sum: i128 =
            int64.as_any().downcast_ref::<Int64Array>().expect("i64").iter().flatten().map(i128::from).sum();
        assert_eq!(found[3].ints.map_or(0, |ints| ints.0), sum);
        // The same words in every text layout, the same days and ticks in every width.
        let text = |name: &str| found[arrays.iter().position(|a| a.0 == name).expect(name)].text;
        assert_eq!(text("utf8"), text("large"));
        assert_eq!(text("utf8"), text("view"));
        assert_eq!(text("utf8"), text("dictionary"));
        let ints = |name: &str| found[arrays.iter().position(|a| a.0 == name).expect(name)].ints;
        assert_eq!(ints("date32"), ints("date64"));
        assert_eq!(ints("time32s"), ints("time64ns"));
        for chunk_rows in [1, 7, 64, 100_000] {
            for layout in [Layout::Apart, Layout::Together] {
                assert_eq!(all(&whole, layout, chunk_rows), found, "chunks of {chunk_rows}");
            }
        }
        // Cut into batches at odd places it is the same table.
        let cuts = [
            (start, len / 3),
            (start + len / 3, len / 5),
            (start + len / 3 + len / 5, len - len / 3 - len / 5),
        ];
        assert_eq!(all(&dataset(&arrays, &cuts), Layout::Apart, 333), found);
    }
}

#[test]
fn a_date64_beyond_the_dates_names_its_row_and_null_slots_may_hold_anything() {
    let values = vec![0, i64::MAX, i64::MIN, -1];
    let valid = arrow_buffer::NullBuffer::from(vec![true, false, true, true]);
    let array: ArrayRef = Arc::new(Date64Array::new(values.into(), Some(valid)));
    let dataset = dataset(&[("day", array, DataType::Date)], &[(0, 2), (2, 2)]);
    let error = columns::column(&dataset, 0, 10).expect_err("row 2 is no date").to_string();
    assert!(
        error.starts_with("memory: column 'day', rows 2..3: a date64 of -9223372036854775808 ms"),
        "{error}"
    );
}

#[test]
fn a_type_that_is_only_shown_is_refused_by_name_and_its_nulls_are_counted() {
    let lists =
        ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1)]), None, Some(vec![])]);
    let name = DataType::Unsupported("list<item: int32>".into());
    let dataset = dataset(&[("nested", Arc::new(lists), name.clone())], &[(0, 3)]);
    assert_eq!(dataset.schema().fields[0].data_type, name);
    let error = columns::column(&dataset, 0, 10).expect_err("lists are not computed on").to_string();
    assert!(error.contains("column 'nested'") && error.contains("list<item: int32>"), "{error}");
    assert_eq!(dataset.null_count(0, 1 << 20).expect("counted"), Some(1));
}

/// Reads `dataset` into a file at `path`.
fn write(dataset: &Dataset<'_>, path: &std::path::Path, compression: Compression, chunk_rows: usize) {
    let options = WriteOptions { compression, ..WriteOptions::default() };
    let mut writer = create(path, dataset.schema(), &options).expect("a writer");
    let wanted: Vec<usize> = (0..dataset.schema().fields.len()).collect();
    let request = ReadRequest { chunk_rows, memory_bytes: 1 << 30 };
    for unit in dataset.units(&wanted, Layout::Together, 1 << 20) {
        let mut failed = None;
        let read = dataset.read(&unit, &request, &mut |chunk| match writer.write(chunk) {
            Ok(()) => std::ops::ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                std::ops::ControlFlow::Break(())
            }
        });
        read.expect("the columns read");
        assert!(failed.is_none(), "{failed:?}");
    }
    writer.finish().expect("the file is whole");
}

#[test]
fn what_is_written_to_arrow_and_parquet_reads_back_the_same() {
    let arrays = arrays(ROWS);
    let memory = dataset(&arrays, &[(0, ROWS), (3, 2_000)]);
    let found = all(&memory, Layout::Together, 1_000);
    let folder = tempfile::tempdir().expect("a folder");
    let keep = std::env::var_os("ARRCALC_KEEP").map(std::path::PathBuf::from);
    let folder = keep.as_deref().unwrap_or(folder.path());
    for (file, compression, chunk_rows) in [
        ("plain.arrow", Compression::Usual, 777),
        ("zstd.arrow", Compression::Zstd, 10_000),
        ("lz4.arrow", Compression::Lz4, 4_096),
        ("plain.arrows", Compression::Usual, 5_000),
        ("usual.parquet", Compression::Usual, 333),
        ("plain.parquet", Compression::Uncompressed, 10_000),
        ("lz4.parquet", Compression::Lz4, 10_000),
        ("snappy.parquet", Compression::Snappy, 10_000),
    ] {
        let path = folder.join(file);
        write(&memory, &path, compression, chunk_rows);
        let back = Dataset::open(&path).expect("the file opens");
        assert_eq!(back.row_count(), memory.row_count(), "{file}");
        for (field, own) in back.schema().fields.iter().zip(&memory.schema().fields) {
            assert_eq!(field.name, own.name);
            let seconds = file.ends_with("parquet") && own.data_type.to_string().contains("[s]");
            assert!(seconds || field.data_type == own.data_type, "{file}: {field:?} was {own:?}");
        }
        for layout in [Layout::Apart, Layout::Together] {
            for chunk_rows in [100, 65_536] {
                let again = all(&back, layout, chunk_rows);
                for ((field, again), found) in back.schema().fields.iter().zip(&again).zip(&found) {
                    // Seconds came back as milliseconds.
                    let scaled = file.ends_with("parquet") && ["time32s", "ts"].contains(&&*field.name);
                    let mut found = found.clone();
                    if scaled {
                        found.ints =
                            found.ints.map(|(sum, min, max)| (sum * 1_000, min * 1_000, max * 1_000));
                    }
                    assert_eq!(bits(again), bits(&found), "{file} {}", field.name);
                }
            }
        }
    }
}

/// Values by their bits, so that -0.0 is not 0.0.
fn bits(found: &Found) -> (Found, Vec<u64>) {
    let bits = found.float_values.iter().map(|value| value.to_bits()).collect();
    (Found { float_values: Vec::new(), ..found.clone() }, bits)
}

#[test]
fn types_that_are_not_written_are_refused_before_a_file_is_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let schema = arrcalc_datasets::Schema {
        fields: vec![arrcalc_datasets::Field {
            name: "x".into(),
            data_type: DataType::Unsupported("map".into()),
        }],
    };
    for file in ["x.arrow", "x.parquet"] {
        let error =
            create(&folder.path().join(file), &schema, &WriteOptions::default()).err().expect("refused");
        assert!(error.to_string().contains("column 'x': type map is not written"), "{error}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).expect("readable").count(), 0);
}

#[test]
fn an_empty_table_writes_and_reads() {
    let empty = dataset(&arrays(ROWS), &[]);
    let folder = tempfile::tempdir().expect("a folder");
    for file in ["x.arrow", "x.arrows", "x.parquet"] {
        let path = folder.path().join(file);
        write(&empty, &path, Compression::Usual, 10);
        let back = Dataset::open(&path).expect("the file opens");
        assert_eq!((back.row_count(), back.schema().fields.len()), (0, empty.schema().fields.len()));
    }
}
