//! Tests of the writer: what is written is read back to the same bits.

use arrcalc_kernels::Bits;
use arrcalc_kernels::elementwise::nearest_binary16;
use half::f16;

use super::*;
use crate::chunk::{Column, Text, Values};
use crate::error::Error;
use crate::options::{CsvOptions, OpenOptions};
use crate::schema::{DataType, Field, TimeUnit};
use crate::source::{Flow, Layout, ReadRequest};
use crate::text::is_null;
use crate::write::CsvSafety;
use crate::{Dataset, Sequential, write};

const ROWS: usize = 40;

fn schema(types: &[DataType]) -> Schema {
    let field = |(index, data_type): (usize, &DataType)| Field {
        name: format!("n{index}, \"{data_type}\""),
        data_type: data_type.clone(),
    };
    Schema { fields: types.iter().enumerate().map(field).collect() }
}

/// What `options` write of one chunk, with one validity for all columns.
fn written(
    types: &[DataType],
    values: &[Values<'_>],
    validity: Option<Bits<'_>>,
    options: &WriteOptions,
) -> Vec<u8> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out.csv");
    let mut writer = write::create(&path, &schema(types), options).unwrap();
    let columns = values.iter().map(|&values| Column { values, validity }).collect();
    let row_count = values[0].len();
    writer.write(&Chunk { first_row: 7, row_count, columns }).unwrap();
    assert!(!path.exists(), "the name appears when the file is whole");
    writer.finish().unwrap();
    std::fs::read(&path).unwrap()
}

/// Debug text of every cell that is read back: floats with their bits.
fn read_back(
    bytes: &[u8],
    types: Option<&[DataType]>,
    csv: &CsvOptions,
) -> (Vec<DataType>, Vec<Vec<String>>) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("in.csv");
    std::fs::write(&path, bytes).unwrap();
    let types = types.map_or(Vec::new(), |types| {
        schema(types).fields.into_iter().map(|field| (field.name, field.data_type)).collect()
    });
    let options = OpenOptions { types, csv: csv.clone(), ..Default::default() };
    let dataset = Dataset::open_with(&[&path], &options, &Sequential).unwrap();
    let columns: Vec<usize> = (0..dataset.schema().fields.len()).collect();
    let mut cells = vec![Vec::new(); columns.len()];
    for unit in dataset.units(&columns, Layout::Together, 1_000) {
        let request = ReadRequest { chunk_rows: 7, memory_bytes: 1 << 20 };
        dataset
            .read(&unit, &request, &mut |chunk| {
                for (cells, column) in cells.iter_mut().zip(&chunk.columns) {
                    cells.extend((0..chunk.row_count).map(|row| shown(column, row)));
                }
                Flow::Continue(())
            })
            .unwrap();
    }
    (dataset.schema().fields.iter().map(|field| field.data_type.clone()).collect(), cells)
}

fn shown(column: &Column<'_>, row: usize) -> String {
    if is_null(column, row) {
        return "null".into();
    }
    match &column.values {
        Values::Null(_) => "null".into(),
        Values::Bool(bits) => bits.get(row).to_string(),
        Values::Int8(values) => values[row].to_string(),
        Values::Int16(values) => values[row].to_string(),
        Values::Int32(values) => values[row].to_string(),
        Values::Int64(values) => values[row].to_string(),
        Values::UInt8(values) => values[row].to_string(),
        Values::UInt16(values) => values[row].to_string(),
        Values::UInt32(values) => values[row].to_string(),
        Values::UInt64(values) => values[row].to_string(),
        Values::Float16(values) => format!("{:#x}", values[row].to_bits()),
        Values::Float32(values) => format!("{:#x}", values[row].to_bits()),
        Values::Float64(values) => format!("{:#x}", values[row].to_bits()),
        Values::Decimal128(values) => values[row].to_string(),
        Values::Text(text) => String::from_utf8(text.bytes(row).to_vec()).unwrap(),
    }
}

