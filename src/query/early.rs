//! Rows that a filter leaves out before all columns are read: by bounds that the file notes, and by the columns that the
//! filter itself reads (late materialisation, after D. Abadi et al., "Materialization strategies in a column-oriented
//! DBMS", 2007).

use arrcalc_datasets::{Dataset, Unit, UnitBounds};
use arrcalc_kernels::Level;

use crate::execute::{Choice, Chooser};
use crate::plan::{Clause, Plan};

use super::blocks::{Chosen, Filter};

/// What the filter of a plan tells early.
pub(super) struct Filtered<'p> {
    plan: &'p Plan,
    dataset: &'p Dataset<'p>,
    level: Level,
    /// Columns of the file that are read, ascending.
    columns: &'p [usize],
    /// Positions of those that the filter reads, where it reads no made ones.
    early: Vec<usize>,
}

impl<'p> Filtered<'p> {
    /// The filter of `plan` over passes of `columns` of the file.
    pub(super) fn new(plan: &'p Plan, dataset: &'p Dataset<'p>, columns: &'p [usize], level: Level) -> Self {
        let position = |column: &usize| columns.iter().position(|one| one == column);
        let early = plan.predicate.as_ref().map(|one| one.columns().iter().map(position).collect());
        let early: Option<Option<Vec<usize>>> = early;
        let mut early = early.flatten().unwrap_or_default();
        early.sort_unstable();
        Self { plan, dataset, level, columns, early }
    }
}

impl Choice for Filtered<'_> {
    fn wants(&self, unit: &Unit) -> bool {
        self.plan.wants(self.dataset, unit)
    }

    fn early(&self) -> &[usize] {
        &self.early
    }

    fn excludes(&self, bounds: &dyn Fn(usize) -> Option<UnitBounds>) -> bool {
        let of = |column: usize| bounds(self.columns.iter().position(|&one| one == column)?);
        self.plan.predicate.as_ref().is_some_and(|predicate| predicate.excludes(&of))
    }

    fn chooser(&self) -> Option<Chooser<'_>> {
        let predicate = self.plan.predicate.as_ref().filter(|_| !self.early.is_empty())?;
        let mut filter = Filter::new(predicate, Clause::Where, self.columns);
        // A row that fails is met again where it is told.
        Some(Box::new(move |chunk| !matches!(filter.choose(self.level, chunk, None), Ok(Chosen::None))))
    }
}
