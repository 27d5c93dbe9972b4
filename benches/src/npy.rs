//! Columns of f64 for programs that are timed: read into memory before any clock starts.

use std::path::Path;

use arrcalc::datasets::{Dataset, Layout, ReadRequest, Values};

/// The values of the first column of a file.
///
/// # Panics
/// If the file cannot be read or its first column is not float64: a bench has no use for errors.
pub fn column(path: &Path) -> Vec<f64> {
    let dataset = Dataset::open(path).expect("a readable file");
    let mut column = Vec::with_capacity(dataset.row_count() as usize);
    let request = ReadRequest { chunk_rows: 1 << 16, memory_bytes: 1 << 30 };
    for unit in dataset.units(&[0], Layout::Together, 1 << 20) {
        let read = dataset.read(&unit, &request, &mut |chunk| {
            let Values::Float64(values) = chunk.columns[0].values else { panic!("a column of float64") };
            column.extend_from_slice(values);
            std::ops::ControlFlow::Continue(())
        });
        read.expect("a readable file");
    }
    column
}
