//! What stands for a table in Python: paths, a table of Arrow's capsule protocol, an array, a dict of arrays.

use std::path::PathBuf;

use arrcalc::Engine;
use arrcalc::datasets::{Dataset, OpenOptions};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};

use crate::array::Array;
use crate::capsule::{self, Table};
use crate::errors::Failure;

/// A table as it was given.
pub(crate) enum Source {
    Paths(Vec<PathBuf>),
    Table(Table),
    Arrays(Vec<(String, Array)>),
}

impl Source {
    pub(crate) fn of(object: &Bound<'_, PyAny>) -> Result<Self, Failure> {
        if let Some(path) = path(object)? {
            return Ok(Source::Paths(vec![path]));
        }
        if object.is_instance_of::<PyList>() || object.is_instance_of::<PyTuple>() {
            let paths =
                object.try_iter()?.map(|item| path(&item?)).collect::<Result<Option<Vec<_>>, Failure>>()?;
            if let Some(paths) = paths.filter(|paths| !paths.is_empty()) {
                return Ok(Source::Paths(paths));
            }
        }
        if let Ok(columns) = object.cast::<PyDict>() {
            let columns = columns.iter().map(|(name, values)| Ok((name.extract()?, Array::of(&values)?)));
            return columns.collect::<Result<_, Failure>>().map(Source::Arrays);
        }
        if let Some(table) = capsule::table(object)? {
            return Ok(Source::Table(table));
        }
        Ok(Source::Arrays(vec![("values".into(), Array::of(object)?)]))
    }

    /// About how much there is to read.
    pub(crate) fn byte_count(&self) -> usize {
        match self {
            Source::Paths(_) => usize::MAX,
            Source::Table(table) => table.batches.iter().map(|batch| batch.get_array_memory_size()).sum(),
            Source::Arrays(arrays) => arrays.iter().map(|(_, array)| array.byte_count()).sum(),
        }
    }

    /// The names of the files.
    pub(crate) fn name(&self) -> String {
        let Source::Paths(paths) = self else { return String::new() };
        paths.iter().map(|path| path.to_string_lossy()).collect::<Vec<_>>().join(", ")
    }

    /// Files and Arrow tables as the library takes them, for as long as it likes; `None` for arrays, which are borrowed.
    pub(crate) fn open_for_good(&self, engine: &Engine) -> Result<Option<Dataset<'static>>, Failure> {
        self.open_files(engine, &OpenOptions::default())
    }

    fn open_files(
        &self,
        engine: &Engine,
        options: &OpenOptions,
    ) -> Result<Option<Dataset<'static>>, Failure> {
        Ok(match self {
            Source::Paths(paths) => Some(engine.open(paths, options)?),
            Source::Table(table) => {
                Some(Dataset::from_batches("table", &table.schema, table.batches.clone())?)
            }
            Source::Arrays(_) => None,
        })
    }

    /// The table as the library takes it; files are opened, and nothing is copied.
    pub(crate) fn open(&self, engine: &Engine) -> Result<Dataset<'_>, Failure> {
        self.open_with(engine, &OpenOptions::default())
    }

    /// As [`Source::open`], for who will read all columns.
    pub(crate) fn open_whole(&self, engine: &Engine) -> Result<Dataset<'_>, Failure> {
        self.open_with(engine, &OpenOptions::default().holding())
    }

    fn open_with(&self, engine: &Engine, options: &OpenOptions) -> Result<Dataset<'_>, Failure> {
        if let Source::Arrays(arrays) = self {
            let views = arrays.iter().map(|(name, array)| Ok((name.clone(), array.view()?)));
            return Ok(Dataset::from_arrays(views.collect::<Result<Vec<_>, Failure>>()?)?);
        }
        let opened = self.open_files(engine, options)?;
        opened.ok_or_else(|| Failure::Input("there is no table".into()))
    }
}

/// The path that `object` is: a `str` or an `os.PathLike`.
fn path(object: &Bound<'_, PyAny>) -> Result<Option<PathBuf>, Failure> {
    let is_path =
        object.is_instance_of::<PyString>() || object.hasattr(pyo3::intern!(object.py(), "__fspath__"))?;
    Ok(if is_path { Some(object.extract()?) } else { None })
}
