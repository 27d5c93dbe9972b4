//! `shuffle`: all rows of a dataset in a random order, of any size.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use arrcalc_datasets::write::{WriteOptions, create};
use arrcalc_datasets::{Chunk, Field, Limits, Schema, Values};

use super::groups::written;
use super::mixed::Mixed;
use super::permutation::deck;
use crate::error::{Error, Result};
use crate::execute::{Input, Scope, Task};
use crate::order::{Added, SortVolume, Sorting, TableKey};
use crate::sort_to::temp_dir;

/// Writes all rows of a dataset in a random order, as one file, as a task; the answer is what it moved.
///
/// The rows stand in the order of [`super::permutation`], whatever the budget, the threads and the cut into files: sorted by
/// their buckets, then mixed in each. The file appears under its name when it is whole, or not at all, so that it may be the
/// input itself.
///
/// Cost: that of [`crate::SortTo`] by one column more; tables beyond the budget take two reads and two writes. The budget has
/// to hold a bucket of some 4,096 rows (of 2^16th of the rows, if that is more) a few times.
///
/// # Examples
/// ```
/// use arrcalc::{Engine, datasets::Dataset, random::Shuffle};
///
/// let path = std::env::temp_dir().join(format!("arrcalc-doc-shuffle-{}.csv", std::process::id()));
/// let penguins = Dataset::open("datasets/samples/penguins.csv")?;
/// let volume = Engine::new().run(&Shuffle::new(&penguins, &path).seed(42))?;
/// assert_eq!((volume.rows, volume.spilled_bytes), (344, 0));
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), arrcalc::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Shuffle<'a> {
    input: Input<'a>,
    output: PathBuf,
    columns: Option<Vec<String>>,
    seed: u64,
    temp_bytes: u64,
    options: WriteOptions,
}

impl<'a> Shuffle<'a> {
    /// Writes `dataset` to `output`, whose extension tells the format.
    pub fn new(dataset: impl Into<Input<'a>>, output: impl Into<PathBuf>) -> Self {
        Self {
            input: dataset.into(),
            output: output.into(),
            columns: None,
            seed: 0,
            temp_bytes: Limits::default().temp_bytes,
            options: WriteOptions::default(),
        }
    }

    /// Writes only the columns called `names`, in that order.
    pub fn columns<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.columns = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// The seed. Default: 0.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Bytes that temporary files may take. Default: 64 GiB.
    pub fn temp_bytes(mut self, bytes: u64) -> Self {
        self.temp_bytes = bytes;
        self
    }

    /// How to write.
    pub fn options(mut self, options: WriteOptions) -> Self {
        self.options = options;
        self
    }

    /// Names and types of what is written.
    ///
    /// # Errors
    /// [`crate::Error::Request`] where there is no such column.
    pub fn fields(&self) -> Result<Vec<Field>> {
        let columns = written(&self.input, self.columns.as_deref())?;
        Ok(columns.iter().map(|&index| self.input.schema().fields[index].clone()).collect())
    }

    /// Hands the rows in their new order to `take`, which may stop, instead of writing them.
    ///
    /// # Errors
    /// As the task.
    pub fn deliver(
        &self,
        scope: &Scope<'_>,
        take: &mut dyn FnMut(&Chunk<'_>) -> Result<ControlFlow<()>>,
    ) -> Result<SortVolume> {
        let columns = written(&self.input, self.columns.as_deref())?;
        let deck = deck(self.seed, self.input.row_count())?;
        let key = TableKey { column: columns.len(), descending: false, nulls_first: false };
        let sorting = Sorting {
            dataset: &self.input,
            columns: &columns,
            keys: &[key],
            added: Added::Buckets(deck),
            temp_dir: temp_dir(Path::new(&self.output)),
            temp_bytes: self.temp_bytes,
        };
        let mut mixed = Mixed::new(deck, self.fields()?);
        let mut is_stopped = false;
        let volume = sorting.run(scope, &mut |chunk| {
            let Some(Values::UInt16(buckets)) = chunk.columns.last().map(|column| column.values) else {
                return Err(Error::Bug { message: "a shuffle's rows came without their buckets".into() });
            };
            let flow = mixed.push(scope, chunk, buckets, take)?;
            is_stopped = flow.is_break();
            Ok(flow)
        })?;
        if !is_stopped {
            let _ = mixed.deliver(scope, take)?;
        }
        Ok(volume)
    }
}

impl Task for Shuffle<'_> {
    type Answer = SortVolume;

    fn run(&self, scope: &Scope<'_>) -> Result<SortVolume> {
        let options = WriteOptions { row_count: Some(self.input.row_count()), ..self.options.clone() };
        let mut writer = create(&self.output, &Schema { fields: self.fields()? }, &options)?;
        let volume = self.deliver(scope, &mut |chunk| {
            writer.write(chunk)?;
            Ok(ControlFlow::Continue(()))
        })?;
        writer.finish()?;
        Ok(volume)
    }
}
