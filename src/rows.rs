//! Rows of a dataset as typed values, one row at a time: what `head` and `tail` show.

use std::ops::{ControlFlow, Range};

use arrcalc_datasets::{DataType, Dataset, Layout, ReadRequest};

use crate::answer::{Scalar, value_at};
use crate::error::Result;
use crate::execute::Control;

/// Rows asked for at a time; few, because few are wanted.
const CHUNK_ROWS: usize = 4_096;
/// Bytes that reading them may hold decoded, unless one piece of the file needs more.
const MEMORY_BYTES: u64 = 256 << 20;

/// Lends the rows `range` of the columns `columns` (indices into the schema) in row order, until `sink` breaks.
///
/// Cost: reads the pieces of the files that hold the rows, on the calling thread.
///
/// # Errors
/// See [`crate::Error`]: the first row that is wrong, or that the work was stopped through `control`.
///
/// # Examples
/// ```
/// use std::ops::ControlFlow;
/// use arrcalc::{Control, answer::Scalar, datasets::Dataset, read_rows};
///
/// let penguins = Dataset::open("datasets/samples/penguins.csv")?;
/// let mut islands = Vec::new();
/// read_rows(&penguins, &[1], 342..344, &Control::new(), &mut |row| {
///     islands.push(row[0].clone());
///     ControlFlow::Continue(())
/// })?;
/// assert_eq!(islands, vec![Scalar::Text("Dream".into()); 2]);
/// # Ok::<(), arrcalc::Error>(())
/// ```
pub fn read_rows(
    dataset: &Dataset<'_>,
    columns: &[usize],
    range: Range<u64>,
    control: &Control,
    sink: &mut dyn FnMut(&[Scalar]) -> ControlFlow<()>,
) -> Result<()> {
    control.check()?;
    let range = range.start..range.end.min(dataset.row_count());
    let types: Vec<&DataType> =
        columns.iter().map(|&index| &dataset.schema().fields[index].data_type).collect();
    let request = ReadRequest { chunk_rows: CHUNK_ROWS, memory_bytes: MEMORY_BYTES };
    let mut row = Vec::with_capacity(columns.len());
    let mut stopped = false;
    for unit in dataset.units(columns, Layout::Together, CHUNK_ROWS as u64) {
        if unit.rows.end <= range.start {
            continue;
        }
        if unit.rows.start >= range.end || stopped {
            break;
        }
        let mut checked = Ok(());
        dataset.read(&unit, &request, &mut |chunk| {
            let end = chunk.first_row + chunk.row_count as u64;
            for absolute in range.start.max(chunk.first_row)..range.end.min(end) {
                let index = (absolute - chunk.first_row) as usize;
                row.clear();
                row.extend(chunk.columns.iter().zip(&types).map(|(column, ty)| value_at(column, ty, index)));
                if sink(&row).is_break() {
                    stopped = true;
                    return ControlFlow::Break(());
                }
            }
            checked = control.check();
            if end >= range.end || checked.is_err() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })?;
        checked?;
    }
    dataset.verify_unchanged()?;
    Ok(())
}
