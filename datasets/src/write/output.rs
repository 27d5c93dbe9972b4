//! Where a writer's bytes go: a file that appears whole, or a stream (standard output, a FIFO, a device), for which
//! no such promise can be made.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use super::AtomicFile;
use crate::error::{Error, Result};

/// Gathers small writes; larger ones pass through.
const BUFFER_BYTES: usize = 256 << 10;

/// A buffered sink for one table.
#[derive(Debug)]
pub struct Output {
    path: PathBuf,
    sink: Sink,
}

#[derive(Debug)]
enum Sink {
    Whole(BufWriter<AtomicFile>),
    Stream(BufWriter<File>),
}

impl Output {
    /// Opens `path` for writing: `-` is standard output; what exists and is neither file, link to a file nor
    /// directory is written to directly; all else is an [`AtomicFile`].
    ///
    /// # Errors
    /// `Error::Io`.
    pub fn create(path: &Path) -> Result<Self> {
        let fail = |source| Error::Io { path: path.to_path_buf(), action: "cannot create", source };
        let stream = if path.as_os_str() == "-" {
            Some(File::from(io::stdout().as_fd().try_clone_to_owned().map_err(fail)?))
        } else if fs::metadata(path).is_ok_and(|meta| !meta.is_file() && !meta.is_dir()) {
            Some(OpenOptions::new().write(true).open(path).map_err(fail)?)
        } else {
            None
        };
        let sink = match stream {
            Some(file) => Sink::Stream(BufWriter::with_capacity(BUFFER_BYTES, file)),
            None => Sink::Whole(BufWriter::with_capacity(BUFFER_BYTES, AtomicFile::create(path)?)),
        };
        Ok(Self { path: path.to_path_buf(), sink })
    }

    /// The name that was asked for.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether [`Output::rewrite_start`] works.
    pub fn is_seekable(&self) -> bool {
        matches!(self.sink, Sink::Whole(_))
    }

    /// Replaces the first bytes, when all else is written.
    ///
    /// # Errors
    /// The system's; `Unsupported` for a stream.
    pub fn rewrite_start(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.sink {
            Sink::Whole(file) => {
                file.seek(SeekFrom::Start(0))?;
                file.write_all(bytes)?;
                file.seek(SeekFrom::End(0)).map(|_| ())
            }
            Sink::Stream(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// Writes what is buffered and publishes the file.
    ///
    /// # Errors
    /// `Error::Io`.
    pub fn commit(self) -> Result<()> {
        let path = self.path;
        let fail = |source| Error::Io { path: path.clone(), action: "cannot write", source };
        match self.sink {
            Sink::Whole(buffer) => buffer.into_inner().map_err(|error| fail(error.into_error()))?.commit(),
            Sink::Stream(mut buffer) => buffer.flush().map_err(fail),
        }
    }

    /// The system's error while writing this output.
    pub fn error(&self, source: io::Error) -> Error {
        Error::Io { path: self.path.clone(), action: "cannot write", source }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.sink {
            Sink::Whole(file) => file.write(bytes),
            Sink::Stream(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.sink {
            Sink::Whole(file) => file.flush(),
            Sink::Stream(file) => file.flush(),
        }
    }
}
