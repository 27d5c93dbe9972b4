//! Rows in their order, on the calling thread.

use std::ops::ControlFlow;

use arrcalc_datasets::{Chunk, KnownBounds, ReadRequest};

use super::choice::All;
use super::scope::{chunk_bytes, early_of, unit_rows_max, work_of};
use super::{Choice, Pass, Scope};
use crate::error::Result;

impl Scope<'_> {
    /// Lends every row of `pass` in row order, on the calling thread.
    ///
    /// # Errors
    /// As [`Scope::pass`], and what `step` meets.
    pub fn in_order(&self, pass: &Pass<'_>, mut step: impl FnMut(&Chunk<'_>) -> Result<()>) -> Result<()> {
        self.in_order_until(pass, |chunk| step(chunk).map(ControlFlow::Continue))
    }

    /// As [`Scope::in_order`], until `step` breaks.
    ///
    /// # Errors
    /// As [`Scope::pass`], and what `step` meets.
    pub fn in_order_until(
        &self,
        pass: &Pass<'_>,
        step: impl FnMut(&Chunk<'_>) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        self.in_order_over(pass, &All, step)
    }

    /// As [`Scope::in_order_until`], without rows of which `choice` tells early that they do not count.
    ///
    /// # Errors
    /// As [`Scope::in_order_until`].
    pub(crate) fn in_order_over(
        &self,
        pass: &Pass<'_>,
        choice: &dyn Choice,
        mut step: impl FnMut(&Chunk<'_>) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        self.check()?;
        let Pass { dataset, columns, layout } = *pass;
        let chunk_rows = self.chunk_rows(columns.len());
        let request = ReadRequest { chunk_rows, memory_bytes: self.budget().available_bytes() };
        self.progress().begin_pass(dataset.row_count(), columns.len());
        let mut chooser = choice.chooser();
        let mut units = dataset.units(columns, layout, unit_rows_max(dataset.row_count()));
        units.retain(|unit| choice.wants(unit));
        for unit in units {
            let excludes = |bounds: &KnownBounds<'_>| choice.excludes(bounds);
            let mut early = early_of(choice, &excludes, &mut chooser);
            let mut outcome = Ok(ControlFlow::Continue(()));
            let (running, mut bytes) = (self.progress().task(), 0);
            dataset.read_where(&unit, &request, early.as_mut(), &mut |chunk| {
                outcome = self.check().and_then(|()| step(chunk));
                let visited = chunk_bytes(chunk);
                self.progress().advance((chunk.row_count * chunk.columns.len()) as u64, visited);
                bytes += visited;
                if let Ok(flow) = outcome { flow } else { ControlFlow::Break(()) }
            })?;
            running.end("unit", work_of(&unit, bytes));
            if outcome?.is_break() {
                break;
            }
        }
        self.progress().end_pass();
        Ok(dataset.verify_unchanged()?)
    }
}
