//! The rows of a column that are not null.

use arrcalc_datasets::{Column, Values};
use arrcalc_kernels::Bits;

/// Rows by their validity.
#[derive(Clone, Copy, Debug)]
pub(super) enum Selection<'a> {
    All(usize),
    None,
    Some(Bits<'a>),
}

impl<'a> Selection<'a> {
    pub(super) fn of(column: &Column<'a>) -> Self {
        match (column.values, column.validity) {
            (Values::Null(0), _) => Selection::All(0),
            (Values::Null(_), _) => Selection::None,
            (_, Some(bits)) if bits.count_ones() < bits.len() => Selection::Some(bits),
            (values, _) => Selection::All(values.len()),
        }
    }

    pub(super) fn is_all(&self) -> bool {
        matches!(self, Selection::All(_))
    }

    pub(super) fn count(&self) -> usize {
        match self {
            Selection::All(rows) => *rows,
            Selection::None => 0,
            Selection::Some(bits) => bits.count_ones(),
        }
    }

    /// Calls `visit` with every selected row, in order.
    #[inline(always)]
    pub(super) fn for_each(&self, mut visit: impl FnMut(usize)) {
        match self {
            Selection::All(rows) => (0..*rows).for_each(visit),
            Selection::None => {}
            Selection::Some(bits) => {
                for start in (0..bits.len()).step_by(64) {
                    let mut word = bits.word(start);
                    while word != 0 {
                        visit(start + word.trailing_zeros() as usize);
                        word &= word - 1;
                    }
                }
            }
        }
    }

    /// The entries of `all` whose row is selected: themselves where every row is, else moved to `room`.
    pub(super) fn pick<'b, T: Copy>(&self, all: &'b [T], room: &'b mut Vec<T>) -> &'b [T] {
        if self.is_all() {
            return all;
        }
        room.clear();
        room.reserve(self.count());
        self.for_each(|row| room.push(all[row]));
        room
    }
}
