//! That what the survey has kept reads as the text does.

use std::path::Path;

use bytes::Bytes;

use super::*;
use crate::chunk::Values;
use crate::executor::Sequential;

/// The bits of every cell of `columns`, read in chunks of `chunk_rows`; `None` for null.
fn cells(source: &CsvSource, columns: &[usize], chunk_rows: usize) -> Vec<Vec<Option<String>>> {
    let mut found = vec![Vec::new(); columns.len()];
    for unit in source.units(columns, Layout::Together, 1) {
        let request = ReadRequest { chunk_rows, memory_bytes: 1 << 20 };
        let mut lend = |chunk: &Chunk<'_>| {
            assert!(chunk.row_count <= chunk_rows && chunk.columns.len() == columns.len());
            for (found, column) in found.iter_mut().zip(&chunk.columns) {
                assert_eq!((chunk.first_row, column.values.len()), (found.len() as u64, chunk.row_count));
                found.extend((0..chunk.row_count).map(|row| {
                    let is_valid = column.validity.is_none_or(|bits| bits.get(row));
                    is_valid.then(|| match &column.values {
                        Values::Int64(values) => format!("i{}", values[row]),
                        Values::Float64(values) => format!("f{:x}", values[row].to_bits()),
                        Values::Int32(values) => format!("d{}", values[row]),
                        Values::Bool(bits) => format!("b{}", bits.get(row)),
                        Values::Text(text) => format!("t{}", text.bytes(row).escape_ascii()),
                        other => panic!("{other:?} is not among these"),
                    })
                }));
            }
            Flow::Continue(())
        };
        source.read(&unit, &request, &mut lend).unwrap();
    }
    found
}

fn opened(text: &str, hold_bytes: u64, piece_bytes: usize, types: &[(String, DataType)]) -> CsvSource {
    let options = OpenOptions { types: types.to_vec(), hold_bytes, ..OpenOptions::default() };
    open_text(Path::new("t"), Bytes::copy_from_slice(text.as_bytes()), &options, &Sequential, piece_bytes)
        .unwrap()
}

/// Rows whose columns are integers, integers that become floats, floats with all that floats may be, integers with a
/// negative zero, text that begins as numbers, dates, truth values, integers past 64 bits, and quoted numbers.
fn table() -> String {
    let mut text = String::from("integer,mixed,float,zero,text,date,truth,long,quoted\n");
    let mut state = 5_u64;
    for row in 0..400 {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        let integer = (state as i64) >> (state >> 58);
        let float = f64::from_bits(state.rotate_left(17));
        let or_null = |cell: String, at: u32| if state >> at & 7 == 0 { "NA".into() } else { cell };
        let mixed = if row < 150 { integer.to_string() } else { format!("{}.{}", row, state >> 50) };
        let float = match row % 50 {
            0 => "inf".into(),
            1 => " -NaN ".into(),
            2 => "1e-400".into(),
            _ => format!("{float:?}"),
        };
        let zero = if row % 90 == 7 { "-0".into() } else { (integer >> 50).to_string() };
        let word = if row < 300 { integer.to_string() } else { format!("\"a \"\"{row}\"\"\n\"") };
        let long = if row == 333 { "9223372036854775808".into() } else { integer.to_string() };
        text += &[
            or_null(integer.to_string(), 1),
            or_null(mixed, 4),
            or_null(float, 7),
            zero,
            or_null(word, 10),
            format!("19{:02}-02-03", row % 100),
            (row % 3 == 0).to_string(),
            or_null(long, 13),
            format!("\"{integer}\""),
        ]
        .join(",");
        text.push('\n');
    }
    text
}

#[test]
fn numbers_that_were_kept_are_those_that_the_text_gives() {
    let text = table();
    let all: Vec<usize> = (0..9).collect();
    let given = [("mixed".to_string(), DataType::String), ("long".to_string(), DataType::Float64)];
    for types in [&given[..0], &given[..]] {
        let plain = opened(&text, 0, 1 << 20, types);
        assert!(plain.facts().columns.iter().all(|column| !column.held), "there was no room");
        let expected = cells(&plain, &all, 1 << 16);
        for piece_bytes in [1 << 20, 5_000, 700, 60] {
            for hold_bytes in [1 << 30, 5_000, 500] {
                let source = opened(&text, hold_bytes, piece_bytes, types);
                assert!(source.held_bytes() <= hold_bytes);
                assert_eq!(source.schema, plain.schema);
                assert_eq!(source.null_counts, plain.null_counts);
                for chunk_rows in [1 << 16, 100, 1] {
                    assert_eq!(cells(&source, &all, chunk_rows), expected);
                }
                for columns in [&[2, 0][..], &[4], &[5, 1, 4, 0], &[7, 8]] {
                    let expected: Vec<_> = columns.iter().map(|&column| expected[column].clone()).collect();
                    assert_eq!(cells(&source, columns, 77), expected, "{columns:?}");
                }
            }
        }
        let held: Vec<bool> =
            opened(&text, 1 << 30, 700, types).facts().columns.iter().map(|column| column.held).collect();
        let is_given = !types.is_empty();
        // `zero` is of integers: its negative zeros are zeros. Held where every piece is.
        let long = !is_given;
        assert_eq!(held, [true, !is_given, true, false, false, false, false, long, true]);
    }
}

#[test]
fn pieces_of_integers_in_a_column_of_floats_are_floats() {
    let source = opened("a\n1\n-3\n9007199254740993\n2.5\n", 1 << 30, 5, &[]);
    assert!(source.pieces.len() > 2 && source.facts().columns[0].held);
    let bits = |value: f64| Some(format!("f{:x}", value.to_bits()));
    assert_eq!(cells(&source, &[0], 10)[0], [bits(1.0), bits(-3.0), bits(9007199254740992.0), bits(2.5)]);
}
