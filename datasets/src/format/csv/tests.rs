//! Tests of the reader as a whole.

use std::path::Path;

use super::*;
use crate::executor::Sequential;
use crate::text::{is_null, push_value};

const WHOLE: ReadRequest = ReadRequest { chunk_rows: 1 << 16, memory_bytes: 1 << 30 };

fn open_with(text: &str, options: &OpenOptions, piece_bytes: usize) -> Result<CsvSource> {
    open_text(Path::new("t.csv"), Bytes::copy_from_slice(text.as_bytes()), options, &Sequential, piece_bytes)
}

fn open_str(text: &str) -> Result<CsvSource> {
    open_with(text, &OpenOptions::default(), PIECE_BYTES_MAX)
}

/// All rows as text, `None` for null.
fn rows_of(source: &CsvSource, request: &ReadRequest) -> Vec<Vec<Option<String>>> {
    let columns: Vec<usize> = (0..source.schema.fields.len()).collect();
    let mut rows = Vec::new();
    for unit in source.units(&columns, Layout::Apart, 1) {
        assert_eq!(unit.rows.start, rows.len() as u64);
        source
            .read(&unit, request, &mut |chunk| {
                assert_eq!(chunk.first_row, rows.len() as u64);
                for row in 0..chunk.row_count {
                    rows.push(
                        chunk
                            .columns
                            .iter()
                            .zip(&source.schema.fields)
                            .map(|(column, field)| {
                                assert_eq!(column.values.len(), chunk.row_count);
                                let mut text = String::new();
                                push_value(&mut text, &column.values, row, &field.data_type);
                                (!is_null(column, row)).then_some(text)
                            })
                            .collect(),
                    );
                }
                Flow::Continue(())
            })
            .unwrap();
    }
    assert_eq!(rows.len() as u64, source.row_count());
    rows
}

fn type_names(source: &CsvSource) -> Vec<String> {
    source.schema.fields.iter().map(|field| field.data_type.to_string()).collect()
}

#[test]
fn the_shipped_samples_have_their_types_and_rows() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let dataset = crate::Dataset::open(samples.join("penguins.csv")).unwrap();
    let types: Vec<String> =
        dataset.schema().fields.iter().map(|field| format!("{} {}", field.name, field.data_type)).collect();
    assert_eq!(dataset.row_count(), 344);
    assert_eq!(
        types,
        [
            "species string",
            "island string",
            "bill_length_mm float64",
            "bill_depth_mm float64",
            "flipper_length_mm int64",
            "body_mass_g int64",
            "sex string",
            "year int64"
        ]
    );
    let nulls: Vec<Option<u64>> = dataset.facts()[0].columns.iter().map(|column| column.null_count).collect();
    assert_eq!(nulls, [0, 0, 2, 2, 2, 2, 11, 0].map(Some));
    let dataset = crate::Dataset::open(samples.join("weather.csv")).unwrap();
    assert_eq!(dataset.row_count(), 26_115);
    assert_eq!(dataset.schema().fields[14].data_type.to_string(), "timestamp[us, UTC]");
    assert_eq!(dataset.schema().fields[5].data_type, DataType::Float64);
}

#[test]
fn cells_keep_quotes_newlines_and_empty_strings() {
    let source = open_str("a,b\r\n\"x \"\"y\"\"\n z\",\"\"\r\n,NA\r\nq\"r,\"NA\"\n\"s\"t,2").unwrap();
    let text = |cells: [Option<&str>; 2]| cells.map(|cell| cell.map(String::from)).to_vec();
    assert_eq!(
        rows_of(&source, &WHOLE),
        [
            text([Some("x \"y\"\n z"), Some("")]),
            text([None, None]),
            text([Some("q\"r"), Some("NA")]),
            text([Some("st"), Some("2")]),
        ]
    );
}
