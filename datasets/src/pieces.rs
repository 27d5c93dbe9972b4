//! Cutting a source that lies in pieces (record batches, row groups) into units of work.

use std::ops::Range;

use crate::source::{Layout, Unit};

/// Units of about `unit_rows` rows over pieces whose first rows, and the end, are `starts`. Small pieces share a unit;
/// a large piece is cut where `is_divisible` says that its rows can be had apart. `Unit::part` is the first piece.
pub(crate) fn units(
    starts: &[u64],
    columns: &[usize],
    layout: Layout,
    unit_rows: u64,
    is_divisible: impl Fn(usize) -> bool,
) -> Vec<Unit> {
    let unit_rows = unit_rows.max(1);
    let mut units = Vec::new();
    let mut push = |part, rows: Range<u64>| match layout {
        Layout::Together => units.push(Unit { source: 0, part, rows, columns: columns.to_vec() }),
        Layout::Apart => units.extend(columns.iter().map(|&column| Unit {
            source: 0,
            part,
            rows: rows.clone(),
            columns: vec![column],
        })),
    };
    let pieces = starts.len().saturating_sub(1);
    let mut part = 0;
    while part < pieces {
        let mut end = part + 1;
        while end < pieces && starts[end + 1] - starts[part] <= unit_rows {
            end += 1;
        }
        let rows = starts[part]..starts[end];
        if end == part + 1 && rows.end - rows.start > unit_rows && is_divisible(part) {
            let mut start = rows.start;
            while start < rows.end {
                let stop = rows.end.min(start.saturating_add(unit_rows));
                push(part, start..stop);
                start = stop;
            }
        } else if !rows.is_empty() {
            push(part, rows);
        }
        part = end;
    }
    units
}

/// The pieces of a unit, each with its rows of it, counted within the piece.
pub(crate) fn of_unit(starts: &[u64], unit: &Unit) -> impl Iterator<Item = (usize, Range<usize>)> {
    let rows = unit.rows.clone();
    let pieces = starts.windows(2).enumerate().skip(unit.part);
    pieces.take_while(move |(_, piece)| piece[0] < rows.end).filter_map({
        let rows = unit.rows.clone();
        move |(at, piece)| {
            let first = rows.start.max(piece[0]) - piece[0];
            let end = rows.end.min(piece[1]) - piece[0];
            (first < end).then_some((at, first as usize..end as usize))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_cover_every_row_of_every_column_once_and_in_order() {
        let starts = [0, 5, 5, 6, 7, 100, 101];
        for unit_rows in [1, 3, 7, 50, 1_000] {
            for divisible in [true, false] {
                for layout in [Layout::Together, Layout::Apart] {
                    let units = units(&starts, &[4, 2], layout, unit_rows, |_| divisible);
                    for column in [4, 2] {
                        let mut next = 0;
                        for unit in units.iter().filter(|unit| unit.columns.contains(&column)) {
                            assert_eq!(unit.rows.start, next);
                            for (piece, rows) in of_unit(&starts, unit) {
                                assert_eq!(starts[piece] + rows.start as u64, next);
                                next += rows.len() as u64;
                            }
                            assert_eq!(unit.rows.end, next);
                        }
                        assert_eq!(next, 101, "{unit_rows} {divisible}");
                    }
                }
            }
        }
    }
}
