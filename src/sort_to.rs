//! `sort`: a dataset of any size in another order, as one file or handed over.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use arrcalc_datasets::write::{WriteOptions, create};
use arrcalc_datasets::{Chunk, DataType, Field, Limits, Schema};

use crate::answer::{Scalar, value_at};
use crate::convert::positions;
use crate::error::{Error, Result};
use crate::execute::{Input, Scope, Task};
use crate::order::{Added, SortVolume, Sorting, TableKey};
use crate::sort::{ColumnOrder, Sort};

/// Writes a dataset in the order of some of its columns, as one file, as a task; the answer is what it moved.
///
/// Equal rows keep their order, NaN comes last in both directions, and nulls last unless asked for first; zeros of both
/// signs are equal. The file appears under its name when it is whole, or not at all, so that it may be the input
/// itself, and it has the same bytes for any budget and number of threads.
///
/// Cost: in memory where the rows take less than about a third of the budget; else, where they stand in order already, two
/// reads and a write; else two reads and two writes of the columns, through a temporary file without a name in `TMPDIR`, or where that is not set beside the output.
///
/// # Examples
/// ```
/// use arrcalc::{ColumnOrder, Engine, SortTo, datasets::Dataset};
///
/// let path = std::env::temp_dir().join(format!("arrcalc-doc-sort-{}.csv", std::process::id()));
/// let penguins = Dataset::open("datasets/samples/penguins.csv")?;
/// let by = ColumnOrder::parse("-body_mass_g, species")?;
/// let volume = Engine::new().run(&SortTo::new(&penguins, &path).by(by))?;
/// assert_eq!((volume.rows, volume.spilled_bytes), (344, 0));
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), arrcalc::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SortTo<'a> {
    input: Input<'a>,
    output: PathBuf,
    columns: Option<Vec<String>>,
    by: Vec<ColumnOrder>,
    row_numbers: bool,
    limit: Option<u64>,
    temp_bytes: u64,
    options: WriteOptions,
}

/// What is read and what of it is shown.
struct Parts {
    /// Columns of the dataset.
    columns: Vec<usize>,
    keys: Vec<TableKey>,
    /// Positions among the columns, after which the row numbers come.
    shown: Vec<usize>,
}

impl<'a> SortTo<'a> {
    /// Writes `dataset` to `output`, whose extension tells the format; ordered by all columns, the first counting most.
    pub fn new(dataset: impl Into<Input<'a>>, output: impl Into<PathBuf>) -> Self {
        Self {
            input: dataset.into(),
            output: output.into(),
            columns: None,
            by: Vec::new(),
            row_numbers: false,
            limit: None,
            temp_bytes: Limits::default().temp_bytes,
            options: WriteOptions::default(),
        }
    }

    /// In the order of `columns`, of which the first counts most; after those that were named before.
    pub fn by<C: Into<ColumnOrder>>(mut self, columns: impl IntoIterator<Item = C>) -> Self {
        self.by.extend(columns.into_iter().map(Into::into));
        self
    }

    /// Writes only the columns called `names`, in that order.
    pub fn columns<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.columns = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Writes the numbers of the rows, from 0, instead of their values: one column, `row`.
    pub fn row_numbers(mut self) -> Self {
        self.row_numbers = true;
        self
    }

    /// Writes at most that many rows.
    pub fn limit(mut self, rows: u64) -> Self {
        self.limit = Some(rows);
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
    /// [`Error::Request`] where there is no such column.
    pub fn fields(&self) -> Result<Vec<Field>> {
        let Parts { columns, shown, .. } = self.parts()?;
        if self.row_numbers {
            return Ok(vec![Field { name: "row".into(), data_type: DataType::Int64 }]);
        }
        let schema = self.input.schema();
        Ok(shown.iter().map(|&index| schema.fields[columns[index]].clone()).collect())
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
        let Parts { columns, keys, shown } = self.parts()?;
        let sorting = Sorting {
            dataset: &self.input,
            columns: &columns,
            keys: &keys,
            added: if self.row_numbers { Added::RowNumbers } else { Added::Nothing },
            temp_dir: temp_dir(&self.output),
            temp_bytes: self.temp_bytes,
        };
        let mut left = self.limit.unwrap_or(u64::MAX);
        if left == 0 {
            return Ok(SortVolume::default());
        }
        sorting.run(scope, &mut |chunk| {
            let rows = chunk.row_count.min(usize::try_from(left).unwrap_or(usize::MAX));
            let columns = shown.iter().map(|&index| chunk.columns[index].slice(0..rows)).collect();
            left -= rows as u64;
            let flow = take(&Chunk { first_row: chunk.first_row, row_count: rows, columns })?;
            Ok(if left == 0 { ControlFlow::Break(()) } else { flow })
        })
    }

    /// Lends the rows in their new order, one at a time, until `take` breaks.
    ///
    /// # Errors
    /// As the task.
    pub fn rows(
        &self,
        scope: &Scope<'_>,
        take: &mut dyn FnMut(&[Scalar]) -> ControlFlow<()>,
    ) -> Result<SortVolume> {
        let fields = self.fields()?;
        let mut values = Vec::with_capacity(fields.len());
        self.deliver(scope, &mut |chunk| {
            for row in 0..chunk.row_count {
                values.clear();
                let of = |(column, field): (_, &Field)| value_at(column, &field.data_type, row);
                values.extend(chunk.columns.iter().zip(&fields).map(of));
                if take(&values).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            Ok(ControlFlow::Continue(()))
        })
    }

    fn parts(&self) -> Result<Parts> {
        let schema = self.input.schema();
        let wanted = if self.row_numbers { Vec::new() } else { positions(schema, self.columns.as_deref())? };
        let mut columns = wanted.clone();
        let by = if self.by.is_empty() {
            schema.fields.iter().map(|field| field.name.as_str().into()).collect()
        } else {
            self.by.clone()
        };
        let mut keys = Sort::keys(&self.input, &by)?;
        for key in &mut keys {
            let index = key.column;
            key.column = columns.iter().position(|&column| column == index).unwrap_or_else(|| {
                columns.push(index);
                columns.len() - 1
            });
        }
        for Field { name, data_type } in columns.iter().map(|&index| &schema.fields[index]) {
            if let DataType::Unsupported(_) = data_type {
                let reason = format!(
                    "column '{name}' has type {data_type}, which is not sorted; leave it out with -c"
                );
                return Err(Error::Request { reason });
            }
        }
        let shown = if self.row_numbers { vec![columns.len()] } else { (0..wanted.len()).collect() };
        Ok(Parts { columns, keys, shown })
    }
}

/// Where temporary files go beside `output`: `TMPDIR` where it is set, else the output's folder.
pub(crate) fn temp_dir(output: &Path) -> PathBuf {
    let beside = || match output.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => Path::new(".").to_path_buf(),
    };
    if std::env::var_os("TMPDIR").is_some() || output.as_os_str() == "-" {
        std::env::temp_dir()
    } else {
        beside()
    }
}

impl Task for SortTo<'_> {
    type Answer = SortVolume;

    fn run(&self, scope: &Scope<'_>) -> Result<SortVolume> {
        let rows = self.limit.map_or(self.input.row_count(), |limit| limit.min(self.input.row_count()));
        let options = WriteOptions { row_count: Some(rows), ..self.options.clone() };
        let mut writer = create(&self.output, &Schema { fields: self.fields()? }, &options)?;
        let volume = self.deliver(scope, &mut |chunk| {
            writer.write(chunk)?;
            Ok(ControlFlow::Continue(()))
        })?;
        writer.finish()?;
        Ok(volume)
    }
}
