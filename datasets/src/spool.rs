//! Bytes that come as a stream and must be there for several passes: in memory while they are few, then in a temporary
//! file that has no name, so that nothing is left whatever happens.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;

use crate::error::{Error, Result};
use crate::mapped_file::MappedFile;
use crate::options;

/// What a stream is read by.
const BLOCK_BYTES: usize = 256 << 10;

/// Where streams go, and how much of it there is.
#[derive(Clone, Debug)]
pub(crate) struct SpoolRoom {
    /// Whose bytes they are, for errors.
    pub(crate) path: PathBuf,
    /// Bytes that may stay in memory.
    pub(crate) memory_bytes: u64,
    /// Bytes that may go to disk.
    pub(crate) disk_bytes: u64,
    /// Directory of the temporary file.
    pub(crate) directory: PathBuf,
}

impl SpoolRoom {
    /// The room that `options` give to a stream called `path`; `memory_bytes` of it in memory.
    pub(crate) fn new(path: &Path, options: &options::OpenOptions, memory_bytes: u64) -> Self {
        Self {
            path: path.to_path_buf(),
            memory_bytes: memory_bytes.min(options.limits.memory_bytes / 4),
            disk_bytes: options.limits.temp_bytes,
            directory: options.temp_dir.clone().unwrap_or_else(std::env::temp_dir),
        }
    }

    /// Takes all that `stream` has.
    ///
    /// # Errors
    /// `Error::Limit` past the room, `Error::Io` where reading, creating or writing fails; an error of the stream of
    /// kind `InvalidData` or `UnexpectedEof` is `Error::Malformed`.
    pub(crate) fn take(&self, stream: &mut dyn Read) -> Result<Spooled> {
        self.take_while(stream, &|_| Ok(()))
    }

    /// As [`SpoolRoom::take`]; `check` sees the number of bytes before each block is kept, and may refuse it.
    pub(crate) fn take_while(
        &self,
        stream: &mut dyn Read,
        check: &dyn Fn(u64) -> Result<()>,
    ) -> Result<Spooled> {
        let io = |action: &'static str| {
            let path = self.path.clone();
            move |source| Error::Io { path, action, source }
        };
        let (mut memory, mut file) = (Vec::new(), None::<File>);
        let mut block = vec![0; BLOCK_BYTES];
        let mut total_bytes = 0u64;
        loop {
            let count = match stream.read(&mut block) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.stream_error(error)),
            };
            total_bytes += count as u64;
            check(total_bytes)?;
            if total_bytes > self.memory_bytes.max(self.disk_bytes) {
                return Err(Error::Limit {
                    path: self.path.clone(),
                    what: "temporary space".into(),
                    needed_bytes: total_bytes,
                    limit_bytes: self.disk_bytes,
                    option: "--max-temp",
                });
            }
            if total_bytes > self.memory_bytes && file.is_none() {
                let mut fresh = nameless(&self.directory).map_err(io("cannot make a temporary file for"))?;
                fresh.write_all(&memory).map_err(io("cannot write the temporary file for"))?;
                memory = Vec::new();
                file = Some(fresh);
            }
            match &mut file {
                Some(file) => {
                    file.write_all(&block[..count]).map_err(io("cannot write the temporary file for"))?
                }
                None => memory.extend_from_slice(&block[..count]),
            }
        }
        Ok(match file {
            Some(file) => Spooled::Disk(file),
            None => Spooled::Memory(memory.into()),
        })
    }

    /// The error that a failure of the stream itself is.
    pub(crate) fn stream_error(&self, source: io::Error) -> Error {
        let path = self.path.clone();
        match source.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
                Error::Malformed {
                    path,
                    column: None,
                    rows: None,
                    reason: format!("cannot be decompressed: {source}"),
                }
            }
            _ => Error::Io { path, action: "cannot read", source },
        }
    }
}

/// A whole stream.
#[derive(Debug)]
pub(crate) enum Spooled {
    Memory(Bytes),
    Disk(File),
}

impl Spooled {
    /// The bytes, mapped where they are on disk.
    pub(crate) fn bytes(self, path: &Path) -> Result<Bytes> {
        match self {
            Spooled::Memory(bytes) => Ok(bytes),
            Spooled::Disk(file) => Ok(MappedFile::of(path, file)?.bytes().clone()),
        }
    }
}

/// A new file that is open and has no name.
pub(crate) fn nameless(directory: &Path) -> io::Result<File> {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    for _ in 0..100 {
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let path = directory.join(format!(".arrcalc-spool-{}-{number}", std::process::id()));
        match OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path) {
            Ok(file) => return std::fs::remove_file(&path).map(|()| file),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}
