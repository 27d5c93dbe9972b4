//! Rows of a dataset as typed values, one row at a time: what `head` and `tail` show.

use std::ops::{ControlFlow, Range};

use arrcalc_datasets::{Column, DataType, Dataset, Layout, ReadRequest, Values, text};

use crate::answer::Scalar;
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

/// Row `index` of `column` in the type of its results: binary16 as the binary32 number that prints alike.
fn value_at(column: &Column<'_>, data_type: &DataType, index: usize) -> Scalar {
    if text::is_null(column, index) {
        return Scalar::Null;
    }
    let integer = |value: i128| Scalar::Integer(value);
    match column.values {
        Values::Null(_) => Scalar::Null,
        Values::Bool(bits) => Scalar::Bool(bits.get(index)),
        Values::Int8(values) => integer(values[index].into()),
        Values::Int16(values) => integer(values[index].into()),
        Values::Int32(values) if *data_type == DataType::Date => Scalar::Date(values[index].into()),
        Values::Int32(values) => integer(values[index].into()),
        Values::Int64(values) => match data_type {
            DataType::Time(unit) => Scalar::Time(values[index], *unit),
            DataType::Timestamp(unit, zone) => Scalar::Timestamp(values[index], *unit, zone.clone()),
            DataType::Duration(unit) => Scalar::Duration(values[index].into(), *unit),
            _ => integer(values[index].into()),
        },
        Values::UInt8(values) => integer(values[index].into()),
        Values::UInt16(values) => integer(values[index].into()),
        Values::UInt32(values) => integer(values[index].into()),
        Values::UInt64(values) => integer(values[index].into()),
        Values::Float16(values) => {
            let mut shortest = String::new();
            text::push_float16(&mut shortest, values[index]);
            Scalar::Float32(text::parse_float32(&shortest).unwrap_or(f32::NAN))
        }
        Values::Float32(values) => Scalar::Float32(values[index]),
        Values::Float64(values) => Scalar::Float64(values[index]),
        Values::Decimal128(values) => {
            let scale = if let DataType::Decimal128 { scale, .. } = data_type { *scale } else { 0 };
            Scalar::Decimal { unscaled: values[index].to_string(), scale }
        }
        Values::Text(text) => Scalar::Text(String::from_utf8_lossy(text.bytes(index)).into_owned()),
    }
}
