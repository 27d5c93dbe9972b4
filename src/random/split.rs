//! `split`: the rows of a dataset in parts that are drawn at random: training and test, or folds.

use std::ops::ControlFlow;
use std::path::PathBuf;

use arrcalc_datasets::write::{WriteOptions, create};
use arrcalc_datasets::{Chunk, Column, DataType, Field, Layout, Schema};

use super::groups::written;
use super::parts::Assignment;
use super::selection::taken;
use crate::answer::{OwnedColumn, Scalar};
use crate::error::Result;
use crate::execute::{Input, Pass, Scope, Task};

/// What a dataset is split into.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SplitRule {
    /// Two parts, `test` and `train`: the share of the first, a number from 0 to 1.
    Test(f64),
    /// So many folds, of equal sizes but for one row.
    Folds(u64),
}

/// The rows of a dataset in parts drawn at random; as a task it writes each part to a file of its own, and the answer is
/// their numbers of rows.
///
/// The parts are exact in size and a function of the seed and the rows' places: not of threads, chunks, the cut into files
/// or the format. Rows keep their order within their part.
///
/// | rule | part of a row |
/// |---|---|
/// | test `f` | the first `round(f * n)` rows in the order of (key, row) are the test, for the keys of [the module](crate::random) |
/// | `k` folds | `rank * k // n`, by the rank in this order |
/// | stratified | strata stand one behind the other, each in this order; row `p` of that line is in fold `p % k`, or is test where `p * t % n < t` of `t = round(f * n)`: sizes are exact, and each stratum's share is, to one row |
/// | groups | as the rules for rows, over groups in the order of keys of their own, which follow from the seed and the group's value alone |
///
/// Cost: two words a row, and one pass over the columns; strata and groups take memory for each row.
///
/// # Examples
/// ```
/// use arrcalc::{Engine, datasets::Dataset, random::{Split, SplitRule}};
///
/// let penguins = Dataset::open("datasets/samples/penguins.csv")?;
/// let split = Split::new(&penguins, SplitRule::Test(0.25)).stratify(["species"]).seed(42);
/// assert_eq!(split.part_names(), ["test", "train"]);
/// assert_eq!(Engine::new().scoped(|scope| split.sizes(scope))?, [86, 258]);
/// # Ok::<(), arrcalc::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Split<'a> {
    pub(super) input: Input<'a>,
    pub(super) rule: SplitRule,
    pub(super) groups: Vec<String>,
    pub(super) strata: Vec<String>,
    pub(super) seed: u64,
    columns: Option<Vec<String>>,
    outputs: Vec<PathBuf>,
    options: WriteOptions,
}

impl<'a> Split<'a> {
    /// The rows of `dataset` in parts by `rule`.
    pub fn new(dataset: impl Into<Input<'a>>, rule: SplitRule) -> Self {
        Self {
            input: dataset.into(),
            rule,
            groups: Vec::new(),
            strata: Vec::new(),
            seed: 0,
            columns: None,
            outputs: Vec::new(),
            options: WriteOptions::default(),
        }
    }

