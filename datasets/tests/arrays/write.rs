//! Writers of npy and raw: what is written reads back, and NumPy reads it.

use std::fs;
use std::path::Path;

use arrcalc_datasets::write::{self, NullPolicy, WriteOptions};
use arrcalc_datasets::{
    Chunk, DataType, Dataset, Error, Field, Flow, Layout, OpenOptions, ReadRequest, Schema, Sequential,
};

use super::fixtures::{check, fixtures};
use super::rows::{WHOLE, read, unhex};

/// Writes all of `dataset` to `path`, in chunks of `chunk_rows`.
fn convert(
    dataset: &Dataset<'_>,
    path: &Path,
    options: &WriteOptions,
    chunk_rows: usize,
) -> Result<(), Error> {
    let mut writer = write::create(path, dataset.schema(), options)?;
    let columns: Vec<usize> = (0..dataset.schema().fields.len()).collect();
    let request = ReadRequest { chunk_rows, memory_bytes: 1 << 20 };
    for unit in dataset.units(&columns, Layout::Together, 7) {
        let mut failed = None;
        dataset.read(&unit, &request, &mut |chunk: &Chunk<'_>| match writer.write(chunk) {
            Ok(()) => Flow::Continue(()),
            Err(error) => {
                failed = Some(error);
                Flow::Break(())
            }
        })?;
        if let Some(error) = failed {
            return Err(error);
        }
    }
    writer.finish()
}

#[test]
fn every_fixture_without_text_and_nulls_reads_back_as_written() {
    let directory = tempfile::tempdir().unwrap();
    let (from, to) = (directory.path().join("x.npy"), directory.path().join("out").join("x.npy"));
    fs::create_dir(directory.path().join("out")).unwrap();
    let (mut written, mut refused) = (0, 0);
    for (number, file) in fixtures()["npy"].as_array().unwrap().iter().enumerate() {
        // Each file is synced to disk, which takes its time: two thirds of them show all types.
        if file["slice"] != "" || number % 3 == 1 || file["name"] == "no columns" {
            continue;
        }
        let _ = fs::remove_file(&from);
        fs::write(&from, unhex(file["npy"].as_str().unwrap())).unwrap();
        let dataset = Dataset::open(&from).unwrap();
        let name = file["name"].as_str().unwrap();
        let has_text = dataset.schema().fields.iter().any(|field| field.data_type == DataType::String);
        let options = WriteOptions { null: NullPolicy::Nan, ..WriteOptions::default() };
        let outcome = convert(&dataset, &to, &options, 3);
        if has_text {
            assert!(matches!(outcome, Err(Error::Unsupported { .. })), "{name}");
            refused += 1;
            continue;
        }
        outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        check(&Dataset::open(&to).unwrap(), &file["columns"], name);
        let bytes = fs::read(&to).unwrap();
        let again = directory.path().join("out").join("again.npy");
        convert(&dataset, &again, &options, 1000).unwrap();
        assert_eq!(fs::read(&again).unwrap(), bytes, "{name}: the same bytes for any chunks");
        written += 1;
    }
    assert!(written > 100 && refused > 1, "{written} written, {refused} refused");
    assert_eq!(fs::read_dir(directory.path().join("out")).unwrap().count(), 2, "nothing else is left");
}

#[test]
fn bytes_are_those_that_numpy_writes_but_for_padding() {
    // np.save(..., np.array([(1, 0.5)], [('a', '<i2'), ('größe', '<f8')])): version 3.0 for names beyond latin-1, here UTF-8 too.
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.npy");
    let (a, b) = ([1i16], [0.5f64]);
    let arrays =
        vec![("a".to_string(), a.as_slice().into()), ("it's größe\n".to_string(), b.as_slice().into())];
    let dataset = Dataset::from_arrays(arrays).unwrap();
    convert(&dataset, &path, &WriteOptions::default(), 10).unwrap();
    let bytes = fs::read(&path).unwrap();
    assert_eq!(&bytes[..8], b"\x93NUMPY\x03\x00");
    let header = u32::from_le_bytes(bytes[8..12].try_into().unwrap()) as usize;
    assert_eq!((12 + header) % 64, 0);
    let dict =
        "{'descr': [('a', '<i2'), ('it\\'s größe\\u000a', '<f8')], 'fortran_order': False, 'shape': (1,), }";
    assert_eq!(str::from_utf8(&bytes[12..12 + header]).unwrap().trim_end(), dict);
    assert_eq!(&bytes[12 + header..], [1, 0, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f]);
    let back = Dataset::open(&path).unwrap();
    assert_eq!(back.schema(), dataset.schema());
}

