//! The first pass of `describe` over one column, as an aggregate of its own: for those who keep or ship its state.

use arrcalc_datasets::{Chunk, DataType, Field};
use arrcalc_kernels::Level;
use arrcalc_kernels::select::Selection;

use crate::aggregate::{Aggregate, Kind};
use crate::answer::ColumnDescription;
use crate::error::{Error, Result};

use super::column::ColumnState;
use super::report;

/// Everything that one pass tells of the first column of the chunks: a description without quantiles and histogram.
///
/// Class: exact; see [`super::Describe`] for what is computed. Cost: one pass.
#[derive(Clone, Debug)]
pub struct Summary {
    field: Field,
    state: ColumnState,
}

impl Summary {
    /// The empty state for a column like `field`.
    ///
    /// # Errors
    /// [`Error::Request`] for types that arrcalc does not compute with.
    pub fn new(field: &Field) -> Result<Self> {
        let data_type = &field.data_type;
        if Kind::of(data_type) == Kind::Opaque {
            let reason = format!("column '{}' is of type {data_type}, which cannot be described", field.name);
            return Err(Error::Request { reason });
        }
        let selection = match data_type {
            DataType::UInt64 => Selection::new::<u64>(0),
            float if float.is_float() => Selection::new::<f64>(0),
            _ => Selection::new::<i64>(0),
        };
        Ok(Self { field: field.clone(), state: ColumnState::new(data_type, &selection) })
    }
}

impl Aggregate for Summary {
    type Answer = ColumnDescription;

    fn update(&mut self, level: Level, chunk: &Chunk<'_>) {
        self.state.update(level, &chunk.columns[0]);
    }

    fn merge(&mut self, other: &Self) {
        self.state.merge(other.state.clone());
    }

    fn finish(&self) -> ColumnDescription {
        let mut described = report::blank(&self.field);
        report::first(&self.state, &mut described);
        described
    }

    fn to_bytes(&self) -> Vec<u8> {
        self.state.to_bytes()
    }
}
