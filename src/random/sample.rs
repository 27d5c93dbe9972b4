//! `sample`: rows of a dataset, chosen at random.

use std::ops::ControlFlow;
use std::path::Path;

use arrcalc_datasets::write::{WriteOptions, create};
use arrcalc_datasets::{Chunk, Dataset, Field, Schema};

use super::choice::{SampleOrder, choice, in_order, refuse_too_many, weighted};
use super::groups::{Groups, positions, written};
use super::keys::{Cut, RowKeys};
use super::permutation::permutation;
use super::selection::Selection;
use super::weighted::read_weights;
use crate::answer::Table;
use crate::error::{Error, Result};
use crate::execute::{Input, Scope, Task};

/// Rows of a dataset chosen at random, as a task; the answer is a [`Table`].
///
/// Which rows is a function of the seed, the number of rows and, where they are named, weights and groups: not of threads,
/// chunks, the cut into files or the format. Rows come in their order unless they are to be shuffled.
///
/// | asked for | chosen |
/// |---|---|
/// | `n` rows | the rows of the `n` least (key, row), for the keys of [the module](crate::random) |
/// | a fraction `f` | the rows whose key is below `f * 2^64`: a row's fate hangs on no other |
/// | with replacement | draw `j` is integer `j` below the number of rows, of the stream jumped once |
/// | weights `w` | the `n` least `-ln(1 - u) / w`; with replacement by cumulative weights |
/// | groups | of each the first `n` (all, where it has fewer), or `f` of it to the nearest row, in the order of [`super::permutation`] |
///
/// With weights or replacement a fraction means so many rows, to the nearest.
///
/// Cost: a quarter of a word a row, and a pass over the columns that reads only units with chosen rows where formats let it; groups
/// and weights take memory for each row.
///
/// # Examples
/// ```
/// use arrcalc::{Engine, datasets::Dataset, random::Sample};
///
/// let penguins = Dataset::open("datasets/samples/penguins.csv")?;
/// let sample = Engine::new().run(&Sample::rows(&penguins, 10).seed(42))?;
/// assert_eq!(sample.row_count(), 10);
/// # Ok::<(), arrcalc::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Sample<'a> {
    input: Input<'a>,
    size: Size,
    replace: bool,
    weights: Option<String>,
    by: Vec<String>,
    columns: Option<Vec<String>>,
    seed: u64,
    order: SampleOrder,
}

#[derive(Clone, Copy, Debug)]
enum Size {
    Rows(u64),
    Fraction(f64),
}

impl<'a> Sample<'a> {
    /// `count` rows of `dataset`.
    pub fn rows(dataset: impl Into<Input<'a>>, count: u64) -> Self {
        Self::new(dataset.into(), Size::Rows(count))
    }

    /// The share `fraction` of the rows of `dataset`, a number from 0 to 1.
    pub fn fraction(dataset: impl Into<Input<'a>>, fraction: f64) -> Self {
        Self::new(dataset.into(), Size::Fraction(fraction))
    }

    fn new(input: Input<'a>, size: Size) -> Self {
        let order = SampleOrder::Rows;
        Self { input, size, replace: false, weights: None, by: Vec::new(), columns: None, seed: 0, order }
    }

    /// A row may be chosen several times.
    pub fn replace(mut self) -> Self {
        self.replace = true;
        self
    }

    /// Rows are as likely as the column called `name` says.
    pub fn weights(mut self, name: impl Into<String>) -> Self {
        self.weights = Some(name.into());
        self
    }

    /// As many of each group of equal values in the columns called `names`.
    pub fn by<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.by.extend(names.into_iter().map(Into::into));
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

    /// The order in which rows come.
    pub fn order(mut self, order: SampleOrder) -> Self {
        self.order = order;
        self
    }

    /// Names and types of the columns.
    ///
    /// # Errors
    /// [`Error::Request`] where there is no such column.
    pub fn fields(&self) -> Result<Vec<Field>> {
        let columns = written(&self.input, self.columns.as_deref())?;
        Ok(columns.iter().map(|&index| self.input.schema().fields[index].clone()).collect())
    }