#[test]
fn every_value_of_every_type_comes_back() {
    let mut state = 0x1234_5678_9abc_def1_u64;
    println!("seed {state:#x}");
    let mut draw = || {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        state.rotate_left(29) >> (state >> 58)
    };
    for _ in 0..50 {
        let words: Vec<u64> = (0..ROWS).map(|_| draw()).collect();
        let mut int64: Vec<i64> = words.iter().map(|&word| word as i64).collect();
        int64[0] = i64::MIN;
        let int32: Vec<i32> = int64.iter().map(|&value| value as i32).collect();
        let int16: Vec<i16> = int64.iter().map(|&value| value as i16).collect();
        let int8: Vec<i8> = int64.iter().map(|&value| value as i8).collect();
        let uint32: Vec<u32> = int32.iter().map(|&value| value as u32).collect();
        let uint16: Vec<u16> = int16.iter().map(|&value| value as u16).collect();
        let uint8: Vec<u8> = int8.iter().map(|&value| value as u8).collect();
        let canonical =
            |bits: u64| Some(f64::from_bits(bits)).filter(|value| !value.is_nan()).unwrap_or(f64::NAN);
        let mut float64: Vec<f64> = words.iter().map(|&word| canonical(word)).collect();
        float64[..6].copy_from_slice(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 5e-324, f64::MAX]);
        let float32: Vec<f32> = float64.iter().map(|&value| value as f32).collect();
        let float16: Vec<f16> = float64.iter().map(|&value| nearest_binary16(value % 70_000.0)).collect();
        let float16: Vec<f16> = float16.into_iter().map(|v| if v.is_nan() { f16::NAN } else { v }).collect();
        let decimal: Vec<i128> =
            words.iter().map(|&word| i128::from(word as i64) * i128::from(word >> 9)).collect();
        let time: Vec<i64> = words.iter().map(|&word| (word % 86_400_000_000_000) as i64).collect();
        let seconds: Vec<i64> = int64.iter().map(|&value| value % 10_000_000_000_000_000).collect();
        let texts: Vec<String> = words.iter().map(|&word| text(word)).collect();
        let slices: Vec<&str> = texts.iter().map(String::as_str).collect();
        let bits: Vec<u8> = words.iter().map(|&word| word as u8).collect();
        let (us, ns) = (TimeUnit::Microsecond, TimeUnit::Nanosecond);
        let columns: Vec<(DataType, Values<'_>)> = vec![
            (DataType::Bool, Values::Bool(Bits::new(&bits, 0, ROWS))),
            (DataType::Int8, Values::Int8(&int8)),
            (DataType::Int16, Values::Int16(&int16)),
            (DataType::Int32, Values::Int32(&int32)),
            (DataType::Int64, Values::Int64(&int64)),
            (DataType::UInt8, Values::UInt8(&uint8)),
            (DataType::UInt16, Values::UInt16(&uint16)),
            (DataType::UInt32, Values::UInt32(&uint32)),
            (DataType::UInt64, Values::UInt64(&words)),
            (DataType::Float16, Values::Float16(&float16)),
            (DataType::Float32, Values::Float32(&float32)),
            (DataType::Float64, Values::Float64(&float64)),
            (DataType::Decimal128 { precision: 38, scale: 7 }, Values::Decimal128(&decimal)),
            (DataType::Date, Values::Int32(&int32)),
            (DataType::Time(ns), Values::Int64(&time)),
            (DataType::Timestamp(TimeUnit::Second, None), Values::Int64(&seconds)),
            (DataType::Timestamp(us, Some("UTC".into())), Values::Int64(&int64)),
            (DataType::Timestamp(ns, Some("Europe/Berlin".into())), Values::Int64(&int64)),
            (DataType::Duration(us), Values::Int64(&int64)),
            (DataType::String, Values::Text(Text::Slices(&slices))),
        ];
        let (types, values): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
        for validity in [None, Some(Bits::new(&bits, 1, ROWS))] {
            let bytes = written(&types, &values, validity, &WriteOptions::default());
            let (read_types, cells) = read_back(&bytes, Some(&types), &CsvOptions::default());
            assert_eq!(read_types, types);
            for (values, cells) in values.iter().zip(cells) {
                let column = Column { values: *values, validity };
                let expected: Vec<String> = (0..ROWS).map(|row| shown(&column, row)).collect();
                assert_eq!(cells, expected, "{values:?}");
            }
        }
    }
}

/// Text that wants quotes in every way.
fn text(word: u64) -> String {
    let pieces =
        ["", "NA", "null", "\"", ",", "\n", "\r", "\r\n", " ", "x", "é", "#", "\u{feff}", "1", "'", "=1+1"];
    (0..word % 4).map(|at| pieces[(word >> (8 * at + 8)) as usize % pieces.len()]).collect()
}

