//! Rows one at a time, for what is presented and not written.

use std::ops::ControlFlow;

use arrcalc_datasets::{Chunk, Field};

use super::{Sample, Shuffle, Split};
use crate::Scope;
use crate::answer::{Scalar, value_at};
use crate::error::Result;
use crate::order::SortVolume;

/// Takes a row; it may stop.
type TakeRow<'t> = dyn FnMut(&[Scalar]) -> ControlFlow<()> + 't;

fn each_row(fields: &[Field], chunk: &Chunk<'_>, take: &mut TakeRow<'_>) -> ControlFlow<()> {
    let mut values = Vec::with_capacity(fields.len());
    for row in 0..chunk.row_count {
        values.clear();
        values.extend(
            chunk.columns.iter().zip(fields).map(|(column, field)| value_at(column, &field.data_type, row)),
        );
        take(&values)?;
    }
    ControlFlow::Continue(())
}

impl Sample<'_> {
    /// Lends the rows one at a time, until `take` breaks.
    ///
    /// # Errors
    /// As the task.
    pub fn each(&self, scope: &Scope<'_>, take: &mut TakeRow<'_>) -> Result<()> {
        let fields = self.fields()?;
        self.deliver(scope, &mut |chunk| Ok(each_row(&fields, chunk, take)))
    }
}

impl Shuffle<'_> {
    /// Lends the rows in their new order, one at a time, until `take` breaks.
    ///
    /// # Errors
    /// As the task.
    pub fn each(&self, scope: &Scope<'_>, take: &mut TakeRow<'_>) -> Result<SortVolume> {
        let fields = self.fields()?;
        self.deliver(scope, &mut |chunk| Ok(each_row(&fields, chunk, take)))
    }
}

impl Split<'_> {
    /// Lends all rows with the column that tells their part, one at a time, until `take` breaks.
    ///
    /// # Errors
    /// As the task.
    pub fn each(&self, scope: &Scope<'_>, take: &mut TakeRow<'_>) -> Result<()> {
        let fields = self.fields()?;
        self.deliver(scope, &mut |chunk| Ok(each_row(&fields, chunk, take)))
    }
}