    /// Hands the rows to `take`, which may stop.
    ///
    /// # Errors
    /// As the task, and what `take` meets.
    pub fn deliver(
        &self,
        scope: &Scope<'_>,
        take: &mut dyn FnMut(&Chunk<'_>) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        let columns = written(&self.input, self.columns.as_deref())?;
        match self.choose(scope)? {
            // As many rows as there are fit no memory: they go by.
            Chosen::Ascending(selection) => selection.deliver(scope, &self.input, &columns, take),
            Chosen::Ordered(rows) => {
                let table = gathered(scope, &self.input, &columns, rows)?;
                take(&table.lend()).map(|_| ())
            }
        }
    }

    /// Writes the rows to `output`, whose extension tells the format; the answer is their number.
    ///
    /// # Errors
    /// As the task, and what writing meets: the file is whole, or is not there.
    pub fn write(&self, scope: &Scope<'_>, output: &Path, options: &WriteOptions) -> Result<u64> {
        let mut writer = create(output, &Schema { fields: self.fields()? }, options)?;
        let mut rows = 0;
        self.deliver(scope, &mut |chunk| {
            rows += chunk.row_count as u64;
            writer.write(chunk)?;
            Ok(ControlFlow::Continue(()))
        })?;
        writer.finish()?;
        Ok(rows)
    }

    fn choose(&self, scope: &Scope<'_>) -> Result<Chosen> {
        let rows = self.input.row_count();
        let keys = RowKeys::new(self.seed);
        if let Size::Fraction(fraction) = self.size
            && !(0.0..=1.0).contains(&fraction)
            && !(self.replace && fraction.is_finite() && fraction >= 0.0)
        {
            let reason = format!("a fraction of {fraction} rows; it has to be a number from 0 to 1");
            return Err(Error::Request { reason });
        }
        let count = match self.size {
            Size::Rows(count) => count,
            Size::Fraction(fraction) => (fraction * rows as f64).round() as u64,
        };
        if !self.by.is_empty() {
            return self.of_groups(scope);
        }
        let listed = |rows| {
            if self.order == SampleOrder::Rows {
                Chosen::Ascending(Selection::Listed(rows))
            } else {
                Chosen::Ordered(rows)
            }
        };
        if let Some(name) = &self.weights {
            let column = positions(&self.input, std::slice::from_ref(name))?[0];
            let weights = read_weights(scope, &self.input, column)?;
            return Ok(listed(weighted(scope, keys, &weights, count, self.replace, self.order)?));
        }
        refuse_too_many(rows, count, self.replace)?;
        let is_listed = self.order == SampleOrder::Shuffled
            || count.saturating_mul(24) <= scope.budget().available_bytes() / 4;
        match self.size {
            _ if self.replace => {}
            Size::Fraction(fraction) => {
                let cut = Cut::of_fraction(fraction);
                if self.order == SampleOrder::Rows {
                    return Ok(Chosen::Ascending(Selection::Before(keys, cut)));
                }
                let found = keys.rows_before(scope, rows, cut)?;
                return Ok(Chosen::Ordered(in_order(scope, keys, found, self.order)?));
            }
            Size::Rows(count) if !is_listed => {
                let cut = keys.cuts(scope, rows, &[count])?[0];
                return Ok(Chosen::Ascending(Selection::Before(keys, cut)));
            }
            Size::Rows(_) => {}
        }
        Ok(listed(choice(scope, self.seed, rows, count, self.replace, self.order)?))
    }

    fn of_groups(&self, scope: &Scope<'_>) -> Result<Chosen> {
        if self.replace || self.weights.is_some() {
            let reason = "groups are sampled without replacement and weights; leave one of them out".into();
            return Err(Error::Request { reason });
        }
        let groups = Groups::read(scope, &self.input, &positions(&self.input, &self.by)?)?;
        let wanted = |&size: &u64| match self.size {
            Size::Rows(count) => count.min(size),
            Size::Fraction(fraction) => (fraction * size as f64).round() as u64,
        };
        let mut left: Vec<u64> = groups.sizes.iter().map(wanted).collect();
        let _held = scope.budget().reserve("the rows of a sample", 8 * groups.of_row.len() as u64)?;
        let mut order = vec![0u64; groups.of_row.len()];
        permutation(scope, self.seed, &mut order)?;
        order.retain(|&row| {
            let left = &mut left[groups.of_row[row as usize] as usize];
            let is_chosen = *left > 0;
            *left -= u64::from(is_chosen);
            is_chosen
        });
        if self.order == SampleOrder::Shuffled {
            return Ok(Chosen::Ordered(order));
        }
        order.sort_unstable();
        Ok(Chosen::Ascending(Selection::Listed(order)))
    }
}

/// Rows as they are to come.
enum Chosen {
    /// In their order.
    Ascending(Selection),
    /// As listed.
    Ordered(Vec<u64>),
}

/// The rows `rows` of `dataset`, in that order.
pub(super) fn gathered(
    scope: &Scope<'_>,
    dataset: &Dataset<'_>,
    columns: &[usize],
    rows: Vec<u64>,
) -> Result<Table> {
    let mut places: Vec<(u64, u64)> = rows.iter().copied().zip(0..).collect();
    places.sort_unstable();
    let sorted = places.iter().map(|(row, _)| *row).collect();
    let table = Selection::Listed(sorted).gather(scope, dataset, columns)?;
    // Row `place` of the answer is row `index` of those in their order.
    let mut order = vec![0usize; places.len()];
    (0..).zip(&places).for_each(|(index, &(_, place))| order[place as usize] = index);
    crate::order::take_rows(scope, &table, &order)
}

impl Task for Sample<'_> {
    type Answer = Table;

    fn run(&self, scope: &Scope<'_>) -> Result<Table> {
        let columns = written(&self.input, self.columns.as_deref())?;
        match self.choose(scope)? {
            Chosen::Ascending(selection) => selection.gather(scope, &self.input, &columns),
            Chosen::Ordered(rows) => gathered(scope, &self.input, &columns, rows),
        }
    }
}