#[test]
fn inferred_types_of_written_tables_are_their_own_where_text_can_tell() {
    let (floats, integers, days) = ([1.0, f64::NAN, -0.0], [i64::MIN, 0, 1], [0, -1, 20_000]);
    let ticks = [0, 1, 1_700_000_000_000_001];
    let types = [
        DataType::Float64,
        DataType::Int64,
        DataType::Date,
        DataType::Timestamp(TimeUnit::Microsecond, None),
        DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        DataType::Null,
    ];
    let values = [
        Values::Float64(&floats),
        Values::Int64(&integers),
        Values::Int32(&days),
        Values::Int64(&ticks),
        Values::Int64(&ticks),
        Values::Null(3),
    ];
    let bytes = written(&types, &values, None, &WriteOptions::default());
    assert_eq!(read_back(&bytes, None, &CsvOptions::default()).0, types);
}

#[test]
fn nulls_of_a_single_column_are_a_token_and_come_back() {
    let values = [1_i64, 0, 3];
    let validity = Some(Bits::new(&[0b101], 0, 3));
    let bytes = written(&[DataType::Int64], &[Values::Int64(&values)], validity, &WriteOptions::default());
    assert_eq!(String::from_utf8(bytes.clone()).unwrap(), "\"n0, \"\"int64\"\"\"\n1\nNA\n3\n");
    assert_eq!(read_back(&bytes, None, &CsvOptions::default()).1, [["1", "null", "3"]]);
    let csv = CsvOptions { null_tokens: Vec::new(), ..CsvOptions::default() };
    let encoder = CsvEncoder::new(
        Path::new("x.csv"),
        &schema(&[DataType::Int64]),
        &WriteOptions { csv, ..Default::default() },
    );
    let column = Column { values: Values::Int64(&values), validity };
    let chunk = Chunk { first_row: 0, row_count: 3, columns: vec![column] };
    let error = encoder.unwrap().push_row(&chunk, 1, &mut String::new()).unwrap_err();
    assert!(error.to_string().contains("--null"), "{error}");
}

#[test]
fn odd_dialects_are_read_back_with_the_same_options() {
    let csv = CsvOptions {
        delimiter: b'.',
        quote: b'\'',
        comment: Some(b'-'),
        header_row: true,
        null_tokens: vec!["-1.5".into(), "true".into()],
    };
    let options = WriteOptions { csv: csv.clone(), ..Default::default() };
    let (floats, bits, texts) = ([-1.5, 2.25, -7.0], [0b011], ["true", "it's", "-1.5"]);
    let types = [DataType::Float64, DataType::Bool, DataType::String];
    let values =
        [Values::Float64(&floats), Values::Bool(Bits::new(&bits, 0, 3)), Values::Text(Text::Slices(&texts))];
    let bytes = written(&types, &values, None, &options);
    let (read_types, cells) = read_back(&bytes, None, &csv);
    assert_eq!(read_types, types);
    for (values, cells) in values.iter().zip(cells) {
        let column = Column { values: *values, validity: None };
        assert_eq!(cells, (0..3).map(|row| shown(&column, row)).collect::<Vec<_>>());
    }
}

#[test]
fn only_text_that_spreadsheets_run_is_guarded() {
    let (texts, numbers) = (["=1+1", "@x", "a-b"], [-1_i64, 2, 3]);
    let types = [DataType::String, DataType::Int64];
    let options = WriteOptions { csv_safety: CsvSafety::Guarded, ..Default::default() };
    let bytes =
        written(&types, &[Values::Text(Text::Slices(&texts)), Values::Int64(&numbers)], None, &options);
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(text.lines().skip(1).collect::<Vec<_>>(), ["'=1+1,-1", "'@x,2", "a-b,3"]);
}

#[test]
fn what_has_no_text_is_refused_at_creation() {
    let unsupported = schema(&[DataType::Unsupported("list".into())]);
    let outcome = CsvEncoder::new(Path::new("x.csv"), &unsupported, &WriteOptions::default());
    assert!(matches!(outcome, Err(Error::Unsupported { .. })));
    let csv = CsvOptions { delimiter: b'"', ..CsvOptions::default() };
    let outcome =
        CsvEncoder::new(Path::new("x.csv"), &schema(&[]), &WriteOptions { csv, ..Default::default() });
    assert!(matches!(outcome, Err(Error::Request { .. })));
}
