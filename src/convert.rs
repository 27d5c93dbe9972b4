//! `convert`: any dataset to any format that is written, streaming.

use std::path::PathBuf;

use arrcalc_datasets::write::{Part, PartEncoder, TableWriter, WriteOptions, create};
use arrcalc_datasets::{Chunk, Layout, Schema};

use crate::error::{Error, Result};
use crate::execute::{All, Encoded, Input, Pass, Scope, Task, UnitWork};

/// Writes a dataset as one file, in row order, as a task; the answer is the number of rows written.
///
/// The file appears under its name when it is whole, or not at all, with the same bytes for any number of threads.
/// Rows pass through chunk by chunk: memory does not grow with the data. CSV, npy, raw and Parquet files are encoded by
/// all threads, Arrow IPC, whose rows are only copied, by one.
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

/// Tables of fewer rows are not worth a second thread.
const PARALLEL_ROWS: u64 = 16_384;
/// Bytes of the values of a unit, where the format is free to choose: what stays in a core's second-level cache.
const UNIT_BYTES: u64 = 1 << 20;
/// Encoded bytes that a thread may hold, if the budget has them.
const PART_BYTES: u64 = 64 << 20;
/// The same for a format that groups rows.
const GROUP_BYTES: u64 = 256 << 20;

/// Encodes the rows of one unit after the other.
struct Encoding {
    encoder: Box<dyn PartEncoder>,
    part: Part,
    part_bytes: u64,
}

impl Encoding {
    /// Too much to hold is written chunk by chunk when its turn comes.
    fn fits(&self) -> Encoded {
        if self.part.byte_count() as u64 <= self.part_bytes { Encoded::Yes } else { Encoded::No }
    }
}

impl UnitWork for Encoding {
    fn rows(&mut self, chunk: &Chunk<'_>) -> Result<Encoded> {
        self.encoder.encode(chunk, &mut self.part)?;
        Ok(self.fits())
    }

    fn end(&mut self) -> Result<Encoded> {
        self.encoder.end(&mut self.part)?;
        Ok(self.fits())
    }
}

/// Writes the rows of `pass`, encoded by all threads.
fn write_parts(
    scope: &Scope<'_>,
    pass: &Pass<'_>,
    encoders: Vec<Box<dyn PartEncoder>>,
    writer: &mut dyn TableWriter,
) -> Result<()> {
    let threads = encoders.len() as u64;
    let (part_bytes, unit_rows) = match writer.part_rows() {
        Some(rows) => (GROUP_BYTES, rows),
        None => {
            let rows = UNIT_BYTES / (8 * pass.columns.len().max(1) as u64);
            (PART_BYTES, rows.clamp(4_096, 131_072))
        }
    };
    let part_bytes = part_bytes.min(scope.budget().available_bytes() / (4 * threads));
    let _parts = scope.budget().reserve("encoded rows", part_bytes * threads)?;
    let workers =
        encoders.into_iter().map(|encoder| Encoding { encoder, part: Part::new(), part_bytes }).collect();
    scope.ordered(pass, &All, unit_rows, workers, |Encoding { encoder, part, .. }, encoded, again| {
        match encoded {
            Ok(Encoded::Yes) => writer.append(part)?,
            // What is wrong is told of the table's row by the writer, which knows where the part stands.
            Ok(Encoded::No) | Err(_) => {
                encoder.clear();
                again(&mut |chunk| Ok(writer.write(chunk)?))?;
                writer.end_part()?;
            }
        }
        part.clear();
        Ok(())
    })
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
        let encoders: Option<Vec<_>> = (0..scope.threads()).map(|_| writer.part_encoder()).collect();
        let in_parts = writer.part_rows().is_some() || scope.threads() > 1 && rows >= PARALLEL_ROWS;
        match encoders.filter(|_| in_parts) {
            Some(encoders) => write_parts(scope, &pass, encoders, writer.as_mut())?,
            None => scope.in_order(&pass, |chunk| Ok(writer.write(chunk)?))?,
        }
        writer.finish()?;
        Ok(rows)
    }
}
