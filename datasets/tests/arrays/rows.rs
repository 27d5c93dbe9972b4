//! All rows of a dataset as text, cell by cell, however the reading is cut.

use std::collections::BTreeMap;

use arrcalc_datasets::{Dataset, Error, Flow, Layout, ReadRequest, Values};

/// How a dataset is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut {
    pub chunk_rows: usize,
    pub unit_rows: u64,
    pub layout: Layout,
}

/// Ways of reading that must lend the same rows.
pub(crate) fn cuts() -> Vec<Cut> {
    let mut cuts = Vec::new();
    for chunk_rows in [1, 2, 3, 1000] {
        for unit_rows in [1, 3, 1000] {
            for layout in [Layout::Together, Layout::Apart] {
                cuts.push(Cut { chunk_rows, unit_rows, layout });
            }
        }
    }
    cuts
}

pub(crate) const WHOLE: Cut = Cut { chunk_rows: 1 << 20, unit_rows: 1 << 40, layout: Layout::Together };

/// The cells of every column, in the notation of `fixtures.py`.
pub(crate) fn read(dataset: &Dataset<'_>, cut: Cut) -> Result<Vec<Vec<String>>, Error> {
    let width = dataset.schema().fields.len();
    let mut cells: Vec<BTreeMap<u64, String>> = vec![BTreeMap::new(); width];
    let request = ReadRequest { chunk_rows: cut.chunk_rows, memory_bytes: 1 << 20 };
    let columns: Vec<usize> = (0..width).collect();
    for unit in dataset.units(&columns, cut.layout, cut.unit_rows) {
        let mut next = unit.rows.start;
        dataset.read(&unit, &request, &mut |chunk| {
            assert_eq!(chunk.first_row, next, "chunks follow one another");
            assert!(chunk.row_count > 0 && chunk.row_count <= cut.chunk_rows);
            assert_eq!(chunk.columns.len(), unit.columns.len());
            for (&index, column) in unit.columns.iter().zip(&chunk.columns) {
                assert_eq!(column.values.len(), chunk.row_count);
                for row in 0..chunk.row_count {
                    let valid = column.validity.is_none_or(|bits| bits.get(row));
                    let cell = if valid { cell(&column.values, row) } else { "n".into() };
                    let before = cells[index].insert(next + row as u64, cell);
                    assert_eq!(before, None, "a row is lent once");
                }
            }
            next += chunk.row_count as u64;
            Flow::Continue(())
        })?;
        assert_eq!(next, unit.rows.end, "a unit is read to its end");
    }
    dataset.verify_unchanged()?;
    Ok(cells
        .into_iter()
        .map(|column| {
            assert_eq!(column.len() as u64, dataset.row_count(), "all rows are lent");
            column.into_values().collect()
        })
        .collect())
}

fn cell(values: &Values<'_>, row: usize) -> String {
    let float = |value: f64| format!("f:{:016x}", if value.is_nan() { f64::NAN } else { value }.to_bits());
    match values {
        Values::Null(_) => "n".into(),
        Values::Bool(bits) => format!("b:{}", u8::from(bits.get(row))),
        Values::Int8(values) => format!("i:{}", values[row]),
        Values::Int16(values) => format!("i:{}", values[row]),
        Values::Int32(values) => format!("i:{}", values[row]),
        Values::Int64(values) => format!("i:{}", values[row]),
        Values::UInt8(values) => format!("i:{}", values[row]),
        Values::UInt16(values) => format!("i:{}", values[row]),
        Values::UInt32(values) => format!("i:{}", values[row]),
        Values::UInt64(values) => format!("i:{}", values[row]),
        Values::Decimal128(values) => format!("i:{}", values[row]),
        Values::Float16(values) => float(values[row].to_f64()),
        Values::Float32(values) => float(values[row].into()),
        Values::Float64(values) => float(values[row]),
        Values::Text(text) => format!("t:{}", str::from_utf8(text.bytes(row)).expect("text is UTF-8")),
    }
}

/// Names and types, `x: int64`.
pub(crate) fn fields(dataset: &Dataset<'_>) -> Vec<String> {
    dataset.schema().fields.iter().map(|field| format!("{}: {}", field.name, field.data_type)).collect()
}

/// An npy file of version 1.0, its header padded as NumPy does.
pub(crate) fn npy(descr: &str, order: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let mut header = format!("{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}");
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend_from_slice(&u16::try_from(header.len()).unwrap().to_le_bytes());
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(data);
    bytes
}

/// Bytes of hexadecimal text.
pub(crate) fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()).collect()
}
