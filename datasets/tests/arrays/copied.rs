//! Columns of files so large that a pass that is the only one copies them piece by piece: the same rows at every pass, whichever
//! way it reads.

use std::fs::{self, OpenOptions};
use std::path::Path;

use arrcalc_datasets::{Dataset, Error, Flow, Layout, ReadRequest, Values};

use super::rows::npy;

/// Rows of the columns here; 8 bytes each are past the least that is copied.
const ROWS: usize = 700_001;
/// The second copies, the others visit the map.
const PASSES: usize = 3;

fn value(row: usize) -> i64 {
    (row as i64).wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as i64) >> 8
}

/// One pass over all columns of `dataset`, checked against `expected(column, row)`.
fn check(dataset: &Dataset<'_>, chunk_rows: usize, layout: Layout, expected: &dyn Fn(usize, usize) -> i64) {
    let columns: Vec<usize> = (0..dataset.schema().fields.len()).collect();
    let mut seen = 0;
    for unit in dataset.units(&columns, layout, 250_000) {
        let request = ReadRequest { chunk_rows, memory_bytes: 1 << 20 };
        let mut next = unit.rows.start;
        let mut lend = |chunk: &arrcalc_datasets::Chunk<'_>| {
            assert_eq!(chunk.first_row, next);
            for (&index, column) in unit.columns.iter().zip(&chunk.columns) {
                for at in 0..chunk.row_count {
                    let row = next as usize + at;
                    let found = match &column.values {
                        Values::Int64(values) => values[at],
                        Values::Float64(values) => values[at] as i64,
                        Values::Bool(bits) => i64::from(bits.get(at)),
                        other => panic!("{other:?} is none of the types here"),
                    };
                    assert_eq!(found, expected(index, row), "column {index}, row {row}");
                }
                seen += chunk.row_count;
            }
            next += chunk.row_count as u64;
            Flow::Continue(())
        };
        dataset.read(&unit, &request, &mut lend).unwrap();
        assert_eq!(next, unit.rows.end);
    }
    assert_eq!(seen, ROWS * columns.len(), "every row of every column");
    dataset.verify_unchanged().unwrap();
}

fn check_passes(path: &Path, expected: &dyn Fn(usize, usize) -> i64) {
    for (chunk_rows, layout) in
        [(65_536, Layout::Apart), (9_999, Layout::Together), (1 << 20, Layout::Together)]
    {
        let dataset = Dataset::open(path).unwrap();
        for pass in 0..PASSES {
            if pass == 1 {
                dataset.read_once(&(0..dataset.schema().fields.len()).collect::<Vec<_>>());
            }
            check(&dataset, chunk_rows, layout, expected);
        }
    }
}

#[test]
fn every_pass_over_a_large_array_reads_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.npy");
    let data = |bytes: fn(i64) -> [u8; 8]| (0..ROWS).flat_map(|row| bytes(value(row))).collect::<Vec<u8>>();
    for (descr, bytes) in [("'<i8'", i64::to_le_bytes as fn(i64) -> [u8; 8]), ("'>i8'", i64::to_be_bytes)] {
        fs::write(&path, npy(descr, "False", &format!("({ROWS},)"), &data(bytes))).unwrap();
        check_passes(&path, &|_, row| value(row));
    }
    // Of a matrix in Fortran order, every column is one run.
    let mut both = data(i64::to_le_bytes);
    both.extend((0..ROWS).flat_map(|row| (-value(row)).to_le_bytes()));
    fs::write(&path, npy("'<i8'", "True", &format!("({ROWS}, 2)"), &both)).unwrap();
    check_passes(&path, &|column, row| if column == 0 { value(row) } else { -value(row) });
    // A header that leaves the elements at an odd address.
    let mut odd = npy("'<i8'", "False", &format!("({ROWS},)"), &[]);
    let length = u16::from_le_bytes([odd[8], odd[9]]) + 3;
    odd[8..10].copy_from_slice(&length.to_le_bytes());
    odd.pop();
    odd.extend(b"   \n");
    odd.extend(data(i64::to_le_bytes));
    fs::write(&path, odd).unwrap();
    check_passes(&path, &|_, row| value(row));
}

