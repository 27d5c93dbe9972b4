//! `convert`: any dataset to any format that is written, streaming.

use std::path::PathBuf;

use arrcalc_datasets::write::{WriteOptions, create};
use arrcalc_datasets::{Layout, Schema};

use crate::error::{Error, Result};
use crate::execute::{Input, Pass, Scope, Task};

/// Writes a dataset as one file, in row order, as a task; the answer is the number of rows written.
///
/// The file appears under its name when it is whole, or not at all. Rows pass through chunk by chunk: memory does not
/// grow with the data.
///
/// # Examples
/// ```
/// use arrcalc::{Convert, Engine, datasets::Dataset};
///
/// let path = std::env::temp_dir().join(format!("arrcalc-doc-{}.csv", std::process::id()));
/// let penguins = Dataset::open("datasets/samples/penguins.csv")?;
/// assert_eq!(Engine::new().run(&Convert::new(&penguins, &path).columns(["species", "year"]))?, 344);
/// assert_eq!(Dataset::open(&path)?.schema().fields.len(), 2);
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), arrcalc::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Convert<'a> {
    input: Input<'a>,
    output: PathBuf,
    columns: Option<Vec<String>>,
    options: WriteOptions,
}

impl<'a> Convert<'a> {
    /// Writes `dataset` to `output`, whose extension tells the format; `-` is standard output.
    pub fn new(dataset: impl Into<Input<'a>>, output: impl Into<PathBuf>) -> Self {
        Self { input: dataset.into(), output: output.into(), columns: None, options: WriteOptions::default() }
    }

    /// Writes only the columns called `names`, in that order.
    pub fn columns<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.columns = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// How to write.
    pub fn options(mut self, options: WriteOptions) -> Self {
        self.options = options;
        self
    }
}

/// Positions of the columns called `names`; of all where none are named.
pub(crate) fn positions(schema: &Schema, names: Option<&[String]>) -> Result<Vec<usize>> {
    let Some(names) = names else { return Ok((0..schema.fields.len()).collect()) };
    let position = |name: &String| {
        let reason = || format!("no column '{name}'; `arrcalc info` lists the columns");
        schema.index_of(name).ok_or_else(|| Error::Request { reason: reason() })
    };
    names.iter().map(position).collect()
}

impl Task for Convert<'_> {
    type Answer = u64;

    fn run(&self, scope: &Scope<'_>) -> Result<u64> {
        let dataset = &*self.input;
        let columns = positions(dataset.schema(), self.columns.as_deref())?;
        let fields = columns.iter().map(|&index| dataset.schema().fields[index].clone()).collect();
        let rows = dataset.row_count();
        let options =
            WriteOptions { row_count: self.options.row_count.or(Some(rows)), ..self.options.clone() };
        let mut writer = create(&self.output, &Schema { fields }, &options)?;
        scope.progress().expect_passes(1);
        let pass = Pass { dataset, columns: &columns, layout: Layout::Together };
        scope.in_order(&pass, |chunk| Ok(writer.write(chunk)?))?;
        writer.finish()?;
        Ok(rows)
    }
}
