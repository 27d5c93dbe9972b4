//! Reads one piece: cuts its records again and decodes the columns asked for, chunk by chunk.

use super::CsvSource;
use super::column::{ColumnBuffer, WrongCell};
use super::fault::{line_number, shown};
use super::split::{Cell, Form, Splitter, unescape};
use super::survey::Piece;
use crate::chunk::{Chunk, Column};
use crate::error::{Error, Result};
use crate::source::{Flow, ReadRequest};

/// What a row of one column takes at most in a buffer, text aside, which is borrowed.
const CELL_BYTES_MAX: u64 = 40;

/// Lends the rows of `piece`.
///
/// # Errors
/// The wrong cell of the lowest row, and in it of the first column in the file's order, after the rows before it
/// were lent.
pub(super) fn read_piece(
    source: &CsvSource,
    piece: &Piece,
    columns: &[usize],
    request: &ReadRequest,
    sink: &mut dyn FnMut(&Chunk<'_>) -> Flow,
) -> Result<()> {
    let changed = || Error::Changed { path: source.path.clone() };
    // The survey found this to be UTF-8; asking again is what makes text of it, at the speed of memory.
    let text = str::from_utf8(&source.text[piece.start..piece.end]).map_err(|_| changed())?;
    let row_bytes = CELL_BYTES_MAX * columns.len().max(1) as u64;
    let rows_max = (request.memory_bytes / row_bytes).clamp(1, request.chunk_rows.max(1) as u64);
    let mut buffers = columns
        .iter()
        .map(|&column| ColumnBuffer::new(&source.schema.fields[column].data_type).ok_or_else(changed))
        .collect::<Result<Vec<_>>>()?;
    // Cells behind the last column asked for are counted and not kept.
    let cells_max = columns.iter().max().map_or(0, |last| last + 1);
    let splitter_from = |at| Splitter::new(text.as_bytes(), at, cells_max, &source.dialect);
    let mut splitter = splitter_from(0);
    let mut slices: Vec<Vec<&'static str>> = vec![Vec::new(); columns.len()];
    let mut first_row = piece.first_row;
    let end_row = piece.first_row + piece.row_count;
    while first_row < end_row {
        let row_count = rows_max.min(end_row - first_row) as usize;
        let chunk_at = splitter.position();
        let fill = Fill { source, piece, text, columns };
        let filled = fill.rows(&mut splitter, &mut buffers, row_count);
        let row_count = match &filled {
            Ok(()) => row_count,
            Err((good_rows, _)) => {
                // Columns are of different lengths now; the rows before the wrong one are decoded again.
                buffers.iter_mut().for_each(ColumnBuffer::clear);
                fill.rows(&mut splitter_from(chunk_at), &mut buffers, *good_rows)
                    .map_err(|(_, error)| error)?;
                *good_rows
            }
        };
        let flow = if row_count == 0 {
            Flow::Continue(())
        } else {
            lend(text, first_row, row_count, &mut buffers, &mut slices, sink)
        };
        if flow.is_break() {
            return Ok(());
        }
        filled.map_err(|(_, error)| error)?;
        first_row += row_count as u64;
    }
    Ok(())
}

/// What rows are decoded from.
struct Fill<'a> {
    source: &'a CsvSource,
    piece: &'a Piece,
    /// The piece's.
    text: &'a str,
    columns: &'a [usize],
}

impl Fill<'_> {
    /// Decodes the next `row_count` records into `buffers`; an error comes with the number of rows before it.
    fn rows(
        &self,
        splitter: &mut Splitter<'_>,
        buffers: &mut [ColumnBuffer],
        row_count: usize,
    ) -> std::result::Result<(), (usize, Error)> {
        for row in 0..row_count {
            // The survey saw these records: whatever is wrong with how one is cut now was not so then.
            let record = match splitter.next_record() {
                Ok(Some(record)) if record.cell_count == self.source.schema.fields.len() => record,
                _ => return Err((row, Error::Changed { path: self.source.path.clone() })),
            };
            let record_text = &self.text[record.start..];
            for (buffer, &column) in buffers.iter_mut().zip(self.columns) {
                let cell = &splitter.cells()[column];
                let at = record.start + cell.start();
                if let Err(WrongCell) =
                    buffer.push(cell.text(record_text), cell.form, at, &self.source.dialect)
                {
                    return Err((row, self.wrong_cell(record.start, splitter.cells())));
                }
            }
        }
        Ok(())
    }

    /// The error for the first column of the record, in the file's order, that cannot be read.
    #[cold]
    fn wrong_cell(&self, record_start: usize, cells: &[Cell]) -> Error {
        let source = self.source;
        let mut columns = self.columns.to_vec();
        columns.sort_unstable();
        for column in columns {
            let (cell, field) = (&cells[column], &source.schema.fields[column]);
            let raw = cell.text(&self.text[record_start..]);
            let pushed = ColumnBuffer::new(&field.data_type)
                .map(|mut buffer| buffer.push(raw, cell.form, 0, &source.dialect));
            if let Some(Ok(())) = pushed {
                continue;
            }
            let line = line_number(&source.text, self.piece.start + record_start + cell.start());
            let mut text = String::new();
            match cell.form {
                Form::Escaped => unescape(raw, source.dialect.quote, &mut text),
                Form::Plain | Form::Quoted => text.push_str(raw),
            }
            let reason = format!(
                "line {line}: '{}' is not a value of type {}; correct it, or give the column another type with --types",
                shown(&text),
                field.data_type
            );
            let column = Some(field.name.clone());
            return Error::Malformed { path: source.path.clone(), column, rows: None, reason };
        }
        Error::Changed { path: source.path.clone() }
    }
}

/// Lends what the buffers hold, and empties them. `text` is the piece's, which text columns borrow from.
fn lend(
    text: &str,
    first_row: u64,
    row_count: usize,
    buffers: &mut [ColumnBuffer],
    slices: &mut [Vec<&'static str>],
    sink: &mut dyn FnMut(&Chunk<'_>) -> Flow,
) -> Flow {
    let mut borrowed: Vec<Vec<&str>> =
        slices.iter_mut().map(|slices| reuse(std::mem::take(slices))).collect();
    for (buffer, slices) in buffers.iter().zip(&mut borrowed) {
        buffer.borrow_text(text, slices);
    }
    let columns: Vec<Column<'_>> =
        buffers.iter().zip(&borrowed).map(|(buffer, slices)| buffer.column(slices)).collect();
    let flow = sink(&Chunk { first_row, row_count, columns });
    for (slices, borrowed) in slices.iter_mut().zip(borrowed) {
        *slices = reuse(borrowed);
    }
    buffers.iter_mut().for_each(ColumnBuffer::clear);
    flow
}

/// An empty vector in the same memory whose elements may live for another time (collecting in place is what the
/// standard library does here; were it not, this would allocate and still be right).
fn reuse<'b>(mut slices: Vec<&str>) -> Vec<&'b str> {
    slices.clear();
    slices.into_iter().map(|_| "").collect()
}
