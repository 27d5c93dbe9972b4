//! `generate`: test data that needs nobody else, the same bytes for the same seed whoever makes it.

mod columns;

use std::path::PathBuf;
use std::sync::Arc;

use arrcalc_datasets::write::WriteOptions;
use arrcalc_datasets::{Dataset, Generator};

use crate::convert::Convert;
use crate::error::Result;
use crate::execute::{Scope, Task};

/// Makes columns and writes them as one file, as a task; the answer is the number of rows.
///
/// [`Dataset::generated`] says what each row holds; it is also a dataset like any other, for those who want no file.
///
/// # Examples
/// ```
/// use arrcalc::{Engine, Generate, datasets::{Dataset, Generator}};
///
/// let path = std::env::temp_dir().join(format!("arrcalc-doc-generate-{}.csv", std::process::id()));
/// let columns = Generate::columns("x=uniform, city=choice('Oslo', 'Rome'; 0.7, 0.3)")?;
/// assert_eq!(columns[0], ("x".to_string(), Generator::Uniform { low: 0.0, high: 1.0 }));
/// assert_eq!(Engine::new().run(&Generate::new(&columns, 1000, 42, &path)?)?, 1000);
/// assert_eq!(Dataset::open(&path)?.row_count(), 1000);
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), arrcalc::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Generate {
    convert: Convert<'static>,
}

impl Generate {
    /// Writes `row_count` rows of `columns` to `output`, whose extension tells the format; `-` is standard output.
    ///
    /// # Errors
    /// Where a column's parameters make no sense.
    pub fn new(
        columns: &[(String, Generator)],
        row_count: u64,
        seed: u64,
        output: impl Into<PathBuf>,
    ) -> Result<Self> {
        let dataset = Dataset::generated(columns, row_count, seed)?;
        Ok(Self { convert: Convert::new(Arc::new(dataset), output) })
    }

    /// The columns that a text asks for: `NAME=KIND(ARGUMENTS)` between commas, kinds as in [`Generator`]; a column
    /// without `NAME=` is called by its kind.
    ///
    /// # Errors
    /// `Error::Request` for what is no list of columns: what stands where, and what should.
    pub fn columns(text: &str) -> Result<Vec<(String, Generator)>> {
        columns::parse(text)
    }

    /// How to write.
    pub fn options(self, options: WriteOptions) -> Self {
        Self { convert: self.convert.options(options) }
    }
}

impl Task for Generate {
    type Answer = u64;

    fn run(&self, scope: &Scope<'_>) -> Result<u64> {
        self.convert.run(scope)
    }
}
