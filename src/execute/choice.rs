//! Rows that a pass need not look at.

use arrcalc_datasets::{Chunk, Unit, UnitBounds};

/// Tells early that a chunk has a row that counts.
pub(crate) type Chooser<'c> = Box<dyn FnMut(&Chunk<'_>) -> bool + 'c>;

/// Which rows of a pass count, as far as it can be told before they are read. Whoever takes the rows decides for each
/// that is lent all the same: a choice that tells nothing changes no answer.
pub(crate) trait Choice: Sync {
    /// Whether rows of `unit` may count.
    fn wants(&self, unit: &Unit) -> bool;

    /// Positions among the columns of the pass of those that tell of the others; none: nothing is told early.
    fn early(&self) -> &[usize] {
        &[]
    }

    /// Whether no row counts, and none can fail, where columns, by position, have these bounds.
    fn excludes(&self, _bounds: &dyn Fn(usize) -> Option<UnitBounds>) -> bool {
        false
    }

    /// One for a thread, where columns tell.
    fn chooser(&self) -> Option<Chooser<'_>> {
        None
    }
}

/// Whole units.
impl<F: Fn(&Unit) -> bool + Sync> Choice for F {
    fn wants(&self, unit: &Unit) -> bool {
        self(unit)
    }
}

/// All rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct All;

impl Choice for All {
    fn wants(&self, _unit: &Unit) -> bool {
        true
    }
}