#[test]
fn flags_and_slices_of_a_large_array_are_read_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.npy");
    let flags: Vec<u8> = (0..8 * ROWS).map(|row| u8::from(row % 3 == 1 || row % 70_001 == 5)).collect();
    fs::write(&path, npy("'|b1'", "False", &format!("({},)", 8 * ROWS), &flags)).unwrap();
    let sliced = format!("{}[{}:{}]", path.display(), ROWS + 1, 2 * ROWS + 1);
    let dataset = Dataset::open(&sliced).unwrap();
    let whole = Dataset::open(&path).unwrap();
    assert_eq!(whole.row_count(), 8 * ROWS as u64);
    let expected = |row: usize| i64::from(flags[row]);
    for pass in 0..PASSES {
        if pass == 1 {
            [&dataset, &whole].iter().for_each(|dataset| dataset.read_once(&[0]));
        }
        check(&dataset, 65_536, Layout::Apart, &|_, row| expected(ROWS + 1 + row));
        let unit = whole.units(&[0], Layout::Apart, u64::MAX).remove(0);
        let request = ReadRequest { chunk_rows: 12_345, memory_bytes: 1 << 20 };
        let mut lend = |chunk: &arrcalc_datasets::Chunk<'_>| {
            let Values::Bool(bits) = chunk.columns[0].values else { panic!("bool is lent as bits") };
            for at in 0..chunk.row_count {
                assert_eq!(i64::from(bits.get(at)), expected(chunk.first_row as usize + at));
            }
            Flow::Continue(())
        };
        whole.read(&unit, &request, &mut lend).unwrap();
    }
}

#[test]
fn the_lowest_wrong_row_is_told_by_every_pass() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.npy");
    let wrong = 600_001;
    let hours = |row: usize| if row == wrong || row == wrong + 9 { i64::MAX / 2 } else { row as i64 };
    let data: Vec<u8> = (0..ROWS).flat_map(|row| hours(row).to_le_bytes()).collect();
    fs::write(&path, npy("'<M8[h]'", "False", &format!("({ROWS},)"), &data)).unwrap();
    let dataset = Dataset::open(&path).unwrap();
    for pass in 0..PASSES {
        if pass == 1 {
            dataset.read_once(&[0]);
        }
        let unit = dataset.units(&[0], Layout::Apart, u64::MAX).remove(0);
        let request = ReadRequest { chunk_rows: 10_000, memory_bytes: 1 << 20 };
        let mut lent = 0;
        let found = dataset.read(&unit, &request, &mut |chunk| {
            let Values::Int64(ticks) = chunk.columns[0].values else { panic!("hours are lent as ticks") };
            assert_eq!(ticks[0], 3_600 * lent as i64);
            lent += chunk.row_count;
            Flow::Continue(())
        });
        assert_eq!(lent, wrong, "the rows before it are lent");
        let Err(Error::Malformed { rows: Some(rows), .. }) = found else { panic!("{found:?}") };
        assert_eq!(rows, (wrong as u64, wrong as u64 + 1));
    }
}

#[test]
fn a_large_file_that_was_cut_off_is_an_error_where_it_is_copied() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.npy");
    let data: Vec<u8> = (0..ROWS).flat_map(|row| value(row).to_le_bytes()).collect();
    fs::write(&path, npy("'<i8'", "False", &format!("({ROWS},)"), &data)).unwrap();
    let dataset = Dataset::open(&path).unwrap();
    OpenOptions::new().write(true).open(&path).unwrap().set_len(1 << 20).unwrap();
    dataset.read_once(&[0]);
    let unit = dataset.units(&[0], Layout::Apart, u64::MAX).remove(0);
    let request = ReadRequest { chunk_rows: 10_000, memory_bytes: 1 << 20 };
    let mut lent = 0;
    let found = dataset.read(&unit, &request, &mut |chunk| {
        lent += chunk.row_count;
        Flow::Continue(())
    });
    assert!(matches!(&found, Err(Error::Changed { path: named }) if *named == path), "{found:?}");
    assert_eq!(lent, ((1 << 20) - 128) / 8 / 10_000 * 10_000);
}