    /// Rows of equal values in the columns called `names` go to the same part: shares are shares of the groups.
    pub fn groups<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.groups.extend(names.into_iter().map(Into::into));
        self
    }

    /// Each part has the same shares of equal values in the columns called `names`.
    pub fn stratify<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.strata.extend(names.into_iter().map(Into::into));
        self
    }

    /// Only the columns called `names`, in that order.
    pub fn columns<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.columns = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// The seed. Default: 0.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Where the parts are written, in the order of [`Split::part_names`]; the extension tells the format.
    pub fn outputs<P: Into<PathBuf>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        self.outputs = paths.into_iter().map(Into::into).collect();
        self
    }

    /// How to write.
    pub fn options(mut self, options: WriteOptions) -> Self {
        self.options = options;
        self
    }

    /// The parts: `test` and `train`, or the folds' numbers from 0.
    pub fn part_names(&self) -> Vec<String> {
        match self.rule {
            SplitRule::Test(_) => vec!["test".into(), "train".into()],
            SplitRule::Folds(folds) => (0..folds).map(|fold| fold.to_string()).collect(),
        }
    }

    /// Rows of each part.
    ///
    /// # Errors
    /// As the task.
    pub fn sizes(&self, scope: &Scope<'_>) -> Result<Vec<u64>> {
        Ok(Assignment::new(scope, self)?.sizes)
    }

    /// The part of each row: its place among [`Split::part_names`].
    ///
    /// # Errors
    /// As the task.
    pub fn parts(&self, scope: &Scope<'_>) -> Result<Vec<u32>> {
        let rows = self.input.row_count() as usize;
        let _held = scope.budget().reserve("the parts of a split", 4 * rows as u64)?;
        let assignment = Assignment::new(scope, self)?;
        let mut parts = Vec::with_capacity(rows);
        let mut block = Vec::new();
        while parts.len() < rows {
            let count = (rows - parts.len()).min(65_536);
            assignment.parts(scope, parts.len() as u64, count, &mut block);
            parts.extend_from_slice(&block);
        }
        Ok(parts)
    }

    /// Names and types of the columns, and the last, which tells the part: `part` or `fold`.
    ///
    /// # Errors
    /// [`crate::Error::Request`] where there is no such column.
    pub fn fields(&self) -> Result<Vec<Field>> {
        let mut fields = self.own_fields()?;
        let (name, data_type) = match self.rule {
            SplitRule::Test(_) => ("part", DataType::String),
            SplitRule::Folds(_) => ("fold", DataType::Int64),
        };
        // As every name that is there already.
        let is_taken = |name: &str| fields.iter().any(|field| field.name == name);
        let mut free = name.to_owned();
        let mut number = 1;
        while is_taken(&free) {
            free = format!("{name}_{number}");
            number += 1;
        }
        fields.push(Field { name: free, data_type });
        Ok(fields)
    }

    fn own_fields(&self) -> Result<Vec<Field>> {
        let columns = written(&self.input, self.columns.as_deref())?;
        Ok(columns.iter().map(|&index| self.input.schema().fields[index].clone()).collect())
    }

    /// Hands all rows to `take` in their order, with the column that tells their part, until it breaks.
    ///
    /// # Errors
    /// As the task, and what `take` meets.
    pub fn deliver(
        &self,
        scope: &Scope<'_>,
        take: &mut dyn FnMut(&Chunk<'_>) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        let columns = written(&self.input, self.columns.as_deref())?;
        let assignment = Assignment::new(scope, self)?;
        let names: Vec<Scalar> = self.part_names().into_iter().map(Scalar::Text).collect();
        let mut parts = Vec::new();
        let pass = Pass { dataset: &self.input, columns: &columns, layout: Layout::Together };
        scope.in_order_until(&pass, |chunk| {
            assignment.parts(scope, chunk.first_row, chunk.row_count, &mut parts);
            let last: OwnedColumn = match self.rule {
                SplitRule::Folds(_) => parts.iter().map(|&part| i64::from(part)).collect::<Vec<_>>().into(),
                SplitRule::Test(_) => {
                    let mut last = OwnedColumn::new(&DataType::String);
                    parts.iter().for_each(|&part| last.push(&names[part as usize]));
                    last
                }
            };
            let columns: Vec<Column<'_>> = chunk.columns.iter().copied().chain([last.lend()]).collect();
            take(&Chunk { first_row: chunk.first_row, row_count: chunk.row_count, columns })
        })
    }
}

impl Task for Split<'_> {
    type Answer = Vec<u64>;

    fn run(&self, scope: &Scope<'_>) -> Result<Vec<u64>> {
        let columns = written(&self.input, self.columns.as_deref())?;
        let schema = Schema { fields: self.own_fields()? };
        let assignment = Assignment::new(scope, self)?;
        if self.outputs.len() != assignment.sizes.len() {
            let reason = format!("{} files for {} parts", self.outputs.len(), assignment.sizes.len());
            return Err(crate::Error::Request { reason });
        }
        let writers = self.outputs.iter().zip(&assignment.sizes).map(|(path, &rows)| {
            create(path, &schema, &WriteOptions { row_count: Some(rows), ..self.options.clone() })
        });
        let mut writers = writers.collect::<std::result::Result<Vec<_>, _>>()?;
        let mut parts = Vec::new();
        let mut rows: Vec<Vec<u32>> = vec![Vec::new(); writers.len()];
        let mut done = vec![0; writers.len()];
        let pass = Pass { dataset: &self.input, columns: &columns, layout: Layout::Together };
        scope.in_order(&pass, |chunk| {
            assignment.parts(scope, chunk.first_row, chunk.row_count, &mut parts);
            rows.iter_mut().for_each(Vec::clear);
            (0u32..).zip(&parts).for_each(|(row, &part)| rows[part as usize].push(row));
            for (part, writer) in writers.iter_mut().enumerate().filter(|(part, _)| !rows[*part].is_empty()) {
                let columns = taken(scope, chunk, &rows[part])?;
                let columns = columns.iter().map(OwnedColumn::lend).collect();
                writer.write(&Chunk { first_row: done[part], row_count: rows[part].len(), columns })?;
                done[part] += rows[part].len() as u64;
            }
            Ok(())
        })?;
        // All are written before the first appears under its name.
        for writer in writers {
            writer.finish()?;
        }
        Ok(assignment.sizes)
    }
}
