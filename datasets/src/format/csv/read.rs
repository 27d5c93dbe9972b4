//! Reads one piece: lends what the survey has kept of it; where that is not all, cuts its records again and decodes
//! the other columns asked for, chunk by chunk.

use super::CsvSource;
use super::column::{ColumnBuffer, WrongCell};
use super::fault::{line_number, shown};
use super::kept::Lent;
use super::split::{Cell, Form, Splitter, unescape};
use super::survey::Piece;
use crate::chunk::{Chunk, Column};
use crate::error::{Error, Result};
use crate::source::{Flow, ReadRequest};

/// What a row of one column takes at most in a buffer, text aside, which is borrowed.
const CELL_BYTES_MAX: u64 = 40;

/// Lends the rows of piece `part`.
///
/// # Errors
/// The wrong cell of the lowest row, and in it of the first column in the file's order, after the rows before it
/// were lent.
pub(super) fn read_piece(
    source: &CsvSource,
    part: usize,
    columns: &[usize],
    request: &ReadRequest,
    sink: &mut dyn FnMut(&Chunk<'_>) -> Flow,
) -> Result<()> {
    let piece = &source.pieces[part];
    let type_of = |column: usize| &source.schema.fields[column].data_type;
    let kept: Vec<Option<Lent<'_>>> =
        columns.iter().map(|&column| source.kept[part][column].lend(type_of(column))).collect();
    if kept.iter().all(Option::is_some) {
        lend_kept(piece, &kept, request, sink);
        return Ok(());
    }
    let wanted = columns.iter().zip(&kept).filter(|(_, kept)| kept.is_none());
    let wanted: Vec<usize> = wanted.map(|(&column, _)| column).collect();
    let changed = || Error::Changed { path: source.path.clone() };
    // The survey found this to be UTF-8; asking again is what makes text of it, at the speed of memory.
    let text = str::from_utf8(&source.text[piece.start..piece.end]).map_err(|_| changed())?;
    let row_bytes = CELL_BYTES_MAX * wanted.len() as u64;
    let rows_max = (request.memory_bytes / row_bytes).clamp(1, request.chunk_rows.max(1) as u64);
    let mut buffers = wanted
        .iter()
        .map(|&column| ColumnBuffer::new(type_of(column)).ok_or_else(changed))
        .collect::<Result<Vec<_>>>()?;
    // Cells behind the last column asked for are counted and not kept.
    let cells_max = wanted.iter().max().map_or(0, |last| last + 1);
    let splitter_from = |at| Splitter::new(text.as_bytes(), at, cells_max, &source.dialect);
    let mut splitter = splitter_from(0);
    let mut slices: Vec<Vec<&'static str>> = vec![Vec::new(); wanted.len()];
    let mut first_row = piece.first_row;
    let end_row = piece.first_row + piece.row_count;
    while first_row < end_row {
        let row_count = rows_max.min(end_row - first_row) as usize;
        let chunk_at = splitter.position();
        let fill = Fill { source, piece, text, columns: &wanted };
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
            let rows = (piece.first_row, first_row, row_count);
            lend(text, rows, &kept, &mut buffers, &mut slices, sink)
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

/// Lends the rows of `piece`, of which all columns asked for are `kept`.
fn lend_kept(
    piece: &Piece,
    kept: &[Option<Lent<'_>>],
    request: &ReadRequest,
    sink: &mut dyn FnMut(&Chunk<'_>) -> Flow,
) {
    let whole: Vec<Column<'_>> = kept.iter().flatten().map(Lent::column).collect();
    let (mut start, end) = (0, piece.row_count as usize);
    while start < end {
        let rows = start..end.min(start.saturating_add(request.chunk_rows.max(1)));
        let columns = whole.iter().map(|column| column.slice(rows.clone())).collect();
        let (first_row, row_count) = (piece.first_row + start as u64, rows.len());
        if sink(&Chunk { first_row, row_count, columns }).is_break() {
            return;
        }
        start = rows.end;
    }
}

/// Lends what the buffers hold, and empties them; columns that are `kept` take none. `text` is the piece's, which text
/// columns borrow from; `rows` tell the first of the piece and of these, and how many they are.
fn lend(
    text: &str,
    (piece_row, first_row, row_count): (u64, u64, usize),
    kept: &[Option<Lent<'_>>],
    buffers: &mut [ColumnBuffer],
    slices: &mut [Vec<&'static str>],
    sink: &mut dyn FnMut(&Chunk<'_>) -> Flow,
) -> Flow {
    let mut borrowed: Vec<Vec<&str>> =
        slices.iter_mut().map(|slices| reuse(std::mem::take(slices))).collect();
    for (buffer, slices) in buffers.iter().zip(&mut borrowed) {
        buffer.borrow_text(text, slices);
    }
    let start = (first_row - piece_row) as usize;
    let mut decoded = buffers.iter().zip(&borrowed).map(|(buffer, slices)| buffer.column(slices));
    let columns: Vec<Column<'_>> = kept
        .iter()
        .filter_map(|kept| match kept {
            Some(kept) => Some(kept.column().slice(start..start + row_count)),
            None => decoded.next(),
        })
        .collect();
    drop(decoded);
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
