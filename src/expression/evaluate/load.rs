//! Columns into registers: validity to a mask, narrow types widened; what lies as a register would is left in place.

use std::ops::Range;

use arrcalc_datasets::{Column, Values};
use arrcalc_kernels::Level;
use arrcalc_kernels::elementwise::{map, prefetch};

use super::state::{Buffer, Cell, Lane, STRIDE, View, mask_of};
use super::step::load_bits;

/// Asks for the rows a stride after `rows` of `columns`, which may be those of a block after this one.
pub(super) fn ahead(level: Level, columns: &[Column<'_>], rows: Range<usize>) {
    for column in columns {
        let rows = rows.clone();
        match column.values {
            Values::Int64(values) => ask(level, &values[rows]),
            Values::UInt64(values) => ask(level, &values[rows]),
            Values::Float64(values) => ask(level, &values[rows]),
            Values::Int32(values) => ask(level, &values[rows]),
            Values::UInt32(values) => ask(level, &values[rows]),
            Values::Float32(values) => ask(level, &values[rows]),
            // Narrow, or decoded and so in cache already.
            _ => {}
        }
    }
}

fn ask<T>(level: Level, values: &[T]) {
    prefetch(level, values, STRIDE * size_of::<T>());
}

/// Loads the column of node `view.cells.len()`.
pub(super) fn load(view: View<'_>, cell: &mut Cell) {
    let Some(column) = view.column(view.cells.len()) else { return };
    cell.reset();
    if let Some(validity) = column.validity {
        let valid = mask_of(validity, 0);
        cell.keep_valid(&valid);
    }
    fn widen<T: Copy, R: Lane>(view: View<'_>, values: &[T], cell: &mut Cell, function: impl Fn(T) -> R) {
        let buffer = R::buffer_mut(&mut cell.buffer);
        // A register of another type: the column is not what was bound, and its node stays as it is.
        if buffer.len() >= values.len() {
            map(view.level, values, &mut buffer[..values.len()], function);
        }
    }
    match column.values {
        Values::Null(_) => {
            cell.keep_valid(&[0; STRIDE / 64]);
            if let Buffer::Text(text) = &mut cell.buffer {
                text.clear();
            }
        }
        Values::Bool(bits) => load_bits(view, bits, cell),
        Values::Int8(values) => widen(view, values, cell, i64::from),
        Values::Int16(values) => widen(view, values, cell, i64::from),
        Values::Int32(values) => widen(view, values, cell, i64::from),
        Values::UInt8(values) => widen(view, values, cell, i64::from),
        Values::UInt16(values) => widen(view, values, cell, i64::from),
        Values::UInt32(values) => widen(view, values, cell, i64::from),
        Values::Float16(values) => widen(view, values, cell, f32::from),
        Values::Int64(_)
        | Values::UInt64(_)
        | Values::Float32(_)
        | Values::Float64(_)
        | Values::Decimal128(_)
        | Values::Text(_) => {}
    }
}
