//! Files that cannot be mapped: standard input, FIFOs and devices. All of the stream goes to a temporary file without a
//! name, under the cap on temporary space, and that file is opened in its stead: work of several passes needs it.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::path::{Path, PathBuf};

use super::npy::stem;
use crate::chunk::Chunk;
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::location::Location;
use crate::options::OpenOptions;
use crate::schema::Schema;
use crate::source::{Flow, Layout, ReadRequest, Source, SourceFacts, Unit};
use crate::spool::{SpoolRoom, Spooled};

/// Opens the stream `location.file` (`-`: standard input).
pub(super) fn open(
    location: &Location,
    options: &OpenOptions,
    executor: &dyn Executor,
) -> Result<Box<dyn Source>> {
    let path = &location.file;
    let io = |source| Error::Io { path: path.clone(), action: "cannot open", source };
    let mut stream = if path.as_os_str() == "-" {
        File::from(io::stdin().as_fd().try_clone_to_owned().map_err(io)?)
    } else {
        File::open(path).map_err(io)?
    };
    let Spooled::Disk(file) = SpoolRoom::new(path, options, 0).take(&mut stream)? else {
        let reason = "the stream is empty".into();
        return Err(Error::Malformed { path: path.clone(), column: None, rows: None, reason });
    };
    // The descriptor's own path opens the nameless file again; the source keeps the descriptor open.
    let descriptor = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
    let mut options = options.clone();
    if options.format.is_none() {
        // A stream has no extension: what no magic bytes tell is text, unless a type is given.
        options.format = Some(match super::magic(&descriptor)? {
            Some(found) => found,
            None if options.dtype.is_some() => super::Format::Raw,
            None => super::Format::Csv,
        });
    }
    let inner = Location { file: descriptor, ..location.clone() };
    let source = super::open(&inner, &options, executor).map_err(|error| error.with_path(path))?;
    // A single array is named by its file, and the descriptor's number is no name.
    let mut schema = source.schema().clone();
    let number = stem(&inner.file);
    schema.fields.iter_mut().filter(|field| field.name == number).for_each(|field| field.name = name(path));
    Ok(Box::new(Stream { source, schema, path: path.clone(), _file: file }))
}

/// What an array from `path` is called: the stem of the path, `stdin` where that is no name either.
fn name(path: &Path) -> String {
    match stem(path) {
        number if path.as_os_str() == "-" || number.bytes().all(|byte| byte.is_ascii_digit()) => {
            "stdin".into()
        }
        stem => stem,
    }
}

/// The source of a spooled stream, under the stream's name.
#[derive(Debug)]
struct Stream {
    source: Box<dyn Source>,
    schema: Schema,
    path: PathBuf,
    _file: File,
}

impl Source for Stream {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn row_count(&self) -> u64 {
        self.source.row_count()
    }

    fn units(&self, columns: &[usize], layout: Layout, unit_rows: u64) -> Vec<Unit> {
        self.source.units(columns, layout, unit_rows)
    }

    fn read(
        &self,
        unit: &Unit,
        request: &ReadRequest,
        sink: &mut dyn FnMut(&Chunk<'_>) -> Flow,
    ) -> Result<()> {
        self.source.read(unit, request, sink).map_err(|error| error.with_path(&self.path))
    }

    fn facts(&self) -> SourceFacts {
        self.source.facts()
    }

    fn verify_unchanged(&self) -> Result<()> {
        self.source.verify_unchanged().map_err(|error| error.with_path(&self.path))
    }

    fn path(&self) -> &Path {
        &self.path
    }
}
