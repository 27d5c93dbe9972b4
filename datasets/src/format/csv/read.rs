//! Reads one piece: cuts its records again and decodes the columns asked for, chunk by chunk.

use super::CsvSource;
use super::column::{ColumnBuffer, WrongCell};
use super::fault::{Fault, line_number, shown};
use super::split::{Form, Record, Splitter, unescape};
use super::survey::Piece;
use crate::chunk::{Chunk, Column};
use crate::error::{Error, Result};
use crate::source::{Flow, ReadRequest};

/// What a row of one column takes at most in a buffer, text aside, which is borrowed.
const CELL_BYTES_MAX: u64 = 40;

/// Lends the rows of `piece`.
///
/// # Errors
/// The wrong cell of the lowest row, and in it of the first column asked for.
pub(super) fn read_piece(
    source: &CsvSource,
    piece: &Piece,
    columns: &[usize],
    request: &ReadRequest,
    sink: &mut dyn FnMut(&Chunk<'_>) -> Flow,
) -> Result<()> {
    let changed = || Error::Changed { path: source.path.clone() };
    let row_bytes = CELL_BYTES_MAX * columns.len().max(1) as u64;
    let rows_max = (request.memory_bytes / row_bytes).clamp(1, request.chunk_rows.max(1) as u64);
    let mut buffers = columns
        .iter()
        .map(|&column| ColumnBuffer::new(&source.schema.fields[column].data_type).ok_or_else(changed))
        .collect::<Result<Vec<_>>>()?;
    // Cells behind the last column asked for are counted and not kept.
    let cells_max = columns.iter().max().map_or(0, |last| last + 1);
    let mut splitter = Splitter::new(&source.text, piece.start, cells_max, &source.dialect);
    let mut slices: Vec<Vec<&'static str>> = vec![Vec::new(); columns.len()];
    let mut first_row = piece.first_row;
    let end_row = piece.first_row + piece.row_count;
    while first_row < end_row {
        let row_count = rows_max.min(end_row - first_row) as usize;
        let chunk_at = splitter.position();
        for _ in 0..row_count {
            // The survey saw these records: whatever is wrong with one now was not so then.
            let record = splitter.next_record().ok().flatten().ok_or_else(changed)?;
            if record.cell_count != source.schema.fields.len() {
                return Err(changed());
            }
            push_record(source, &splitter, &record, columns, &mut buffers)?;
        }
        let row = Rows { first_row, row_count, text_at: chunk_at, text_end: splitter.position() };
        let flow = lend(source, &row, &mut buffers, &mut slices, sink)?;
        if flow.is_break() {
            return Ok(());
        }
        first_row += row_count as u64;
    }
    Ok(())
}

/// Rows that were decoded, and the text that they came from.
struct Rows {
    first_row: u64,
    row_count: usize,
    text_at: usize,
    text_end: usize,
}

fn push_record(
    source: &CsvSource,
    splitter: &Splitter<'_>,
    record: &Record,
    columns: &[usize],
    buffers: &mut [ColumnBuffer],
) -> Result<()> {
    let bytes = &source.text[record.start..];
    for (buffer, &column) in buffers.iter_mut().zip(columns) {
        let cell = &splitter.cells()[column];
        let at = record.start + cell.start();
        if let Err(WrongCell) = buffer.push(cell.bytes(bytes), cell.form, at, &source.dialect) {
            return Err(wrong_cell(source, splitter, record, columns));
        }
    }
    Ok(())
}

/// The error for the first column of the record, in the file's order, that cannot be read.
#[cold]
fn wrong_cell(source: &CsvSource, splitter: &Splitter<'_>, record: &Record, columns: &[usize]) -> Error {
    let bytes = &source.text[record.start..];
    let mut columns = columns.to_vec();
    columns.sort_unstable();
    for column in columns {
        let cell = &splitter.cells()[column];
        let field = &source.schema.fields[column];
        let wrong = ColumnBuffer::new(&field.data_type)
            .is_none_or(|mut buffer| buffer.push(cell.bytes(bytes), cell.form, 0, &source.dialect).is_err());
        if !wrong {
            continue;
        }
        let raw = String::from_utf8_lossy(cell.bytes(bytes));
        let mut text = String::new();
        match cell.form {
            Form::Escaped => unescape(&raw, source.dialect.quote, &mut text),
            Form::Plain | Form::Quoted => text.push_str(&raw),
        }
        let line = line_number(&source.text, record.start + cell.start());
        let reason = format!(
            "line {line}: '{}' is not a {}; correct it, or give the column another type",
            shown(&text),
            field.data_type
        );
        let column = Some(field.name.clone());
        return Error::Malformed { path: source.path.clone(), column, rows: None, reason };
    }
    Error::Changed { path: source.path.clone() }
}

/// Lends what the buffers hold, and empties them.
fn lend(
    source: &CsvSource,
    rows: &Rows,
    buffers: &mut [ColumnBuffer],
    slices: &mut [Vec<&'static str>],
    sink: &mut dyn FnMut(&Chunk<'_>) -> Flow,
) -> Result<Flow> {
    let bytes = &source.text[rows.text_at..rows.text_end];
    let text = if buffers.iter().any(ColumnBuffer::is_text) {
        str::from_utf8(bytes).map_err(|error| {
            let fault = Fault::Utf8 { at: rows.text_at + error.valid_up_to() };
            fault.into_error(&source.path, &source.text, source.dialect.line_bytes)
        })?
    } else {
        ""
    };
    let flow = {
        let mut borrowed: Vec<Vec<&str>> =
            slices.iter_mut().map(|slices| reuse(std::mem::take(slices))).collect();
        for (buffer, slices) in buffers.iter().zip(&mut borrowed) {
            buffer.borrow_text(text, rows.text_at, slices);
        }
        let columns: Vec<Column<'_>> =
            buffers.iter().zip(&borrowed).map(|(buffer, slices)| buffer.column(slices)).collect();
        let flow = sink(&Chunk { first_row: rows.first_row, row_count: rows.row_count, columns });
        for (slices, borrowed) in slices.iter_mut().zip(borrowed) {
            *slices = reuse(borrowed);
        }
        flow
    };
    buffers.iter_mut().for_each(ColumnBuffer::clear);
    Ok(flow)
}

/// An empty vector in the same memory whose elements may live for another time (collecting in place is what the
/// standard library does here; were it not, this would allocate and still be right).
fn reuse<'b>(mut slices: Vec<&str>) -> Vec<&'b str> {
    slices.clear();
    slices.into_iter().map(|_| "").collect()
}
