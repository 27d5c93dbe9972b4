//! Bytes whose number is not known before they have come (a decompressed stream, a pipe): in memory while they are
//! few, in a temporary file without a name when they are many, and mapped from there at the end.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use rustix::fs::{Mode, OFlags};

use crate::error::{Error, Result};
use crate::limits::Limits;
use crate::mapped_file::MappedFile;

/// Most bytes that are kept in memory.
const MEMORY_BYTES_MAX: u64 = 64 << 20;

/// Takes bytes in order and gives them back as one slice.
#[derive(Debug)]
pub(crate) struct Spool {
    /// Whose bytes these are, for messages.
    path: PathBuf,
    memory: Vec<u8>,
    memory_bytes: u64,
    /// Once there are too many bytes for memory.
    file: Option<File>,
    len: u64,
    temp_bytes: u64,
}

impl Spool {
    /// An empty spool for the bytes of `path`.
    pub(crate) fn new(path: &Path, limits: &Limits) -> Self {
        Self {
            path: path.to_path_buf(),
            memory: Vec::new(),
            // A quarter of the memory leaves three for what is done with the bytes.
            memory_bytes: MEMORY_BYTES_MAX.min(limits.memory_bytes / 4),
            file: None,
            len: 0,
            temp_bytes: limits.temp_bytes,
        }
    }

    /// Number of bytes so far.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// `Error::Limit` past `--max-temp`, `Error::Io` where the temporary cannot be made or written.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<()> {
        let len = self.len + bytes.len() as u64;
        if self.file.is_none() && len > self.memory_bytes {
            let mut file = unnamed_file().map_err(|source| self.error(source))?;
            file.write_all(&self.memory).map_err(|source| self.error(source))?;
            self.memory = Vec::new();
            self.file = Some(file);
        }
        match &mut self.file {
            None => self.memory.extend_from_slice(bytes),
            Some(_) if len > self.temp_bytes => {
                return Err(Error::Limit {
                    path: self.path.clone(),
                    what: "the decoded stream".into(),
                    needed_bytes: len,
                    limit_bytes: self.temp_bytes,
                    option: "--max-temp",
                });
            }
            Some(file) => file.write_all(bytes).map_err(|source| self.error(source))?,
        }
        self.len = len;
        Ok(())
    }

    /// All bytes, in order.
    ///
    /// # Errors
    /// `Error::Io` where the temporary cannot be mapped.
    pub(crate) fn finish(self) -> Result<Bytes> {
        match self.file {
            None => Ok(self.memory.into()),
            Some(file) => Ok(MappedFile::of(file, &self.path)?.bytes().clone()),
        }
    }

    fn error(&self, source: io::Error) -> Error {
        Error::Io { path: self.path.clone(), action: "cannot write a temporary copy of", source }
    }
}

/// A file in the directory for temporaries that vanishes with its last descriptor and map.
fn unnamed_file() -> io::Result<File> {
    let directory = std::env::temp_dir();
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    match rustix::fs::open(&directory, flags, Mode::RUSR | Mode::WUSR) {
        Ok(file) => Ok(file.into()),
        // File systems that cannot: a name for as long as it takes to open it.
        Err(_) => {
            static COUNTER: AtomicU64 = AtomicU64::new(0);
            let number = COUNTER.fetch_add(1, Ordering::Relaxed);
            let path = directory.join(format!(".arrcalc-spool-{}-{number}", std::process::id()));
            let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
            std::fs::remove_file(&path)?;
            Ok(file)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_from_memory_and_from_the_temporary() {
        let limits = Limits { memory_bytes: 400, ..Limits::default() };
        for count in [0, 1, 10, 11, 50] {
            let mut spool = Spool::new(Path::new("x"), &limits);
            for byte in 0..count {
                spool.push(&[byte; 10]).unwrap();
            }
            assert_eq!(spool.file.is_some(), count > 10, "a hundred bytes fit");
            let expected: Vec<u8> = (0..count).flat_map(|byte| [byte; 10]).collect();
            assert_eq!(spool.len(), expected.len() as u64);
            assert_eq!(spool.finish().unwrap(), expected);
        }
    }

    #[test]
    fn more_than_the_temporary_may_take_is_a_limit_error() {
        let limits = Limits { memory_bytes: 0, temp_bytes: 100, ..Limits::default() };
        let mut spool = Spool::new(Path::new("x"), &limits);
        spool.push(&[0; 100]).unwrap();
        assert!(matches!(spool.push(&[0]), Err(Error::Limit { needed_bytes: 101, limit_bytes: 100, .. })));
    }
}
