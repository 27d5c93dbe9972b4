//! The pass over the whole text that finds types, rows and pieces.
//!
//! The text is cut behind line feeds into ranges that are looked at in parallel. A line feed may stand inside quotes,
//! so each range is scanned on the guess that a record starts where it starts, and the guesses are checked in order
//! afterwards:
//!
//! ```text
//! scan(range) -> (where its last record ends, rows, kinds)      in parallel
//! start := first byte;  for range in order: if range.start != start { scan again from start };  start := its end
//! ```
//! A guess is wrong only where the record before runs across the cut. Cuts are made where the lines behind have the
//! right number of cells, so that this is rare; the result does not depend on it.

use std::sync::OnceLock;

use super::dialect::Dialect;
use super::fault::Fault;
use super::kept::{KeptCells, Room};
use super::split::{Form, Splitter};
use super::types::CellKinds;
use crate::executor::Executor;

/// Lines behind a cut that must look like records.
const PROBE_RECORDS: usize = 3;
/// Line feeds that are tried for one cut before the last one is taken as it is.
const PROBES_MAX: usize = 64;

/// Rows after which the number of the rest is guessed.
const ROWS_OF_GUESS: u64 = 64;

/// What is known of a column after looking at some rows: a mergeable state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ColumnSurvey {
    pub(super) kinds: CellKinds,
    pub(super) null_count: u64,
}

/// Whole records: an independent piece of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// First byte: blank lines, a comment or a record.
    pub(super) start: usize,
    /// Past the last record.
    pub(super) end: usize,
    /// Rows before it.
    pub(super) first_row: u64,
    pub(super) row_count: u64,
}

/// The outcome of the pass.
#[derive(Debug)]
pub(super) struct Survey {
    pub(super) columns: Vec<ColumnSurvey>,
    pub(super) pieces: Vec<Piece>,
    /// One for each piece: its columns.
    pub(super) kept: Vec<Vec<KeptCells>>,
    pub(super) row_count: u64,
}

/// What scanning one range found.
#[derive(Debug)]
struct RangeSurvey {
    start: usize,
    end: usize,
    row_count: u64,
    columns: Vec<ColumnSurvey>,
    kept: Vec<KeptCells>,
    fault: Option<Fault>,
}

/// Text with what is known of it before the pass.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table<'a> {
    pub(super) text: &'a [u8],
    /// Where records start: behind byte order mark and header.
    pub(super) start: usize,
    pub(super) column_count: usize,
    /// Columns whose type is given, which need no look at their cells.
    pub(super) is_given: &'a [bool],
    pub(super) dialect: &'a Dialect,
    /// What the numbers of the cells may take.
    pub(super) room: &'a Room,
}

/// Looks at every cell once.
///
/// # Errors
/// The fault of the lowest row.
pub(super) fn survey(
    table: &Table<'_>,
    range_bytes: usize,
    executor: &dyn Executor,
) -> Result<Survey, Fault> {
    let cuts = cuts(table, range_bytes);
    let slots: Vec<OnceLock<RangeSurvey>> = cuts.windows(2).map(|_| OnceLock::new()).collect();
    executor.run(slots.len(), &|index| {
        if !executor.is_stopped() {
            slots[index].get_or_init(|| scan(table, cuts[index], cuts[index + 1]));
        }
    });
    let mut survey = Survey {
        columns: vec![ColumnSurvey::default(); table.column_count],
        pieces: Vec::new(),
        kept: Vec::new(),
        row_count: 0,
    };
    let mut start = table.start;
    for (index, slot) in slots.into_iter().enumerate() {
        if executor.is_stopped() {
            return Err(Fault::Stopped);
        }
        let end = cuts[index + 1];
        if start >= end {
            // The record before runs across the whole range.
            continue;
        }
        let range = match slot.into_inner() {
            Some(range) if range.start == start => range,
            wrong => {
                let wrong = wrong.map(|range| range.kept).unwrap_or_default();
                wrong.into_iter().for_each(|kept| kept.forget(table.room));
                scan(table, start, end)
            }
        };
        if let Some(fault) = range.fault {
            return Err(fault);
        }
        start = range.end;
        for (total, column) in survey.columns.iter_mut().zip(range.columns) {
            total.kinds |= column.kinds;
            total.null_count += column.null_count;
        }
        if range.row_count > 0 {
            let (end, first_row) = (range.end, survey.row_count);
            survey.pieces.push(Piece { start: range.start, end, first_row, row_count: range.row_count });
            survey.kept.push(range.kept);
            survey.row_count += range.row_count;
        }
    }
    Ok(survey)
}