#[test]
fn nulls_are_refused_become_nan_or_are_dropped() {
    let directory = tempfile::tempdir().unwrap();
    let csv = directory.path().join("x.csv");
    fs::write(&csv, "f,i,b,d\n1.5,1,true,2020-01-01\n,2,false,\nNaN,,true,2020-01-03\n4.5,4,,2020-01-04\n5,5,true,2020-01-05\n")
        .unwrap();
    let all = Dataset::open(&csv).unwrap();
    let path = directory.path().join("x.npy");
    let with = |null| WriteOptions { null, ..WriteOptions::default() };
    let error = convert(&all, &path, &with(NullPolicy::Refuse), 2).unwrap_err().to_string();
    assert!(error.contains("x.npy: column 'f': row 1: a null") && error.contains("--null nan"), "{error}");
    let error = convert(&all, &path, &with(NullPolicy::Nan), 2).unwrap_err().to_string();
    assert!(error.contains("column 'i': row 2: a null, which type int64 has not"), "{error}");
    assert!(!path.exists(), "an error leaves nothing");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    for chunk_rows in [1, 2, 1000] {
        convert(&all, &path, &with(NullPolicy::Drop), chunk_rows).unwrap();
        let rows = read(&Dataset::open(&path).unwrap(), WHOLE).unwrap();
        assert_eq!(rows[1], ["i:1", "i:5"]);
        assert_eq!(rows[3], ["i:18262", "i:18266"]);
    }
    fs::write(&csv, "f,d\n1.5,2020-01-01\n,\n").unwrap();
    convert(&Dataset::open(&csv).unwrap(), &path, &with(NullPolicy::Nan), 5).unwrap();
    let rows = read(&Dataset::open(&path).unwrap(), WHOLE).unwrap();
    assert_eq!(rows[0][1], "f:7ff8000000000000");
    assert_eq!(rows[1], ["i:18262", "n"]);
}

#[test]
fn raw_files_hold_the_values_of_one_column() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.raw");
    let values = [1i32, -2, 3];
    let dataset = Dataset::from_arrays(vec![("x".into(), values.as_slice().into())]).unwrap();
    convert(&dataset, &path, &WriteOptions::default(), 2).unwrap();
    assert_eq!(fs::read(&path).unwrap(), [1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 3, 0, 0, 0]);
    let options = OpenOptions { dtype: Some(DataType::Int32), ..OpenOptions::default() };
    let back = Dataset::open_with(&[&path], &options, &Sequential).unwrap();
    assert_eq!(read(&back, WHOLE).unwrap(), read(&dataset, WHOLE).unwrap());
    let field = |name: &str| Field { name: name.into(), data_type: DataType::Int8 };
    let two = Schema { fields: vec![field("a"), field("b")] };
    assert!(matches!(write::create(&path, &two, &WriteOptions::default()), Err(Error::Request { .. })));
}

#[test]
fn outputs_that_cannot_be_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let schema = Schema { fields: vec![Field { name: "x".into(), data_type: DataType::Int8 }] };
    let create = |name: &str, schema: &Schema| {
        write::create(&directory.path().join(name), schema, &WriteOptions::default()).map(|_| ()).unwrap_err()
    };
    assert!(matches!(create("x.npy", &Schema::default()), Error::Request { .. }));
    assert!(matches!(create("x.npy.gz", &schema), Error::Request { .. }));
    assert!(matches!(create("x.npz", &schema), Error::Unsupported { .. }));
    assert!(matches!(create("x", &schema), Error::Unsupported { .. }));
    assert!(matches!(create("no/x.npy", &schema), Error::Io { .. }));
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn the_input_may_be_the_output() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.npy");
    fs::write(&path, super::npz::floats(&[1.0, 2.0, 3.0])).unwrap();
    let dataset = Dataset::open(&path).unwrap();
    convert(&dataset, &path, &WriteOptions::default(), 1).unwrap();
    assert_eq!(read(&dataset, WHOLE).unwrap(), read(&Dataset::open(&path).unwrap(), WHOLE).unwrap());
}