/// Positions from `table.start` to the end of the text, each but the first and last behind a line feed.
fn cuts(table: &Table<'_>, range_bytes: usize) -> Vec<usize> {
    let len = table.text.len();
    let mut cuts = vec![table.start];
    let mut last = table.start;
    while let Some(nominal) = last.checked_add(range_bytes.max(1)).filter(|&nominal| nominal < len) {
        let Some(cut) = cut_from(table, nominal).filter(|&cut| cut < len) else { break };
        cuts.push(cut);
        last = cut;
    }
    if last < len {
        cuts.push(len);
    }
    cuts
}

/// A position behind a line feed at or after `nominal` where a record seems to start.
fn cut_from(table: &Table<'_>, nominal: usize) -> Option<usize> {
    // The line feed may be the byte before: then `nominal` itself starts a line.
    let mut from = nominal - 1;
    let mut first = None;
    for _ in 0..PROBES_MAX {
        let cut = from + memchr::memchr(b'\n', &table.text[from..])? + 1;
        first.get_or_insert(cut);
        if seems_to_start_a_record(table, cut) {
            return Some(cut);
        }
        if cut >= table.text.len() {
            break;
        }
        from = cut;
    }
    first
}

fn seems_to_start_a_record(table: &Table<'_>, start: usize) -> bool {
    let mut splitter = Splitter::new(table.text, start, 0, table.dialect);
    for _ in 0..PROBE_RECORDS {
        match splitter.next_record() {
            Ok(Some(record)) if record.cell_count == table.column_count => {}
            Ok(None) => return true,
            _ => return false,
        }
    }
    true
}

/// Looks at the records that start in `start..end`, on the promise or guess that one starts at `start`.
fn scan(table: &Table<'_>, start: usize, end: usize) -> RangeSurvey {
    let mut columns = vec![ColumnSurvey::default(); table.column_count];
    for (column, _) in columns.iter_mut().zip(table.is_given).filter(|(_, given)| **given) {
        // Text is where looking at cells ends; the given type wins over it.
        column.kinds = CellKinds::TEXT;
    }
    let mut kept: Vec<KeptCells> =
        columns.iter().map(|column| KeptCells::new(!column.kinds.is_text(), table.room)).collect();
    let mut splitter = Splitter::new(table.text, start, table.column_count, table.dialect);
    let mut row_count = 0;
    let mut fault = None;
    let mut scanned = start;
    while splitter.position() < end {
        let record = match splitter.next_record() {
            Ok(Some(record)) if record.start < end => record,
            // Only blank lines and comments were left, and those behind the cut are the next range's.
            Ok(_) => break,
            Err(split) => {
                fault = Some(Fault::Split(split)).filter(|fault| fault.at() < end);
                break;
            }
        };
        if record.cell_count != table.column_count {
            let (found, expected) = (record.cell_count, table.column_count);
            fault = Some(Fault::Ragged { at: record.start, found, expected });
            break;
        }
        let bytes = &table.text[record.start..];
        for ((column, kept), cell) in columns.iter_mut().zip(&mut kept).zip(splitter.cells()) {
            let bytes = cell.bytes(bytes);
            match cell.form {
                Form::Plain if table.dialect.is_null(bytes) => {
                    column.null_count += 1;
                    kept.push_null();
                }
                _ if column.kinds.is_text() => {}
                // A quote inside, or text behind the closing one.
                Form::Escaped => {
                    column.kinds |= CellKinds::TEXT;
                    kept.push_text();
                }
                Form::Plain | Form::Quoted => column.kinds |= kept.push(bytes),
            }
        }
        row_count += 1;
        scanned = splitter.position();
        if row_count == ROWS_OF_GUESS {
            kept.iter_mut().for_each(|kept| kept.reserve(row_count as usize, scanned - start, end - scanned));
        }
    }
    kept.iter_mut().for_each(|kept| kept.finish(table.room));
    // With a fault, only what lies before it can hold an earlier one.
    let scanned = fault.as_ref().map_or(scanned.max(end), Fault::at);
    if let Err(error) = str::from_utf8(&table.text[start..scanned]) {
        fault = Some(Fault::Utf8 { at: start + error.valid_up_to() });
    }
    RangeSurvey { start, end: scanned, row_count, columns, kept, fault }
}
